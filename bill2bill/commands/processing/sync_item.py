"""Compare a server with the upstream: one listing serves all of its type. What differs is a person's task;
the panel's date is never written.
"""

from __future__ import annotations

from bill2bill.accounts.services import ServiceAccount
from bill2bill.commands import expiry, link, purchases, reporting
from bill2bill.commands.context import Context
from bill2bill.commands.processing import owned_service
from bill2bill.commands.unseen import seen, unseen
from bill2bill.errors import Failure, Raw
from bill2bill.rules.statuses import ServiceState
from bill2bill.services import ACTIVE, DELETED
from bill2bill.upstream.api import Service


def run(context: Context) -> None:
    with context.item_locked() as item:
        known = link.link_of(context)
        if item.status == DELETED or known is None:
            return
        # a renewal that the panel was told of is over, before the next one begins
        purchases.under_way(context, "prolong")
        account = context.account(ServiceAccount)
        service = account.listed(item.itemtype, known.id)
        if service is None:
            unseen(context, account.listing_id(item.itemtype), known.id)
            return
        seen(context)
        _compare(context, account, known, service)


def _compare(context: Context, account: ServiceAccount, known: link.Link, service: Service) -> None:
    item = context.item
    if service.state is ServiceState.DELETED:
        reporting.notice(context, Failure("remote_gone", value=known.id))
        return
    owned_service.check(context, account, known, service)
    expiry.seen(context, service.id, service.expires)
    if service.state is ServiceState.SUSPENDED and item.status == ACTIVE:
        why = Raw(service.substate or "-")
        reporting.notice(context, Failure("suspended_there", value=known.id, reason=why))
    else:
        reporting.over(context, "suspended_there")
    if service.auto_renewal:
        reporting.notice(context, Failure("auto_renewal_on", value=item.name or known.id))
    else:
        reporting.over(context, "auto_renewal_on")
    if service.ip and item.params.get("ip") != service.ip:
        context.panel.save_param(item.id, "ip", service.ip)
