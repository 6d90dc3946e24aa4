"""Options of pytest for script/test: `--daily` runs a day's selection, `--seed` another day's;
`--summary FILE` writes what was run, what was left out and each file's CPU seconds.
"""

from __future__ import annotations

import json
import os
import resource
from collections import defaultdict
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

import pytest

from kit import selection
from kit.selection import Case

CPU, LEFT_OUT = pytest.StashKey[Dict[str, float]](), pytest.StashKey[Dict[str, int]]()
TICKS = os.sysconf("SC_CLK_TCK")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("bill2bill")
    group.addoption("--daily", action="store_true", help="the selection of a day (docs/testing.md)")
    group.addoption("--seed", type=int, help="of which day; else BILL2BILL_TEST_SEED, else of the commit")
    group.addoption("--summary", metavar="FILE", help="write there as JSON what was run and what it cost")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    config.stash[CPU], config.stash[LEFT_OUT] = defaultdict(float), {}
    if config.option.seed is None:
        config.option.seed = int(os.environ.get("BILL2BILL_TEST_SEED") or selection.seed_of())
        # the workers are started by this process: all choose the same, whatever is committed
        os.environ["BILL2BILL_TEST_SEED"] = str(config.option.seed)


def is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_collection_modifyitems(config: pytest.Config, items: List[pytest.Item]) -> None:
    if not config.option.daily:
        return
    cases = [told(item) for item in items]
    runs = selection.todays(cases, config.option.seed)
    config.stash[LEFT_OUT].update(selection.left_out(cases, runs)._asdict())
    config.hook.pytest_deselected(items=[item for item, run in zip(items, runs) if not run])
    items[:] = [item for item, run in zip(items, runs) if run]


def told(item: pytest.Item) -> Case:
    path = item.path.relative_to(selection.HOME).as_posix()
    function, _, variant = item.nodeid.partition("[")
    database = item.callspec.params.get("database", "") if hasattr(item, "callspec") else ""
    if database:
        variant = "-".join(word for word in variant.rstrip("]").split("-") if word != database)
    slow = item.get_closest_marker("slow") is not None
    return Case(path, function, variant, database, slow)


@pytest.fixture(scope="session")
def days_seed(request: pytest.FixtureRequest) -> Optional[int]:
    """The seed of a day's run; None when everything runs."""
    return request.config.option.seed if request.config.option.daily else None


# -- CPU seconds of each file --------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    before = cpu_seconds()
    try:
        return (yield)
    finally:
        item.config.stash[CPU][item.location[0]] += cpu_seconds() - before


def cpu_seconds() -> float:
    """Of this process, of its children that have ended, and of those that live, with what they waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in used) + sum(map(_living, _children()))


def _children() -> Iterator[str]:
    for source in Path("/proc/self/task").glob("*/children"):
        yield from _of_the_living(source).split()


def _living(pid: str) -> float:
    fields = _of_the_living(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS  # utime, stime, cutime, cstime


def _of_the_living(source: Path) -> str:
    """A file of /proc; "" when its thread or process has ended since it was listed, before or in the reading."""
    try:
        return source.read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


# -- the summary ---------------------------------------------------------------------------------------------


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """What a worker has counted comes to the first process. All workers choose the same tests."""
    output = getattr(node, "workeroutput", {})
    node.config.stash[CPU].update(output.get("cpu", {}))
    node.config.stash[LEFT_OUT].update(output.get("left_out", {}))


def pytest_sessionfinish(session: pytest.Session) -> None:
    if is_worker(session.config):
        output: Dict[str, Any] = session.config.workeroutput  # type: ignore[attr-defined] # of xdist
        seconds = session.config.stash[CPU]
        output["cpu"], output["left_out"] = {**seconds}, session.config.stash[LEFT_OUT]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.option.summary:
        counts = {
            name: len([report for report in reports if getattr(report, "count_towards_summary", True)])
            for name, reports in terminalreporter.stats.items()
            if name in ("passed", "failed", "error", "skipped", "xfailed", "xpassed")
        }
        found = {
            "seed": config.option.seed,
            "tests": counts,
            "left_out": config.stash[LEFT_OUT],
            "cpu": config.stash[CPU],
        }
        Path(config.option.summary).write_text(json.dumps(found), encoding="utf-8")
