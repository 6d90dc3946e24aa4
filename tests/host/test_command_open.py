"""open: a domain is registered once and the panel is told when it is there."""

from __future__ import annotations

import time

import pytest
from kit.reseller_host import NS, TODAY, in_years

from bill2bill.journal.purchase import Stage

NEXT_YEAR = str(in_years(TODAY, 1))


def until(seen) -> None:
    deadline = time.monotonic() + 20
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def fast(shop):
    shop.at_once()
    return shop


def test_a_domain_is_ordered_paid_and_reported_in_one_run(fast, processes):
    item = fast.item()
    answer = fast.start("open", item)
    assert (answer.status, answer.out) == (0, b"")
    assert fast.charges == [("order", "example.ru")]
    assert (fast.row(item)["status"], fast.running(item, "open"), fast.param(item, "service_status")) == (
        2,
        None,
        "2",
    )
    assert str(fast.row(item)["expiredate"]) == NEXT_YEAR
    assert fast.param(item, "bill2bill") == f"id={fast.at_provider()['id']};price=565;period=881"


def test_the_panel_runs_the_executable_and_the_domain_is_there(fast):
    item = fast.item()
    fast.person("sandbox.pay", elid=item)
    ran = fast.person("sandbox.tick")
    assert (ran.findtext("elem/result"), ran.findtext("elem/code"), ran.findtext("elem/error")) == (
        "gone",
        "0",
        "",
    )
    assert (fast.charges, fast.row(item)["status"]) == ([("order", "example.ru")], 2)


def test_an_order_is_noted_on_the_panel_before_it_leaves_and_what_was_bought_comes_with_the_callback(fast):
    item = fast.item()
    fast.start("open", item)
    assert fast.told_funcs == [
        "service_profile2processingmodule.edit",
        "service.saveparam",
        "service.setexpiredate",
        "domain.open",
    ]
    token, remote = fast.store.purchase(1).token, fast.up.get("state")["domains"][0]["id"]
    assert fast.told[1][1]["value"] == f"id={token};try=1;before=;months=12;period=881"
    notes = {
        "bill2bill": f"id={remote};price=565;period=881",
        "bill2bill_purchase": f"id={token};done;left=0",
    }
    assert fast.told[3][1] == {"elid": str(item), "service_status": "2", **notes, "sok": "ok"}


def test_what_is_not_ready_yet_is_noted_on_the_panel_all_the_same(shop):
    item = shop.item()
    shop.start("open", item)
    assert shop.told_funcs == [
        "service_profile2processingmodule.edit",
        "service.saveparam",
        "service.saveparam",
        "service.setstatus",
    ]
    assert shop.param(item, "bill2bill").startswith("id=")


def test_the_order_says_exactly_what_was_sold(fast):
    fast.start("open", fast.item())
    sent = fast.request("domain.order.4")
    contact = str(fast.remote_contacts[0]["id"])
    expected = {
        "operation": "register", "countdomain": "1", "domain": "example", "domainname_0": "example",
        "tld": "ru", "price": "565",
        "pricelist_0": "565", "period_0": "881", "registrar": "13", "paynow": "on", "payfrom": "account4411",
        "owner": contact,
        "nslist_0": " ".join(NS),
    }  # fmt: skip
    assert {name: sent.get(name) for name in expected} == expected
    assert not {"autoprolong", "set_autoperiod", "admin", "contact", "projectns"} & set(sent)


def test_a_name_in_national_script_is_ordered_in_its_encoded_form(fast):
    item = fast.item("пример.рф", "рф")
    assert fast.start("open", item).status == 0
    sent = fast.request("domain.order.4")
    assert (sent["domain"], sent["tld"]) == ("xn--e1afmkfd", "xn--p1ai")
    assert fast.charges == [("order", "xn--e1afmkfd.xn--p1ai")]
    assert fast.row(item)["status"] == 2


def test_a_domain_without_name_servers_is_ordered_and_shown_as_not_delegated(fast):
    item = fast.item(ns=())
    assert fast.start("open", item).status == 0
    assert "nslist_0" not in fast.request("domain.order.4")
    assert fast.param(item, "service_status") == "3"


def test_name_servers_inside_the_domain_go_with_their_addresses(fast):
    item = fast.item(ns=("ns1.example.ru/192.0.2.1", "ns2.example.ru/192.0.2.2"))
    assert fast.start("open", item).status == 0
    assert fast.at_provider()["ns"] == ["ns1.example.ru/192.0.2.1", "ns2.example.ru/192.0.2.2"]


def test_a_registration_that_takes_its_time_leaves_the_operation_and_tells_nothing(shop):
    item = shop.item()
    answer = shop.start("open", item)
    assert (answer.status, answer.out) == (0, b"")
    assert shop.running(item, "open")["manual"] == "off"
    assert not shop.running(item, "open")["errorxml"]
    assert "domain.open" not in shop.told_funcs
    assert (shop.row(item)["status"], shop.param(item, "service_status")) == (5, "5")
    assert shop.param(item, "bill2bill").startswith("id=10501;")


def test_later_runs_look_and_the_last_one_finishes_without_another_order(shop):
    item = shop.item()
    shop.start("open", item)
    told = len(shop.told)
    shop.attempt(shop.running(item, "open")["id"])
    assert shop.told_funcs[told:] == []
    shop.up.post("progress")
    assert shop.attempt(shop.running(item, "open")["id"]).status == 0
    assert (shop.row(item)["status"], shop.charges) == (2, [("order", "example.ru")])
    assert shop.told_funcs[told:] == ["service.setexpiredate", "domain.open"]


def test_an_order_that_is_under_way_is_finished_although_the_switch_went_off(shop):
    item = shop.item()
    shop.start("open", item)
    shop.connection(send_open="off", new_orders="off")
    shop.up.post("progress")
    assert shop.attempt(shop.running(item, "open")["id"]).status == 0
    assert shop.row(item)["status"] == 2


# -- how much is asked ---------------------------------------------------------------------------------------


def test_an_order_with_known_contacts_takes_at_most_five_requests(shop):
    first, second = shop.item(), shop.item("second.ru", owner=False)
    profile = shop.db.find("service_profile2item", item=first)[0]["service_profile"]
    shop.db.insert("service_profile2item", service_profile=profile, item=second, type="owner")
    shop.start("open", first)
    asked, told = len(shop.asked), len(shop.told)
    assert shop.start("open", second).status == 0
    assert len(shop.asked) - asked <= 5
    assert shop.told_funcs[told:] == ["service.saveparam", "service.saveparam", "service.setstatus"]
    assert len(shop.charges) == 2


def test_success_takes_at_most_three_calls_of_the_panel_and_one_for_each_new_contact(fast):
    fast.start("open", fast.item())
    assert len(fast.told) <= 4
    told = len(fast.told)
    item = fast.item("example.com", "com")
    for role in ("admin", "tech", "bill"):
        fast.contact(item, role, email=f"{role}@example.ru")
    assert fast.start("open", item).status == 0
    assert len(fast.told) - told <= 3 + 4


# -- not twice -----------------------------------------------------------------------------------------------


def test_a_lost_answer_to_an_order_that_was_carried_out_is_found_at_once(fast):
    item = fast.item()
    fast.fault("domain.order.4", "cut_after", match={"sok": "ok"})
    assert fast.start("open", item).status == 0
    assert fast.charges == [("order", "example.ru")]
    assert fast.row(item)["status"] == 2
    assert fast.param(item, "bill2bill") == f"id={fast.at_provider()['id']};price=565;period=881"


def test_a_lost_answer_to_an_order_that_was_not_carried_out_is_sent_again_only_after_it_settled(fast):
    item = fast.item()
    fast.fault("domain.order.4", "cut", when="before", match={"sok": "ok"})
    assert fast.start("open", item).code == "lost_answer"
    operation = fast.running(item, "open")["id"]
    assert fast.attempt(operation).code == "lost_answer"
    assert fast.asked.count("domain.order.4") == 1
    assert not fast.is_manual(item, "open")
    fast.aged(601)
    assert fast.attempt(operation).status == 0
    assert (fast.asked.count("domain.order.4"), fast.charges) == (2, [("order", "example.ru")])


def test_an_order_that_is_carried_out_after_the_connection_broke_is_bought_once(fast):
    item = fast.item()
    fast.fault("domain.order.4", "commit_later", seconds=0.3, match={"sok": "ok"})
    assert fast.start("open", item).code == "lost_answer"
    until(lambda: fast.charges)
    fast.aged(601)
    assert fast.attempt(fast.running(item, "open")["id"]).status == 0
    assert (fast.charges, fast.row(item)["status"]) == ([("order", "example.ru")], 2)


def test_one_look_is_enough_until_a_look_can_prove_absence(fast):
    item = fast.item()
    fast.fault("domain.order.4", "cut_before", match={"sok": "ok"})
    fast.start("open", item)
    asked = len(fast.asked)
    for _ in range(3):
        assert fast.attempt(fast.running(item, "open")["id"]).code == "lost_answer"
    assert fast.asked[asked:] == []


def test_a_panel_that_is_away_before_anything_was_ordered_lets_nothing_be_ordered(fast):
    item = fast.item()
    operation = fast.operation(item, "open")
    fast.person("sandbox.set", restarting="on")
    assert fast.attempt(operation).code == "panel_unreachable"
    assert "domain.order.4" not in fast.asked


@pytest.mark.parametrize(
    "kind",
    ["html_200", "502", "truncated", "without_id", "empty", "doctype", "bad_encoding", "wrong_envelope"],
)
def test_an_unreadable_answer_to_an_order_never_leads_to_a_second_one(fast, kind):
    item = fast.item()
    fast.fault("domain.order.4", kind, when="after", match={"sok": "ok"})
    fast.start("open", item)
    for _ in range(2):
        if fast.running(item, "open"):
            fast.aged(601)
            fast.attempt(fast.running(item, "open")["id"])
    assert (fast.charges, fast.row(item)["status"]) == ([("order", "example.ru")], 2)


def test_an_order_whose_outcome_cannot_be_looked_up_for_a_day_asks_a_person(shop):
    item = shop.item()
    shop.fault("domain.order.4", "cut_after", match={"sok": "ok"})
    shop.fault("domain", "502", when="before", sticky=True)
    shop.fault("domain.getinfo", "502", when="before", sticky=True, skip=1)
    assert shop.start("open", item).code == "lost_answer"
    shop.aged(86401)
    answer = shop.attempt(shop.running(item, "open")["id"], lang="en")
    (row,) = shop.store.all_unsettled()
    assert (answer.question, answer.value("id")) == ("in_doubt_bought/timeout", str(row.id))
    assert "example.ru" in answer.text
    assert f"journal resolve {row.id}" in answer.text
    assert shop.is_manual(item, "open")
    assert len(shop.tasks) == 1


def test_a_panel_that_restarts_during_the_callback_is_told_by_the_next_run_without_buying(fast, processes):
    item = fast.item()
    operation = fast.operation(item, "open")
    with fast.panel_away_once_charged("domain.order.4"):
        answer = fast.attempt(operation)
    assert (answer.status, answer.code) == (1, "panel_unreachable")
    assert fast.charges == [("order", "example.ru")]
    fast.person("sandbox.set", restarting="off")
    assert fast.attempt(operation).status == 0
    assert (fast.charges, fast.row(item)["status"]) == ([("order", "example.ru")], 2)


def test_a_repeat_of_a_reported_operation_that_the_panel_kept_buys_nothing(fast):
    item = fast.item()
    operation = fast.operation(item, "open")
    kept = fast.db.get("runningoperation", operation)
    fast.attempt(operation)
    fast.db.insert("runningoperation", **{**kept, "trycount": 1})
    assert fast.attempt(operation).status == 0
    assert (fast.charges, fast.running(item, "open")) == ([("order", "example.ru")], None)


def test_without_a_journal_the_note_on_the_panel_keeps_from_buying_again(shop):
    item = shop.item()
    shop.start("open", item)
    for path in (shop.root / "var/bill2bill").glob("state*"):
        path.unlink()
    shop.up.post("progress")
    assert shop.attempt(shop.running(item, "open")["id"]).status == 0
    assert (shop.charges, shop.row(item)["status"]) == ([("order", "example.ru")], 2)


def test_exists_to_an_order_that_only_the_panels_note_knows_to_have_left_is_no_refusal(shop):
    item = shop.item()
    operation = shop.operation(item, "open")
    shop.fault("accountinfo", "502", when="before", times=3)
    shop.attempt(operation)
    row = shop.store.unsettled(item, "open")
    assert (row.stage, row.attempts) == (Stage.INTENDED, 0)
    shop.params(item, bill2bill_purchase=f"id={row.token};try=1;before=;months=12;period=")
    assert shop.attempt(operation).code == "lost_answer"
    shop.aged(601)
    shop.fault("domain.order.4", "error", when="before", code=2)
    assert shop.attempt(operation).code == "lost_answer"
    assert (shop.store.unsettled(item, "open").stage, shop.is_manual(item, "open")) == (Stage.SENT, False)


def test_a_name_that_is_in_the_account_already_is_not_adopted(fast):
    made = fast.up.post("domain", name="example.ru", expire="2030-01-01")
    item = fast.item()
    answer = fast.start("open", item, lang="en")
    assert (answer.status, answer.code, answer.value("remote")) == (1, "name_taken", str(made["id"]))
    assert f"--bought {made['id']}" in answer.text
    assert (fast.charges, fast.param(item, "bill2bill"), fast.is_manual(item, "open")) == ([], "", True)
    assert "domain.order.4" not in fast.asked


def test_a_name_that_somebody_else_owns_is_refused_by_the_provider_and_costs_nothing(fast):
    item = fast.item("taken.ru")
    answer = fast.start("open", item, lang="en")
    assert (answer.status, answer.code) == (1, "name_busy")
    assert "taken.ru" in answer.text
    assert (
        fast.charges,
        fast.row(item)["status"],
        fast.is_manual(item, "open"),
        fast.store.unsettled(item, "open"),
    ) == ([], 5, True, None)


# -- what must not be sent -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "a.ru", "-example.ru", "example-.ru", "www.example.ru", "ex_ample.ru", "ab--cd.ru", "example.com",
        "ru", "'; DROP TABLE.ru", "$(id).ru",
        "<>&\".ru",
    ],
)  # fmt: skip
def test_a_name_that_cannot_be_registered_is_refused_before_anything_is_sent(shop, name):
    item = shop.item(name)
    answer = shop.start("open", item, lang="en")
    assert (answer.status, answer.code) == (1, "name_bad")
    assert (shop.charges, shop.is_manual(item, "open"), "domain.order.4" in shop.asked) == ([], True, False)


@pytest.mark.parametrize(
    "ns",
    [
        ("ns1.example.net",), ("ns1.example.ru", "ns2.example.net"),
        ("ns1.example.net/2001:db8::1", "ns2.example.net"), ("ns1", "ns2"),
        ("ns1.example.net", "ns1.example.net"), tuple(f"ns{number}.example.net" for number in range(5)),
        ("$(id)", "'; --"),
    ],
)  # fmt: skip
def test_bad_name_servers_are_refused_before_anything_is_ordered(shop, ns):
    item = shop.item(ns=ns)
    answer = shop.start("open", item)
    assert (answer.status, answer.code) == (1, "ns_bad")
    assert (shop.charges, shop.is_manual(item, "open"), shop.remote_contacts) == ([], True, [])


@pytest.mark.parametrize(
    ("period", "code"),
    [(24, "period_not_found"), (1, "period_not_found"), *((odd, "panel_data") for odd in (0, -50, -100))],
)
def test_a_period_that_the_provider_does_not_sell_is_never_replaced_by_another(shop, period, code):
    item = shop.item(period=period)
    answer = shop.start("open", item, lang="en")
    assert (answer.status, answer.code, shop.charges, shop.is_manual(item, "open")) == (1, code, [], True)
    if code == "period_not_found":
        assert "12" in answer.text


def test_a_period_of_two_years_takes_the_tariffs_own_row(fast):
    item = fast.item("example.com", "com", owner=False, period=24)
    fast.contact(item, "owner", "admin", "tech", "bill")
    assert fast.start("open", item).status == 0
    assert fast.request("domain.order.4")["period_0"] == "931"


def test_a_balance_that_is_too_low_orders_nothing_and_names_both_sums(shop):
    shop.up.post("balance", account=4411, balance="198.99")
    item = shop.item()
    answer = shop.start("open", item, lang="en")
    assert (answer.code, shop.is_manual(item, "open")) == ("low_balance", True)
    assert "198.99" in answer.text
    assert "199" in answer.text.replace("198.99", "")
    assert ("domain.order.4" in shop.asked, shop.remote_contacts) == (False, [])
    shop.up.post("balance", account=4411, balance="199.00")
    assert shop.attempt(shop.running(item, "open")["id"]).status == 0
    assert shop.charges == [("order", "example.ru")]


def test_credit_counts_as_money_and_another_account_does_not(shop):
    shop.up.post("balance", account=4411, balance="0", credit="199")
    assert shop.start("open", shop.item()).status == 0
    shop.up.post("balance", account=4411, balance="0", credit="0")
    shop.up.post("balance", account=4412, balance="100000")
    assert shop.start("open", shop.item("second.ru")).code == "low_balance"


def test_an_account_in_another_currency_never_pays(shop):
    shop.up.post("balance", account=4412, balance="100000")
    shop.connection(project="*.ru-tld.ru (Servers)")
    assert shop.start("open", shop.item()).code == "account_currency"
    assert shop.charges == []


@pytest.mark.parametrize(("registrar", "code"), [("77", "tariff_not_found"), ("abc", "panel_data")])
def test_a_registrar_that_does_not_sell_the_zone_is_never_replaced_by_another(shop, registrar, code):
    shop.connection(registrar=registrar)
    assert shop.start("open", shop.item()).code == code
    assert shop.charges == []


def test_the_price_file_is_read_once_for_many_orders(shop):
    for name in ("one.ru", "two.ru", "three.ru"):
        shop.start("open", shop.item(name))
    assert shop.asked.count("/manimg/userdata/json/domainprice_ru.json") == 1


# -- money that vanished, renewal that switched itself on ----------------------------------------------------


def unpaid(shop):
    """An order that the provider accepted without charging it: the balance went between the look and the
    order (prices with a tax).
    """
    shop.up.post("switch", vat_percent="20")
    shop.up.post("balance", account=4411, balance="200.00")
    item = shop.item()
    return item, shop.start("open", item, lang="en")


def test_an_accepted_but_unpaid_order_stays_linked_and_a_person_is_asked(shop):
    item, answer = unpaid(shop)
    remote = shop.at_provider()["id"]
    assert (answer.status, answer.code, answer.value("value")) == (1, "unpaid_order", str(remote))
    assert shop.param(item, "bill2bill").startswith(f"id={remote};")
    assert (shop.charges, shop.is_manual(item, "open"), len(shop.tasks)) == ([], True, 1)
    assert "domain.open" not in shop.told_funcs


def test_an_unpaid_order_is_picked_up_after_the_top_up_and_never_ordered_again(shop):
    item, _ = unpaid(shop)
    shop.up.post("balance", account=4411, balance="5000")
    operation = shop.running(item, "open")["id"]
    assert shop.attempt(operation).code == "unpaid_order"
    shop.up.post("switch", pay_when_money_arrives="on", progress={"mode": "immediate"})
    shop.up.post("balance", account=4411, balance="5000")
    assert shop.attempt(operation).status == 0
    assert (shop.asked.count("domain.order.4"), shop.charges, shop.row(item)["status"]) == (
        1,
        [("autopay", "example.ru")],
        2,
    )


def test_automatic_renewal_that_is_on_is_told_to_a_person_and_does_not_stop_the_opening(fast):
    fast.up.post("switch", auto_renewal_default="on")
    item = fast.item()
    assert fast.start("open", item).status == 0
    assert fast.row(item)["status"] == 2
    (task,) = fast.tasks
    assert "example.ru" in task["specification"]
    assert "автопродление" in task["specification"].lower()


def test_an_order_that_vanished_at_the_provider_is_not_reported_as_done(shop):
    item = shop.item()
    shop.start("open", item)
    shop.fault("domain.getinfo", "error", when="before", code=3, obj="domain")
    answer = shop.attempt(shop.running(item, "open")["id"])
    assert (answer.status, answer.code) == (1, "remote_gone")
    assert (shop.row(item)["status"], shop.asked.count("domain.order.4")) == (5, 1)
