"""What a person sells: tariff plans and their add-ons (host-protocol 6.1, 6.5, 7.8)."""

from __future__ import annotations

from typing import Dict, List, Mapping, Optional

from .. import addons, descriptions, forms, modules, seeds, services, tariffs
from ..db import Row
from ..documents import Element, PanelError, ok
from ..panel import Panel, Request
from ..registry import function

AMOUNTS = ("limit", "min", "max", "step")


@function(
    "sandbox.tariff.add",
    "itemtype name module=<instance,...> [tld intname currency setup monthly annually ...] [<field of"
    " metadata pricelist.NAME>=]",
)
def tariff_add(panel: Panel, request: Request) -> Element:
    """Add a tariff plan that instances sell; a domain's internal name is the zone's id; answers its id."""
    itemtype = _itemtype(panel, request.need("itemtype"))
    domain = itemtype["intname"] == "domain"
    intname = (
        str(tariffs.tld_id(panel, request.need("tld")))
        if domain
        else request.get("intname", request.need("name"))
    )
    fields = request.others("itemtype", "name", "module", "tld", "intname", "currency", *tariffs.PRICES)
    settings = _dynamic_settings(panel, request.get("module"), itemtype["intname"], request.lang, fields, {})
    with panel.db.transaction():
        plan = panel.db.insert(
            "pricelist", name=request.need("name"), name_ru=request.need("name"), itemtype=itemtype["id"],
            intname=intname, project=seeds.PROJECT,
            active="on", orderpriority=0,
        )  # fmt: skip
        _set_prices(panel, request, plan)
        tariffs.sell_by(panel, plan, request.get("module"))
        tariffs.save_params(panel, plan, settings)
    return ok(id=plan)


@function(
    "sandbox.tariff.set",
    "elid [name module=<instance,...> currency setup monthly annually ...] [<field of metadata"
    " pricelist.NAME>=]",
)
def tariff_set(panel: Panel, request: Request) -> Element:
    """Change a tariff plan; what is not given keeps its value."""
    plan = services.need_row(panel, "pricelist", request.need("elid"))
    sellers = ",".join(
        str(link["processingmodule"])
        for link in panel.db.find("processingmodule2pricelist", pricelist=plan["id"])
    )
    sellers = request.get("module", sellers)
    itemtype = services.need_row(panel, "itemtype", plan["itemtype"], "itemtype")
    fields = request.others("elid", "name", "module", "currency", *tariffs.PRICES)
    settings = _dynamic_settings(
        panel, sellers, itemtype["intname"], request.lang, fields, tariffs.params(panel, plan["id"])
    )
    with panel.db.transaction():
        if request.get("name"):
            panel.db.update("pricelist", plan["id"], name=request.get("name"), name_ru=request.get("name"))
        _set_prices(panel, request, plan["id"])
        tariffs.sell_by(panel, plan["id"], sellers)
        tariffs.save_params(panel, plan["id"], settings)
    return ok(id=plan["id"])


def _itemtype(panel: Panel, name: str) -> Row:
    found = panel.db.find("itemtype", intname=name)
    if not found:
        raise PanelError("missed", "itemtype", name)
    return found[0]


def _set_prices(panel: Panel, request: Request, plan: object) -> None:
    prices = {name: request.get(name) for name in tariffs.PRICES if request.get(name)}
    tariffs.set_prices(panel, plan, tariffs.currency(panel, request.get("currency", "RUB")), prices)


def _dynamic_settings(
    panel: Panel, sellers: str, itemtype: str, lang: str, given: Mapping[str, str], stored: Mapping[str, str]
) -> Dict[str, str]:
    """Fields of metadata pricelist.<NAME>, tuned by the module (host-protocol 2.7, 7.1)."""
    first = sellers.replace(",", " ").split()
    row = services.need_row(panel, "processingmodule", first[0], "module") if first else None
    block = f"pricelist.{row['module']}" if row else ""
    metadata = descriptions.metadata(panel, block) if block else []
    if not row or not metadata or "pricelist_dynamic_settings" not in modules.features(panel, row["module"]):
        if given:
            raise PanelError("value", next(iter(given)), "the form has no such field")
        return {}
    doc = forms.document(panel, "pricelist.edit", metadata, [block], lang, stored)
    if "pricelist_dynamic_settings_tune" in modules.features(panel, row["module"]):
        options = [("module", row["id"]), ("itemtype", itemtype)]
        doc = modules.ask(panel, row["module"], "pricelist_dynamic_settings_tune", options, doc)
    return forms.fill(doc, given)


@function(
    "sandbox.addon.add",
    "pricelist intname addontype=bool|int|enum [name billtype limit min max step measure default"
    " items=<intname,...> itemtype currency monthly ...]",
    writes=True,
)
def addon_add(panel: Panel, request: Request) -> Element:
    """Add an add-on to a tariff plan; prices are for one unit beyond the limit, for on, or for a choice other
    than the default; answers its id.
    """
    plan = services.need_row(panel, "pricelist", request.need("pricelist"), "pricelist")
    intname = request.need("intname")
    if plan["parent"]:
        raise PanelError("value", "pricelist", str(plan["id"]))
    if intname in {addons.name(panel, addon) for addon in addons.of_tariff(panel, plan["id"])}:
        raise PanelError("exists", "intname", intname)
    kind = addons.TYPES.get(request.need("addontype"))
    if kind is None:
        raise PanelError("value", "addontype", request.get("addontype"))
    columns = {addons.BOOLEAN: _boolean, addons.INTEGER: _integer, addons.ENUMERATION: _enumeration}[kind](
        panel, request
    )
    itemtype = _itemtype(panel, request.get("itemtype"))["id"] if request.get("itemtype") else None
    addon = panel.db.insert(
        "pricelist", name=request.get("name", intname), name_ru=request.get("name", intname),
        parent=plan["id"], intname=intname, itemtype=itemtype,
        active="on", orderpriority=0, addontype=kind, billtype=_billtype(request), project=plan["project"],
        **columns,
    )  # fmt: skip
    _set_prices(panel, request, addon)
    return ok(id=addon)


def _billtype(request: Request) -> int:
    found = request.number("billtype", addons.BY_ORDER)
    if found not in addons.BILLTYPES:
        raise PanelError("value", "billtype", str(found))
    return found


def _boolean(panel: Panel, request: Request) -> Row:
    default = request.get("default", "off")
    if default not in {"on", "off"}:
        raise PanelError("value", "default", default)
    return {"addonbool": default}


def _integer(panel: Panel, request: Request) -> Row:
    found: Row = {f"addon{name}": request.number(name) for name in AMOUNTS if request.get(name)}
    if any(value < 0 for value in found.values()) or found.get("addonstep") == 0:
        raise PanelError("value", "step")
    return {**found, "measure": _measure(panel, request.get("measure"))}


def _measure(panel: Panel, name: str) -> Optional[int]:
    found = panel.db.find("measure", intname=name)
    if name and not found:
        raise PanelError("value", "measure", name)
    return int(found[0]["id"]) if found else None


def _enumeration(panel: Panel, request: Request) -> Row:
    names: List[str] = [name.strip() for name in request.need("items").split(",") if name.strip()]
    default = request.get("default", names[0] if names else "")
    if default not in names or len(set(names)) < len(names):
        raise PanelError("value", "items", request.get("items"))
    enumeration = panel.db.insert(
        "enumeration",
        intname=request.need("intname"),
        name=request.need("intname"),
        name_ru=request.need("intname"),
    )
    ids = {
        name: panel.db.insert(
            "enumerationitem", enumeration=enumeration, intname=name, name=name, name_ru=name
        )
        for name in names
    }
    return {"enumeration": enumeration, "enumerationitem": ids[default]}
