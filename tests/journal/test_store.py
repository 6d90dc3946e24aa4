"""The file of purchases: private, durable, and honest about trouble."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from bill2bill.errors import Failure
from bill2bill.journal.states import Intent, State
from bill2bill.journal.store import Store
from bill2bill.state.cache import Cache, Listed
from bill2bill.state.locks import Locks

ROOT = Path(__file__).parents[2]


def open_store(folder):
    return Store(folder / "bill2bill", "machine", "root")


def test_only_its_owner_may_read_the_journal(tmp_path):
    os.umask(0o022)
    open_store(tmp_path)
    folder = tmp_path / "bill2bill"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "state.sqlite3").stat().st_mode) == 0o600


def test_a_journal_that_everybody_may_read_is_closed_again(tmp_path):
    open_store(tmp_path)
    (tmp_path / "bill2bill" / "state.sqlite3").chmod(0o644)
    open_store(tmp_path)
    assert stat.S_IMODE((tmp_path / "bill2bill" / "state.sqlite3").stat().st_mode) == 0o600


def test_commits_reach_the_disk_before_they_return(tmp_path):
    store = open_store(tmp_path)
    assert store.rows("PRAGMA journal_mode") == [("wal",)]
    assert store.rows("PRAGMA synchronous") == [(2,)]


@pytest.mark.parametrize(
    "damage",
    [b"this is no database, only text that is long enough" * 100, b"SQLite format 3\0" + b"\xff" * 4096],
)
def test_a_damaged_journal_stops_everything_with_its_own_code(tmp_path, damage):
    (tmp_path / "bill2bill").mkdir()
    (tmp_path / "bill2bill" / "state.sqlite3").write_bytes(damage)
    with pytest.raises(Failure, match="state_unusable"):
        open_store(tmp_path).purchases(State.SENT)


def test_a_journal_behind_a_symbolic_link_is_refused(tmp_path):
    (tmp_path / "bill2bill").mkdir()
    (tmp_path / "elsewhere").touch()
    (tmp_path / "bill2bill" / "state.sqlite3").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Failure, match="state_unusable"):
        open_store(tmp_path)


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path):
    (tmp_path / "bill2bill").write_text("a file where the folder should be")
    with pytest.raises(Failure, match="state_unusable"):
        open_store(tmp_path)


def test_many_processes_may_begin_at_once(tmp_path):
    code = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from bill2bill.journal.store import Store
from bill2bill.journal.states import Intent
store = Store(Path({str(tmp_path / "bill2bill")!r}), "machine", "root")
store.insert(Intent(int(sys.argv[1]), "open", 3, 5, 1, "login", "example.ru", 12))
"""
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(item)], stderr=subprocess.PIPE)
        for item in range(1, 9)
    ]
    for process in running:
        assert process.wait(30) == 0, process.stderr.read()
    assert len(open_store(tmp_path).purchases(State.INTENDED)) == 8


def test_every_step_of_a_purchase_is_kept(tmp_path):
    store = open_store(tmp_path)
    row = store.insert(Intent(7, "open", 3, 5, 1, "login", "example.ru", 12))
    store.move(row, State.SENT, "request leaves", sent=time.time())
    store.move(row, State.CONFIRMED, "accepted", remote=10501)
    assert [(state, note) for _, state, note in store.steps(row.id)] == [
        ("intended", "operation 5"), ("sent", "request leaves"), ("confirmed", "accepted"),
    ]  # fmt: skip


def test_failures_are_counted_and_forgotten_per_item_and_command(tmp_path):
    store = open_store(tmp_path)
    assert [store.count_failure(7, "open") for _ in range(3)] == [1, 2, 3]
    assert store.count_failure(7, "prolong") == 1
    store.forget_failures(7, "open")
    assert (store.failures(7, "open"), store.failures(7, "prolong")) == (0, 1)


def test_what_was_learned_grows_old(tmp_path):
    cache = Cache(open_store(tmp_path))
    cache.keep("a", "tariffs", "[]")
    assert cache.recall("a", "tariffs", 60) == "[]"
    assert cache.recall("b", "tariffs", 60) is None
    with cache.store.write() as db:
        db.execute("UPDATE snapshot SET taken = taken - 61")
    assert cache.recall("a", "tariffs", 60) is None
    with cache.store.write() as db:
        db.execute("UPDATE snapshot SET taken = taken + 3600")  # the clock went back
    assert cache.recall("a", "tariffs", 60) is None


def test_a_new_listing_replaces_the_old_one(tmp_path):
    cache = Cache(open_store(tmp_path))
    cache.keep_listing(
        "a",
        [Listed(1, "one.ru", "DELEGATED", "2027-01-01", 565), Listed(2, "two.ru", "DELEGATED", None, None)],
    )
    cache.keep_listing("a", [Listed(2, "two.ru", "DELEGATED", "2027-02-02", 565)])
    assert cache.listed("a", 1) is None
    assert cache.listed("a", 2) == Listed(2, "two.ru", "DELEGATED", "2027-02-02", 565)


def test_a_listing_that_breaks_off_replaces_nothing(tmp_path):
    cache = Cache(open_store(tmp_path))
    cache.keep_listing("a", [Listed(1, "one.ru", "DELEGATED", "2027-01-01", 565)])

    def broken():
        yield Listed(2, "two.ru", "DELEGATED", None, None)
        raise Failure("upstream_answer", func="domain", reason="truncated")

    with pytest.raises(Failure):
        cache.keep_listing("a", broken())
    assert cache.listed("a", 1)


def test_a_known_expiry_date_is_not_forgotten_by_a_clock_that_went_back(tmp_path, monkeypatch):
    """By it a whole restored server is asked about a renewal; without it that was bought again."""
    cache = Cache(open_store(tmp_path))
    cache.keep("item-7", "expiry of 10501", "2027-05-26")
    true = time.time
    monkeypatch.setattr(time, "time", lambda: true() - 86400)
    assert cache.recall("item-7", "expiry of 10501", float("inf")) == "2027-05-26"
    assert cache.recall("item-7", "expiry of 10501", 10 * 86400) is None


def test_a_pause_ends_when_the_settings_change(tmp_path):
    cache = Cache(open_store(tmp_path))
    cache.pause("a", "digest of old settings")
    assert cache.paused("a", "digest of old settings")
    assert not cache.paused("a", "digest of new settings")
    cache.unpause("a")
    assert not cache.paused("a", "digest of old settings")


def test_a_lock_dies_with_its_holder(tmp_path):
    code = f"""
import sys, os, signal; sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from bill2bill.state.locks import Locks
with Locks(Path({str(tmp_path)!r})).item(7, 0):
    print("held", flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)
"""
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(Failure, match="item_busy"), Locks(tmp_path).item(7, 0.1):
        pass
    holder.kill()
    holder.wait()
    with Locks(tmp_path).item(7, 5):
        pass


def test_locks_of_different_items_do_not_wait_for_each_other(tmp_path):
    locks = Locks(tmp_path)
    with locks.item(7, 0), locks.item(8, 0):
        pass


def test_only_so_many_requests_run_at_once(tmp_path):
    locks, running, most = Locks(tmp_path), [], []

    def request():
        with locks.request("a", parallel=2, pace=0, wait=10):
            running.append(1)
            most.append(len(running))
            time.sleep(0.03)
            running.pop()

    threads = [threading.Thread(target=request) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 2


def test_requests_keep_their_pace(tmp_path):
    locks = Locks(tmp_path)
    began = time.monotonic()
    for _ in range(4):
        with locks.request("a", parallel=2, pace=20, wait=10):
            pass
    assert time.monotonic() - began >= 3 / 20


PROCESS_THAT_NEVER_CLOSES_THE_FILE = """
import os, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from bill2bill.journal.states import Intent, State
from bill2bill.journal.store import Store
store = Store(Path(sys.argv[2]), "machine", "root")
for item in range(100):
    row = store.insert(Intent(item=item, kind="open", module=3, operation=5, trycount=1, account="login", name="vm", months=1))
    store.move(row, State.REPORTED, "the panel was told", durable=False)
os._exit(0)
"""


def test_the_log_that_every_command_reads_when_it_opens_the_journal_stays_small(tmp_path):
    for _ in range(3):
        subprocess.run(
            [
                sys.executable,
                "-c",
                PROCESS_THAT_NEVER_CLOSES_THE_FILE,
                str(ROOT),
                str(tmp_path / "bill2bill"),
            ],
            check=True,
        )
    assert 0 < (tmp_path / "bill2bill" / "state.sqlite3-wal").stat().st_size < 250 * 4096
    assert len(open_store(tmp_path).purchases(State.REPORTED)) == 300


FIRST_RELEASE = """
CREATE TABLE purchase (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  item INTEGER NOT NULL, kind TEXT NOT NULL, module INTEGER NOT NULL, operation INTEGER,
  state TEXT NOT NULL, name TEXT NOT NULL, months INTEGER NOT NULL, before TEXT,
  remote INTEGER, tariff INTEGER, period INTEGER, cost TEXT NOT NULL DEFAULT '',
  accepted INTEGER NOT NULL DEFAULT 0, account TEXT NOT NULL DEFAULT '', told INTEGER, taken_over INTEGER NOT NULL DEFAULT 0,
  sent REAL, created REAL NOT NULL, changed REAL NOT NULL
);
INSERT INTO purchase (item, kind, module, operation, state, name, months, sent, created, changed)
  VALUES (7, 'open', 3, 5, 'sent', 'example.ru', 12, 1.0, 1.0, 1.0);
CREATE TABLE step (purchase INTEGER NOT NULL, at REAL NOT NULL, state TEXT NOT NULL, note TEXT NOT NULL);
CREATE TABLE snapshot (account TEXT NOT NULL, what TEXT NOT NULL, taken REAL NOT NULL, body TEXT NOT NULL, PRIMARY KEY (account, what));
PRAGMA user_version = 1;
"""


def test_a_journal_of_the_first_release_is_continued(tmp_path):
    folder = tmp_path / "bill2bill"
    folder.mkdir()
    old = sqlite3.connect(folder / "state.sqlite3")
    old.executescript(FIRST_RELEASE)
    old.close()
    for _ in "twice":
        store = Store(folder, "machine", "root")
        row = store.unsettled(7, "open")
        assert (row.state, row.name, row.highest, row.unpaid) == (State.SENT, "example.ru", None, None)
        store.db.close()


def test_months_bought_and_not_yet_sold_are_counted_for_each_item(tmp_path):
    store = Store(tmp_path / "bill2bill", "machine", "root")
    assert store.months_left(7) == 0
    for kind, months, bought, state in (
        ("open", 1, 3, State.REPORTED), ("prolong", 1, None, State.REPORTED),
        ("prolong", 12, 12, State.REFUSED), ("setparam", 0, 6, State.REPORTED),
    ):  # fmt: skip
        row = store.insert(
            Intent(
                item=7,
                kind=kind,
                module=3,
                operation=5,
                trycount=1,
                account="login",
                name="vm",
                months=months,
            )
        )
        store.move(row, state, period=bought)
    assert store.months_left(7) == 1
    assert store.months_left(8) == 0
