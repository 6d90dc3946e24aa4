"""Purchases at every stage and with every question, brought there by events, as the commands bring them."""

from __future__ import annotations

from datetime import date
from typing import Any, Dict, Optional

from bill2bill.admin import decide
from bill2bill.errors import Failure
from bill2bill.journal.journal import Journal
from bill2bill.journal.purchase import Evidence, Intent, Purchase, Question, Stage
from bill2bill.journal.questions import Answer
from bill2bill.journal.transitions import Event

BEFORE = date(2027, 3, 14)
# Which evidence raises which question (journal.questions, engine, reconciliation, ownership).
RAISED = [
    (Question.BOUGHT, Evidence.TIMEOUT), (Question.BOUGHT, Evidence.ACCEPTED),
    (Question.BOUGHT, Evidence.WORKING), (Question.BOUGHT, Evidence.ATTEMPTS),
    (Question.BOUGHT, Evidence.BEFOREHAND), (Question.BOUGHT, Evidence.LOST),
    (Question.SAME_RENEWAL, Evidence.CALLBACK), (Question.SAME_RENEWAL, Evidence.LOST),
    (Question.SAME_RENEWAL, Evidence.RESTORED), (Question.SAME_RENEWAL, Evidence.MOVED),
    (Question.SAME_ITEM, Evidence.RESTORED), (Question.SAME_ITEM, Evidence.CLAIMED),
]  # fmt: skip
LOOKS = (Evidence.TIMEOUT, Evidence.ACCEPTED, Evidence.WORKING, Evidence.ATTEMPTS)


def intent(kind: str = "open", **other: Any) -> Intent:
    usual: Dict[str, Any] = {
        "item": 7, "itemtype": "domain", "module": 3, "operation": 5, "account": "login",
        "name": "example.ru", "months": 12, "before": BEFORE if kind == "prolong" else None,
    }  # fmt: skip
    return Intent(**{**usual, "kind": kind, **other})


def leaves(journal: Journal, row: Purchase, **columns: Any) -> Purchase:
    """Its request leaves; long ago unless `sent` says otherwise."""
    usual = {"sent": 1.0, "attempts": row.attempts + 1, "account": "login"}
    return journal.record(row, Event.REQUEST_LEAVES, **{**usual, **columns})


def sent(journal: Journal, wanted: Intent, **columns: Any) -> Purchase:
    return leaves(journal, journal.begin(wanted), **columns)


def confirmed(journal: Journal, wanted: Intent, remote: int = 77, **columns: Any) -> Purchase:
    return journal.record(sent(journal, wanted, **columns), Event.SEEN, remote=remote)


def telling(journal: Journal, wanted: Intent, remote: int = 77, **columns: Any) -> Purchase:
    """Its process was killed while it told the panel."""
    return journal.record(confirmed(journal, wanted, remote, **columns), Event.CALLBACK_BEGINS, callback=1)


def reported(journal: Journal, wanted: Intent, remote: int = 77, **columns: Any) -> Purchase:
    row = confirmed(journal, wanted, remote, **columns)
    return journal.record(row, Event.CALLBACK_DONE, operation=row.operation, noted=0)


def refused(journal: Journal, wanted: Intent, **columns: Any) -> Purchase:
    return journal.record(sent(journal, wanted, **columns), Event.REFUSED, code="upstream_refused")


def at(journal: Journal, stage: Stage, wanted: Intent, **columns: Any) -> Purchase:
    if stage is Stage.INTENDED:
        return journal.begin(wanted)
    made = {
        Stage.SENT: sent, Stage.CONFIRMED: confirmed, Stage.REFUSED: refused, Stage.REPORTED: reported
    }  # fmt: skip
    return made[stage](journal, wanted, **columns)


def asked(journal: Journal, evidence: Evidence, wanted: Intent, **columns: Any) -> Purchase:
    """With the question that this evidence raises. columns: of its request, where one has left."""
    if evidence is Evidence.MOVED:
        return journal.begin(
            wanted, Event.DATE_MOVED, question=Question.SAME_RENEWAL, evidence=evidence, bought=wanted.months
        )
    if evidence is Evidence.BEFOREHAND:
        row = journal.begin(wanted._replace(inherited=True))
        return journal.record(
            row, Event.ALREADY_THERE, Stage.INTENDED, question=Question.BOUGHT, evidence=evidence
        )
    if evidence is Evidence.LOST:
        row = journal.begin(wanted._replace(operation=None))
        question = Question.SAME_RENEWAL if row.rules.repeatable else Question.BOUGHT
        return journal.record(
            row, Event.FOUND_IN_NOTE, Stage.SENT, question=question, evidence=evidence,
            token=row.token, noted=1, **{"sent": 1.0, **columns},
        )  # fmt: skip
    if evidence in LOOKS:
        row = sent(journal, wanted, **columns)
        return journal.record(row, Event.UNCLEAR, question=Question.BOUGHT, evidence=evidence)
    if evidence is Evidence.CALLBACK:
        row = telling(journal, wanted, **columns)
        return journal.record(
            row, Event.CALLBACK_UNCLEAR, question=Question.SAME_RENEWAL, evidence=evidence,
            asks=6, began=row.operation,
        )  # fmt: skip
    row = reported(journal, wanted, **columns)
    event = Event.CLAIMED_TWICE if evidence is Evidence.CLAIMED else Event.PANEL_FORGOT
    opens = row.rules.opens
    question = Question.SAME_ITEM if opens else Question.SAME_RENEWAL
    return journal.record(row, event, question=question, evidence=evidence)


def not_noted(_: Purchase) -> None:
    """Where there is no panel."""


def says(
    journal: Journal,
    number: int,
    answer: Answer,
    remote: Optional[int] = None,
    settle: float = 600,
    noting: decide.Noting = not_noted,
    why: str = "looked at the charges",
) -> Purchase:
    """A person answers."""
    return decide.resolve(journal, number, decide.Said(answer, remote), "root", why, settle, noting)


def question_of(failure: Failure) -> str:
    """in_doubt_bought/timeout: what is asked, and on which evidence."""
    return f"{failure.code}/{failure.params['evidence']}"


def asks(question: Question, evidence: Evidence, kind: str = "") -> Purchase:
    """A row with this question, of a kind that can have it; in no journal."""
    kind = kind or ("prolong" if question is Question.SAME_RENEWAL else "open")
    return Purchase(
        id=1, item=71, kind=kind, itemtype="domain", module=3, operation=5, stage=Stage.SENT,
        name="example.ru", months=12, created=1.0, changed=1.0, token="0123456789abcdef",
        question=question, evidence=evidence,
        before=BEFORE, remote=10501,
    )  # fmt: skip
