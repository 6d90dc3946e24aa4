"""The figures of start.py, each measured in one rehearsal."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from functools import partial
from pathlib import Path
from statistics import median
from typing import Callable, Dict, Iterator, List, Sequence, Tuple

import clock
import inside
from clock import Compared, Spent
from rehearsal import AT_ONCE, QUEUED, Rehearsal, Task

Phases = Dict[str, Dict[str, float]]
Counts = Dict[str, int]
FAILING = {"func": "*", "kind": "wrong_password", "when": "before", "sticky": True}


class Measuring:
    """times: how often each figure is measured before its median is taken."""

    def __init__(self, stage: Rehearsal, times: int) -> None:
        self.stage, self.times = stage, times
        self._opened: List[int] = []  # items that no renewal was measured on

    # -- time ------------------------------------------------------------------------------------------------------------

    def features(self) -> Compared:
        """Wall time of `features` and of an interpreter that does nothing. Both are short, so they are measured more often."""
        asked, bare = [self.stage.module, "--command", "features"], [self.stage.python, "-I", "-c", "pass"]
        return clock.compare(lambda: self._run(asked).wall, lambda: self._run(bare).wall, 3 * self.times)

    def command(self, name: str, reference: Sequence[str]) -> Compared:
        """CPU time of a whole operation, with a registrar that is done at once."""
        self.stage.registrar(AT_ONCE)
        return clock.compare(lambda: self._run(self.stage.words(self._task(name))).cpu, lambda: self._run(reference).cpu, self.times)

    def phases(self, name: str) -> Phases:
        """What `name` spends its time on: medians of inside.py's report."""
        self.stage.registrar(AT_ONCE)
        runs = [self._inside(self._task(name)) for _ in range(self.times)]
        names = sorted({phase for one in runs for phase in one})
        return {phase: {unit: median(one[phase][unit] for one in runs) for unit in runs[0][phase]} for phase in names}

    def imports(self) -> Dict[str, float]:
        """ms by package that importing costs a prolong; longer under this watch than without."""
        words = [self.stage.python, "-X", "importtime", "-I", "-Xutf8", *self.stage.words(self._task("prolong"))]
        said = subprocess.run(words, cwd=self.stage.root, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True).stderr
        folders = Path(self.stage.release).glob("venv/lib/python*/site-packages/*")
        ours = {"bill2bill", *(folder.name.partition(".")[0] for folder in folders)}
        spent: Counter[str] = Counter()
        for own, module in _import_times(said):
            package = module.partition(".")[0]
            spent[package if package in ours else "standard library"] += own
        return {package: own / 1000 for package, own in spent.most_common()}

    # -- calls -----------------------------------------------------------------------------------------------------------

    def calls(self) -> Tuple[Counts, Counts]:
        """(requests to the provider, calls of mgrctl) by run. `later`: the second run, which finds that the registrar is done."""
        remote: Counts = {}
        mgrctl: Counts = {}
        for name, run in self._runs():
            before = len(self.stage.remote_calls()), len(self.stage.mgrctl_calls())
            run()
            remote[name] = len(self.stage.remote_calls()) - before[0]
            mgrctl[name] = len(self.stage.mgrctl_calls()) - before[1]
        return remote, mgrctl

    def _runs(self) -> Iterator[Tuple[str, Callable[[], Spent]]]:
        """The last one fails, and its connection rests from then on."""
        for command in ("open", "prolong"):
            self.stage.registrar(QUEUED)
            queued = partial(self._run, self.stage.words(self._task(command)))
            yield command, queued
            self.stage.provider.post("progress")
            yield f"{command}, later", queued
            self.stage.registrar(AT_ONCE)
            yield f"{command}, at once", partial(self._run, self.stage.words(self._task(command)))
        words = self.stage.words(self._task("prolong"))
        self.stage.provider.post("faults", **FAILING)
        yield "failure", partial(self._run, words, status=1)

    # -- runs of the module ----------------------------------------------------------------------------------------------

    def _task(self, command: str) -> Task:
        if command == "prolong":
            return self.stage.renewal(self._item())
        task = self.stage.order()
        self._opened.append(task.item)
        return task

    def _item(self) -> int:
        """One that is registered: those ordered for a figure of `open` serve one renewal each."""
        if not self._opened:
            self._run(self.stage.words(self._task("open")))
        return self._opened.pop()

    def _inside(self, task: Task) -> Phases:
        report = self.stage.folder / "phases.json"
        self._run([self.stage.python, "-I", "-Xutf8", str(Path(inside.__file__)), str(report), self.stage.release, *self.stage.words(task)])
        found: Phases = json.loads(report.read_text(encoding="utf-8"))
        return found

    def _run(self, words: Sequence[str], status: int = 0) -> Spent:
        spent = clock.run(words, self.stage.root)
        if spent.status != status:
            raise SystemExit(f"status {spent.status}: {' '.join(words)}")
        return spent


def _import_times(said: str) -> Iterator[Tuple[int, str]]:
    """Own microseconds and name of each module, from lines `import time: own | with all it imports | module`."""
    for line in said.splitlines():
        parts = [part.strip() for part in line.replace("import time:", "").split("|")]
        if len(parts) == 3 and parts[0].isdigit():
            yield int(parts[0]), parts[2]
