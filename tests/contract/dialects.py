"""The dialects under the contract. A new one is one more driver: how the steps that all dialects share are
taken in it.

What a dialect cannot do, and why, its adapter declares (bill2bill/upstream/capabilities.py).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple

from kit import provider4
from kit.provider import Provider

from bill2bill.rules.contacts import Kind
from bill2bill.rules.money import Money
from bill2bill.rules.periods import add_months
from bill2bill.rules.pricing import DomainTariff
from bill2bill.rules.statuses import DomainState, ServiceState
from bill2bill.upstream.api import DomainOrder, ServiceOrder
from bill2bill.upstream.billmgr4.adapter import Billmgr4
from bill2bill.upstream.billmgr4.client import Client as Client4
from bill2bill.upstream.billmgr6.adapter import Billmgr6
from bill2bill.upstream.billmgr6.client import Client as Client6

from .transport import PASSWORD, USER, http

PERSON, GENERIC = (
    {name: value for name, value in contact.items() if name not in ("ctype", "name")}
    for contact in (provider4.PERSON, provider4.GENERIC)
)
RUBLES = 4411
NOBODY = 99999  # an id that the login does not have


@dataclass(frozen=True)
class Thing:
    """What was bought, in the words that all dialects share."""

    id: int
    name: str
    active: bool
    unpaid: bool
    expires: Optional[date]


@dataclass(frozen=True)
class Step:
    """Something that spends. func: of the wire; charges: what it costs if it is carried out; done: is it, as
    the provider shows it?
    """

    func: str
    act: Callable[[], Any]
    charges: List[str]
    done: Callable[[], bool]


class Dialect(ABC):
    """The provider, and an adapter that speaks with it."""

    version: str
    adapter: Callable[..., Any]
    client: Callable[..., Any]
    look: str  # the function that is asked about one thing
    listing: str
    names: Tuple[str, str]

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.http: Any = http(provider.ca_file)
        self.up: Any = self.make(self.http, provider.url, USER, PASSWORD)

    @classmethod
    def make(cls, transport: Any, url: str, user: str, password: str, **settings: Any) -> Any:
        return cls.adapter(cls.client(transport, url, user, password), **settings)

    def made(self, url: str = "", user: str = USER, password: str = PASSWORD, **settings: Any) -> Any:
        """Another adapter, with another login or other settings of its transport."""
        return self.make(http(self.provider.ca_file, **settings), url or self.provider.url, user, password)

    def arm(self, step: Step, kind: str, when: str, **more: Any) -> None:
        """A fault of the spending request alone, not of questions by the same name."""
        self.provider.fault(step.func, kind, when=when, match=self.spending(step), **more)

    def sent(self, step: Step) -> int:
        match = self.spending(step).items()
        return sum(match <= row["params"].items() for row in self.provider.requests(step.func))

    def spending(self, step: Step) -> Mapping[str, str]:
        return {"sok": "ok"}

    @abstractmethod
    def balance(self, up: Any = None) -> Money: ...

    @abstractmethod
    def poor(self) -> None:
        """From now on the login can pay for nothing."""

    @abstractmethod
    def plant(self, *names: str, **fields: Any) -> List[int]:
        """Things of the customer; fields: expires, status (1 unpaid, 2 active)."""

    @abstractmethod
    def thing(self, number: int, up: Any = None) -> Optional[Thing]: ...

    @abstractmethod
    def things(self, up: Any = None) -> Iterator[Thing]: ...

    @abstractmethod
    def auto_renewal(self, number: int) -> Optional[str]: ...

    @abstractmethod
    def ordering(self, up: Any = None) -> Step: ...

    @abstractmethod
    def bad_order(self) -> Step: ...

    @abstractmethod
    def renewing(self, up: Any = None, number: int = 0) -> Step: ...

    @abstractmethod
    def changing(self, up: Any = None) -> Step: ...

    def named(self, name: str) -> List[Thing]:
        return [thing for thing in self.things() if thing.name == name]


class Domains(Dialect):
    version, adapter, client, look, listing = "4", Billmgr4, Client4, "domain.getinfo", "domain"
    names = ("example.ru", "example.com")

    def balance(self, up: Any = None) -> Money:
        return (up or self.up).accounts()[0].balance

    def poor(self) -> None:
        self.provider.post("balance", {"account": RUBLES, "balance": "10"})

    def plant(self, *names: str, **fields: Any) -> List[int]:
        common = {"expire": fields.pop("expires", "2030-03-14"), **fields}
        return [
            int(row["id"])
            for row in self.provider.post("domain", [{"name": name, **common} for name in names])
        ]

    def thing(self, number: int, up: Any = None) -> Optional[Thing]:
        return _domain(domain) if (domain := (up or self.up).domain(number)) else None

    def things(self, up: Any = None) -> Iterator[Thing]:
        return map(_domain, (up or self.up).domains())

    def auto_renewal(self, number: int) -> Optional[str]:
        return self.up.domain_form(number).auto_renewal

    def ordering(self, up: Any = None) -> Step:
        order = self.order("example.ru")
        return Step(
            "domain.order.4",
            lambda: (up or self.up).order_domain(order),
            ["199.00"],
            lambda: bool(self.named("example.ru")),
        )

    def bad_order(self) -> Step:
        order = self.order("example.ru", period=930)
        return Step(
            "domain.order.4", lambda: self.up.order_domain(order), [], lambda: bool(self.named("example.ru"))
        )

    def renewing(self, up: Any = None, number: int = 0) -> Step:
        (number,) = [number] if number else self.plant("renewed.ru")

        def done() -> bool:
            self.provider.post("progress")
            return next(thing.expires for thing in self.things() if thing.id == number) == date(2031, 3, 14)

        return Step(
            "domain.renew", lambda: (up or self.up).renew_domain(number, 881, RUBLES), ["199.00"], done
        )

    def changing(self, up: Any = None) -> Step:
        form, wanted = self.up.domain_form(self.domain("changed.ru")), ["ns1.example.org", "ns2.example.org"]
        done = lambda: self.up.domain_form(form.id).name_servers[:2] == tuple(wanted)  # noqa: E731
        return Step("domain.edit", lambda: (up or self.up).change_name_servers(form, wanted), [], done)

    # -- domains alone ---------------------------------------------------------------------------------------

    def contact(self, kind: Kind = Kind.PERSON) -> int:
        number = self.up.create_contact(kind, f"sample {kind.value}")
        self.up.edit_contact(
            number, kind, f"sample {kind.value}", GENERIC if kind is Kind.GENERIC else PERSON
        )
        return int(number)

    def tariff(self, number: int = 565) -> DomainTariff:
        return next(tariff for tariff in self.up.domain_tariffs() if tariff.id == number)

    def order(self, name: str = "example.ru", **changes: Any) -> DomainOrder:
        tariff = changes.pop("tariff", None) or self.tariff()
        usual: Dict[str, Any] = {
            "period": tariff.periods[0].id,
            "account": RUBLES,
            "name_servers": ("ns1.example.net", "ns2.example.net"),
        }
        contacts = changes.pop("contacts", None) or {"owner": self.contact()}
        return DomainOrder(name=name, tariff=tariff, contacts=contacts, **{**usual, **changes})

    def domain(self, name: str = "example.ru", **fields: Any) -> int:
        """The id of a registered domain."""
        return int(self.provider.post("domain", {"name": name, "expire": "2030-03-14", **fields})["id"])


def _domain(domain: Any) -> Thing:
    active = domain.state in (DomainState.DELEGATED, DomainState.UNDELEGATED)
    return Thing(domain.id, domain.name, active, domain.state is DomainState.UNPAID, domain.expires)


class Servers(Dialect):
    version, adapter, client, look, listing = "6", Billmgr6, Client6, "vds.edit", "vds"
    names = ("vm1.example.net", "vm2.example.net")

    def balance(self, up: Any = None) -> Money:
        return (up or self.up).identity().account.balance

    def poor(self) -> None:
        self.provider.post("balance", {"balance": "1.00"})

    def plant(self, *names: str, **fields: Any) -> List[int]:
        common = {
            "itemtype": "vds",
            "pricelist": 277,
            "expiredate": fields.pop("expires", "2030-03-14"),
            **fields,
        }
        return [
            int(row["id"])
            for row in self.provider.post("service", [{"domain": name, **common} for name in names])
        ]

    def thing(self, number: int, up: Any = None) -> Optional[Thing]:
        return _service(form.service) if (form := (up or self.up).service("vds", number)) else None

    def things(self, up: Any = None) -> Iterator[Thing]:
        return map(_service, (up or self.up).services("vds"))

    def auto_renewal(self, number: int) -> Optional[str]:
        return self.up.service("vds", number).service.auto_renewal

    def ordering(self, up: Any = None) -> Step:
        func, name = "v2.vds.order.param", self.names[0]
        return Step(
            func,
            lambda: (up or self.up).order_service(self.order()).remote,
            ["9.00"],
            lambda: bool(self.named(name)),
        )

    def bad_order(self) -> Step:
        act = lambda: self.up.order_service(self.order(addons={101: "99"}))  # noqa: E731
        return Step("v2.vds.order.param", act, [], lambda: bool(self.named(self.names[0])))

    def renewing(self, up: Any = None, number: int = 0) -> Step:
        (number,) = [number] if number else self.plant("renewed.example.net")
        done = lambda: self.up.service("vds", number).service.expires == date(2031, 3, 14)  # noqa: E731
        return Step("service.prolong", lambda: (up or self.up).renew_service(number, 12), ["97.20"], done)

    def changing(self, up: Any = None) -> Step:
        (number,) = self.plant("changed.example.net", expires=self.in_a_month())
        done = lambda: self.up.service("vds", number).addons[101] == "3"  # noqa: E731
        return Step(
            "vds.edit", lambda: (up or self.up).change_addons("vds", number, {101: "3"}), ["2.00"], done
        )

    # -- servers alone ---------------------------------------------------------------------------------------

    def in_a_month(self) -> str:
        """A date for which an add-on costs one month."""
        return add_months(date.fromisoformat(self.provider.get("clock")["today"]), 1).isoformat()

    def order(self, **changes: Any) -> ServiceOrder:
        usual: Dict[str, Any] = {
            "itemtype": "vds", "tariff": 277, "months": 1, "datacenter": 3, "name": self.names[0],
            "mark": "x-1",
            "fields": {"ostempl": "ISPsystem__Debian-12", "recipe": "null"},
            "addons": {101: "2", 102: "901", 103: "off"},
        }  # fmt: skip
        return ServiceOrder(**{**usual, **changes})

    def server(self, **fields: Any) -> int:
        return self.plant(fields.pop("domain", self.names[0]), **fields)[0]


def _service(service: Any) -> Thing:
    return Thing(
        service.id,
        service.name,
        service.state is ServiceState.ACTIVE,
        service.state is ServiceState.UNPAID,
        service.expires,
    )


DRIVERS: Tuple[Any, ...] = (Domains, Servers)
