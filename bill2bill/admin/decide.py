"""A person's answer to the question of a purchase: who said so and why is kept with it."""

from __future__ import annotations

import getpass
import os
import time
from typing import Callable, NamedTuple, Optional

from bill2bill.errors import Failure, Phrase
from bill2bill.host.log import one_line
from bill2bill.journal.journal import Decision, Journal
from bill2bill.journal.purchase import Evidence, Purchase, Stage
from bill2bill.journal.questions import Answer, answers_to
from bill2bill.journal.transitions import Event

LONGEST_WHY = 1000  # characters
GREATEST_ID = 2**31

# Writes the panel's note of a purchase that is over; raises if the panel cannot take it.
Noting = Callable[[Purchase], None]


class Said(NamedTuple):
    """An answer. remote: with Answer.BOUGHT, the id at the upstream."""

    answer: Answer
    remote: Optional[int] = None


def resolve(
    journal: Journal, number: int, said: Said, who: str, why: str, settle: float, noting: Noting
) -> Purchase:
    """Take the answer to the question of a purchase. The caller holds the item's lock.

    noting  where panel and journal disagreed, the answer puts the panel's note right; if that fails, the
            question is asked again
    Raises too_early, no_question, held_by_other, not_ours, bad_input, why_missing.
    """
    row = _asked(journal, number, said.answer)
    remote = str(said.remote or "")
    decision = Decision(time.time(), who or who_types(), said.answer.value, remote, reason(why))
    if said.answer is Answer.BOUGHT:
        return _bought(journal, row, decision, said.remote or 0)
    if said.answer is Answer.NOT_BOUGHT:
        return _not_bought(journal, row, decision, settle)
    if said.answer is Answer.OTHER_ITEM:
        return _other_item(journal, row, decision)
    if said.answer is Answer.SAME:
        return _same(journal, row, decision, noting)
    return _new(journal, row, decision, noting)


def _asked(journal: Journal, number: int, answer: Answer) -> Purchase:
    row = journal.purchase(number)
    if row is None or answer not in answers_to(row) or not journal.is_next(row):
        raise Failure("no_question", id=number, value=row.stage.value if row else "-")
    return row


def _bought(journal: Journal, row: Purchase, decision: Decision, remote: int) -> Purchase:
    """It is this service at the upstream: the next run tells the panel without buying.

    Also corrects an earlier answer, and links an item that was opened long ago to the service it has now.
    """
    if not 1 <= remote <= GREATEST_ID:
        raise Failure("bad_input", reason=Phrase("bad_id", value=str(remote)[:20]))
    unfinished = row.stage in (Stage.INTENDED, Stage.SENT) or row.question is not None
    if not row.rules.opens and unfinished and row.remote not in (None, remote):
        reason = Phrase("bought_otherwise", id=row.id, remote=row.remote)
        raise Failure("not_ours", value=remote, reason=reason)
    holder = journal.held_by_other(row.item, row.itemtype, remote, row.account, row.module)
    if holder:
        raise Failure("held_by_other", value=remote, object=holder.item, id=holder.purchase or "-")
    stage = Stage.REPORTED if row.stage is Stage.REPORTED else Stage.CONFIRMED
    return journal.decide(row, decision, Event.SAID_BOUGHT, stage, remote=remote)


def _not_bought(journal: Journal, row: Purchase, decision: Decision, settle: float) -> Purchase:
    """The next run is a new purchase. Raises too_early while the request may still be carried out."""
    left = settle - row.age
    if row.sent is not None and left > 0:
        raise Failure("too_early", id=row.id, value=f"{left:.0f}")
    return journal.decide(row, decision, Event.SAID_NOT_BOUGHT)


def _same(journal: Journal, row: Purchase, decision: Decision, noting: Noting) -> Purchase:
    """The operation that asks is this purchase's, renumbered: its next run tells the panel without buying.

    Of an opened item: the panel's item is still this service, whatever the panel knows of it.
    """
    if row.rules.opens:
        row = journal.decide(row, decision, Event.SAID_SAME, row.stage)
        if row.stage is Stage.REPORTED:
            noting(row)
        return row
    return journal.decide(row, decision, Event.SAID_SAME, Stage.CONFIRMED, callback=None, noted_done=False)


def _new(journal: Journal, row: Purchase, decision: Decision, noting: Noting) -> Purchase:
    """The panel knows of it: the operation that asks is a further purchase."""
    evidence, bought = row.evidence, row.bought
    # what somebody else bought is not left over for what is bought now
    if evidence is Evidence.MOVED and bought:
        bought = row.months
    row = journal.decide(row, decision, Event.SAID_NEW, operation=None, bought=bought)
    if evidence is Evidence.RESTORED:
        noting(row)
    return row


def _other_item(journal: Journal, row: Purchase, decision: Decision) -> Purchase:
    """The number of the item belongs to another item now: what was bought under it is not the new one's."""
    if not row.detached:  # said twice, it must not give the former item's purchases to the new one
        journal.detach(row.item)  # first: killed in between, nobody is handed the former item's service
    return journal.decide(row, decision, Event.SAID_OTHER_ITEM, operation=None)


# -- this place ----------------------------------------------------------------------------------------------


class Place(NamedTuple):
    machine: str
    folder: str


class Adoption(NamedTuple):
    """was: where purchases were made until now. unfinished: purchases that go on from here."""

    was: Place
    here: Place
    unfinished: int


def adoption(journal: Journal, machine: str, root: str) -> Adoption:
    """What saying "this is the real panel" would change."""
    return Adoption(Place(*journal.place()), Place(machine, root), len(journal.all_unsettled()))


def adopt(journal: Journal, change: Adoption, who: str, why: str) -> None:
    places = zip(Place._fields, change.was, change.here)
    words = [f"{name} {was or '-'} -> {here or '-'}" for name, was, here in places if was != here]
    journal.adopted(Decision(time.time(), who, "adopt", ", ".join(words), reason(why)))


# -- who and why ---------------------------------------------------------------------------------------------


def who_types() -> str:
    """The user at the terminal, also behind sudo."""
    try:
        name = os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, ImportError, OSError):  # no name in the environment and none in the system
        name = str(os.getuid())
    return one_line(name)[:64]


def reason(why: str) -> str:
    """One line that says something. Raises why_missing, or bad_input when it is too long to be one."""
    told = one_line(" ".join(why.split()))
    if not told:
        raise Failure("why_missing")
    if len(told) > LONGEST_WHY:
        raise Failure("bad_input", reason=Phrase("why_long", most=LONGEST_WHY))
    return told
