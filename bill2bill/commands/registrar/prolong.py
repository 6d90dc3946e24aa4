"""Renew a domain at the upstream for the term that the customer paid, once; the panel's date is not
touched.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Optional

from bill2bill.accounts.domains import DomainAccount, affordable
from bill2bill.commands import expiry
from bill2bill.commands.context import Context, purchase_name
from bill2bill.commands.link import Link
from bill2bill.commands.permissions import must_be_on
from bill2bill.commands.registrar import owned_domain
from bill2bill.commands.renewal import renew
from bill2bill.errors import Failure, Phrase
from bill2bill.journal.engine import Acceptance, Finding, Sight
from bill2bill.journal.purchase import Purchase, Terms
from bill2bill.rules import names, periods
from bill2bill.rules.statuses import DomainState, underway
from bill2bill.upstream.api import Domain

# How far the two panels' dates of one domain may lie apart before a second source is asked.
NEAR = timedelta(days=40)


def run(context: Context) -> None:
    with context.item_locked():
        renew(context, DomainAccount, ProlongDeal)


class ProlongDeal:
    """How a domain is renewed (upstream-billmanager4 5.7)."""

    def __init__(self, context: Context, account: DomainAccount, known: Link, months: int) -> None:
        self.context, self.account, self.item, self.known = context, account, context.item, known
        self.months = self.to_buy = months
        self.name = purchase_name(self.item)
        self.just_read: Optional[Domain] = None
        self.reached: Optional[date] = None
        self.period = self.payer = 0

    def read_before(self) -> date:
        """The upstream's expiry before anything is sent. One that fits neither of the panel's dates (moved or
        not) may be stale: see _later.
        """
        domain = owned_domain.read_ours(self.context, self.account, self.known.id)
        if domain.state is DomainState.UNPAID:
            raise Failure("unpaid_order", value=self.known.id)
        if domain.state is DomainState.REMOVED:
            raise Failure("remote_gone", value=self.known.id)
        self.just_read = domain if self._plausible(domain) else self._later(domain)
        if self.just_read.expires is None and underway(domain.state):
            raise Failure("upstream_busy", value=domain.name)
        if self.just_read.expires is None:
            raise Failure("date_bad", value="-")
        return self.just_read.expires

    def bought_months(self, row: Purchase) -> int:
        return row.months

    def _plausible(self, domain: Domain) -> bool:
        """Is it the panel's date? One a term behind is stale, unless the panel has moved its own already."""
        if domain.expires is None or self.item.expires is None:
            return domain.expires is not None
        if abs(domain.expires - self.item.expires) < NEAR:
            return True
        fits = abs(periods.add_months(domain.expires, self.months) - self.item.expires) < NEAR
        return fits and self._is_newest(domain.expires)

    def _is_newest(self, expires: date) -> bool:
        """By the date that an opening, a comparison or a renewal of ours has shown; without one by the
        listing, which may be a kept one.
        """
        known = expiry.known(self.context, self.known.id)
        if known is None:
            listed = self.account.listed(self.known.id)
            known = listed.expires if listed else None
        return known is not None and expires >= known

    def _later(self, domain: Domain) -> Domain:
        """The single look-up may be stale (upstream-billmanager4 5.11): ask the listing too; the later date,
        or work under way, counts.
        """
        if underway(domain.state):
            return domain
        listed = next((one for one in self.account.refresh_listing() if one.id == self.known.id), None)
        if listed is None or listed.name != domain.name:  # unseen is not absent (decision 16)
            raise Failure("upstream_answer", func="domain", reason=Phrase("no_row", id=self.known.id))
        newer = listed.expires and (not domain.expires or listed.expires > domain.expires)
        return listed if newer or underway(listed.state) else domain

    def look(self, row: Purchase) -> Finding:
        """Recognised by the expiry date, whoever moved it (decision 3). Absence takes two witnesses."""
        domain = self.just_read or owned_domain.read_ours(self.context, self.account, self.known.id)
        self.just_read = None
        proves = row.accepted or row.age >= self.context.options.settle
        if row.sent is not None and proves and not self._done(row, domain) and not underway(domain.state):
            domain = self._later(domain)
        if self._done(row, domain):
            self.reached = domain.expires
            return Finding(Sight.PRESENT, domain.id)
        return Finding(Sight.UNDERWAY if underway(domain.state) else Sight.ABSENT, domain.id)

    @staticmethod
    def _done(row: Purchase, domain: Domain) -> bool:
        return row.before is not None and periods.reached(domain.expires, row.before, row.months)

    def terms(self, row: Purchase) -> Terms:
        must_be_on(on=self.account.connection.send_prolong, what="prolong")
        tariff = self.account.domain_tariff(names.to_ascii(self.item.zone), self._price_id())
        period = self.account.period(tariff, self.months)
        payer = self.account.payer()  # this may tell whose login it is, and that another item has the domain
        self.context.claim(self.account, self.known.id)
        price = affordable(payer, tariff, period)
        self.period, self.payer = period.id, payer.id
        return Terms(tariff.id, period.id, str(price), self.known.id)

    def _price_id(self) -> int:
        """Period ids belong to one tariff, so the domain's own is used (upstream-billmanager4 5.7); the
        listing shows it if nobody noted it.
        """
        if self.known.price:
            return self.known.price
        listed = self.account.listed(self.known.id)
        if listed is None:  # the listing that was kept may be older than the domain
            self.account.refresh_listing()
            listed = self.account.listed(self.known.id)
        if listed is None or listed.tariff is None:
            raise Failure("tariff_unknown", value=self.known.id)
        return listed.tariff

    def act(self, row: Purchase) -> Acceptance:
        self.account.upstream.renew_domain(self.known.id, self.period, self.payer)
        return Acceptance()
