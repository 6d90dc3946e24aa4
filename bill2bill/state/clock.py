"""A clock that nobody can set: the wall clock may be moved while a request is on its way."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import NamedTuple

BOOT_ID = "/proc/sys/kernel/random/boot_id"


class Moment(NamedTuple):
    """boot: which start of the machine, "" if the system does not tell; seconds since then, with sleep."""

    boot: str
    seconds: float


def now() -> Moment:
    return Moment(_boot(), time.clock_gettime(time.CLOCK_BOOTTIME))


def passed_since(then: Moment) -> float:
    """Seconds that have certainly passed: after a restart of the machine, those since the restart."""
    here = now()
    if here.boot != then.boot:
        return here.seconds if here.boot else 0.0  # which start this is cannot be read just now
    return max(0.0, here.seconds - then.seconds)


@lru_cache(maxsize=1)
def _boot() -> str:
    try:
        with open(BOOT_ID, encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""
