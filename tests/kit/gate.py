"""script/test after it has made the environments: pytest on each interpreter, the CPU seconds of the tests
with all their processes, what was not run, and the result of a complete run for script/release.sh.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from kit.selection import FLOOR, git

HOME = Path(__file__).resolve().parents[2]
PASSED = HOME / ".cache" / "tested.json"  # the result of the last complete run, for script/release.sh
WORKERS = 4  # on two cores; half of the time tests wait
PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
PATIENCE = 10.0  # seconds for processes that outlive the tests


class Run(NamedTuple):
    """What one interpreter has done."""

    python: str
    status: int
    cpu: float
    wall: float
    summary: Dict[str, Any]


def main() -> int:
    options, words = arguments(sys.argv[1:])
    named = names_tests(words)
    adopt_orphans()
    if options.all:
        os.environ["FIXTURE_SHARE"] = "all"  # tests/migration; on the first interpreter
    runs = []
    for number, python in enumerate(options.python):
        runs.append(run(python, pytest_options(options, number, named), words))
        os.environ.pop("FIXTURE_SHARE", None)
    cpu = sum(done.cpu for done in runs)
    if options.report:
        print_slowest(runs)
    for done in runs:
        print_run(done)
    print(f"CPU seconds of the tests and their processes: {cpu:.0f}")
    for line in not_run(runs, options.missing, named, options.all):
        print(f"not run: {line}")
    failed = options.status or any(done.status for done in runs)
    if options.cpu_limit and cpu > options.cpu_limit:
        print(f"failed: more than {options.cpu_limit} CPU seconds; --report names the files")
        failed = True
    if options.all and not named and not failed:
        keep_result(runs, options.missing)
    return int(bool(failed))


def arguments(words: List[str]) -> Tuple[argparse.Namespace, List[str]]:
    parser = argparse.ArgumentParser(prog="script/test", allow_abbrev=False, epilog="The rest: pytest's.")
    parser.add_argument("--all", action="store_true", help="every test, on each Python; nothing forked")
    parser.add_argument("--report", action="store_true", help="the ten files that use the most CPU time")
    parser.add_argument("--seed", type=int, help="the selection of another day")
    parser.add_argument("--cpu-limit", type=int, metavar="SECONDS", help="fail when the tests use more")
    for name in ("--python", "--missing"):
        parser.add_argument(name, action="append", default=[], help=argparse.SUPPRESS)
    parser.add_argument("--status", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_known_args(words)


def names_tests(words: List[str]) -> bool:
    """Files, folders, tests or an expression: then they run whole."""
    return any(word in ("-k", "-m") or Path(word.split("::")[0]).exists() for word in words)


def pytest_options(options: argparse.Namespace, number: int, named: bool) -> List[str]:
    words = ["-n", str(WORKERS), "-rs"]
    if options.all:
        words += ["--cold"]
    elif not named:
        words += ["--daily", *FLOOR] if number else ["--daily"]
    return words + ([f"--seed={options.seed}"] if options.seed is not None else [])


def run(python: str, options: List[str], words: List[str]) -> Run:
    with tempfile.NamedTemporaryFile(suffix=".json") as summary:
        command = [python, "-m", "pytest", *options, f"--summary={summary.name}", *words]
        version = subprocess.run([python, "-V"], capture_output=True, text=True).stdout.strip()
        print(f"test: {version}, pytest {' '.join([*options, *words])}", flush=True)
        before, began = cpu_of_children(), time.monotonic()
        compile_tests(python)
        status = finish(subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd=HOME, env=environment()).pid)
        wall = time.monotonic() - began
        told = summary.read()
        return Run(version, status, cpu_of_children() - before, wall, json.loads(told or "{}"))


def compile_tests(python: str) -> None:
    """Once, or in a fresh clone every worker does it for itself."""
    command = [python, "-m", "pytest", "--collect-only"]
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, cwd=HOME, env=environment())


def environment() -> Dict[str, str]:
    """Tests are compiled once and kept. The path is script/test's own."""
    ours = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")
    return {name: value for name, value in os.environ.items() if name not in ours}


# -- CPU seconds ---------------------------------------------------------------------------------------------


def adopt_orphans() -> None:
    """Linux: processes whose parents were killed become children of this one and count."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "prctl"):
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def finish(process: int) -> int:
    """Waits for a process and for what it has left; the exit status of the process."""
    status: Optional[int] = None
    until = float("inf")
    while True:
        try:
            pid, result = os.waitpid(-1, 0 if status is None else os.WNOHANG)
        except ChildProcessError:
            return status if status is not None else 1
        if pid == process:
            status, until = os.WEXITSTATUS(result) if os.WIFEXITED(result) else 1, time.monotonic() + PATIENCE
        elif pid == 0 and time.monotonic() > until:
            left = subprocess.run(["ps", "-o", "pid,args", "--ppid", str(os.getpid())], capture_output=True)
            print("failed: the tests have ended, and their processes have not:", left.stdout.decode())
            return 1
        elif pid == 0:
            time.sleep(0.05)


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# -- what is printed -----------------------------------------------------------------------------------------


def print_slowest(runs: List[Run], count: int = 10) -> None:
    files: Counter[str] = Counter()
    for done in runs:
        files.update(done.summary.get("cpu", {}))
    print("CPU seconds of the slowest files, on all interpreters:")
    for name, seconds in files.most_common(count):
        print(f"{seconds:8.1f}  {name}")
    outside = sum(done.cpu for done in runs) - sum(files.values())
    print(f"{outside:8.1f}  outside of tests: start, collection, end")


def print_run(done: Run) -> None:
    counts = ", ".join(f"{number} {name}" for name, number in done.summary.get("tests", {}).items())
    print(f"{done.python}: {counts or 'no result'}; {done.cpu:.0f} CPU seconds in {done.wall:.0f} seconds")


def not_run(runs: List[Run], missing: List[str], named: bool, everything: bool = False) -> List[str]:
    lines = list(missing)
    if everything and runs[1:]:
        lines.append(f"on {runs[1].python}: 139 of 140 cases of the release before (tests/migration)")
    if any(done.summary.get("left_out") for done in runs[1:]):
        lines.append(f"on {runs[1].python}: all but {', '.join(FLOOR)}")
    for done in runs:
        left = done.summary.get("left_out", {})
        rules = {
            "variants": "variants that other days meet",
            "slow": "slow tests that other days meet",
        }
        told = ", ".join(f"{left[name]} {rule}" for name, rule in rules.items() if left.get(name))
        if told:
            again = f"script/test --seed {done.summary['seed']}"
            lines.append(f"on {done.python}: {told}; this day again: {again}")
    if any(done.summary.get("left_out") for done in runs):
        lines.append("what other days meet, today: script/test --all, or name the tests")
    return lines if not named else list(missing)


# -- the result of a complete run ----------------------------------------------------------------------------


def keep_result(runs: List[Run], missing: List[str]) -> None:
    """For script/release.sh: that everything has passed, and of which files."""
    commit = git(HOME, "rev-parse", "HEAD")
    if missing or not commit or git(HOME, "status", "--porcelain"):
        print("not kept for a release: only a whole run of a commit without changes can be")
        return
    tree = subprocess.check_output(["script/release.sh", "--tree"], cwd=HOME, text=True)
    found = {
        "commit": commit,
        "tree": tree.strip(),
        "runs": [{"python": done.python, **done.summary["tests"]} for done in runs],
        "cpu_seconds": round(sum(done.cpu for done in runs)),
    }
    PASSED.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print("kept for script/release.sh: all tests have passed")


if __name__ == "__main__":
    sys.exit(main())
