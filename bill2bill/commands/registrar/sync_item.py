"""Compare a domain with the upstream: one listing serves all domains of the account."""

from __future__ import annotations

from bill2bill.accounts.domains import DomainAccount
from bill2bill.commands import expiry, link, purchases
from bill2bill.commands.context import Context
from bill2bill.commands.registrar import owned_domain
from bill2bill.commands.unseen import seen, unseen
from bill2bill.services import DELETED


def run(context: Context) -> None:
    with context.item_locked() as item:
        known = link.link_of(context)
        if item.status == DELETED or known is None:
            return
        # a renewal that the panel was told of is over, before the next one begins
        purchases.under_way(context, "prolong")
        account = context.account(DomainAccount)
        domain = account.listed(known.id)
        if domain is None:
            unseen(context, account.listing_id(), known.id)
            return
        seen(context)
        owned_domain.check(context, account, domain)
        expiry.seen(context, domain.id, domain.expires)
        owned_domain.show_state(context, domain)
        owned_domain.write_date(context, domain)
