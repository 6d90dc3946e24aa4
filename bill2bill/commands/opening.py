"""An opening, whatever is opened: is it under way, or was it done before? An item is ordered once, whatever
operation asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Tuple

from bill2bill.commands import link, purchases
from bill2bill.host.data import Item
from bill2bill.journal.purchase import Purchase
from bill2bill.journal.transitions import Event, Withdrawal

if TYPE_CHECKING:
    from bill2bill.commands.world import World


def begun_or_known(world: World, item: Item) -> Tuple[Optional[Purchase], Optional[link.Link]]:
    """The order that is not over, else the service bought before or noted on the panel by a person; what was
    not sent gives way to that.
    """
    begun = purchases.under_way(world, "open")
    if begun and begun.unsent and link.stored(item.params):
        world.journal.record(begun, Event.WITHDRAWN, why=Withdrawal.LINKED)
        begun = None
    if begun:
        return begun, None
    lost = link.forgotten(world, item)
    if lost:
        raise purchases.ask_same_item(world, lost)
    return None, link.link_of(world, item)
