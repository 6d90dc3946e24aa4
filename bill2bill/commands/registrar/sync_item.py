"""Compare a domain with the upstream: one listing serves all domains of the account."""

from __future__ import annotations

from bill2bill.accounts.domains import DomainAccount
from bill2bill.commands import expiry, link, purchases
from bill2bill.commands.context import Context
from bill2bill.commands.registrar import dates, owned_domain
from bill2bill.commands.unseen import seen, unseen
from bill2bill.host.data import Item
from bill2bill.rules.statuses import panel_service_status
from bill2bill.services import DELETED
from bill2bill.upstream.api import Domain


def run(context: Context) -> None:
    with context.item_locked() as item:
        known = link.link_of(context, item)
        if item.status == DELETED or known is None:
            return
        purchases.under_way(
            context, "prolong"
        )  # a renewal that the panel was told of is over, before the next one begins
        account = context.account(DomainAccount, context.connection(item.module))
        domain = account.listed(known.id)
        if domain is None:
            unseen(context, item, account.listing_id(), known.id)
            return
        seen(context, item)
        owned_domain.check(context, account, item, domain)
        expiry.seen(context, domain.id, domain.expires)
        _write(context, item, domain)


def _write(context: Context, item: Item, domain: Domain) -> None:
    status = str(panel_service_status(domain.state))
    if item.params.get("service_status") != status:
        context.panel.set_service_status(item.id, int(status))
    dates.write_read_back(context, item, domain)
