"""Suspend a server at the upstream, if the connection sends that; else in the panel only."""

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
            ServiceState.SUSPENDED,
            lambda upstream, itemtype, remote: upstream.suspend_service(itemtype, remote),
        )
        world.panel.suspended(item.id)
