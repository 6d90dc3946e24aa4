"""Processing modules, seen from outside (host-protocol 5.7)."""

from __future__ import annotations

from .. import instances, services
from ..db import Row
from ..documents import Element, form, ok, rows
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
        "id": row["id"], "name": row["name"], "module": row["module"], "datacenter_name": datacenter.get("name", ""), "pusage": "",
        "balance_info": balance, "orderpriority": row["orderpriority"], "status": "active" if row["active"] == "on" else "suspended",
    }  # fmt: skip


@function("processing.edit", "elid [name active orderpriority <parameter>= sok]", writes=True)
def edit(panel: Panel, request: Request) -> Element:
    """Read an instance with its parameters (passwords readable), or change it without asking the module."""
    row = _need(panel, request)
    if not request.sok:
        return form({"id": row["id"], "elid": row["id"], "name": row["name"], "module": row["module"], **instances.values(panel, row["id"])})
    request.secrets |= instances.hide(panel, row["module"])
    changes = request.others("elid")
    base = {name: changes.pop(name) for name in ("name", "active", "orderpriority", "department") if name in changes}
    if base:
        panel.db.update("processingmodule", row["id"], **base)
    instances.store(panel, row["module"], row["id"], instances.encrypted(panel, row["module"], changes))
    return ok()


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
    changes = {"balance": request.need("balance"), "balance_currency": request.get("currency"), "balance_notify_time": request.get("notify_time")}
    panel.db.update("processingmodule", row["id"], **{name: value for name, value in changes.items() if value})
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
        panel.db.update("processingmodule", services.need_row(panel, "processingmodule", number)["id"], active=active)
    return ok()


def _need(panel: Panel, request: Request) -> Row:
    return services.need_row(panel, "processingmodule", request.need("elid"))
