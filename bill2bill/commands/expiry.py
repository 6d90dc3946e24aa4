"""The expiry date of an item's service at the upstream, as it was known last."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Optional

from bill2bill.rules.periods import parse_date

if TYPE_CHECKING:
    from bill2bill.commands.world import World

JUMP = timedelta(days=25)  # no term that is sold is shorter


def known(world: World, remote: int) -> Optional[date]:
    """Without a jump that nobody here has bought."""
    return parse_date(world.cache.recall(f"item-{world.item.id}", f"expiry of {remote}", float("inf")))


def seen(world: World, remote: int, expires: Optional[date]) -> None:
    """A comparison or an opening has shown the date. One that has jumped ahead stays unknown: whoever renews
    must be asked about it.
    """
    before = known(world, remote)
    if expires and expires != before and (before is None or expires < before + JUMP):
        keep(world, remote, expires)


def keep(world: World, remote: int, expires: date) -> None:
    world.cache.keep(f"item-{world.item.id}", f"expiry of {remote}", expires.isoformat())
