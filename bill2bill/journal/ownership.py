"""Which purchase does a running operation own, and is that purchase over?

The panel reuses the ids of its operations and gives an operation a new id; a process can die during the
callback. So the callback is written down before it begins (`callback`). An operation that left the panel
before that was re-created under another id. One that left later was told, or we were killed on the way: only
a person knows.
"""

from __future__ import annotations

from datetime import datetime
from typing import Optional

from bill2bill.errors import Failure
from bill2bill.journal.caller import Caller
from bill2bill.journal.journal import Journal
from bill2bill.journal.purchase import Evidence, Purchase, Question, Stage
from bill2bill.journal.reconciliation import reconcile
from bill2bill.journal.transitions import Event


def owned(journal: Journal, caller: Caller) -> Optional[Purchase]:
    """The purchase that this caller continues: an unsettled one, or one that is over and told again.

    Raises Failure("item_busy") while it belongs to another operation that is still on the panel, and what
    `reconcile` raises.
    """
    if caller.operation is not None:
        reconcile(journal, caller)
    row = journal.unsettled(caller.item, caller.kind)
    if row is None:
        return _told_again(journal, caller)
    if row.stage is Stage.CONFIRMED and row.question is None and not row.rules.opens:
        row = _after_buying(journal, row, caller)
    if row and _belongs_to_another(row, caller):
        raise Failure("item_busy", detail=f"operation {row.operation} has begun this purchase")
    return row


def _belongs_to_another(row: Purchase, caller: Caller) -> bool:
    if not caller.operation or row.operation in (None, caller.operation):
        return False
    return caller.exists(row.operation or 0)


def _told_again(journal: Journal, caller: Caller) -> Optional[Purchase]:
    """A repeat of an operation that stayed on the panel after its callback; otherwise its id is free."""
    last = journal.latest(caller.item, caller.kind)
    if last is None or last.stage is not Stage.REPORTED:
        return None
    if caller.operation is None or last.operation != caller.operation:
        return None
    if caller.attempt > 1:
        return last
    if not last.rules.opens:  # an item is opened once, whatever the id of the operation
        journal.record(last, Event.OPERATION_REUSED, operation=None)
    return None


def _after_buying(journal: Journal, row: Purchase, caller: Caller) -> Optional[Purchase]:
    """What became of a purchase that we did not come back from telling the panel."""
    if caller.operation is None:
        if caller.one_waits():
            return row
        journal.record(row, Event.NO_OPERATION_WAITS)
        return None
    if row.callback is None or row.operation is None:
        return row  # the callback never began: the operation is the same, whatever its id
    same = row.operation == caller.operation
    if same and caller.attempt > row.callback and _is_older(caller, journal.callback_began(row)):
        return row  # the panel repeats it: it was not told
    if not same and caller.exists(row.operation):
        return row
    return journal.record(
        row, Event.CALLBACK_UNCLEAR, question=Question.SAME_RENEWAL, evidence=Evidence.CALLBACK,
        asks=caller.operation, began=row.operation,
    )  # fmt: skip


def _is_older(caller: Caller, moment: float) -> bool:
    """Was the operation there before the second of `moment`? Within that second its date proves nothing: it
    may be another one that got the id. Where the panel tells no date, the count of tries is believed.
    """
    created = caller.created()
    second = datetime.fromtimestamp(int(moment))  # noqa: DTZ006 - host-protocol 4.1: local time
    return created is None or created < second
