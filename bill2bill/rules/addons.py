"""Add-ons of the panel as values of the upstream's: matched by internal name, checked, compared, priced."""

from __future__ import annotations

from decimal import Decimal
from typing import Collection, Dict, Mapping, Optional, Tuple

from bill2bill.errors import Failure, Phrase, Raw, Words
from bill2bill.rules.money import Money
from bill2bill.rules.pricing import Addon, AddonKind, ServiceTariff

NOTHING = frozenset(["", "0", "off"])  # an add-on that was not ordered: it need not exist at the upstream
ON = frozenset(["on", "yes", "1"])

Range = Tuple[int, int, int]  # least, most, step


def values_for(tariff: ServiceTariff, wanted: Mapping[str, str], own: Collection[str]) -> Dict[int, str]:
    """Id of an add-on of `tariff` -> the value to send, for `wanted`: internal name -> value (see host.data).

    own  internal names that the reseller provides himself
    Raises Failure("addon_bad") for one that the upstream does not have or whose value it does not sell.
    """
    known = {addon.intname: addon for addon in tariff.addons}
    found: Dict[int, str] = {}
    for name, value in wanted.items():
        if name in own:
            continue
        addon = known.get(name)
        if addon is not None:
            found[addon.id] = _value(addon, value)
        elif value not in NOTHING:
            names = ", ".join(sorted(known)) or Phrase("nothing")
            raise _bad(name, value, Phrase("addons_of_tariff", id=tariff.id, names=names))
    return found


def check_form(
    tariff: ServiceTariff, values: Mapping[int, str], known: Collection[int], ranges: Mapping[int, Range]
) -> None:
    """Raises addon_bad for what the order form does not offer now: it binds, not the catalogue
    (upstream-billmanager6 4.2).

    known  add-ons of the form. Another one is not sold any more, and would be ignored; what the tariff
           includes of it needs no order.
    """
    for addon in tariff.addons:
        value = values.get(addon.id)
        if value is None:
            continue
        if addon.id in ranges:
            _check_range(addon, value, ranges[addon.id])
        if addon.id not in known and not _included(addon, value):
            raise _bad(addon.intname, value, Phrase("nothing"))


def same(tariff: ServiceTariff, wanted: Mapping[int, str], shown: Mapping[int, str]) -> bool:
    """Does the upstream show these values? Raises upstream_answer if not shown: unseen is not different."""
    kinds = {addon.id: addon.kind for addon in tariff.addons}
    missing = sorted(set(wanted) - set(shown))
    if missing:
        reason = Phrase("addons_not_shown", ids=", ".join(map(str, missing)))
        raise Failure("upstream_answer", func="edit", reason=reason)
    return all(_equal(kinds[number], value, shown[number]) for number, value in wanted.items())


def least_cost(tariff: ServiceTariff, months: int, values: Mapping[int, str]) -> Optional[Money]:
    """What a period costs by the catalogue, without set-up fees and taxes; None if it is not sold for it."""
    if months not in tariff.prices:
        return None
    total = tariff.prices[months]
    for addon in tariff.addons:
        if addon.id in values:
            total += _price(addon, months, values[addon.id])
    return Money(total, tariff.currency)


def _value(addon: Addon, value: str) -> str:
    if addon.kind is AddonKind.BOOLEAN:
        return "on" if value in ON else "off"
    if addon.kind is AddonKind.CHOICE:
        return _choice(addon, value)
    _check_range(addon, value, (addon.least, addon.most, addon.step))
    return str(int(value))


def _included(addon: Addon, value: str) -> bool:
    return int(value) <= addon.included if addon.kind is AddonKind.INTEGER else value in NOTHING


def _choice(addon: Addon, value: str) -> str:
    """A choice is told by its number at the upstream or by its name there; "2" may be both, of two."""
    told = value.casefold()
    meant = {number for number, name in addon.choices if value == str(number) or told == name.casefold()}
    if len(meant) == 1:
        return str(meant.pop())
    offered = ", ".join(f"{number} ({name})" for number, name in addon.choices)
    raise _bad(addon.intname, value, Raw(offered) or Phrase("nothing"))


def _check_range(addon: Addon, value: str, allowed: Range) -> None:
    least, most, step = allowed
    amount = int(value) if value.isascii() and value.isdigit() and len(value) < 16 else -1
    if amount < least or (most and amount > most) or (amount - least) % max(step, 1):
        raise _bad(addon.intname, value, Phrase("range", least=least, most=most or "∞", step=step))


def _bad(name: str, value: str, reason: Words) -> Failure:
    return Failure("addon_bad", object=name, value=value, reason=reason)


def _equal(kind: AddonKind, wanted: str, shown: str) -> bool:
    if kind is AddonKind.BOOLEAN:
        return (wanted in ON) == (shown in ON)
    if kind is AddonKind.INTEGER and shown.isascii() and shown.isdigit():
        return int(wanted) == int(shown)
    return wanted == shown


def _price(addon: Addon, months: int, value: str) -> Decimal:
    if addon.kind is AddonKind.CHOICE:
        return addon.choice_prices.get((int(value), months), Decimal(0))
    units = int(value in ON) if addon.kind is AddonKind.BOOLEAN else max(0, int(value) - addon.included)
    return units * addon.prices.get(months, Decimal(0))
