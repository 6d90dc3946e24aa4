"""What clients and staff do to a service by API (host-protocol 5.4): renewal, power, suspension, deletion,
name servers.
"""

from __future__ import annotations

from typing import Dict

from .. import addons, modules, operations, services, tariffs
from ..db import Row
from ..documents import Element, PanelError, ok, rows
from ..panel import CLIENT_LEVEL, Panel, Request
from ..registry import Implementation, function

POWER = ("start", "stop", "reboot", "hardreboot")
BY_STAFF = ("suspend", "resume")


def own(panel: Panel, request: Request, number: object) -> Row:
    """A client may change only his own services."""
    found = services.item(panel, number)
    if request.account and request.level <= CLIENT_LEVEL and found["account"] != request.account:
        raise PanelError("access", request.func)
    return found


@function("service.prolong", "elid [period sok]", writes=True, level=CLIENT_LEVEL)
def prolong(panel: Panel, request: Request) -> Element:
    """Order a renewal and pay for it: starts prolong; answers the operation's id."""
    found = own(panel, request, request.need("elid"))
    if not request.sok:
        return rows(
            {"period": period} for period in tariffs.sold(panel, found["pricelist"], found["currency"])
        )
    period = request.number("period", found["period"])
    tariffs.cost(panel, found["pricelist"], found["currency"], period)
    return ok(operation=operations.create(panel, addons.reprice(panel, found, period), "prolong"))


@function("service.stat", "elid", level=CLIENT_LEVEL)
def stat(panel: Panel, request: Request) -> Element:
    """Statistics of a service, one row for each day and parameter."""
    return rows(panel.db.find("itemstat", item=own(panel, request, request.need("elid"))["id"]))


def _starts(command: str) -> Implementation:
    def start(panel: Panel, request: Request) -> Element:
        """Start an operation on each service, if its module declares it; answers the last operation's id."""
        started = 0
        for number in request.ids():
            found = own(panel, request, number)
            _declared(panel, found, command)
            if command == "suspend":
                panel.db.update("item", found["id"], employeesuspend="on")
            started = operations.create(panel, found, command)
        return ok(operation=started)

    return start


for _command in POWER:
    function(f"service.{_command}", "elid [sok]", writes=True, level=CLIENT_LEVEL)(_starts(_command))
for _command in BY_STAFF:
    function(f"*.{_command}", "elid [sok]", writes=True)(_starts(_command))


def _declared(panel: Panel, found: Row, command: str) -> None:
    """Only the five base operations are called whether declared or not (host-protocol 2.3)."""
    if command not in BY_STAFF and command not in modules.features(
        panel, operations.module_name(panel, found)
    ):
        raise PanelError("missed", command, str(found["id"]))


@function("*.delete", "elid", writes=True, level=CLIENT_LEVEL)
def delete(panel: Panel, request: Request) -> Element:
    """Delete services: what was opened is closed by its module, an order that nobody paid just goes."""
    for number in request.ids():
        found = own(panel, request, number)
        if found["status"] == services.ORDERED:
            services.finish(panel, found, ("close",))
        else:
            operations.create(panel, found, "close")
    return ok()


@function("domain.ns", "elid ns0 ns1 [ns2 ns3 ns_additional] sok", level=CLIENT_LEVEL)
def name_servers(panel: Panel, request: Request) -> Element:
    """Read the name servers of a domain, or change them as sandbox.change does."""
    found = own(panel, request, request.need("elid"))
    if not request.sok:
        known = services.params(panel, found["id"])
        return rows(
            {"name": name, "value": value}
            for name, value in sorted(known.items())
            if services.is_name_server(name)
        )
    return ok(operation=operations.change_name_servers(panel, found, _numbered(request), request.lang))


def _numbered(request: Request) -> Dict[str, str]:
    """ns0 … ns3 without gaps, then the words of ns_additional under further numbers."""
    given = [request.get(f"ns{number}") for number in range(4)] + request.get("ns_additional").split()
    return {f"ns{number}": value for number, value in enumerate([value for value in given if value])}


@function("domain.whois", "elid", level=CLIENT_LEVEL)
def whois(panel: Panel, request: Request) -> Element:
    """What the module's whois says about a domain."""
    found = own(panel, request, request.need("elid"))
    name = operations.module_name(panel, found)
    domain = services.params(panel, found["id"]).get("domain") or found["name"]
    if "whois" not in modules.features(panel, name):
        raise PanelError("missed", "whois", name)
    answer = modules.ask(panel, name, "whois", [("param", domain), ("module", found["processingmodule"])])
    return ok(whois=answer.findtext("whois") or "")
