"""script/test: what a day runs, what is said of the rest, and what a release demands."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from kit import daily, gate, selection
from kit.selection import DAYS, SLOW_DAYS, Case, todays

ROOT = Path(__file__).parents[1]


def matrix(path, count, databases=("",), slow=False):
    return [
        Case(path, f"{path}::test", str(number), database, slow)
        for number in range(count)
        for database in databases
    ]


def chosen(tests, seed):
    return {test for test, run in zip(tests, todays(tests, seed)) if run}


ALL = [
    *matrix("tests/rules/test_money.py", 20),
    *matrix("tests/host/test_one.py", 1),
    *matrix("tests/host/test_two.py", 5, ("sqlite", "mariadb")),
    *matrix("tests/contract/test_calls.py", 40),
    *matrix("tests/journeys/test_life.py", 15, ("sqlite", "mariadb")),
    *matrix("tests/journeys/test_disk.py", 35, slow=True),
]


def test_every_day_runs_every_function_that_is_not_slow():
    quick = {test.function for test in ALL if not test.slow}
    for seed in range(50):
        assert {test.function for test in chosen(ALL, seed)} >= quick


def test_consecutive_days_run_everything():
    for first in (0, 1, 8, 12345):
        days = range(first, first + DAYS)
        assert set().union(*(chosen(ALL, seed) for seed in days)) >= {test for test in ALL if not test.slow}
        days = range(first, first + SLOW_DAYS)
        assert set().union(*(chosen(ALL, seed) for seed in days)) == set(ALL)


def test_a_day_is_a_small_share_and_no_day_is_much_larger_than_another():
    many = [test for number in range(40) for test in matrix(f"tests/contract/test_{number}.py", 5 + number)]
    sizes = [len(chosen(many, seed)) for seed in range(DAYS)]
    assert max(sizes) < len(many) / 5
    assert max(sizes) < 1.15 * min(sizes)


def test_where_sql_is_concerned_a_variant_runs_on_both_databases_and_elsewhere_on_one():
    for seed in range(20):
        today = chosen(ALL, seed)
        assert Counter(test.database for test in today if "host/test_two" in test.path) == {
            "sqlite": 1,
            "mariadb": 1,
        }
        on_both = Counter(test.variant for test in today if "test_life" in test.path)
        assert set(on_both.values()) == {1}


def test_a_seed_is_a_selection_and_the_order_of_other_functions_does_not_matter():
    assert todays(ALL, 7) == todays(ALL, 7)
    assert chosen(ALL, 7) != chosen(ALL, 8)
    quick = [test for test in ALL if not test.slow]
    assert chosen(quick, 7) == {test for test in chosen(ALL, 7) if not test.slow}


def test_what_is_left_out_is_counted():
    missing = selection.left_out(ALL, todays(ALL, 3))
    assert missing.slow == 35 - len([test for test in chosen(ALL, 3) if test.slow])
    assert sum(missing) == len(ALL) - len(chosen(ALL, 3))


# -- the seed ------------------------------------------------------------------------------------------------


def git(folder, *words):
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.net", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path):
    home = tmp_path / "checkout"
    home.mkdir()
    git(home, "init", "--quiet")
    for number in range(3):
        (home / "file").write_text(str(number))
        git(home, "add", "--all")
        git(home, "commit", "--quiet", "--message", str(number))
    return home


def test_the_next_commit_has_the_next_seed(repository, tmp_path):
    assert selection.seed_of(repository) == 3
    git(repository, "commit", "--quiet", "--allow-empty", "--message", "next")
    assert selection.seed_of(repository) == 4


def test_a_clone_without_history_has_the_seed_of_its_commits_name(repository, tmp_path):
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{repository}", "shallow")
    assert selection.seed_of(tmp_path / "shallow") == int(git(repository, "rev-parse", "HEAD")[:7], 16)


def test_without_git_the_seed_is_fixed(tmp_path, monkeypatch):
    assert selection.seed_of(tmp_path) == selection.SEED_WITHOUT_GIT
    monkeypatch.setenv("PATH", str(tmp_path))
    assert selection.seed_of(ROOT) == selection.SEED_WITHOUT_GIT


# -- pytest with the selection -------------------------------------------------------------------------------

SUITE = """
import pytest

@pytest.mark.parametrize("number", range(21))
def test_matrix(number):
    print(number)

@pytest.mark.slow
@pytest.mark.parametrize("number", range(20))
def test_slow(number):
    pass
"""


def run_pytest(*words, **environment):
    """(the names of the tests that ran, what the summary says)."""
    folder = Path(environment.pop("folder"))
    place = folder / "tests" / "admin"
    place.mkdir(parents=True, exist_ok=True)
    (place / "test_many.py").write_text(SUITE)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = slow\n")
    code = f"""
import sys; sys.path.insert(0, {str(ROOT / "tests")!r})
from pathlib import Path
from kit import daily, selection
selection.HOME = Path({str(folder)!r})
import pytest
sys.exit(pytest.main(sys.argv[1:], plugins=[daily]))
"""
    summary = folder / "summary.json"
    command = [sys.executable, "-c", code, "-v", "-p", "no:cacheprovider", f"--summary={summary}", *words]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return set(re.findall(r"::(test_\w+\[\d+\])", done.stdout)), json.loads(summary.read_text())


def test_pytest_runs_the_share_and_counts_what_it_leaves_out(tmp_path):
    ran, told = run_pytest("--daily", "--seed=5", folder=tmp_path)
    assert len(ran) == 21 // DAYS + 20 // SLOW_DAYS == sum(told["tests"].values())
    assert told["left_out"] == {"variants": 18, "slow": 18}
    assert told["seed"] == 5
    assert list(told["cpu"]) == ["tests/admin/test_many.py"]


def test_without_being_asked_for_a_day_pytest_runs_everything(tmp_path):
    ran, told = run_pytest("--seed=5", folder=tmp_path)
    assert len(ran) == 41
    assert told["left_out"] == {}


def test_the_seed_can_be_given_in_the_environment(tmp_path):
    by_option = run_pytest("--daily", "--seed=9", folder=tmp_path)[0]
    assert run_pytest("--daily", folder=tmp_path, BILL2BILL_TEST_SEED="9")[0] == by_option


def test_a_test_is_told_by_its_file_its_function_its_variant_and_its_database(request):
    class Item(SimpleNamespace):
        def get_closest_marker(self, name):
            return name if name == "slow" else None

    item = Item(
        path=ROOT / "tests/host/test_x.py",
        nodeid="tests/host/test_x.py::test_y[domain-mariadb-open]",
        callspec=SimpleNamespace(params={"database": "mariadb"}),
    )
    assert daily.told(item) == Case(
        "tests/host/test_x.py", "tests/host/test_x.py::test_y", "domain-open", "mariadb", True
    )


# -- what script/test does with its words --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ["--daily"]),
        (["-x"], ["--daily"]),
        (["--all"], ["--cold"]),
        (["tests/host"], []),
        (["tests/test_gate.py::test_one[domain-open]"], []),
        (["-k", "mariadb"], []),
        (["--seed", "4"], ["--daily", "--seed=4"]),
    ],
)
def test_what_is_named_runs_whole_and_everything_else_as_a_day(words, expected):
    options, rest = gate.arguments(words)
    assert gate.pytest_options(options, 0, gate.names_tests(rest))[3:] == expected


def test_on_the_oldest_python_a_day_runs_four_folders_and_says_so():
    options, _ = gate.arguments([])
    words = gate.pytest_options(options, 1, named=False)[3:]
    assert words == ["--daily", "tests/rules", "tests/contract", "tests/host", "tests/journal"]
    assert all((ROOT / folder).is_dir() for folder in words[1:])
    runs = [finished("3.11", left_out={"variants": 1}), finished("3.9", left_out={"variants": 1})]
    assert "on Python 3.9: all but tests/rules" in gate.not_run(runs, [], named=False)[0]


# The run of this program measures a command: its CPU seconds and those of a process whose parent is gone.
MEASURE = """
import subprocess, sys; sys.path.insert(0, {tests!r})
from kit import gate
gate.adopt_orphans()
gate.PATIENCE = {patience}
status = gate.finish(subprocess.Popen([sys.executable, "-c", {command!r}]).pid)
print(status, gate.cpu_of_children())
"""
BUSY = "import time; end = time.process_time() + 0.5\nwhile time.process_time() < end: pass"
ORPHAN = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', {!r}]); sys.exit({})"


def measured(command, patience=20.0):
    code = MEASURE.format(tests=str(ROOT / "tests"), command=command, patience=patience)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    status, cpu = done.stdout.split()[-2:]
    return int(status), float(cpu)


def test_the_cpu_seconds_of_processes_that_outlive_their_parents_count():
    status, cpu = measured(ORPHAN.format(BUSY, 3))
    assert status == 3
    assert cpu > 0.5


def test_processes_that_outlive_the_tests_are_a_failure():
    assert measured(ORPHAN.format("import time; time.sleep(2)", 0), patience=0.1)[0] == 1


def test_a_files_cpu_seconds_are_those_of_its_living_children_too():
    before = daily.cpu_seconds()
    child = subprocess.Popen([sys.executable, "-c", f"{BUSY}\nprint(flush=True); input()"],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    child.stdout.readline()
    alive = daily.cpu_seconds()
    child.communicate(b"\n")
    assert alive - before > 0.4
    assert 0 <= daily.cpu_seconds() - alive < 0.3


def finished(python="3.11", status=0, cpu=10.0, left_out=()):
    summary = {"seed": 4, "tests": {"passed": 3}, "left_out": dict(left_out), "cpu": {"tests/a.py": cpu / 2}}
    return gate.Run(f"Python {python}", status, cpu, 1.0, summary)


def test_it_is_told_what_was_not_run_why_and_how_to_run_it():
    run = finished(left_out={"variants": 12, "slow": 3})
    lines = gate.not_run([run], ["tests on MariaDB (no mariadbd)"], named=False)
    assert lines[0] == "tests on MariaDB (no mariadbd)"
    assert "12 variants" in lines[1]
    assert "3 slow tests" in lines[1]
    assert "script/test --seed 4" in lines[1]
    assert "script/test --all" in lines[2]


@pytest.mark.parametrize(
    ("limit", "cpu", "status", "expected"), [(20, 10, 0, 0), (20, 21, 0, 1), (None, 99, 0, 0), (20, 1, 2, 1)]
)
def test_the_tests_fail_when_one_fails_or_when_they_use_more_cpu_seconds_than_they_may(
    monkeypatch, capsys, limit, cpu, status, expected
):
    monkeypatch.setattr(gate, "run", lambda python, options, words: finished(status=status, cpu=cpu))
    monkeypatch.setattr(gate, "adopt_orphans", lambda: None)
    bar = [] if limit is None else ["--cpu-limit", str(limit)]
    monkeypatch.setattr(sys, "argv", ["script/test", "--python=python", "--report", *bar])
    assert gate.main() == expected
    told = capsys.readouterr().out
    assert f"{cpu / 2:.1f}  tests/a.py" in told
    assert f"CPU seconds of the tests and their processes: {cpu}\n" in told


# -- a release -----------------------------------------------------------------------------------------------


@pytest.fixture
def checkout(repository):
    (repository / "script").mkdir()
    shutil.copy(ROOT / "script/release.sh", repository / "script")
    (repository / ".gitignore").write_text(".cache/\n")
    git(repository, "config", "user.name", "test")
    git(repository, "config", "user.email", "test@example.net")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "release.sh")
    (repository / ".cache").mkdir()
    return repository


def release(home, *words):
    return subprocess.run([home / "script/release.sh", *words], capture_output=True, text=True)


def passed(home, monkeypatch):
    """All tests have passed."""
    monkeypatch.setattr(gate, "HOME", home)
    monkeypatch.setattr(gate, "PASSED", home / ".cache" / "tested.json")
    gate.keep_result([finished("3.11"), finished("3.9")], [])


def test_a_release_is_made_of_a_commit_whose_tests_have_all_passed_and_a_fresh_clone_can_tell(
    checkout, tmp_path, monkeypatch
):
    tested = git(checkout, "rev-parse", "HEAD")
    passed(checkout, monkeypatch)
    assert release(checkout).returncode == 0
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{checkout}", "fresh")
    done = release(tmp_path / "fresh", "--check")
    assert done.returncode == 0
    assert json.loads(done.stdout)["commit"] == tested
    assert [run["python"] for run in json.loads(done.stdout)["runs"]] == ["Python 3.11", "Python 3.9"]


def test_no_release_is_made_without_a_result_of_this_very_commit(checkout, monkeypatch):
    assert "script/test --all" in release(checkout).stderr
    passed(checkout, monkeypatch)
    (checkout / "file").write_text("changed")
    assert "uncommitted" in release(checkout).stderr
    git(checkout, "commit", "--quiet", "--all", "--message", "later")
    done = release(checkout)
    assert done.returncode == 1
    assert "script/test --all" in done.stderr
    assert not (checkout / "tested.json").exists()


def test_a_commit_after_the_release_is_none(checkout, monkeypatch):
    passed(checkout, monkeypatch)
    release(checkout)
    (checkout / "file").write_text("changed")
    git(checkout, "commit", "--quiet", "--all", "--message", "later")
    assert release(checkout, "--check").returncode == 1
    passed(checkout, monkeypatch)
    assert release(checkout).returncode == 0
    assert release(checkout, "--check").returncode == 0


def test_no_result_is_kept_of_files_that_are_not_committed_or_of_half_a_run(checkout, monkeypatch):
    (checkout / "file").write_text("changed")
    passed(checkout, monkeypatch)
    git(checkout, "commit", "--quiet", "--all", "--message", "now")
    gate.keep_result([finished()], ["everything on Python 3.9"])
    assert not (checkout / ".cache/tested.json").exists()


def test_threads_and_processes_that_end_while_they_are_counted_cost_nobody_his_tests():
    done = threading.Event()

    def churn():
        while not done.is_set():
            subprocess.run(["true"], check=True)

    threads = [threading.Thread(target=churn) for _ in range(3)]
    short = [threading.Thread(target=lambda: [_started() for _ in range(2000)])]
    for thread in threads + short:
        thread.start()
    try:
        counted = [daily.cpu_seconds() for _ in range(400)]
    finally:
        done.set()
        for thread in threads + short:
            thread.join()
    assert counted[0] <= counted[-1]


def _started():
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
