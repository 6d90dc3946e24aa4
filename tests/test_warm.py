"""What is forked from the warm process is what a start would have been (kit/warm.py)."""

from __future__ import annotations

import fcntl
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict

import pytest
from kit import warm

TELLS = """
import fcntl, json, os, resource, sys, time
print(json.dumps({
    "warm": "bill2bill.commands.carry_out" in sys.modules,
    "argv": sys.argv,
    "env": dict(os.environ),
    "folder": os.getcwd(),
    "umask": os.umask(0),
    "stdin": None if sys.stdin is None else sys.stdin.read(),
    "stdout": (sys.stdout.encoding, sys.stdout.errors),
    "stderr": None if sys.stderr is None else (sys.stderr.encoding, sys.stderr.errors),
    "files": [name for name in os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd/" + name)],
    "limit": resource.getrlimit(resource.RLIMIT_NOFILE),
    "path": sys.path,
    "flags": str(sys.flags),
    "name": __name__,
    "zone": time.tzname[0],
}))
sys.stderr.write("ж") if sys.stderr else None
sys.exit(7)
"""


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., Path]:
    """Writes an executable of a panel that runs this code."""
    if sys.platform != "linux":
        pytest.skip("the warm process is for Linux")
    for name in ("sbin", "processing", "addon"):
        (tmp_path / name).mkdir()

    def write(code: str) -> Path:
        path = tmp_path / "sbin" / "program"
        path.write_text(f"{warm.COLD}\nimport sys; sys.path.insert(0, {str(warm.HOME)!r})\n{code}")
        path.chmod(0o755)
        warm.executables(tmp_path)
        return path

    return write


def told(path: Path, *words: str, **how: Any) -> Dict[str, Any]:
    given = {"input": "given", **how} if "stdin" not in how and "preexec_fn" not in how else how
    done = subprocess.run([str(path), *words], capture_output=True, text=True, **given)
    assert done.returncode == 7, done.stderr
    return json.loads(done.stdout)


CALLS: Dict[str, Dict[str, Any]] = {
    "plain": {},
    "environment": {"env": {"A": "b=c", "LANG": "ru_RU.UTF-8", "TZ": "Asia/Tokyo", "PATH": "/usr/bin:/bin"}},
    "nothing": {"env": {}},
    "folder": {"cwd": "/"},
    "limit": {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (77, 77))},
    "umask": {"preexec_fn": lambda: os.umask(0o077) and None},
    "no stdin": {"preexec_fn": lambda: os.close(0)},
    "no stderr": {"preexec_fn": lambda: os.close(2)},
}


@pytest.mark.parametrize("call", CALLS)
def test_a_fork_finds_what_a_start_finds(
    program: Callable[..., Path], request: pytest.FixtureRequest, call: str
):
    found = told(program(TELLS), "a word", "ж", "", **CALLS[call])
    warm.start_cold(True)
    cold = told(program(TELLS), "a word", "ж", "", **CALLS[call])
    assert cold.pop("warm") is False
    assert found.pop("warm") is not request.config.getoption("cold")
    assert set(found.pop("files")) <= {"0", "1", "2"}
    cold.pop("files")
    for told_by in (found, cold):  # a C locale makes a cold interpreter choose another
        told_by["env"].pop("LC_CTYPE", None)
    assert found == cold


def test_files_are_shared_with_the_caller(program: Callable[..., Path], tmp_path: Path):
    path = program("print(sys.stdin.readline(), end='', flush=True); sys.stderr.write('second\\n')")
    with open(tmp_path / "both", "w+") as both, open(tmp_path / "given", "w+") as given:
        given.write("skipped\nfirst\n")
        given.seek(8)
        both.write("before\n")
        both.flush()
        subprocess.run([str(path)], stdin=given, stdout=both, stderr=both, check=True)
        both.write("after\n")
    assert (tmp_path / "both").read_text() == "before\nfirst\nsecond\nafter\n"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("", 0), ("sys.exit(300)", 44), ("sys.exit('why')", 1), ("1 / 0", 1),
        ("import os; os.kill(os.getpid(), 9)", -signal.SIGKILL),
        ("import os; os.kill(os.getpid(), 15)", -signal.SIGTERM),
        ("sys.stdout = open('/dev/full', 'w'); print('lost')", 120),
    ],
)  # fmt: skip
def test_it_ends_as_a_start_ends(program: Callable[..., Path], code: str, status: int):
    done = subprocess.run([str(program(code))], capture_output=True, text=True)
    assert done.returncode == status, done.stderr
    warm.start_cold(True)
    again = subprocess.run([str(program(code))], capture_output=True, text=True)
    assert (again.returncode, again.stdout, again.stderr) == (done.returncode, done.stdout, done.stderr)


def test_it_is_killed_before_anybody_can_see_that_its_caller_is_dead(
    program: Callable[..., Path], tmp_path: Path
):
    """It holds a lock and writes the time as fast as it can: nothing later than its caller's death."""
    path = program("""
import fcntl, os, time
lock = open(sys.argv[1], "w")
fcntl.flock(lock, fcntl.LOCK_EX)
times = os.open(sys.argv[2], os.O_RDWR | os.O_CREAT)
while True:
    os.pwrite(times, b"%020d" % time.monotonic_ns(), 0)
""")
    for turn in range(20):
        lock, times = tmp_path / f"lock{turn}", tmp_path / f"times{turn}"
        caller = subprocess.Popen([str(path), str(lock), str(times)])
        while not times.exists() or times.stat().st_size != 20:
            time.sleep(0.001)
        caller.kill()
        assert caller.wait() == -signal.SIGKILL
        dead = time.monotonic_ns()
        with open(lock) as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # given up with its death
        assert int(times.read_bytes()) <= dead


def test_what_a_fork_cannot_be_given_is_started(program: Callable[..., Path]):
    path = program(TELLS)
    ignoring = told(path, preexec_fn=lambda: signal.signal(signal.SIGUSR1, signal.SIG_IGN) and None)
    assert ignoring["warm"] is False


def test_the_warm_process_holds_nothing_but_its_own_socket(program: Callable[..., Path]):
    told(program(TELLS))
    if warm._server is None:
        pytest.skip("nothing is forked")
    folder = f"/proc/{warm._server.child.pid}/fd"
    others = [number for number in os.listdir(folder) if int(number) > 2]
    names = {os.readlink(f"{folder}/{number}").partition(":")[0] for number in others}
    assert names <= {"socket", "anon_inode"}  # it listens, and waits for what it hears
