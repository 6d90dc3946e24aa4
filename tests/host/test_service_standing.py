"""suspend, resume, close and sync_item of a server: only what is ours, nothing that the provider decided,
never the panel's date.
"""

from __future__ import annotations

import pytest
from kit.reseller_host import NAME


@pytest.fixture
def item(servers):
    return servers.owned()


# -- suspend and resume --------------------------------------------------------------------------------------


def test_a_server_is_suspended_and_resumed_on_both_sides(servers, item, processes):
    assert servers.start("suspend", item).status == 0
    assert (servers.service["status"], servers.row(item)["status"]) == (3, 3)
    assert servers.start("resume", item).status == 0
    assert (servers.service["status"], servers.row(item)["status"]) == (2, 2)


@pytest.mark.parametrize(("command", "status"), [("suspend", 3), ("resume", 2)])
def test_what_is_so_already_is_not_sent(servers, item, command, status):
    servers.up.post("service", id=servers.service["id"], status=status)
    assert servers.start(command, item).status == 0
    assert f"vds.{command}" not in servers.asked


def test_why_a_server_is_suspended_is_asked_only_before_it_is_resumed(servers, item):
    servers.start("suspend", item)
    assert servers.asked == ["vds.edit", "vds.suspend", "vds.edit"]
    servers.start("resume", item)
    assert servers.asked[3:] == ["vds.edit", "vds.filter", "vds.filter", "vds", "vds.resume", "vds.edit"]


def test_with_the_switch_off_the_panel_alone_suspends(servers, item):
    servers.connection(send_suspend="off")
    for command, status in (("suspend", 3), ("resume", 2)):
        assert servers.start(command, item).status == 0
        assert servers.row(item)["status"] == status
    assert servers.asked == []


@pytest.mark.parametrize("sub", ["employeesuspend", "abusesuspend"])
def test_what_the_provider_suspended_is_never_resumed(servers, item, sub):
    servers.db.update("item", item, status=3)
    servers.up.post("service", id=servers.service["id"], status=3, sub=sub)
    answer = servers.start("resume", item)
    assert (answer.code, servers.is_manual(item, "resume")) == ("suspended_by_provider", True)
    assert "vds.resume" not in servers.asked
    assert servers.service["status"] == 3


@pytest.mark.parametrize("command", ["suspend", "resume"])
def test_a_missing_right_is_named(servers, item, command):
    servers.up.post("service", id=servers.service["id"], status=2 if command == "suspend" else 3)
    servers.switch(rights={"allowsuspenditem": "off", "allowdeleteitem": "on", "allowed": ["*"]})
    answer = servers.start(command, item)
    assert (answer.code, servers.is_manual(item, command)) == ("rights_missing", True)


@pytest.mark.parametrize("kind", ["cut_after", "502"])
def test_a_lost_answer_is_read_back(servers, item, kind):
    servers.fault("vds.suspend", kind, **({} if kind == "cut_after" else {"when": "after"}))
    assert servers.start("suspend", item).status == 0
    assert servers.row(item)["status"] == 3


def test_a_suspension_that_did_not_happen_is_not_reported(servers, item):
    servers.fault("vds.suspend", "cut", when="before")
    answer = servers.start("suspend", item)
    assert (answer.status, answer.code) == (1, "upstream_answer")
    assert servers.running(item, "suspend") is not None
    assert servers.service["status"] == 2


def test_a_suspension_under_way_leaves_the_operation(servers, item):
    servers.switch(async_delay="never")
    operation = servers.operation(item, "suspend")
    assert servers.attempt(operation).status == 0
    assert servers.running(item, "suspend") is not None
    servers.up.post("progress")
    assert servers.attempt(operation).status == 0
    assert servers.row(item)["status"] == 3


@pytest.mark.parametrize("command", ["suspend", "close"])
def test_what_the_provider_does_not_finish_within_a_day_is_a_persons_task(servers, item, command):
    servers.switch(async_delay="never")
    operation = servers.operation(item, command)
    assert servers.attempt(operation).status == 0
    servers.options("overdue 0\n")
    answer = servers.attempt(operation)
    assert (answer.code, servers.is_manual(item, command)) == ("upstream_slow", True)


def test_an_operation_that_gets_a_used_number_does_not_inherit_the_waiting_time(servers, item):
    servers.person("sandbox.set", operation_ids="reused")
    servers.switch(async_delay="never")
    first = servers.operation(item, "suspend")
    servers.attempt(first)
    servers.up.post("progress")
    assert servers.attempt(first).status == 0
    servers.by_hand("vds.resume", elid=servers.service["id"])
    servers.up.post("progress")
    servers.options("overdue 0\n")
    second = servers.operation(item, "suspend")
    answer = servers.attempt(second)
    assert (second, answer.status, answer.code) == (first, 0, "")


@pytest.mark.parametrize("command", ["suspend", "resume", "close"])
def test_a_foreign_service_is_never_touched(servers, item, command):
    servers.up.post("service", id=servers.service["id"], remoteid="other-1-1")
    before = servers.service
    answer = servers.start(command, item)
    assert (answer.code, servers.service) == ("not_ours", before)
    assert servers.is_manual(item, command)


@pytest.mark.parametrize(
    "link",
    [
        "id=5001, 5002;price=;period=",
        "id=0;price=;period=",
        "id=-5;price=;period=",
        "5001",
        "id=5001;price=;period=;x",
    ],
)
def test_a_spoilt_link_touches_nothing(servers, item, link):
    servers.params(item, bill2bill=link)
    for command in ("suspend", "close", "prolong"):
        assert servers.start(command, item).code == "panel_data"
    assert servers.asked == []


# -- close ---------------------------------------------------------------------------------------------------


def test_a_server_is_closed_on_both_sides(servers, item, processes):
    assert servers.start("close", item).status == 0
    assert (servers.service["status"], servers.row(item)["status"]) == (4, 4)


def test_a_closing_at_the_end_of_the_term_is_a_closing(servers, item):
    servers.switch(delete_outcome="scheduled")
    assert servers.start("close", item).status == 0
    assert servers.service["scheduledclose"]
    assert servers.start("close", item).status == 0
    assert servers.asked.count("vds.delete") == 1


@pytest.mark.parametrize("kept", ["on", "off"])
def test_what_is_closed_already_is_not_closed_again(servers, item, kept):
    servers.switch(keep_deleted=kept)
    servers.by_hand("vds.delete", elid=servers.service["id"], sok="ok")
    assert servers.start("close", item).status == 0
    assert (servers.asked.count("vds.delete"), servers.row(item)["status"]) == (1, 4)


def test_a_minimum_term_is_a_persons_task(servers, item):
    servers.switch(min_order_days=36500)
    answer = servers.start("close", item)
    assert (answer.code, servers.is_manual(item, "close"), servers.service["status"]) == (
        "min_order",
        True,
        2,
    )


def test_the_switch_for_closing_is_obeyed(servers, item):
    servers.connection(send_close="off")
    answer = servers.start("close", item)
    assert (answer.code, servers.asked, servers.is_manual(item, "close")) == ("switched_off", [], True)


@pytest.mark.parametrize("kind", ["cut_after", "502", "html_200"])
def test_a_lost_answer_to_a_closing_is_read_back(servers, item, kind):
    servers.fault("vds.delete", kind, **({} if kind == "cut_after" else {"when": "after"}))
    assert servers.start("close", item).status == 0
    assert servers.row(item)["status"] == 4


def test_an_item_with_an_unsettled_purchase_is_not_closed(servers):
    item = servers.bought()
    servers.fault("service.prolong", "cut", when="before", match={"sok": "ok"})
    servers.start("prolong", item)
    answer = servers.start("close", item)
    assert (answer.question, servers.service["status"]) == ("in_doubt_bought/timeout", 2)


def test_an_item_that_was_never_ordered_is_closed_in_the_panel_alone(servers):
    item = servers.order()
    assert servers.start("close", item).status == 0
    assert (servers.row(item)["status"], servers.asked) == (4, [])


# -- sync_item -----------------------------------------------------------------------------------------------


def test_one_listing_serves_many_servers(servers):
    items = [servers.owned(f"vm{number}.example.net") for number in range(5)]
    for item in items:
        assert servers.ask("sync_item", "--item", item).status == 0
    assert servers.asked.count("vds") == 1


def test_a_new_address_is_written_and_nothing_else(servers, item):
    servers.up.post("service", id=servers.service["id"], ip="203.0.113.77", expiredate="2031-01-01")
    assert servers.ask("sync_item", "--item", item).status == 0
    assert servers.param(item, "ip") == "203.0.113.77"
    assert servers.told_funcs == ["service.saveparam"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": 3, "sub": "autosuspend"}, "suspended"),
        ({"autoprolong": "1"}, "automatically"),
        ({"status": 4}, "no longer exists"),
    ],
)
def test_what_differs_is_told_once(servers, item, change, words):
    servers.db.update("processingmodule", 1, department=1)
    servers.options("listing_fresh 0\n")
    servers.up.post("service", id=servers.service["id"], **change)
    for _ in "twice":
        assert servers.ask("sync_item", "--item", item).status == 0
    assert [words in task["specification"] for task in servers.tasks] == [True]
    assert servers.row(item)["status"] == 2


def test_a_server_missing_from_two_listings_is_told(servers, item):
    servers.db.update("processingmodule", 1, department=1)
    servers.options("listing_fresh 0\n")
    servers.switch(keep_deleted="off")
    servers.by_hand("vds.delete", elid=servers.service["id"], sok="ok")
    for tasks in (0, 1, 1):
        assert servers.ask("sync_item", "--item", item).status == 0
        assert len(servers.tasks) == tasks, servers.tasks


def test_a_filter_that_somebody_left_behind_hides_nothing(servers, item):
    servers.switch(sticky_filter="on")
    servers.by_hand("vds.filter", sok="ok", domain="nothing")
    servers.options("listing_fresh 0\n")
    servers.db.update("processingmodule", 1, department=1)
    for _ in "twice":
        assert servers.ask("sync_item", "--item", item).status == 0
    assert servers.tasks == []


def test_a_foreign_name_in_the_listing_is_an_error(servers, item):
    servers.up.post("service", id=servers.service["id"], domain="else.example.net")
    assert servers.ask("sync_item", "--item", item).code == "not_ours"


def test_a_closed_item_is_left_alone(servers, item):
    servers.db.update("item", item, status=4)
    assert servers.ask("sync_item", "--item", item).status == 0
    assert servers.asked == []
    assert servers.service["domain"] == NAME
