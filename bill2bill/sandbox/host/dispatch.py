"""Find the function that a call names and carry it out. An area is imported when one of its functions is
called.
"""

from __future__ import annotations

from importlib import import_module
from typing import Optional

from . import descriptions
from .documents import Element, PanelError, form, rows
from .panel import Panel, Request
from .registry import FUNCTIONS, Function

# File -> beginnings of the names of its functions; the longest match wins. What is not found there is a
# directory or belongs to an item type.
AREAS = {
    "services": ("service.", "certificate.save", "certificate.failed"),
    "client_area": tuple(
        f"service.{word}" for word in ("prolong", "stat", "start", "stop", "reboot", "hardreboot")
    )
    + ("domain.ns", "domain.whois"),
    "contacts": ("service_profile",),
    "operations": ("runningoperation", "task", "errorhistory"),
    "messages": ("ticket_all.", "ticket.write.", "notification.", "sandbox.messages"),
    "processing": ("processing",),
    "imports": ("processing.import.",),
    "tariffs": ("pricelist",),
    "itemtypes": ("itemtype.",),
    "items": ("item",),
    "person_panel": ("sandbox.",),
    "person_setup": ("sandbox.module.", "sandbox.tld.", "sandbox.client."),
    "person_tariffs": ("sandbox.tariff.", "sandbox.addon."),
    "person_orders": ("sandbox.contact.", "sandbox.check", "sandbox.order", "sandbox.pay", "sandbox.change"),
    "person_work": tuple(
        f"sandbox.{word}" for word in ("operation", "tick", "run", "restart", "cron", "call")
    )
    + ("processing.checkbalance", "processing.syncserver.", "statdaily.", "crontask"),
}
BY_ITEMTYPE = ("items", "client_area")
OTHERS = "directories"


def call(panel: Panel, request: Request) -> Element:
    """Carry out one function. Raises PanelError, above all for a function that this panel does not know."""
    _switch_user(panel, request)
    if panel.switches.missing(request.func):
        raise PanelError("missed", "func", request.func)
    script = descriptions.handler(panel, request.func)
    if script:
        from .handlers import answer

        return answer(panel, request, script)
    events = descriptions.events(panel, request.func)
    if not events:
        return _carried_out(panel, request)
    from .handlers import around

    return around(panel, request, events, lambda: _carried_out(panel, request))


def _carried_out(panel: Panel, request: Request) -> Element:
    found = _find(panel, request.func)
    if not found:
        raise PanelError("missed", "func", request.func)
    if request.level < found.level:
        raise PanelError("access", request.func)
    if found.only_with_sok and not request.sok:
        return form(request.others())
    if not found.writes:
        return found.call(panel, request)
    work = found.call
    return panel.db.atomically(lambda: work(panel, request))


def _switch_user(panel: Panel, request: Request) -> None:
    """`su=<user>` runs as that user (host-protocol 5.1)."""
    name = request.get("su")
    if name:
        found = panel.db.find("user", name=name)
        if not found:
            raise PanelError("value", "su", name)
        request.user, request.level, request.account = name, int(found[0]["level"]), found[0]["account"]


def _find(panel: Panel, name: str) -> Optional[Function]:
    for area in (_area(name), OTHERS):
        _load(area)
        if name in FUNCTIONS:
            return FUNCTIONS[name]
    itemtype, dot, action = name.partition(".")
    if panel.db.find("itemtype", intname=itemtype):
        for area in BY_ITEMTYPE:
            _load(area)
        return FUNCTIONS.get("*" + dot + action)
    return None


def _area(name: str) -> str:
    matches = [
        (len(prefix), area)
        for area, prefixes in AREAS.items()
        for prefix in prefixes
        if name.startswith(prefix)
    ]
    return max(matches, default=(0, OTHERS))[1]


def _load(area: str) -> None:
    import_module(f"{__package__}.functions.{area}")


def load_all() -> None:
    for area in {*AREAS, *BY_ITEMTYPE, OTHERS}:
        _load(area)


def is_standard(name: str) -> bool:
    """Does the panel itself have this function, or one of this name for an item type?"""
    load_all()
    return name in FUNCTIONS or ("*" + name[name.index(".") :] if "." in name else "*") in FUNCTIONS


def known(panel: Panel, name: str) -> Element:
    """`mgrctl -i`: functions with their parameters, those of plugins included; a name narrows the list."""
    load_all()
    found = [
        {"function": one.name, "params": one.params, "about": one.about}
        for one in FUNCTIONS.values()
        if not panel.switches.missing(one.name)
    ]
    found += [
        {"function": row["name"], "params": "", "about": f"plugin {row['source']}"}
        for row in panel.db.find("sandbox_xml", kind="func")
    ]
    return rows(
        row for row in sorted(found, key=lambda row: row["function"]) if name in {"", row["function"]}
    )
