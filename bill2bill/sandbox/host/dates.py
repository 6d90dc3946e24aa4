"""Calendar of the panel: local dates as ISO text, periods in months."""

from __future__ import annotations

import calendar
import datetime as dt

TRIAL_DAYS = 7  # length of period -100; a real panel takes it from the tariff plan


def today() -> str:
    return dt.date.today().isoformat()  # noqa: DTZ011 - the panel's dates are local (host-protocol 4.1)


def now() -> str:
    return dt.datetime.now().strftime("%Y-%m-%d %H:%M:%S")  # noqa: DTZ005 - as above


def is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def after(start: str, period: int) -> str:
    """The date one period later (codes of host-protocol 6.5); a lifetime never ends and gives the
    empty text.
    """
    day = dt.date.fromisoformat(start)
    if period == 0:
        return ""
    if period < 0:
        return (day + dt.timedelta(days=1 if period == -50 else TRIAL_DAYS)).isoformat()
    months = day.year * 12 + day.month - 1 + period
    year, month = divmod(months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1])).isoformat()


def days_between(start: str, end: str) -> int:
    return (dt.date.fromisoformat(end) - dt.date.fromisoformat(start)).days
