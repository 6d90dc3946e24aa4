"""Nothing of an item may be left in doubt when it is closed, or nobody would look at it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bill2bill.host.data import Item
from bill2bill.journal.doubt import doubt
from bill2bill.journal.states import State

if TYPE_CHECKING:
    from bill2bill.commands.world import World

KINDS = ("open", "prolong", "changepricelist", "setparam")


def nothing_unsettled(world: World, item: Item) -> None:
    """What was not sent is withdrawn; what may still be bought or charged is settled first. Raises
    in_doubt_<kind>.
    """
    world.learn_from_note()
    for kind in KINDS:
        row = world.store.unsettled(item.id, kind)
        if row and row.state is State.INTENDED:
            world.store.move(row, State.REFUSED, "withdrawn: nothing was sent and the item is closed")
        if row and row.state in (State.SENT, State.DOUBT):
            raise doubt(row)
