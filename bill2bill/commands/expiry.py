"""The expiry date of an item's service at the upstream, as it was known last."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Optional

from bill2bill.commands.context import Context
from bill2bill.rules.periods import parse_date

JUMP = timedelta(days=25)  # no term that is sold is shorter


def known(context: Context, remote: int) -> Optional[date]:
    """Without a jump that nobody here has bought."""
    return parse_date(context.cache.recall(f"item-{context.item.id}", f"expiry of {remote}", float("inf")))


def seen(context: Context, remote: int, expires: Optional[date]) -> None:
    """The upstream has shown a date. One that has jumped ahead stays unknown: whoever renews is asked."""
    before = known(context, remote)
    if expires and expires != before and (before is None or expires < before + JUMP):
        keep(context, remote, expires)


def keep(context: Context, remote: int, expires: date) -> None:
    context.cache.keep(f"item-{context.item.id}", f"expiry of {remote}", expires.isoformat())
