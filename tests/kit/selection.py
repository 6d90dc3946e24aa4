"""What of all tests a day's run runs, and how it is said (docs/testing.md, "The daily run").

The choice depends on the collected tests and on a number, the seed, alone: every worker makes the same, and
the seed repeats it. Seeds follow each other as commits do, so that consecutive commits meet everything.
"""

from __future__ import annotations

import subprocess
import zlib
from pathlib import Path
from typing import Dict, List, NamedTuple, Sequence, Set, TypeVar

HOME = Path(__file__).resolve().parents[2]

DAYS = 7  # in so many consecutive seeds every variant of a matrix is met ...
SLOW_DAYS = 10  # ... and every test that is marked slow
WHOLE = ("tests/rules/", "tests/migration/")  # run in milliseconds; has chosen its share itself
SQL = ("tests/host/", "tests/sandbox/")  # each variant on both databases; elsewhere on one, in turn
FLOOR = ("tests/rules", "tests/contract", "tests/host", "tests/journal")  # on the oldest Python
MATRIX_RUNS = 40  # of the crash matrix; all are 200
SEED_WITHOUT_GIT = 1

Thing = TypeVar("Thing")


class Case(NamedTuple):
    """One collected test. `variant` is what stands in brackets, without the database."""

    path: str
    function: str
    variant: str = ""
    database: str = ""
    slow: bool = False


class LeftOut(NamedTuple):
    """How many tests a run did not run, by reason."""

    variants: int
    slow: int


def todays(tests: Sequence[Case], seed: int) -> List[bool]:
    """Whether each test runs. Each function that is not slow runs at least once."""
    wanted: Set[int] = set()
    slow = [number for number, test in enumerate(tests) if test.slow]
    wanted.update(dealt(slow, SLOW_DAYS, seed))
    for name, matrix in _matrices(tests).items():
        days = 1 if tests[matrix[0][0]].path.startswith(WHOLE) else DAYS
        for variant in dealt(matrix, min(days, len(matrix)), seed + zlib.crc32(name.encode())):
            wanted.update(variant)
    return [number in wanted for number in range(len(tests))]


def dealt(things: Sequence[Thing], days: int, seed: int) -> Sequence[Thing]:
    """One share of `days`; consecutive seeds have consecutive shares."""
    return things[seed % days :: days]


def _matrices(tests: Sequence[Case]) -> Dict[str, List[List[int]]]:
    """function -> its variants, each as the numbers of the tests that run together."""
    found: Dict[str, Dict[str, List[int]]] = {}
    for number, test in enumerate(tests):
        if not test.slow:
            variant = test.variant if test.path.startswith(SQL) else f"{test.variant} {test.database}"
            found.setdefault(test.function, {}).setdefault(variant, []).append(number)
    return {name: list(variants.values()) for name, variants in found.items()}


def left_out(tests: Sequence[Case], runs: Sequence[bool]) -> LeftOut:
    slow = [test.slow for test, run in zip(tests, runs) if not run]
    return LeftOut(slow.count(False), slow.count(True))


def seed_of(home: Path = HOME) -> int:
    """The number of the commit: how many lead to it. In a clone without its history, the commit's name as a
    number; without git a fixed one.
    """
    shallow = git(home, "rev-parse", "--is-shallow-repository")
    if shallow == "true":
        return int(git(home, "rev-parse", "HEAD")[:7], 16)
    return int(git(home, "rev-list", "--count", "HEAD") or SEED_WITHOUT_GIT)


def git(home: Path, *words: str) -> str:
    """What git tells; "" where it tells nothing."""
    try:
        done = subprocess.run(["git", "-C", str(home), *words], capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
