"""Functions that exist once per item type: `<type>`, `<type>.edit`, `<type>.open` (host-protocol 5.4)."""

from __future__ import annotations

from typing import Dict

from .. import addons, services
from ..db import Row
from ..documents import Code, Element, PanelError, form, ok, rows
from ..panel import CLIENT_LEVEL, Panel, Request
from ..registry import function

EDITABLE = ("autoprolong", "note", "project")
COLUMNS = (
    "SELECT i.id, i.name, t.intname AS itemtype, i.account, i.pricelist, p.name AS pricelist_name, i.project,"
    " i.processingmodule, i.remoteid, i.createdate, i.opendate, i.expiredate, i.expiredate AS"
    " real_expiredate, i.autoprolong, i.status, i.cost, i.period, i.autosuspend, i.employeesuspend,"
    " i.abusesuspend FROM item i JOIN pricelist p ON p.id = i.pricelist JOIN itemtype t ON t.id = p.itemtype"
    " WHERE i.parent IS NULL"
)


@function("item", "[elid account status itemtype pricelist]", level=CLIENT_LEVEL)
def items(panel: Panel, request: Request) -> Element:
    """List of services of every type."""
    return rows(_listed(panel, row) for row in _selected(panel, request, ""))


@function("*", "[elid account status pricelist]", level=CLIENT_LEVEL)
def of_one_type(panel: Panel, request: Request) -> Element:
    """List of services of one type: domain, vds, ..."""
    return rows(_listed(panel, row) for row in _selected(panel, request, request.func))


def _selected(panel: Panel, request: Request, itemtype: str) -> list[Row]:
    wanted = {
        name: request.get(name)
        for name in ("account", "status", "itemtype", "pricelist")
        if request.get(name)
    }
    if itemtype:
        wanted["itemtype"] = itemtype
    if request.get("elid"):
        wanted["id"] = request.get("elid")
    if request.account and request.level <= CLIENT_LEVEL:
        wanted["account"] = str(request.account)
    return [
        row
        for row in panel.db.rows(COLUMNS + " ORDER BY i.id")
        if all(str(row[name]) == value for name, value in wanted.items())
    ]


def _listed(panel: Panel, row: Row) -> Dict[str, object]:
    """A row of the list: `item_status` is the status with its reason or running command
    (host-protocol 6.5).
    """
    status = str(row["status"])
    if row["status"] == services.PROCESSING:
        running = services.operations(panel, row["id"])
        status += "_" + running[0]["intname"] if running else ""
    elif row["status"] == services.SUSPENDED:
        reasons = [reason for reason in services.REASONS if row[reason] == "on"]
        status += "_" + reasons[0] if reasons else ""
    params = services.params(panel, row["id"])
    return {
        **row,
        **{name: params.get(name, "") for name in ("domain", "ip", "service_status")},
        "item_status": Code(status),
    }


@function("*.open", "elid [sok <item parameter>=]", writes=True)
def opened(panel: Panel, request: Request) -> Element:
    """The service is opened: status 2, operation removed, further parameters stored on the item."""
    found = services.item(panel, request.need("elid"))
    _same_type(panel, request, found)
    if not request.sok:
        return form({"elid": found["id"], **services.params(panel, found["id"])})
    services.save_params(panel, found["id"], request.others("elid"))
    services.finish(panel, found, ("open", "transfer"))
    return ok()


@function("*.edit", "elid [<field>= sok]", writes=True, level=CLIENT_LEVEL)
def edit(panel: Panel, request: Request) -> Element:
    """Read a service with its parameters and contacts, or change parameters without telling the module."""
    found = services.item(panel, request.need("elid"))
    _same_type(panel, request, found)
    if request.level <= CLIENT_LEVEL and found["account"] != request.account:
        raise PanelError("access", request.func)
    if not request.sok:
        contacts = {
            f"service_profile_{row['type']}": row["service_profile"]
            for row in panel.db.find("service_profile2item", item=found["id"])
        }
        chosen = {f"addon_{number}": value for number, value in addons.values(panel, found).items()}
        return form(
            {**found, **services.params(panel, found["id"]), **contacts, **chosen, "elid": found["id"]}
        )
    changes = request.others("elid")
    columns = {name: changes.pop(name) or None for name in EDITABLE if name in changes}
    if columns:
        panel.db.update("item", found["id"], **columns)
    services.save_params(panel, found["id"], changes)
    return ok()


def _same_type(panel: Panel, request: Request, found: Row) -> None:
    """`vds.open` does not open a domain."""
    if services.itemtype_of(panel, found) != request.func.partition(".")[0]:
        raise PanelError("value", "elid", str(found["id"]))
