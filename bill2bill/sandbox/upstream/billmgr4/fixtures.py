"""What the provider starts with: the fixture set of upstream-billmanager4 section 10."""

from __future__ import annotations

from decimal import Decimal
from typing import List

from bill2bill.sandbox.upstream.billmgr4.models import EUROS, RUBLES, Account, Name, Period, Tariff

FIRST_ITEM, FIRST_CONTACT = 10501, 7001
CHINA = 45  # country.json says HK for it (4.5)


def _period(number: int, length: int, price: str, per_type: str = "year") -> Period:
    return Period(number, length, per_type, Decimal(price))


def tariffs() -> List[Tariff]:
    """Domains are priced in rubles, everything else in euros (3.2)."""
    return [
        Tariff(
            565, "domain", "Domain .RU", (_period(881, 1, "199.0000"),), tld="ru", registrar=13, priority="10"
        ),
        Tariff(566, "domain", "Domain .РФ", (_period(884, 1, "199.0000"),), tld="рф", registrar=13),
        Tariff(
            567,
            "domain",
            "Domain .RU (RUCENTER)",
            (_period(885, 1, "890.0000"),),
            tld="ru",
            registrar=5,
            priority="20",
        ),
        Tariff(
            601,
            "domain",
            "Domain .COM",
            (_period(930, 1, "990.0000"), _period(931, 2, "1980.0000")),
            tld="com",
            registrar=19,
            priority="5",
            numeric=True,
        ),
        Tariff(
            602, "domain", "Domain .COM (WebNames)", (_period(932, 1, "1050.0000"),), tld="com", registrar=28
        ),
        Tariff(
            603,
            "domain",
            "Domain .ONLINE, monthly",
            (_period(940, 1, "90.0000", "month"),),
            tld="online",
            registrar=30,
        ),
        Tariff(
            701,
            "vhost",
            "Hosting Start",
            (_period(1001, 1, "3.0000", "month"), _period(1002, 1, "30.0000")),
            EUROS,
        ),
        Tariff(
            5,
            "software",
            "ISPmanager Lite",
            (_period(11, 1, "4.0000", "month"), _period(12, 1, "40.0000")),
            EUROS,
        ),
        Tariff(730, "uniservice", "Backorder", (_period(1101, 1, "250.0000"),)),
    ]


def accounts() -> List[Account]:
    return [
        Account(4411, "*.ru-tld.ru (Domains)", RUBLES, Decimal("15204.00"), Decimal("0.0000")),
        Account(4412, "*.ru-tld.ru (Servers)", EUROS, Decimal("0.00")),
    ]


def names() -> List[Name]:
    """Names that others own, and names whose check goes wrong (5.1)."""
    taken = [
        Name(name, "taken") for name in ("taken.ru", "ya.ru", "ru-tld.ru", "taken.com", "xn--80aswg.xn--p1ai")
    ]
    odd = {
        "empty-status.ru": "empty_status",
        "no-status.ru": "no_status",
        "error.ru": "error",
        "html.ru": "html",
        "502.ru": "502",
        "slow.ru": "slow",
    }
    return taken + [Name(name, check) for name, check in odd.items()]
