"""What commands may ask of an upstream, in our words, whatever its dialect.

Three-valued answers: a method that returns Optional gives the object (it is there), None (the upstream says
that it is not) or raises a Failure (unseen: nothing is known). Methods marked *spends* raise exactly one of
NotSent, Refused or NoAnswer when they do not return; they are never repeated inside one process.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Collection, Dict, Iterator, List, Mapping, NamedTuple, Optional, Protocol, Sequence, Tuple

from bill2bill.rules.contacts import Kind
from bill2bill.rules.money import Money
from bill2bill.rules.pricing import DomainTariff, ServiceTariff
from bill2bill.rules.statuses import DomainState, ServiceState


class Availability(Enum):
    FREE = "free"
    BUSY = "busy"
    LATER = "later"  # nothing definite was learned


class PayerAccount(NamedTuple):
    """One account or project of the upstream login that pays: money is not shared between them."""

    id: int
    name: str
    project: str
    balance: Money
    credit: Decimal  # allowed overdraft in the same currency, >= 0

    @property
    def spendable(self) -> Money:
        return Money(self.balance.amount + self.credit, self.balance.currency)


class Domain(NamedTuple):
    """A domain as the upstream shows it; name in lower-case A-labels."""

    id: int
    name: str
    state: DomainState
    expires: Optional[date]  # None: the upstream does not know it yet
    tariff: Optional[int] = None  # price id, where the answer carries it


@dataclass(frozen=True)
class DomainForm:
    """The edit form of a domain. auto_renewal: the upstream's word, "" = off, None = not shown."""

    id: int
    name: str  # full name, "" if the form does not give both parts
    name_servers: Tuple[str, ...]  # slots in order, "" = empty slot
    owner: Optional[int]
    auto_renewal: Optional[str]


class RemoteContact(NamedTuple):
    """A contact as the upstream stores it. locked: it exists but cannot be read or edited any more."""

    id: int
    fields: Mapping[str, str]
    locked: bool = False


class DomainOrder(NamedTuple):
    """One name to register. Ids are the upstream's."""

    name: str  # lower-case A-labels, with the zone
    tariff: DomainTariff
    period: int  # period id of that tariff
    account: int
    contacts: Mapping[str, int]  # role (owner, admin, bill, tech, customer) -> contact id
    name_servers: Sequence[str]


class Identity(NamedTuple):
    """Who is logged in. customer: the number that all logins of one customer share, "" if it is not told;
    version: of the upstream's panel, "" if it is not told; may_*: rights of this login, None = not told.
    """

    account: PayerAccount
    customer: str
    version: str
    may_suspend: Optional[bool]
    may_delete: Optional[bool]


@dataclass(frozen=True)
class Service:
    """A service of any type but a domain, as a list or its edit form shows it.

    substate      the word behind the number of the state: open, employeesuspend, need_configure …; "" if
                  there is none
    tariff        id of the tariff plan, where the answer carries it; tariff_name is shown everywhere
    mark          what we sent as `remoteid`; None: this answer does not show it
    auto_renewal  the upstream's word, "" = off, None = not shown
    closing       it is closed when its term ends
    """

    id: int
    name: str  # host name, lower case; "" if it has none
    state: ServiceState
    substate: str
    expires: Optional[date]
    tariff: Optional[int]
    tariff_name: str
    mark: Optional[str]
    auto_renewal: Optional[str]
    ip: str
    closing: bool


class NewestServices(NamedTuple):
    """The services with the greatest ids, greatest first, and how many there are in all."""

    services: Sequence[Service]
    total: int


class ServiceForm(NamedTuple):
    """The edit form. addons: id -> current value as the upstream writes it ("2", "on", an item's id)."""

    service: Service
    addons: Mapping[int, str]
    username: str
    password: str

    def __repr__(self) -> str:
        return f"ServiceForm({self.service!r}, {dict(self.addons)!r})"  # never the password


class OrderForm(NamedTuple):
    """What the order form of one tariff offers right now: it binds, the catalogue only informs
    (upstream-billmanager6 4.2, "Dynamic limits").

    choices   field (ostempl, recipe, addon_102 …) -> keys that may be sent
    depends   (field, key) -> key of the parent select that it belongs to; absent: always valid
    values    field -> what the form would send by itself
    ranges    id of an integer add-on -> (least, most, step)
    addons    ids of all add-ons that the form knows
    """

    choices: Mapping[str, Sequence[str]]
    depends: Mapping[Tuple[str, str], str]
    values: Mapping[str, str]
    ranges: Mapping[int, Tuple[int, int, int]]
    addons: Collection[int]


class ServiceOrder(NamedTuple):
    """One service to order and pay. Ids are the upstream's; mark is stored with the service as `remoteid`.

    name    host name, "" = the upstream makes one; fields: ostempl, recipe and the like; addons: id -> value
            as the upstream writes it
    """

    itemtype: str
    tariff: int
    months: int
    datacenter: Optional[int]
    name: str
    mark: str
    fields: Mapping[str, str]
    addons: Mapping[int, str]


class Receipt(NamedTuple):
    """What came back from a spending call that said yes.

    remote  id of the service, None if the answer names none: then only a look tells
    unpaid  number of an order that now waits for payment in the upstream's cart: nothing was carried out yet
    """

    remote: Optional[int] = None
    unpaid: Optional[int] = None


class ServiceUpstream(Protocol):
    """What is asked about servers, hosting, licences. itemtype: the upstream's name (vds, dedic …)."""

    dialect: str

    def identity(self) -> Identity: ...

    def service_tariffs(self, itemtype: str) -> List[ServiceTariff]:
        """With the prices of this login. Entries that cannot be read are left out and logged."""

    def services(self, itemtype: str, *, proof: bool = False) -> Iterator[Service]:
        """All services of a type, page by page, closed ones too. Read to its end it is whole; else it raises.

        proof: what it does not show shall be proved absent, so a row that cannot be read is not left out, but
        raises upstream_answer
        """

    def newest_services(self, itemtype: str) -> Optional[NewestServices]:
        """In one short answer. None: this upstream does not show certainly that these are the newest."""

    def service(self, itemtype: str, remote_id: int, *, why: bool = True) -> Optional[ServiceForm]:
        """One service with its add-ons, in one request where the form tells enough. None: the upstream says
        that there is none.

        why: also why it is suspended and what is being done to it (`substate`), which may cost a listing.
        """

    def in_cart(self, remote_id: int) -> Optional[int]:
        """Number of the unpaid order, or of the cart's line, in which something for this service waits. None:
        the cart says that nothing does. What it is, a renewal or a change, and who put it there is not told.
        """

    def order_form(self, itemtype: str, tariff: int, months: int, datacenter: Optional[int]) -> OrderForm: ...

    def order_service(self, order: ServiceOrder) -> Receipt:
        """Order and pay one service, automatic renewal off. *Spends.*"""

    def renew_service(self, remote_id: int, months: int) -> Receipt:
        """Renew and pay. *Spends.* Whether the date moved must be read back."""

    def change_addons(self, itemtype: str, remote_id: int, addons: Mapping[int, str]) -> Receipt:
        """Set add-ons and pay what they cost; everything else in the form goes back as it is. *Spends.*"""

    def tariff_targets(self, remote_id: int) -> Dict[int, str]:
        """Tariffs (id -> name) to which this service may be moved now; {} = it may not."""

    def change_tariff(self, remote_id: int, target: int) -> Receipt:
        """Pay the difference to another tariff: the second and third of three steps. *Spends.*"""

    def switch_auto_renewal_off(self, itemtype: str, remote_id: int) -> None:
        """Raises as a spending method does; costs nothing. Read back whether it is off."""

    def suspend_service(self, itemtype: str, remote_id: int) -> None:
        """Raises as a spending method does."""

    def resume_service(self, itemtype: str, remote_id: int) -> None:
        """Raises as a spending method does."""

    def delete_service(self, itemtype: str, remote_id: int) -> None:
        """At once or at the end of the term, as the upstream likes. Raises as a spending method does."""


class DomainUpstream(Protocol):
    """What is asked about domains. One adapter per dialect."""

    dialect: str

    def accounts(self) -> List[PayerAccount]: ...

    def domain_tariffs(self) -> List[DomainTariff]: ...

    def countries(self) -> Dict[str, str]:
        """ISO 3166 alpha-2 -> the upstream's country id."""

    def availability(self, name: str) -> Availability:
        """Is this name (A-labels) free to register? Never raises for an unclear answer: that is LATER."""

    def domains(self) -> Iterator[Domain]:
        """All domains of the login, read as a stream."""

    def domain(self, remote_id: int) -> Optional[Domain]: ...

    def find_domain(self, name: str) -> Optional[Domain]: ...

    def listed_domain(self, name: str) -> Optional[Domain]: ...

    def domain_form(self, remote_id: int) -> DomainForm: ...

    def contacts(self) -> List[Tuple[int, str]]:
        """(id, name) of all contacts of the login."""

    def contact(self, remote_id: int) -> Optional[RemoteContact]: ...

    def create_contact(self, kind: Kind, name: str) -> int:
        """Make an empty contact, return its id. Costs nothing; may raise as a spending method does."""

    def edit_contact(self, remote_id: int, kind: Kind, name: str, fields: Mapping[str, str]) -> None:
        """Fill in or mend a contact. Raises as a spending method does; costs nothing."""

    def order_domain(self, order: DomainOrder) -> int:
        """Order and pay one domain, return the upstream's id. *Spends.*"""

    def renew_domain(self, remote_id: int, period: int, account: int) -> None:
        """Renew and pay for one period. *Spends.* The answer carries no new date: read it back."""

    def change_name_servers(self, form: DomainForm, servers: Sequence[str]) -> None:
        """Replace all name servers of the domain whose form was read. Raises as a spending method does."""
