"""A row that is not in a listing proves nothing: the service may be younger, or hidden by a filter. Missing
from two listings in a row, it is worth a person's look (upstream-billmanager4 11, 18; upstream-billmanager6
10, 18).
"""

from __future__ import annotations

from bill2bill.commands import reporting
from bill2bill.commands.context import Context
from bill2bill.errors import Failure

SEEN = "seen"


def seen(context: Context) -> None:
    context.cache.keep(f"item-{context.item.id}", "listing", SEEN)


def unseen(context: Context, listing: str, remote: int) -> None:
    """listing: the mark of the listing that does not show the service."""
    last = context.cache.recall(f"item-{context.item.id}", "listing", float("inf")) or SEEN
    if last not in (SEEN, listing):
        reporting.notice(context, Failure("remote_unseen", value=remote))
    context.cache.keep(f"item-{context.item.id}", "listing", listing)
