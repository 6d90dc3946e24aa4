"""Renew a server at the upstream for the term that the client paid, once; the panel's date is not touched."""

from __future__ import annotations

from datetime import date
from typing import Optional

from bill2bill.accounts.services import ServiceAccount
from bill2bill.commands import reporting
from bill2bill.commands.context import Context, purchase_name
from bill2bill.commands.link import Link
from bill2bill.commands.permissions import must_be_on
from bill2bill.commands.processing import owned_service
from bill2bill.commands.renewal import renew
from bill2bill.errors import Failure
from bill2bill.journal.engine import Acceptance, Finding, Sight
from bill2bill.journal.purchase import Purchase, Terms
from bill2bill.rules import addons, periods
from bill2bill.rules.statuses import ServiceState
from bill2bill.upstream.api import Service


def run(context: Context) -> None:
    with context.item_locked():
        renew(context, ServiceAccount, ProlongDeal)


class ProlongDeal:
    """How a service is renewed (upstream-billmanager6 6.6): read, renew, read the new date."""

    def __init__(self, context: Context, account: ServiceAccount, known: Link, months: int) -> None:
        self.context, self.account, self.item, self.known = context, account, context.item, known
        self.months = months
        self.name = purchase_name(self.item)
        # a longer period was bought earlier (decision 8)
        self.bought_before = context.journal.months_left(self.item.id) >= months
        self.just_read: Optional[Service] = None
        self.reached: Optional[date] = None

    @property
    def to_buy(self) -> int:
        return owned_service.months_to_buy(self.context, self.months)

    def read_before(self) -> Optional[date]:
        if self.bought_before:
            return None
        self._must_keep_its_date()
        service = self._read()
        if service.state is ServiceState.UNPAID:
            raise Failure("unpaid_order", value=service.id)
        if service.expires is None and service.state is ServiceState.WORKING:
            raise Failure("upstream_busy", value=self.name)
        if service.expires is None:
            raise Failure("date_bad", value="-")
        if service.auto_renewal:
            reporting.notice(self.context, Failure("auto_renewal_on", value=self.name))
        self.just_read = service
        return service.expires

    def _must_keep_its_date(self) -> None:
        """What a change of tariff leaves behind after `settle`, a question or an unpaid order, must not let
        the service expire.
        """
        owned_service.must_not_be_on_its_way(self.context, "changepricelist", self.context.options.settle)

    def bought_months(self, row: Purchase) -> int:
        return row.bought or row.months

    def _read(self) -> Service:
        """Raises date_bad for a date that nobody can have paid for (decision 8)."""
        service = owned_service.read(self.context, self.account, self.known, why=False).service
        if service.expires is not None and not periods.sane_date(service.expires, self.context.today):
            raise Failure("date_bad", value=service.expires)
        return service

    def look(self, row: Purchase) -> Finding:
        """A renewal is recognised by the expiry date, whoever moved it (decision 3)."""
        if row.sent is None and row.before is None and self.bought_before:
            return Finding(Sight.PRESENT, self.known.id)
        return owned_service.look(self.context, self.account, self.known, row, lambda: self._sees(row))

    def _sees(self, row: Purchase) -> Finding:
        service, self.just_read = self.just_read or self._read(), None
        months = self._added(row, service)
        if months:
            self.reached = service.expires
            return Finding(Sight.PRESENT, service.id, months)
        return Finding(Sight.UNDERWAY if service.state is ServiceState.WORKING else Sight.ABSENT, service.id)

    def _added(self, row: Purchase, service: Service) -> Optional[int]:
        """Months that were bought since `before`: what is bought at a time or, where another operation has
        begun it, what the client paid for.
        """
        likely = [row.bought or self.to_buy, *([self.months] if row.taken_over else [])]
        for months in likely:
            if row.before and periods.reached(service.expires, row.before, months):
                return months
        return None

    def terms(self, row: Purchase) -> Terms:
        """The upstream itself refuses what the account cannot pay (upstream-billmanager6 2.6)."""
        must_be_on(on=self.account.connection.send_prolong, what="prolong")
        self._must_keep_its_date()
        if row.before is None:
            raise Failure("date_bad", value="-")
        return Terms(self.known.price, None, self._cost(), self.known.id, bought=self.to_buy)

    def _cost(self) -> str:
        """By the catalogue, if it is at hand; for information only."""
        price = self.known.price
        tariff = self.account.cached_tariff(self.item.itemtype, price) if price else None
        cost = addons.least_cost(tariff, self.to_buy, {}) if tariff else None
        return str(cost or "")

    def act(self, row: Purchase) -> Acceptance:
        return Acceptance(unpaid=self.account.upstream.renew_service(self.known.id, self.to_buy).unpaid)
