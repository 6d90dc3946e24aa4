"""Runs the module with stop watches around what it does. Started in place of the module, by the module's own interpreter:

    python inside.py REPORT RELEASE EXECUTABLE [argument...]

Writes {phase: {"times", "wall_ms", "cpu_ms"}} to the file REPORT as JSON. Time of a phase inside of another counts for the inner one
only. The product has no code for this: its functions are wrapped from here.
"""

from __future__ import annotations

import functools
import importlib
import json
import runpy
import sys
import time
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator, List

JOURNAL, REST = "journal", "the rest"
IMPORTED = (
    "bill2bill.main", "bill2bill.commands.carry_out", "bill2bill.commands.registrar.open", "bill2bill.commands.registrar.prolong", "bill2bill.commands.registrar.provider",
    "cryptography.hazmat.primitives.serialization",
)  # fmt: skip
WRAPPED = {
    "bill2bill.journal.store Store.rows": JOURNAL,
    "bill2bill.journal.locks _try": "locks",
    "bill2bill.host.database _open_sqlite": "panel: connecting to the database",
    "bill2bill.host.database _open_mysql": "panel: connecting to the database",
    "bill2bill.host.database Database.rows": "panel: reading the database",
    "bill2bill.host.secrets reveal": "panel: decrypting the password",
    "bill2bill.host.mgrctl Mgrctl.call": "panel: calls of mgrctl",
    "bill2bill.upstream.http _trusted": "upstream: TLS settings",
    "bill2bill.upstream.http Http._once": "upstream: requests",
    "bill2bill.upstream.billmgr4.client Client.call": "upstream: reading answers",
}


class Watch:
    def __init__(self) -> None:
        self.phases: Dict[str, Dict[str, float]] = {}
        self._inner: List[List[float]] = []  # for each phase that is on: wall and CPU seconds of the phases inside of it

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
        total = self.phases.setdefault(phase, {"times": 0, "wall_ms": 0.0, "cpu_ms": 0.0})
        total["times"] += 1
        total["wall_ms"] += (wall - inner_wall) * 1000
        total["cpu_ms"] += (cpu - inner_cpu) * 1000
        if self._inner:
            self._inner[-1][0] += wall
            self._inner[-1][1] += cpu

    def around(self, phase: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def watched(*args: Any, **kwargs: Any) -> Any:
            with self.on(phase):
                return function(*args, **kwargs)

        return watched


def wrap(watch: Watch) -> None:
    for path, phase in WRAPPED.items():
        module, names = path.split()
        *outer, name = names.split(".")
        owner: Any = functools.reduce(getattr, outer, importlib.import_module(module))
        setattr(owner, name, watch.around(phase, getattr(owner, name)))
    _wrap_journal(watch)


def _wrap_journal(watch: Watch) -> None:
    """Opening, each transaction from begin to commit, and closing, which the interpreter does on its way out."""
    store: Any = importlib.import_module("bill2bill.journal.store").Store
    opened, write = watch.around(JOURNAL, store.__init__), store.write

    def opening(self: Any, *args: Any) -> None:
        opened(self, *args)
        STORES.append(self)

    @contextmanager
    def writing(self: Any) -> Iterator[Any]:
        with watch.on(JOURNAL), write(self) as transaction:
            yield transaction

    store.__init__, store.write = opening, writing


STORES: List[Any] = []


def main(report: str, release: str, words: List[str]) -> None:
    watch = Watch()
    sys.path.insert(0, release)
    with watch.on("imports"):
        for module in IMPORTED:
            importlib.import_module(module)
    wrap(watch)
    sys.argv = words
    try:
        with watch.on(REST):
            runpy.run_path(words[0], run_name="__main__")
    finally:
        for store in STORES:
            watch.around(JOURNAL, store.db.close)()
        with open(report, "w", encoding="utf-8") as file:
            json.dump(watch.phases, file)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
