"""A decimal amount with a currency; amounts of different currencies never meet (design decision 15)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import total_ordering

from bill2bill.rules.words import UnknownWord, shown


class MixedCurrencies(ValueError):
    """Amounts of two currencies were added or ordered: no rate is known here, and none is assumed."""


@total_ordering
@dataclass(frozen=True)
class Money:
    """amount is finite and may be negative; currency is an ISO 4217 code in upper case, never empty."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise ValueError(f"not an amount of money: {self.amount!r}")
        if self.currency not in ISO:
            raise ValueError(f"not a currency code: {self.currency!r}")

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __str__(self) -> str:
        """At least two decimals, more only where they carry a digit: "199.00 RUB", "0.125 EUR"."""
        whole, _, cents = f"{self.amount:f}".partition(".")
        return f"{whole}.{cents.rstrip('0').ljust(2, '0')} {self.currency}"

    def _same(self, other: Money) -> Decimal:
        if self.currency != other.currency:
            raise MixedCurrencies(f"{self} and {other}")
        return other.amount


AMOUNT = re.compile(r"(-?[0-9]{1,18}(?:\.[0-9]{1,12})?)([^0-9]*)")


def parse_amount(text: str) -> Decimal:
    """The number that `text` begins with; what follows ("RUB") is ignored (upstream-billmanager4 3.1).

    Raises ValueError when there is none, or when digits follow that could belong to it: "1 520.40" and "1,50"
    are not 1.
    """
    found = AMOUNT.fullmatch(text.strip())
    if not found:
        raise ValueError(f"not an amount: {shown(text)}")
    return Decimal(found.group(1))


ISO_4217 = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD
    CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ
    GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR
    LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN
    PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB
    TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW
"""
ISO = frozenset(ISO_4217.split())

# Currencies in words of the answer's language: "Russian Ruble" (upstream-billmanager4 3.1).
NAMES = {
    "RUB": (
        "russian ruble|russian rouble|russian rubles|ruble|rubles|rur|российский рубль|российские"
        " рубли|рубль|рубли|рублей|руб|₽"
    ),
    "EUR": "euro|euros|евро|€",
    "USD": "us dollar|us dollars|u.s. dollar|united states dollar|доллар сша|доллары сша",
    "GBP": "pound sterling|british pound|фунт стерлингов",
    "UAH": "hryvnia|ukrainian hryvnia|гривна|украинская гривна",
    "KZT": "tenge|kazakhstani tenge|тенге|казахстанский тенге",
    "BYN": "belarusian ruble|belarussian ruble|белорусский рубль",
}
CODES = {name: code for code, names in NAMES.items() for name in names.split("|")}


def currency_code(text: str) -> str:
    """The ISO code of a currency given as code or name. Raises UnknownWord on any other word, "" included."""
    word = " ".join(text.split()).casefold().rstrip(".")
    if word.upper() in ISO:
        return word.upper()
    try:
        return CODES[word]
    except KeyError:
        raise UnknownWord("currency", text) from None
