"""A renewal, whatever is renewed: bought once for the term that the client paid, read back, then told to the
panel.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Callable, Optional, Protocol

from bill2bill.commands import link
from bill2bill.commands.switches import must_be_on
from bill2bill.config import Connection
from bill2bill.host.data import Item
from bill2bill.journal.once import Deal
from bill2bill.journal.states import Purchase, State
from bill2bill.rules.periods import add_months, reached

if TYPE_CHECKING:
    from bill2bill.accounts.account import UpstreamAccount
    from bill2bill.commands.world import World


class Renewal(Deal, Protocol):
    """How one kind of service is renewed.

    name: as the journal keeps it; months: what the client paid for; to_buy: months at the upstream; reached:
    the expiry that a look has shown
    """

    name: str
    months: int
    reached: Optional[date]

    @property
    def to_buy(self) -> int: ...

    @property
    def provider(self) -> UpstreamAccount: ...

    def read_before(self) -> Optional[date]:
        """The upstream's expiry before anything is sent; None if nothing will be sent."""

    def bought_months(self, row: Purchase) -> int:
        """What an earlier renewal added."""


def renew(world: World, item: Item, deal_of: Callable[[Connection, link.Link], Renewal]) -> None:
    """The panel's date is not touched (decision 8). The caller holds the item's lock."""
    link.must_live(item)
    connection = world.connection(item.module)
    begun = world.begun("prolong")
    if not begun:
        must_be_on(on=connection.send_prolong, what="prolong")
    known = link.required(world, item)
    deal = deal_of(connection, known)
    old = None if begun else _before_an_answer(world, item)
    before = begun.before if begun else old
    if before is None and (begun is None or begun.state is State.INTENDED):
        before = deal.read_before()  # also for one that was to cost nothing, and now is to be bought
        if before and begun is None:
            _must_not_have_moved(world, item, deal, known.id, before)
    purchase = world.buy(
        "prolong", deal.provider, deal.name, deal.months, before, deal, inherited=old is not None
    )
    if (
        purchase.state is State.CONFIRMED
        and purchase.before
        and purchase.period is None
        and world.counts_months
    ):
        # a person said that it exists: the date tells what was bought (decision 8)
        months = deal.look(purchase).period or purchase.months
        purchase = world.store.move(
            purchase, purchase.state, f"counts as {months} months", durable=False, period=months
        )
    if deal.reached:
        world.knows_expiry(known.id, deal.reached)
    link.save(
        world, item, link.Link(known.id, purchase.tariff or known.price, purchase.period or known.period)
    )
    world.tell(purchase, lambda: world.panel.prolonged(item.id))


def _must_not_have_moved(world: World, item: Item, deal: Renewal, remote: int, expires: date) -> None:
    """Where a whole machine is restored from a backup, journal and panel agree; what was renewed since then
    shows at the upstream alone.

    Raises in_doubt_moved if the date has moved by the term that is to be bought since it was known last, from
    a comparison or a purchase of ours.
    """
    last = world.store.last_renewal(item.id)
    ours = add_months(last.before, deal.bought_months(last)) if last and last.before else None
    known = max((day for day in (ours, world.known_expiry(remote)) if day), default=None)
    if known and reached(expires, known, deal.to_buy) and world.operation:
        raise world.moved(deal.name, deal.months, known, deal.to_buy if world.counts_months else None)


def _before_an_answer(world: World, item: Item) -> Optional[date]:
    """The last renewal was sent and then refused, or a person said that it does not exist. If that was a
    mistake, its old expiry date still shows it, whatever number the operation has now; then a person is asked
    once more.
    """
    last = world.store.latest(item.id, "prolong")
    return last.before if last and last.state is State.REFUSED and last.sent is not None else None
