"""What a person sets up: instances of modules, zones, clients."""

from __future__ import annotations

from .. import connections, instances, modules, seeds, services, tariffs
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
    stored = instances.encrypted(panel, name, connections.submitted(panel, name, "", given, request.lang))
    with panel.db.transaction():
        instance = instances.create(
            panel, name, request.get("type"), request.need("name"), department=request.get("department")
        )
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
    stored = instances.encrypted(
        panel, name, connections.submitted(panel, name, row["id"], given, request.lang)
    )
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
    values = {
        field: request.get(field) for field in ("whois_find_string", "whois_host") if request.get(field)
    }
    return ok(id=panel.db.insert("tld", name=name, min_lenght=2, max_lenght=63, idn_type=0, **values))


@function("sandbox.client.add", "name [email currency]", writes=True)
def client_add(panel: Panel, request: Request) -> Element:
    """Add a client with one user of the same name; answers the account's id."""
    name = request.need("name")
    if panel.db.find("user", name=name):
        raise PanelError("exists", "user", name)
    currency = tariffs.currency(panel, request.get("currency", "RUB"))
    return ok(id=seeds.add_client(panel.db, name, request.get("email", f"{name}@example.com"), 0, currency))
