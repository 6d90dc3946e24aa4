"""Waiting for what another process does."""

from __future__ import annotations

import time
from typing import Callable, TypeVar

Answer = TypeVar("Answer")


def wait_for(question: Callable[[], Answer], seconds: float = 20) -> Answer:
    """The first answer that is true."""
    until = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)
    return answer
