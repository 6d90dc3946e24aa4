"""The domain behind an item, as the upstream shows it now: only what is certainly ours is touched
(decision 7); when the panel's date of it may be written (decision 8).
"""

from __future__ import annotations

from datetime import timedelta
from typing import List, Optional

from bill2bill.accounts.domains import DomainAccount
from bill2bill.commands import purchases, reporting
from bill2bill.commands.context import Context
from bill2bill.errors import Failure, Phrase
from bill2bill.host.data import Item
from bill2bill.rules import names, periods
from bill2bill.rules.statuses import panel_service_status, registered
from bill2bill.upstream.api import Domain


def check_name(context: Context, domain: Domain) -> None:
    """Raises not_ours for a domain with another name than the item: then nothing may be sent."""
    wanted = names.to_ascii(context.item.name)
    if domain.name != wanted:
        raise Failure("not_ours", value=domain.id, reason=Phrase("differs", found=domain.name, wanted=wanted))


def check(context: Context, account: DomainAccount, domain: Domain) -> None:
    """The name fits, and no other item holds the service. Raises not_ours, held_by_other."""
    check_name(context, domain)
    context.claim(account, domain.id)


def auto_renewal(account: DomainAccount, domain: Domain) -> Optional[Failure]:
    """What is wrong with the upstream's automatic renewal: on, or not to be told. None: it is off."""
    word = account.upstream.domain_form(domain.id).auto_renewal
    if word == "":
        return None
    return Failure("auto_renewal_unseen" if word is None else "auto_renewal_on", value=domain.name)


def read_ours(context: Context, account: DomainAccount, remote: int) -> Domain:
    """The domain behind an item, read now. Raises remote_gone, and as `check` does."""
    domain = account.upstream.domain(remote)
    if domain is None:
        raise Failure("remote_gone", value=remote)
    check(context, account, domain)
    return domain


def name_servers_of(item: Item) -> List[str]:
    """ns0, ns1, … of the item up to the first missing number (host-protocol 2.6, update_ns)."""
    found: List[str] = []
    while item.params.get(f"ns{len(found)}"):
        found.append(item.params[f"ns{len(found)}"])
    return found


def show_state(context: Context, domain: Domain) -> None:
    status = str(panel_service_status(domain.state))
    if context.item.params.get("service_status") != status:
        context.panel.set_service_status(context.item.id, int(status))


def write_date(context: Context, domain: Domain) -> None:
    """Write the date as read back, unless it is in motion, absurd, or before what the panel promises."""
    item = context.item
    if (
        not registered(domain.state)
        or domain.expires is None
        or domain.expires == item.expires
        or _in_motion(context)
    ):
        return
    if not periods.sane_date(domain.expires, context.today):
        reporting.notice(context, Failure("date_bad", value=domain.expires))
    elif item.expires and domain.expires < item.expires - timedelta(days=1):
        reporting.notice(context, Failure("date_earlier", value=domain.expires, object=item.expires))
    elif not item.expires or domain.expires > item.expires:
        context.panel.set_expiry(item.id, domain.expires)


def _in_motion(context: Context) -> bool:
    """A renewal of ours is not settled, or the panel renews today: the upstream's date lags behind
    (host-protocol 2.5, sync_item).
    """
    return bool(
        purchases.under_way(context, "prolong")
        or context.data.operations(context.item.id, "prolong")
        or context.data.prolong_expense_today(context.item.id, context.today)
    )
