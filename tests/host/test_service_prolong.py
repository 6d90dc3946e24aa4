"""prolong of a server: the term that the client paid is bought once; the panel's date is the panel's."""

from __future__ import annotations

import pytest
from kit.reseller_host import EXPIRES, KVM2, NAME, SMALL, later

from bill2bill.journal.purchase import Stage

RENEWED = [("prolong", "9.00")]


def test_a_renewal_is_bought_seen_and_reported_in_one_run(servers, processes):
    item = servers.owned()
    answer = servers.start("prolong", item)
    assert (answer.status, answer.out) == (0, b"")
    assert (servers.bills, servers.service["expiredate"]) == (RENEWED, str(later(1)))
    assert (servers.running(item, "prolong"), servers.row(item)["status"]) == (None, 2)


@pytest.mark.parametrize(("status", "delay"), [(2, 0), (2, "never"), (3, 0)])
def test_a_renewal_takes_three_requests_also_of_a_server_that_is_suspended_or_worked_on(
    servers, status, delay
):
    servers.switch(async_delay=delay)
    item = servers.owned(status=status)
    assert servers.start("prolong", item).status == 0
    assert (servers.asked, servers.bills) == (["vds.edit", "service.prolong", "vds.edit"], RENEWED)


@pytest.mark.parametrize("moved", ["before", "after"])
def test_the_panels_date_is_never_set_by_a_renewal(servers, moved):
    servers.person("sandbox.set", expiredate_moved=moved)
    item = servers.owned()
    assert servers.start("prolong", item).status == 0
    assert "service.setexpiredate" not in servers.told_funcs
    assert (str(servers.row(item)["expiredate"]), servers.bills) == (str(later(1)), RENEWED)


@pytest.mark.parametrize(
    "kind", ["cut_after", "timeout_after_commit", "truncated", "html_200", "502", "without_id"]
)
def test_a_lost_answer_is_seen_by_the_date_and_nothing_is_bought_again(servers, kind):
    servers.options("spend_timeout 1\n")
    item = servers.owned()
    more = {} if kind.endswith(("after", "commit")) else {"when": "after"}
    servers.fault("service.prolong", kind, match={"sok": "ok"}, **more)
    assert servers.start("prolong", item).status == 0
    assert (servers.bills, servers.service["expiredate"]) == (RENEWED, str(later(1)))


def test_a_renewal_that_was_not_carried_out_is_sent_again_after_the_settling_time(servers):
    item = servers.owned()
    servers.fault("service.prolong", "cut", when="before", match={"sok": "ok"})
    operation = servers.operation(item, "prolong")
    for _ in "twice":
        assert servers.attempt(operation).code == "lost_answer"
    servers.aged(601)
    assert servers.attempt(operation).status == 0
    assert servers.bills == RENEWED


def test_a_renewal_that_somebody_else_made_meanwhile_is_not_bought(servers):
    item = servers.owned()
    servers.fault("service.prolong", "cut", when="before", match={"sok": "ok"})
    operation = servers.operation(item, "prolong")
    servers.attempt(operation)
    servers.up.post("service", id=servers.service["id"], expiredate=str(later(1)))
    servers.aged(601)
    assert servers.attempt(operation).status == 0
    assert servers.bills == []


def test_a_renewal_is_not_sent_while_the_provider_works_on_the_service(servers):
    item = servers.owned()
    servers.up.post("service", id=servers.service["id"], status=5, sub="reboot")
    operation = servers.operation(item, "prolong")
    answer = servers.attempt(operation)
    assert (answer.code, servers.bills, servers.is_manual(item, "prolong")) == ("upstream_busy", [], False)
    servers.up.post("progress")
    assert servers.attempt(operation).status == 0
    assert servers.bills == RENEWED


def test_a_renewal_in_the_cart_is_linked_and_a_person_pays_it(servers):
    servers.switch(low_funds="unpaid")
    servers.up.post("balance", balance="1.00", credit="0")
    item = servers.owned()
    operation = servers.operation(item, "prolong")
    for _ in "twice":
        answer = servers.attempt(operation)
        assert answer.code == "unpaid_order", answer.text
        servers.up.post("balance", balance="100.00", credit="0")
    assert (servers.bills, servers.is_manual(item, "prolong")) == ([], True)
    servers.up.post("service", id=servers.service["id"], expiredate=str(later(1)))  # a person paid it
    assert servers.attempt(operation).status == 0
    assert servers.running(item, "prolong") is None


def test_too_little_money_is_refused_by_the_provider_and_said_in_figures(servers):
    servers.up.post("balance", balance="3.10", credit="0")
    item = servers.owned()
    answer = servers.start("prolong", item)
    assert (answer.code, answer.value("balance"), answer.value("value")) == (
        "low_balance",
        "3.10 EUR",
        "9.00 EUR",
    )
    assert (servers.bills, servers.is_manual(item, "prolong")) == ([], True)
    servers.up.post("balance", balance="100.00", credit="0")
    assert servers.attempt(servers.running(item, "prolong")["id"]).status == 0
    assert servers.bills == RENEWED


def test_a_renewal_that_is_too_early_names_the_day(servers):
    servers.switch(too_early_prolong_days=5)
    answer = servers.start("prolong", servers.owned())
    assert (answer.code, servers.bills) == ("too_soon", [])
    assert answer.value("value").count("-") == 2


# -- only what is ours ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "remote",
    [
        {"remoteid": "other-1-1"},
        {"domain": "else.example.net"},
        {"pricelist": 278},
        {"domain": "else.example.net", "remoteid": ""},
    ],
)
def test_a_service_that_is_not_certainly_ours_is_not_renewed(servers, remote):
    item = servers.owned()
    servers.up.post("service", id=servers.service["id"], **remote)
    answer = servers.start("prolong", item)
    assert (answer.code, servers.bills, servers.is_manual(item, "prolong")) == ("not_ours", [], True)


def test_our_mark_proves_more_than_a_name(servers):
    item = servers.bought()
    servers.up.post("service", id=servers.service["id"], domain="renamed.example.net")
    assert servers.start("prolong", item).status == 0


@pytest.mark.parametrize("status", [4, 1])
def test_a_closed_or_unpaid_service_is_not_renewed(servers, status):
    item = servers.owned(status=status)
    answer = servers.start("prolong", item)
    assert (answer.code, servers.bills) == ({4: "remote_gone", 1: "unpaid_order"}[status], [])


def test_a_link_to_nothing_is_a_persons_task(servers):
    item = servers.owned(link=f"id=99999;price={KVM2};period=1")
    assert servers.start("prolong", item).code == "remote_gone"


def test_an_item_without_a_link_is_a_persons_task(servers):
    item = servers.owned()
    servers.drop(item, "bill2bill")
    assert servers.start("prolong", item).code == "no_remote"


def test_a_link_that_a_person_noted_without_a_tariff_is_compared_with_the_tariff_plan(servers):
    item = servers.owned()
    servers.params(item, bill2bill=f"id={servers.service['id']};price=;period=")
    assert servers.start("prolong", item).status == 0
    assert servers.bills == RENEWED


def test_the_switch_for_renewals_is_obeyed(servers):
    servers.connection(send_prolong="off")
    item = servers.owned()
    assert servers.start("prolong", item).code == "switched_off"
    assert (servers.asked, servers.is_manual(item, "prolong")) == ([], True)


# -- again and again -----------------------------------------------------------------------------------------


def test_a_repeat_after_the_panel_was_told_buys_nothing(servers):
    item = servers.owned()
    operation = servers.operation(item, "prolong")
    servers.person("sandbox.set", missing="service.postprolong")
    servers.attempt(operation)
    servers.person("sandbox.set", missing="")
    assert servers.attempt(operation).status == 0
    assert servers.bills == RENEWED


def test_next_months_renewal_is_a_new_purchase(servers):
    item = servers.owned()
    for months in (1, 2, 3):
        assert servers.start("prolong", item).status == 0
        assert servers.service["expiredate"] == str(later(months))
    assert servers.bills == RENEWED * 3


def test_months_that_were_bought_in_advance_are_used_up_before_anything_is_bought(servers):
    servers.tariff(SMALL, b2b_periods="1=3")
    servers.up.post("tariff", id=KVM2, prices={"1": "9.00", "3": "25.00", "12": "97.20"})
    item = servers.bought()
    for bought in (1, 1, 2, 2, 2, 3):
        servers.start("prolong", item)
        assert len(servers.bills) == bought
    assert {amount for _, amount in servers.bills} == {"25.00"}
    assert servers.store.months_left(item) == 2


def test_a_renewal_from_what_was_bought_in_advance_asks_the_provider_nothing(servers):
    servers.tariff(SMALL, b2b_periods="1=12")
    item = servers.bought()
    before = len(servers.asked)
    assert servers.start("prolong", item).status == 0
    assert len(servers.asked) == before
    assert (servers.row(item)["status"], servers.store.latest(item, "prolong").stage) == (2, Stage.REPORTED)


def test_an_unreadable_date_is_no_ground_for_a_purchase(servers):
    item = servers.owned()
    servers.up.post("service", id=servers.service["id"], expiredate="")
    assert servers.start("prolong", item).code in ("date_bad", "upstream_answer")
    assert servers.bills == []


def test_daily_charges_in_the_list_do_not_hide_the_date(servers):
    servers.switch(expiredate_phrase="Daily charges")
    item = servers.owned()
    assert servers.start("prolong", item).status == 0
    assert servers.service["expiredate"] == str(later(1, EXPIRES))
    assert servers.service["domain"] == NAME
