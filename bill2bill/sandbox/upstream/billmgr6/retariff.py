"""service.changepricelist in three steps (upstream-billmanager6 6.4)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Dict, List

from bill2bill.sandbox.upstream.billmgr6.call import Call
from bill2bill.sandbox.upstream.billmgr6.catalogue import Plan
from bill2bill.sandbox.upstream.billmgr6.document import Node, texts
from bill2bill.sandbox.upstream.billmgr6.edit import paid_change
from bill2bill.sandbox.upstream.billmgr6.errors import bad_value
from bill2bill.sandbox.upstream.billmgr6.forms import Field, form, slist
from bill2bill.sandbox.upstream.billmgr6.group import check_minimum
from bill2bill.sandbox.upstream.billmgr6.models import ACTIVE, Service


@dataclass(frozen=True)
class Change:
    """Gross prices of one period, before and after, and the net difference to pay, at least 0."""

    plan: Plan
    addons: Dict[int, str]
    before: Decimal
    after: Decimal
    pay: Decimal


def targets(call: Call) -> Node:
    """Step 1: to which tariffs the service can go."""
    service = call.service()
    plans = {str(plan.id): plan.name for plan in _targets(call, service)}
    return Node("doc", children=(*texts(elid=service.id), slist("pricelist", plans), call.echo()))


def _targets(call: Call, service: Service) -> List[Plan]:
    """Other tariffs of the type (and zone) that are sold for the service's period; none while it is not
    active.
    """
    if service.status != ACTIVE:
        return []
    plans = call.provider.plans_of(service.plan.itemtype)
    return [
        plan
        for plan in plans
        if plan.id != service.plan.id and plan.zone == service.plan.zone and service.months in plan.prices
    ]


def preview(call: Call) -> Node:
    """Step 2: what it costs; nothing is changed, whatever is sent."""
    service = call.service()
    change = _change(call, service)
    expiry = service.expire.isoformat() if service.expire else ""
    info = f"To pay: {call.money(call.provider.gross(change.pay))}"
    values = {
        "elid": str(service.id), "pricelist": str(change.plan.id), "oldpricelist": service.plan.name,
        "newpricelist": change.plan.name,
        "oldprice": call.money(change.before), "newprice": call.money(change.after), "oldexpiredate": expiry,
        "newexpiredate": expiry,
        "money_info": info,
    }  # fmt: skip
    return form(call, [Field(name, value, readonly=True) for name, value in values.items()])


def carry_out(call: Call) -> Node:
    """Step 3, with sok and clicked_button=finish; without them the same as step 2. The expiry date stays."""
    if not call.submitted or call.button not in ("finish", "basket"):
        return preview(call)
    service = call.service()
    call.provider.changeable(service)
    change = _change(call, service)
    check_minimum(call, service)

    def become() -> None:
        service.plan, service.addons = change.plan, change.addons
        call.provider.start(service, "")

    return paid_change(call, "changepricelist", service, change.pay, become)


def _change(call: Call, service: Service) -> Change:
    plan = next((plan for plan in _targets(call, service) if str(plan.id) == call.text("pricelist")), None)
    if plan is None:
        raise bad_value("pricelist", call.text("pricelist"))
    addons = plan.carried_over(service.addons, service.plan)
    before, after = service.plan.cost(service.months, service.addons), plan.cost(service.months, addons)
    return Change(
        plan, addons, call.provider.gross(before), call.provider.gross(after), max(Decimal(0), after - before)
    )
