"""Domains (upstream-billmanager6 5.8.1, 6.8): the order by API, name servers, whois."""

from __future__ import annotations

import ipaddress
from typing import Dict, List, Mapping

from bill2bill.sandbox.upstream.billmgr6 import contacts
from bill2bill.sandbox.upstream.billmgr6.call import Call
from bill2bill.sandbox.upstream.billmgr6.catalogue import Plan
from bill2bill.sandbox.upstream.billmgr6.document import Node, ok, texts
from bill2bill.sandbox.upstream.billmgr6.errors import Refusal, bad_value, missed
from bill2bill.sandbox.upstream.billmgr6.forms import Field, form
from bill2bill.sandbox.upstream.billmgr6.models import ACTIVE, Service
from bill2bill.sandbox.upstream.billmgr6.order import NAME, new_id, renewal
from bill2bill.sandbox.upstream.engine.names import ascii_name

ROLES = ("owner", "customer", "admin", "tech", "bill")
SLOTS = ("ns0", "ns1", "ns2", "ns3")


def order(call: Call) -> Node:
    """domain.order.api acts without sok: the vendor's sample sends none. Switch domain_api_reply sets the
    answer (10, question 1).
    """
    name, transfer = _name(call), _is_transfer(call)
    plan = _plan(call, name)
    months = _period(call, plan)
    autoprolong = renewal(plan, call.text("autoprolong"))
    fields = _servers(call)
    if not call.text("owner") and not any(key.startswith("owner_") for key in call.params):
        raise bad_value("owner")
    for role in ROLES:
        fields.update(contacts.chosen(call, role))
    service = Service(
        0, plan, name, months, call.provider.account.id, call.provider.clock.today(), autoprolong=autoprolong,
        remote_id=call.text("remoteid"),
        fields=fields,
    )  # fmt: skip

    def register() -> None:
        call.provider.open(service)
        if service.operation is not None and transfer:
            service.sub = service.operation.sub = "transfer"

    reply = call.switches.word("domain_api_reply")
    line = call.provider.line("order", service, months, plan.cost(months, {}), register)
    waits = call.provider.buy([line], at_once=reply != "billorder")
    if reply == "billorder":
        return ok(*texts(billorder=waits))
    return ok(*(new_id(call, service) if reply == "id" else ()))


def _name(call: Call) -> str:
    try:
        name = ascii_name(call.text("domain"))
    except UnicodeError:
        raise bad_value("domain", call.text("domain")) from None
    if not NAME.fullmatch(name):
        raise bad_value("domain", name)
    return name


def _is_transfer(call: Call) -> bool:
    """action and auth_code; a taken name can be transferred only, a free one registered only."""
    name, action = _name(call), call.text("action") or "register"
    if action not in ("register", "transfer"):
        raise bad_value("action", action)
    if call.provider.owned_name(name) or (action == "register" and name in call.provider.taken):
        raise Refusal("exists", "domain", name)
    if action == "transfer" and not call.text("auth_code"):
        raise bad_value("auth_code")
    return action == "transfer"


def _plan(call: Call, name: str) -> Plan:
    """The tariff that is named, or the first one of the zone."""
    zone = name.partition(".")[2]
    suitable = [plan for plan in call.provider.plans_of(call.provider.types["domain"]) if plan.zone == zone]
    named = [plan for plan in suitable if call.text("pricelist") in ("", str(plan.id))]
    if not named:
        raise missed("pricelist", call.text("pricelist") or zone)
    if call.text("project") not in ("", "1"):
        raise bad_value("project", call.text("project"))
    return named[0]


def _period(call: Call, plan: Plan) -> int:
    sent = call.text("period") or str(min(plan.prices))
    if sent not in map(str, plan.prices):
        raise bad_value("period", sent)
    return int(sent)


# -- name servers --------------------------------------------------------------------------------------------
def servers(call: Call) -> Node:
    """domain.ns: the view, or all four slots at once; an empty one is cleared (6.8)."""
    domain = call.service("domain")
    if call.submitted:
        call.provider.changeable(domain)
        if domain.status != ACTIVE:
            raise bad_value("status", str(domain.status))
        domain.fields.update(_servers(call))
        call.provider.note(domain, "ns")
        return ok()
    fields = [Field(name, domain.fields.get(name, ""), name) for name in (*SLOTS, "ns_additional")]
    return form(
        call,
        [Field("elid", str(domain.id), readonly=True), Field("domain", domain.name, readonly=True), *fields],
    )


def _servers(call: Call) -> Dict[str, str]:
    """The slots that were sent. `host`, `host/ip` and `host/ip,ip` are servers."""
    sent = {name: call.text(name).strip() for name in (*SLOTS, "ns_additional") if call.sent(name)}
    for name, value in sent.items():
        for server in value.split():
            if not _is_server(server):
                raise bad_value(name, value)
    return sent


def _is_server(text: str) -> bool:
    host, slash, addresses = text.partition("/")
    try:
        glue: List[str] = (
            [str(ipaddress.ip_address(address)) for address in addresses.split(",")] if slash else []
        )
    except ValueError:
        return False
    return bool(NAME.fullmatch(host)) and bool(glue) == bool(slash)


def whois(call: Call) -> Node:
    domain = call.service("domain")
    facts: Mapping[str, str] = {
        "domain": domain.name,
        **{f"nserver {name}": domain.fields[name] for name in SLOTS if domain.fields.get(name)},
        "paid-till": domain.expire.isoformat() if domain.expire else "",
    }  # fmt: skip
    return Node(
        "doc",
        children=texts(
            elid=domain.id, whois_data="\n".join(f"{name}: {value}" for name, value in facts.items())
        ),
    )
