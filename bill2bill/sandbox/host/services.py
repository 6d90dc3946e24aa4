"""Services of clients: rows of `item` with their parameters, and changes of status (host-protocol 6.5,
Appendix B).
"""

from __future__ import annotations

import json
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple

from .dates import after, now, today
from .db import Row
from .documents import PanelError
from .panel import Panel

ORDERED, ACTIVE, SUSPENDED, DELETED, PROCESSING = 1, 2, 3, 4, 5
REASONS = ("autosuspend", "employeesuspend", "abusesuspend")


def need_row(panel: Panel, table: str, row_id: object, field: str = "elid") -> Row:
    """Raises PanelError value for a row that is not there."""
    found = panel.db.get(table, row_id) if str(row_id).isdigit() else None
    if not found:
        raise PanelError("value", field, str(row_id))
    return found


def item(panel: Panel, item_id: object, field: str = "elid") -> Row:
    return need_row(panel, "item", item_id, field)


def itemtype_of(panel: Panel, found: Row) -> str:
    sql = "SELECT t.intname FROM pricelist p JOIN itemtype t ON t.id = p.itemtype WHERE p.id = ?"
    return str(panel.db.value(sql, found["pricelist"]) or "")


def staff(panel: Panel) -> str:
    """Id of the user who changes services in the name of the provider."""
    return str(panel.db.value("SELECT id FROM user WHERE level = ? ORDER BY id", 29) or "")


def params(panel: Panel, item_id: object) -> Dict[str, str]:
    return {row["intname"]: row["value"] or "" for row in panel.db.find("itemparam", item=item_id)}


def save_param(panel: Panel, item_id: object, name: str, value: str, crypted: bool = False) -> None:
    table, other = ("itemcryptedparam", "itemparam") if crypted else ("itemparam", "itemcryptedparam")
    panel.db.delete(other, item=item_id, intname=name)
    panel.db.put(table, {"item": item_id, "intname": name}, value=value)


def drop_param(panel: Panel, item_id: object, name: str) -> None:
    for table in ("itemparam", "itemcryptedparam"):
        panel.db.delete(table, item=item_id, intname=name)


def is_name_server(name: str) -> bool:
    return name[:2] == "ns" and name[2:].isdigit()


def save_params(panel: Panel, item_id: object, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        save_param(panel, item_id, name, value)


def instances_of(panel: Panel, pricelist: object) -> List[Row]:
    """Active instances that sell a tariff plan, in order of priority."""
    sql = (
        "SELECT m.* FROM processingmodule m JOIN processingmodule2pricelist l ON l.processingmodule = m.id"
        " WHERE l.pricelist = ? AND m.active = 'on' ORDER BY m.orderpriority, m.id"
    )
    return panel.db.rows(sql, pricelist)


def operations(panel: Panel, item_id: object, commands: Optional[Iterable[str]] = None) -> List[Row]:
    found = panel.db.find("runningoperation", item=item_id)
    return found if commands is None else [row for row in found if row["intname"] in set(commands)]


def drop_operations(panel: Panel, item_id: object, commands: Iterable[str]) -> List[Dict[str, Any]]:
    """Remove the operations of these commands; returns the notes made at their creation."""
    notes = []
    for row in operations(panel, item_id, commands):
        notes.append(operation_notes(panel, row["id"]))
        panel.db.delete("runningoperation", id=row["id"])
        panel.db.delete("sandbox_operation", operation=row["id"])
    return notes


def operation_notes(panel: Panel, operation: object) -> Dict[str, Any]:
    text = panel.db.value(
        "SELECT options FROM sandbox_operation WHERE operation = ? ORDER BY id DESC", operation
    )
    notes: Dict[str, Any] = json.loads(text) if text else {}
    return notes


def finish(panel: Panel, found: Row, commands: Tuple[str, ...]) -> List[Dict[str, Any]]:
    """End the item's operation, if there is one: sync_item reports a state without one. Returns the notes
    made at its creation.
    """
    notes = drop_operations(panel, found["id"], commands)
    command, changes = commands[0], {}
    if command == "open":
        changes = _opened(found)
    elif command == "resume":
        changes = {"status": ACTIVE, "suspenddate": None, **dict.fromkeys(REASONS, "off")}
    elif command == "suspend":
        changes = {"status": SUSPENDED, "suspenddate": found["suspenddate"] or today()}
    elif command == "close":
        changes = {"status": DELETED}
    else:
        changes = _back_to_work(panel, found)
        if command == "setparam":
            changes["lastpricelist"] = None
        if command == "prolong":
            changes.update(_moved_late(found, notes))
    if changes:
        panel.db.update("item", found["id"], **changes)
    if command in {"open", "close"}:
        panel.db.run("UPDATE item SET status = ? WHERE parent = ?", changes["status"], found["id"])
    panel.db.insert(
        "history_item",
        reference=found["id"],
        changedate=now(),
        request_action="post" + command,
        username="root",
    )
    return notes


def _opened(found: Row) -> Row:
    opened = found["opendate"] or today()
    return {
        "status": ACTIVE,
        "opendate": opened,
        "expiredate": found["expiredate"] or after(opened, int(found["period"] or 0)) or None,
    }


def _back_to_work(panel: Panel, found: Row) -> Row:
    """Restore the status from before the operation, once no other operation runs."""
    if found["status"] != PROCESSING or operations(panel, found["id"]):
        return {}
    return {"status": SUSPENDED if found["suspenddate"] else ACTIVE}


def _moved_late(found: Row, notes: List[Dict[str, Any]]) -> Row:
    """With switch expiredate_moved=after the renewal moves the date now, unless the module has set
    it itself.
    """
    for note in notes:
        if note.get("move_to") and found["expiredate"] == note.get("move_from"):
            return {"expiredate": note["move_to"]}
    return {}
