"""Change the tariff and the add-ons of a server at the upstream to what the panel says now; each is bought
once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Optional

from bill2bill.accounts.services import ServiceAccount
from bill2bill.commands import link, purchases, reporting
from bill2bill.commands.context import Context
from bill2bill.commands.permissions import must_be_on, must_live
from bill2bill.commands.processing import owned_service
from bill2bill.errors import Failure, Phrase
from bill2bill.host.data import Item
from bill2bill.journal.engine import Acceptance, Finding, Sight
from bill2bill.journal.purchase import Purchase, Terms
from bill2bill.journal.questions import asked_about
from bill2bill.journal.transitions import Event, Withdrawal
from bill2bill.rules import addons
from bill2bill.rules.plans import Plan
from bill2bill.rules.pricing import ServiceTariff
from bill2bill.rules.statuses import ServiceState
from bill2bill.upstream.api import Service, ServiceForm

# Answers to a change of tariff after which nothing will be bought: the panel gets its old tariff plan back
# (host-protocol 2.5, setparam).
FINAL = frozenset(["tariff_closed", "upstream_refused", "min_order"])


def run(context: Context) -> None:
    with context.item_locked() as item:
        must_live(item)
        account = context.account(ServiceAccount)
        known = link.required(context)
        plan = owned_service.plan(context, item.pricelist)
        known = _change_tariff(context, account, known, plan)
        _change_addons(context, account, known, plan)
        context.panel.changed(item.id)


def _change_tariff(context: Context, account: ServiceAccount, known: link.Link, plan: Plan) -> link.Link:
    """The link with the tariff that the service has afterwards."""
    under_way = _under_way(context, "changepricelist")
    if context.item.lastpricelist is None:
        if under_way:  # the panel wants no other tariff (any more), but it may have been bought
            raise asked_about(under_way)
        return known
    deal = TariffDeal(context, account, known, plan)
    if not under_way:
        must_be_on(on=account.connection.send_setparam, what="setparam")
    if under_way or not deal.is_there():
        _buy_tariff(context, f"{context.item.name or known.id} → {plan.tariff}", deal)
    changed = link.Link(known.id, plan.tariff, known.period)
    link.save(context, changed)
    return changed


def _under_way(context: Context, kind: str) -> Optional[Purchase]:
    """The change that may be carried out just now. One that was not sent or was seen is over: what the panel
    wants is compared anew (decision 16).
    """
    row = purchases.under_way(context, kind)
    if row and row.unsent:
        context.journal.record(row, Event.WITHDRAWN, why=Withdrawal.COMPARED)
    elif row and not row.in_flight:
        purchases.settled(context, row)
    return row if row and row.in_flight else None


def _buy_tariff(context: Context, name: str, deal: TariffDeal) -> None:
    try:
        purchases.settled(context, purchases.buy(context, "changepricelist", deal.account, name, 0, deal))
    except Failure as failure:
        row = context.journal.unsettled(context.item.id, "changepricelist")
        sent = row is not None and not row.unsent  # then a refusal is that of a look, and proves nothing
        if failure.code in FINAL and not sent:
            reporting.report_failure(context, failure)  # first, for the operation ends with the way back
            context.panel.take_back_tariff_change(context.item.id, context.call.options.get("userid", ""))
        raise


class TariffDeal:
    """How a service changes its tariff (upstream-billmanager6 6.4)."""

    def __init__(self, context: Context, account: ServiceAccount, known: link.Link, plan: Plan) -> None:
        self.context, self.account, self.item, self.known = context, account, context.item, known
        self.plan = plan

    def is_there(self) -> bool:
        return self._sees().sight is Sight.PRESENT

    def _sees(self) -> Finding:
        service = owned_service.read(self.context, self.account, self.known).service
        if service.state is ServiceState.WORKING:
            return Finding(Sight.UNDERWAY, service.id)
        there = self.account.has_tariff(self.item.itemtype, service, self.plan.tariff)
        if there and service.tariff is None:
            self._is_told_by_name(service)
        return Finding(Sight.PRESENT if there else Sight.ABSENT, service.id)

    def _is_told_by_name(self, service: Service) -> None:
        """Where the upstream shows names only, the old tariff must be known and be called otherwise. Raises
        upstream_answer, tariff_gone.
        """
        old = self._old_tariffs()
        name, itemtype = service.tariff_name, self.item.itemtype
        alike = [number for number in old if self.account.tariff(itemtype, number).is_called(name)]
        if alike or not old:
            ids = ", ".join(map(str, alike)) or "-"
            reason = Phrase("tariffs_alike", name=name, ids=ids, id=self.plan.tariff)
            raise Failure("upstream_answer", func="edit", reason=reason)

    def _old_tariffs(self) -> List[int]:
        """What the service may have been sold by before: as noted, and by the tariff plan that it leaves."""
        found = {self.known.price} if self.known.price else set()
        left = self.item.lastpricelist
        if left and self.context.data.tariff_settings(left).get("b2b_tariff", "").strip():
            found.add(owned_service.plan(self.context, left).tariff)
        return sorted(found - {self.plan.tariff})

    def look(self, row: Purchase) -> Finding:
        """A change is recognised by the tariff that the service has now, whoever changed it."""
        return owned_service.look(self.context, self.account, self.known, row, self._sees)

    def terms(self, row: Purchase) -> Terms:
        must_be_on(on=self.account.connection.send_setparam, what="setparam")
        owned_service.must_not_be_on_its_way(self.context, "prolong")
        targets = self.account.upstream.tariff_targets(self.known.id)
        if self.plan.tariff not in targets:
            found = ", ".join(f"{number} ({name})" for number, name in sorted(targets.items())[:20])
            raise Failure("tariff_closed", object=self.known.id, value=self.plan.tariff, found=found or "-")
        return Terms(self.plan.tariff, None, "", self.known.id)

    def act(self, row: Purchase) -> Acceptance:
        return Acceptance(unpaid=self.account.upstream.change_tariff(self.known.id, self.plan.tariff).unpaid)


def _change_addons(context: Context, account: ServiceAccount, known: link.Link, plan: Plan) -> None:
    """A change of tariff may have lost add-ons (upstream-billmanager6 6.4), so they are compared after it."""
    item = context.item
    wanted = context.data.addons(item)
    under_way = _under_way(context, "setparam")
    if not wanted and not under_way:
        return
    form = owned_service.read(context, account, known)
    tariff = account.tariff(item.itemtype, _tariff_of(account, item, form.service, known, plan))
    values = addons.values_for(tariff, wanted, plan.own_addons)
    deal = AddonDeal(context, account, known, tariff, values, form)
    if not under_way:
        if addons.same(tariff, values, form.addons):
            return
        must_be_on(on=account.connection.send_setparam, what="setparam")
    # what a person reads in a question, and what tells one change from another
    name = f"{item.name or known.id}: " + " ".join(f"{name}={wanted[name]}" for name in sorted(wanted))
    purchases.settled(context, purchases.buy(context, "setparam", account, name, 0, deal))


def _tariff_of(account: ServiceAccount, item: Item, service: Service, known: link.Link, plan: Plan) -> int:
    """What the service is sold by now: the plan may have been linked to another tariff since it was ordered,
    or a person may have moved it.
    """
    if service.tariff is not None or known.price is None:
        return service.tariff or plan.tariff
    return plan.tariff if account.has_tariff(item.itemtype, service, plan.tariff) else known.price


@dataclass
class AddonDeal:
    """How add-ons are changed (upstream-billmanager6 6.5): to absolute values, so none is bought twice."""

    context: Context
    account: ServiceAccount
    known: link.Link
    tariff: ServiceTariff
    values: Dict[int, str]
    just_read: Optional[ServiceForm]

    def look(self, row: Purchase) -> Finding:
        return owned_service.look(self.context, self.account, self.known, row, self._sees)

    def _sees(self) -> Finding:
        form = self.just_read or owned_service.read(self.context, self.account, self.known)
        self.just_read = None
        if form.service.state is ServiceState.WORKING:
            return Finding(Sight.UNDERWAY, form.service.id)
        there = addons.same(self.tariff, self.values, form.addons)
        return Finding(Sight.PRESENT if there else Sight.ABSENT, form.service.id)

    def terms(self, row: Purchase) -> Terms:
        must_be_on(on=self.account.connection.send_setparam, what="setparam")
        return Terms(self.tariff.id, None, "", self.known.id)

    def act(self, row: Purchase) -> Acceptance:
        itemtype = self.context.item.itemtype
        return Acceptance(
            unpaid=self.account.upstream.change_addons(itemtype, self.known.id, self.values).unpaid
        )
