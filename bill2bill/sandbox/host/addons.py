"""Add-ons: rows of `pricelist` below a tariff plan, rows of `item` below a service (host-protocol 6.1, 6.3,
6.5).

What is ordered (billtype 2) has a row of its own on every service; for the rest readers take the tariff's
value (host-protocol 6.3: that row may be absent). `addon_<intname>` of a person is the whole amount;
`item.intvalue` keeps what goes beyond the limit that the tariff includes.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Dict, List, Mapping, Optional

from . import tariffs
from .dates import today
from .db import Row
from .documents import PanelError
from .panel import Panel

BOOLEAN, INTEGER, ENUMERATION = 1, 2, 3
TYPES = {"bool": BOOLEAN, "int": INTEGER, "enum": ENUMERATION, "1": BOOLEAN, "2": INTEGER, "3": ENUMERATION}
NOT_BILLED, BY_ORDER, BY_STATISTICS, COMPOUND, CALCULATED, BY_HAND = 1, 2, 3, 4, 5, 10
BILLTYPES = (NOT_BILLED, BY_ORDER, BY_STATISTICS, COMPOUND, CALCULATED, BY_HAND)
PREFIX = "addon_"
ADDRESSES = ("ip", "privateip")  # item types whose add-ons have address slots (host-protocol 6.3)
WAITING = 1  # ip.status of a slot without an address


def of_tariff(panel: Panel, tariff: object) -> List[Row]:
    return panel.db.find("pricelist", parent=tariff, active="on")


def of_service(panel: Panel, item: object) -> List[Row]:
    return panel.db.find("item", parent=item)


def name(panel: Panel, addon: Row) -> str:
    """Internal name, else that of the add-on's item type (host-protocol 6.3)."""
    return str(
        addon["intname"]
        or panel.db.value("SELECT intname FROM itemtype WHERE id = ?", addon["itemtype"])
        or addon["id"]
    )


def take(panel: Panel, tariff: object, given: Dict[str, str]) -> Dict[int, Row]:
    """Takes every `addon_…` out of an order's parameters: add-on id -> columns of its row.

    Raises PanelError `value` for an add-on that the tariff does not sell by order, and for an amount or a
    choice that it does not have.
    """
    sold = {name(panel, addon): addon for addon in of_tariff(panel, tariff) if addon["billtype"] == BY_ORDER}
    chosen = {}
    for field in [field for field in given if field.startswith(PREFIX)]:
        addon, value = sold.get(field[len(PREFIX) :]), given.pop(field)
        columns = None if addon is None else _columns(panel, addon, value)
        if addon is None or columns is None:
            raise PanelError("value", field, value)
        chosen[int(addon["id"])] = columns
    return chosen


def _columns(panel: Panel, addon: Row, value: str) -> Optional[Row]:
    """Columns that keep a value; None for one that may not be chosen."""
    if addon["addontype"] == BOOLEAN:
        return {"boolvalue": value} if value in {"on", "off"} else None
    if addon["addontype"] == ENUMERATION:
        found = panel.db.find("enumerationitem", enumeration=addon["enumeration"], intname=value)
        return {"enumerationitem": found[0]["id"]} if found else None
    beyond = int(value) - _limit(addon) if value.isdecimal() and len(value) < 10 else -1
    return {"intvalue": beyond} if beyond == 0 or (beyond > 0 and _on_the_scale(addon, int(value))) else None


def _limit(addon: Row) -> int:
    return int(addon["addonlimit"] or 0)


def _on_the_scale(addon: Row, amount: int) -> bool:
    least, most = int(addon["addonmin"] or 0), addon["addonmax"]
    return (
        amount >= least
        and (most is None or amount <= int(most))
        and (amount - least) % int(addon["addonstep"] or 1) == 0
    )


def _defaults(addon: Row) -> Row:
    if addon["addontype"] == BOOLEAN:
        return {"boolvalue": addon["addonbool"] or "off"}
    return (
        {"enumerationitem": addon["enumerationitem"]}
        if addon["addontype"] == ENUMERATION
        else {"intvalue": 0}
    )


def put(panel: Panel, service: Row, chosen: Mapping[int, Row]) -> None:
    """Write the chosen values to the service's rows; an add-on without a row gets one, with the tariff's
    value unless another was chosen.
    """
    rows = {row["pricelist"]: row for row in of_service(panel, service["id"])}
    for addon in of_tariff(panel, service["pricelist"]):
        row, values = rows.get(addon["id"]), chosen.get(addon["id"])
        if row and values:
            panel.db.update("item", row["id"], **values, cost=_cost(panel, service, addon, values))
        elif not row and addon["billtype"] == BY_ORDER:
            _new_row(panel, service, addon, values or _defaults(addon))


def _new_row(panel: Panel, service: Row, addon: Row, values: Row) -> None:
    copied = {
        column: service[column]
        for column in ("account", "subaccount", "period", "currency", "status", "processingmodule", "project")
    }
    cost = _cost(panel, service, addon, values)
    row = panel.db.insert(
        "item",
        name=addon["name"],
        parent=service["id"],
        pricelist=addon["id"],
        createdate=today(),
        cost=cost,
        **copied,
        **values,
    )
    if _for_addresses(panel, addon):
        for _ in range(_limit(addon) + int(values.get("intvalue") or 0)):
            panel.db.insert("ip", item=row, status=WAITING)


def _cost(panel: Panel, service: Row, addon: Row, values: Row) -> str:
    """Units beyond what the tariff gives by itself, times the price of the service's period; without such a
    price they are free.
    """
    price = tariffs.price(panel, addon["id"], service["currency"], int(service["period"] or 0)) or "0"
    units = (
        int(values["intvalue"] or 0)
        if "intvalue" in values
        else int(values != _defaults(addon) and values.get("boolvalue") != "off")
    )
    return str((Decimal(price) * units).quantize(Decimal("0.0001")))


def total(panel: Panel, service: Row) -> str:
    """What a period costs: the service and its add-ons."""
    return str(
        sum(
            (Decimal(row["cost"] or 0) for row in of_service(panel, service["id"])),
            Decimal(service["cost"] or 0),
        )
    )


def reprice(panel: Panel, service: Row, period: int) -> Row:
    """The service and its add-ons for another period; a period without a price keeps the old one. Returns the
    service as it is then.
    """
    cost = tariffs.price(panel, service["pricelist"], service["currency"], period) or service["cost"]
    changes = {"period": period, "cost": cost, "costperiod": period}
    panel.db.update("item", service["id"], **changes)
    changed = {**service, **changes}
    for row in of_service(panel, service["id"]):
        addon = panel.db.get("pricelist", row["pricelist"]) or {}
        values = {
            column: row[column]
            for column in ("boolvalue", "enumerationitem", "intvalue")
            if row[column] is not None
        }
        panel.db.update(
            "item",
            row["id"],
            period=period,
            cost=_cost(panel, changed, addon, values) if addon else row["cost"],
        )
    return changed


def move(panel: Panel, service: Row, tariff: object) -> None:
    """Rows go to the new tariff's add-ons of the same name and type; those without a counterpart are dropped,
    new ones get defaults.
    """
    sold = {
        (name(panel, addon), addon["addontype"]): addon
        for addon in of_tariff(panel, tariff)
        if addon["billtype"] == BY_ORDER
    }
    moved = {**service, "pricelist": tariff}
    for row in of_service(panel, service["id"]):
        old = panel.db.get("pricelist", row["pricelist"]) or {}
        new = sold.get((name(panel, old), old["addontype"])) if old else None
        if not new:
            _drop(panel, row)
            continue
        values = _carried(panel, row, new)
        panel.db.update(
            "item",
            row["id"],
            pricelist=new["id"],
            name=new["name"],
            **values,
            cost=_cost(panel, moved, new, values),
        )
    put(panel, moved, {})


def _carried(panel: Panel, row: Row, new: Row) -> Row:
    """A row's value in the new tariff: the same amount beyond the limit as far as the new scale goes, the
    same choice where there is one.
    """
    if new["addontype"] == BOOLEAN:
        return {"boolvalue": row["boolvalue"]}
    if new["addontype"] == INTEGER:
        most = new["addonmax"]
        room = None if most is None else max(int(most) - _limit(new), 0)
        beyond = int(row["intvalue"] or 0)
        return {"intvalue": beyond if room is None else min(beyond, room)}
    chosen = panel.db.value("SELECT intname FROM enumerationitem WHERE id = ?", row["enumerationitem"])
    return _columns(panel, new, str(chosen)) or _defaults(new)


def _drop(panel: Panel, row: Row) -> None:
    panel.db.delete("ip", item=row["id"])
    panel.db.delete("item", id=row["id"])


def snapshot(panel: Panel, service: object) -> Dict[str, List[Row]]:
    """Rows of a service and their address slots, to be kept until a change of the tariff is over."""
    return {"item": of_service(panel, service), "ip": slots(panel, service)}


def restore(panel: Panel, service: object, kept: Mapping[str, List[Row]]) -> None:
    for row in of_service(panel, service):
        _drop(panel, row)
    for table, rows in kept.items():
        for row in rows:
            panel.db.insert(table, **row)


def slots(panel: Panel, service: object) -> List[Row]:
    """Address slots of a service, with and without an address."""
    return [slot for row in of_service(panel, service) for slot in panel.db.find("ip", item=row["id"])]


def new_slot(panel: Panel, service: object) -> int:
    """One address more, at the service's first add-on for addresses. Raises PanelError `missed`
    without one.
    """
    for row in of_service(panel, service):
        addon = panel.db.get("pricelist", row["pricelist"]) or {}
        if _for_addresses(panel, addon):
            panel.db.update("item", row["id"], intvalue=int(row["intvalue"] or 0) + 1)
            return panel.db.insert("ip", item=row["id"], status=WAITING)
    raise PanelError("missed", "ip", str(service))


def release(panel: Panel, slot: Row) -> None:
    """The slot goes, and one address less is ordered."""
    row = panel.db.get("item", slot["item"]) or {}
    panel.db.delete("ip", id=slot["id"])
    if row.get("intvalue"):
        panel.db.update("item", row["id"], intvalue=int(row["intvalue"]) - 1)


def _for_addresses(panel: Panel, addon: Row) -> bool:
    return panel.db.value("SELECT intname FROM itemtype WHERE id = ?", addon.get("itemtype")) in ADDRESSES


def values(panel: Panel, service: Row) -> Dict[int, str]:
    """Add-on id -> value as host-protocol 6.3 computes it; integers are limit and ordered together."""
    rows = {row["pricelist"]: row for row in of_service(panel, service["id"])}
    return {
        addon["id"]: _value(panel, addon, rows.get(addon["id"]) or {})
        for addon in of_tariff(panel, service["pricelist"])
    }


def _value(panel: Panel, addon: Row, row: Row) -> str:
    if addon["addontype"] == ENUMERATION:
        chosen = row.get("enumerationitem") or addon["enumerationitem"]
        return str(panel.db.value("SELECT intname FROM enumerationitem WHERE id = ?", chosen) or "")
    if addon["addontype"] == BOOLEAN:
        return str(row.get("boolvalue") or addon["addonbool"] or "off")
    if addon["billtype"] == BY_STATISTICS:
        return str(row.get("addonmax") or addon["addonmax"] or "")
    return str(int(row.get("addonlimit") or _limit(addon)) + int(row.get("intvalue") or 0))
