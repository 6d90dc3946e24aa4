"""What the provider starts with: the fixture set of upstream-billmanager4 section 10 and the country table of
4.5.
"""

from __future__ import annotations

from decimal import Decimal
from typing import List

from bill2bill.sandbox.upstream.billmgr4.models import EUROS, RUBLES, Account, Name, Period, Tariff

FIRST_ITEM, FIRST_CONTACT = 10501, 7001

# ISO codes by country id, 1 to 246 (4.5)
_TABLE = """
AF AX AL DZ AS AD AO AI AQ AG AR AM AW AU AT AZ BS BH BD BB BY BE BZ BJ BM BT BO BA BW BV BR IO BN BG BF BI KH CM CA CV KY CF TD CL CN CX CC
CO KM CG CD CK CR CI HR CU CY CZ DK DJ DM DO EC EG SV GQ ER EE ET FK FO FJ FI FR GF PF TF GA GM GE DE GH GI GR GL GD GP GU GT GG GN GW GY HT
HM VA HN HK HU IS IN ID IR IQ IE IM IL IT JM JP JE JO KZ KE KI KP KR KW KG LA LV LB LS LR LY LI LT LU MO MK MG MW MY MV ML MT MH MQ MR MU YT
MX FM MD MC MN ME MS MA MZ MM NA NR NP NL AN NC NZ NI NE NG NU NF MP NO OM PK PW PS PA PG PY PE PH PN PL PT PR QA RE RO RU RW BL SH KN LC MF
PM VC WS SM ST SA SN RS SC SL SG SK SI SB SO ZA GS ES LK SD SR SJ SZ SE CH SY TW TJ TZ TH TL TG TK TO TT TN TR TM TC TV UG UA AE GB US UM UY
UZ VU VE VN VG VI WF EH YE ZM ZW
"""
COUNTRIES = _TABLE.split()
CHINA = 45  # its row says HK at the provider


def country_ids() -> List[str]:
    return [str(number) for number in range(1, len(COUNTRIES) + 1)]


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
