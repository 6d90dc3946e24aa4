"""Tariff plans by API (host-protocol 7.8)."""

from __future__ import annotations

from typing import Dict

from .. import addons, services, tariffs
from ..db import Row
from ..documents import Element, PanelError, form, ok, rows
from ..panel import CLIENT_LEVEL, Panel, Request
from ..registry import function
from ..schema import columns

# Form fields that are not columns; `processingmodule` and the prices are treated on their own.
ZONE = (
    "tld_whois_host",
    "tld_whois_find_string",
    "tld_whois_timeout",
    "tld_min_lenght",
    "tld_max_lenght",
    "tld_idn_type",
)
LISTED = (
    "SELECT p.id, p.name, p.name_ru, p.itemtype, t.name AS itemtype_name, p.intname, p.project,"
    " p.orderpriority, p.active, p.note FROM pricelist p LEFT JOIN itemtype t ON t.id = p.itemtype WHERE"
    " p.parent IS NULL ORDER BY p.id"
)


@function("pricelist", "[elid name itemtype intname active]", level=CLIENT_LEVEL)
def listed(panel: Panel, request: Request) -> Element:
    """List of tariff plans."""
    wanted = {
        name: request.get(name) for name in ("name", "itemtype", "intname", "active") if request.get(name)
    }
    if request.get("elid"):
        wanted["id"] = request.get("elid")
    found = [
        row for row in panel.db.rows(LISTED) if all(str(row[name]) == value for name, value in wanted.items())
    ]
    for row in found:
        links = panel.db.find("processingmodule2pricelist", pricelist=row["id"])
        row["processingmodules"] = ",".join(str(link["processingmodule"]) for link in links)
        row["status"] = "active" if row["active"] == "on" else "suspended"
    return rows(found)


@function(
    "pricelist.add.step2",
    "name itemtype intname project processingmodule activate <period><currency id>= ... [sok]",
    writes=True,
)
def add(panel: Panel, request: Request) -> Element:
    """Create a tariff plan (last step of the wizard); its id is to be read from the list."""
    if not request.sok:
        return form({})
    itemtype = services.need_row(panel, "itemtype", request.need("itemtype"), "itemtype")
    intname = request.get("intname")
    if itemtype["intname"] == "domain":
        intname = str(_zone(panel, request, intname))
    active = "on" if request.flag("activate") else "off"
    plan = panel.db.insert(
        "pricelist",
        name=request.need("name"),
        itemtype=itemtype["id"],
        intname=intname,
        active=active,
        orderpriority=0,
    )
    _save(panel, request, plan)
    return ok()


def _zone(panel: Panel, request: Request, intname: str) -> int:
    """custom_tld=on makes the zone with the tariff plan."""
    if not request.flag("custom_tld"):
        return tariffs.tld_id(panel, intname)
    if panel.db.find("tld", name=request.need("tld_name")):
        raise PanelError("exists", "tld_name", request.need("tld_name"))
    return panel.db.insert(
        "tld",
        name=request.need("tld_name"),
        **{name[len("tld_") :]: request.get(name) for name in ZONE if request.get(name)},
    )


@function("pricelist.edit", "elid [<field>= sok]", writes=True)
def edit(panel: Panel, request: Request) -> Element:
    """Read or change a tariff plan."""
    plan = services.need_row(panel, "pricelist", request.need("elid"))
    if not request.sok:
        return form({**plan, **tariffs.params(panel, plan["id"]), **_prices(panel, plan["id"])})
    _save(panel, request, plan["id"])
    return ok()


def _prices(panel: Panel, plan: object) -> Dict[str, object]:
    shown: Dict[str, object] = {}
    for link in panel.db.find("pricelistprice", pricelist=plan):
        prices = panel.db.get("price", link["price"]) or {}
        shown.update(
            {
                f"{name}{link['currency']}": prices[name]
                for name in tariffs.PRICES
                if prices.get(name) is not None
            }
        )
    return shown


def _save(panel: Panel, request: Request, plan: int) -> None:
    changeable = set(columns("pricelist")) - {
        "id",
        "itemtype",
        "intname",
        "active",
        "parent",
        "addontype",
        "billtype",
    }
    changes = {name: request.get(name) for name in request.params if name in changeable}
    if changes:
        panel.db.update("pricelist", plan, **changes)
    for currency, prices in tariffs.split_prices(request.params).items():
        services.need_row(panel, "currency", currency, "currency")
        tariffs.set_prices(panel, plan, int(currency), prices)
    if request.get("processingmodule"):
        tariffs.sell_by(panel, plan, request.get("processingmodule"))


@function("pricelist.resume", "elid", writes=True)
def resume(panel: Panel, request: Request) -> Element:
    """Switch tariff plans on."""
    return _switch(panel, request, "on")


@function("pricelist.suspend", "elid", writes=True)
def suspend(panel: Panel, request: Request) -> Element:
    """Switch tariff plans off."""
    return _switch(panel, request, "off")


def _switch(panel: Panel, request: Request, active: str) -> Element:
    for number in request.ids():
        panel.db.update("pricelist", services.need_row(panel, "pricelist", number)["id"], active=active)
    return ok()


@function("pricelist.detail", "elid=<tariff plan>")
def details(panel: Panel, request: Request) -> Element:
    """List of a tariff plan's add-ons (host-protocol 7.8)."""
    plan = services.need_row(panel, "pricelist", request.need("elid"))
    found = panel.db.find("pricelist", parent=plan["id"])
    return rows(
        {
            **addon,
            "price": _price_text(panel, addon),
            "status": "active" if addon["active"] == "on" else "suspended",
        }
        for addon in found
    )


def _price_text(panel: Panel, addon: Row) -> str:
    return " ".join(f"{name}={value}" for name, value in _prices(panel, addon["id"]).items())


@function(
    "pricelist.detail.edit",
    "plid=<tariff> [elid] name intname addontype billtype [itemtype <column>= <price>= sok]",
    writes=True,
)
def detail_edit(panel: Panel, request: Request) -> Element:
    """Read, create (without elid) or change an add-on."""
    plan = services.need_row(panel, "pricelist", request.need("plid"), "plid")
    addon = services.need_row(panel, "pricelist", request.get("elid")) if request.get("elid") else None
    if addon and addon["parent"] != plan["id"]:
        raise PanelError("value", "elid", str(addon["id"]))
    if not request.sok:
        return form({**(addon or {}), **(_prices(panel, addon["id"]) if addon else {})})
    kind, billed = (
        request.number("addontype", (addon or {}).get("addontype")),
        request.number("billtype", (addon or {}).get("billtype")),
    )
    for field, value, allowed in (
        ("addontype", kind, addons.TYPES.values()),
        ("billtype", billed, addons.BILLTYPES),
    ):
        if value not in allowed:
            raise PanelError("value", field, str(value))
    base = {
        "addontype": kind,
        "billtype": billed,
        "intname": request.get("intname", (addon or {}).get("intname") or ""),
    }
    if request.get("itemtype"):
        base["itemtype"] = services.need_row(panel, "itemtype", request.get("itemtype"), "itemtype")["id"]
    number = (
        addon["id"]
        if addon
        else panel.db.insert(
            "pricelist", parent=plan["id"], name=request.need("name"), active="on", orderpriority=0
        )
    )
    panel.db.update("pricelist", number, **base)
    _save(panel, request, number)
    return ok(id=number)
