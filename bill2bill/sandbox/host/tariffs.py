"""Tariff plans: rows of pricelist with prices per period (host-protocol 6.1, 6.5, 7.8)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Dict, List, Mapping, Optional

from .documents import PanelError
from .panel import Panel

# Words of the order form and the price table -> period codes of host-protocol 6.5. Beyond a year the words
# are this sandbox's own.
PERIODS = {
    "trial": -100, "day": -50, "lifetime": 0, "monthly": 1, "quarterly": 3, "semiannual": 6, "annually": 12,
    "biennial": 24, "triennial": 36,
    "quadrennial": 48, "quinquennial": 60,
}  # fmt: skip
PRICES = (*PERIODS, "setup", "stat", "transfer")


def money(name: str, text: str) -> Optional[str]:
    """An amount as the database keeps it; the empty text is none."""
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise PanelError("value", name, text) from None
    if not amount.is_finite() or amount < 0:
        raise PanelError("value", name, text)
    return str(amount.quantize(Decimal("0.0001")))


def set_prices(panel: Panel, pricelist: object, currency: object, prices: Mapping[str, str]) -> None:
    values = {name: money(name, text) for name, text in prices.items()}
    if not values:
        return
    found = panel.db.find("pricelistprice", pricelist=pricelist, currency=currency)
    if found:
        panel.db.update("price", found[0]["price"], **values)
    else:
        panel.db.insert(
            "pricelistprice", pricelist=pricelist, currency=currency, price=panel.db.insert("price", **values)
        )


def cost(panel: Panel, pricelist: object, currency: object, period: int) -> str:
    """Price of one period; a tariff plan without prices is free. Raises PanelError for a period that is not
    sold.
    """
    amount = price(panel, pricelist, currency, period)
    if amount is None and panel.db.find("pricelistprice", pricelist=pricelist, currency=currency):
        raise PanelError("value", "period", str(period))
    return amount or "0.0000"


def price(panel: Panel, pricelist: object, currency: object, period: int) -> Optional[str]:
    """Price of one period or None."""
    found = panel.db.find("pricelistprice", pricelist=pricelist, currency=currency)
    prices = (panel.db.get("price", found[0]["price"]) if found else None) or {}
    words = [word for word, code in PERIODS.items() if code == period]
    amount = prices.get(words[0]) if words else None
    return None if amount is None else str(amount)


def sold(panel: Panel, pricelist: object, currency: object) -> List[int]:
    """Periods that have a price."""
    return [period for period in PERIODS.values() if price(panel, pricelist, currency, period) is not None]


def currency(panel: Panel, iso: str) -> int:
    found = panel.db.find("currency", iso=iso)
    if not found:
        raise PanelError("value", "currency", iso)
    return int(found[0]["id"])


def sell_by(panel: Panel, pricelist: object, instances: str) -> None:
    """Which instances serve a tariff plan; ids separated by commas."""
    panel.db.delete("processingmodule2pricelist", pricelist=pricelist)
    for number in instances.replace(",", " ").split():
        if not number.isdigit() or not panel.db.get("processingmodule", number):
            raise PanelError("value", "processingmodule", number)
        panel.db.insert("processingmodule2pricelist", processingmodule=int(number), pricelist=pricelist)


def params(panel: Panel, pricelist: object) -> Dict[str, str]:
    return {
        row["intname"]: row["value"] or "" for row in panel.db.find("pricelistparam", pricelist=pricelist)
    }


def save_params(panel: Panel, pricelist: object, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        panel.db.put("pricelistparam", {"pricelist": pricelist, "intname": name}, value=value)


def tld_id(panel: Panel, name_or_id: str) -> int:
    """Raises PanelError for a zone that is not there; zones are made by sandbox.tld.add."""
    column = "id" if name_or_id.isdigit() else "name"
    found = panel.db.find("tld", **{column: name_or_id.lstrip(".").lower()})
    if not found:
        raise PanelError("missed", "tld", name_or_id)
    return int(found[0]["id"])


def split_prices(params: Mapping[str, str]) -> Dict[str, Dict[str, str]]:
    """`annually126=1200` -> {"126": {"annually": "1200"}} (host-protocol 7.8)."""
    found: Dict[str, Dict[str, str]] = {}
    for name, text in params.items():
        word = name.rstrip("0123456789")
        if word != name and word in PRICES and text:
            found.setdefault(name[len(word) :], {})[word] = text
    return found
