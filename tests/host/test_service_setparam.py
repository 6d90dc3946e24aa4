"""setparam of a server: add-ons and tariffs become what the panel says, each change is bought once."""

from __future__ import annotations

import pytest
from kit.reseller_host import KVM4, LARGE, SMALL

from bill2bill.journal.purchase import Stage

MORE_CPU = ("addon", "4.00")  # two more at 2.00
LARGER = ("changepricelist", "9.00")


def test_add_ons_are_changed_and_paid_once(servers, processes):
    item = servers.bought()
    assert servers.attempt(servers.change(item, addon_ncpu=4, addon_backup="on")).status == 0
    assert servers.service["addons"] == {"101": "4", "102": "901", "103": "on"}
    assert servers.bills[1:] == [("addon", "7.00")]
    assert (servers.running(item, "setparam"), servers.row(item)["status"]) == (None, 2)


def test_what_the_provider_has_already_is_not_sent(servers):
    item = servers.bought()
    servers.up.post("service", id=servers.service["id"], addons={"101": "4"})
    assert servers.attempt(servers.change(item, addon_ncpu=4)).status == 0
    assert (servers.submitted("vds.edit"), len(servers.bills)) == ([], 1)


@pytest.mark.parametrize("kind", ["cut_after", "timeout_after_commit", "truncated", "html_200", "502"])
def test_a_lost_answer_to_a_change_is_looked_up(servers, kind):
    servers.options("spend_timeout 1\n")
    item = servers.bought()
    more = {} if kind.endswith(("after", "commit")) else {"when": "after"}
    servers.fault("vds.edit", kind, match={"sok": "ok"}, **more)
    assert servers.attempt(servers.change(item, addon_ncpu=4)).status == 0
    assert servers.bills[1:] == [MORE_CPU]


def test_a_change_that_was_not_carried_out_is_sent_again_after_the_settling_time(servers):
    item = servers.bought()
    servers.fault("vds.edit", "cut", when="before", match={"sok": "ok"})
    operation = servers.change(item, addon_ncpu=4)
    for _ in "twice":
        assert servers.attempt(operation).code == "lost_answer"
    servers.aged(601)
    assert servers.attempt(operation).status == 0
    assert servers.bills[1:] == [MORE_CPU]


def test_everything_else_in_the_form_goes_back_as_it_is(servers):
    item = servers.bought()
    before = servers.service
    servers.attempt(servers.change(item, addon_ncpu=4))
    after = servers.service
    same = ("domain", "pricelist", "autoprolong", "remoteid", "expiredate", "status", "password")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}


@pytest.mark.parametrize(
    ("values", "name"), [({"addon_control_panel": "Plesk"}, "control_panel"), ({"addon_ncpu": "9"}, "ncpu")]
)
def test_a_value_that_the_provider_does_not_sell_is_named_and_nothing_is_sent(servers, values, name):
    item = servers.bought()
    servers.db.run("UPDATE pricelist SET addonmax = 99 WHERE intname = 'ncpu'")
    if name == "control_panel":
        servers.db.run("UPDATE enumerationitem SET intname = 'Plesk' WHERE intname = '902'")
    answer = servers.attempt(servers.change(item, **values))
    assert (answer.code, answer.value("object"), len(servers.bills)) == ("addon_bad", name, 1)
    assert servers.is_manual(item, "setparam")


def test_a_choice_may_be_told_by_its_name(servers):
    servers.db.run("UPDATE enumerationitem SET intname = 'ISPmanager Lite' WHERE intname = '902'")
    item = servers.bought()
    assert servers.attempt(servers.change(item, addon_control_panel="ISPmanager Lite")).status == 0
    assert servers.service["addons"]["102"] == "902"


def test_a_change_that_waits_in_the_cart_is_linked_and_a_person_pays_it(servers):
    servers.switch(low_funds="unpaid")
    item = servers.bought()
    servers.up.post("balance", balance="0.10", credit="0")
    operation = servers.change(item, addon_ncpu=4)
    for _ in "twice":
        assert servers.attempt(operation).code == "unpaid_order"
        servers.up.post("balance", balance="100.00", credit="0")
    assert (len(servers.bills), servers.is_manual(item, "setparam")) == (1, True)
    servers.up.post("service", id=servers.service["id"], addons={"101": "4"})
    assert servers.attempt(operation).status == 0
    assert servers.running(item, "setparam") is None


def test_another_wish_while_a_change_is_not_settled_is_a_persons_question(servers):
    item = servers.bought()
    servers.fault("vds.edit", "cut", when="before", match={"sok": "ok"})
    first = servers.change(item, addon_ncpu=4)
    servers.attempt(first)
    servers.person("runningoperation.delete", elid=first)
    answer = servers.attempt(servers.change(item, addon_ncpu=6))
    assert (answer.code, len(servers.bills)) == ("other_purchase", 1)


def test_the_switch_for_changes_is_obeyed(servers):
    item = servers.bought()
    servers.connection(send_setparam="off")
    assert servers.attempt(servers.change(item, addon_ncpu=4)).code == "switched_off"
    assert (len(servers.bills), servers.is_manual(item, "setparam")) == (1, True)


# -- tariffs -------------------------------------------------------------------------------------------------


def test_the_tariff_is_changed_in_three_steps_and_paid_once(servers, processes):
    item = servers.bought()
    before = len(servers.asked)
    assert servers.attempt(servers.change_tariff(item)).status == 0
    steps = [func for func in servers.asked[before:] if func.startswith("service.")]
    assert steps == [
        "service.changepricelist",
        "service.changepricelist.pricelist",
        "service.changepricelist.getmoney",
    ]
    assert (servers.service["pricelist"], servers.bills[1:]) == (KVM4, [LARGER])
    row = servers.row(item)
    assert (row["pricelist"], row["lastpricelist"], row["status"]) == (LARGE, None, 2)
    assert f"price={KVM4};" in servers.param(item, "bill2bill")


def test_add_ons_that_a_change_of_tariff_lost_are_bought_again(servers):
    item = servers.bought(addon_control_panel="902")
    assert servers.attempt(servers.change_tariff(item)).status == 0
    assert servers.service["addons"]["112"] == "902"


@pytest.mark.parametrize("kind", ["cut_after", "timeout_after_commit", "truncated", "html_200", "502"])
def test_a_lost_answer_to_a_change_of_tariff_is_looked_up(servers, kind):
    servers.options("spend_timeout 1\n")
    item = servers.bought()
    more = {} if kind.endswith(("after", "commit")) else {"when": "after"}
    servers.fault("service.changepricelist.getmoney", kind, match={"sok": "ok"}, **more)
    assert servers.attempt(servers.change_tariff(item)).status == 0
    assert (servers.service["pricelist"], servers.bills[1:]) == (KVM4, [LARGER])


def test_a_tariff_that_the_provider_does_not_allow_gives_the_old_plan_back(servers):
    item = servers.bought()
    servers.db.update("processingmodule", 1, department=1)
    servers.tariff(LARGE, b2b_tariff="277000")
    answer = servers.attempt(servers.change_tariff(item))
    assert (answer.status, answer.code) == (1, "tariff_closed")
    row = servers.row(item)
    assert (row["pricelist"], row["lastpricelist"], servers.running(item, "setparam")) == (SMALL, None, None)
    assert (len(servers.bills), len(servers.tasks)) == (1, 1)
    assert "service.changepricelist.rollback" in servers.told_funcs


def test_a_tariff_that_is_refused_for_its_minimum_term_gives_the_old_plan_back(servers):
    item = servers.bought()
    servers.switch(min_order_days=30)
    answer = servers.attempt(servers.change_tariff(item))
    assert (answer.code, servers.row(item)["pricelist"], len(servers.bills)) == ("min_order", SMALL, 1)


def test_too_little_money_for_a_tariff_waits_for_a_person_and_keeps_the_wish(servers):
    item = servers.bought()
    servers.up.post("balance", balance="0.10", credit="0")
    operation = servers.change_tariff(item)
    assert servers.attempt(operation).code == "low_balance"
    assert (servers.row(item)["lastpricelist"], servers.is_manual(item, "setparam")) == (SMALL, True)
    servers.up.post("balance", balance="100.00", credit="0")
    assert servers.attempt(operation).status == 0
    assert servers.service["pricelist"] == KVM4


def test_a_change_of_tariff_in_doubt_is_never_taken_back(servers):
    item = servers.bought()
    servers.fault("service.changepricelist.getmoney", "cut", when="before", match={"sok": "ok"})
    operation = servers.change_tariff(item)
    assert servers.attempt(operation).code == "lost_answer"
    assert (servers.row(item)["pricelist"], servers.row(item)["lastpricelist"]) == (LARGE, SMALL)
    assert servers.store.unsettled(item, "changepricelist").stage is Stage.SENT
    servers.aged(601)
    assert servers.attempt(operation).status == 0
    assert servers.bills[1:] == [LARGER]


def test_two_plans_of_one_tariff_at_the_provider_cost_nothing(servers):
    item = servers.bought()
    servers.tariff(LARGE, b2b_tariff="277")
    servers.db.run("UPDATE pricelist SET addonlimit = 2 WHERE parent = ? AND intname = 'ncpu'", LARGE)
    assert servers.attempt(servers.change_tariff(item)).status == 0
    assert (len(servers.bills), servers.row(item)["pricelist"]) == (1, LARGE)


def test_a_repeat_after_the_panel_was_told_buys_nothing(servers):
    item = servers.bought()
    operation = servers.change_tariff(item)
    servers.person("sandbox.set", missing="service.postsetparam")
    servers.attempt(operation)
    servers.person("sandbox.set", missing="")
    assert servers.attempt(operation).status == 0
    assert servers.bills[1:] == [LARGER]


def test_a_foreign_service_is_not_changed(servers):
    item = servers.owned(remoteid="other-1-1")
    assert servers.attempt(servers.change(item, addon_ncpu=4)).code == "not_ours"
    assert servers.attempt(servers.change_tariff(item)).code == "not_ours"
    assert servers.bills == []
