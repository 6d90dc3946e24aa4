"""What is sold: types of product, tariffs, their add-ons and their order parameters (upstream-billmanager6
4.1, 4.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Dict, Mapping, Optional, Tuple

BOOLEAN, INTEGER, ENUMERATION = "1", "2", "3"  # addontype
TRIAL = -100  # period code (4.4)
Prices = Mapping[int, Decimal]  # months -> price of the whole period


@dataclass(frozen=True)
class ItemType:
    """label is the field and column that names a service; order are further order fields, edit the ones that
    a customer may change.

    place: the order needs a data centre (5.1). has_ip: an active service has an address. v2: its order exists
    in the new generation.
    """

    intname: str
    id: int
    name: str
    label: str = "domain"
    order: Tuple[str, ...] = ()
    edit: Tuple[str, ...] = ("server_name",)
    place: bool = True
    has_ip: bool = False
    v2: bool = True

    @property
    def columns(self) -> Tuple[str, ...]:
        return tuple(dict.fromkeys((self.label, *self.order)))


@dataclass(frozen=True)
class Choice:
    """One item of an enumeration; prices empty: free."""

    id: int
    name: str
    prices: Prices


@dataclass(frozen=True)
class Addon:
    """A resource of a tariff. Integer: included units are part of the base price, the others cost prices
    each; boolean: prices if on.
    """

    id: int
    intname: str
    name: str
    kind: str
    prices: Prices
    included: int = 0
    least: int = 0
    most: int = 0
    step: int = 1
    measure: str = ""
    choices: Tuple[Choice, ...] = ()

    @property
    def default(self) -> str:
        """What the order form begins with."""
        return {
            BOOLEAN: "off",
            INTEGER: str(self.included),
            ENUMERATION: str(self.choices[0].id if self.choices else ""),
        }[self.kind]

    def accepts(self, value: str) -> bool:
        if self.kind == BOOLEAN:
            return value in ("on", "off", "")
        if self.kind == ENUMERATION:
            return any(str(choice.id) == value for choice in self.choices)
        return (
            value.isascii()
            and value.isdigit()
            and self.least <= int(value) <= self.most
            and (int(value) - self.least) % self.step == 0
        )

    def cost(self, value: str, months: int) -> Decimal:
        """Cost of an accepted value for a whole period; free without a price for that period."""
        if self.kind == INTEGER:
            return self.prices.get(months, Decimal(0)) * max(0, int(value) - self.included)
        if self.kind == BOOLEAN:
            return self.prices.get(months, Decimal(0)) if value == "on" else Decimal(0)
        chosen = next(choice for choice in self.choices if str(choice.id) == value)
        return chosen.prices.get(months, Decimal(0))


@dataclass(frozen=True)
class Template:
    """An operating system with the recipes that can be had on it (4.5)."""

    key: str
    name: str
    recipes: Tuple[str, ...] = ("null",)


@dataclass(frozen=True)
class Plan:
    """One tariff. zone is the top level of a domain tariff; included for other types is told by its
    add-ons.
    """

    id: int
    itemtype: ItemType
    name: str
    prices: Prices
    addons: Tuple[Addon, ...] = ()
    datacenters: Tuple[str, ...] = ("3",)
    templates: Tuple[Template, ...] = ()
    most_at_once: int = 10
    zone: str = ""
    description: str = ""
    orderable: bool = True

    def addon(self, number: int) -> Optional[Addon]:
        return next((addon for addon in self.addons if addon.id == number), None)

    def template(self, key: str) -> Optional[Template]:
        return next((template for template in self.templates if template.key == key), None)

    def defaults(self) -> Dict[int, str]:
        return {addon.id: addon.default for addon in self.addons}

    def cost(self, months: int, addons: Mapping[int, str]) -> Decimal:
        """Net price of one period with these add-on values; nothing for a period that is not sold
        any more.
        """
        return sum(
            (addon.cost(addons.get(addon.id, addon.default), months) for addon in self.addons),
            self.prices.get(months, Decimal(0)),
        )

    def carried_over(self, values: Mapping[int, str], former: Plan) -> Dict[int, str]:
        """Add-on values of the former tariff under this one's numbers: matched by intname, what was more than
        included, where this tariff allows it (6.4).
        """
        before = {addon.intname: addon for addon in former.addons}
        kept = {
            addon.id: _kept(before[addon.intname], values, addon)
            for addon in self.addons
            if addon.intname in before
        }
        return {**self.defaults(), **{number: value for number, value in kept.items() if value}}


def _kept(old: Addon, values: Mapping[int, str], new: Addon) -> str:
    """The old value as the new add-on writes it, "" if it falls away."""
    value = values.get(old.id, old.default)
    if old.kind == ENUMERATION:
        name = next((choice.name for choice in old.choices if str(choice.id) == value), "")
        value = next((str(choice.id) for choice in new.choices if choice.name == name), "")
    bought = old.kind != INTEGER or int(value) > max(old.included, new.included)
    return value if old.kind == new.kind and bought and new.accepts(value) else ""
