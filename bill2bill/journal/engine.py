"""The one function through which money leaves.

A request is written down before it is sent. What was sent without a readable answer is looked up before
anything is sent again, and a look proves absence only when the request is older than `settle` seconds: it can
still be carried out after the connection broke.
"""

from __future__ import annotations

import time
from enum import Enum
from typing import Any, Callable, NamedTuple, Optional, Protocol

from bill2bill.errors import Failure, NoAnswer, NotSent, Phrase, Refused
from bill2bill.journal.caller import Caller
from bill2bill.journal.journal import Journal, new_token
from bill2bill.journal.ownership import owned
from bill2bill.journal.purchase import Evidence, Intent, Purchase, Question, Stage, Terms
from bill2bill.journal.questions import asked_about
from bill2bill.journal.transitions import Event, Withdrawal
from bill2bill.state import clock

# What a look may find that only a person can sort out: told as it is, not as a lost answer.
QUESTIONS = frozenset(["two_alike", "name_taken", "held_by_other"])


class Sight(Enum):
    PRESENT = "present"  # the upstream shows what was asked for
    UNDERWAY = "under way"  # the upstream is working on this service
    ABSENT = "absent"  # the upstream answered, and what was asked for is not there


class Finding(NamedTuple):
    sight: Sight
    remote: Optional[int] = None  # the upstream's id, where the look shows it
    bought: Optional[int] = None  # months that were bought, where the look shows that: as in Terms
    unpaid: Optional[int] = None  # not there, for it waits for payment: as in Acceptance


class Acceptance(NamedTuple):
    """A yes. remote: the upstream's id, None if a look must show it; unpaid: an order that is not paid."""

    remote: Optional[int] = None
    unpaid: Optional[int] = None


class Deal(Protocol):
    """How one kind of purchase is made. Every method may raise a Failure: the purchase stays where it is."""

    def look(self, row: Purchase) -> Finding:
        """Is this purchase at the upstream? Raises when that cannot be told."""

    def terms(self, row: Purchase) -> Terms:
        """What the request will ask for; refuses here what must not be sent (balance, tariff, contacts)."""

    def act(self, row: Purchase) -> Acceptance:
        """Send the request. Raises NotSent, Refused or NoAnswer."""


class Patience(NamedTuple):
    settle: float  # seconds before a look may prove absence
    overdue: float  # seconds before a person is asked
    tries: int  # requests of one purchase before a person is asked


# Tells the panel which attempt of a purchase is about to leave; raises if it cannot.
Noting = Callable[[Purchase, int, Terms], None]


def spend_once(
    journal: Journal, intent: Intent, deal: Deal, patience: Patience, caller: Caller,
    noting: Optional[Noting] = None,
) -> Purchase:  # fmt: skip
    """Buy what is intended, once, whatever happened before. The caller holds the item's lock.

    noting  for what the panel keeps a note of (note.py)

    Returns the purchase: confirmed, or reported when the panel repeats an operation that it was told about.
    Raises Failure: pending (accepted, not seen yet), unpaid_order, lost_answer, in_doubt_<question>,
    other_purchase, other_account, not_an_operation, copied_panel, upstream_busy, item_busy, or what `deal`
    raised.
    """
    row = _named(journal, _begin(journal, intent, caller))
    absent = False
    if row.in_flight and not row.only_a_person:
        row = _look(journal, row, deal, patience)
        absent = row.unsent
    if row.unsent:
        row = _send(journal, row, intent, deal, noting, absent)
        if row.stage is Stage.SENT:
            row = _look(journal, row, deal, patience)
    if row.question:
        raise asked_about(row)
    if row.stage is Stage.INTENDED:
        raise Failure("lost_answer", func=row.kind)
    return row


def _begin(journal: Journal, intent: Intent, caller: Caller) -> Purchase:
    row = _continued(journal, intent, owned(journal, caller))
    if row is None:
        _may_spend(journal, intent)
        return journal.begin(intent)
    if intent.operation is None or row.operation == intent.operation or row.stage is Stage.REPORTED:
        return row
    taken_over = row.taken_over or row.unsent
    return journal.record(row, Event.CONTINUED, operation=intent.operation, taken_over=taken_over)


def _named(journal: Journal, row: Purchase) -> Purchase:
    """A purchase that an early release has begun has no name for the panel's note yet."""
    return row if row.token else journal.record(row, Event.NAMED, token=new_token())


def _continued(journal: Journal, intent: Intent, row: Optional[Purchase]) -> Optional[Purchase]:
    """The purchase that was begun, if it is of the same terms. What was not sent is withdrawn otherwise."""
    if row is None or (row.stage is Stage.REPORTED and not row.question):
        return row
    if row.stage is Stage.CONFIRMED and not row.question and row.operation == intent.operation:
        return row
    if row.in_flight and row.account not in ("", intent.account):
        raise Failure("other_account", id=row.id)
    if (row.name, row.months) == (intent.name, intent.months):
        return row
    if row.unsent:
        journal.record(row, Event.WITHDRAWN, why=Withdrawal.CHANGED)
        return None
    raise Failure("other_purchase", id=row.id, reason=Phrase("bought_as", name=row.name, months=row.months))


def _may_spend(journal: Journal, intent: Intent) -> None:
    if intent.operation is None:
        raise Failure("not_an_operation")
    if journal.is_copy():
        raise Failure("copied_panel")


def _send(
    journal: Journal, row: Purchase, intent: Intent, deal: Deal, noting: Optional[Noting], absent: bool
) -> Purchase:
    """absent: a look of this very run has proved it."""
    _may_spend(journal, intent)
    # whoever did it: what is there already is not bought again
    seen = Finding(Sight.ABSENT) if absent else deal.look(row)
    if seen.sight is Sight.PRESENT:
        return _already_there(journal, row, seen)
    if seen.sight is Sight.UNDERWAY:
        raise Failure("upstream_busy", value=row.name)
    terms = deal.terms(row)
    row = _written_down(journal, row, intent, terms, noting)
    try:
        accepted = deal.act(row)
    except NotSent as failure:
        journal.record(row, Event.NOT_SENT, sent=None, code=failure.code)
        raise
    except Refused as failure:
        journal.record(row, Event.REFUSED, code=failure.code)
        raise
    except NoAnswer as failure:
        return journal.record(row, Event.NO_ANSWER, code=failure.code)
    if accepted.unpaid is not None:
        return journal.record(row, Event.UNPAID, accepted=True, unpaid=accepted.unpaid)
    if accepted.remote is None:
        return journal.record(row, Event.ACCEPTED, Stage.SENT, accepted=True)
    return journal.record(row, Event.ACCEPTED, Stage.CONFIRMED, accepted=True, remote=accepted.remote)


def _already_there(journal: Journal, row: Purchase, seen: Finding) -> Purchase:
    bought = seen.bought or row.bought
    if row.taken_over and row.before:  # told by a date, which may be that of another renewal
        return journal.record(
            row, Event.ALREADY_THERE, Stage.INTENDED, question=Question.BOUGHT,
            evidence=Evidence.BEFOREHAND, bought=bought,
        )  # fmt: skip
    return journal.record(row, Event.ALREADY_THERE, Stage.CONFIRMED, remote=seen.remote, bought=bought)


def _written_down(
    journal: Journal, row: Purchase, intent: Intent, terms: Terms, noting: Optional[Noting]
) -> Purchase:
    """On the panel, then in the journal: if one is lost, the other knows that a request may have left."""
    noted = row.noted
    if noting:
        noted = (noted or 0) + 1
        noting(row, noted, terms)
    here = clock.now()
    return journal.record(
        row, Event.REQUEST_LEAVES, sent=time.time(), boot=here.boot, uptime=here.seconds, noted=noted,
        attempts=row.attempts + 1, accepted=False, looked=False, account=intent.account, taken_over=False,
        remote=terms.remote, tariff=terms.tariff, period=terms.period, bought=terms.bought, cost=terms.cost,
        highest=terms.highest,
    )  # fmt: skip


def _look(journal: Journal, row: Purchase, deal: Deal, patience: Patience) -> Purchase:
    """Settle a sent purchase by what the upstream shows; after `overdue` seconds it waits for a person."""
    age = row.age
    if age < patience.settle and row.looked and not row.question:
        raise Failure("lost_answer", func=row.kind)  # one look is enough until a look can prove absence
    try:
        seen = deal.look(row)
    except Failure as failure:
        return _unseen(journal, row, failure, age, patience)
    if seen.sight is Sight.PRESENT:
        return journal.record(row, Event.SEEN, remote=seen.remote or row.remote)
    if row.question and row.evidence is not Evidence.TIMEOUT:
        return row
    if seen.unpaid is not None and row.unpaid is None:  # the lost answer would have said so
        row = journal.record(row, Event.UNPAID_SEEN, accepted=True, unpaid=seen.unpaid)
    if row.unpaid is not None:  # linked, never deleted, never ordered anew: a person pays it (decision 9)
        raise Failure("unpaid_order", value=row.unpaid)
    if seen.sight is Sight.ABSENT and not row.accepted:
        return _absent(journal, row, age, patience)
    if age > patience.overdue:
        evidence = Evidence.WORKING if seen.sight is Sight.UNDERWAY else Evidence.ACCEPTED
        return _unclear(journal, row, evidence, seconds=int(age))
    raise Failure("pending", value=row.name)


def _unclear(journal: Journal, row: Purchase, evidence: Evidence, **told: Any) -> Purchase:
    return journal.record(row, Event.UNCLEAR, question=Question.BOUGHT, evidence=evidence, **told)


def _absent(journal: Journal, row: Purchase, age: float, patience: Patience) -> Purchase:
    """Not shown, and no yes was said: proof only when the request can no longer be carried out."""
    if age < patience.settle:
        if not row.question:
            journal.record(row, Event.NOT_SEEN_YET, looked=True)
        raise Failure("lost_answer", func=row.kind)
    absences = row.absences + 1
    if absences >= patience.tries:
        return _unclear(journal, row, Evidence.ATTEMPTS, absences=absences)
    return journal.record(row, Event.ABSENCE_PROVED, sent=None, absences=absences, looked=False)


def _unseen(journal: Journal, row: Purchase, failure: Failure, age: float, patience: Patience) -> Purchase:
    """The look itself failed: it proves nothing."""
    if row.question:
        return row
    if age > patience.overdue:
        return _unclear(journal, row, Evidence.TIMEOUT, code=failure.code)
    if row.accepted or failure.code in QUESTIONS:
        raise failure
    raise Failure("lost_answer", func=row.kind, detail=str(failure)) from failure
