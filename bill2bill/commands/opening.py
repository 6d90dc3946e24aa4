"""An opening, whatever is opened: is it under way, or was it done before? An item is ordered once, whatever
operation asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Tuple

from bill2bill.commands import link
from bill2bill.host.data import Item
from bill2bill.journal.states import Purchase, State

if TYPE_CHECKING:
    from bill2bill.commands.world import World


def begun_or_known(world: World, item: Item) -> Tuple[Optional[Purchase], Optional[link.Link]]:
    """The order that is not over, else the service bought before or noted on the panel by a person; what was
    not sent gives way to that.
    """
    begun = world.begun("open")
    if begun and begun.state is State.INTENDED and link.stored(item.params):
        world.store.move(begun, State.REFUSED, "withdrawn: nothing was sent, and the panel names a service")
        begun = None
    if begun:
        return begun, None
    lost = link.forgotten(world, item)
    if lost:
        raise world.is_it_the_same(lost)
    return None, link.link_of(world, item)
