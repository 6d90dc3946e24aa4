"""Tariffs of services as `pricelist.export` tells them (upstream-billmanager6 4.2)."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from decimal import Decimal
from typing import Callable, Dict, Iterable, Iterator, List, Tuple, TypeVar

from bill2bill.errors import Failure
from bill2bill.rules.money import currency_code, parse_amount
from bill2bill.rules.pricing import Addon, AddonKind, ServiceTariff
from bill2bill.upstream.asking import POSITIVE, positive
from bill2bill.upstream.billmgr6.envelope import Node

log = logging.getLogger("bill2bill.upstream")

WHOLE = re.compile(r"(-?[0-9]{1,9})(?:\.0{1,12})?")
LIMITS = (("addonmin", "0"), ("addonmax", "0"), ("addonstep", "1"), ("addonlimit", "0"))
MONTHS = {"month": 1, "year": 12}  # 10 Q11: other types are not sold by the month
Found = TypeVar("Found")


def tariffs_of(node: Node) -> List[ServiceTariff]:
    """Tariffs, add-ons and periods that cannot be read are left out and logged."""
    return list(_readable(node.all("pricelist"), _tariff, "tariff"))


def _readable(nodes: Iterable[Node], read: Callable[[Node], Found], what: str) -> Iterator[Found]:
    for node in nodes:
        try:
            yield read(node)
        except (ValueError, Failure) as error:
            log.warning("%s %.40s is left out: %s", what, node.get("id") or node.attributes, error)


def _tariff(node: Node) -> ServiceTariff:
    """Raises ValueError; a tariff that is sold for no whole months is none of ours."""
    prices, currency = _prices(node), currency_code(node.first("price").attributes.get("currency", ""))
    if not prices:
        raise ValueError("no price by the month")
    return ServiceTariff(
        id=positive(node.get("id")),
        name=node.get("name"),
        currency=currency,
        prices=prices,
        addons=tuple(_readable(node.all("addon"), lambda addon: _addon(addon, prices), "add-on")),
        datacenters=tuple(
            positive(one.get("id") or one.text)
            for one in node.all("datacenter")
            if one.get("id") or one.text
        ),
        other_names=tuple(
            found[0].text
            for name, found in node.children.items()
            if name.startswith("name_") and found[0].text
        ),
    )


def _addon(node: Node, tariff: Dict[int, Decimal]) -> Addon:
    kind = AddonKind(_whole(node.get("addontype")))
    usual = Addon(id=positive(node.get("id")), intname=node.get("intname"), kind=kind, prices=_prices(node))
    if kind is AddonKind.BOOLEAN:
        return usual
    if kind is AddonKind.INTEGER:
        least, most, step, included = (_whole(node.get(name) or usually) for name, usually in LIMITS)
        return replace(usual, least=least, most=most, step=max(step, 1), included=included)
    items = [item for enumeration in node.all("enumeration") for item in enumeration.all("enumerationitem")]
    choices = tuple(_readable(items, lambda item: (positive(item.get("id")), item.get("name")), "choice"))
    return replace(usual, choices=choices, choice_prices=_choice_prices(items, tariff))


def _choice_prices(items: Iterable[Node], tariff: Dict[int, Decimal]) -> Dict[Tuple[int, int], Decimal]:
    """A choice that has no price at all costs nothing, however long (4.2, the sample)."""
    found: Dict[Tuple[int, int], Decimal] = {}
    for item in items:
        if POSITIVE.fullmatch(item.get("id")):
            prices = _prices(item) if "price" in item else dict.fromkeys(tariff, Decimal(0))
            found.update({(int(item.get("id")), months): price for months, price in prices.items()})
    return found


def _prices(node: Node) -> Dict[int, Decimal]:
    """Months -> cost of the whole period; of two for the same months the cheaper."""
    found: Dict[int, Decimal] = {}
    for months, cost in _readable(node.first("price").all("period"), _period, "period"):
        found[months] = min(cost, found.get(months, cost))
    return found


def _period(node: Node) -> Tuple[int, Decimal]:
    kind, cost = node.attributes.get("type", ""), parse_amount(node.attributes.get("cost", ""))
    if kind not in MONTHS or cost < 0:
        raise ValueError(f"period of type {kind[:40]!r}")
    return MONTHS[kind] * positive(node.attributes.get("length", "")), cost


def _whole(text: str) -> int:
    found = WHOLE.fullmatch(text)
    if not found:
        raise ValueError(f"not a whole number: {text[:40]!r}")
    return int(found.group(1))
