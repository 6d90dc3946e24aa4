"""Months and days. Dates are calendar days without a time zone, as both panels give them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Optional

from bill2bill.errors import Failure, Phrase, Raw

UNCOUNTABLE = {-100: Phrase("trial"), -50: Phrase("a_day"), 0: Phrase("lifetime")}
SLACK = timedelta(days=2)
OLDEST, NEWEST = 12, 11 * 12  # months back and ahead of today
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def months_of(item_period: int) -> int:
    """The months of a period of the panel: n > 0 is n months (host-protocol 6.5).

    Raises Failure("panel_data") on trial (-100), day (-50), lifetime (0) and any unknown negative number.
    """
    if item_period > 0:
        return item_period
    reason = Phrase("no_months", period=item_period, meaning=UNCOUNTABLE.get(item_period, Raw("?")))
    raise Failure("panel_data", object=Phrase("period"), reason=reason)


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last of a shorter month. ValueError outside the years 1..9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise ValueError(f"no such date: {day} and {months} months")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def reached(expires: Optional[date], before: date, months: int) -> bool:
    """Were `months` added to `before`, give or take two days (design decision 3)? None shows nothing."""
    return expires is not None and expires >= add_months(before, months) - SLACK


def sane_date(day: date, today: date) -> bool:
    """May an expiry be believed: from a year ago to 11 years ahead, both included (design decision 8)?"""
    return add_months(today, -OLDEST) <= day <= add_months(today, NEWEST)


def parse_date(text: Optional[str]) -> Optional[date]:
    """YYYY-MM-DD; None for anything else: "", "0000-00-00", "on" (upstream-billmanager4 5.11), 2027-02-30."""
    if not text or not ISO_DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
