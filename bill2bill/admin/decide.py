"""A person's answer to the question of a purchase. Who said so and why is kept as data of its own, and as a
step of the purchase.
"""

from __future__ import annotations

import getpass
import os
import time
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from bill2bill.errors import Failure
from bill2bill.host.log import one_line
from bill2bill.journal.doubt import question_of
from bill2bill.journal.states import UNSETTLED, Purchase, State
from bill2bill.journal.store import Store

OPEN_QUESTIONS = (State.INTENDED, State.SENT, State.DOUBT)
ABOUT_THE_PLACE = 0  # a decision that is about no purchase, but about the machine and the folder
LONGEST_WHY = 1000  # characters
GREATEST_ID = 2**31

# What can be answered where only a person can tell; about what became of a request the provider's cabinet
# tells.
ABOUT_THE_REQUEST = ("exists", "absent")
KNOWN = ("same", "told")
ANSWERS = {
    "told": KNOWN,
    "older": (*KNOWN, "foreign"),
    "moved": KNOWN,
    "lost": (*KNOWN, "absent"),
    "item": ("same", "foreign"),
}


class Answer(NamedTuple):
    """what: exists, absent, same, told or foreign. remote: with exists, the id at the upstream."""

    what: str
    remote: Optional[int] = None


class Decision(NamedTuple):
    at: float
    who: str
    answer: str
    why: str


def answers_to(row: Purchase) -> Tuple[str, ...]:
    """What may be answered about a purchase now; nothing if it asks nothing."""
    answers = _answers_to(row)
    if (
        row.item < 0 and "foreign" in answers
    ):  # that is said already; killed in the middle of it, it is said again
        return ("foreign",) if row.state is State.DOUBT else ()
    return answers


def _answers_to(row: Purchase) -> Tuple[str, ...]:
    if row.state is State.DOUBT and question_of(row) in ANSWERS:
        return ANSWERS[question_of(row)]
    if row.state in OPEN_QUESTIONS:
        return ABOUT_THE_REQUEST
    if row.kind == "open" and row.state is State.REPORTED:
        # the panel may have lost what it knew of the item, or has given its number to another one
        return ("exists", "same", "foreign")
    if row.state is State.CONFIRMED:  # told: the operation that asked had other terms, and is gone
        return ("exists", "told") if row.kind == "prolong" and row.told is None else ("exists",)
    return ()


Noting = Callable[
    [Purchase], None
]  # writes the panel's note of a purchase that is over; raises if the panel cannot take it


def not_noted(_: Purchase) -> None:
    """Where there is no panel."""


def resolve(
    store: Store, number: int, answer: Answer, who: str, why: str, settle: float, noting: Noting
) -> Purchase:
    """Take the answer to the question of a purchase. The caller holds the item's lock.

    noting  where panel and journal disagreed, the answer puts the panel's note right; if that fails, the
            question is asked again
    Raises too_early, no_question, held_by_other, not_ours, bad_input, why_missing.
    """
    why = reason(why)
    if answer.what == "exists":
        return exists_as(store, number, answer.remote or 0, why, who)
    if answer.what == "absent":
        return is_absent(store, number, why, settle, who)
    if answer.what == "foreign":
        return is_foreign(store, number, why, who)
    known = {"same": is_same, "told": was_told}
    if answer.what not in known:
        raise Failure("bad_input", reason=f"answer {answer.what[:40]}")
    return known[answer.what](store, number, why, who, noting)


def exists_as(store: Store, number: int, remote: int, why: str, who: str = "") -> Purchase:
    """It was bought and is this service at the upstream: the next run tells the panel without buying.

    Also corrects an earlier answer, and links an item that was opened long ago to the service that it has
    now.
    """
    row = _asked(store, number, "exists")
    if not 1 <= remote <= GREATEST_ID:
        raise Failure("bad_input", reason=f"the id {str(remote)[:20]}")
    if row.kind != "open" and row.state in OPEN_QUESTIONS and row.remote not in (None, remote):
        raise Failure("not_ours", value=remote, reason=f"purchase {row.id}: {row.remote}")
    holder = store.holder(remote, row.account, row.module, row.item)
    if holder:
        raise Failure("held_by_other", value=remote, object=holder.item, id=holder.id)
    state = State.REPORTED if row.state is State.REPORTED else State.CONFIRMED
    return _decided(store, row, state, f"exists {remote}", f"exists as {remote}", who, why, remote=remote)


def is_absent(store: Store, number: int, why: str, settle: float, who: str = "") -> Purchase:
    """It was not bought: the next run of the operation is a new purchase. Raises too_early while the request
    may still be carried out.
    """
    row = _asked(store, number, "absent")
    left = settle - row.age
    if row.sent is not None and left > 0:
        raise Failure("too_early", id=number, value=f"{left:.0f}")
    return _decided(store, row, State.REFUSED, "absent", "does not exist", who, why, question="")


def is_same(store: Store, number: int, why: str, who: str = "", noting: Noting = not_noted) -> Purchase:
    """The operation that asks is the one of this purchase under a new number: its next run tells the panel
    without buying.

    Of an opened item: the panel's item is still this service, whatever the panel knows of it.
    """
    row = _asked(store, number, "same")
    if row.kind == "open":
        state = State.REPORTED if row.state is State.DOUBT else row.state
        row = _decided(store, row, state, "same", "is the same service", who, why, question="")
        noting(row)
        return row
    return _decided(
        store,
        row,
        State.CONFIRMED,
        "same",
        "is the same renewal",
        who,
        why,
        told=None,
        question="",
        over_noted=False,
    )


def was_told(store: Store, number: int, why: str, who: str = "", noting: Noting = not_noted) -> Purchase:
    """The panel knows of it: the operation that asks is a further purchase."""
    row = _asked(store, number, "told")
    question, period = row.question, row.period
    if question == "moved" and period:  # what somebody else bought is not left over for what is bought now
        period = row.months
    row = _decided(
        store,
        row,
        State.REPORTED,
        "told",
        "the panel was told",
        who,
        why,
        operation=None,
        question="",
        period=period,
    )
    if question == "older":
        noting(row)
    return row


def is_foreign(store: Store, number: int, why: str, who: str = "") -> Purchase:
    """The number of the item belongs to another item now: what was bought under it is not the new one's."""
    row = _asked(store, number, "foreign")
    if row.item > 0:  # said twice, it must not give the former item's purchases to the new one
        store.disown(row.item)  # first: killed in between, nobody is handed the former item's service
    return _decided(
        store, row, State.REPORTED, "foreign", "is of another item", who, why, operation=None, question=""
    )


# -- this place ----------------------------------------------------------------------------------------------


class Place(NamedTuple):
    machine: str
    folder: str


class Adoption(NamedTuple):
    """was: where purchases were made until now. unfinished: purchases that go on from here."""

    was: Place
    here: Place
    unfinished: int


def adoption(store: Store, machine: str, root: str) -> Adoption:
    """What saying "this is the real panel" would change."""
    (was,) = [Place(*map(str, row)) for row in store.rows("SELECT machine, root FROM place")] or [
        Place("", "")
    ]
    return Adoption(was, Place(machine, root), len(store.purchases(*UNSETTLED)))


def adopt(store: Store, change: Adoption, who: str, why: str) -> None:
    why = reason(why)
    words = [
        f"{name} {was or '-'} -> {here or '-'}"
        for name, was, here in zip(Place._fields, change.was, change.here)
        if was != here
    ]
    _note(store, ABOUT_THE_PLACE, who, f"adopt: {', '.join(words)}", why)
    store.adopt()


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
        raise Failure("bad_input", reason=f"the reason is longer than {LONGEST_WHY} characters")
    return told


def decisions(store: Store, number: int) -> List[Decision]:
    found = store.rows("SELECT at, who, answer, why FROM decision WHERE purchase = ? ORDER BY rowid", number)
    return [Decision(float(str(at)), str(who), str(answer), str(why)) for at, who, answer, why in found]


def _asked(store: Store, number: int, what: str) -> Purchase:
    row = store.purchase(number)
    if row is None or what not in answers_to(row):
        raise Failure("no_question", id=number, value=row.state.value if row else "-")
    return row


def _decided(
    store: Store, row: Purchase, state: State, answer: str, words: str, who: str, why: str, **columns: Any
) -> Purchase:
    """The decision first: if we die in between, the question is asked again, and nothing was decided by
    nobody.
    """
    who = who or who_types()
    _note(store, row.id, who, answer, why)
    return store.move(row, state, f"{who} says: {words}. {why}".strip(), **columns)


def _note(store: Store, number: int, who: str, answer: str, why: str) -> None:
    with store.write() as db:
        db.execute("INSERT INTO decision VALUES (?, ?, ?, ?, ?)", (number, time.time(), who, answer, why))


def as_data(decision: Decision) -> Dict[str, object]:
    return dict(decision._asdict())
