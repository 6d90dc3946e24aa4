"""Running operations: what a run sees, what it leaves behind, repeats, faults."""

from __future__ import annotations

import base64
import datetime as dt
import subprocess
import time

import pytest
from kit.panel import SMALL_KEY


def today() -> dt.date:
    return dt.datetime.now().astimezone().date()


def started(panel, command: str, **options) -> tuple[int, int]:
    item = panel.opened()
    return item, panel.new("sandbox.operation", item=item, command=command, **options)


def attempts(panel, operation: int) -> str:
    return panel.form("runningoperation.edit", elid=operation)["trycount"]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("command", "status"),
    [("suspend", "3"), ("resume", "2"), ("close", "4"), ("setparam", "2"), ("prolong", "2")],
)
def test_a_post_call_ends_the_operation_and_sets_the_status(panel, command, status):
    item, operation = started(panel, command)
    assert panel.item(item)["status"] == "5"
    done = panel.row("sandbox.tick")
    assert (done["id"], done["command"], done["result"], done["error"]) == (
        str(operation),
        command,
        "gone",
        "",
    )
    assert panel.item(item)["status"] == status
    assert panel.rows("runningoperation") == []


def test_without_a_post_call_the_row_stays_and_the_host_runs_it_again(panel):
    panel.plan(close={})
    item, operation = started(panel, "close")
    assert panel.row("sandbox.tick")["result"] == "kept"
    assert panel.row("sandbox.tick")["result"] == "kept"
    assert attempts(panel, operation) == "2"
    assert panel.item(item)["status"] == "5"
    assert len(panel.seen("close")) == 2


def test_the_module_sees_the_attempt_that_is_running(panel):
    panel.plan(
        close={
            "calls": [["service.saveparam", "elid={item}", "name=seen", "value={runningoperation}", "sok=ok"]]
        }
    )
    item, operation = started(panel, "close")
    panel.call("sandbox.tick")
    run = panel.seen("close")[0]
    assert run["options"] == {"command": "close", "item": str(item), "runningoperation": str(operation)}
    assert (run["stdin"], run["cwd"]) == ("", str(panel.root))
    assert "sbin" not in run["env"]["PATH"]
    assert not any(name.startswith(("PYTEST", "BILL2BILL")) for name in run["env"])
    assert panel.item(item)["seen"] == str(operation)


@pytest.mark.both_databases
def test_a_failure_is_kept_with_its_history_until_a_person_restarts_it(panel):
    error = "<doc><error type='api_error' object='domain.close'/></doc>"
    panel.plan(
        close={
            "calls": [
                ["runningoperation.edit", "elid={runningoperation}", "errorxml=" + error, "sok=ok"],
                ["runningoperation.setmanual", "elid={runningoperation}", "sok=ok"],
                [
                    "task.edit",
                    "item={item}",
                    "runningoperation={runningoperation}",
                    "type=postclose",
                    "sok=ok",
                ],
            ],
            "stdout": error,
            "code": 1,
        }
    )
    item, operation = started(panel, "close")
    done = panel.row("sandbox.tick")
    assert (done["result"], done["code"]) == ("manual", "1")
    assert "api_error" in done["error"]
    assert panel.form("runningoperation.edit", elid=operation)["errorxml"] == error
    task = panel.row("task", status="0", itemtype="domain")
    assert (task["item"], task["runningoperation"], task["department"], task["itemstatus"]) == (
        str(item),
        str(operation),
        "1",
        "5",
    )
    listed = panel.row("runningoperation")
    assert (listed["status"], listed["task"], listed["trycount"], listed["client"]) == (
        "manual",
        task["id"],
        "1",
        "client",
    )
    assert panel.rows("sandbox.tick") == []
    panel.plan()
    panel.call("sandbox.restart", elid=operation)
    assert panel.row("sandbox.tick")["result"] == "gone"
    assert [row["errorxml"] for row in panel.rows("runningoperation.errorhistory", elid=operation)] == [error]


def test_one_operation_can_be_run_even_when_manual(panel):
    item, operation = started(panel, "close")
    panel.call("runningoperation.edit", elid=operation, manual="on", sok="ok")
    assert panel.rows("sandbox.tick") == []
    assert panel.row("sandbox.run", elid=operation)["result"] == "gone"
    assert panel.error("sandbox.run", elid=operation) == ("value", "elid")
    assert panel.item(item)["status"] == "4"


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ({"stdout": "warning\n<doc/>"}, "output"),
        ({"code": 9, "stderr": "boom"}, "exit_code"),
        ({"stdout": "<doc><error type='x'/></doc>"}, "'x'"),
    ],
)
def test_either_sign_of_failure_and_every_stray_byte_is_a_failure(panel, answer, word):
    panel.plan(close=answer)
    started(panel, "close")
    done = panel.row("sandbox.tick")
    assert done["result"] == "kept"
    assert word in done["error"]


def test_a_hanging_module_is_stopped_with_its_children(panel):
    panel.plan(close={"sleep": 30})
    item, _ = started(panel, "close")
    panel.call("sandbox.set", limit_operations="0.4")
    began = time.monotonic()
    done = panel.row("sandbox.tick")
    assert time.monotonic() - began < 25
    assert (done["result"], done["code"]) == ("kept", "")
    assert "time_limit" in done["error"]
    assert panel.log("runs")[-1]["code"] is None
    assert panel.item(item)["status"] == "5"


def test_every_run_is_written_down(panel):
    panel.plan(close={"stdout": "<doc/>", "stderr": "a word", "code": 1})
    item, operation = started(panel, "close")
    panel.call("sandbox.tick")
    run = panel.log("runs")[-1]
    executable = str(panel.root / "processing/pmsample")
    assert run["argv"] == [
        executable,
        "--command",
        "close",
        "--item",
        str(item),
        "--runningoperation",
        str(operation),
    ]
    assert (run["code"], run["stdout"], run["stderr"]) == (1, "<doc/>", "a word")
    assert 0 < run["seconds"] < 60


def test_callbacks_fail_while_the_panel_is_away(panel):
    item, _ = started(panel, "close")
    panel.call("sandbox.set", restarting="on")
    assert panel.row("sandbox.tick")["result"] == "kept"
    assert panel.log("mgrctl")[-2]["error"] == "client"
    panel.call("sandbox.set", restarting="off")
    assert panel.row("sandbox.tick")["result"] == "gone"
    assert panel.item(item)["status"] == "4"


@pytest.mark.both_databases
def test_operations_run_in_order_or_side_by_side(panel):
    panel.plan(close={"sleep": 0.7, "calls": [["service.postclose", "elid={item}", "sok=ok"]]})
    items = [panel.opened() for _ in range(3)]
    operations = [str(panel.new("sandbox.operation", item=item, command="close")) for item in items]
    began = time.monotonic()
    done = panel.rows("sandbox.tick", parallel=3)
    took = time.monotonic() - began
    assert [row["id"] for row in done] == operations
    assert {row["result"] for row in done} == {"gone"}
    assert took < sum(run["seconds"] for run in panel.log("runs")[-3:])
    assert panel.error("sandbox.tick", parallel=0) == ("value", "parallel")


@pytest.mark.both_databases
def test_the_same_operation_can_be_run_twice_at_once(panel):
    panel.plan(close={"sleep": 0.5})
    _, operation = started(panel, "close")
    call = [str(panel.root / "sbin/mgrctl"), "sandbox.run", f"elid={operation}"]
    running = [subprocess.Popen(call, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait() for process in running] == [0, 0]
    assert len(panel.seen("close")) == 2
    assert attempts(panel, operation) == "2"


@pytest.mark.both_databases
@pytest.mark.parametrize("switch", ["kept", "recreated", "reused"])
def test_the_number_of_a_restarted_operation_follows_the_switch(panel, switch):
    panel.plan(close={"code": 1})
    panel.call("sandbox.set", operation_ids=switch)
    _, operation = started(panel, "close", option_extra="7")
    panel.call("sandbox.tick")
    panel.call("runningoperation.setmanual", elid=operation, sok="ok")
    again = panel.new("sandbox.restart", elid=operation)
    assert (again == operation) == (switch != "recreated")
    assert operation == (1 if switch == "reused" else 2)  # number 1 was the opening's
    assert attempts(panel, again) == ("1" if switch == "kept" else "0")
    panel.call("sandbox.tick")
    assert panel.seen("close")[-1]["options"]["extra"] == "7"


def test_a_renewal_is_charged_and_moves_the_date_before_the_run(panel):
    item = panel.opened()
    before = panel.item(item)["expiredate"]
    panel.call("sandbox.operation", item=item, command="prolong", period=1)
    moved = panel.item(item)["expiredate"]
    assert 28 <= (dt.date.fromisoformat(moved) - dt.date.fromisoformat(before)).days <= 31
    charge = panel.row("expense", item=item)
    assert (charge["operation"], charge["realdate"]) == ("prolong", today().isoformat())
    panel.call("sandbox.tick")
    assert (panel.item(item)["expiredate"], panel.item(item)["period"]) == (moved, "1")


@pytest.mark.both_databases
def test_a_renewal_can_move_the_date_at_its_end_unless_the_module_did(panel):
    panel.call("sandbox.set", expiredate_moved="after")
    item = panel.opened()
    before = panel.item(item)["expiredate"]
    panel.call("sandbox.operation", item=item, command="prolong")
    assert panel.item(item)["expiredate"] == before
    panel.call("sandbox.tick")
    assert panel.item(item)["expiredate"] == f"{int(before[:4]) + 1}{before[4:]}"
    own = ["service.setexpiredate", "elid={item}", "expiredate=2031-05-06", "sok=ok"]
    panel.plan(prolong={"calls": [own, ["service.postprolong", "elid={item}", "sok=ok"]]})
    panel.call("sandbox.operation", item=item, command="prolong")
    panel.call("sandbox.tick")
    assert panel.item(item)["expiredate"] == "2031-05-06"


def test_a_suspended_service_remembers_why_and_stays_so_through_other_operations(panel):
    item, _ = started(panel, "suspend", reason="abusesuspend")
    panel.call("sandbox.tick")
    assert panel.row("domain")["item_status"] == "3_abusesuspend"
    panel.call("sandbox.operation", item=item, command="prolong")
    panel.call("sandbox.tick")
    assert panel.item(item)["status"] == "3"
    panel.call("sandbox.operation", item=item, command="resume")
    panel.call("sandbox.tick")
    assert panel.row("domain")["item_status"] == "2"
    assert panel.error("sandbox.operation", item=item, command="suspend", reason="mood") == (
        "value",
        "reason",
    )


def test_a_tariff_change_keeps_the_old_plan_until_it_is_done_or_rolled_back(panel):
    item = panel.opened()
    plan = panel.new(
        "sandbox.tariff.add", itemtype="domain", name="Test premium", tld="test", module=1, annually=900
    )
    panel.plan(
        setparam={
            "calls": [["service.changepricelist.rollback", "elid={item}", "userid={userid}", "sok=ok"]],
            "code": 1,
        }
    )
    panel.call("sandbox.operation", item=item, command="setparam", pricelist=plan)
    assert (panel.item(item)["pricelist"], panel.item(item)["lastpricelist"]) == (str(plan), "1")
    panel.call("sandbox.tick")
    assert (panel.item(item)["pricelist"], panel.item(item)["lastpricelist"]) == ("1", "")
    panel.plan()
    panel.call("sandbox.operation", item=item, command="setparam", pricelist=plan)
    panel.call("sandbox.tick")
    assert (panel.item(item)["pricelist"], panel.item(item)["lastpricelist"], panel.item(item)["status"]) == (
        str(plan),
        "",
        "2",
    )


def test_a_new_password_reaches_the_module_encrypted(panel):
    panel.plan(changepassword={"calls": [["service.postchangepassword", "elid={item}", "sok=ok"]]})
    started(panel, "changepassword", password="n3w-secret")
    assert panel.row("sandbox.tick")["result"] == "gone"
    sent = panel.seen("changepassword")[0]["options"]["password"]
    assert len(base64.b64decode(sent, validate=True)) == SMALL_KEY // 8
    for name in ("mgrctl", "runs"):
        assert "n3w-secret" not in (panel.root / f"var/sandbox/{name}.jsonl").read_text()


def test_a_dropped_operation_leaves_the_service_in_progress(panel):
    item, operation = started(panel, "close")
    panel.call("runningoperation.delete", elid=operation)
    assert panel.rows("sandbox.tick") == []
    assert panel.item(item)["status"] == "5"
    panel.call("service.postclose", elid=item, sok="ok")
    assert panel.item(item)["status"] == "4"


@pytest.mark.both_databases
def test_a_task_can_restart_its_operation(panel):
    _, operation = started(panel, "close")
    panel.call("runningoperation.setmanual", elid=operation)
    task = panel.new("runningoperation.taskcreate", elid=operation, sok="ok")
    panel.call("task.start", elid=task)
    assert panel.row("task", elid=task)["status"] == "2"
    assert panel.row("sandbox.tick")["result"] == "gone"


def test_post_calls_without_sok_change_nothing(panel):
    item, _ = started(panel, "close")
    panel.call("service.postclose", elid=item)
    assert panel.item(item)["status"] == "5"
    assert len(panel.rows("runningoperation")) == 1


@pytest.mark.both_databases
def test_cron_asks_modules_about_every_living_service_and_instance(panel):
    item, dead = panel.opened(), panel.opened()
    panel.call("service.postclose", elid=dead, sok="ok")
    panel.plan(
        sync_item={"calls": [["service.setstatus", "elid={item}", "service_status=2"]]},
        getbalance={
            "calls": [
                ["processing.savebalance", "processingmodule=1", "balance=15.2", "currency=EUR", "sok=ok"]
            ]
        },
    )
    assert [row["item"] for row in panel.rows("sandbox.cron", name="sync_item")] == [str(item)]
    assert panel.item(item)["service_status"] == "2"
    assert panel.row("sandbox.cron", name="getbalance")["module"] == "1"
    balance, currency = panel.row("processing")["balance_info"].split()
    assert (float(balance), currency) == (15.2, "EUR")
    panel.call("sandbox.cron", name="getbalance", without_module="on")
    assert panel.seen("getbalance")[-1]["argv"] == ["--command", "getbalance"]
    assert panel.rows("sandbox.cron", name="sync_server") == []  # not declared
    assert panel.error("sandbox.cron", name="wash") == ("value", "name")


@pytest.mark.both_databases
def test_cron_cancels_renewals_of_what_ends_soon(panel):
    item, renewed = panel.opened(), panel.ordered(autoprolong="12")
    panel.call("service.postopen", elid=renewed, sok="ok")
    assert panel.rows("sandbox.cron", name="cancel_prolong") == []
    for number in (item, renewed):
        panel.call(
            "service.setexpiredate", elid=number, expiredate=(today() + dt.timedelta(days=20)).isoformat()
        )
    assert panel.row("sandbox.cron", name="cancel_prolong", days=30)["item"] == str(item)
