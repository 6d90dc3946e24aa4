"""How long one process takes, by itself: without its children and without whoever serves it. Linux only."""

from __future__ import annotations

import os
import subprocess
import time
from statistics import median
from typing import Callable, List, NamedTuple, Optional, Sequence


class Spent(NamedTuple):
    """One run in milliseconds. cpu: user and system time of the process and its threads, without its
    children.
    """

    wall: float
    cpu: float
    status: int


def run(words: Sequence[str], folder: Optional[str] = None) -> Spent:
    """Start a program as the panel starts a module (little environment, no terminal) and wait for its end."""
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/", "LANG": "C"}
    quiet = subprocess.DEVNULL
    began = time.perf_counter()
    child = subprocess.Popen(words, cwd=folder, env=environment, stdin=quiet, stdout=quiet, stderr=quiet)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it has ended, but its clock can still be read
    wall = time.perf_counter() - began
    cpu = time.clock_gettime(_clock_of(child.pid))
    return Spent(wall * 1000, cpu * 1000, child.wait())


def _clock_of(process: int) -> int:
    """The number of another process's CPU clock: clock_getcpuclockid(3), which Python does not offer. wait4
    would count children too.
    """
    return (~process << 3) | 2


class Compared(NamedTuple):
    """Medians in milliseconds of a subject and of what it is compared with, and the median of what the one
    takes of the other, pair by pair: a processor changes its speed by a third within seconds, and both runs
    of a pair have the same.
    """

    subject: float
    reference: float
    ratio: float


def compare(subject: Callable[[], float], reference: Callable[[], float], times: int) -> Compared:
    """Both in turn, so that whatever else the machine does hits both alike; a first run of each only fills
    the caches.
    """
    subject(), reference()
    measured: List[List[float]] = [[subject(), reference()] for _ in range(times)]
    ours, theirs = zip(*measured)
    return Compared(median(ours), median(theirs), median(one / other for one, other in measured))
