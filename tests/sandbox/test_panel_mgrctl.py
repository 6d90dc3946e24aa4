"""The control tool: command line, formats, both kinds of errors, the log of calls."""

from __future__ import annotations

import json
import os
import subprocess
import time
import xml.etree.ElementTree as ET

import pytest


def test_every_format_carries_the_same_answer(panel):
    tree = ET.fromstring(panel.mgrctl("-o", "xml", "task.gettype", "operation=open").stdout)
    assert tree.findtext("task_type") == "postopen"
    assert json.loads(panel.mgrctl("task.gettype", "operation=open", "out=bjson").stdout)["model"] == {
        "task_type": "postopen"
    }
    assert json.loads(panel.mgrctl("task.gettype", "operation=open", "out=json").stdout) == {
        "doc": {"task_type": {"$": "postopen"}}
    }
    assert panel.mgrctl("task.gettype", "operation=open").stdout == b"task_type=postopen\n"


def test_a_list_is_a_list_in_every_format_even_with_one_row(panel):
    assert ET.fromstring(panel.mgrctl("tld", "out=xml").stdout).findtext("elem/name") == "test"
    assert json.loads(panel.mgrctl("tld", "out=bjson").stdout)["elem"][0]["name"] == "test"
    assert json.loads(panel.mgrctl("tld", "out=xjson").stdout)["doc"]["elem"][0]["name"]["$"] == "test"
    assert b"id=1 name=test" in panel.mgrctl("tld", "out=text").stdout
    assert json.loads(panel.mgrctl("task", "out=bjson").stdout)["elem"] == []


def test_a_write_answers_ok_with_what_was_asked(panel):
    doc = panel.call("problems.register", name="nameserver_connect", id=1, sok="ok")
    assert doc.find("ok") is not None
    assert doc.findtext("tparams/func") == "problems.register"
    assert panel.mgrctl("tool.clearcache").stdout == b"OK\n"


def test_an_error_names_type_object_and_value(panel):
    error = panel.answer("service.postopen", elid=77, sok="ok").find("error")
    assert (error.get("type"), error.get("object"), error.get("code")) == ("value", "elid", "1")
    assert error.findtext("param[@name='value']") == "77"
    assert error.findtext("stack/action") == "service.postopen"
    assert error.findtext("msg") == "Invalid value of elid"
    assert (
        json.loads(panel.mgrctl("service.postopen", "elid=77", "sok=ok", "out=bjson").stdout)["error"]["type"]
        == "value"
    )
    assert (
        json.loads(panel.mgrctl("service.postopen", "elid=77", "sok=ok", "out=json").stdout)["doc"]["error"][
            "$object"
        ]
        == "elid"
    )
    assert (
        panel.mgrctl("service.postopen", "elid=77", "sok=ok").stdout
        == b"ERROR Error: Type: 'value' Object: 'elid' Value: '77'\n"
    )


def test_errors_come_as_a_document_or_as_an_exit_code(panel):
    plain = panel.mgrctl("-o", "xml", "service.postopen", "elid=77", "sok=ok")
    assert (plain.returncode, plain.stderr) == (0, b"")
    assert b"<error" in plain.stdout
    panel.call("sandbox.set", error_mode=1)
    hard = panel.mgrctl("-o", "xml", "service.postopen", "elid=77", "sok=ok")
    assert (hard.returncode, hard.stdout) == (1, b"")
    assert hard.stderr == b"ERROR Error: Type: 'value' Object: 'elid' Value: '77'\n"


def test_unknown_functions_options_formats_and_panels_are_errors(panel):
    assert panel.error("no.such.function") == ("missed", "func")
    assert panel.error("vds.no.such") == ("missed", "func")
    for words in (
        ["-x", "tld"],
        ["tld", "tld"],
        ["-m", "ispmgr", "tld"],
        ["tld", "out=yaml"],
        ["-e", "name=plain", "tld"],
        [],
    ):
        assert panel.mgrctl(*words).stdout.startswith(b"ERROR Error: Type:"), words


def test_a_function_can_be_made_unknown(panel):
    panel.call("sandbox.set", missing="service.postupdatens,tld")
    assert panel.error("tld") == ("missed", "func")
    assert panel.error("service.postupdatens", elid=1, sok="ok") == ("missed", "func")
    panel.call("sandbox.set", missing="")
    panel.call("tld")


def test_null_means_that_nothing_was_chosen(panel):
    assert panel.error("service.postopen", elid="null", sok="ok") == ("missed", "elid")
    item = panel.ordered()
    panel.call("service.saveparam", elid=item, name="note_text", value="null", sok="ok")
    assert panel.item(item)["note_text"] == "null"


def test_secrets_come_from_the_environment_and_stay_out_of_the_log(panel):
    item = panel.ordered()
    panel.mgrctl(
        "service.saveparam",
        f"elid={item}",
        "name=userpassword",
        "-e",
        "value=$P",
        "crypted=on",
        "sok=ok",
        env={"P": "top-s3cret"},
    )
    panel.mgrctl("service.saveparam", f"elid={item}", "pin=top-s3cret", "crypted=on", "sok=ok")
    panel.mgrctl("sandbox.module.set", "elid=1", "-e", "password=$P", env={"P": "top-s3cret"})
    log = (panel.root / "var/sandbox/mgrctl.jsonl").read_text() + (
        panel.root / "var/sandbox/runs.jsonl"
    ).read_text()
    assert "top-s3cret" not in log
    assert panel.log("mgrctl")[-1]["params"] == {"elid": "1", "password": "***"}
    assert panel.form("processing.edit", elid=1)["password"] == "top-s3cret"


@pytest.mark.cold
def test_every_call_is_written_down_before_it_ends(panel):
    panel.mgrctl("tld", env={"SSH_CONNECTION": "pmsample"})
    panel.mgrctl("service.postopen", "elid=77", "sok=ok")
    panel.mgrctl("-x")
    good, bad, wrong = panel.log("mgrctl")
    assert (good["func"], good["params"], good["ssh_connection"], good["code"], good["error"]) == (
        "tld",
        {},
        "pmsample",
        0,
        None,
    )
    assert good["ppid"] == os.getpid()
    assert (bad["func"], bad["params"], bad["error"]) == (
        "service.postopen",
        {"elid": "77", "sok": "ok"},
        "value",
    )
    assert wrong["error"] == "value"


@pytest.mark.both_databases
def test_a_value_may_hold_anything_that_an_argument_can(panel):
    item = panel.ordered()
    text = "a=b 'c' \"d\" <e> & ё\n" + "x" * 30000
    panel.call("service.saveparam", elid=item, name="remark", value=text, sok="ok")
    assert panel.item(item)["remark"] == text
    panel.call("service.saveparam", elid=item, name="remark", value="bell \x07", sok="ok")
    assert panel.item(item)["remark"] == "bell "
    done = subprocess.run([str(panel.root / "sbin/mgrctl"), "tld", b"name=\xff\xfe"], capture_output=True)
    assert done.returncode == 0


def test_a_restarting_panel_is_away_for_everybody_but_the_person(panel):
    panel.call("sandbox.set", restarting="on")
    assert panel.error("tld") == ("client", "open")
    assert panel.log("mgrctl")[-1]["error"] == "client"
    panel.call("sandbox.set", restarting="off")
    panel.call("tld")
    panel.call("sandbox.set", restarting="0.5")
    assert panel.error("tld") == ("client", "open")
    deadline = time.monotonic() + 5
    while panel.answer("tld").find("error") is not None:
        assert time.monotonic() < deadline
    assert len(panel.log("starts")) == 1


@pytest.mark.both_databases
def test_a_client_sees_its_own_services_and_no_admin_functions(panel):
    other = panel.new("sandbox.client.add", name="other")
    mine, _ = panel.ordered(), panel.ordered(domain="second.test", account=str(other))
    assert [row["id"] for row in panel.rows("domain", su="client")] == [str(mine)]
    assert [row["domain"] for row in panel.rows("item", su="admin")] == ["example.test", "second.test"]
    assert panel.error("runningoperation", su="client")[0] == "access"
    assert panel.error("domain.edit", su="other", elid=mine)[0] == "access"
    assert panel.error("tld", su="nobody") == ("value", "su")


def test_functions_can_be_listed_with_their_parameters(panel):
    listed = {row["function"]: row["params"] for row in panel.rows("-i")}
    assert {"sandbox.order", "service.saveparam", "*.open", "processing.import.service"} <= set(listed)
    assert "domain" in listed["sandbox.order"]
    assert panel.mgrctl("-i", "sandbox.pay").stdout.startswith(
        b"function=sandbox.pay params=elid=<item> about=Pay"
    )


@pytest.mark.both_databases
def test_switches_have_their_values_and_refuse_others(panel):
    shown = {row["name"]: row["value"] for row in panel.rows("sandbox.get")}
    assert shown["expiredate_moved"] == "before"
    assert shown["error_mode"] == "0"
    panel.call("sandbox.set", expiredate_moved="after", operation_ids="reused")
    assert panel.row("sandbox.get", name="operation_ids")["value"] == "reused"
    assert panel.error("sandbox.set", expiredate_moved="sometimes") == ("value", "expiredate_moved")
    assert panel.error("sandbox.set", limit_forms="-1") == ("value", "limit_forms")
    assert panel.error("sandbox.set", colour="red") == ("missed", "switch")
    assert panel.error("sandbox.set") == ("missed", "switch")


@pytest.mark.both_databases
def test_a_reset_panel_is_as_new_but_keeps_its_modules(panel):
    panel.ordered()
    panel.call("sandbox.set", task_type="empty")
    panel.call("sandbox.reset")
    assert panel.rows("item") == panel.rows("tld") == panel.rows("processing") == []
    assert panel.row("sandbox.get", name="task_type")["value"] == "post"
    assert panel.log("starts")[0]["modules"] == {"pmsample": "ready"}
    assert panel.instance() == 1


@pytest.mark.both_databases
def test_calls_at_once_do_not_lose_writes(panel):
    item = panel.ordered()
    call = [str(panel.root / "sbin/mgrctl"), "service.saveparam", f"elid={item}", "sok=ok"]
    running = [
        subprocess.Popen([*call, f"name=p{number}", "value=1"], stdout=subprocess.DEVNULL)
        for number in range(12)
    ]
    running += [
        subprocess.Popen([*call, "name=same", f"value={number}"], stdout=subprocess.DEVNULL)
        for number in range(8)
    ]
    assert [process.wait() for process in running] == [0] * 20
    stored = [row["intname"] for row in panel.sql("SELECT intname FROM itemparam WHERE item = ?", item)]
    assert {f"p{number}" for number in range(12)} <= set(stored)
    assert stored.count("same") == 1
