"""Runs the module with stop watches around what it does. Started in place of the module, by the module's own
interpreter:

    python inside.py REPORT STARTED RELEASE EXECUTABLE [argument...]

STARTED is what time.perf_counter() said to whoever starts this. Writes {phase: {"times", "wall_ms",
"cpu_ms"}} to the file REPORT as JSON. Time of a phase inside of another counts for the inner one only. The
product has no code for this: its functions are wrapped from here, each as soon as the module that holds it
has been imported.
"""

from __future__ import annotations

import time

BEGAN = time.perf_counter(), time.process_time()

import functools  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import runpy  # noqa: E402
import sys  # noqa: E402
from contextlib import contextmanager  # noqa: E402
from typing import Any, Callable, Dict, Iterator, List  # noqa: E402

START, STANDARD, JOURNAL, CONNECTING, REST = (
    "interpreter: start",
    "imports: standard library",
    "journal",
    "database: connecting",
    "rest",
)
WRAPPED: Dict[str, Dict[str, str]] = {
    "bill2bill.journal.journal": {"Journal.__init__": JOURNAL, "Journal.rows": JOURNAL},
    "bill2bill.host.database": {
        "_open_sqlite": CONNECTING,
        "_open_mysql": CONNECTING,
        "Database.rows": "database: reading",
    },
    "bill2bill.host.secrets": {"reveal": "password"},
    "bill2bill.host.mgrctl": {"Mgrctl.call": "mgrctl"},
    "ssl": {"SSLContext.load_verify_locations": "TLS: authorities"},
    "urllib3.connection": {"HTTPSConnection.connect": "TLS: connecting"},
    "bill2bill.upstream.http": {"Http._once": "requests"},
    "bill2bill.upstream.billmgr4.client": {"Client.call": "answers"},
    "bill2bill.upstream.billmgr6.client": {"Client.call": "answers", "Client.page": "answers"},
}
GENERATOR = 0x20  # of a code object's flags


class Watch:
    def __init__(self) -> None:
        self.phases: Dict[str, Dict[str, float]] = {}
        self._inner: List[
            List[float]
        ] = []  # for each phase that is on: wall and CPU seconds of the phases inside of it

    @contextmanager
    def on(self, phase: str) -> Iterator[None]:
        self._inner.append([0.0, 0.0])
        began = (time.perf_counter(), time.process_time())
        try:
            yield
        finally:
            self._off(phase, time.perf_counter() - began[0], time.process_time() - began[1])

    def _off(self, phase: str, wall: float, cpu: float) -> None:
        inner_wall, inner_cpu = self._inner.pop()
        self.add(phase, wall - inner_wall, cpu - inner_cpu)
        if self._inner:
            self._inner[-1][0] += wall
            self._inner[-1][1] += cpu

    def add(self, phase: str, wall: float, cpu: float) -> None:
        total = self.phases.setdefault(phase, {"times": 0, "wall_ms": 0.0, "cpu_ms": 0.0})
        total["times"] += 1
        total["wall_ms"] += wall * 1000
        total["cpu_ms"] += cpu * 1000

    def around(self, phase: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def watched(*args: Any, **kwargs: Any) -> Any:
            with self.on(phase):
                return function(*args, **kwargs)

        @functools.wraps(function)
        def stream(*args: Any, **kwargs: Any) -> Iterator[Any]:
            step = self.around(
                phase, functools.partial(next, function(*args, **kwargs), self)
            )  # itself: nothing that a stream would give
            yield from iter(step, self)

        code = getattr(function, "__code__", None)
        return stream if code is not None and code.co_flags & GENERATOR else watched


def watch_imports(watch: Watch) -> None:
    """Each import counts for its package, wherever it happens."""
    importer: Any = sys.modules["_frozen_importlib"]
    find = importer._find_and_load
    folders = [folder for folder in sys.path if folder.endswith("site-packages")]
    packages = {"bill2bill", *(name.partition(".")[0] for folder in folders for name in os.listdir(folder))}

    def watched(name: str, *more: Any) -> Any:
        package = name.partition(".")[0]
        with watch.on(f"imports: {package}" if package in packages else STANDARD):
            module = find(name, *more)
        for path, phase in WRAPPED.pop(name, {}).items():
            _wrap(watch, module, path, phase)
            if path == "Journal.__init__":
                _wrap_journal(watch, module.Journal)
        return module

    importer._find_and_load = watched


def _wrap(watch: Watch, module: Any, path: str, phase: str) -> None:
    *outer, name = path.split(".")
    owner = functools.reduce(getattr, outer, module)
    setattr(owner, name, watch.around(phase, getattr(owner, name)))


def _wrap_journal(watch: Watch, journal: Any) -> None:
    """What else the journal takes time for: each transaction from begin to commit. No command closes the
    file: the process ends with it open.
    """
    write = journal.write

    @contextmanager
    def writing(self: Any, *durable: bool, **named: bool) -> Iterator[Any]:
        with watch.on(JOURNAL), write(self, *durable, **named) as transaction:
            yield transaction

    journal.write = writing


def main(report: str, started: float, release: str, words: List[str]) -> None:
    watch = Watch()
    watch.add(START, BEGAN[0] - started, BEGAN[1])
    watch.add(
        STANDARD, time.perf_counter() - BEGAN[0], time.process_time() - BEGAN[1]
    )  # most modules want the same
    sys.path.insert(0, release)
    for name in WRAPPED.keys() & sys.modules.keys():
        raise SystemExit(f"{name} was imported before it could be watched")
    watch_imports(watch)
    sys.argv = words
    try:
        with watch.on(REST):
            runpy.run_path(words[0], run_name="__main__")
    finally:
        with open(report, "w", encoding="utf-8") as file:
            json.dump(watch.phases, file)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3], sys.argv[4:])
