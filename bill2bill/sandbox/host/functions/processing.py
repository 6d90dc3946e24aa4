"""Processing modules, seen from outside (host-protocol 5.7)."""

from __future__ import annotations

from .. import instances, modules, services
from ..db import Row
from ..documents import Element, PanelError, form, ok, rows
from ..panel import Panel, Request
from ..registry import function


@function("processing", "[module active]")
def listed(panel: Panel, request: Request) -> Element:
    """List of configured instances."""
    wanted = {name: request.get(name) for name in ("module", "active") if request.get(name)}
    return rows(_row(panel, row) for row in panel.db.find("processingmodule", **wanted))


def _row(panel: Panel, row: Row) -> Row:
    datacenter = panel.db.get("datacenter", row["datacenter"]) or {}
    balance = f"{row['balance']} {row['balance_currency'] or ''}".strip() if row["balance"] else ""
    return {
        "id": row["id"], "name": row["name"], "module": row["module"],
        "datacenter_name": datacenter.get("name", ""), "pusage": "",
        "balance_info": balance, "orderpriority": row["orderpriority"],
        "status": "active" if row["active"] == "on" else "suspended",
    }  # fmt: skip


@function("processing.edit", "elid [name active orderpriority <parameter>= sok]", writes=True)
def edit(panel: Panel, request: Request) -> Element:
    """Read an instance with its parameters (passwords readable), or change it without asking the module."""
    row = _need(panel, request)
    if not request.sok:
        return form(
            {
                "id": row["id"],
                "elid": row["id"],
                "name": row["name"],
                "module": row["module"],
                **instances.values(panel, row["id"]),
            }
        )
    request.secrets |= instances.hide(panel, row["module"])
    changes = request.others("elid")
    base = {
        name: changes.pop(name)
        for name in ("name", "active", "orderpriority", "department")
        if name in changes
    }
    if base:
        panel.db.update("processingmodule", row["id"], **base)
    instances.store(panel, row["module"], row["id"], instances.encrypted(panel, row["module"], changes))
    return ok()


@function(
    "processing.add.settings",
    "module type name [datacenter department clicked_button=finish <parameter>=] sok",
    writes=True,
)
def add_settings(panel: Panel, request: Request) -> Element:
    """Last step of adding an instance: stores without asking the module; answers its id."""
    name = request.need("module")
    modules.ready(panel, name)
    request.secrets |= instances.hide(panel, name)
    if request.need("type") not in modules.declared(panel, name, "itemtype"):
        raise PanelError("value", "type", request.get("type"))
    values = request.others("module", "type", "name", "datacenter", "department")
    number = instances.create(
        panel,
        name,
        request.get("type"),
        request.need("name"),
        request.get("datacenter"),
        request.get("department"),
    )
    instances.store(panel, name, number, instances.encrypted(panel, name, values))
    return ok(id=number)


@function("processing.customparam", "plid=<instance>")
def custom_params(panel: Panel, request: Request) -> Element:
    """List of an instance's custom parameters (host-protocol 3), those that the module declares as such."""
    row = services.need_row(panel, "processingmodule", request.need("plid"), "plid")
    known = modules.declared(panel, row["module"], "customparam")
    found = [
        param
        for param in panel.db.find("processingparam", processingmodule=row["id"])
        if param["intname"] in known
    ]
    return rows({"id": param["id"], "param": param["intname"], "value": param["value"]} for param in found)


@function("processing.customparam.edit", "plid=<instance> [elid] param value [sok]", writes=True)
def custom_param_edit(panel: Panel, request: Request) -> Element:
    """Read, add or change one custom parameter."""
    row = services.need_row(panel, "processingmodule", request.need("plid"), "plid")
    if not request.sok:
        return form(services.need_row(panel, "processingparam", request.need("elid")))
    if request.need("param") not in modules.declared(panel, row["module"], "customparam"):
        raise PanelError("value", "param", request.get("param"))
    if request.get("elid"):
        panel.db.update("processingparam", request.number("elid"), value=request.raw("value"))
        return ok(id=request.get("elid"))
    return ok(
        id=panel.db.insert(
            "processingparam",
            processingmodule=row["id"],
            intname=request.get("param"),
            value=request.raw("value"),
        )
    )


@function("processing.setconfig", "elid config [sok]", writes=True)
def setconfig(panel: Panel, request: Request) -> Element:
    """What get_server_config found."""
    panel.db.update("processingmodule", _need(panel, request)["id"], config=request.raw("config"))
    return ok()


@function("processing.saveparam", "elid param value [sok]", writes=True)
def saveparam(panel: Panel, request: Request) -> Element:
    """Store one clear parameter of an instance."""
    key = {"processingmodule": _need(panel, request)["id"], "intname": request.need("param")}
    panel.db.put("processingparam", key, value=request.raw("value"))
    return ok()


@function("processing.savebalance", "processingmodule balance [currency notify_time sok]", writes=True)
def savebalance(panel: Panel, request: Request) -> Element:
    """Balance of the account at the supplier."""
    row = services.need_row(panel, "processingmodule", request.need("processingmodule"), "processingmodule")
    changes = {
        "balance": request.need("balance"),
        "balance_currency": request.get("currency"),
        "balance_notify_time": request.get("notify_time"),
    }
    panel.db.update(
        "processingmodule", row["id"], **{name: value for name, value in changes.items() if value}
    )
    return ok()


@function("processing.suspend", "elid", writes=True)
def suspend(panel: Panel, request: Request) -> Element:
    """Switch instances off."""
    return _switch(panel, request, "off")


@function("processing.resume", "elid", writes=True)
def resume(panel: Panel, request: Request) -> Element:
    """Switch instances on."""
    return _switch(panel, request, "on")


def _switch(panel: Panel, request: Request, active: str) -> Element:
    for number in request.ids():
        panel.db.update(
            "processingmodule", services.need_row(panel, "processingmodule", number)["id"], active=active
        )
    return ok()


def _need(panel: Panel, request: Request) -> Row:
    return services.need_row(panel, "processingmodule", request.need("elid"))
