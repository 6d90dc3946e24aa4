"""What a service has once it is active: an address, a login, a licence key."""

from __future__ import annotations

import re
import secrets

from bill2bill.sandbox.upstream.billmgr6.models import Address, Service


def equip(service: Service) -> None:
    """Called whenever an operation has ended; what is there stays."""
    service.current = dict(service.addons)
    if service.plan.itemtype.has_ip and not service.ip:
        service.ip = address(service.id)
    if service.ip and service.plan.itemtype.has_ip and not service.addresses:
        service.addresses.append(Address(service.id * 10, service.ip, service.name, main=True))
    if service.plan.itemtype.has_ip and not service.username:
        service.username = (
            re.sub("[^a-z0-9]", "", service.name.lower())[:12] if service.kind == "vhost" else "root"
        )
    if service.plan.itemtype.has_ip and not service.password:
        service.password = secrets.token_urlsafe(9)
    if service.kind == "soft" and not service.fields.get("lickey"):
        service.fields["lickey"] = new_key()


def address(number: int) -> str:
    """An address of the range for measurements (RFC 2544), its own for every number up to 131072."""
    return f"198.{18 + number // 65536 % 2}.{number // 256 % 256}.{number % 256}"


def new_key() -> str:
    return "-".join(secrets.token_hex(2).upper() for _ in range(4))
