"""Running operations (host-protocol 2.8): an attempt is a child process; a post call ends the operation."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, Optional, Tuple

from . import addons, connections, modules, services
from .dates import after, now, today
from .db import Row
from .documents import PanelError
from .panel import Panel

AUTOMATIC, MANUAL = "off", "on"
# Ends without a post call where the panel has no such function (open question 10).
SELF_ENDING = {"update_ns": "service.postupdatens"}


def create(
    panel: Panel,
    item: Row,
    command: str,
    options: Optional[Dict[str, str]] = None,
    before: Optional[Row] = None,
) -> int:
    """A new operation; the item goes into status 5. Call inside a transaction. Returns the operation's id.

    `options` come with every run; `before` is what the add-ons were before a change of the tariff.
    """
    notes: Dict[str, Any] = {"options": options or {}, "before": before or {}}
    if command == "prolong":
        notes.update(_paid(panel, item))
    operation = _insert(panel, item["id"], command)
    panel.db.insert(
        "sandbox_operation", operation=operation, command=command, options=json.dumps(notes, default=str)
    )
    panel.db.update("item", item["id"], status=services.PROCESSING)
    return operation


def _insert(panel: Panel, item_id: object, command: str) -> int:
    """With operation_ids=reused the next id follows the highest existing one, as after a restart of some
    databases.
    """
    number = {}
    if panel.switches["operation_ids"] == "reused":
        number = {"id": int(panel.db.value("SELECT MAX(id) FROM runningoperation") or 0) + 1}
    return panel.db.insert(
        "runningoperation",
        **number,
        item=item_id,
        intname=command,
        trycount=0,
        manual=AUTOMATIC,
        createdate=now(),
    )


def _paid(panel: Panel, item: Row) -> Dict[str, Any]:
    """The client has paid a renewal: an expense of today, and the new date now or later (open
    question 21).
    """
    charge = {"subaccount": item["subaccount"], "amount": addons.total(panel, item), "notpayd": "0.0000"}
    panel.db.insert("expense", item=item["id"], operation="prolong", realdate=today(), **charge)
    start = item["expiredate"] or today()
    moved = after(start, int(item["period"] or 0)) or None
    if panel.switches["expiredate_moved"] == "before":
        panel.db.update("item", item["id"], expiredate=moved)
        return {}
    return {"move_from": item["expiredate"], "move_to": moved}


def restart(panel: Panel, operation: Row) -> int:
    """Make an operation automatic again. Returns its id, which switch operation_ids decides. Call inside a
    transaction.
    """
    if panel.switches["operation_ids"] == "kept":
        panel.db.update("runningoperation", operation["id"], manual=AUTOMATIC)
        return int(operation["id"])
    notes = services.operation_notes(panel, operation["id"])
    panel.db.delete("runningoperation", id=operation["id"])
    panel.db.delete("sandbox_operation", operation=operation["id"])
    number = _insert(panel, operation["item"], operation["intname"])
    panel.db.insert(
        "sandbox_operation",
        operation=number,
        command=operation["intname"],
        options=json.dumps(notes, default=str),
    )
    return number


def change_name_servers(panel: Panel, item: Row, servers: Mapping[str, str], lang: str) -> object:
    """Stores ns0 … and tells a module that declares update_ns, as the switch of that name says. Returns the
    operation's id or nothing.

    The form sends all of them, so numbers that are not given are gone (host-protocol 2.6: readers stop at the
    first missing one).
    """
    name = module_name(panel, item)
    sends = "update_ns" in modules.features(panel, name)
    operation: object = ""
    with panel.db.transaction():
        for known in services.params(panel, item["id"]):
            if "ns0" in servers and services.is_name_server(known):
                services.drop_param(panel, item["id"], known)
        services.save_params(panel, item["id"], servers)
        if sends and panel.switches["update_ns"] == "operation":
            operation = create(panel, item, "update_ns")
    if sends and not operation:
        modules.ask(panel, name, "update_ns", [("item", item["id"]), *connections.options(panel, lang)])
    return operation


def automatic(panel: Panel) -> List[int]:
    return [row["id"] for row in panel.db.find("runningoperation", manual=AUTOMATIC)]


def run(panel: Panel, operation_id: int) -> Row:
    """One attempt. Returns what happened: `gone` (a post call removed it), `kept` (automatic) or `manual`."""
    operation, item, name = _attempt(panel, operation_id)
    options: List[Tuple[str, object]] = [("item", item["id"]), ("runningoperation", operation_id)]
    options += list(services.operation_notes(panel, operation_id).get("options", {}).items())
    done = modules.run(panel, name, operation["intname"], options)
    if not done.failure:
        _end_without_call(panel, operation, item)
    return {
        "id": operation_id,
        "item": item["id"],
        "command": operation["intname"],
        "result": _outcome(panel, operation),
        "code": "" if done.code is None else done.code,
        "error": str(done.failure) if done.failure else "",
    }


def _attempt(panel: Panel, operation_id: int) -> Tuple[Row, Row, str]:
    """trycount grows before the run (host-protocol 2.8)."""
    with panel.db.transaction():
        operation = services.need_row(panel, "runningoperation", operation_id)
        panel.db.update("runningoperation", operation_id, trycount=int(operation["trycount"] or 0) + 1)
    item = services.item(panel, operation["item"])
    return operation, item, module_name(panel, item)


def module_name(panel: Panel, item: Row) -> str:
    """Name of the executable that serves an item."""
    instance = panel.db.get("processingmodule", item["processingmodule"])
    if not instance:
        raise PanelError("missed", "processingmodule", str(item["id"]))
    return str(instance["module"])


def _end_without_call(panel: Panel, operation: Row, item: Row) -> None:
    function = SELF_ENDING.get(operation["intname"], "")
    if function and panel.switches.missing(function):
        with panel.db.transaction():
            services.finish(panel, services.item(panel, item["id"]), (operation["intname"],))


def _outcome(panel: Panel, operation: Row) -> str:
    left = panel.db.get("runningoperation", operation["id"])
    if not left or left["item"] != operation["item"]:
        return "gone"
    return "manual" if left["manual"] == MANUAL else "kept"
