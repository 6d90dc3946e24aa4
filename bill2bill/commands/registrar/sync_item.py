"""Compare a domain with the upstream: one listing serves all domains of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bill2bill.accounts.domains import DomainAccount
from bill2bill.commands import expiry, link, purchases
from bill2bill.commands.missing import seen, unseen
from bill2bill.commands.registrar import dates, ours
from bill2bill.host.data import Item
from bill2bill.rules.statuses import panel_service_status
from bill2bill.services import DELETED
from bill2bill.upstream.api import Domain

if TYPE_CHECKING:
    from bill2bill.commands.world import World


def run(world: World) -> None:
    with world.item_locked() as item:
        known = link.link_of(world, item)
        if item.status == DELETED or known is None:
            return
        purchases.under_way(
            world, "prolong"
        )  # a renewal that the panel was told of is over, before the next one begins
        provider = world.account(DomainAccount, world.connection(item.module))
        domain = provider.listed(known.id)
        if domain is None:
            unseen(world, item, provider.listing_id(), known.id)
            return
        seen(world, item)
        ours.check_name(domain, item)
        expiry.seen(world, domain.id, domain.expires)
        _write(world, item, domain)


def _write(world: World, item: Item, domain: Domain) -> None:
    status = str(panel_service_status(domain.state))
    if item.params.get("service_status") != status:
        world.panel.set_service_status(item.id, int(status))
    dates.write_read_back(world, item, domain)
