"""How a tariff plan of the panel is bought at the upstream: what was entered in it (config.TARIFF)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import FrozenSet, Mapping, Optional

from bill2bill.errors import Failure, Phrase

NUMBER = re.compile(r"[1-9][0-9]{0,14}")
PAIR = re.compile(r"([1-9][0-9]{0,2})=([1-9][0-9]{0,2})")


@dataclass(frozen=True)
class Plan:
    """tariff, datacenter: the upstream's ids, None = its own choice. own_addons: not looked for there.

    periods  months that are sold -> months that are bought for them; what is not named is bought as sold
    """

    tariff: int
    datacenter: Optional[int] = None
    periods: Mapping[int, int] = field(default_factory=dict)
    own_addons: FrozenSet[str] = frozenset()

    def months_for(self, sold: int) -> int:
        return self.periods.get(sold, sold)


def plan_of(pricelist: int, settings: Mapping[str, str]) -> Plan:
    """The plan that the settings describe. Raises tariff_unlinked without an upstream tariff, panel_data for
    what is no number and for a period that would end before the client's.
    """
    if not settings.get("b2b_tariff", "").strip():
        raise Failure("tariff_unlinked", value=pricelist)
    chosen = settings.get("b2b_datacenter", "").strip()
    return Plan(
        tariff=_number(pricelist, settings, "b2b_tariff"),
        datacenter=_number(pricelist, settings, "b2b_datacenter") if chosen else None,
        periods=_periods(pricelist, settings.get("b2b_periods", "")),
        own_addons=frozenset(settings.get("b2b_local_addons", "").split()),
    )


def _number(pricelist: int, settings: Mapping[str, str], name: str) -> int:
    text = settings[name].strip()
    if not NUMBER.fullmatch(text):
        raise _bad(pricelist, name, text)
    return int(text)


def _periods(pricelist: int, text: str) -> Mapping[int, int]:
    periods = {}
    for word in text.split():
        pair = PAIR.fullmatch(word)
        if not pair or int(pair[2]) < int(pair[1]) or int(pair[1]) in periods:
            raise _bad(pricelist, "b2b_periods", word)
        periods[int(pair[1])] = int(pair[2])
    return periods


def _bad(pricelist: int, name: str, value: str) -> Failure:
    reason = Phrase("bad_setting", name=name, value=value[:40])
    return Failure("panel_data", object=Phrase("tariff_plan", id=pricelist), reason=reason)
