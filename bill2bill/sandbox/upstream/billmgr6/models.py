"""The provider's objects: accounts, services, what waits in the cart, contacts. No HTTP and no parameters
here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Callable, Dict, List, Optional

from bill2bill.sandbox.upstream.billmgr4.models import months_after
from bill2bill.sandbox.upstream.billmgr6.catalogue import Plan

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
    """What a service in status 5 is kept busy with, and the state that it leaves behind. held: until POST
    progress.
    """

    since: float
    sub: str
    status: int
    leaves: str = ""
    held: bool = False


@dataclass
class Address:
    id: int
    ip: str
    domain: str
    main: bool


@dataclass
class Service:
    """Anything the customer has ordered. name is what the type's label field says; months is the period that
    it was bought for.

    addons are the values that were ordered, by number, current those that are in place already; fields
    whatever else the type knows. sub is the second half of a state: autosuspend of 3_autosuspend. autoprolong
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
    addresses: List[Address] = field(default_factory=list)
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


@dataclass
class Line:
    """Something that waits for payment. amount is gross; carry_out does it once it is paid."""

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
