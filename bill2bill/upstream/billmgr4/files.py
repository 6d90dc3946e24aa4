"""The provider's public files: prices of domains and countries (upstream-billmanager4 4.2, 4.5)."""

from __future__ import annotations

import logging
import re
from decimal import Decimal
from typing import Callable, Dict, List, Mapping, Optional, Tuple, TypeVar

from bill2bill.errors import Failure, Phrase
from bill2bill.rules.money import parse_amount
from bill2bill.rules.names import to_ascii
from bill2bill.rules.pricing import DomainTariff, Period
from bill2bill.upstream.billmgr4 import types as wire

log = logging.getLogger("bill2bill.upstream")

NUMBER = re.compile(r"[0-9]{1,18}")
ISO2 = re.compile(r"[A-Z]{2}")
YEARS = range(1, 11)
CHINA = "45"  # its row says HK (4.5 [T])

Record = Mapping[str, object]
Found = TypeVar("Found")


def tariffs_of(data: object) -> List[DomainTariff]:
    """The tariffs that sell whole years. data: the decoded JSON, numbers as texts. Malformed records are left
    out and logged; raises upstream_answer if none is left.
    """
    return _readable(data, _tariff, wire.PRICE_FILE)


def countries_of(data: object) -> Dict[str, str]:
    """ISO 3166 alpha-2 -> country id, the first of two for one. Raises upstream_answer if none is left."""
    rows = data.get("elem") if isinstance(data, dict) else None
    found: Dict[str, str] = {}
    for iso2, number in _readable(rows, _country, wire.COUNTRY_FILE):
        found.setdefault(iso2, number)
    return found


def _readable(records: object, read: Callable[[Record], Optional[Found]], what: str) -> List[Found]:
    if not isinstance(records, list):
        raise Failure("upstream_answer", func=what, reason=Phrase("not_a_list"))
    found: List[Found] = []
    for record in records:
        try:
            entry = read(record)
        except (TypeError, AttributeError, KeyError, ValueError, Failure) as error:
            log.warning("%s: a record is left out: %s: %.200s", what, type(error).__name__, record)
            continue
        if entry is not None:
            found.append(entry)
    if not found:
        raise Failure("upstream_answer", func=what, reason=Phrase("no_usable_record"))
    return found


def _tariff(record: Record) -> Optional[DomainTariff]:
    rows = record["period"]
    if not isinstance(rows, list):
        raise TypeError("period")
    periods = tuple(_period(row) for row in rows if row["per_type"] == "year")
    if not periods:
        return None  # sold for ever, by the month or by the day: not for domains that are renewed
    return DomainTariff(
        id=_positive(record["id"]),
        zone=to_ascii(_text(record["tld"])),
        registrar=_positive(record["registrar_id"]),
        name=_text(record["name"]),
        priority=_number(record.get("priority") or "0"),
        periods=periods,
    )


def _period(row: Record) -> Period:
    years = _number(row["p_length"])
    if years not in YEARS:
        raise ValueError("p_length")
    return Period(id=_positive(row["id"]), months=12 * years, price=_price(row["price_num"]))


def _country(row: Record) -> Tuple[str, str]:
    number, iso2 = str(_positive(row["id"])), _text(row["iso2"]).upper()
    if not ISO2.fullmatch(iso2):
        raise ValueError("iso2")
    return ("CN" if number == CHINA else iso2), number


def _price(value: object) -> Decimal:
    price = parse_amount(_text(value))
    if price < 0:
        raise ValueError("price_num")
    return price


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError("text")
    return value.strip()


def _number(value: object) -> int:
    text = _text(value)
    if not NUMBER.fullmatch(text):
        raise ValueError("number")
    return int(text)


def _positive(value: object) -> int:
    number = _number(value)
    if number == 0:
        raise ValueError("number")
    return number
