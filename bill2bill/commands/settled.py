"""Nothing of an item may be left in doubt when it is closed, or nobody would look at it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bill2bill.commands import purchases
from bill2bill.host.data import Item
from bill2bill.journal.kinds import KINDS
from bill2bill.journal.questions import asked_about
from bill2bill.journal.transitions import Event, Withdrawal

if TYPE_CHECKING:
    from bill2bill.commands.world import World


def nothing_unsettled(world: World, item: Item) -> None:
    """What was not sent is withdrawn; what may still be bought or charged is settled first. Raises
    in_doubt_<kind>.
    """
    purchases.learn_from_note(world)
    for kind in KINDS:
        row = world.journal.unsettled(item.id, kind)
        if row and row.unsent:
            world.journal.record(row, Event.WITHDRAWN, why=Withdrawal.CLOSED)
        elif row and row.in_flight:
            raise asked_about(row)
