"""Passwords, addresses, instructions, history of a service (upstream-billmanager6 6.8)."""

from __future__ import annotations

from html import escape
from typing import Tuple

from bill2bill.sandbox.upstream.billmgr6.call import Call
from bill2bill.sandbox.upstream.billmgr6.document import Node, ok, texts
from bill2bill.sandbox.upstream.billmgr6.errors import Refusal, bad_value, missed
from bill2bill.sandbox.upstream.billmgr6.forms import Field, choices, form
from bill2bill.sandbox.upstream.billmgr6.lists import plain_table
from bill2bill.sandbox.upstream.billmgr6.models import ACTIVE, IpAddress, Service, address

MOST_ADDRESSES = 9  # beside the main one


def change_password(call: Call) -> Node:
    """Of an active service; passwd and confirm must be the same."""
    service = call.service()
    if not call.submitted:
        return form(
            call,
            [
                Field("elid", str(service.id), readonly=True),
                Field("passwd", "", "Password"),
                Field("confirm", "", "Confirm"),
            ],
        )
    call.provider.changeable(service)
    if service.status != ACTIVE or not service.plan.itemtype.has_ip:
        raise Refusal("access", value=call.func)
    if not call.text("passwd") or call.text("passwd") != call.text("confirm"):
        raise bad_value("confirm" if call.text("passwd") else "passwd")
    service.password = call.text("passwd")
    call.provider.note(service, "changepassword")
    return ok()


def addresses(call: Call) -> Node:
    service = call.service()
    return plain_table(call, [
        {
            "id": str(row.id), "name": row.ip, "mask": "255.255.255.0",
            "gateway": row.ip.rpartition(".")[0] + ".1", "domain": row.domain,
            "type": "public", "is_main": "on" if row.main else "off",
            "no_delete": "on" if row.main else "off", "ip_status": "2",
        }
        for row in service.addresses
    ])  # fmt: skip


def edit_address(call: Call) -> Node:
    """With elid another reverse name, else `count` more addresses, which cost nothing here."""
    service = call.named(call.text("plid"))
    if not call.submitted:
        kinds = Field("type", "public", "Type", "select", choices=choices({"public": "IPv4"}))
        return form(
            call,
            [
                Field("plid", str(service.id), readonly=True),
                kinds,
                Field("domain", service.name),
                Field("count", "1"),
            ],
        )
    call.provider.changeable(service)
    if call.text("elid"):
        _address(service, call.text("elid")).domain = call.text("domain")
        return ok()
    count = call.number("count", 1)
    if (
        service.status != ACTIVE
        or not service.plan.itemtype.has_ip
        or not 1 <= count <= MOST_ADDRESSES + 1 - len(service.addresses)
    ):
        raise bad_value("count", str(count))
    for _ in range(count):
        number = max(row.id for row in service.addresses) + 1
        service.addresses.append(
            IpAddress(number, address(65536 + number), call.text("domain") or service.name, main=False)
        )
    return ok()


def delete_addresses(call: Call) -> Node:
    """Not the main one."""
    service = call.named(call.text("plid"))
    chosen: Tuple[IpAddress, ...] = tuple(_address(service, number) for number in call.ids())
    if any(row.main for row in chosen):
        raise Refusal("access", value=call.func, text="forbidden")
    service.addresses = [row for row in service.addresses if row not in chosen]
    return ok()


def _address(service: Service, number: str) -> IpAddress:
    found = next((row for row in service.addresses if str(row.id) == number), None)
    if found is None:
        raise missed("ip", number)
    return found


def instruction(call: Call) -> Node:
    """The letter with the login, as a person gets it."""
    service = call.service()
    lines = {
        "Service": service.name,
        "Address": service.ip,
        "Login": service.username,
        "Password": service.password,
    }
    body = "".join(f"<p>{name}: <b>{escape(value)}</b></p>" for name, value in lines.items() if value)
    return Node("doc", children=texts(elid=service.id, body=f"<h1>{escape(service.plan.name)}</h1>{body}"))


def history(call: Call) -> Node:
    service = call.service()
    return plain_table(call, [{**row, "ip": ""} for row in reversed(service.history)])
