"""The provider's objects: accounts, services, lines of a cart, contacts. No HTTP and no parameters here."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Callable, Dict, List, Mapping, Optional, Tuple

from bill2bill.sandbox.upstream.billmgr6.catalogue import Plan
from bill2bill.sandbox.upstream.engine.clock import months_after

# item_status, upstream-billmanager6 6.2
ORDERED, ACTIVE, SUSPENDED, DELETED, PROCESSING = 1, 2, 3, 4, 5
TRIAL_DAYS = 14


def period_after(start: date, months: int) -> date:
    """The end of a period that begins at start; a trial lasts two weeks."""
    return months_after(start, months) if months > 0 else start + timedelta(days=TRIAL_DAYS)


@dataclass
class Account:
    """id is that of the sub-account, which has the money; credit is the allowed overdraft."""

    id: int
    currency: str
    balance: Decimal
    credit: Decimal

    def covers(self, amount: Decimal) -> bool:
        return self.balance + self.credit >= amount


@dataclass
class Operation:
    """The running operation of a service in status 5, and the state after it. held: it runs until POST
    progress.
    """

    since: float
    sub: str
    status: int
    leaves: str = ""
    held: bool = False


@dataclass
class IpAddress:
    id: int
    ip: str
    domain: str
    main: bool


@dataclass
class Service:
    """Anything the customer has ordered. name is what the type's label field says; months is the period that
    it was bought for.

    addons are the ordered values by number, current the values already applied; fields are the other
    values of the type. sub is the second half of a state: autosuspend of 3_autosuspend. autoprolong
    is a number of months, or null.
    """

    id: int
    plan: Plan
    name: str
    months: int
    account: int
    created: date
    status: int = ORDERED
    sub: str = ""
    expire: Optional[date] = None
    autoprolong: str = "null"
    remote_id: str = ""
    ip: str = ""
    username: str = ""
    password: str = ""
    addons: Dict[int, str] = field(default_factory=dict)
    current: Dict[int, str] = field(default_factory=dict)
    fields: Dict[str, str] = field(default_factory=dict)
    addresses: List[IpAddress] = field(default_factory=list)
    history: List[Dict[str, str]] = field(default_factory=list)
    scheduledclose: bool = False
    operation: Optional[Operation] = None

    @property
    def kind(self) -> str:
        return self.plan.itemtype.intname

    @property
    def state(self) -> str:
        """`5_open`, `2`, or `service_nosuitable`, which has no number (6.2)."""
        if self.sub == "service_nosuitable":
            return self.sub
        return f"{self.status}_{self.sub}" if self.sub else str(self.status)

    def equip(self) -> None:
        """Give an active service what it lacks: an address, a login, a licence key."""
        self.current = dict(self.addons)
        if self.plan.itemtype.has_ip and not self.ip:
            self.ip = address(self.id)
        if self.ip and self.plan.itemtype.has_ip and not self.addresses:
            self.addresses.append(IpAddress(self.id * 10, self.ip, self.name, main=True))
        if self.plan.itemtype.has_ip and not self.username:
            self.username = (
                re.sub("[^a-z0-9]", "", self.name.lower())[:12] if self.kind == "vhost" else "root"
            )
        if self.plan.itemtype.has_ip and not self.password:
            self.password = secrets.token_urlsafe(9)
        if self.kind == "soft" and not self.fields.get("lickey"):
            self.fields["lickey"] = new_key()


@dataclass
class Line:
    """A line of a cart. amount is gross; carry_out runs after payment."""

    id: int
    kind: str  # of the ledger: order, prolong, addon, changepricelist
    service: Service
    months: int
    amount: Decimal
    carry_out: Callable[[], None]


@dataclass
class Contact:
    """service_profile; fields are those of 5.8.3 but for these three."""

    id: int
    name: str
    profiletype: str
    fields: Dict[str, str] = field(default_factory=dict)


# -- how a state is called -----------------------------------------------------------------------------------
WORDS: Mapping[int, Tuple[str, str]] = {
    ORDERED: ("Ordered", "Заказана"), ACTIVE: ("Active", "Активна"), SUSPENDED: ("Suspended", "Остановлена"),
    DELETED: ("Deleted", "Удалена"),
    PROCESSING: ("In progress", "Обрабатывается"),
}  # fmt: skip


def status_name(service: Service, lang: str) -> str:
    """6.2"""
    return WORDS[service.status][lang == "ru"]


def service_status(service: Service) -> Optional[str]:
    """What the registrar or the certificate authority says; None for other types (6.3, 5.10)."""
    if service.kind == "domain":
        return _domain(service)
    if service.kind == "certificate":
        return {ORDERED: "1", ACTIVE: "5", PROCESSING: "4", SUSPENDED: "5", DELETED: "6"}[service.status]
    return None


def _domain(service: Service) -> str:
    if service.status == PROCESSING:
        return {"open": "5", "transfer": "6", "prolong": "7"}.get(service.sub, "2")
    if service.status == ACTIVE:
        return "2" if service.fields.get("ns0") else "3"
    return {ORDERED: "1", SUSPENDED: "8", DELETED: "4"}[service.status]


# -- what a service gets -------------------------------------------------------------------------------------
def address(number: int) -> str:
    """An address of the range for measurements (RFC 2544), its own for every number up to 131072."""
    return f"198.{18 + number // 65536 % 2}.{number // 256 % 256}.{number % 256}"


def new_key() -> str:
    return "-".join(secrets.token_hex(2).upper() for _ in range(4))
