"""The file of purchases: private, durable, and honest about trouble."""

import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from kit.journal_files import DAMAGED, age_snapshots, old_file
from kit.purchases import at, intent

from bill2bill.errors import Failure
from bill2bill.journal.journal import Journal
from bill2bill.journal.purchase import Stage
from bill2bill.journal.transitions import Event
from bill2bill.state.cache import Cache, Listed
from bill2bill.state.locks import Locks

ROOT = Path(__file__).parents[2]


def open_store(folder):
    return Journal(folder / "bill2bill", "machine", "root")


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


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_journal_stops_everything_with_its_own_code(tmp_path, damage):
    (tmp_path / "bill2bill").mkdir()
    (tmp_path / "bill2bill" / "state.sqlite3").write_bytes(damage)
    with pytest.raises(Failure, match="state_unusable"):
        open_store(tmp_path).in_stages(Stage.SENT)


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
from bill2bill.journal.journal import Journal
from bill2bill.journal.purchase import Intent
store = Journal(Path({str(tmp_path / "bill2bill")!r}), "machine", "root")
store.begin(Intent(int(sys.argv[1]), "open", "domain", 3, 5, "login", "example.ru", 12))
"""
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(item)], stderr=subprocess.PIPE)
        for item in range(1, 9)
    ]
    for process in running:
        assert process.wait(30) == 0, process.stderr.read()
    assert len(open_store(tmp_path).in_stages(Stage.INTENDED)) == 8


def test_every_step_of_a_purchase_is_kept(tmp_path):
    store = open_store(tmp_path)
    row = store.begin(intent())
    row = store.record(row, Event.REQUEST_LEAVES, sent=time.time(), attempts=1)
    row = store.record(row, Event.UNPAID, accepted=True, unpaid=9050)
    store.record(row, Event.SEEN, remote=10501)
    assert [(event, stage, arguments) for _, event, stage, arguments in store.history(row.id)] == [
        (Event.BEGUN, Stage.INTENDED, {"operation": 5}), (Event.REQUEST_LEAVES, Stage.SENT, {}),
        (Event.UNPAID, Stage.SENT, {"unpaid": 9050}), (Event.SEEN, Stage.CONFIRMED, {}),
    ]  # fmt: skip


def test_failures_are_counted_and_forgotten_per_item_and_command(tmp_path):
    store = open_store(tmp_path)
    assert [store.count_failure(7, "open") for _ in range(3)] == [1, 2, 3]
    assert store.count_failure(7, "prolong") == 1
    store.forget_failures(7, "open")
    assert (store.failures(7, "open"), store.failures(7, "prolong")) == (0, 1)


def test_what_was_learned_grows_old(tmp_path):
    store = open_store(tmp_path)
    cache = Cache(store)
    cache.keep("a", "tariffs", "[]")
    assert cache.recall("a", "tariffs", 60) == "[]"
    assert cache.recall("b", "tariffs", 60) is None
    age_snapshots(store, 61)
    assert cache.recall("a", "tariffs", 60) is None
    age_snapshots(store, -3600)
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
from bill2bill.journal.journal import Journal
from bill2bill.journal.purchase import Intent, Stage
from bill2bill.journal.transitions import Event
journal = Journal(Path(sys.argv[2]), "machine", "root")
for item in range(100):
    row = journal.begin(Intent(item, "open", "vds", 3, 5, "login", "vm", 1))
    row = journal.record(row, Event.ALREADY_THERE, Stage.CONFIRMED)
    journal.record(row, Event.CALLBACK_DONE)
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
    assert len(open_store(tmp_path).in_stages(Stage.REPORTED)) == 300


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_a_journal_of_an_earlier_release_is_continued(tmp_path, version):
    old_file(
        tmp_path / "bill2bill", version, [{}], [(1, "sent", "operation 5"), (1, "sent", "request leaves")]
    )
    for _ in "twice":
        store = open_store(tmp_path)
        row = store.unsettled(7, "open")
        assert (row.stage, row.name, row.highest, row.unpaid) == (Stage.SENT, "example.ru", None, None)
        assert (row.attempts, row.sent, row.question) == (1, 1.0, None)
        assert [step.event for step in store.history(row.id)] == [Event.BEGUN, Event.REQUEST_LEAVES]
        assert store.begin(intent(item=8)).id > row.id
        store.record(store.unsettled(8, "open"), Event.WITHDRAWN, why="changed")
        store.db.close()


def test_months_bought_and_not_yet_sold_are_counted_for_each_item(tmp_path):
    store = Journal(tmp_path / "bill2bill", "machine", "root")
    assert store.months_left(7) == 0
    for kind, months, bought, stage in (
        ("open", 1, 3, Stage.REPORTED), ("prolong", 1, None, Stage.REPORTED),
        ("prolong", 12, 12, Stage.REFUSED), ("setparam", 0, 6, Stage.REPORTED),
    ):  # fmt: skip
        at(store, stage, intent(kind, months=months), bought=bought)
    assert store.months_left(7) == 1
    assert store.months_left(8) == 0
