"""The figures of one module, each measured in a rehearsal."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Dict, Iterator, List, Sequence, Tuple

import clock
import inside
from clock import Compared, Spent
from rehearsal import FAILURE, Module

Phases = Dict[str, Dict[str, float]]
Counts = Dict[str, int]
END = "interpreter: end"
NOTHING = {"times": 0.0, "wall_ms": 0.0, "cpu_ms": 0.0}


class Measuring:
    """times: how often each figure is measured before its median is taken."""

    def __init__(self, module: Module, times: int) -> None:
        self.module, self.stage, self.times = module, module.stage, times

    # -- time ------------------------------------------------------------------------------------------------

    def features(self) -> Compared:
        """Wall time of `features` and of an interpreter that does nothing. Both are short, so they are
        measured more often.
        """
        asked, bare = self.module.words("features"), [self.stage.python, "-I", "-c", "pass"]
        return clock.compare(lambda: self._run(asked).wall, lambda: self._run(bare).wall, 3 * self.times)

    def command(self, name: str, reference: Sequence[str]) -> Compared:
        """CPU time of a whole operation, with a provider that is done at once."""
        return clock.compare(
            lambda: self._run(self.module.words(name)).cpu, lambda: self._run(reference).cpu, self.times
        )

    def phases(self, name: str) -> Phases:
        """What a command spends its time on: medians of inside.py's report."""
        self._inside(name)  # only fills the caches
        runs = [self._inside(name) for _ in range(self.times)]
        names = sorted({phase for one in runs for phase in one})
        return {
            phase: {unit: median(one.get(phase, NOTHING)[unit] for one in runs) for unit in NOTHING}
            for phase in names
        }

    def _inside(self, name: str) -> Phases:
        report, words = self.stage.folder / "phases.json", self.module.words(name)
        start = [
            self.stage.python,
            "-I",
            "-Xutf8",
            str(Path(inside.__file__)),
            str(report),
            str(time.perf_counter()),
            self.stage.release,
        ]
        spent = self._run([*start, *words])
        found: Phases = json.loads(report.read_text(encoding="utf-8"))
        known = {unit: sum(phase[unit] for phase in found.values()) for unit in NOTHING}
        found[END] = {
            "times": 1,
            "wall_ms": spent.wall - known["wall_ms"],
            "cpu_ms": spent.cpu - known["cpu_ms"],
        }
        return found

    # -- calls -----------------------------------------------------------------------------------------------

    def calls(self) -> Tuple[Counts, Counts]:
        """(requests to the provider, calls of mgrctl) by run. The last one fails, and its connection rests
        from then on.
        """
        remote: Counter[str] = Counter()
        mgrctl: Counter[str] = Counter()
        for name, words, status in self._runs():
            before = self.module.remote_calls(), self.module.mgrctl_calls()
            self._run(words, status)
            remote[name] += self.module.remote_calls() - before[0]
            mgrctl[name] += self.module.mgrctl_calls() - before[1]
        return dict(remote), dict(mgrctl)

    def _runs(self) -> Iterator[Tuple[str, List[str], int]]:
        yield from ((name, words, 0) for name, words in self.module.runs())
        yield FAILURE, self.module.refused_login(), 1

    def _run(self, words: Sequence[str], status: int = 0) -> Spent:
        spent = clock.run(words, self.stage.root)
        if spent.status != status:
            log = (
                Path(self.stage.root, "var", f"{self.module.executable}.log")
                .read_text(encoding="utf-8")
                .splitlines()
            )
            raise SystemExit("\n".join([f"status {spent.status}: {' '.join(words)}", *log[-5:]]))
        return spent
