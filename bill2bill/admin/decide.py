"""A person's answer to a purchase in doubt: who said so and why is kept."""

from __future__ import annotations

import getpass

from bill2bill.errors import Failure
from bill2bill.journal.states import Purchase, State
from bill2bill.journal.store import Store

OPEN_QUESTIONS = (State.INTENDED, State.SENT, State.DOUBT)


def exists_as(store: Store, number: int, remote: int, why: str) -> Purchase:
    """It was bought and is this service at the upstream: the next run tells the panel without buying."""
    if remote < 1:
        raise Failure("bad_input", reason=f"--exists {remote}")
    return store.move(_question(store, number), State.CONFIRMED, _said(f"exists as {remote}", why), remote=remote)


def is_absent(store: Store, number: int, why: str) -> Purchase:
    """It was not bought: the next run of the operation is a new purchase."""
    return store.move(_question(store, number), State.REFUSED, _said("does not exist", why))


def _question(store: Store, number: int) -> Purchase:
    row = store.purchase(number)
    if row is None or row.state not in OPEN_QUESTIONS:
        raise Failure("no_question", id=number, value=row.state.value if row else "-")
    return row


def _said(what: str, why: str) -> str:
    return f"{getpass.getuser()} says: {what}. {why}".strip()
