"""The crash matrix itself: it is clean, it repeats itself, and it sees what it is there to see."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, Optional, Tuple

import pytest
from kit.selection import MATRIX_RUNS

from bill2bill.sandbox.stage import HOME

sys.path.insert(0, str(HOME / "benchmarks"))

from crash.journey import Journey
from crash.judge import Judge
from crash.place import Place, make_template
from crash.plan import Bought, Plan, plan_of, seed_of

PROGRAM = HOME / "benchmarks" / "crash_matrix.py"
KEYS = (
    "runs",
    "purchases",
    "double_purchases",
    "lost_purchases",
    "wrong_state",
    "in_doubt",
    "in_doubt_visible",
    "unresolved",
)


def matrix(*options: object) -> Tuple[int, Dict[str, Any], str]:
    """(exit status, what it found, what it told)."""
    words = [sys.executable, str(PROGRAM), "--json", *map(str, options)]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", timeout=1800)
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


def test_killed_and_cut_off_journeys_buy_everything_once(days_seed: Optional[int]):
    """Two hundred of them; on an ordinary day forty, others on each."""
    runs, seed = (200, 2024) if days_seed is None else (MATRIX_RUNS, days_seed)
    status, found, told = matrix("--runs", runs, "--seed", seed, "--jobs", 8)
    assert list(found)[: len(KEYS)] == list(KEYS)
    assert found["runs"] == runs
    assert found["purchases"] >= runs * 1.5
    assert [found[name] for name in ("double_purchases", "lost_purchases", "wrong_state", "unresolved")] == [
        0,
        0,
        0,
        0,
    ]
    assert found["in_doubt_visible"] <= 2, (
        "a machine that is busy with other tests gives up now and then before the provider is done"
    )
    assert found["in_doubt_visible"] or (status, told) == (0, "")
    assert found["faults_after_commit"] >= runs // 5, "otherwise nothing was tried"
    kinds = {"write", "read", "sent", "mgrctl", "line", "fault after", "fault before"}
    assert len(kinds & set(found["hits"])) >= (len(kinds) if days_seed is None else 4)


@pytest.mark.slow
def test_without_the_look_things_are_bought_twice_and_the_run_can_be_replayed():
    status, found, told = matrix("--runs", 6, "--seed", 3, "--jobs", 3, "--without-look")
    assert status == 1
    assert found["double_purchases"] >= 1
    assert "charges for 1 operations" in told
    assert "replay: python benchmarks/crash_matrix.py --seed 3 --only " in told
    assert "--without-look" in told
    assert all(
        f"-- {part}\n" in told
        for part in ("plan", "trace", "ledger", "requests", "purchases", "journal", "runs", "mgrctl")
    )


def test_a_seed_is_a_plan():
    plans = [plan_of(seed_of(7, number)) for number in range(300)]
    assert plans == [plan_of(seed_of(7, number)) for number in range(300)]
    assert len({plan.seed for plan in plans}) == 300
    assert {order for plan in plans for item in plan.items for order in item.orders} == {
        "open",
        "prolong",
        "addons",
        "tariff",
    }
    points = {fate.point for plan in plans for fate in plan.fates}
    assert points >= {"write", "send", "sent", "read", "mgrctl", "line", "time"}


@pytest.mark.slow
def test_a_matrix_may_run_in_parts_and_the_parts_are_added_up(tmp_path: Path):
    parts = []
    for first in (0, 2):
        path = tmp_path / f"{first}.json"
        path.write_text(json.dumps(matrix("--runs", 2, "--seed", 7, "--from", first, "--jobs", 2)[1]))
        parts.append(path)
    status, found, _ = matrix("--merge", *parts)
    assert (status, found["runs"], found["parts"], found["clean"]) == (0, 4, [[0, 1], [2, 3]], True)
    singles = [json.loads(path.read_text()) for path in parts]
    assert found["purchases"] == sum(one["purchases"] for one in singles)
    assert found["ends"]["reported"] == sum(one["ends"]["reported"] for one in singles)
    done = subprocess.run([sys.executable, PROGRAM, "--merge", parts[0], parts[0]], capture_output=True)
    assert done.returncode == 1
    assert b"parts overlap" in done.stderr


@pytest.mark.slow
def test_runs_begin_with_every_panel_of_the_release_before_by_turns():
    status, found, told = matrix("--runs", 4, "--seed", 7, "--jobs", 2, "--migrated", 2)
    assert (status, told) == (0, "")
    assert (found["migrated"], len(found["cases"])) == (2, 2)


# -- the judge -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = Path(tmp_path_factory.mktemp("matrix")).resolve()
    make_template(folder)
    with Place(folder / "place", folder, tls=False) as made:
        yield made


def quiet(*items: Bought, **changes: Any) -> Plan:
    """A plan in which nothing goes wrong."""
    plan = plan_of(seed_of(1, 1), cold=False)
    switches = {"4": {"progress": {"mode": "immediate"}}, "6": {}}
    plan = plan._replace(
        items=items, fates=(), faults=(), events=(), panel={}, switches=switches, poor=(), heal=9, pauses=()
    )
    return plan._replace(**changes)


def travelled(place: Place, plan: Plan) -> Journey:
    journey = Journey(place, plan)
    journey.travel()
    return journey


BOTH = (
    Bought("domain", "run0.ru", ("open", "prolong")),
    Bought("server", "vm1.example.net", ("open", "tariff", "addons", "prolong")),
)


def test_everything_that_goes_well_is_reported(place: Place):
    journey = travelled(place, quiet(*BOTH))
    verdict = Judge(place, journey.steps).verdict()
    assert (verdict.clean, verdict.ends, verdict.in_doubt) == (True, {"reported": 6}, 0)
    assert journey.persons_part() is False


def test_cold_processes_do_the_same(place: Place):
    journey = travelled(place, quiet(*BOTH, cold=True))
    assert Judge(place, journey.steps).verdict().ends == {"reported": 6}
    assert {line["event"] for line in place.trace()} == {"starts", "asks", "sent"}


def test_the_judge_sees_a_second_charge_whoever_made_it(place: Place):
    journey = travelled(place, quiet(*BOTH))
    place.call("sandbox.operation", item=journey.steps[1].item, command="prolong")
    place.call("sandbox.tick")
    assert Judge(place, journey.steps).verdict().double != []


def test_the_judge_sees_what_was_told_without_being_bought(place: Place):
    journey = travelled(
        place, quiet(Bought("domain", "run0.ru", ("prolong",)), switches={"4": {}, "6": {}}, poor=("4",))
    )
    verdict = Judge(place, journey.steps).verdict()
    assert (verdict.clean, verdict.ends) == (True, {"refused": 1})
    place.run(("DELETE FROM runningoperation", ()))
    assert Judge(place, journey.steps).verdict().wrong != []


def test_the_judge_sees_what_waits_for_a_person_whom_nobody_told(place: Place):
    journey = travelled(place, quiet(Bought("server", "vm0.example.net", ("open",)), poor=("6",)))
    place.run(("UPDATE runningoperation SET errorxml = NULL", ()), ("DELETE FROM task", ()))
    assert Judge(place, journey.steps).verdict().wrong != []
    place.run(("UPDATE runningoperation SET manual = 'off'", ()))
    assert Judge(place, journey.steps).verdict().unresolved != []


def test_the_judge_sees_a_service_that_was_paid_for_and_is_linked_to_no_item(place: Place):
    journey = travelled(place, quiet(Bought("server", "vm0.example.net", ("open",))))
    place.run(
        (
            "UPDATE itemparam SET value = 'id=1;price=1;period=1' WHERE intname = 'bill2bill' AND item = ?",
            (journey.items[0],),
        )
    )
    assert Judge(place, journey.steps).verdict().lost != []


def test_a_person_who_has_paid_the_provider_starts_again_and_it_is_bought_once(place: Place):
    journey = travelled(place, quiet(*BOTH, poor=("4", "6"), heal=99))
    assert Judge(place, journey.steps).verdict().ends == {"refused": 2}
    assert journey.persons_part() is True
    verdict = Judge(place, journey.steps).verdict()
    assert (verdict.clean, verdict.ends) == (True, {"reported": 2})
