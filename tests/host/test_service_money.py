"""What must not be paid twice, lost or told wrongly when people, the panel and the provider do something
between two runs.
"""

from __future__ import annotations

import time

import pytest
from kit.journal_files import kept_otherwise, killed_when_confirmed, sent_with, snapshot
from kit.purchases import intent, says
from kit.reseller_host import KVM2, KVM4, LARGE, NAME, SMALL, later

from bill2bill.journal.purchase import Stage
from bill2bill.journal.questions import Answer
from bill2bill.rules import statuses
from bill2bill.state.cache import Cache
from bill2bill.upstream.billmgr6 import reading

ORDERED = [("order", "9.00")]
RENEWED = [("prolong", "9.00")]


# -- an item is ordered once ---------------------------------------------------------------------------------


def test_a_second_operation_for_an_item_that_is_open_orders_nothing(servers):
    item = servers.bought()
    assert servers.start("open", item).status == 0
    assert (servers.bills, servers.running(item, "open")) == (ORDERED, None)


def test_a_server_that_a_person_ordered_and_noted_is_not_ordered_again(servers):
    """After a first try of ours that sent nothing."""
    servers.up.post("balance", balance="3.10", credit="0")
    item = servers.order()
    operation = servers.operation(item, "open")
    assert servers.attempt(operation).code == "low_balance"
    made = servers.up.post("service", itemtype="vds", domain=NAME, pricelist=KVM2)
    servers.params(item, bill2bill=f"id={made['id']};price=;period=")
    servers.up.post("balance", balance="500.00", credit="0")
    assert servers.attempt(operation).status == 0
    assert (servers.bills, servers.row(item)["status"]) == ([], 2)


def test_a_server_that_was_noted_while_an_order_of_ours_was_in_doubt_is_not_ordered_again(servers):
    servers.fault("v2.vds.order.param", "cut", when="before", match={"sok": "ok"})
    item = servers.order()
    operation = servers.operation(item, "open")
    servers.attempt(operation)
    made = servers.up.post("service", itemtype="vds", domain="other.example.net", pricelist=KVM2, remoteid="")
    servers.params(item, bill2bill=f"id={made['id']};price=;period=")
    servers.aged(601)
    servers.attempt(operation)
    servers.attempt(operation)
    assert servers.bills == []


def test_a_server_that_somebody_said_does_not_exist_is_seen_before_another_is_ordered(servers):
    item = servers.order()
    operation = servers.operation(item, "open")
    servers.fault("v2.vds.order.param", "cut", when="before", match={"sok": "ok"})
    servers.attempt(operation)
    purchase = servers.store.latest(item, "open")
    mark = servers.submitted("v2.vds.order.param")[0]["remoteid"]
    servers.aged(601)
    says(servers.store, purchase.id, Answer.NOT_BOUGHT)
    servers.up.post("service", itemtype="vds", domain=NAME, pricelist=KVM2, remoteid=mark)
    answer = servers.attempt(operation)
    assert (answer.code, servers.bills) == ("name_taken", [])


def test_a_row_with_an_unknown_state_is_no_proof_of_absence(servers, monkeypatch):
    servers.switch(async_delay="never")
    servers.fault("v2.vds.order.param", "cut_after", match={"sok": "ok"})
    monkeypatch.delitem(statuses.SERVICE_STATES, "5")
    item = servers.order()
    operation = servers.operation(item, "open")
    servers.attempt(operation)
    servers.aged(601)
    servers.attempt(operation)
    assert servers.bills == ORDERED


def test_an_opening_that_was_paid_goes_on_when_the_item_gets_another_name(servers):
    servers.switch(async_delay="never")
    item = servers.order()
    first = servers.operation(item, "open")
    servers.attempt(first)
    servers.person("runningoperation.delete", elid=first)
    servers.params(item, domain="renamed.example.net")
    servers.up.post("progress")
    assert servers.start("open", item).status == 0
    assert (servers.bills, servers.row(item)["status"]) == (ORDERED, 2)


def test_a_person_is_told_when_the_provider_never_says_clearly_that_it_does_not_sell(servers):
    servers.options("tries 3\n")
    servers.fault(
        "v2.vds.order.param", "error", when="before", type="plugin", sticky=True, match={"sok": "ok"}
    )
    item = servers.order()
    operation = servers.operation(item, "open")
    for _ in range(6):
        answer = servers.attempt(operation)
        servers.aged(601)
    assert (answer.question, servers.is_manual(item, "open")) == ("in_doubt_bought/attempts", True)
    assert len(servers.submitted("v2.vds.order.param")) == 3


def test_requests_that_never_left_are_not_counted(servers):
    servers.options("tries 2\n")
    servers.fault("v2.vds.order.param", "busy", type="runningoperation", times=2, match={"sok": "ok"})
    servers.fault("v2.vds.order.param", "cut", when="before", match={"sok": "ok"})
    item = servers.order()
    operation = servers.operation(item, "open")
    assert [servers.attempt(operation).code for _ in range(3)] == [
        "upstream_busy",
        "upstream_busy",
        "lost_answer",
    ]
    servers.aged(601)
    assert servers.attempt(operation).status == 0
    assert servers.bills == ORDERED


def test_two_items_cannot_share_a_server_without_a_mark(servers):
    first = servers.bought()
    remote = servers.remote(first)
    servers.up.post("service", id=remote, remoteid="")
    second = servers.order()
    servers.params(second, bill2bill=f"id={remote};price=;period=")
    assert servers.start("open", second).code == "held_by_other"
    assert servers.row(second)["status"] != 2


def test_a_server_of_a_closed_item_may_be_linked_to_another(servers):
    first = servers.bought()
    remote = servers.remote(first)
    servers.db.update("item", first, status=4)
    servers.up.post("service", id=remote, remoteid="")
    second = servers.order()
    servers.params(second, bill2bill=f"id={remote};price=;period=")
    assert servers.start("open", second).status == 0
    assert (servers.bills, servers.row(second)["status"]) == (ORDERED, 2)


def test_a_server_of_a_former_item_may_be_linked_to_another(servers):
    """Its number belongs to an item of another client now, so it is never closed."""
    first = servers.bought()
    remote = servers.remote(first)
    servers.store.detach(first)
    servers.up.post("service", id=remote, remoteid="")
    second = servers.order()
    servers.params(second, bill2bill=f"id={remote};price=;period=")
    assert servers.start("open", second).status == 0
    assert (servers.bills, servers.row(second)["status"]) == (ORDERED, 2)


def test_an_add_on_that_the_order_form_does_not_have_orders_nothing(servers):
    """The catalogue is a day old, the add-on was replaced since."""
    servers.bought(domain="first.example.net")
    tariffs = snapshot(servers.store, "tariffs vds")
    kept_otherwise(servers.store, "tariffs vds", tariffs.replace('"id": 101', '"id": 109'))
    answer = servers.start("open", servers.order(addon_ncpu=4))
    assert (answer.code, servers.submitted("v2.vds.order.param")[1:]) == ("addon_bad", [])


def test_an_order_that_was_paid_is_finished_though_its_plan_was_unlinked(servers):
    servers.switch(async_delay="never")
    item = servers.order()
    operation = servers.operation(item, "open")
    servers.attempt(operation)
    servers.tariff(SMALL, b2b_tariff="")
    servers.up.post("progress")
    assert servers.attempt(operation).status == 0
    assert (servers.bills, servers.row(item)["status"]) == (ORDERED, 2)


def test_an_opening_that_the_provider_suspends_is_told_as_it_is(servers):
    servers.switch(async_delay="never")
    item = servers.order()
    operation = servers.operation(item, "open")
    servers.attempt(operation)
    servers.up.post("service", id=servers.service["id"], status=3, sub="abusesuspend")
    answer = servers.attempt(operation)
    assert (answer.code, answer.value("reason"), servers.is_manual(item, "open")) == (
        "suspended_by_provider",
        "abusesuspend",
        True,
    )


def test_a_persons_word_is_enough_for_a_server_that_has_neither_name_nor_mark(servers):
    servers.fault("v2.vds.order.param", "cut", when="before", match={"sok": "ok"})
    item = servers.order(domain="")
    operation = servers.operation(item, "open")
    servers.attempt(operation)
    made = servers.up.post("service", itemtype="vds", domain="", pricelist=KVM2)
    servers.aged(601)
    assert servers.attempt(operation).code == "two_alike"
    says(servers.store, servers.store.latest(item, "open").id, Answer.BOUGHT, made["id"])
    assert servers.attempt(operation).status == 0
    assert (servers.bills, servers.remote(item)) == ([], made["id"])


def test_a_server_that_the_provider_replaced_is_linked_by_a_persons_word(servers):
    item = servers.bought()
    servers.up.post("service", id=servers.service["id"], status=4)
    made = servers.up.post("service", itemtype="vds", domain=NAME, pricelist=KVM2, expiredate=str(later(0)))
    servers.params(item, bill2bill=f"id={made['id']};price={KVM2};period=1")
    answer = servers.start("prolong", item)
    purchase = servers.store.latest(item, "open")
    assert (answer.code, answer.value("reason")) == (
        "not_ours",
        f"purchase {purchase.id} is about the service {purchase.remote}",
    )
    assert says(servers.store, purchase.id, Answer.BOUGHT, made["id"]).stage is Stage.REPORTED
    assert servers.attempt(servers.running(item, "prolong")["id"]).status == 0
    assert servers.bills[1:] == RENEWED


# -- changes -------------------------------------------------------------------------------------------------


def killed_before_it_was_settled(servers, item, kind, operation):
    row = servers.store.latest(item, kind)
    killed_when_confirmed(servers.store, row.id, operation)


def test_a_change_that_was_seen_does_not_hide_the_next_wish(servers):
    item = servers.bought()
    operation = servers.change(item, addon_ncpu=4)
    servers.attempt(operation)
    killed_before_it_was_settled(servers, item, "setparam", operation + 1)
    again = servers.change(item, addon_ncpu=6)
    assert again == operation + 1
    assert servers.attempt(again).status == 0
    assert servers.service["addons"]["101"] == "6"


@pytest.mark.parametrize("kind", ["setparam", "changepricelist"])
def test_a_change_that_was_seen_does_not_stop_the_next_one(servers, kind):
    item = servers.bought()
    operation = servers.change(item, addon_ncpu=4) if kind == "setparam" else servers.change_tariff(item)
    servers.attempt(operation)
    killed_before_it_was_settled(servers, item, kind, operation + 50)
    again = servers.change(item, addon_ncpu=6) if kind == "setparam" else servers.change_tariff(item, SMALL)
    assert servers.attempt(again).code == ""


def test_a_change_that_a_person_made_is_no_question(servers):
    item = servers.bought()
    servers.up.post("service", id=servers.service["id"], status=5, sub="reboot")
    first = servers.change(item, addon_ncpu=4)
    assert servers.attempt(first).code == "upstream_busy"
    servers.person("runningoperation.delete", elid=first)
    servers.up.post("progress")
    servers.up.post("service", id=servers.service["id"], addons={"101": "4"})
    assert servers.attempt(servers.change(item, addon_ncpu=4)).status == 0
    assert servers.bills == ORDERED


@pytest.mark.parametrize("refusal", ["value", "limit", "exists"])
def test_a_look_that_is_refused_does_not_take_back_a_change_that_was_accepted(servers, refusal):
    item = servers.bought()
    operation = servers.change_tariff(item)
    servers.fault("vds.edit", "error", when="before", type=refusal, skip=2)
    servers.attempt(operation)
    assert servers.bills[1:] == [("changepricelist", "9.00")]
    assert servers.row(item)["pricelist"] == LARGE
    assert servers.attempt(operation).status == 0
    assert (servers.bills[1:], servers.row(item)["lastpricelist"]) == ([("changepricelist", "9.00")], None)


def test_tariffs_of_one_name_are_not_taken_for_each_other(servers, monkeypatch):
    """The provider's forms show names only."""
    item = servers.bought()
    servers.up.post("tariff", id=KVM2, name="KVM")
    servers.up.post("tariff", id=KVM4, name="KVM")
    servers.store.rows("DELETE FROM snapshot WHERE what = 'tariffs vds'")
    monkeypatch.setattr(reading, "_tariff", lambda node: (None, "KVM"))
    answer = servers.attempt(servers.change_tariff(item))
    assert (answer.code, servers.row(item)["lastpricelist"], servers.bills) == (
        "upstream_answer",
        SMALL,
        ORDERED,
    )
    assert "277" in answer.value("reason")


def test_add_ons_are_those_of_the_tariff_that_the_service_has(servers):
    """The tariff plan is linked anew for later orders."""
    item = servers.bought()
    servers.tariff(SMALL, b2b_tariff=str(KVM4))
    assert servers.attempt(servers.change(item, addon_ncpu=6)).status == 0
    assert servers.service["addons"]["101"] == "6"


def test_add_ons_are_changed_after_a_person_changed_the_tariff_on_both_sides(servers):
    item = servers.bought()
    servers.up.post(
        "service", id=servers.service["id"], pricelist=KVM4, addons={"111": "4", "112": "901", "113": "off"}
    )
    servers.db.update("item", item, pricelist=LARGE)
    assert servers.attempt(servers.change(item, addon_ncpu=6)).status == 0
    assert servers.service["addons"]["111"] == "6"


# -- renewals ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("date", ["9999-12-31", "2099-01-01"])
def test_a_date_that_cannot_be_is_no_ground_for_a_purchase(servers, date):
    item = servers.owned()
    servers.up.post("service", id=servers.service["id"], expiredate=date)
    answer = servers.start("prolong", item)
    assert (answer.code, servers.bills) == ("date_bad", [])


def test_a_server_that_renews_itself_is_not_renewed_silently(servers):
    servers.db.update("processingmodule", 1, department=1)
    item = servers.owned(autoprolong="1")
    assert servers.start("prolong", item).status == 0
    assert (servers.bills, len(servers.tasks)) == (RENEWED, 1)


def test_a_wrong_answer_is_noticed_though_the_tariff_plan_buys_other_periods_now(servers):
    item = servers.owned()
    operation = servers.operation(item, "prolong")
    servers.fault("service.prolong", "cut", when="before", match={"sok": "ok"})
    servers.attempt(operation)
    servers.aged(601)
    says(servers.store, servers.store.latest(item, "prolong").id, Answer.NOT_BOUGHT)
    servers.up.post("service", id=servers.service["id"], expiredate=str(later(1)))
    servers.tariff(SMALL, b2b_periods="1=12")
    answer = servers.attempt(operation)
    assert (answer.question, servers.bills) == ("in_doubt_bought/beforehand", [])


def test_a_renewal_from_what_was_bought_in_advance_is_no_question_under_another_number(servers):
    servers.tariff(SMALL, b2b_periods="1=12")
    item = servers.bought()
    operation = servers.operation(item, "prolong")
    # killed right after it was written down
    servers.store.begin(
        intent(
            "prolong",
            item=item,
            itemtype="vds",
            module=1,
            operation=operation,
            name=NAME,
            months=1,
            before=None,
        )
    )
    servers.person("runningoperation.delete", elid=operation)
    assert servers.start("prolong", item).status == 0
    assert (len(servers.bills), servers.store.months_left(item)) == (1, 10)


def test_a_renewal_from_what_was_bought_in_advance_may_become_a_longer_one(servers):
    servers.tariff(SMALL, b2b_periods="1=3")
    servers.up.post("tariff", id=KVM2, prices={"1": "9.00", "3": "25.00", "12": "97.20"})
    item = servers.bought()
    operation = servers.operation(item, "prolong")
    # killed right after it was written down
    servers.store.begin(
        intent(
            "prolong",
            item=item,
            itemtype="vds",
            module=1,
            operation=operation,
            name=NAME,
            months=1,
            before=None,
        )
    )
    servers.person("runningoperation.delete", elid=operation)
    servers.db.update("item", item, period=12)
    assert servers.start("prolong", item).status == 0
    assert servers.bills == [("order", "25.00"), ("prolong", "97.20")]


def test_a_renewal_that_a_person_made_in_full_counts_in_full(servers):
    servers.tariff(SMALL, b2b_periods="1=12")
    item = servers.owned()
    operation = servers.operation(item, "prolong")
    servers.up.post("service", id=servers.service["id"], status=5, sub="reboot")
    assert servers.attempt(operation).code == "upstream_busy"
    servers.up.post("progress")
    servers.up.post("service", id=servers.service["id"], expiredate=str(later(12)))
    assert servers.attempt(operation).status == 0
    assert servers.store.months_left(item) == 11


# -- what a person is told -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "over"),
    [
        ({"status": 3, "sub": "abusesuspend"}, {"status": 2, "sub": ""}),
        ({"autoprolong": "1"}, {"autoprolong": "null"}),
    ],
)
def test_what_was_over_and_comes_again_is_told_again(servers, there, over):
    servers.options("listing_fresh 0\n")
    servers.db.update("processingmodule", 1, department=1)
    item = servers.bought()
    for tasks, state in ((1, there), (1, there), (1, over), (2, there)):
        servers.up.post("service", id=servers.service["id"], **state)
        servers.ask("sync_item", "--item", item)
        assert len(servers.tasks) == tasks


def test_a_server_that_another_login_bought_is_not_called_closed(servers):
    item = servers.bought()
    sent_with(servers.store, "another")
    servers.switch(keep_deleted="off")
    servers.by_hand("vds.delete", elid=servers.service["id"], sok="ok")
    answer = servers.start("close", item)
    assert (answer.code, servers.is_manual(item, "close")) == ("other_account", True)


def test_what_the_kept_catalogue_does_not_know_is_looked_for_in_the_newest(servers):
    servers.bought(domain="first.example.net")  # the catalogue is kept from here on
    servers.tariff(1, b2b_periods="1=3")
    servers.up.post("tariff", id=277, prices={"1": "9.00", "3": "25.00", "12": "97.20"})
    servers.bought()
    assert servers.bills == [("order", "9.00"), ("order", "25.00")]


def test_a_name_in_national_letters_reaches_the_provider_encoded(servers):
    servers.bought(domain="Сервер.Пример.рф")
    assert servers.service["domain"] == "xn--b1afb6bcb.xn--e1afmkfd.xn--p1ai"
    assert servers.start("prolong", 1).status == 0


# -- what one process or one kind of purchase does to another's proof ----------------------------------------


def test_an_older_listing_that_a_stopped_process_keeps_late_is_no_proof_of_absence(servers, monkeypatch):
    operation = servers.operation(servers.order(), "open")
    servers.fault("v2.vds.order.param", "cut", when="after", match={"sok": "ok"})
    servers.switch(async_delay="never")
    keep = Cache.keep_services

    def overwritten(memory, account, itemtype, rows):
        keep(memory, account, itemtype, rows)
        keep(memory, account, itemtype, [])

    monkeypatch.setattr(Cache, "keep_services", overwritten)
    servers.attempt(operation)
    servers.aged(601)
    servers.attempt(operation)
    assert servers.bills == ORDERED
    assert servers.store.latest(1, "open").stage is Stage.CONFIRMED


def test_a_change_of_tariff_does_not_move_the_date_by_which_a_lost_renewal_is_told(servers):
    """Some providers shift the expiry date instead of charging (upstream-billmanager6 6.4)."""
    item = servers.bought()
    renewal = servers.operation(item, "prolong")
    servers.fault("service.prolong", "commit_later", seconds=2, match={"sok": "ok"})
    assert servers.attempt(renewal).code == "lost_answer"
    deadline = time.monotonic() + 20
    while len(servers.bills) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    change = servers.change_tariff(item)
    assert servers.attempt(change).code == "item_busy"
    assert servers.service["pricelist"] == KVM2
    servers.aged(601)
    assert servers.attempt(renewal).status == 0
    assert servers.attempt(change).status == 0
    assert servers.bills[:2] == ORDERED + RENEWED
    assert ("prolong", "9.00") not in servers.bills[2:]
    assert servers.service["pricelist"] == KVM4


def test_nothing_is_renewed_while_a_change_of_tariff_may_be_on_its_way(servers):
    item = servers.bought()
    change = servers.change_tariff(item)
    servers.fault("service.changepricelist.getmoney", "cut", when="before", match={"sok": "ok"})
    assert servers.attempt(change).code == "lost_answer"
    renewal = servers.operation(item, "prolong")
    assert servers.attempt(renewal).code == "item_busy"
    servers.aged(601)
    assert servers.attempt(renewal).status == 0, "whatever became of the change, the server must not expire"
    assert servers.attempt(change).status == 0
    assert [kind for kind, _ in servers.bills].count("prolong") == 1
