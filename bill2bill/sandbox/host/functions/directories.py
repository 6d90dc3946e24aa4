"""Directories and the panel itself (host-protocol 5.8): plain lists of tables, configuration, problems."""

from __future__ import annotations

import glob
import json
from typing import Dict, List

from .. import services, tariffs
from ..dates import now
from ..db import Row
from ..documents import Element, PanelError, add, form, ok
from ..documents import rows as listing
from ..panel import CLIENT_LEVEL, Panel, Request
from ..registry import Implementation, function
from ..schema import columns

LISTS = (
    "account", "country", "currency", "datacenter", "department", "itemtype", "locale", "project",
    "service_profileparam", "subaccount", "tld", "user",
)  # fmt: skip
CONFIGURATION = ("etc/billmgr.conf", "etc/billmgr.conf.d/*.conf")


def _list(table: str) -> Implementation:
    def listed(panel: Panel, request: Request) -> Element:
        """List of a directory; any column narrows it, elid the id."""
        wanted: Dict[str, object] = {name: request.get(name) for name in columns(table) if request.get(name)}
        if request.get("elid"):
            wanted["id"] = request.get("elid")
        return listing(panel.db.find(table, **wanted))

    return listed


for _table in LISTS:
    function(_table, "[elid <column>=]")(_list(_table))


@function("paramlist")
def paramlist(panel: Panel, request: Request) -> Element:
    """Parameters of the panel's configuration: one <Name>value</Name> per row (host-protocol 5.8)."""
    doc = Element("doc")
    for name, value in configuration(panel).items():
        add(add(doc, "elem"), name, value)
    add(doc, "p_elems", len(doc))
    return doc


def configuration(panel: Panel) -> Dict[str, str]:
    found: Dict[str, str] = {}
    for pattern in CONFIGURATION:
        for path in sorted(glob.glob(panel.path(pattern))):
            lines: List[List[str]] = [
                line.split(None, 1) for line in _lines(path) if not line.startswith("#")
            ]
            found.update({words[0]: words[1].strip() for words in lines if len(words) == 2})
    return found


@function(
    "problems.register",
    "name id param_pm_name param_pm_id param_errormsg [param_<name>=] level sok",
    writes=True,
)
def register(panel: Panel, request: Request) -> Element:
    """A problem for the dashboard."""
    params = {
        name[len("param_") :]: value for name, value in request.params.items() if name.startswith("param_")
    }
    text = json.dumps(params, ensure_ascii=False)
    name, subject = request.need("name"), request.need("id")
    panel.db.insert(
        "sandbox_problem",
        kind="registered",
        name=name,
        object=subject,
        level=request.get("level"),
        text=text,
        date=now(),
    )
    return ok()


@function("tool.clearcache", "[table]")
def clearcache(panel: Panel, request: Request) -> Element:
    """Forget cached tables; this panel caches none."""
    return ok()


@function("paramlist.edit", "elid=<name> value sok")
def paramlist_edit(panel: Panel, request: Request) -> Element:
    """Read or set one parameter of the configuration; where it stands already, else in etc/billmgr.conf."""
    name, value = request.need("elid"), request.raw("value")
    if not request.sok:
        return form({"elid": name, "value": configuration(panel).get(name, "")})
    if not name.isidentifier() or any(ord(sign) < 32 for sign in value):
        raise PanelError("value", "elid", name)
    files = [path for pattern in reversed(CONFIGURATION) for path in sorted(glob.glob(panel.path(pattern)))]
    with_it = [path for path in files if any(line.split(None, 1)[:1] == [name] for line in _lines(path))]
    path = with_it[0] if with_it else panel.path("etc/billmgr.conf")
    kept = [line for line in _lines(path) if line.split(None, 1)[:1] != [name]]
    with open(path, "w", encoding="utf-8") as target:
        target.writelines([*kept, f"{name} {value}\n"])
    return ok()


def _lines(path: str) -> List[str]:
    with open(path, encoding="utf-8") as source:
        return source.readlines()


@function("expense", "[elid item operation realdate su]", level=CLIENT_LEVEL)
def expenses(panel: Panel, request: Request) -> Element:
    """List of charges; a client sees his own."""
    wanted: Dict[str, object] = {
        name: request.get(name) for name in ("item", "operation", "realdate") if request.get(name)
    }
    if request.get("elid"):
        wanted["id"] = request.get("elid")
    return listing(row for row in panel.db.find("expense", **wanted) if _may_see(panel, request, row))


def _may_see(panel: Panel, request: Request, expense: Row) -> bool:
    return (
        request.level > CLIENT_LEVEL
        or (panel.db.get("subaccount", expense["subaccount"]) or {}).get("account") == request.account
    )


def _charge(panel: Panel, request: Request, number: object) -> Row:
    row = services.need_row(panel, "expense", number)
    if not _may_see(panel, request, row):
        raise PanelError("access", request.func)
    return row


@function("expense.edit", "elid [amount su sok]", writes=True, level=CLIENT_LEVEL)
def expense_edit(panel: Panel, request: Request) -> Element:
    """Read a charge or change its amount."""
    row = _charge(panel, request, request.need("elid"))
    if not request.sok:
        return form(row)
    panel.db.update("expense", row["id"], amount=tariffs.money("amount", request.need("amount")))
    return ok()


@function("expense.delete", "elid [su]", writes=True, level=CLIENT_LEVEL)
def expense_delete(panel: Panel, request: Request) -> Element:
    """Delete charges."""
    for number in request.ids():
        panel.db.delete("expense", id=_charge(panel, request, number)["id"])
    return ok()


def _edit(table: str, parent: str) -> Implementation:
    def edit(panel: Panel, request: Request) -> Element:
        """Read, create (without elid) or change a row of a directory."""
        row = services.need_row(panel, table, request.get("elid")) if request.get("elid") else None
        if not request.sok:
            return form(row or {})
        values: Dict[str, object] = {
            name: request.get(name) for name in columns(table) if name in request.params and name != "id"
        }
        if parent and not row:
            values[parent] = services.need_row(panel, parent, request.need("plid"), "plid")["id"]
        if not row:
            request.need("name")
            return ok(id=panel.db.insert(table, **values))
        if values:
            panel.db.update(table, row["id"], **values)
        return ok(id=row["id"])

    return edit


for _table, _parent in (("datacenter", ""), ("enumeration", ""), ("enumerationitem", "enumeration")):
    function(f"{_table}.edit", "[elid plid] name [<column>= sok]", writes=True)(_edit(_table, _parent))


@function("exit")
def leave(panel: Panel, request: Request) -> Element:
    """End the panel; the next call starts it again."""
    return ok()
