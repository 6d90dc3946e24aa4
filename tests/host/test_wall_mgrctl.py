from __future__ import annotations

import os
import time
from datetime import date
from pathlib import Path

import pytest
from kit.waiting import wait_for
from kit.wall_panel import RESTARTING, WallPanel, error

from bill2bill import messages
from bill2bill.errors import Failure
from bill2bill.host import log
from bill2bill.host.mgrctl import PanelError
from bill2bill.host.panel import Panel


@pytest.fixture
def wall(tmp_path):
    return WallPanel(tmp_path / "mgr5")


@pytest.fixture
def panel(wall):
    return Panel(wall.mgrctl())


def refused(wall, func="service.postopen", **more):
    with pytest.raises(PanelError) as caught:
        wall.mgrctl(**more).call(func, {"elid": "5"})
    assert caught.value.code == "panel_refused"
    return caught.value


def unreachable(wall, **more):
    with pytest.raises(Failure) as caught:
        wall.mgrctl(**more).call("service.postopen", {"elid": "5"})
    assert caught.value.code == "panel_unreachable"
    assert caught.value.params["func"] == "service.postopen"
    return caught.value


def processes():
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            yield path.read_text(errors="replace")
        except OSError:  # it has just ended
            continue


# -- how it is called ----------------------------------------------------------------------------------------


def test_one_call_is_one_process_in_the_panels_folder(wall):
    answer = wall.mgrctl().call(
        "service.saveparam",
        {"elid": "5", "name": "ns0", "value": "ns1.example.com/192.0.2.1, x=y", "sok": "ok"},
    )
    assert answer.find("ok") is not None
    (call,) = wall.calls
    assert call["argv"] == [
        "-m",
        "billmgr",
        "-o",
        "xml",
        "service.saveparam",
        "elid=5",
        "name=ns0",
        "value=ns1.example.com/192.0.2.1, x=y",
        "sok=ok",
    ]
    assert call["cwd"] == str(wall.root.resolve())
    assert call["env"]["SSH_CONNECTION"] == "pmbill2billreg"
    assert {"/usr/local/sbin", "/usr/sbin", "/sbin"} <= set(call["env"]["PATH"].split(":"))


def test_secrets_travel_through_the_environment_of_the_child_only(wall):
    wall.mgrctl().call("user.edit", {"elid": "1"}, {"password": "пароль's $1", "second": "x"})
    (call,) = wall.calls
    assert "пароль" not in " ".join(call["argv"])
    names = dict(zip(call["argv"][6::2], call["argv"][7::2]))
    assert list(names) == ["-e"]
    sent = {word.split("=$")[0]: call["env"][word.split("=$")[1]] for word in call["argv"][7::2]}
    assert sent == {"password": "пароль's $1", "second": "x"}
    assert not [name for name in os.environ if name.startswith("BILL2BILL_SECRET")]


@pytest.mark.parametrize(
    "value", ["x" * 32769, "я" * 16385, "a\0b", "a\nb", "a\x1bb", "a\x7f", "a\x85", "\udc80"]
)
def test_a_value_that_must_not_be_on_a_command_line_is_refused_before_anything_runs(wall, value):
    for params, secret in (({"value": value}, {}), ({}, {"value": value})):
        with pytest.raises(Failure) as caught:
            wall.mgrctl().call("service.saveparam", params, secret)
        assert caught.value.code == "bad_input"
    assert wall.calls == []


def test_a_value_of_32_kib_passes(wall):
    wall.mgrctl().call("service.saveparam", {"value": "x" * 32768})
    assert len(wall.asked[0][1]) == 32768 + len("value=")


@pytest.mark.parametrize("name", ["", "a b", "-e", "a=b", "a\n", "--out", "é"])
def test_only_plain_names_are_passed_on(wall, name):
    for func, params in ((name, {}), ("service.saveparam", {name: "1"})):
        with pytest.raises(Failure) as caught:
            wall.mgrctl().call(func, params)
        assert caught.value.code == "bad_input"
    assert wall.calls == []


# -- what it answers -----------------------------------------------------------------------------------------


def test_an_error_document_is_an_error_whatever_the_exit_code(wall):
    for code in (0, 1):
        wall.answer("service.postopen", error(), code=code)
        failure = refused(wall)
        assert (failure.type, failure.object, failure.value) == ("value", "elid", "77")
        assert failure.params == {"func": "service.postopen", "reason": "type=value object=elid value=77"}


def test_the_text_form_of_an_error_is_an_error_whatever_the_exit_code_and_the_stream(wall):
    text = "ERROR Error: Type: 'exists' Object: 'user' Value: 'x'"
    for out, err, code in (("", text, 1), ("", text, 0), (text, "", 1), (text, "", 0)):
        wall.answer("service.postopen", out, err=err, code=code)
        failure = refused(wall)
        assert (failure.type, failure.object, failure.value) == ("exists", "user", "x")


def test_an_exit_code_alone_is_an_error(wall):
    wall.answer("service.postopen", code=3, err="no disk\n\x1b[0m")
    failure = refused(wall)
    assert messages.params(failure, "en")["reason"] == "exit code 3"
    assert failure.detail == "no disk [0m"


def test_a_warning_beside_a_good_answer_is_no_error(wall):
    wall.answer("service.postopen", err="deprecated")
    assert wall.mgrctl().call("service.postopen", {}).find("ok") is not None


@pytest.mark.parametrize(
    "out",
    [
        "",
        "OK",
        "null",
        "<html>502</html>",
        "noise <doc><ok/></doc>",
        "<doc>",
        "<doc><ok/>",
        "<doc>\x01</doc>",
        '<!DOCTYPE doc [<!ENTITY a "b">]><doc>&a;</doc>',
    ],
)
def test_what_is_no_answer_of_the_panel_is_refused_with_a_short_reason(wall, out):
    wall.answer("service.postopen", out)
    failure = refused(wall)
    assert 0 < len(messages.params(failure, "en")["reason"]) < 100


def test_an_answer_that_is_not_utf8_or_huge_is_refused(wall):
    wall.answer("service.postopen", "<doc>\xff</doc>", latin=True)
    assert "UTF-8" in messages.params(refused(wall), "en")["reason"]
    wall.answer("service.postopen", "<doc>" + "x" * (9 * 1024 * 1024) + "</doc>")
    assert "larger" in messages.params(refused(wall), "en")["reason"]


def test_an_error_repeats_nothing_of_what_was_sent(wall):
    wall.answer("service.postopen", error("value", "name", "Ivan Petrov s3cret"))
    assert "Ivan" not in str(refused(wall))


@pytest.mark.parametrize(
    ("out", "unknown"),
    [
        (error("missed", "func", "service.postupdatens"), True),
        (error("value", "func", "x"), True),
        (error("unknown_function", "", "service.postupdatens"), True),
        (error("access", "func", "service.postupdatens"), False),
        (error("value", "elid", "5"), False),
        (error("missed", "elid", ""), False),
    ],
)
def test_only_an_error_about_the_function_itself_means_that_the_panel_lacks_it(wall, panel, out, unknown):
    wall.answer("service.postupdatens", out)
    assert refused(wall, "service.postupdatens").unknown_function is unknown
    if unknown:
        panel.name_servers_changed(5)
    else:
        with pytest.raises(PanelError):
            panel.name_servers_changed(5)


# -- a panel that is not there -------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["document", "text"])
def test_a_restarting_panel_is_waited_for(wall, form):
    text = (
        {"out": RESTARTING}
        if form == "document"
        else {"out": "", "err": "ERROR Error: Type: 'client' Object: 'open' Value: 'billmgr'", "code": 1}
    )
    wall.answer("service.postopen", **text, left=3)
    naps = []
    wall.mgrctl(60, sleep=naps.append).call("service.postopen", {"elid": "5"})
    assert naps == [1.0, 1.0, 1.0]
    assert len(wall.calls) == 4


def test_the_patience_of_one_command_is_limited_over_all_its_calls(wall):
    wall.answer("service.postopen", RESTARTING)
    now = [0.0]

    def sleep(seconds):
        now[0] += seconds

    mgrctl = wall.mgrctl(5, clock=lambda: now[0], sleep=sleep)
    for tries in (6, 7):
        with pytest.raises(Failure) as caught:
            mgrctl.call("service.postopen", {})
        assert caught.value.code == "panel_unreachable"
        assert len(wall.calls) == tries
    assert now == [5.0]


def test_other_errors_are_not_waited_for(wall):
    for about in (("client", "open", "ispmgr"), ("client", "read", "billmgr"), ("auth", "open", "billmgr")):
        wall.answer("service.postopen", error(*about))
        refused(wall, wait=60, sleep=lambda seconds: pytest.fail("waited"))


def test_an_absent_or_broken_tool_is_a_panel_out_of_reach(wall, tmp_path):
    wall.tool.chmod(0o644)
    unreachable(wall)
    wall.tool.chmod(0o755)
    wall.tool.write_text("#!/no/such/interpreter\n")
    unreachable(wall)
    wall.tool.unlink()
    unreachable(wall)
    wall.tool.mkdir()
    unreachable(wall)


def test_a_tool_that_hangs_is_ended_with_everything_that_it_started(wall):
    wall.tool.write_text(f"#!/bin/sh\necho $$ > {wall.root}/pid\nsleep 600 & wait\n")
    started = time.monotonic()
    unreachable(wall, limit=0.5)
    assert time.monotonic() - started < 300
    group = (wall.root / "pid").read_text().strip()

    def alive():
        left = [stat.rsplit(")", 1)[1].split() for stat in processes()]
        return [fields[0] for fields in left if fields[2] == group and fields[0] not in "ZX"]

    wait_for(lambda: not alive())  # SIGKILL has been sent, and takes its moment


# -- the writes in the trade's words -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("write", "sent"),
    [
        (lambda p: p.opened(5, "domain"), ["domain.open", "elid=5", "sok=ok"]),
        (
            lambda p: p.opened(5, "domain", service_status="5", elid="6"),
            ["domain.open", "service_status=5", "elid=5", "sok=ok"],
        ),
        (lambda p: p.prolonged(5), ["service.postprolong", "elid=5", "sok=ok"]),
        (lambda p: p.suspended(5), ["service.postsuspend", "elid=5", "sok=ok"]),
        (lambda p: p.resumed(5), ["service.postresume", "elid=5", "sok=ok"]),
        (lambda p: p.closed(5), ["service.postclose", "elid=5", "sok=ok"]),
        (lambda p: p.name_servers_changed(5), ["service.postupdatens", "elid=5", "sok=ok"]),
        (
            lambda p: p.save_param(5, "bill2bill", "id=1;price=2"),
            ["service.saveparam", "elid=5", "name=bill2bill", "value=id=1;price=2", "sok=ok"],
        ),
        (lambda p: p.set_service_status(5, 7), ["service.setstatus", "elid=5", "service_status=7", "sok=ok"]),
        (
            lambda p: p.set_expiry(5, date(2027, 1, 5)),
            ["service.setexpiredate", "elid=5", "expiredate=2027-01-05", "sok=ok"],
        ),
        (
            lambda p: p.link_contact(1, 7, "owner", "900"),
            [
                "service_profile2processingmodule.edit",
                "service_profile=1",
                "processingmodule=7",
                "type=owner",
                "externalid=900",
                "sok=ok",
            ],
        ),
        (
            lambda p: p.operation_error(77, "<doc>\r\n a\tb</doc>"),
            ["runningoperation.edit", "elid=77", "sok=ok", "errorxml=<doc>  a b</doc>"],
        ),
        (lambda p: p.set_manual(77), ["runningoperation.setmanual", "elid=77", "sok=ok"]),
        (
            lambda p: p.task(5, 77, "postopen"),
            ["task.edit", "item=5", "runningoperation=77", "type=postopen", "sok=ok"],
        ),
        (
            lambda p: p.free_task(2, "a\n\nб\0"),
            ["task.simple.create", "elid=2", "sok=ok", "specification=a б\\x00"],
        ),
        (
            lambda p: p.problem(7, "Реселлинг", "no\nway"),
            [
                "problems.register",
                "name=processingmodule_connect",
                "id=7",
                "level=error",
                "param_pm_name=Реселлинг",
                "param_pm_id=7",
                "param_errormsg=no way",
                "sok=ok",
            ],
        ),
    ],
)
def test_every_write_is_exactly_one_call(wall, panel, write, sent):
    write(panel)
    assert wall.asked == [sent]


def test_the_type_of_a_task_is_asked_for_without_writing(wall, panel):
    assert panel.task_type("open", 5) == ""
    wall.answer("task.gettype", "<doc><task_type> postopen </task_type></doc>")
    assert panel.task_type("open", None) == "postopen"
    assert wall.asked == [["task.gettype", "operation=open", "item=5"], ["task.gettype", "operation=open"]]


def test_a_text_for_people_is_short_and_without_secrets(wall, panel):
    log.hide(["s3cret-word"])
    panel.free_task(2, "s3cret-word " + "я" * 100_000)
    (call,) = wall.asked
    assert call[3].startswith("specification=*** я")
    assert len(call[3]) < 5000


def test_an_item_type_from_the_database_cannot_become_another_word(wall, panel):
    with pytest.raises(Failure) as caught:
        panel.opened(5, "domain sok=ok")
    assert caught.value.code == "bad_input"
    assert wall.calls == []
