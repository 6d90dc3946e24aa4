"""Close a domain: nothing is called, the name simply is not renewed (upstream-billmanager4 5.9), provided
that nobody else will renew it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bill2bill.accounts.domains import DomainAccount
from bill2bill.commands import link
from bill2bill.commands.registrar import ours
from bill2bill.commands.settled import nothing_unsettled
from bill2bill.commands.switches import must_be_on
from bill2bill.errors import Failure
from bill2bill.host.data import Item
from bill2bill.rules.statuses import DomainState

if TYPE_CHECKING:
    from bill2bill.commands.world import World


def run(world: World) -> None:
    with world.item_locked() as item:
        connection = world.connection(item.module)
        known = link.link_of(world, item)
        nothing_unsettled(world, item)
        if known:
            must_be_on(on=connection.send_close, what="close")
            _will_lapse(world, item, known.id)
        world.panel.closed(item.id)


def _will_lapse(world: World, item: Item, remote: int) -> None:
    """Raises what a person has to settle: an unpaid order may be charged any day, automatic renewal would go
    on paying.
    """
    provider = world.account(DomainAccount, world.connection(item.module))
    domain = provider.upstream.domain(remote)
    if domain is None or domain.state is DomainState.REMOVED:
        return
    ours.check_name(domain, item)
    if domain.state is DomainState.UNPAID:
        raise Failure("unpaid_order", value=remote)
    trouble = ours.auto_renewal(provider, domain)
    if trouble:
        raise trouble
