"""open of a server: ordered once with what the client chose, found again whatever the answer says, told to
the panel when it is ready.
"""

from __future__ import annotations

import pytest
from kit.reseller_host import DEBIAN, KVM2, LARGE, NAME, SMALL

from bill2bill.host import place
from bill2bill.journal.purchase import Stage

ORDERED = [("order", "9.00")]


def test_a_server_is_ordered_once_and_told_to_the_panel(servers, processes):
    item = servers.bought()
    service = servers.service
    assert (servers.bills, service["status"], service["domain"], service["pricelist"]) == (
        ORDERED,
        2,
        NAME,
        KVM2,
    )
    assert (servers.row(item)["status"], servers.running(item, "open")) == (2, None)
    assert servers.param(item, "bill2bill") == f"id={service['id']};price={KVM2};period=1"
    assert servers.store.latest(item, "open").stage is Stage.REPORTED


def test_the_client_gets_address_user_and_password(servers):
    item = servers.bought()
    service = servers.service
    assert (servers.param(item, "ip"), servers.param(item, "username")) == (
        service["ip"],
        service["username"],
    )
    assert servers.secret(item, "userpassword") == service["password"]
    assert service["password"] not in servers.log


@pytest.mark.parametrize("generation", ["b6", "b5"])
def test_the_order_says_what_the_client_chose(servers, generation):
    servers.switch(generation=generation)
    servers.bought(addon_ncpu=4, addon_control_panel="902", addon_backup="on", recipe="ISPsystem__lamp")
    assert servers.service["addons"] == {"101": "4", "102": "902", "103": "on"}
    func = "v2.vds.order.param" if generation == "b6" else "vds.order.param"
    (sent,) = servers.submitted(func)
    assert (sent["ostempl"], sent["recipe"], sent["datacenter"], sent["skipbasket"]) == (
        DEBIAN,
        "ISPsystem__lamp",
        "3",
        "on",
    )
    assert servers.service["autoprolong"] in ("null", "off", "")
    assert servers.service["remoteid"].endswith(f"-{servers.store.latest(1, 'open').id}")


@pytest.mark.parametrize("style", ["id", "item.id", "none"])
@pytest.mark.parametrize("shown", ["on", "off"])
def test_the_new_server_is_found_however_the_answer_names_it(servers, style, shown):
    servers.switch(order_id_style=style, remoteid_in_list=shown)
    servers.owned("older.example.net", remoteid="somebody-else")
    item = servers.bought()
    (service,) = [one for one in servers.services if one["domain"] == NAME]
    assert servers.remote(item) == service["id"]
    assert servers.bills == ORDERED


@pytest.mark.parametrize(
    "kind", ["cut_after", "timeout_after_commit", "without_id", "truncated", "html_200", "502"]
)
def test_a_lost_answer_is_looked_up_and_nothing_is_bought_again(servers, kind):
    servers.options("spend_timeout 1\n")
    more = {} if kind.endswith(("after", "commit")) else {"when": "after"}
    servers.fault("v2.vds.order.param", kind, match={"sok": "ok"}, **more)
    item = servers.order()
    answer = servers.start("open", item)
    assert answer.status == 0, answer.text
    assert servers.bills == ORDERED
    assert servers.remote(item) == servers.service["id"]


def test_an_order_that_was_not_carried_out_is_sent_again_only_after_the_settling_time(servers):
    servers.fault("v2.vds.order.param", "cut", when="before", match={"sok": "ok"})
    item = servers.order()
    operation = servers.operation(item, "open")
    assert servers.attempt(operation).code == "lost_answer"
    assert servers.attempt(operation).code == "lost_answer"
    assert servers.bills == []
    servers.aged(601)
    assert servers.attempt(operation).status == 0
    assert servers.bills == ORDERED


def test_an_order_that_is_carried_out_late_is_found_by_its_mark(servers):
    servers.fault("v2.vds.order.param", "cut", when="before", match={"sok": "ok"})
    item = servers.order()
    operation = servers.operation(item, "open")
    servers.attempt(operation)
    purchase = servers.store.latest(item, "open")
    mark = servers.submitted("v2.vds.order.param")[0]["remoteid"]
    assert mark.endswith(f"-{item}-{purchase.id}")
    servers.up.post("service", itemtype="vds", domain=NAME, pricelist=KVM2, remoteid=mark)
    servers.aged(601)
    assert servers.attempt(operation).status == 0
    assert (servers.bills, servers.remote(item)) == ([], servers.service["id"])


def test_two_servers_that_may_be_the_one_are_a_persons_question(servers):
    servers.switch(remoteid_in_list="off")
    servers.fault("v2.vds.order.param", "cut", when="before", match={"sok": "ok"})
    item = servers.order()
    operation = servers.operation(item, "open")
    servers.attempt(operation)
    for _ in "twice":
        servers.up.post("service", itemtype="vds", domain=NAME, pricelist=KVM2)
    servers.aged(601)
    answer = servers.attempt(operation)
    assert (answer.code, servers.is_manual(item, "open")) == ("two_alike", True)
    assert (servers.bills, len(servers.tasks)) == ([], 1)


def test_a_server_of_another_order_with_the_same_name_is_not_taken(servers):
    servers.switch(order_id_style="none")
    first = servers.bought()
    second = servers.bought()
    assert servers.remote(first) != servers.remote(second)
    assert [kind for kind, _ in servers.bills] == ["order", "order"]


def test_a_server_that_stood_there_before_the_order_is_not_taken_for_it(servers):
    servers.switch(remoteid_in_list="off", order_id_style="none")
    servers.up.post("service", itemtype="vds", domain=NAME, pricelist=KVM2)
    item = servers.bought()
    assert servers.remote(item) == max(service["id"] for service in servers.services)
    assert servers.bills == ORDERED


# -- slow openings -------------------------------------------------------------------------------------------


def test_a_slow_opening_leaves_its_operation_and_is_finished_by_a_repeat(servers):
    servers.switch(async_delay="never")
    item = servers.order()
    operation = servers.operation(item, "open")
    for _ in "twice":
        answer = servers.attempt(operation)
        assert (answer.status, answer.out) == (0, b"")
        assert servers.running(item, "open")["manual"] != "on"
    assert servers.param(item, "bill2bill") == f"id={servers.service['id']};price={KVM2};period=1"
    servers.up.post("progress")
    assert servers.attempt(operation).status == 0
    assert (servers.running(item, "open"), servers.bills) == (None, ORDERED)


def test_a_repeat_of_a_slow_opening_asks_for_the_service_and_what_is_done_to_it_and_orders_nothing(servers):
    servers.switch(async_delay="never")
    operation = servers.operation(servers.order(), "open")
    servers.attempt(operation)
    before = len(servers.asked)
    servers.attempt(operation)
    assert set(servers.asked[before:]) == {"vds.edit", "vds.filter", "vds"}
    assert servers.bills == ORDERED


def test_an_opening_that_takes_days_is_a_persons_task(servers):
    servers.switch(async_delay="never")
    item = servers.order()
    operation = servers.operation(item, "open")
    servers.attempt(operation)
    servers.aged(86401)
    assert servers.attempt(operation).code == "upstream_slow"
    assert (servers.is_manual(item, "open"), servers.bills) == (True, ORDERED)


@pytest.mark.parametrize(("how", "code"), [("service_nosuitable", "upstream_stuck"), ("stuck", "pending")])
def test_a_paid_order_that_the_provider_cannot_open_is_not_ordered_again(servers, how, code):
    servers.switch(open_fails=how)
    item = servers.order()
    operation = servers.operation(item, "open")
    answer = servers.attempt(operation)
    assert answer.code == ("" if code == "pending" else code)
    assert servers.bills == ORDERED
    servers.up.post("progress")
    servers.attempt(operation)
    assert (servers.bills, servers.running(item, "open")) == (ORDERED, None)


# -- money ---------------------------------------------------------------------------------------------------


def test_too_little_money_is_said_before_anything_is_ordered(servers):
    servers.up.post("balance", balance="3.10", credit="0")
    item = servers.order()
    answer = servers.start("open", item, lang="en")
    assert (answer.code, answer.value("balance"), answer.value("value")) == (
        "low_balance",
        "3.10 EUR",
        "9.00 EUR",
    )
    assert (servers.bills, servers.submitted("v2.vds.order.param")) == ([], [])
    assert servers.is_manual(item, "open")


def test_the_add_ons_count_when_the_money_is_compared(servers):
    servers.up.post("balance", balance="12.00", credit="0")
    answer = servers.start("open", servers.order(addon_ncpu=4))
    assert (answer.code, answer.value("value")) == ("low_balance", "13.00 EUR")


def test_an_unpaid_order_stays_linked_and_is_never_ordered_again(servers):
    servers.switch(low_funds="unpaid")
    servers.start("open", servers.order("first.example.net"))  # the catalogue is kept from here on
    servers.up.post("tariff", id=KVM2, prices={"1": "900.00"})
    item = servers.order()
    operation = servers.operation(item, "open")
    answer = servers.attempt(operation)
    assert (answer.code, servers.is_manual(item, "open")) == ("unpaid_order", True)
    servers.up.post("balance", balance="5000.00", credit="0")
    assert servers.attempt(operation).code == "unpaid_order"
    assert (servers.bills, len(servers.services)) == (ORDERED, 2)


# -- what must not be sent -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"b2b_tariff": ""}, "tariff_unlinked"), ({"b2b_tariff": "abc"}, "panel_data"),
        ({"b2b_tariff": "999"}, "tariff_gone"),
        ({"b2b_tariff": "277, 278"}, "panel_data"), ({"b2b_periods": "12=1"}, "panel_data"),
        ({"b2b_periods": "1=2"}, "period_not_found"),
        ({"b2b_tariff": "-277"}, "panel_data"), ({"b2b_datacenter": "3; 4"}, "panel_data"),
    ],
)  # fmt: skip
def test_a_tariff_plan_that_is_not_linked_well_orders_nothing(servers, settings, code):
    servers.tariff(SMALL, **settings)
    item = servers.order()
    assert servers.start("open", item).code == code
    assert (servers.bills, servers.is_manual(item, "open")) == ([], True)


def test_a_choice_that_the_provider_does_not_offer_orders_nothing(servers):
    answer = servers.start("open", servers.order(ostempl="ISPsystem__Windows-95"))
    assert (answer.code, answer.value("object")) == ("choice_bad", "ostempl")
    assert servers.bills == []


def test_a_recipe_of_another_system_orders_nothing(servers):
    answer = servers.start("open", servers.order(ostempl="ISPsystem__Ubuntu-24.04", recipe="ISPsystem__lamp"))
    assert (answer.code, answer.value("object")) == ("choice_bad", "recipe")
    assert servers.bills == []


def test_an_add_on_that_the_provider_does_not_have_orders_nothing_unless_it_is_ones_own(servers):
    servers.person("sandbox.addon.add", pricelist=SMALL, intname="help", addontype="bool", monthly=5)
    item = servers.order(addon_help="on")
    operation = servers.operation(item, "open")
    answer = servers.attempt(operation)
    assert (answer.code, answer.value("object"), servers.bills) == ("addon_bad", "help", [])
    servers.tariff(SMALL, b2b_local_addons="help")
    assert servers.attempt(operation).status == 0
    assert servers.bills == ORDERED


@pytest.mark.parametrize("switch", ["send_open", "new_orders"])
def test_a_switch_that_is_off_means_that_a_person_orders(servers, switch):
    servers.connection(**{switch: "off"})
    item = servers.order()
    answer = servers.start("open", item)
    assert (answer.code, servers.is_manual(item, "open"), servers.bills) == ("switched_off", True, [])


def test_without_an_operation_nothing_is_bought(servers):
    item = servers.order()
    assert servers.ask("open", "--item", item).code == "not_an_operation"
    assert servers.bills == []


def test_an_item_of_another_module_is_refused(servers):
    item = servers.order()
    servers.db.update("processingmodule", 1, module="pmother")
    assert (
        servers.ask("open", "--item", item, "--runningoperation", servers.operation(item, "open")).code
        == "panel_data"
    )


def test_a_longer_period_is_bought_where_the_tariff_plan_says_so(servers):
    servers.tariff(SMALL, b2b_periods="1=12")
    item = servers.bought()
    assert servers.bills == [("order", "97.20")]
    assert servers.param(item, "bill2bill").endswith(";period=12")


# -- automatic renewal ---------------------------------------------------------------------------------------


def test_automatic_renewal_that_the_provider_switched_on_is_switched_off_again(servers):
    servers.switch(async_delay="never")
    item = servers.order()
    operation = servers.operation(item, "open")
    servers.attempt(operation)
    servers.up.post("service", id=servers.service["id"], autoprolong="1")
    servers.up.post("progress")
    assert servers.attempt(operation).status == 0
    assert servers.service["autoprolong"] in ("null", "off", "")
    assert servers.tasks == []


def test_a_person_is_told_when_automatic_renewal_stays_on(servers):
    servers.switch(async_delay="never")
    servers.db.update("processingmodule", 1, department=1)
    item = servers.order()
    operation = servers.operation(item, "open")
    servers.attempt(operation)
    servers.up.post("service", id=servers.service["id"], autoprolong="1")
    servers.up.post("progress")
    servers.fault("vds.edit", "error", when="before", type="access", sticky=True, match={"sok": "ok"})
    assert servers.attempt(operation).status == 0
    assert [
        ("auto" in task["specification"] or "сам" in task["specification"]) for task in servers.tasks
    ] == [True]


def test_a_journal_that_was_lost_does_not_order_what_the_panel_knows(servers):
    item = servers.order()
    made = servers.up.post("service", itemtype="vds", domain=NAME, pricelist=KVM2)
    servers.params(item, bill2bill=f"id={made['id']};price={KVM2};period=1")
    assert servers.start("open", item).status == 0
    assert (servers.bills, servers.row(item)["status"]) == ([], 2)


def test_a_larger_tariff_is_another_one_at_the_provider(servers):
    servers.bought(pricelist=LARGE)
    assert servers.bills == [("order", "18.00")]


# -- how much is read before a first order -------------------------------------------------------------------


def lists(servers):
    """The lists that were begun to be read: (sorted by, rows of a page)."""
    asked = [row["params"] for row in servers.up.get("requests") if row["func"] == "vds"]
    return [(params.get("p_col", ""), params["p_cnt"]) for params in asked if params["p_num"] == "1"]


NEWEST, WHOLE = ("-id", "50"), ("", "500")


@pytest.fixture
def large(servers):
    """An account with more services than one short page shows, whose listing is kept since a comparison."""
    item = servers.owned("older.example.net", remoteid="")
    for number in range(60):
        servers.up.post("service", itemtype="vds", domain=f"a{number}.example.net", pricelist=KVM2)
    assert servers.start("sync_item", item).status == 0
    assert lists(servers) == [WHOLE]
    return servers


def test_a_first_order_reads_what_is_newer_than_the_kept_listing_only(large):
    for number in range(3):
        large.bought(domain=f"vm{number}.example.net")
    assert lists(large) == [WHOLE, NEWEST, NEWEST, NEWEST]


def test_the_greatest_number_before_a_first_order_is_that_of_the_newest_service(large):
    made = large.up.post("service", itemtype="vds", domain="new.example.net", pricelist=KVM2)
    large.fault("v2.vds.order.param", "cut", when="before", match={"sok": "ok"})
    item = large.order()
    assert large.attempt(large.operation(item, "open")).code == "lost_answer"
    assert large.store.latest(item, "open").highest == made["id"]


def test_after_a_lost_answer_the_whole_list_is_read(large):
    large.fault("v2.vds.order.param", "cut", when="before", match={"sok": "ok"})
    operation = large.operation(large.order(), "open")
    assert large.attempt(operation).code == "lost_answer"
    large.aged(601)
    assert large.attempt(operation).status == 0
    assert large.bills == ORDERED
    assert lists(large) == [WHOLE, NEWEST, WHOLE, WHOLE]


@pytest.mark.parametrize("change", ["closed", "kept long ago"])
def test_a_kept_listing_that_may_not_be_whole_does_not_serve_an_order(large, change):
    if change == "closed":  # one row less than the kept listing and the newest ones have together
        large.switch(keep_deleted="off")
        large.by_hand("vds.delete", elid=large.services[0]["id"], sok="ok")
    else:
        large.options("files_fresh 0\n")
    large.bought()
    assert lists(large)[1:] == [NEWEST, WHOLE]


def test_a_server_that_a_forgotten_order_has_made_since_the_listing_is_seen_before_the_next(large):
    """A panel that came back from a backup with its journal knows nothing of it; only the mark does."""
    item = large.order()
    operation = large.operation(item, "open")
    mark = f"{place.installation_id(place.installation_key(large.root))}-{item}-99"
    large.up.post("service", itemtype="vds", domain="else.example.net", pricelist=KVM2, remoteid=mark)
    assert large.attempt(operation).code == "name_taken"
    assert large.bills == []
    assert lists(large)[1:] == [NEWEST, WHOLE]


def test_a_server_of_a_forgotten_order_in_the_kept_listing_is_seen_before_the_next(servers):
    other = servers.owned("older.example.net", remoteid="")
    item = servers.order()
    mark = f"{place.installation_id(place.installation_key(servers.root))}-{item}-99"
    servers.up.post("service", itemtype="vds", domain="else.example.net", pricelist=KVM2, remoteid=mark)
    for number in range(60):
        servers.up.post("service", itemtype="vds", domain=f"a{number}.example.net", pricelist=KVM2)
    assert servers.start("sync_item", other).status == 0
    assert servers.attempt(servers.operation(item, "open")).code == "name_taken"
    assert servers.bills == []
