"""Register a domain at the upstream, once, and tell the panel when it is there."""

from __future__ import annotations

import logging
from typing import Optional

from bill2bill.accounts.domains import DomainAccount, affordable
from bill2bill.commands import expiry, link, purchases, reporting
from bill2bill.commands.context import Context
from bill2bill.commands.permissions import must_live, must_order
from bill2bill.commands.registrar import contacts, owned_domain
from bill2bill.errors import Failure, NoAnswer, Refused
from bill2bill.journal.engine import Acceptance, Finding, Sight
from bill2bill.journal.purchase import Purchase, Terms
from bill2bill.rules import names, periods
from bill2bill.rules.statuses import DomainState, panel_service_status, registered
from bill2bill.services.domain import ITEMTYPE
from bill2bill.upstream.api import Domain, DomainOrder

LOG = logging.getLogger("bill2bill")
EXISTS = "2"  # upstream-billmanager4 2.4


def run(context: Context) -> None:
    with context.item_locked() as item:
        must_live(item)
        account = context.account(DomainAccount)
        begun, known = purchases.order_or_link(context)
        if known:
            _finish(context, account, known, None)
            return
        if not begun:
            must_order(account.connection)
        deal = OpenDeal(context, account)
        purchase = purchases.buy(context, "open", account, deal.name, deal.months, deal)
        _finish(context, account, link.link_to(purchase), purchase)
        purchases.reported(context, purchase, noted=True)


class OpenDeal:
    """How a domain is ordered (upstream-billmanager4 5.2)."""

    def __init__(self, context: Context, account: DomainAccount) -> None:
        self.context, self.account, self.item = context, account, context.item
        self.name, self.zone = names.to_ascii(self.item.name), names.to_ascii(self.item.zone)
        names.check_registrable(self.name, self.zone)
        self.months = periods.months_of(self.item.period)
        self.order: Optional[DomainOrder] = None
        self.sent_before = False  # an earlier request of this purchase may have been carried out late

    def look(self, row: Purchase) -> Finding:
        """An order is recognised by the name, which was not there before it was sent."""
        found = self.account.upstream.find_domain(self.name)
        if found is None and row.sent is not None and row.age >= self.context.options.settle:
            found = self.account.upstream.listed_domain(self.name)  # absence takes two witnesses
        if found is None or found.state is DomainState.REMOVED:
            return Finding(Sight.ABSENT)
        self._must_be_ours(row, found.id)
        return Finding(Sight.PRESENT, found.id)

    def _must_be_ours(self, row: Purchase, remote: int) -> None:
        """Raises held_by_other, or name_taken if the name is in the account and no request of ours is open:
        it is never adopted silently.
        """
        holder = self.context.other_holder(self.account, remote)
        if holder:
            raise Failure("held_by_other", value=remote, object=holder.item, id=holder.purchase or "-")
        if row.sent is None:
            raise Failure("name_taken", id=row.id, value=self.name, remote=remote)

    def terms(self, row: Purchase) -> Terms:
        must_order(self.account.connection)
        self.sent_before = row.known_attempts > 0
        tariff = self.account.domain_tariff(self.zone, None)
        period = self.account.period(tariff, self.months)
        servers = names.name_servers(owned_domain.name_servers_of(self.item), self.name)
        payer = self.account.payer()
        price = affordable(payer, tariff, period)
        people = contacts.for_order(self.context, self.account, self.zone, tariff.registrar)
        self.order = DomainOrder(self.name, tariff, period.id, payer.id, people, servers)
        return Terms(tariff.id, period.id, str(price))

    def act(self, row: Purchase) -> Acceptance:
        if self.order is None:
            raise Failure("internal", id="order without terms")
        try:
            return Acceptance(self.account.upstream.order_domain(self.order))
        except NoAnswer as failure:
            if failure.params.get("code") == EXISTS and not self.sent_before and self._is_not_ours():
                raise Refused("name_busy", value=self.name) from failure
            raise
        except Failure as failure:
            contacts.forget_refused(self.context, self.account, self.order, failure)
            raise

    def _is_not_ours(self) -> bool:
        """ "It exists" may be said of this very order, delivered twice: only a look tells
        (upstream-billmanager4 9.1).
        """
        try:
            return self.account.upstream.find_domain(self.name) is None
        except Failure as failure:
            LOG.info("%s: whose it is cannot be told: %s", self.name, failure)
            return False


def _finish(context: Context, account: DomainAccount, known: link.Link, purchase: Optional[Purchase]) -> None:
    """Tell the panel if the domain is registered; else note what was ordered.

    purchase  the order; None: it is long over. Raises pending while the upstream works on it, upstream_slow
              when that takes too long.
    """
    # before it is noted: a person may have named a wrong id
    domain = owned_domain.read_ours(context, account, known.id)
    if not registered(domain.state) and domain.state is not DomainState.RENEWING:
        link.save(context, known)
        raise _not_ready(context, domain, purchase)
    trouble = owned_domain.auto_renewal(account, domain)
    if trouble:
        reporting.notice(context, trouble)
    owned_domain.write_date(context, domain)
    expiry.seen(context, domain.id, domain.expires)
    stored = {
        "service_status": str(panel_service_status(domain.state)),
        **purchases.notes_of(context, known, purchase),
    }
    context.panel.opened(context.item.id, ITEMTYPE, **stored)


def _not_ready(context: Context, domain: Domain, purchase: Optional[Purchase]) -> Failure:
    if domain.state is DomainState.UNPAID:
        return Failure("unpaid_order", value=domain.id)
    if domain.state is DomainState.REMOVED:
        return Failure("remote_gone", value=domain.id)
    owned_domain.show_state(context, domain)
    slow = purchase is not None and purchase.age > context.options.overdue
    return Failure("upstream_slow", value=domain.id) if slow else Failure("pending", value=domain.name)
