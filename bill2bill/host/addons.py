"""The add-ons of a service: rows of its tariff's with what was ordered of each (host-protocol 6.3)."""

from __future__ import annotations

from typing import Dict, List, Optional

from bill2bill.errors import Failure, Phrase
from bill2bill.host.cells import number_of
from bill2bill.host.database import Row

# host-protocol 6.5
TRIAL = -100
BOOLEAN, CHOICE = 1, 3
BY_STATISTICS, COMPOUND, MANUAL = 3, 4, 10

# What data.py asks for, in this order: the tariff's add-on, and what the service has of it.
NAMES = (
    "own", "type", "active", "addontype", "billtype", "compound", "plan_bool", "plan_limit", "plan_max",
    "plan_max_trial", "plan_choice", "ordered", "bool", "int", "limit", "max", "choice",
)  # fmt: skip

Cells = Dict[str, Optional[str]]


def values(about: Phrase, rows: List[Row], trial: bool) -> Dict[str, str]:
    """What the rows (NAMES) say. Raises panel_data for two rows of one add-on and cells of another kind."""
    found: Dict[str, str] = {}
    for row in rows:
        cells: Cells = dict(zip(NAMES, row))
        if _counts(about, cells):
            name = (cells["own"] or cells["type"] or "").strip()
            if not name or name in found:
                reason = Phrase("addon_twice", name=name) if name else Phrase("addon_unnamed")
                raise Failure("panel_data", object=about, reason=reason)
            found[name] = _value(about, name, cells, trial)
    return found


def _counts(about: Phrase, cells: Cells) -> bool:
    if cells["active"] != "on" or _number(about, "billtype", cells) in (COMPOUND, MANUAL):
        return False
    return not (_number(about, "compound", cells) and cells["ordered"] is None)


def _value(about: Phrase, name: str, cells: Cells, trial: bool) -> str:
    kind = _number(about, "addontype", cells)
    if kind == CHOICE:
        choice = cells["choice"] or cells["plan_choice"]
        if not choice:
            raise Failure("panel_data", object=about, reason=Phrase("addon_without_choice", name=name))
        return choice.strip()
    if kind == BOOLEAN:
        return "on" if (cells["bool"] or cells["plan_bool"]) == "on" else "off"
    return str(_amount(about, cells, trial))


def _amount(about: Phrase, cells: Cells, trial: bool) -> int:
    if _number(about, "billtype", cells) == BY_STATISTICS:
        amount = _number(about, "max", cells) or _number(about, "plan_max", cells)
    else:
        limit = _number(about, "plan_limit" if cells["limit"] is None else "limit", cells)
        amount = limit + _number(about, "int", cells)
    most = _number(about, "plan_max_trial", cells)
    return most if trial and 0 < most < amount else amount


def _number(about: Phrase, name: str, cells: Cells) -> int:
    text = cells[name]
    return 0 if text in (None, "") else number_of(about, name, text)
