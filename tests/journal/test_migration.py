"""A file of the release before becomes a file of this one: whole or not begun, with every number kept."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import time
from pathlib import Path
from typing import Any, Dict, List

import pytest
from kit.journal_files import OLD_ROW, old_file

from bill2bill.errors import Failure
from bill2bill.journal.journal import Journal
from bill2bill.journal.purchase import Evidence, Intent, Question, Stage
from bill2bill.state.connection import kept_copy, put_back
from bill2bill.state.locks import Locks
from bill2bill.state.migrations import LEAVES

# Every stage and question of the release before: its columns and steps -> where it stands now.
STANDING: Dict[str, Any] = {
    "intended": ({"state": "intended", "sent": None}, [], (Stage.INTENDED, None, None)),
    "sent": ({}, ["request leaves"], (Stage.SENT, None, None)),
    "confirmed": ({"state": "confirmed", "remote": 77}, ["request leaves"], (Stage.CONFIRMED, None, None)),
    "refused": ({"state": "refused"}, [], (Stage.REFUSED, None, None)),
    "reported": ({"state": "reported", "remote": 77}, [], (Stage.REPORTED, None, None)),
    "cannot be looked up": (
        {"state": "in doubt"},
        ["request leaves", "cannot be looked up: upstream_unreachable", "continued by operation 6"],
        (Stage.SENT, Question.BOUGHT, Evidence.TIMEOUT),
    ),
    "absent": (
        {"state": "in doubt", "accepted": 1},
        ["accepted", "absent after 90000 s"],
        (Stage.SENT, Question.BOUGHT, Evidence.ACCEPTED),
    ),
    "under way": (
        {"state": "in doubt", "accepted": 1},
        ["accepted", "under way after 90000 s"],
        (Stage.SENT, Question.BOUGHT, Evidence.WORKING),
    ),
    "tries": (
        {"state": "in doubt"},
        ["request leaves", "sent again and again without an answer"],
        (Stage.SENT, Question.BOUGHT, Evidence.ATTEMPTS),
    ),
    "order lost": (
        {"state": "in doubt", "noted": 1},
        ["noted on the panel; the journal was lost or is older"],
        (Stage.SENT, Question.BOUGHT, Evidence.LOST),
    ),
    "taken over": (
        {"kind": "prolong", "state": "in doubt", "taken_over": 1, "before": "2027-01-01", "sent": None},
        ["it is there, and it may be what was begun before"],
        (Stage.INTENDED, Question.BOUGHT, Evidence.BEFOREHAND),
    ),
    "told": (
        {"kind": "prolong", "state": "in doubt", "told": 1, "before": "2027-01-01", "remote": 77},
        ["telling the panel", "was the panel told? Operation 6 asks, 5 has begun it"],
        (Stage.CONFIRMED, Question.SAME_RENEWAL, Evidence.CALLBACK),
    ),
    "lost": (
        {"kind": "prolong", "state": "in doubt", "question": "lost", "noted": 1, "before": "2027-01-01"},
        ["noted on the panel; the journal was lost or is older"],
        (Stage.SENT, Question.SAME_RENEWAL, Evidence.LOST),
    ),
    "older": (
        {"kind": "prolong", "state": "in doubt", "question": "older", "noted": 1, "before": "2027-01-01"},
        ["the panel was told", "the panel knows nothing of it (any more)"],
        (Stage.REPORTED, Question.SAME_RENEWAL, Evidence.RESTORED),
    ),
    "older, not asked yet": (
        {"kind": "prolong", "state": "reported", "question": "older", "noted": 1, "before": "2027-01-01"},
        ["the panel was told"],
        (Stage.REPORTED, Question.SAME_RENEWAL, Evidence.RESTORED),
    ),
    "moved": (
        {"kind": "prolong", "state": "in doubt", "question": "moved", "before": "2027-01-01", "sent": None},
        ["the expiry date has moved by this very term since it was known last", "noted on the panel"],
        (Stage.INTENDED, Question.SAME_RENEWAL, Evidence.MOVED),
    ),
    "item": (
        {"state": "in doubt", "question": "item", "noted": 0, "remote": 77},
        ["the panel was told", "the panel knows nothing of it (any more)"],
        (Stage.REPORTED, Question.SAME_ITEM, Evidence.RESTORED),
    ),
}


def made(folder: Path, *rows: Dict[str, Any], notes: List[str] = (), version: int = 4) -> None:  # type: ignore[assignment]
    steps = [(1, str(rows[0].get("state", OLD_ROW["state"])), note) for note in notes]
    old_file(folder, version, rows, steps)


def opened(folder: Path, types: Dict[int, str] = {3: "vds"}) -> Journal:  # noqa: B006
    return Journal(folder, "machine", "root", lambda: types)


@pytest.mark.parametrize("standing", STANDING)
def test_every_stage_and_question_of_the_release_before_has_its_place(tmp_path: Path, standing: str) -> None:
    columns, notes, expected = STANDING[standing]
    made(tmp_path / "b", columns, notes=notes)
    row = opened(tmp_path / "b").purchase(1)
    assert row is not None
    assert (row.stage, row.question, row.evidence) == expected


def test_numbers_tokens_and_the_next_number_stay_the_same(tmp_path: Path) -> None:
    made(
        tmp_path / "b",
        {"id": 4, "token": "a" * 16},
        {"id": 9, "item": -7, "token": "b" * 16, "state": "reported"},
    )
    db = sqlite3.connect(str(tmp_path / "b/state.sqlite3"))
    db.execute("UPDATE sqlite_sequence SET seq = 41 WHERE name = 'purchase'")
    db.commit()
    db.close()
    journal = opened(tmp_path / "b")
    assert [(row.id, row.item, row.detached, row.token) for row in journal.in_stages(*Stage)] == [
        (4, 7, False, "a" * 16),
        (9, 7, True, "b" * 16),
    ]
    assert journal.begin(Intent(8, "open", "vds", 3, 5, "", "x", 1)).id == 42


def test_what_was_read_from_sentences_is_counted_once_and_kept(tmp_path: Path) -> None:
    sent = [
        "operation 5",
        "request leaves",
        "no answer: lost_answer {}",
        "a look proves that it was not carried out",
    ]
    made(tmp_path / "b", {}, notes=[*sent, "request leaves", "a look does not show it yet"])
    row = opened(tmp_path / "b").purchase(1)
    assert row is not None
    assert (row.attempts, row.absences, row.looked) == (2, 1, True)


def test_months_are_told_from_ids_of_periods_by_the_type_of_the_connection(tmp_path: Path) -> None:
    made(tmp_path / "b", {"module": 3, "period": 12}, {"module": 4, "item": 8, "period": 881})
    journal = opened(tmp_path / "b", {3: "vds", 4: "domain"})
    assert [(row.bought, row.period) for row in journal.in_stages(*Stage)] == [(12, None), (None, 881)]


def test_two_old_rows_that_claim_one_service_are_both_a_question(tmp_path: Path) -> None:
    order = {"state": "reported", "remote": 77, "account": "login"}
    made(tmp_path / "b", {**order, "item": 7}, {**order, "item": 8}, {**order, "item": 9, "remote": 78})
    rows = opened(tmp_path / "b").in_stages(*Stage)
    assert [row.evidence for row in rows] == [Evidence.CLAIMED, Evidence.CLAIMED, None]


def test_nothing_is_migrated_while_a_command_of_the_release_before_holds_an_item(tmp_path: Path) -> None:
    made(tmp_path / "b", {})
    with Locks(tmp_path / "b/locks").item(7, 0), pytest.raises(Failure, match="item_busy"):
        opened(tmp_path / "b")
    assert version(tmp_path / "b") == 4
    opened(tmp_path / "b")
    assert version(tmp_path / "b") == 5


def version(folder: Path) -> int:
    db = sqlite3.connect(str(folder / "state.sqlite3"))
    try:
        return int(db.execute("PRAGMA user_version").fetchone()[0])
    finally:
        db.close()


def dump(path: Path) -> List[str]:
    db = sqlite3.connect(str(path))
    try:
        return list(db.iterdump())
    finally:
        db.close()


def killed_at(statement: int, folder: Path) -> bool:
    """Open the file in a process of its own that is gone at this statement. False: it was done before."""
    child = os.fork()
    if child:
        return os.WEXITSTATUS(os.waitpid(child, 0)[1]) == 9
    left, connect = iter(range(statement)), sqlite3.connect

    class Counted(sqlite3.Connection):
        def execute(self, *words: Any) -> sqlite3.Cursor:
            if next(left, None) is None:
                os._exit(9)
            return super().execute(*words)

    sqlite3.connect = lambda *words, **named: connect(*words, **named, factory=Counted)  # type: ignore[assignment]
    try:
        opened(folder)
    finally:
        os._exit(0)


def test_killed_at_any_statement_it_is_whole_or_not_begun(tmp_path: Path) -> None:
    """And the copy is the old file, or is not there."""
    rows = [{"item": number, "state": "reported", "remote": number} for number in (7, 8)]
    made(tmp_path / "b", *rows, {"item": 9}, notes=["operation 5", "request leaves"])
    before, seen, statement = dump(tmp_path / "b/state.sqlite3"), set(), 0
    killed = True
    while killed:
        shutil.rmtree(tmp_path / "c", ignore_errors=True)
        shutil.copytree(tmp_path / "b", tmp_path / "c")
        killed = killed_at(statement, tmp_path / "c")
        now, copy = version(tmp_path / "c"), kept_copy(tmp_path / "c", 4)
        seen.add(now)
        assert now == 5 or dump(tmp_path / "c/state.sqlite3") == before, statement
        assert not copy.exists() or dump(copy) == before, statement
        assert now == 4 or copy.exists(), statement
        journal = opened(tmp_path / "c")
        assert [row.item for row in journal.in_stages(*Stage)] == [7, 8, 9], statement
        statement += 1
    assert seen == {4, 5}
    assert statement > 40


def test_a_file_of_a_later_release_is_refused(tmp_path: Path) -> None:
    opened(tmp_path / "b").db.execute("PRAGMA user_version = 6")
    with pytest.raises(Failure, match="state_newer"):
        opened(tmp_path / "b")


def test_the_release_before_gets_its_file_back_while_nothing_was_bought_since(tmp_path: Path) -> None:
    made(tmp_path / "b", {}, notes=["operation 5", "request leaves"])
    before = dump(tmp_path / "b/state.sqlite3")
    opened(tmp_path / "b").db.close()
    assert put_back(tmp_path / "b", 4)
    assert dump(tmp_path / "b/state.sqlite3") == before
    assert opened(tmp_path / "b").purchase(1) is not None, "and it can be brought up to date again"


@pytest.mark.parametrize("since", ["a purchase", "an event"])
def test_the_release_before_gets_no_file_that_forgets_a_purchase(tmp_path: Path, since: str) -> None:
    made(tmp_path / "b", {}, notes=["operation 5", "request leaves"])
    journal = opened(tmp_path / "b")
    if since == "a purchase":
        journal.begin(Intent(8, "open", "vds", 3, 5, "", "x", 1))
    else:
        from bill2bill.journal.transitions import Event

        row = journal.purchase(1)
        assert row is not None
        journal.record(row, Event.SEEN, remote=77)
    journal.db.close()
    with pytest.raises(Failure, match="bought_since"):
        put_back(tmp_path / "b", 4)
    assert version(tmp_path / "b") == 5


def test_a_file_that_is_not_newer_stays_as_it_is(tmp_path: Path) -> None:
    made(tmp_path / "b", {})
    assert not put_back(tmp_path / "b", 4)
    assert not put_back(tmp_path / "nothing", 4)


def test_a_panel_of_more_items_than_a_process_may_open_files_is_brought_up_to_date(tmp_path: Path) -> None:
    folder = tmp_path / "bill2bill"
    made(folder, {})
    locks = Locks(folder / "locks")
    for item in range(400):
        (locks.folder / f"item-{item}").touch()
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = max(map(int, os.listdir("/proc/self/fd"))) + 100  # other tests have left files open here
    resource.setrlimit(resource.RLIMIT_NOFILE, (few, limits[1]))
    try:
        opened(folder)
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == few
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert version(folder) == 5


def test_a_lost_renewal_that_a_later_lost_one_has_superseded_does_not_hinder_the_migration(
    tmp_path: Path,
) -> None:
    """The release before kept its question when it was over, so two may be `lost`, and one is on its way."""
    lost = {"kind": "prolong", "question": "lost", "noted": 1, "before": "2027-01-01"}
    over, on_its_way = {**lost, "id": 1, "state": "reported"}, {**lost, "id": 2, "state": "in doubt"}
    made(tmp_path / "bill2bill", over, on_its_way)
    journal = opened(tmp_path / "bill2bill")
    first, second = journal.purchase(1), journal.purchase(2)
    assert (first.stage, first.question, first.evidence) == (
        Stage.REPORTED, Question.SAME_RENEWAL, Evidence.RESTORED,
    )  # fmt: skip
    assert (second.stage, second.evidence) == (Stage.SENT, Evidence.LOST)


def test_a_command_that_waited_while_the_file_was_put_back_does_not_use_the_old_one(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "bill2bill"
    made(folder, {})
    waiting = opened(folder)
    waiting.must_be_in_place()
    assert put_back(folder, 4)
    with pytest.raises(Failure, match="item_busy"):
        waiting.must_be_in_place()


def test_years_of_purchases_are_brought_up_to_date_in_seconds(tmp_path: Path) -> None:
    """Commands of the panel wait for it: each row is read with its own steps only."""
    rows = [{"id": number, "item": number, "state": "reported"} for number in range(1, 4001)]
    steps = [(row["id"], "sent", LEAVES) for row in rows for _ in range(8)]
    old_file(tmp_path / "bill2bill", 4, rows, steps)
    began = time.process_time()
    journal = opened(tmp_path / "bill2bill")
    assert time.process_time() - began < 3
    assert journal.purchase(4000).attempts == 8


def test_what_the_migration_itself_asks_is_no_purchase_since(tmp_path: Path) -> None:
    order = {"state": "reported", "remote": 77, "account": "login"}
    made(tmp_path / "b", {**order, "item": 7}, {**order, "item": 8})
    opened(tmp_path / "b").db.close()
    assert put_back(tmp_path / "b", 4)


def test_a_file_that_was_brought_up_to_date_over_several_versions_is_given_back_too(tmp_path: Path) -> None:
    made(tmp_path / "b", {}, version=2)
    opened(tmp_path / "b").db.close()
    assert put_back(tmp_path / "b", 4)
    assert version(tmp_path / "b") == 2
