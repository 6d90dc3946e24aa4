from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Iterator

import pytest

from bill2bill.rules.contacts import Kind
from bill2bill.rules.pricing import DomainTariff
from bill2bill.upstream.api import DomainOrder, Upstream

from .dialects import DIALECTS, Dialect
from .provider import PASSWORD, USER, Provider, http

PERSON = {
    "email": "ivan@example.ru", "phone": "+7 495 1234567", "mobile": "+7 495 1234567",
    "la_country": "182", "la_state": "Moscow", "la_postcode": "101000", "la_city": "Moscow", "la_address": "Mira 1-2",
    "pa_country": "182", "pa_postcode": "101000", "pa_city": "Moscow", "pa_address": "Mira 1-2", "pa_addressee": "Ivanov I.I.",
    "firstname_ru": "Иван", "middlename_ru": "Иванович", "lastname_ru": "Иванов", "firstname": "Ivan", "middlename": "I", "lastname": "Ivanov",
    "birthdate": "1980-01-31", "passport_series": "3102 651241", "passport_org": "OVD", "passport_date": "2005-02-28",
}  # fmt: skip
GENERIC = {name: PERSON[name] for name in ("email", "la_country", "la_postcode", "la_city", "la_address", "firstname", "lastname")}
GENERIC.update(phone="+7.4951234567", company="N/A")
RUBLES = 4411


@dataclass
class World:
    """The provider, and an adapter that speaks with it."""

    dialect: Dialect
    provider: Provider
    up: Upstream
    http: Any

    def made(self, **settings: Any) -> Upstream:
        """Another adapter with other settings of its transport."""
        return self.dialect.make(http(self.provider.ca_file, **settings), self.provider.url, USER, PASSWORD)

    def contact(self, kind: Kind = Kind.PERSON) -> int:
        number = self.up.create_contact(kind, f"sample {kind.value}")
        self.up.edit_contact(number, kind, f"sample {kind.value}", GENERIC if kind is Kind.GENERIC else PERSON)
        return number

    def tariff(self, number: int = 565) -> DomainTariff:
        return next(tariff for tariff in self.up.domain_tariffs() if tariff.id == number)

    def order(self, name: str = "example.ru", **changes: Any) -> DomainOrder:
        tariff = changes.pop("tariff", None) or self.tariff()
        usual: Dict[str, Any] = {"period": tariff.periods[0].id, "account": RUBLES, "name_servers": ("ns1.example.net", "ns2.example.net")}
        contacts = changes.pop("contacts", None) or {"owner": self.contact()}
        return DomainOrder(name=name, tariff=tariff, contacts=contacts, **{**usual, **changes})

    def domain(self, name: str = "example.ru", **fields: Any) -> int:
        """The id of a registered domain."""
        return int(self.provider.post("domain", {"name": name, "expire": "2030-03-14", **fields})["id"])


@pytest.fixture(scope="module", params=["http", "https"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    provider = Provider(tmp_path_factory.mktemp("provider"), *(["--tls"] if request.param == "https" else []))
    yield provider
    provider.stop()


@pytest.fixture(params=DIALECTS, ids=lambda dialect: dialect.name)
def world(request: pytest.FixtureRequest, running: Provider) -> Iterator[World]:
    running.post("reset")
    needs = request.node.get_closest_marker("needs")
    if needs and needs.args[0] in request.param.cannot:
        pytest.skip(request.param.cannot[needs.args[0]])
    transport = http(running.ca_file)
    yield World(request.param, running, request.param.make(transport, running.url, USER, PASSWORD), transport)
    transport.close()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(ability): skipped, with the reason, for a dialect that declares that it cannot")


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bill2bill.upstream.http.wait_before", lambda tries: 0.0)
