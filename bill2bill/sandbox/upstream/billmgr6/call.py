"""A request as a function of the provider sees it, and how its texts are written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import List, Mapping, Optional, Tuple

from bill2bill.sandbox.upstream.billmgr6.document import Node, texts
from bill2bill.sandbox.upstream.billmgr6.errors import bad_value, missed
from bill2bill.sandbox.upstream.billmgr6.models import DELETED, Service
from bill2bill.sandbox.upstream.billmgr6.provider import Provider
from bill2bill.sandbox.upstream.billmgr6.switches import Switches6

SYMBOL = {"EUR": "€"}
RIGHTS = {
    "suspend": "allowsuspenditem",
    "resume": "allowsuspenditem",
    "delete": "allowdeleteitem",
}  # what X.suspend … need (6.7)


@dataclass(frozen=True)
class Call:
    """func with its parameters; a parameter that was not sent reads as "". session is "" for authinfo."""

    func: str
    params: Mapping[str, str]
    provider: Provider
    client: str = ""
    session: str = ""

    def text(self, name: str) -> str:
        return self.params.get(name, "")

    def sent(self, name: str) -> bool:
        return name in self.params

    @property
    def submitted(self) -> bool:
        """sok with any non-empty value (1.3)."""
        return bool(self.text("sok"))

    @property
    def button(self) -> str:
        return self.text("clicked_button")

    @property
    def pays_now(self) -> bool:
        return self.text("skipbasket") == "on"

    @property
    def switches(self) -> Switches6:
        return self.provider.switches

    @property
    def lang(self) -> str:
        return self.switches.word("lang_texts")

    def may(self, func: str) -> bool:
        """The switch rights: which functions the login may call. Licences can always be suspended (LIC)."""
        kind, _, action = func.partition(".")
        flag = RIGHTS.get(action) if kind in self.provider.types else None
        if flag and self.switches.right(flag) == "off" and (kind, flag) != ("soft", "allowsuspenditem"):
            return False
        return any(fnmatchcase(func, pattern) for pattern in self.switches.allowed())

    def ids(self) -> List[str]:
        """Several ids are joined with a comma, and usually a space (1.2)."""
        return list(dict.fromkeys(number.strip() for number in self.text("elid").split(",")))

    def service(self, kind: Optional[str] = None) -> Service:
        """The one service that elid names; `missed` for a foreign, forgotten or deleted one."""
        return self.named(self.text("elid"), kind)

    def group(self, kind: Optional[str] = None) -> List[Service]:
        """All services that elid names, or none of them."""
        return [self.named(number, kind) for number in self.ids()]

    def named(self, number: str, kind: Optional[str] = None) -> Service:
        service = self.provider.service(number)
        if service is None or service.status == DELETED or kind not in (None, service.kind):
            raise missed("item", number)
        return service

    def number(self, name: str, default: int) -> int:
        """A small whole number, or the default if it was not sent. Raises the refusal `value`."""
        value = self.text(name)
        if not value:
            return default
        if not (value.isascii() and value.isdigit() and len(value) < 7):
            raise bad_value(name, value)
        return int(value)

    # -- how texts are written -------------------------------------------------------------------------------
    def money(self, amount: Decimal) -> str:
        """As money_style says: 9.00 EUR, €9.00, 9,00 EUR (3.1)."""
        style, currency = self.switches.word("money_style"), self.provider.account.currency
        if style.startswith("€"):
            return f"{SYMBOL[currency]}{amount:.2f}"
        return f"{amount:.2f} {currency}".replace(".", "," if style == "9,00 EUR" else ".")

    def cost(self, service: Service) -> str:
        """`9.00 EUR / Month`"""
        return (
            f"{self.money(self.provider.gross(service.plan.cost(service.months, service.addons)))} /"
            f" {self.period(service.months)}"
        )

    def say(self, english: str, russian: str) -> str:
        return russian if self.lang == "ru" else english

    def period(self, months: int) -> str:
        """`Month`, `12 Months`, `Trial`; for people."""
        if months < 0:
            return self.say("Trial", "Пробный период")
        return self.say(
            "Month" if months == 1 else f"{months} Months", "Месяц" if months == 1 else f"{months} мес."
        )

    def echo(self) -> Node:
        """tparams: what was sent, secrets too (1.2)."""
        return Node(
            "tparams",
            children=tuple(Node(name, value) for name, value in self.params.items() if is_name(name)),
        )


def is_name(name: str) -> bool:
    """Can it be the name of an element?"""
    return name.replace(".", "_").replace("-", "_").isidentifier()


@lru_cache(maxsize=4096)
def dates(name: str, day: Optional[date]) -> Tuple[Node, ...]:
    """ISO, and twice for people (2.2)."""
    if day is None:
        return texts(**{name: ""})
    return texts(
        **{
            name: day.isoformat(),
            f"{name}_l": f"{day:%B} {day.day}, {day.year}",
            f"{name}_s": f"{day:%b} {day.day}, {day.year}",
        }
    )
