"""Order a server at the upstream, once, and tell the panel when it is there."""

from __future__ import annotations

import logging
from datetime import date, datetime, timezone
from functools import cached_property
from typing import Dict, List, Mapping, Optional, Tuple

from bill2bill.accounts.account import check_funds
from bill2bill.accounts.services import ServiceAccount
from bill2bill.commands import expiry, link, purchases, reporting
from bill2bill.commands.context import Context, purchase_name
from bill2bill.commands.permissions import must_live, must_order
from bill2bill.commands.processing import owned_service
from bill2bill.errors import Failure, NotSent, Raw
from bill2bill.host import log
from bill2bill.host.data import Item
from bill2bill.journal.engine import Acceptance, Finding, Sight
from bill2bill.journal.purchase import Purchase, Stage, Terms
from bill2bill.journal.questions import asked_about
from bill2bill.journal.transitions import Event
from bill2bill.rules import addons, names, periods
from bill2bill.rules.money import Money
from bill2bill.rules.plans import Plan
from bill2bill.rules.pricing import ServiceTariff
from bill2bill.rules.statuses import STUCK, ServiceState
from bill2bill.services.sold import SOLD
from bill2bill.upstream.api import OrderForm, Service, ServiceForm, ServiceOrder

LOG = logging.getLogger("bill2bill")
NOTHING_CHOSEN = "null"  # upstream-billmanager6 1.2


def run(context: Context) -> None:
    with context.item_locked() as item:
        must_live(item)
        account = context.account(ServiceAccount)
        begun, known = purchases.order_or_link(context)
        if known:
            _finish(context, account, known, None)
            return
        if not begun:
            must_order(account.connection)
        months = periods.months_of(item.period)
        # what is bought already keeps its name, for a client may rename his item while he waits
        name = begun.name if begun and begun.stage is Stage.CONFIRMED else purchase_name(item)
        purchase = purchases.buy(context, "open", account, name, months, OpenDeal(context, account, months))
        _finish(context, account, link.link_to(purchase), purchase)
        purchases.reported(context, purchase, noted=True)


class OpenDeal:
    """How a service is ordered and found again (upstream-billmanager6 5.1, 5.2, 5.7)."""

    def __init__(self, context: Context, account: ServiceAccount, sold: int) -> None:
        self.context, self.account, self.item, self.sold = context, account, context.item, sold
        self.name = names.host_name(self.item.name)
        self.order: Optional[ServiceOrder] = None
        self.highest: Optional[int] = None  # id that the look before the order has shown

    @cached_property
    def plan(self) -> Plan:
        """Asked for when something is to be ordered; what was ordered is finished without it."""
        return owned_service.plan(self.context, self.item.pricelist)

    def look(self, row: Purchase) -> Finding:
        """An order is recognised by our mark; where none is shown, by its name and an id that is new."""
        listed = self._listed(row)
        self.highest = max((service.id for service in listed), default=0)
        mark, of_item = owned_service.mark_of(self.context, row.id), self._of_item(listed)
        marked = [service for service in of_item if service.mark == mark]
        if len(marked) > 1:
            raise self._alike(row, marked)
        if marked:
            return self._found_marked(row, marked[0])
        for service in of_item:
            # of an earlier order of this item, which was given up too early or forgotten
            gone = service.state is ServiceState.DELETED
            if not gone and not owned_service.of_former_item(self.context, service):
                raise Failure("name_taken", id=row.id, value=row.name, remote=service.id)
        if row.sent is None:
            return Finding(Sight.ABSENT)
        newer = [
            service
            for service in listed
            if service.id > (row.highest or 0) and self.name in ("", service.name)
        ]
        alike = [
            service for service in map(self._with_mark, newer) if service and service.mark in (mark, None, "")
        ]
        if len(alike) > 1 or (alike and self._may_be_anothers(row, alike[0])):
            raise self._alike(row, alike)
        return Finding(Sight.PRESENT, alike[0].id) if alike else Finding(Sight.ABSENT)

    def _listed(self, row: Purchase) -> List[Service]:
        """Before the first request, what is newer than the kept listing will do, unless one of this item is
        there: its state may be out of date. Absence after a request takes the whole list.
        """
        if row.sent is None and row.known_attempts == 0:
            listed = self.account.listing_before_order(self.item.itemtype)
            if not self._of_item(listed):
                return listed
        return self.account.refresh_listing(self.item.itemtype, proof=row.sent is not None)

    def _of_item(self, listed: List[Service]) -> List[Service]:
        prefix = owned_service.prefix_of(self.context)
        return [service for service in listed if service.mark and service.mark.startswith(prefix)]

    def _found_marked(self, row: Purchase, service: Service) -> Finding:
        if service.state is ServiceState.DELETED or row.attempts == 0:
            # Closed behind our back, or ordered by an older journal that was lost or restored: never adopted
            # silently.
            raise Failure("name_taken", id=row.id, value=row.name, remote=service.id)
        return Finding(Sight.PRESENT, service.id)

    def _with_mark(self, service: Service) -> Optional[Service]:
        """A newer service that nobody else holds; its edit form tells the mark where the listing does not."""
        if service.state is ServiceState.DELETED:
            return None
        if self.context.other_holder(self.account, service.id):
            return None
        if service.mark is not None:
            return service
        form = self.account.upstream.service(self.item.itemtype, service.id)
        return form.service if form and form.service.state is not ServiceState.DELETED else None

    def _may_be_anothers(self, row: Purchase, service: Service) -> bool:
        """Without a mark: it has no name to be told by, what stood there before is not known, or another
        item's lost order has that name, too.
        """
        if not self.name or row.highest is None:
            return True
        return not service.mark and any(
            names.host_name(rival.name) == self.name for rival in self.context.journal.rivals(row)
        )

    @staticmethod
    def _alike(row: Purchase, services: List[Service]) -> Failure:
        found = ", ".join(f"{one.id} ({one.name or '-'})" for one in services[:10])
        return Failure("two_alike", id=row.id, found=found)

    def terms(self, row: Purchase) -> Terms:
        must_order(self.account.connection)
        if link.stored(self.item.params):  # a person noted a service while ours was in doubt: is it the one?
            raise asked_about(row)
        months = self.plan.months_for(self.sold)
        tariff, values, cost = self._priced(months)
        # this also tells the version, which the order form depends on
        check_funds(self.account.identity().account, cost)
        form = self.account.upstream.order_form(self.item.itemtype, tariff.id, months, self.plan.datacenter)
        addons.check_form(tariff, values, form.addons, form.ranges)
        choices = chosen(self.item, form)
        self.order = ServiceOrder(
            self.item.itemtype, tariff.id, months, self._datacenter(tariff, form), self.name,
            owned_service.mark_of(self.context, row.id), choices, values,
        )  # fmt: skip
        return Terms(tariff.id, None, str(cost), highest=self.highest, bought=months)

    def _priced(self, months: int) -> Tuple[ServiceTariff, Dict[int, str], Money]:
        """By the catalogue; what does not fit the one that was kept may fit the newest."""
        try:
            return self._by_catalogue(months)
        except Failure as failure:
            if failure.code not in ("addon_bad", "period_not_found"):
                raise
            self.account.refresh_tariffs(self.item.itemtype)
            return self._by_catalogue(months)

    def _by_catalogue(self, months: int) -> Tuple[ServiceTariff, Dict[int, str], Money]:
        tariff = self.account.tariff(self.item.itemtype, self.plan.tariff)
        values = addons.values_for(tariff, self.context.data.addons(self.item), self.plan.own_addons)
        cost = addons.least_cost(tariff, months, values)
        if cost is None:
            found = ", ".join(map(str, sorted(tariff.prices)))
            raise Failure("period_not_found", object=tariff.name, value=months, found=found)
        return tariff, values, cost

    def _datacenter(self, tariff: ServiceTariff, form: OrderForm) -> Optional[int]:
        """As entered; else the only one; else what the provider's form would send by itself."""
        if self.plan.datacenter is not None or len(tariff.datacenters) == 1:
            return self.plan.datacenter or tariff.datacenters[0]
        shown = form.values.get("datacenter", "")
        return int(shown) if shown.isascii() and shown.isdigit() and int(shown) > 0 else None

    def act(self, row: Purchase) -> Acceptance:
        if self.order is None:
            raise NotSent("internal", id="order without terms")
        receipt = self.account.upstream.order_service(self.order)
        return Acceptance(receipt.remote, receipt.unpaid if receipt.remote is None else None)


def chosen(item: Item, form: OrderForm) -> Dict[str, str]:
    """Operating system and the like: the client's choice, else what the form sends. Raises choice_bad."""
    found: Dict[str, str] = {}
    for field in SOLD[item.itemtype].fields:
        wanted, offered = item.params.get(field, "").strip(), form.choices.get(field, ())
        value = wanted or form.values.get(field, "")
        if (wanted and wanted not in offered) or (value and not _fits(field, value, form, found)):
            raise Failure("choice_bad", object=field, value=value, found=", ".join(offered) or "-")
        if value and offered:
            found[field] = value
    return found


def _fits(field: str, value: str, form: OrderForm, found: Dict[str, str]) -> bool:
    """A recipe belongs to its operating system (upstream-billmanager6 2.3, @depend)."""
    parent = form.depends.get((field, value))
    return parent is None or value == NOTHING_CHOSEN or parent in found.values()


def _finish(
    context: Context, account: ServiceAccount, known: link.Link, purchase: Optional[Purchase]
) -> None:
    """Tell the panel if the service is ready; else note what was ordered.

    purchase  the order; None: it is long over. Raises pending while the upstream works on it, upstream_slow
              when that takes too long.
    """
    # before it is noted: a person may have named a wrong id
    form = owned_service.read(context, account, known)
    trouble = _not_ready(context, form.service, purchase)
    if trouble:
        link.save(context, known)
        raise trouble
    _renews_not_by_itself(context, account, form.service)
    expiry.seen(context, form.service.id, form.service.expires)
    if purchase and purchase.bought is None:
        purchase = _count_months(context, purchase, form.service.expires)
    _hand_over(context, form, purchases.notes_of(context, known, purchase))


def _count_months(context: Context, purchase: Purchase, expires: Optional[date]) -> Purchase:
    """What a person has ordered: the date tells whether in the term that the tariff plan buys at a time
    (decision 8).
    """
    planned = owned_service.months_to_buy(context, purchase.months)
    begun = datetime.fromtimestamp(purchase.created, timezone.utc).date()
    months = planned if periods.reached(expires, begun, planned) else purchase.months
    return context.journal.record(purchase, Event.MONTHS_COUNTED, bought=months)


def _not_ready(context: Context, service: Service, purchase: Optional[Purchase]) -> Optional[Failure]:
    if service.state is ServiceState.UNPAID:
        return Failure("unpaid_order", value=service.id)
    if service.substate in STUCK:
        return Failure("upstream_stuck", value=service.id, reason=service.substate)
    if service.state is ServiceState.SUSPENDED:
        return Failure("suspended_by_provider", value=service.id, reason=Raw(service.substate or "-"))
    if service.state is ServiceState.ACTIVE and (service.ip or not SOLD[context.item.itemtype].has_address):
        return None
    if purchase is not None and purchase.age > context.options.overdue:
        return Failure("upstream_slow", value=service.id)
    return Failure("pending", value=context.item.name or service.id)


def _renews_not_by_itself(context: Context, account: ServiceAccount, service: Service) -> None:
    """Every order is sent with automatic renewal off; what the upstream made of it is read, switched and read
    again (decision 9).
    """
    item, word = context.item, service.auto_renewal
    if word:
        try:
            account.upstream.switch_auto_renewal_off(item.itemtype, service.id)
            form = account.upstream.service(item.itemtype, service.id)
            word = form.service.auto_renewal if form else None
        except Failure as failure:
            LOG.warning("automatic renewal of %s could not be switched off: %s", service.id, failure)
    if word != "":
        code = "auto_renewal_unseen" if word is None else "auto_renewal_on"
        reporting.notice(context, Failure(code, value=item.name or service.id))


def _hand_over(context: Context, form: ServiceForm, notes: Mapping[str, str]) -> None:
    """The client's access (host-protocol 6.6: userpassword encrypted), then the end of the operation."""
    item = context.item
    log.hide([form.password])
    if form.password:
        context.panel.save_secret(item.id, "userpassword", form.password)
    stored = {"ip": form.service.ip, "username": form.username, **notes}
    context.panel.opened(item.id, item.itemtype, **{name: value for name, value in stored.items() if value})
