"""Licences (upstream-billmanager6 5.9): which address may be licensed, and a new key."""

from __future__ import annotations

import ipaddress
from typing import Mapping

from bill2bill.sandbox.upstream.billmgr6.call import Call
from bill2bill.sandbox.upstream.billmgr6.document import Node, ok
from bill2bill.sandbox.upstream.billmgr6.errors import Refusal, bad_value, missed
from bill2bill.sandbox.upstream.billmgr6.models import DELETED

POOLED = "0.0.0.0"  # of licences that wait for their next use (NOC)


def wanted(call: Call, strict: bool) -> Mapping[str, str]:
    """The address of a licence that is ordered. Raises `value` for what is none, `exists` for a
    licensed one.
    """
    address = call.text("ip")
    if not address and not strict:
        return {}
    check_address(call, address)
    return {"ip": address}


def check_address(call: Call, address: str, but: int = 0) -> None:
    """May it be licensed? but: a licence that has it already does no harm."""
    try:
        ipaddress.ip_address(address)
    except ValueError:
        raise bad_value("ip", address) from None
    others = (row for row in call.provider.of_type("soft") if row.status != DELETED and row.id != but)
    if address != POOLED and any(row.fields.get("ip") == address for row in others):
        raise Refusal("exists", "ip", address)


def check(call: Call) -> Node:
    """soft.checkip"""
    plan = call.provider.plan(call.text("pricelist"))
    if plan is None or plan.itemtype.intname != "soft":
        raise missed("pricelist", call.text("pricelist"))
    if call.text("period") not in map(str, plan.prices):
        raise bad_value("period", call.text("period"))
    check_address(call, call.text("ip"))
    return ok()
