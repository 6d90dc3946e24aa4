"""A switch that is off means that a person does it (decision 10)."""

from __future__ import annotations

from bill2bill.errors import Failure


def must_be_on(*, on: bool, what: str) -> None:
    """Raises switched_off: nothing is sent, the operation becomes manual with a task, and is never reported
    as done.
    """
    if not on:
        raise Failure("switched_off", value=what)
