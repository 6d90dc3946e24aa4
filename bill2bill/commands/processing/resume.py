"""Resume a server at the upstream, unless the provider suspended it for reasons of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bill2bill.commands.processing.standing import bring
from bill2bill.rules.statuses import ServiceState

if TYPE_CHECKING:
    from bill2bill.commands.world import World


def run(world: World) -> None:
    with world.item_locked() as item:
        bring(
            world,
            item,
            ServiceState.ACTIVE,
            lambda upstream, itemtype, remote: upstream.resume_service(itemtype, remote),
        )
        world.panel.resumed(item.id)
