"""Ordering, both generations (upstream-billmanager6 4.3, 5.1, 5.2): the list of tariffs, the form, the order
itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import List, Mapping, Sequence

from bill2bill.sandbox.upstream.billmgr6 import licences
from bill2bill.sandbox.upstream.billmgr6.call import SYMBOL, Call
from bill2bill.sandbox.upstream.billmgr6.catalogue import ItemType, Plan
from bill2bill.sandbox.upstream.billmgr6.document import Node, named, ok, row, texts
from bill2bill.sandbox.upstream.billmgr6.errors import Refusal, bad_value, missed
from bill2bill.sandbox.upstream.billmgr6.forms import (
    Field,
    addon_fields,
    addon_values,
    choices,
    form,
    slist,
    system,
    system_fields,
)
from bill2bill.sandbox.upstream.billmgr6.models import Service

LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
HOST, NAME = (
    re.compile(rf"{LABEL}(?:\.{LABEL})*", re.IGNORECASE),
    re.compile(rf"{LABEL}(?:\.{LABEL})+", re.IGNORECASE),
)
DATACENTERS = {"3": "Main data centre"}


@dataclass(frozen=True)
class Wish:
    """What an order form holds, checked."""

    plan: Plan
    months: int
    count: int
    autoprolong: str
    addons: Mapping[int, str]
    fields: Mapping[str, str]
    name: str
    remote_id: str


# -- which tariffs -------------------------------------------------------------------------------------------
def tariffs(call: Call, itemtype: ItemType) -> Node:
    """X.order and X.order.pricelist: step 1; with snext the form of step 2, nothing is ordered (4.3)."""
    if call.text("snext") and call.submitted:
        return _form(call, wish(call, itemtype, call.text("period")), v2=False)
    plans = _matching(call, itemtype, call.number("period", 0))
    rows = tuple(
        row(
            texts(
                pricelist=plan.id,
                desc=f"<b>{plan.name}</b> {plan.description}",
                price=f"<b>{_cheapest(call, plan)}</b>",
            )
        )
        for plan in plans
    )
    months = sorted({period for plan in plans for period in plan.prices})
    lists = [
        Node("list", attrs={"name": "tariflist"}, children=rows, many=True),
        slist("period", {str(key): call.period(key) for key in months}),
    ]
    if itemtype.place:
        lists.append(slist("datacenter", DATACENTERS))
    return Node("doc", children=(*texts(datacenter="3" if itemtype.place else None), *lists, call.echo()))


def _matching(call: Call, itemtype: ItemType, months: int) -> List[Plan]:
    place = call.text("datacenter")
    plans = call.provider.plans_of(itemtype)
    return [
        plan
        for plan in plans
        if months in (0, *plan.prices) and (not place or not plan.datacenters or place in plan.datacenters)
    ]


def _cheapest(call: Call, plan: Plan) -> str:
    months = min(plan.prices, key=abs)
    return f"{call.money(plan.prices[months])} / {call.period(months)}"


def tariffs_v2(call: Call, itemtype: ItemType) -> Node:
    """v2.X.order.pricelist: step 1 of the new wizard; currency is a symbol (4.3)."""
    symbol = SYMBOL[call.provider.account.currency]
    rows = []
    for plan in _matching(call, itemtype, 0):
        prices = tuple(Node("price", children=texts(cost=f"{cost:.2f}", currency=symbol, period=months),
            many=True)
                       for months, cost in plan.prices.items())  # fmt: skip
        place = tuple(
            Node("datacenter", children=texts(id=key, value=DATACENTERS[key])) for key in plan.datacenters
        )
        details = tuple(
            Node("detail", children=texts(name=addon.name, value=addon.default), many=True)
            for addon in plan.addons
        )
        rows.append(
            row(
                (
                    *texts(id=plan.id, title=plan.name, description=plan.description),
                    *details,
                    *place,
                    Node("prices", children=prices),
                )
            )
        )
    lists = (
        Node("list", attrs={"name": "pricelist"}, children=tuple(rows), many=True),
        slist("datacenter", DATACENTERS),
    )
    return Node("doc", children=(*lists, call.echo()))


# -- what is wanted ------------------------------------------------------------------------------------------
def wish(call: Call, itemtype: ItemType, months: str, strict: bool = False) -> Wish:
    """The order as the parameters tell it. strict: it is to be carried out, so that what is required must be
    there.
    """
    plan = _plan(call, itemtype)
    period = _period(plan, months, strict)
    _check_place(call, plan, strict)
    if call.text("project") not in ("", "1"):
        raise bad_value("project", call.text("project"))
    count = call.number("order_count", 1)
    if not 1 <= count <= plan.most_at_once:
        raise bad_value("order_count", str(count))
    fields = dict(system(call, plan))
    if itemtype.intname == "soft":
        fields.update(licences.wanted(call, strict))
    return Wish(
        plan, period, count, autoprolong(call, plan, period), addon_values(call, plan, plan.defaults()),
        fields, _name(call, itemtype),
        call.text("remoteid"),
    )  # fmt: skip


def _plan(call: Call, itemtype: ItemType) -> Plan:
    if not call.text("pricelist"):
        raise Refusal("wizard_unavailable")
    plan = call.provider.plan(call.text("pricelist"))
    if plan is None or plan.itemtype.intname != itemtype.intname or not plan.orderable:
        raise missed("pricelist", call.text("pricelist"))
    return plan


def _period(plan: Plan, months: str, strict: bool) -> int:
    if not months and not strict:
        return next(iter(plan.prices))
    found = next((number for number in plan.prices if str(number) == months), None)
    if found is None:
        raise bad_value("period", months)
    return found


def _check_place(call: Call, plan: Plan, strict: bool) -> None:
    place = call.text("datacenter")
    demanded = strict and plan.itemtype.place and call.switches.on("strict_order")
    if (place or demanded) and plan.datacenters and place not in plan.datacenters:
        raise bad_value("datacenter", place)


def _name(call: Call, itemtype: ItemType) -> str:
    """What the service will be called; "" lets the provider find a name (5.1)."""
    name = call.text(itemtype.label).strip()
    if itemtype.label == "domain" and name and not HOST.fullmatch(name):
        raise bad_value("domain", name)
    return name


def autoprolong(call: Call, plan: Plan, months: int) -> str:
    """Months or null; in v2.* on and off unless v2_autoprolong says months (4.4). Not sent: the tariff's
    default, which is the period.
    """
    sent = call.text("autoprolong")
    default = str(months) if months in _renewable(plan) else "null"
    if call.func.startswith("v2.") and call.switches.word("v2_autoprolong") == "onoff":
        if sent not in ("", "on", "off"):
            raise bad_value("autoprolong", sent)
        return "null" if sent == "off" else default
    if not call.sent("autoprolong"):
        return default
    return renewal(plan, sent)


def renewal(plan: Plan, sent: str) -> str:
    """A value for autoprolong: a period that the tariff has, or null. Raises the refusal `value`."""
    if sent in ("null", "", "off"):
        return "null"
    if sent not in map(str, _renewable(plan)):
        raise bad_value("autoprolong", sent)
    return sent


def _renewable(plan: Plan) -> List[int]:
    return [months for months in plan.prices if months > 0]


def renewal_choices(call: Call, plan: Plan) -> Mapping[str, str]:
    return {
        "null": call.say("Disabled", "Отключено"),
        **{str(months): call.period(months) for months in _renewable(plan)},
    }


# -- the form ------------------------------------------------------------------------------------------------
def _form(call: Call, wanted: Wish, v2: bool) -> Node:
    plan, itemtype = wanted.plan, wanted.plan.itemtype
    renewal_field = Field(
        "autoprolong",
        wanted.autoprolong,
        "Auto renewal",
        "select",
        choices=choices(renewal_choices(call, plan)),
    )
    if v2 and call.switches.word("v2_autoprolong") == "onoff":
        renewal_field = Field(
            "autoprolong", "off" if wanted.autoprolong == "null" else "on", "Auto renewal", "checkbox"
        )
    period = "order_period" if v2 else "period"
    fields = [
        Field("pricelist", str(plan.id), readonly=True),
        Field(
            period,
            str(wanted.months),
            "Period",
            "select",
            choices=choices({str(key): call.period(key) for key in plan.prices}),
        ),
        renewal_field,
        Field(itemtype.label, wanted.name, "Name"),
        *(
            [Field("datacenter", plan.datacenters[0], "Location", "select", choices=choices(DATACENTERS))]
            if plan.datacenters
            else []
        ),
        *system_fields(plan, wanted.fields.get("ostempl", ""), wanted.fields.get("recipe", "")),
        *[
            Field(name, wanted.fields.get(name, ""))
            for name in itemtype.order
            if name not in ("ostempl", "recipe")
        ],
        *addon_fields(call, plan, wanted.addons, wanted.months),
        Field("remoteid", wanted.remote_id),
    ]
    total = call.provider.gross(plan.cost(wanted.months, wanted.addons))
    more = _summary(call, wanted) if v2 else [Node("orderinfo", f"Total amount: <b>{call.money(total)}</b>")]
    return form(call, fields, more)


def _summary(call: Call, wanted: Wish) -> Sequence[Node]:
    net = wanted.plan.cost(wanted.months, wanted.addons)
    tables = {
        "pricelist_summary": wanted.plan.prices[wanted.months],
        "total_summary": call.provider.gross(net),
    }
    symbol = SYMBOL[call.provider.account.currency]
    return [Node("list", attrs={"name": name}, many=True, children=(row((
        Node("label", wanted.plan.name),
        Node("cost",
            children=(Node("price",
                children=texts(cost=f"{amount:.2f}", currency=symbol, no_discount_cost=f"{amount:.2f}")),)),
    )),)) for name, amount in tables.items()]  # fmt: skip


# -- the order -----------------------------------------------------------------------------------------------
def order(call: Call, itemtype: ItemType) -> Node:
    """X.order.param. A licence is ordered with clicked_button=finish only (5.1); without it the form comes
    again.
    """
    if not call.submitted or (itemtype.intname == "soft" and call.button != "finish"):
        return _form(call, wish(call, itemtype, call.text("period")), v2=False)
    return placed(call, wish(call, itemtype, call.text("period"), strict=True))


def order_v2(call: Call, itemtype: ItemType) -> Node:
    """v2.X.order.param: clicked_button=order is required (5.2); without it the form comes again."""
    months = call.text("order_period") or call.text(f"period_{call.text('pricelist')}")
    if not call.submitted or call.button != "order":
        return _form(call, wish(call, itemtype, months), v2=True)
    wanted = wish(call, itemtype, months, strict=True)
    if not call.pays_now and call.text("force_use_new_cart") == "on":
        return _in_new_cart(call, wanted)
    return placed(call, wanted)


def placed(call: Call, wanted: Wish) -> Node:
    """Bought with skipbasket=on, else in the old cart: billorder (5.3, 5.4)."""
    services = [_service(call, wanted) for _ in range(wanted.count)]
    waits = call.provider.buy(
        [call.provider.order_line(service) for service in services], at_once=call.pays_now
    )
    if waits is not None and not call.pays_now:
        return ok(Node("billorder", str(waits)))
    return ok(*new_id(call, services[0]))


def new_id(call: Call, service: Service) -> Sequence[Node]:
    """Where the id stands: soft always id (NOC), v2 item.id (JAVA), the others as order_id_style
    says (5.6).
    """
    style = call.switches.word("order_id_style")
    if service.kind == "soft":
        style = "id"
    elif call.func.startswith("v2.") and style != "none":
        style = "item.id"
    return () if style == "none" else named({style: str(service.id)})


def _service(call: Call, wanted: Wish) -> Service:
    return Service(
        0, wanted.plan, wanted.name, wanted.months, call.provider.account.id, call.provider.clock.today(),
        autoprolong=wanted.autoprolong,
        remote_id=wanted.remote_id, addons=dict(wanted.addons), fields=dict(wanted.fields),
    )  # fmt: skip


def _in_new_cart(call: Call, wanted: Wish) -> Node:
    """A line of the new cart; there is no service before it is paid (5.5)."""
    line = call.provider.order_line(_service(call, wanted))
    line.id = call.provider.next_id("line")
    call.provider.cart[line.id] = line
    return ok(*named({"lineitem.id": str(line.id)}))
