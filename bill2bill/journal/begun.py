"""Is a purchase over? The one place that compares a row of the journal with the running operation that asks.

Ids of operations are reused and re-created, and a process can die while it tells the panel. So the telling is
written down before it begins (`told`): an operation that left the panel before that was re-created under
another number; one that left later was told, or was killed on the way to it, and only a person can say which.
"""

from __future__ import annotations

from typing import Optional

from bill2bill.errors import Failure
from bill2bill.journal.agreement import agree
from bill2bill.journal.asker import Asker
from bill2bill.journal.states import Purchase, State
from bill2bill.journal.store import Store


def begun(store: Store, asker: Asker) -> Optional[Purchase]:
    """The purchase that this operation is about, if there is one already: unsettled, or reported and told
    again.

    Raises Failure("item_busy") while it belongs to another operation that is still on the panel, and what
    agree raises.
    """
    if asker.operation is not None and asker.kind in ("open", "prolong"):
        agree(store, asker)
    row = store.unsettled(asker.item, asker.kind)
    if row is None:
        return _told_again(store, asker)
    if row.state is State.CONFIRMED and asker.kind != "open":  # an item is opened once, whatever the number
        row = _after_buying(store, row, asker)
    if (
        row
        and asker.operation
        and row.operation not in (None, asker.operation)
        and asker.is_there(row.operation or 0)
    ):
        raise Failure("item_busy", detail=f"operation {row.operation} has begun this purchase")
    return row


def _told_again(store: Store, asker: Asker) -> Optional[Purchase]:
    """A repeat of an operation that stayed on the panel after it was told (its number is freed otherwise, see
    World.reported).
    """
    last = store.latest(asker.item, asker.kind)
    if (
        last is None
        or last.state is not State.REPORTED
        or asker.operation is None
        or last.operation != asker.operation
    ):
        return None
    if asker.trycount > 1:
        return last
    if last.kind != "open":  # an item is opened once, whatever the number
        store.move(
            last, State.REPORTED, "the number of its operation came again", durable=False, operation=None
        )
    return None


def _after_buying(store: Store, row: Purchase, asker: Asker) -> Optional[Purchase]:
    """What became of a purchase that we did not come back from telling the panel."""
    if asker.operation is None:
        if asker.one_waits():
            return row
        store.move(row, State.REPORTED, "no operation of this kind waits on the panel", durable=False)
        return None
    if row.told is None or row.operation is None:
        return row  # the telling never began: the operation is the same, whatever its number
    if row.operation == asker.operation and asker.trycount > row.told and asker.is_older(row.created):
        return row  # the panel repeats it: it was not told
    if row.operation != asker.operation and asker.is_there(row.operation):
        return row
    return store.move(
        row,
        State.DOUBT,
        f"was the panel told? Operation {asker.operation} asks, {row.operation} has begun it",
    )
