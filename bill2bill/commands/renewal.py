"""A renewal, whatever is renewed: bought once for the term paid, read back, then told to the panel."""

from __future__ import annotations

from datetime import date
from typing import Any, Callable, Optional, Protocol, Type, TypeVar

from bill2bill.accounts.account import UpstreamAccount
from bill2bill.commands import expiry, link, purchases
from bill2bill.commands.context import Context
from bill2bill.commands.permissions import must_be_on, must_live
from bill2bill.journal.engine import Deal
from bill2bill.journal.purchase import Purchase, Stage
from bill2bill.journal.transitions import Event
from bill2bill.rules.periods import add_months, months_of, reached

Account = TypeVar("Account", bound=UpstreamAccount[Any])


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
    def account(self) -> UpstreamAccount[Any]: ...

    def read_before(self) -> Optional[date]:
        """The upstream's expiry before anything is sent; None if nothing will be sent."""

    def bought_months(self, row: Purchase) -> int:
        """What an earlier renewal added."""


def renew(
    context: Context, kind: Type[Account], deal_of: Callable[[Context, Account, link.Link, int], Renewal]
) -> None:
    """The panel's date is not touched (decision 8). The caller holds the item's lock."""
    item = context.item
    months = months_of(item.period)
    must_live(item)
    connection = context.connection(item.module)
    begun = purchases.under_way(context, "prolong")
    if not begun:
        must_be_on(on=connection.send_prolong, what="prolong")
    known = link.required(context)
    deal = deal_of(context, context.account(kind, connection), known, months)
    old = None if begun else _before_an_answer(context)
    before = begun.before if begun else old
    if before is None and (begun is None or begun.unsent):
        before = deal.read_before()  # also for one that was to cost nothing, and now is to be bought
        if before and begun is None:
            _must_not_have_moved(context, deal, known.id, before)
    purchase = purchases.buy(
        context, "prolong", deal.account, deal.name, deal.months, deal, before=before, inherited=bool(old)
    )
    if (
        purchase.stage is Stage.CONFIRMED
        and purchase.before
        and purchase.bought is None
        and context.counts_months
    ):
        # a person said that it exists: the date tells what was bought (decision 8)
        months = deal.look(purchase).bought or purchase.months
        purchase = context.journal.record(purchase, Event.MONTHS_COUNTED, bought=months)
    if deal.reached:
        expiry.keep(context, known.id, deal.reached)
    link.save(context, link.Link(known.id, purchase.tariff or known.price, purchase.term or known.period))
    purchases.tell(context, purchase, lambda: context.panel.prolonged(item.id))


def _must_not_have_moved(context: Context, deal: Renewal, remote: int, expires: date) -> None:
    """Where a whole machine is restored from a backup, journal and panel agree; what was renewed since then
    shows at the upstream alone.

    Raises in_doubt_same_renewal if the date has moved by the term that is to be bought since it was known
    last, from a comparison or a purchase of ours.
    """
    last = context.journal.last_renewal(context.item.id)
    ours = add_months(last.before, deal.bought_months(last)) if last and last.before else None
    known = max((day for day in (ours, expiry.known(context, remote)) if day), default=None)
    if known and reached(expires, known, deal.to_buy) and context.operation:
        raise purchases.ask_same_renewal(
            context, deal.name, deal.months, known, deal.to_buy if context.counts_months else None
        )


def _before_an_answer(context: Context) -> Optional[date]:
    """The last renewal was sent and then refused, or a person said that it does not exist. If that was a
    mistake, its old expiry date still shows it, whatever number the operation has now; then a person is asked
    once more.
    """
    last = context.journal.latest(context.item.id, "prolong")
    return last.before if last and last.stage is Stage.REFUSED and last.sent is not None else None
