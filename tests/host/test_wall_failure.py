from __future__ import annotations

from datetime import datetime

import pytest
from kit.wall_panel import RESTARTING, WallPanel, error
from lxml import etree

from bill2bill import messages
from bill2bill.errors import Failure
from bill2bill.host import failure as failures
from bill2bill.host.call import parse
from bill2bill.host.data import Data, Module
from bill2bill.host.panel import Panel

NOW = datetime(2026, 11, 23, 15, 7, 16)  # noqa: DTZ001 - local time, as the panel writes
OPEN = parse(["--command", "open", "--item", "1", "--runningoperation", "77"])
SYNC = parse(["--command", "sync_item", "--item", "1"])
MODULE = Module(7, "Реселлинг", "pmbill2billreg", 2, True)
LASTING = Failure("low_balance", balance="10.00 RUB", value="199.00 RUB")
PASSING = Failure("upstream_trouble", func="domain", value="500")


@pytest.fixture
def wall(tmp_path):
    wall = WallPanel(tmp_path / "mgr5")
    wall.answer("task.gettype", "<doc><task_type>postopen</task_type></doc>")
    return wall


def report(wall, failure=LASTING, call=OPEN, module=MODULE, manual=True, notify=True, **more):
    data = Data(wall.root, wall.mgrctl())
    failures.report(
        failure,
        call,
        data=data,
        panel=Panel(wall.mgrctl()),
        module=module,
        manual=manual,
        notify=notify,
        now=NOW,
        **more,
    )
    data.close()
    assert len(wall.calls) <= 6
    return [asked[0] for asked in wall.asked]


def test_a_lasting_failure_stores_the_error_stops_the_repeats_and_makes_a_task_in_this_order(wall):
    assert report(wall) == [
        "runningoperation.edit",
        "runningoperation.setmanual",
        "task.gettype",
        "task.edit",
    ]
    stored, manual, gettype, task = wall.asked
    assert stored[1] == "elid=77"
    assert etree.fromstring(stored[3].partition("=")[2]).find("error").get("type") == "low_balance"
    assert manual[1:] == ["elid=77", "sok=ok"]
    assert gettype[1:] == ["operation=open", "item=1"]
    assert task[1:] == ["item=1", "runningoperation=77", "type=postopen", "sok=ok"]


def test_a_passing_failure_is_left_to_the_panels_repeat(wall):
    assert report(wall, PASSING, manual=False) == ["runningoperation.edit"]


def test_an_operation_that_has_a_task_gets_no_second_one(wall):
    wall.sql("INSERT INTO task VALUES (1, 77, 0);")
    assert report(wall) == ["runningoperation.edit", "runningoperation.setmanual"]


def test_without_a_type_the_department_gets_a_free_task_in_both_languages(wall):
    wall.answer("task.gettype", "<doc><ok/></doc>")
    assert report(wall)[2:] == ["task.gettype", "task.simple.create"]
    _, department, _, text = wall.asked[-1]
    assert department == "elid=2"
    assert messages.text(LASTING, "ru") in text
    assert messages.text(LASTING, "en") in text
    assert "item=1" in text


def test_if_the_type_cannot_be_learned_the_free_task_says_it(wall):
    wall.answer("task.gettype", error())
    assert report(wall)[2:] == ["task.gettype", "task.simple.create"]


def test_a_connection_without_a_department_leaves_it_to_the_log(wall, caplog):
    wall.answer("task.gettype", "<doc/>")
    assert report(wall, module=Module(7, "x", "pmbill2billreg", None, True))[-1] == "task.gettype"
    assert "no department" in caplog.text


def test_notify_off_makes_no_task_but_stops_the_repeats(wall):
    assert report(wall, notify=False) == ["runningoperation.edit", "runningoperation.setmanual"]


def test_a_purchase_in_doubt_makes_a_task_whatever_is_switched_off(wall):
    assert report(wall, manual=False, notify=False, doubt=True)[-1] == "task.edit"


def test_outside_an_operation_a_person_hears_by_a_free_task(wall):
    assert report(wall, call=SYNC) == ["task.simple.create"]
    assert report(wall, call=SYNC, manual=False) == ["task.simple.create"]  # only the one of before


@pytest.mark.parametrize("code", sorted(failures.CONNECTION_PROBLEMS))
def test_an_upstream_out_of_reach_is_shown_on_the_dashboard(wall, code):
    failure = Failure(code, url="https://provider.example", reason="timed out", value="x")
    assert report(wall, failure, manual=False) == ["runningoperation.edit", "problems.register"]
    assert "name=processingmodule_connect" in wall.asked[-1]
    assert "id=7" in wall.asked[-1]
    assert f"param_errormsg={messages.text(failure, 'en')}" in wall.asked[-1]


def test_even_the_worst_failure_costs_at_most_six_calls(wall):
    wall.answer("task.gettype", "<doc/>")
    assert len(report(wall, Failure("invalid_login_or_passwd"))) == 5


@pytest.mark.parametrize("broken", ["runningoperation.edit", "runningoperation.setmanual", "task.edit"])
def test_a_call_that_the_panel_refuses_does_not_stop_the_others(wall, caplog, broken):
    wall.answer(broken, error())
    assert report(wall) == [
        "runningoperation.edit",
        "runningoperation.setmanual",
        "task.gettype",
        "task.edit",
    ]
    assert "could not be stored" in caplog.text


def test_a_panel_out_of_reach_is_not_asked_again_and_again(wall, caplog):
    wall.answer("runningoperation.edit", RESTARTING)
    assert report(wall) == ["runningoperation.edit"]
    assert "panel_unreachable" in caplog.text
    wall.answer("runningoperation.edit")
    wall.answer("task.gettype", RESTARTING)
    assert report(wall)[1:] == ["runningoperation.edit", "runningoperation.setmanual", "task.gettype"]


def test_an_unreadable_database_does_not_swallow_the_task(wall):
    wall.configure("DBType oracle\n")
    assert report(wall)[-1] == "task.edit"


def test_a_failure_with_any_text_can_be_reported(wall):
    nasty = "".join(map(chr, range(0xA0))) + "\udc80\uffff" + "я<&>\"'" * 20_000
    wall.answer("task.gettype", "<doc/>")
    failure = Failure("contact_bad", object=nasty, value=nasty, reason=nasty)
    asked = report(wall, failure, module=Module(7, nasty, "pmbill2billreg", 2, True))
    assert asked == [
        "runningoperation.edit",
        "runningoperation.setmanual",
        "task.gettype",
        "task.simple.create",
    ]


def test_the_words_of_an_error_never_stand_on_a_command_line(wall):
    wall.answer("task.gettype", "<doc><ok/></doc>")
    report(wall, Failure("contact_bad", object="Ivan Example", value="passport", reason="3102 651241"))
    for call in wall.calls:
        assert "Ivan" not in " ".join(call["argv"])
        assert "651241" not in " ".join(call["argv"])
    assert "Ivan" in " ".join(wall.asked[-1])
