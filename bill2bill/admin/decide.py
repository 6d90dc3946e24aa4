"""A person's answer to the question of a purchase: who said so and why is kept."""

from __future__ import annotations

import getpass
import time

from bill2bill.errors import Failure
from bill2bill.journal.states import Purchase, State
from bill2bill.journal.store import Store

OPEN_QUESTIONS = (State.INTENDED, State.SENT, State.DOUBT)


def exists_as(store: Store, number: int, remote: int, why: str) -> Purchase:
    """It was bought and is this service at the upstream: the next run tells the panel without buying.

    Also corrects an earlier answer, and links an item that was opened long ago to the service that it has now.
    """
    row = _in(store, number, *OPEN_QUESTIONS, State.CONFIRMED, State.REPORTED)
    if row.state is State.REPORTED and row.kind != "open":
        raise Failure("no_question", id=number, value=row.state.value)
    if remote < 1:
        raise Failure("bad_input", reason=f"--exists {remote}")
    holder = store.holder(remote, row.account, row.module, row.item)
    if holder:
        raise Failure("held_by_other", value=remote, object=holder.item, id=holder.id)
    state = State.REPORTED if row.state is State.REPORTED else State.CONFIRMED
    return store.move(row, state, _said(f"exists as {remote}", why), remote=remote, told=None)


def is_absent(store: Store, number: int, why: str, settle: float) -> Purchase:
    """It was not bought: the next run of the operation is a new purchase. Raises too_early while the request may still be carried out."""
    row = _in(store, number, *OPEN_QUESTIONS)
    left = settle - row.age(time.time())
    if row.sent is not None and left > 0:
        raise Failure("too_early", id=number, value=f"{left:.0f}")
    return store.move(row, State.REFUSED, _said("does not exist", why))


def is_same(store: Store, number: int, why: str) -> Purchase:
    """The operation that asks is the one of this purchase under a new number: its next run tells the panel without buying."""
    return store.move(_telling(store, number), State.CONFIRMED, _said("is the same renewal", why), told=None)


def was_told(store: Store, number: int, why: str) -> Purchase:
    """The panel knows of it: the operation that asks is a further purchase."""
    return store.move(_telling(store, number), State.REPORTED, _said("the panel was told", why), operation=None)


def _telling(store: Store, number: int) -> Purchase:
    """A purchase that certainly was made; the question is what the panel knows of it."""
    row = _in(store, number, State.DOUBT)
    if row.told is None:
        raise Failure("no_question", id=number, value=row.state.value)
    return row


def _in(store: Store, number: int, *states: State) -> Purchase:
    row = store.purchase(number)
    if row is None or row.state not in states:
        raise Failure("no_question", id=number, value=row.state.value if row else "-")
    return row


def _said(what: str, why: str) -> str:
    return f"{getpass.getuser()} says: {what}. {why}".strip()
