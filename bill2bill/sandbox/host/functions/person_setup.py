"""What a person sets up: instances of modules, zones, tariff plans, clients."""

from __future__ import annotations

from typing import Dict

from .. import connections, descriptions, forms, instances, modules, seeds, services, tariffs
from ..documents import Element, PanelError, ok
from ..panel import Panel, Request
from ..registry import function


@function("sandbox.module.add", "module type name [department] <connection field>=")
def module_add(panel: Panel, request: Request) -> Element:
    """Add an instance of a module: tune_connection, check_connection, store; answers its id."""
    name = request.need("module")
    modules.ready(panel, name)
    request.secrets |= instances.hide(panel, name)
    if request.need("type") not in modules.declared(panel, name, "itemtype"):
        raise PanelError("value", "type", request.get("type"))
    given = request.others("module", "type", "name", "department")
    stored = instances.encrypted(panel, name, connections.entered(panel, name, "", given, request.lang))
    with panel.db.transaction():
        itemtype = panel.db.find("itemtype", intname=request.get("type"))
        if not itemtype:
            raise PanelError("missed", "itemtype", request.get("type"))
        instance = panel.db.insert(
            "processingmodule", name=request.need("name"), module=name, active="on", orderpriority=0, itemtype=itemtype[0]["id"], datacenter=1,
            department=request.number("department", seeds.DEPARTMENT),
        )  # fmt: skip
        instances.store(panel, name, instance, stored)
    return ok(id=instance)


@function("sandbox.module.set", "elid [name department] <connection field>=")
def module_set(panel: Panel, request: Request) -> Element:
    """Change an instance through its form; fields that are not given keep their values."""
    row = services.need_row(panel, "processingmodule", request.need("elid"))
    name = row["module"]
    modules.ready(panel, name)
    request.secrets |= instances.hide(panel, name)
    given = request.others("elid", "name", "department")
    stored = instances.encrypted(panel, name, connections.entered(panel, name, row["id"], given, request.lang))
    with panel.db.transaction():
        base = {field: request.get(field) for field in ("name", "department") if request.get(field)}
        if base:
            panel.db.update("processingmodule", row["id"], **base)
        instances.store(panel, name, row["id"], stored)
    return ok(id=row["id"])


@function("sandbox.tld.add", "name [whois_find_string whois_host]", writes=True)
def tld_add(panel: Panel, request: Request) -> Element:
    """Add a zone; the text of whois_find_string in a whois answer means that a name is free."""
    name = request.need("name").lstrip(".").lower()
    if panel.db.find("tld", name=name):
        raise PanelError("exists", "tld", name)
    values = {field: request.get(field) for field in ("whois_find_string", "whois_host") if request.get(field)}
    return ok(id=panel.db.insert("tld", name=name, min_lenght=2, max_lenght=63, idn_type=0, **values))


@function(
    "sandbox.tariff.add",
    "itemtype name module=<instance,...> [tld intname currency setup monthly annually ...] [<field of metadata pricelist.NAME>=]",
)
def tariff_add(panel: Panel, request: Request) -> Element:
    """Add a tariff plan that instances sell; a domain's internal name is the zone's id; answers its id."""
    found = panel.db.find("itemtype", intname=request.need("itemtype"))
    if not found:
        raise PanelError("missed", "itemtype", request.get("itemtype"))
    domain = found[0]["intname"] == "domain"
    intname = str(tariffs.tld_id(panel, request.need("tld"))) if domain else request.get("intname", request.need("name"))
    fields = request.others("itemtype", "name", "module", "tld", "intname", "currency", *tariffs.PRICES)
    settings = _dynamic_settings(panel, request, fields)
    with panel.db.transaction():
        plan = panel.db.insert(
            "pricelist", name=request.need("name"), name_ru=request.need("name"), itemtype=found[0]["id"], intname=intname, project=seeds.PROJECT,
            active="on", orderpriority=0,
        )  # fmt: skip
        prices = {name: request.get(name) for name in tariffs.PRICES if request.get(name)}
        tariffs.set_prices(panel, plan, _currency(panel, request.get("currency", "RUB")), prices)
        tariffs.sell_by(panel, plan, request.get("module"))
        tariffs.save_params(panel, plan, settings)
    return ok(id=plan)


def _currency(panel: Panel, iso: str) -> int:
    found = panel.db.find("currency", iso=iso)
    if not found:
        raise PanelError("value", "currency", iso)
    return int(found[0]["id"])


def _dynamic_settings(panel: Panel, request: Request, given: Dict[str, str]) -> Dict[str, str]:
    """Fields of metadata pricelist.<NAME>, tuned by the module (host-protocol 2.7, 7.1)."""
    first = request.get("module").replace(",", " ").split()
    row = services.need_row(panel, "processingmodule", first[0], "module") if first else None
    block = f"pricelist.{row['module']}" if row else ""
    metadata = descriptions.metadata(panel, block) if block else []
    if not row or not metadata or "pricelist_dynamic_settings" not in modules.features(panel, row["module"]):
        if given:
            raise PanelError("value", next(iter(given)), "the form has no such field")
        return {}
    doc = forms.document(panel, "pricelist.edit", metadata, [block], request.lang, {})
    if "pricelist_dynamic_settings_tune" in modules.features(panel, row["module"]):
        options = [("module", row["id"]), ("itemtype", request.get("itemtype"))]
        doc = modules.ask(panel, row["module"], "pricelist_dynamic_settings_tune", options, doc)
    return forms.fill(doc, given)


@function("sandbox.client.add", "name [email currency]", writes=True)
def client_add(panel: Panel, request: Request) -> Element:
    """Add a client with one user of the same name; answers the account's id."""
    name = request.need("name")
    if panel.db.find("user", name=name):
        raise PanelError("exists", "user", name)
    currency = _currency(panel, request.get("currency", "RUB"))
    return ok(id=seeds.add_client(panel.db, name, request.get("email", f"{name}@example.com"), 0, currency))
