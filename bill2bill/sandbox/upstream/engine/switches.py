"""Switches: how a provider behaves where its reference leaves it open. Each dialect has its own table."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Callable, Dict, List, Mapping, Tuple

Check = Callable[[object], bool]


def number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def decimal(value: object) -> bool:
    try:
        return isinstance(value, str) and Decimal(value) >= 0
    except InvalidOperation:
        return False


def words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def word(value: object) -> bool:
    return isinstance(value, str) and value.isidentifier()


def one_of(*choices: str) -> Check:
    return lambda value: value in choices


on_off = one_of("on", "off")


@dataclass(frozen=True)
class Switch:
    name: str
    default: object
    check: Check
    meaning: str


class Switches:
    """The switches of one running provider. Raises KeyError for an unknown name, ValueError for a
    bad value.
    """

    def __init__(self, settings: Mapping[str, object], known: Tuple[Switch, ...]) -> None:
        self._known = {switch.name: switch for switch in known}
        self._values: Dict[str, object] = {switch.name: switch.default for switch in known}
        self.set(settings)

    def set(self, settings: Mapping[str, object]) -> None:
        """All of the settings, or none."""
        new = {
            name: {True: "on", False: "off"}[value] if isinstance(value, bool) else value
            for name, value in settings.items()
        }
        for name, value in new.items():
            if not self._known[name].check(value):
                raise ValueError(f"switch {name}: {value!r} is not possible. {self._known[name].meaning}")
        self._values.update(new)

    def listed(self) -> List[Dict[str, object]]:
        rows = self._known.values()
        return [
            {
                "name": row.name,
                "value": self._values[row.name],
                "default": row.default,
                "meaning": row.meaning,
            }
            for row in rows
        ]

    def word(self, name: str) -> str:
        return str(self._values[name])

    def on(self, name: str) -> bool:
        return self._values[name] == "on"

    def number(self, name: str) -> int:
        return int(self.word(name))

    def words(self, name: str) -> List[str]:
        value = self._values[name]
        return [str(word) for word in value] if isinstance(value, list) else []
