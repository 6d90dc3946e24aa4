"""Tariffs of an upstream, and which of them serves a zone."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Iterable, Mapping, Optional, Tuple

from bill2bill.rules.money import Money
from bill2bill.rules.names import to_ascii

OWN_REGISTRAR = 13  # the provider's own accreditation (upstream-billmanager4 4.3)


@dataclass(frozen=True)
class Period:
    """One row of a tariff: `id` is what an order names; it belongs to this tariff alone and is no length."""

    id: int
    months: int
    price: Decimal  # of the whole period, in the tariff's currency


@dataclass(frozen=True)
class DomainTariff:
    """One price of one zone at one registrar (upstream-billmanager4 4.2); rubles, as its price file."""

    id: int
    zone: str  # A-labels, without a leading dot
    registrar: int
    name: str
    priority: int
    periods: Tuple[Period, ...]
    currency: str = "RUB"

    def period(self, months: int) -> Optional[Period]:
        """The row of exactly this length, of two the cheaper, or None: lengths are never put together."""
        rows = [period for period in self.periods if period.months == months]
        return min(rows, key=lambda row: (row.price, row.id)) if rows else None


class AddonKind(Enum):
    BOOLEAN = 1  # upstream-billmanager6 4.2, addontype
    INTEGER = 2
    CHOICE = 3


@dataclass(frozen=True)
class Addon:
    """A resource of a tariff. intname: its machine name, the same in every tariff; id: of this tariff alone.

    least, most, step, included  of an integer: its range, and how much the base price holds
                                 (upstream-billmanager6 4.2)
    choices                      of a choice: (id, name), the id is what is sent
    prices                       months -> price of one unit above `included`, or of "on"; absent: not sold
    choice_prices                (choice id, months) -> price
    """

    id: int
    intname: str
    kind: AddonKind
    least: int = 0
    most: int = 0
    step: int = 1
    included: int = 0
    choices: Tuple[Tuple[int, str], ...] = ()
    prices: Mapping[int, Decimal] = field(default_factory=dict)
    choice_prices: Mapping[Tuple[int, int], Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class ServiceTariff:
    """A plan of servers, hosting, … (upstream-billmanager6 4.2). prices: months -> of the whole period."""

    id: int
    name: str
    currency: str  # ISO code
    prices: Mapping[int, Decimal]
    addons: Tuple[Addon, ...] = ()
    datacenters: Tuple[int, ...] = ()
    other_names: Tuple[str, ...] = ()  # in other languages

    def is_called(self, name: str) -> bool:
        return name in (self.name, *self.other_names)


def choose_tariff(
    tariffs: Iterable[DomainTariff], zone: str, registrar: Optional[int], price_id: Optional[int]
) -> Optional[DomainTariff]:
    """The tariff to order in `zone`, or None if none fits (upstream-billmanager4 4.2, "Choice of a tariff").

    price_id   stored with the service: exactly that tariff, if it still belongs to the zone
    registrar  configured: only its tariffs; None: the provider's own registrar first
    Then the cheapest year, tariffs without a year last; then the smallest id.
    Raises name_bad if `zone` is no name, MixedCurrencies if prices of two currencies had to be compared.
    """
    wanted = to_ascii(zone)
    fitting = [tariff for tariff in tariffs if tariff.zone == wanted]
    if price_id is not None:
        return next((tariff for tariff in fitting if tariff.id == price_id), None)
    if registrar is not None:
        fitting = [tariff for tariff in fitting if tariff.registrar == registrar]
    return min(fitting, key=_preference) if fitting else None


def _preference(tariff: DomainTariff) -> Tuple[bool, bool, Money, int]:
    year = tariff.period(12)
    price = Money(year.price if year else Decimal(0), tariff.currency)
    return tariff.registrar != OWN_REGISTRAR, year is None, price, tariff.id
