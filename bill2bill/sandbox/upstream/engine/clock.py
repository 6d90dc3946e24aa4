"""The provider's clock: real time plus an offset that tests can increase."""

from __future__ import annotations

import calendar
import threading
import time
from datetime import date, datetime, timedelta

DAY = 86400


class Clock:
    """Time of the provider. It moves only forward."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._lock = threading.Lock()

    def seconds(self) -> float:
        """Unix time as the provider sees it."""
        return time.time() + self._ahead

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds()).astimezone()

    def today(self) -> date:
        return self.now().date()

    def stamp(self) -> str:
        """ISO 8601 with the zone, for the ledger and the log of requests."""
        return self.now().isoformat(timespec="milliseconds")

    def advance(self, days: float = 0, seconds: float = 0) -> None:
        """Move forward; raises ValueError for a step back or for more than a hundred years."""
        step = days * DAY + seconds
        if not 0 <= step <= 100 * 366 * DAY:
            raise ValueError("the clock moves forward only, by at most a hundred years")
        with self._lock:
            self._ahead += step

    def move_to(self, day: date) -> None:
        """Move forward to the same time of a later day."""
        self.advance(days=(day - self.today()) / timedelta(days=1))


def months_after(start: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))
