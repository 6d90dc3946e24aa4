"""Buys domains and servers in seeded journeys in which processes are killed, answers are lost and both sides
misbehave; then counts the money.

    python benchmarks/crash_matrix.py --runs N --seed S [--from F] [--jobs J] [--only NUMBER] [--cold]
    [--migrated [SHARE]] [--without-look] [--json]
    python benchmarks/crash_matrix.py --merge A.json B.json ...

Exit status 1 if anything was bought twice, lost, or left in a wrong state. README.md beside this file says
more.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional

HOME = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HOME))

from crash import released  # noqa: E402
from crash.journey import Journey, Migrated  # noqa: E402
from crash.judge import Judge, Verdict  # noqa: E402
from crash.place import Place, make_template  # noqa: E402
from crash.plan import plan_of, seed_of  # noqa: E402

MEMORY = Path("/dev/shm")
TRIES = 3  # of a run for which the machine was too slow
MOST_VISIBLE = 0.01  # of the runs with a fault after the commit


class Ran(NamedTuple):
    """One run and its judgement: verdicts before and, if there was one, after the person's part."""

    number: int
    purchases: int
    verdicts: List[Verdict]
    after_commit: bool
    hits: Dict[str, int]  # kill points that were reached and faults that hit
    repeated: int
    cold: bool
    migrated: str  # the case that it began with
    error: str
    story: Optional[Dict[str, Any]]

    @property
    def clean(self) -> bool:
        return not self.error and not self.guilty

    @property
    def guilty(self) -> bool:
        """The judge complains, which is more than a run that broke."""
        return not all(verdict.clean for verdict in self.verdicts)


def main(argv: List[str]) -> int:
    options = _parser().parse_args(argv)
    if options.merge:
        found = merged([json.loads(Path(path).read_text(encoding="utf-8")) for path in options.merge])
        _print(found, options.json)
        return 0 if found["clean"] and acceptable(found) else 1
    began, spent = time.monotonic(), _cpu()
    first = getattr(options, "from")
    numbers = [options.only] if options.only is not None else list(range(first, first + options.runs))
    folder = Path(
        tempfile.mkdtemp(prefix="b2b-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None)
    ).resolve()
    try:
        ran = Matrix(options, folder).run(numbers)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found = summary(ran)
    found.update(seconds=round(time.monotonic() - began, 1), cpu_seconds=round(_cpu() - spent, 1))
    found.update(
        seed=options.seed,
        parts=[[numbers[0], numbers[-1]]],
        commit=_commit(),
        clean=len(ran) == len(numbers) and all(one.clean for one in ran),
        found=[one.number for one in ran if one.guilty],
    )
    _print(found, options.json)
    return 0 if found["clean"] and acceptable(found) else 1


def _print(found: Dict[str, Any], as_json: bool) -> None:
    sys.stdout.write(
        json.dumps(found) + "\n"
        if as_json
        else "".join(f"{name:20} {value}\n" for name, value in found.items())
    )


def _commit() -> str:
    """What was measured; with a + if something was not committed. "" where it cannot be told."""
    git = ["git", "-C", str(HOME)]
    try:
        head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, encoding="ascii", check=True)
        changed = subprocess.run([*git, "status", "--porcelain"], capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
    return head.stdout.strip() + "+" * bool(changed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Kill, cut off and repeat purchases, and count the money.")
    parser.add_argument("--runs", type=int, default=200, help="journeys (default 200)")
    parser.add_argument(
        "--from", type=int, default=0, metavar="NUMBER", help="the first one's number: a long matrix in parts"
    )
    parser.add_argument(
        "--merge", nargs="+", metavar="FILE", help="add up the answers (--json) of the parts of one matrix"
    )
    parser.add_argument(
        "--migrated",
        type=int,
        nargs="?",
        const=1,
        default=0,
        metavar="SHARE",
        help="every SHARE-th run (default: every) begins with a panel of the release before, case by case",
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="the same seed gives the same journeys (default 1)"
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=6 * (os.cpu_count() or 1),
        help="journeys at once; they mostly wait (default: six for each core)",
    )
    parser.add_argument(
        "--only", type=int, metavar="NUMBER", help="replay this one run of the seed, and tell its story"
    )
    parser.add_argument(
        "--cold", action="store_true", help="start every process anew; otherwise one run of two hundred does"
    )
    parser.add_argument(
        "--without-look",
        action="store_true",
        help="every look says that nothing is there: things must be bought twice",
    )
    parser.add_argument("--stop", action="store_true", help="begin nothing more once the judge complains")
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    return parser


def _cpu() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


class Matrix:
    """Jobs that take one run after the other, each in a place of its own."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options, self.folder = options, folder
        self._said = threading.Lock()
        self._ran: List[Ran] = []

    def run(self, numbers: List[int]) -> List[Ran]:
        left = iter(numbers)
        make_template(self.folder)
        jobs = [
            threading.Thread(target=self._job, args=(number, left))
            for number in range(min(self.options.jobs, len(numbers)))
        ]
        for job in jobs:
            job.start()
        for job in jobs:
            job.join()
        return sorted(self._ran)

    def _job(self, job: int, left: Iterator[int]) -> None:
        """Every fourth job asks its providers over TLS."""
        for number in itertools.count():
            with Place(self.folder / f"{job}-{number}", self.folder, tls=job % 4 == 3) as place:
                if self._in(place, left):
                    return

    def _in(self, place: Place, left: Iterator[int]) -> bool:
        """Runs in one place. False: it broke, and the next run wants a new one."""
        while True:
            with self._said:
                over = self.options.stop and any(ran.guilty for ran in self._ran)
                number = None if over else next(left, None)
            if number is None:
                return True
            ran = self._one(place, number)
            self._tell(ran)
            if ran.error:
                return False

    def _one(self, place: Place, number: int) -> Ran:
        seed, migrated = seed_of(self.options.seed, number), self._migrated(number)
        plan = plan_of(
            seed,
            without_look=self.options.without_look,
            cold=True if self.options.cold else None,
            items=migrated.items if migrated else None,
        )
        case = migrated.case.name if migrated else ""
        for repeated in range(TRIES):
            journey = Journey(place, plan, migrated)
            asked_about = migrated.asked_about if migrated else set()
            verdicts: List[Verdict] = []
            try:
                journey.travel()
                judge = Judge(place, journey.steps, asked_about)
                after_commit, hits, slow = judge.after_commit(), judge.hits(), judge.too_slow
                verdicts.append(judge.verdict())
                told = self.options.only is not None or verdicts[0].visible or not verdicts[0].clean
                story = journey.story() if told else None
                if journey.persons_part():
                    verdicts.append(Judge(place, journey.steps, asked_about).verdict())
                    story = story or (journey.story() if not verdicts[1].clean else None)
            except Exception:  # noqa: BLE001 - whatever it is, it is told with the story of the run
                return Ran(
                    number,
                    len(journey.steps),
                    verdicts,
                    False,
                    {},
                    repeated,
                    plan.cold,
                    case,
                    traceback.format_exc(),
                    journey.story(),
                )
            if not slow:
                break
        return Ran(
            number, len(journey.steps), verdicts, after_commit, hits, repeated, plan.cold, case, "", story
        )

    def _migrated(self, number: int) -> Optional[Migrated]:
        """By turns, in an order that the seed draws: each case is met once before one is met twice."""
        if not self.options.migrated or number % self.options.migrated:
            return None
        cases = released.names()
        random.Random(self.options.seed).shuffle(cases)
        turn = number // self.options.migrated
        return Migrated(cases[turn % len(cases)], random.Random(f"{self.options.seed} {number}"))

    def _tell(self, ran: Ran) -> None:
        with self._said:
            self._ran.append(ran)
            if ran.story is not None:
                sys.stderr.write(telling(self.options, ran))
                sys.stderr.flush()


def telling(options: argparse.Namespace, ran: Ran) -> str:
    """What was wrong with a run, everything that was written down in it, and how to see it again."""
    words = [
        f"--seed {options.seed} --only {ran.number}",
        *["--cold"] * options.cold,
        *["--without-look"] * options.without_look,
        *[f"--migrated {options.migrated}"] * bool(options.migrated),
    ]
    wrong = [
        f"{name}: {text}"
        for one in ran.verdicts
        for name in ("double", "lost", "wrong", "unresolved")
        for text in getattr(one, name)
    ]
    wrong += [
        f"in doubt, though the provider could tell: {one.visible}" for one in ran.verdicts if one.visible
    ]
    head = [
        f"run {ran.number} of seed {options.seed}, its own seed {seed_of(options.seed, ran.number)}"
        + f", from {ran.migrated}" * bool(ran.migrated),
        *wrong,
        *ran.error.splitlines(),
    ]
    return "\n".join(
        [*head, f"replay: python benchmarks/crash_matrix.py {' '.join(words)}", *_lines(ran.story or {}), ""]
    )


def _lines(story: Dict[str, Any]) -> Iterator[str]:
    for name, value in story.items():
        yield f"-- {name}"
        rows = (
            value if isinstance(value, list) else list(value.items()) if isinstance(value, dict) else [value]
        )
        yield from (f"   {json.dumps(row, ensure_ascii=False, default=str)}" for row in rows)


def summary(ran: List[Ran]) -> Dict[str, Any]:
    """in_doubt and in_doubt_visible are those before the person's part; the rest counts what was found before
    and after it.
    """
    firsts = [one.verdicts[0] for one in ran if one.verdicts]
    ends = Counter({name: 0 for name in ("reported", "refused", "in doubt")})
    for verdict in firsts:
        ends.update(verdict.ends)
    hits: Counter[str] = Counter()
    for one in ran:
        hits.update(one.hits)
    return {
        "runs": len(ran), "purchases": sum(one.purchases for one in ran),
        "double_purchases": _worst(ran, "double"), "lost_purchases": _worst(ran, "lost"),
        "wrong_state": _worst(ran, "wrong") + sum(bool(one.error) for one in ran),
        "in_doubt": sum(one.in_doubt for one in firsts),
        "in_doubt_visible": sum(one.visible for one in firsts), "unresolved": _worst(ran, "unresolved"),
        "ends": dict(ends), "hits": dict(sorted(hits.items())),
        "faults_after_commit": sum(one.after_commit for one in ran),
        "persons_part": sum(len(one.verdicts) > 1 for one in ran),
        "repeated": sum(one.repeated for one in ran), "cold": sum(one.cold for one in ran),
        "migrated": sum(bool(one.migrated) for one in ran),
        "cases": dict(Counter(one.migrated for one in ran if one.migrated)),
    }  # fmt: skip


def merged(parts: List[Dict[str, Any]]) -> Dict[str, Any]:
    """The sum of the parts of one matrix. Raises ValueError for two seeds or commits, or what overlaps."""
    for name in ("seed", "commit"):
        if len({part[name] for part in parts}) > 1:
            raise ValueError(f"parts with {name} {', '.join(sorted({str(part[name]) for part in parts}))}")
    ranges = sorted(one for part in parts for one in part["parts"])
    if any(later[0] <= earlier[1] for earlier, later in zip(ranges, ranges[1:])):
        raise ValueError(f"parts overlap: {ranges}")
    found: Dict[str, Any] = dict(parts[0])
    for part in parts[1:]:
        for name, value in part.items():
            if isinstance(value, dict):
                found[name] = dict(Counter(found[name]) + Counter(value))
            elif name not in ("seed", "commit", "clean"):
                found[name] = found[name] + value
    found.update(parts=ranges, clean=all(part["clean"] for part in parts))
    return found


def _worst(ran: List[Ran], what: str) -> int:
    return sum(max((len(getattr(verdict, what)) for verdict in one.verdicts), default=0) for one in ran)


def acceptable(found: Dict[str, Any]) -> bool:
    nothing = ("double_purchases", "lost_purchases", "wrong_state", "unresolved")
    return (
        not any(found[name] for name in nothing)
        and found["in_doubt_visible"] <= MOST_VISIBLE * found["faults_after_commit"]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
