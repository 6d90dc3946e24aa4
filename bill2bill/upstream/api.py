"""What commands may ask of an upstream, in our words, whatever its dialect.

Three-valued answers: a method that returns Optional gives the object (it is there), None (the upstream says that it
is not) or raises a Failure (unseen: nothing is known). Methods marked *spends* raise exactly one of NotSent, Refused
or NoAnswer when they do not return; they are never repeated inside one process.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Dict, Iterator, List, Mapping, Optional, Protocol, Sequence, Tuple

from bill2bill.rules.contacts import Kind
from bill2bill.rules.money import Money
from bill2bill.rules.pricing import DomainTariff
from bill2bill.rules.statuses import DomainState


class Availability(Enum):
    FREE = "free"
    BUSY = "busy"
    LATER = "later"  # nothing definite was learned


@dataclass(frozen=True)
class Account:
    """One account of the upstream login: money is not shared between them."""

    id: int
    name: str
    project: str
    balance: Money
    credit: Decimal  # allowed overdraft in the same currency, >= 0

    @property
    def spendable(self) -> Money:
        return Money(self.balance.amount + self.credit, self.balance.currency)


@dataclass(frozen=True)
class Domain:
    """A domain as the upstream shows it; name in lower-case A-labels."""

    id: int
    name: str
    state: DomainState
    expires: Optional[date]  # None: the upstream does not know it yet
    tariff: Optional[int] = None  # price id, where the answer carries it


@dataclass(frozen=True)
class DomainForm:
    """The edit form of a domain. auto_renewal is the upstream's word, "" = off, None = the form does not say."""

    id: int
    name: str  # full name, "" if the form does not give both parts
    name_servers: Tuple[str, ...]  # slots in order, "" = empty slot
    owner: Optional[int]
    auto_renewal: Optional[str]


@dataclass(frozen=True)
class RemoteContact:
    """A contact as the upstream stores it. locked: it exists but cannot be read or edited any more."""

    id: int
    fields: Mapping[str, str]
    locked: bool = False


@dataclass(frozen=True)
class DomainOrder:
    """One name to register. Ids are the upstream's."""

    name: str  # lower-case A-labels, with the zone
    tariff: DomainTariff
    period: int  # period id of that tariff
    account: int
    contacts: Mapping[str, int]  # role (owner, admin, bill, tech, customer) -> contact id
    name_servers: Sequence[str]


class Upstream(Protocol):
    """One adapter per dialect."""

    dialect: str

    def accounts(self) -> List[Account]: ...

    def domain_tariffs(self) -> List[DomainTariff]: ...

    def countries(self) -> Dict[str, str]:
        """ISO 3166 alpha-2 -> the upstream's country id."""

    def availability(self, name: str) -> Availability:
        """Is this name (A-labels) free to register? Never raises for an unclear answer: that is LATER."""

    def domains(self) -> Iterator[Domain]:
        """All domains of the login, read as a stream."""

    def domain(self, remote_id: int) -> Optional[Domain]: ...

    def find_domain(self, name: str) -> Optional[Domain]: ...

    def domain_form(self, remote_id: int) -> DomainForm: ...

    def contacts(self) -> List[Tuple[int, str]]:
        """(id, name) of all contacts of the login."""

    def contact(self, remote_id: int) -> Optional[RemoteContact]: ...

    def create_contact(self, kind: Kind, name: str) -> int:
        """Make an empty contact, return its id. Costs nothing; may raise as a spending method does."""

    def edit_contact(self, remote_id: int, kind: Kind, name: str, fields: Mapping[str, str]) -> None: ...

    def order_domain(self, order: DomainOrder) -> int:
        """Order and pay one domain, return the upstream's id. *Spends.*"""

    def renew_domain(self, remote_id: int, period: int, account: int) -> None:
        """Renew and pay for one period. *Spends.* The answer carries no new date: read it back."""

    def change_name_servers(self, form: DomainForm, servers: Sequence[str]) -> None:
        """Replace all name servers of the domain whose form was read. Raises as a spending method does."""
