"""The provider's objects: tariffs, accounts, contacts, domains and other items. No HTTP and no parameters
here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Dict, List, Optional, Tuple

from bill2bill.sandbox.upstream.engine.clock import months_after
from bill2bill.sandbox.upstream.engine.names import ascii_name

# domainstatus, upstream-billmanager4 5.12; the other item types share 1 to 5 (6.1)
UNPAID, ACTIVE, NOT_DELEGATED, REMOVED, REGISTERING, RENEWING, TRANSFERRING = 1, 2, 3, 4, 5, 6, 7
SUSPENDED = 3  # of a licence or a hosting account
IN_PROGRESS = (REGISTERING, RENEWING, TRANSFERRING)

RUBLES, EUROS = "Russian Ruble", "Euro"
SLOTS = 4  # ns0..ns3


@dataclass(frozen=True)
class Period:
    """One period row of a tariff. per_type is year, month or day; price in the tariff's currency."""

    id: int
    length: int
    per_type: str
    price: Decimal

    def after(self, start: date) -> date:
        if self.per_type == "day":
            return start + timedelta(days=self.length)
        return months_after(start, self.length * (12 if self.per_type == "year" else 1))

    @property
    def name(self) -> str:
        return f"{self.length} {self.per_type}" + ("s" if self.length > 1 else "")


@dataclass(frozen=True)
class Tariff:
    """One tariff plan. kind is domain, vhost, software or uniservice; tld in Unicode, "" for other kinds.

    numeric: the price file carries its registrar and priority as numbers, not as strings (4.2 allows both).
    """

    id: int
    kind: str
    name: str
    periods: Tuple[Period, ...]
    currency: str = RUBLES
    tld: str = ""
    registrar: int = 0
    priority: str = ""
    numeric: bool = False

    def period(self, text: str) -> Optional[Period]:
        return next((row for row in self.periods if str(row.id) == text), None)


@dataclass
class Account:
    """One account of the customer; credit is the allowed overdraft, None where the provider shows none."""

    id: int
    name: str
    currency: str
    balance: Decimal
    credit: Optional[Decimal] = None

    def covers(self, amount: Decimal) -> bool:
        return self.balance + (self.credit or 0) >= amount


@dataclass
class Contact:
    """A domain contact; kind is person, company or generic. Made empty, filled by the first edit."""

    id: int
    kind: str
    name: str
    fields: Dict[str, str] = field(default_factory=dict)
    locked: bool = False


@dataclass
class Operation:
    """A pending operation of the registrar. former is the status to return to; looks counts the reads that
    saw it pending.
    """

    since: float
    periods: List[Period]
    former: int
    looks: int = 0


@dataclass
class Item:
    """Anything the customer has ordered. period is the ordered one, account the one that pays."""

    id: int
    name: str
    tariff: Tariff
    period: Period
    account: int
    status: int = UNPAID
    expire: Optional[date] = None
    operation: Optional[Operation] = None
    remote_id: str = ""
    auto_period: str = ""  # period id of automatic renewal, "" = off


@dataclass
class Domain(Item):
    """name in lower-case A-labels with the zone; contacts map a role (owner, admin ...) to a contact id."""

    servers: List[str] = field(default_factory=lambda: [""] * SLOTS)
    contacts: Dict[str, int] = field(default_factory=dict)
    transfer: bool = False

    @property
    def registered_status(self) -> int:
        return ACTIVE if any(self.servers) else NOT_DELEGATED

    @property
    def zone(self) -> str:
        return ascii_name(self.tariff.tld)

    @property
    def label(self) -> str:
        """The name without its zone."""
        return self.name[: -len(self.zone) - 1]


@dataclass
class Service(Item):
    """An item of another type; fields are what its list shows besides the common columns."""

    fields: Dict[str, str] = field(default_factory=dict)


@dataclass
class Name:
    """A name outside the customer's account: taken, or with a failing check.

    check is taken, free, empty_status, no_status, error, html, 502 or slow; expire matters for a transfer
    only.
    """

    name: str
    check: str
    expire: Optional[date] = None
    seconds: float = 3.0
