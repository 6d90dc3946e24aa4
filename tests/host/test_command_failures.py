"""What the panel is told when a command fails (host-protocol 2.8): the error, manual mode, a task; and when
none of these.
"""

from __future__ import annotations

import pytest

from bill2bill.commands.registrar import prolong

pytestmark = pytest.mark.usefixtures("processes")

LANGUAGES = [
    ("ru", "Неизвестно"),
    ("RU", "Неизвестно"),
    ("en", "The panel does not know"),
    ("", "The panel does not know"),
    ("de", "The panel does not know"),
]
LASTING = ["runningoperation.edit", "runningoperation.setmanual", "task.gettype", "task.edit"]


def lasting(shop, lang: str = ""):
    """An operation that fails for good: nothing is known of the domain at the provider."""
    item = shop.item()
    return item, shop.start("prolong", item, lang)


def passing(shop, lang: str = ""):
    """An operation that may heal by itself."""
    item = shop.sold()
    shop.fault("*", "502", when="before", sticky=True)
    return item, shop.start("prolong", item, lang)


def test_a_lasting_failure_is_stored_stops_the_repeats_and_makes_a_task(shop):
    item, answer = lasting(shop)
    assert (answer.status, answer.code) == (1, "no_remote")
    assert shop.told_funcs == LASTING
    assert shop.is_manual(item, "prolong")
    (task,) = shop.tasks
    assert (task["type"], task["item"], task["runningoperation"]) == (
        "postprolong",
        item,
        shop.running(item, "prolong")["id"],
    )


def test_a_passing_failure_is_stored_and_left_to_the_panels_repeat(shop):
    item, answer = passing(shop)
    assert (answer.status, answer.code) == (1, "upstream_answer")
    assert (shop.told_funcs, shop.is_manual(item, "prolong"), shop.tasks) == (
        ["runningoperation.edit"],
        False,
        [],
    )


def test_the_stored_error_speaks_both_languages_and_names_connection_and_code(shop):
    item, _ = lasting(shop)
    stored = shop.stored_error(item, "prolong")
    box = stored.find("processingmodule")
    assert (box.get("id"), box.get("name"), box.find("error").get("type")) == (
        "1",
        "My upstream",
        "no_remote",
    )
    assert "неизвестно" in (stored.findtext("error/param[@name='valueRU']") or "").lower()
    assert "does not know" in stored.findtext("error/param[@name='valueEN']")


@pytest.mark.parametrize(("lang", "words"), LANGUAGES)
def test_the_printed_error_is_in_the_callers_language(shop, lang, words):
    _, answer = lasting(shop, lang)
    assert words in answer.text


@pytest.mark.parametrize("failing", [lasting, passing])
@pytest.mark.parametrize("mode", ["0", "1"])
def test_both_ways_in_which_a_panel_says_no_are_understood(shop, failing, mode):
    shop.person("sandbox.set", error_mode=mode, missing="task.gettype")
    item, answer = failing(shop)
    assert answer.status == 1
    assert shop.running(item, "prolong")["errorxml"]
    assert bool(shop.tasks) is (failing is lasting)


def test_ten_failures_of_the_passing_kind_turn_an_operation_manual_with_a_task(shop):
    item, _ = passing(shop)
    operation = shop.running(item, "prolong")["id"]
    for _ in range(8):
        shop.attempt(operation)
    assert (shop.is_manual(item, "prolong"), shop.tasks) == (False, [])
    shop.attempt(operation)
    assert (shop.is_manual(item, "prolong"), len(shop.tasks)) == (True, 1)


def test_the_limit_counts_our_failures_and_not_the_panels_tries(shop):
    item = shop.sold()
    operation = shop.operation(item, "prolong")
    shop.db.update("runningoperation", operation, trycount=500)
    shop.fault("*", "502", when="before", sticky=True)
    shop.attempt(operation)
    assert not shop.is_manual(item, "prolong")


def test_waiting_for_the_registrar_is_no_failure(shop):
    shop.options("tries 1\n")
    item = shop.sold()
    operation = shop.operation(item, "prolong")
    for _ in range(4):
        assert shop.attempt(operation).status == 0
    assert (shop.is_manual(item, "prolong"), shop.told_funcs) == (False, ["service.saveparam"])


def test_the_limit_is_a_setting(shop):
    shop.options("tries 2\n")
    item, _ = passing(shop)
    assert not shop.is_manual(item, "prolong")
    shop.attempt(shop.running(item, "prolong")["id"])
    assert shop.is_manual(item, "prolong")


def test_success_forgets_the_failures(shop):
    shop.options("tries 2\n")
    shop.at_once()
    item = shop.sold()
    for _ in range(2):
        shop.fault("domain.getinfo", "502", when="before", times=3)
        shop.fault("domain", "502", when="before", times=3)
        assert shop.start("prolong", item).code == "upstream_answer"
        assert not shop.is_manual(item, "prolong")
        assert shop.attempt(shop.running(item, "prolong")["id"]).status == 0
    assert len(shop.charges) == 2


def test_without_a_type_of_task_the_department_gets_a_free_one_in_both_languages(shop):
    shop.person("sandbox.set", task_type="empty")
    item, _ = lasting(shop)
    (task,) = shop.tasks
    assert (task["type"], task["department"]) == ("simple", 1)
    assert "Неизвестно" in task["specification"]
    assert "The panel does not know" in task["specification"]
    assert f"item={item}" in task["specification"]


def test_notify_off_makes_no_task_but_stores_the_error_and_stops_the_repeats(shop):
    shop.connection(notify="off")
    item, _ = lasting(shop)
    assert (shop.tasks, shop.is_manual(item, "prolong")) == ([], True)
    assert shop.told_funcs == LASTING[:2]


def test_a_doubt_makes_a_task_although_nobody_wants_to_be_notified(shop):
    shop.connection(notify="off")
    item = shop.sold()
    shop.fault("domain.renew", "cut", when="before")
    shop.start("prolong", item)
    assert shop.tasks == []
    for func in ("domain.getinfo", "domain"):
        shop.fault(func, "502", when="before", sticky=True)
    shop.aged(86401)
    assert shop.attempt(shop.running(item, "prolong")["id"]).question == "in_doubt_bought/timeout"
    assert (len(shop.tasks), shop.is_manual(item, "prolong")) == (1, True)


def test_an_operation_has_one_task_however_often_it_fails(shop):
    item, _ = lasting(shop)
    for _ in range(3):
        shop.attempt(shop.running(item, "prolong")["id"])
    assert len(shop.tasks) == 1


def test_a_provider_out_of_reach_is_shown_on_the_dashboard(shop):
    item = shop.sold()
    shop.connection(url="http://127.0.0.1:9/billmgr")
    assert shop.start("prolong", item).code == "upstream_unreachable"
    assert shop.told_funcs == ["runningoperation.edit", "problems.register"]
    assert not shop.is_manual(item, "prolong")


def test_even_the_worst_failure_takes_at_most_six_calls_of_the_panel(shop):
    shop.person("sandbox.set", task_type="empty")
    item = shop.sold()
    shop.connection(password="wrong")
    assert shop.start("prolong", item).code == "invalid_login_or_passwd"
    assert len(shop.told) <= 6
    assert {
        "runningoperation.edit",
        "runningoperation.setmanual",
        "task.simple.create",
        "problems.register",
    } <= set(shop.told_funcs)


def test_a_panel_that_is_away_while_a_failure_is_told_does_not_change_what_is_printed(shop):
    item = shop.item()
    operation = shop.operation(item, "prolong")
    shop.person("sandbox.set", restarting="on")
    answer = shop.attempt(operation)
    assert (answer.status, answer.code) == (1, "no_remote")
    assert len(shop.told) == 1


def test_a_connection_without_a_department_stops_the_repeats_all_the_same(shop):
    shop.person("sandbox.set", task_type="empty")
    shop.db.update("processingmodule", 1, department=None)
    item, answer = lasting(shop)
    assert (answer.status, shop.is_manual(item, "prolong"), shop.tasks) == (1, True, [])


def test_an_unforeseen_error_has_a_number_that_stands_in_answer_and_log_and_is_repeated(shop, monkeypatch):
    def broken(world):
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(prolong, "run", broken)
    item, answer = lasting(shop)
    assert (answer.status, answer.code) == (1, "internal")
    number = answer.value("id")
    assert number
    assert number in answer.text
    assert number in shop.log
    assert "ZeroDivisionError" in shop.log
    assert b"Traceback" not in answer.out
    assert (shop.is_manual(item, "prolong"), shop.tasks) == (False, [])


def test_no_secret_reaches_the_panel_the_answer_or_the_log(shop):
    secret = "pass-word&<x>"
    shop.connection(password=secret)
    item = shop.sold()
    shop.fault("accountinfo", "error", when="before", code=4, val=f"reseller:{secret}", sticky=True)
    answer = shop.start("prolong", item)
    assert answer.status == 1
    for text in (answer.out.decode(), str(shop.told), shop.running(item, "prolong")["errorxml"], shop.log):
        for form in (secret, "pass-word&amp;&lt;x&gt;", "pass-word%26%3Cx%3E"):
            assert form not in text


def test_each_line_of_the_log_carries_its_operation(shop):
    item, _ = lasting(shop)
    operation = shop.running(item, "prolong")["id"]
    lines = [line for line in shop.log.splitlines() if " ERROR " in line]
    assert lines
    assert all(f"operation={operation} " in line for line in lines)
