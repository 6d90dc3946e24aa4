"""Panels of the release before, stopped in the middle of a purchase, are continued as it would have done.

The cases are in tests/fixtures/release-0.1.0, made by script/make-journal-fixtures. What is compared: what
the provider has charged and was asked to charge, what the panel knows, how runs and answers ended. Question
codes and what is better than before are named in benchmarks/crash/released.py, in one place.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

import pytest
from kit import selection

from bill2bill.journal.journal import Journal
from bill2bill.sandbox.stage import HOME

sys.path.insert(0, str(HOME / "benchmarks"))

from crash import released
from crash.place import Place, make_template

NAMES = released.names()
SHARES = 140  # one of them each day


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = Path(tmp_path_factory.mktemp("released")).resolve()
    make_template(folder)
    with Place(folder / "place", folder, tls=False) as made:
        yield made


def chosen() -> List[Tuple[str, str]]:
    """Cases with their variants: a day's share, or with FIXTURE_SHARE=all, half an hour's work, all."""
    every = [(name, variant) for name in NAMES for variant in released.read(name).variants]
    if os.environ.get("FIXTURE_SHARE") == "all":
        return every
    seed = int(os.environ.get("BILL2BILL_TEST_SEED") or selection.seed_of())
    return list(selection.dealt(every, SHARES, seed))


@pytest.mark.parametrize(("name", "variant"), chosen())
def test_what_the_release_before_has_begun_ends_as_it_would_have_there(place: Place, name: str, variant: str):
    case = released.read(name)
    like = released.read(released.BETTER.get(name, name))
    assert released.differences(like.data["expected"][variant], released.went_on(place, case, variant)) == []


# -- the file alone ------------------------------------------------------------------------------------------


def types() -> Dict[int, str]:
    """Of the panel's connections."""
    return {1: "domain", 2: "vds"}


def rows_of(path: Path) -> Tuple[List[Tuple[object, ...]], int]:
    """What must stay byte for byte: numbers of rows, what they are of, tokens; and the last number."""
    with closing(sqlite3.connect(path)) as db:
        columns = {row[1] for row in db.execute("PRAGMA table_info(purchase)")}
        # a detached item had its number below zero
        names = ["id", "abs(item)", "kind", "name", "remote", *["token"] * ("token" in columns)]
        rows = db.execute(f"SELECT {', '.join(names)} FROM purchase ORDER BY id").fetchall()
        highest = "SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = 'purchase'"
        return rows, int(db.execute(highest).fetchone()[0])


def test_the_file_of_every_case_is_brought_up_to_date_and_keeps_its_numbers_and_tokens(tmp_path: Path):
    for name in NAMES:
        case = released.read(name)
        if not case.journal:
            continue
        folder = tmp_path / name / "bill2bill"
        folder.mkdir(parents=True, mode=0o700)
        path = folder / "state.sqlite3"
        path.touch(0o600)
        path.write_bytes(case.journal)
        before = rows_of(path)
        for _ in "twice":
            Journal(folder, case.data["here"]["machine"], case.data["here"]["root"], types).db.close()
            rows, last = rows_of(path)
            assert (name, [row[: len(old)] for row, old in zip(rows, before[0])]) == (name, before[0])
            assert (len(rows), last) == (len(before[0]), before[1])


# -- the cases themselves ------------------------------------------------------------------------------------

QUESTIONS = {
    "in_doubt_open", "in_doubt_prolong", "in_doubt_changepricelist", "in_doubt_setparam", "in_doubt_told",
    "in_doubt_lost", "in_doubt_older", "in_doubt_item", "in_doubt_moved", "name_taken", "held_by_other",
    "two_alike", "other_account", "other_purchase", "unpaid_order", "lost_answer",
}  # fmt: skip
ANSWERS = {"exists", "absent", "same", "told", "foreign"}
KINDS = {"open", "prolong", "setparam", "changepricelist"}


def test_the_cases_have_every_unsettled_stage_of_every_kind():
    found: Counter[Tuple[str, str]] = Counter()
    for name in NAMES:
        for row in released.read(name).data["purchases"]:
            found[row["kind"], row["state"]] += 1
    wanted = {
        (kind, state) for kind in KINDS for state in ("intended", "sent", "confirmed", "in doubt", "reported")
    }
    assert wanted - set(found) == set()
    rows = [row for name in NAMES for row in released.read(name).data["purchases"]]
    assert any(row["state"] == "sent" and row["accepted"] for row in rows)
    assert any(row["state"] == "sent" and "unpaid" in row for row in rows)
    assert any(row["state"] == "confirmed" and "told" in row for row in rows)
    assert any(row["state"] == "intended" and "noted" in row for row in rows)
    assert any(row.get("noted", 0) >= 3 for row in rows)
    assert any(row["taken_over"] for row in rows)
    assert any(row["item"] < 0 for row in rows)


def test_the_cases_have_every_question_and_every_answer():
    codes, answers = set(), set()
    for name in NAMES:
        for variant, expected in released.read(name).data["expected"].items():
            operations = (*expected["first"]["operations"], *released.last(expected)["operations"])
            codes |= {row["code"] for row in (*operations, *expected["runs"])}
            if expected["answer"]:
                answers.add(variant.split()[1])
    assert QUESTIONS - codes == set()
    assert ANSWERS - answers == set()


def test_the_cases_are_small():
    assert sum(path.stat().st_size for path in released.CASES.iterdir()) < 3_000_000
