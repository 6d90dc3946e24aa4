"""Product types and the values that may be chosen for their parameters, such as templates of systems
(host-protocol 5.7, 5.8).
"""

from __future__ import annotations

from typing import Dict

from .. import services
from ..db import Row
from ..documents import Element, PanelError, form, ok, rows
from ..panel import Panel, Request
from ..registry import function


@function(
    "itemtype.edit", "[elid] intname name [name_ru closetype closesubtype nostopholidays sok]", writes=True
)
def itemtype_edit(panel: Panel, request: Request) -> Element:
    """Read, create or change a product type."""
    if not request.sok:
        return form(services.need_row(panel, "itemtype", request.need("elid")))
    names = ("name", "name_ru", "closetype", "closesubtype", "nostopholidays")
    values = {name: request.get(name) for name in names if request.get(name)}
    return ok(id=panel.db.put("itemtype", {"intname": request.need("intname")}, **values))


@function(
    "itemtype.param.value.sync",
    "itemtype module param value [disablepricelists=on name name_<lang> sok]",
    writes=True,
)
def sync(panel: Panel, request: Request) -> Element:
    """A value that an instance offers from now on: the parameter, the value and the link are made where they
    are not there.
    """
    module = services.need_row(panel, "processingmodule", request.need("module"), "module")
    param = panel.db.put(
        "itemtypeparam", {"itemtype": _itemtype(panel, request)["id"], "intname": request.need("param")}
    )
    value = panel.db.put(
        "itemtypeparamvalue", {"itemtypeparam": param, "intname": request.need("value")}, **_names(request)
    )
    panel.db.put(
        "processingmodule2itemtypeparamvalue", {"processingmodule": module["id"], "itemtypeparamvalue": value}
    )
    return ok(id=value)


def _itemtype(panel: Panel, request: Request) -> Row:
    """By internal name or id."""
    wanted = request.need("itemtype")
    found = panel.db.find("itemtype", **{"id" if wanted.isdigit() else "intname": wanted})
    if not found:
        raise PanelError("value", "itemtype", wanted)
    return found[0]


def _names(request: Request) -> Dict[str, str]:
    return {name: request.get(name) for name in ("name", "name_ru") if request.get(name)}


@function("itemtype.param.value", "elid=<parameter>")
def values(panel: Panel, request: Request) -> Element:
    """List of a parameter's values."""
    return rows(
        panel.db.find(
            "itemtypeparamvalue",
            itemtypeparam=services.need_row(panel, "itemtypeparam", request.need("elid"))["id"],
        )
    )


@function(
    "itemtype.param.value.edit", "plid=<parameter> [elid] intname [name name_ru module sok]", writes=True
)
def value_edit(panel: Panel, request: Request) -> Element:
    """Read, create or change a value of a parameter; module offers it from now on."""
    if not request.sok:
        return form(services.need_row(panel, "itemtypeparamvalue", request.need("elid")))
    param = services.need_row(panel, "itemtypeparam", request.need("plid"), "plid")
    key: Row = (
        {"id": services.need_row(panel, "itemtypeparamvalue", request.get("elid"))["id"]}
        if request.get("elid")
        else {}
    )
    key = key or {"itemtypeparam": param["id"], "intname": request.need("intname")}
    number = panel.db.put("itemtypeparamvalue", key, **_names(request))
    if request.get("module"):
        module = services.need_row(panel, "processingmodule", request.get("module"), "module")
        panel.db.put(
            "processingmodule2itemtypeparamvalue",
            {"processingmodule": module["id"], "itemtypeparamvalue": number},
        )
    return ok(id=number)


@function("itemtype.param.value.processing.suspend", "elid=<instance> plid=<value> [sok]", writes=True)
def withdraw(panel: Panel, request: Request) -> Element:
    """An instance does not offer a value any more."""
    value = services.need_row(panel, "itemtypeparamvalue", request.need("plid"), "plid")
    panel.db.delete(
        "processingmodule2itemtypeparamvalue",
        processingmodule=request.number("elid"),
        itemtypeparamvalue=value["id"],
    )
    return ok()
