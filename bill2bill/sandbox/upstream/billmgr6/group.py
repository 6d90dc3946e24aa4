"""Functions that act on services at once, without sok (upstream-billmanager6 0.3, 6.7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Optional

from bill2bill.sandbox.upstream.billmgr6.call import Call
from bill2bill.sandbox.upstream.billmgr6.catalogue import ItemType
from bill2bill.sandbox.upstream.billmgr6.document import Node, ok
from bill2bill.sandbox.upstream.billmgr6.errors import Refusal, bad_value
from bill2bill.sandbox.upstream.billmgr6.models import ACTIVE, DELETED, ORDERED, SUSPENDED, Service


def suspend(call: Call, itemtype: ItemType) -> Node:
    """Active ones only; others are left as they are."""
    services = call.group(itemtype.intname)
    for service in services:
        _check(call, service)
    for service in services:
        if service.status == ACTIVE:
            call.provider.start(service, "suspend", SUSPENDED)
    return ok()


def resume(call: Call, itemtype: ItemType) -> Node:
    """What the provider's staff or lack of money suspended stays suspended: `access` (6.2)."""
    services = call.group(itemtype.intname)
    for service in services:
        _check(call, service)
        if service.status == SUSPENDED and service.sub:
            raise Refusal("access", value=call.func)
    for service in services:
        if service.status == SUSPENDED:
            call.provider.start(service, "resume", ACTIVE)
    return ok()


def _check(call: Call, service: Service) -> None:
    call.provider.changeable(service)
    if service.status == ORDERED:
        raise bad_value("status", str(service.status))


def delete(call: Call, itemtype: ItemType) -> Node:
    """Closed now, or at the expiry date; an unpaid one is just forgotten."""
    services = call.group(itemtype.intname)
    for service in services:
        call.provider.changeable(service)
        check_minimum(call, service)
    for service in services:
        if service.status == ORDERED:
            call.provider.forget(service)
        elif call.switches.word("delete_outcome") == "scheduled":
            service.scheduledclose = True
        else:
            call.provider.start(service, "close", DELETED)
    return ok()


def check_minimum(call: Call, service: Service) -> None:
    """The minimum order period; it says nothing about what was never paid (2.6)."""
    days = call.switches.number("min_order_days")
    left = service.created + timedelta(days=days) - call.provider.clock.today()
    if days and left > timedelta(0) and service.status != ORDERED:
        raise Refusal("pricelist_min_order", value=f"{days} days", left=f"{left.days} days")


def power(call: Call, itemtype: Optional[ItemType] = None) -> Node:
    """service.start, stop, reboot, hardreboot, X.reboot: an operation that leaves the service
    active (6.8).
    """
    services = call.group(itemtype.intname if itemtype else None)
    for service in services:
        call.provider.changeable(service)
        if service.status != ACTIVE:
            raise bad_value("status", str(service.status))
    for service in services:
        call.provider.start(service, call.func.rpartition(".")[2])
    return ok()
