"""When the panel's date of a domain may be written (decision 8)."""

from __future__ import annotations

from datetime import timedelta

from bill2bill.commands import purchases, reporting
from bill2bill.commands.context import Context
from bill2bill.errors import Failure
from bill2bill.host.data import Item
from bill2bill.rules import periods
from bill2bill.rules.statuses import registered
from bill2bill.upstream.api import Domain


def write_read_back(context: Context, item: Item, domain: Domain) -> None:
    """Write the upstream's expiry date as read back, unless it is in motion, absurd, or earlier than what the
    panel promises.
    """
    if (
        not registered(domain.state)
        or domain.expires is None
        or domain.expires == item.expires
        or _in_motion(context, item)
    ):
        return
    if not periods.sane_date(domain.expires, context.today):
        reporting.notice(context, Failure("date_bad", value=domain.expires))
    elif item.expires and domain.expires < item.expires - timedelta(days=1):
        reporting.notice(context, Failure("date_earlier", value=domain.expires, object=item.expires))
    elif not item.expires or domain.expires > item.expires:
        context.panel.set_expiry(item.id, domain.expires)


def _in_motion(context: Context, item: Item) -> bool:
    """A renewal of ours is not settled, or the panel renews today: the upstream's date lags behind
    (host-protocol 2.5, sync_item).
    """
    return bool(
        purchases.under_way(context, "prolong")
        or context.data.operations(item.id, "prolong")
        or context.data.prolong_expense_today(item.id, context.today)
    )
