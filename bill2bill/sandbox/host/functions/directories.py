"""Directories and the panel itself (host-protocol 5.8): plain lists of tables, configuration, problems."""

from __future__ import annotations

import glob
import json
from typing import Dict, List

from ..dates import now
from ..documents import Element, add, ok
from ..documents import rows as listing
from ..panel import Panel, Request
from ..registry import Call, function
from ..schema import columns

LISTS = (
    "account", "country", "currency", "datacenter", "department", "expense", "itemtype", "locale", "project",
    "service_profileparam", "subaccount", "tld", "user",
)  # fmt: skip
CONFIGURATION = ("etc/billmgr.conf", "etc/billmgr.conf.d/*.conf")


def _list(table: str) -> Call:
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
            with open(path, encoding="utf-8") as source:
                lines: List[List[str]] = [line.split(None, 1) for line in source if not line.startswith("#")]
            found.update({words[0]: words[1].strip() for words in lines if len(words) == 2})
    return found


@function("problems.register", "name id param_pm_name param_pm_id param_errormsg [param_<name>=] level sok", writes=True)
def register(panel: Panel, request: Request) -> Element:
    """A problem for the dashboard."""
    params = {name[len("param_") :]: value for name, value in request.params.items() if name.startswith("param_")}
    text = json.dumps(params, ensure_ascii=False)
    name, subject = request.need("name"), request.need("id")
    panel.db.insert("sandbox_problem", kind="registered", name=name, object=subject, level=request.get("level"), text=text, date=now())
    return ok()


@function("tool.clearcache", "[table]")
def clearcache(panel: Panel, request: Request) -> Element:
    """Forget cached tables; this panel caches none."""
    return ok()


@function("itemtype.edit", "[elid] intname name [name_ru closetype closesubtype nostopholidays] sok", writes=True)
def itemtype_edit(panel: Panel, request: Request) -> Element:
    """Create or change a product type."""
    names = ("name", "name_ru", "closetype", "closesubtype", "nostopholidays")
    values = {name: request.get(name) for name in names if request.get(name)}
    return ok(id=panel.db.put("itemtype", {"intname": request.need("intname")}, **values))


@function("exit")
def leave(panel: Panel, request: Request) -> Element:
    """End the panel; the next call starts it again."""
    return ok()
