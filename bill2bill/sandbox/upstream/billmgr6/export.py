"""pricelist.export (upstream-billmanager6 4.2): the catalogue, net, open to everybody unless export_open is
off.
"""

from __future__ import annotations

from typing import Iterator, List

from bill2bill.sandbox.upstream.billmgr6.call import Call
from bill2bill.sandbox.upstream.billmgr6.catalogue import Addon, Choice, Plan, Prices, Template
from bill2bill.sandbox.upstream.billmgr6.document import Node, texts

BILLED_BY_ORDER = "2"  # billtype
ENUMERATION, TEMPLATES = 40, 106


def export(call: Call) -> Node:
    """All tariffs, or those of one itemtype; onlyavailable=on hides what cannot be ordered now."""
    kind, available = call.text("itemtype"), call.text("onlyavailable") == "on"
    plans = [
        plan
        for plan in call.provider.plans.values()
        if kind in ("", plan.itemtype.intname) and (plan.orderable or not available)
    ]
    return Node("doc", children=tuple(_plan(call, plan) for plan in plans))


def _plan(call: Call, plan: Plan) -> Node:
    children: List[Node] = [
        *texts(
            id=plan.id,
            name=plan.name,
            name_ru=plan.name,
            description=plan.description,
            itemtype=plan.itemtype.id,
            additionintname="",
        ),
        *(Node("datacenter", key) for key in plan.datacenters),
        *texts(max_multiple_order_count=plan.most_at_once),
        _price(call, plan.prices),
        *(_addon(call, addon) for addon in plan.addons),
        *_templates(plan),
    ]
    return Node("pricelist", children=tuple(children), many=True)


def _price(call: Call, prices: Prices) -> Node:
    """cost is for the whole period; a trial is told by its type."""
    periods = []
    for months, cost in prices.items():
        attrs = {
            "type": "month" if months > 0 else "trial",
            "length": str(max(months, 0)),
            "cost": f"{cost:.2f}",
        }
        periods.append(Node("period", call.period(months), attrs, many=True))
    return Node("price", attrs={"currency": call.provider.account.currency}, children=tuple(periods))


def _addon(call: Call, addon: Addon) -> Node:
    children: List[Node] = [
        *texts(
            id=addon.id,
            name=addon.name,
            intname=addon.intname,
            addontype=addon.kind,
            billtype=BILLED_BY_ORDER,
        )
    ]
    if addon.most:
        limits = texts(
            addonmin=addon.least,
            addonlimit=addon.included,
            addonmax=addon.most,
            addonstep=addon.step,
            measure=addon.measure,
        )
        children += limits
    if addon.choices:
        children.append(
            Node(
                "enumeration",
                children=(*texts(id=ENUMERATION), *(_choice(call, choice) for choice in addon.choices)),
            )
        )
    if addon.prices:
        children.append(_price(call, addon.prices))
    return Node("addon", children=tuple(children), many=True)


def _choice(call: Call, choice: Choice) -> Node:
    price = (_price(call, choice.prices),) if choice.prices else ()
    return Node("enumerationitem", children=(*texts(id=choice.id, name=choice.name), *price), many=True)


def _templates(plan: Plan) -> Iterator[Node]:
    if plan.templates:
        values = (_value(number, template) for number, template in enumerate(plan.templates, 1))
        yield Node("itemtypeparam", children=(*texts(id=TEMPLATES, intname="ostempl"), *values), many=True)


def _value(number: int, template: Template) -> Node:
    return Node(
        "itemtypeparamvalue", children=texts(id=number, intname=template.key, name=template.name), many=True
    )
