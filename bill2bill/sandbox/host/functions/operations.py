"""Running operations and tasks (host-protocol 5.6)."""

from __future__ import annotations

import json
from typing import List

from .. import operations, services
from ..dates import now
from ..db import Row
from ..documents import BadXml, Element, PanelError, form, ok, parse, rows
from ..panel import Panel, Request
from ..registry import function

OPENED, IN_WORK, CLOSED = 0, 1, 2
TASK_FILTERS = ("itemtype", "pricelist", "status", "type", "itemstatus", "item", "runningoperation")
LISTED = (
    "SELECT r.*, t.intname AS itemtype, a.name AS client, i.processingmodule FROM runningoperation r JOIN"
    " item i ON i.id = r.item LEFT JOIN pricelist p ON p.id = i.pricelist LEFT JOIN itemtype t ON t.id ="
    " p.itemtype LEFT JOIN account a ON a.id = i.account ORDER BY r.id"
)


@function("runningoperation", "[item]")
def listed(panel: Panel, request: Request) -> Element:
    """List of running operations."""
    wanted = request.get("item")
    return rows(_row(panel, row) for row in panel.db.rows(LISTED) if wanted in {"", str(row["item"])})


def _row(panel: Panel, row: Row) -> Row:
    task = panel.db.find("task", runningoperation=row["id"])
    return {
        "id": row["id"], "desc": row["intname"], "item": row["item"], "itemtype": row["itemtype"],
        "client": row["client"],
        "cdate": row["createdate"], "trycount": row["trycount"], "processingmodule": row["processingmodule"],
        "task": task[-1]["id"] if task else "",
        "status": "manual" if row["manual"] == operations.MANUAL else "automatic",
    }  # fmt: skip


@function("runningoperation.edit", "elid [errorxml= manual=on|off sok]", writes=True)
def edit(panel: Panel, request: Request) -> Element:
    """Read an operation, keep its error, or switch between automatic and manual."""
    row = _need(panel, request)
    if not request.sok:
        return form(row)
    if "errorxml" in request.params:
        _keep_error(panel, row, request.raw("errorxml"))
    if request.get("manual"):
        panel.db.update("runningoperation", row["id"], manual="on" if request.flag("manual") else "off")
    return ok()


def _keep_error(panel: Panel, row: Row, text: str) -> None:
    if text:
        try:
            parse(text.encode())
        except BadXml:
            raise PanelError("xml", "errorxml") from None
    panel.db.update("runningoperation", row["id"], errorxml=text)
    panel.db.insert(
        "sandbox_history",
        operation=row["id"],
        item=row["item"],
        intname=row["intname"],
        date=now(),
        errorxml=text,
    )


@function("runningoperation.setmanual", "elid [sok]", writes=True)
def setmanual(panel: Panel, request: Request) -> Element:
    """Stop automatic repeats."""
    panel.db.update("runningoperation", _need(panel, request)["id"], manual=operations.MANUAL)
    return ok()


@function("runningoperation.delete", "elid", writes=True)
def delete(panel: Panel, request: Request) -> Element:
    """Drop operations; the items stay as they are."""
    for number in request.ids():
        services.need_row(panel, "runningoperation", number)
        panel.db.delete("runningoperation", id=number)
        panel.db.delete("sandbox_operation", operation=number)
    return ok()


@function("runningoperation.errorhistory", "elid")
def errorhistory(panel: Panel, request: Request) -> Element:
    """Errors of every attempt, also of operations that are gone."""
    return rows(panel.db.find("sandbox_history", operation=request.number("elid")))


@function("errorhistory.showlog", "elid=<row of runningoperation.errorhistory>")
def showlog(panel: Panel, request: Request) -> Element:
    """One error of the history with its whole document."""
    return form(services.need_row(panel, "sandbox_history", request.need("elid")))


@function("runningoperation.taskcreate", "elid [sok]", writes=True)
def taskcreate(panel: Panel, request: Request) -> Element:
    """A task for an operation, made by hand."""
    row = _need(panel, request)
    return ok(id=_new_task(panel, "post" + row["intname"], row["item"], row["id"], ""))


def _need(panel: Panel, request: Request) -> Row:
    return services.need_row(panel, "runningoperation", request.need("elid"))


@function("task", "[filter=on itemtype pricelist status type itemstatus item runningoperation]")
def tasks(panel: Panel, request: Request) -> Element:
    """List of tasks."""
    found: List[Row] = []
    for row in panel.db.find("task"):
        item = panel.db.get("item", row["item"]) or {}
        itemtype = services.itemtype_of(panel, item) if item else ""
        row.update(
            itemstatus=item.get("status"),
            itemtype=itemtype,
            pricelist=item.get("pricelist"),
            client=item.get("account"),
        )
        if all(request.get(name) in {"", str(row[name])} for name in TASK_FILTERS):
            found.append(row)
    return rows(found)


@function("task.gettype", "operation [item]")
def gettype(panel: Panel, request: Request) -> Element:
    """Type of the task for a failed command; may be empty, then there is to be no task."""
    operation = request.need("operation")
    return form({"task_type": "post" + operation if panel.switches["task_type"] == "post" else ""})


@function("task.edit", "[elid] item runningoperation type [params performer status sok]", writes=True)
def task_edit(panel: Panel, request: Request) -> Element:
    """Read a task, create one (without elid) or change it."""
    if request.get("elid"):
        row = services.need_row(panel, "task", request.need("elid"))
        changes = {
            name: request.get(name) for name in ("performer", "status", "department") if request.get(name)
        }
        if request.sok and changes:
            panel.db.update("task", row["id"], **changes)
        return ok() if request.sok else form(row)
    if not request.sok:
        return form({"item": "", "runningoperation": "", "type": ""})
    item = services.item(panel, request.need("item"), "item")
    operation = request.get("runningoperation") or None
    if operation:
        services.need_row(panel, "runningoperation", operation, "runningoperation")
    params = json.dumps(request.others("item", "runningoperation", "type", "elid"))
    return ok(id=_new_task(panel, request.need("type"), item["id"], operation, params))


def _new_task(panel: Panel, type: str, item: object, operation: object, params: str) -> int:
    module = (
        panel.db.get("processingmodule", (panel.db.get("item", item) or {}).get("processingmodule")) or {}
    )
    department = module.get("department")
    return panel.db.insert(
        "task",
        type=type,
        item=item,
        runningoperation=operation,
        status=OPENED,
        department=department,
        opendate=now(),
        params=params,
    )


@function("task.simple.create", "elid specification sok", writes=True)
def simple(panel: Panel, request: Request) -> Element:
    """A free task for a department."""
    department, text = (
        services.need_row(panel, "department", request.need("elid")),
        request.need("specification"),
    )
    return ok(
        id=panel.db.insert(
            "task",
            type="simple",
            status=OPENED,
            department=department["id"],
            opendate=now(),
            specification=text,
        )
    )


@function("task.delete", "elid", writes=True)
def task_delete(panel: Panel, request: Request) -> Element:
    """Delete tasks."""
    for number in request.ids():
        panel.db.delete("task", id=services.need_row(panel, "task", number)["id"])
    return ok()


@function("task.start", "elid", writes=True)
def task_start(panel: Panel, request: Request) -> Element:
    """Make the task's operation automatic again; it runs at the next tick."""
    task = services.need_row(panel, "task", request.need("elid"))
    operation = services.need_row(
        panel, "runningoperation", task["runningoperation"] or "", "runningoperation"
    )
    number = operations.restart(panel, operation)
    panel.db.update("task", task["id"], status=CLOSED, runningoperation=number)
    return ok()
