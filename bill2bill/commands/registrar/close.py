"""Close a domain: nothing is called, the name simply is not renewed (upstream-billmanager4 5.9), provided
that nobody else will renew it.
"""

from __future__ import annotations

from bill2bill.accounts.domains import DomainAccount
from bill2bill.commands import link
from bill2bill.commands.context import Context
from bill2bill.commands.permissions import must_be_on, nothing_unsettled
from bill2bill.commands.registrar import owned_domain
from bill2bill.errors import Failure
from bill2bill.rules.statuses import DomainState


def run(context: Context) -> None:
    with context.item_locked() as item:
        connection = context.connection(item.module)
        known = link.link_of(context)
        nothing_unsettled(context)
        if known:
            must_be_on(on=connection.send_close, what="close")
            _will_lapse(context, known.id)
        context.panel.closed(item.id)


def _will_lapse(context: Context, remote: int) -> None:
    """Raises what would go on paying: an unpaid order, charged any day, or automatic renewal."""
    account = context.account(DomainAccount)
    domain = account.upstream.domain(remote)
    if domain is None or domain.state is DomainState.REMOVED:
        return
    owned_domain.check_name(context, domain)
    if domain.state is DomainState.UNPAID:
        raise Failure("unpaid_order", value=remote)
    trouble = owned_domain.auto_renewal(account, domain)
    if trouble:
        raise trouble
