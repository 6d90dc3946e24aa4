"""prolong: the term that the customer paid is bought once; the panel's date is the panel's."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import requests
from kit.purchases import says
from kit.reseller_host import EXPIRES, in_years

from bill2bill.journal.questions import Answer

RENEWED = [("renew", "example.ru")]


@pytest.fixture
def fast(shop):
    shop.at_once()
    return shop


def test_a_renewal_is_bought_seen_and_reported_in_one_run(fast, processes):
    item = fast.sold()
    answer = fast.start("prolong", item)
    assert (answer.status, answer.out) == (0, b"")
    assert (fast.charges, fast.at_provider()["expire"]) == (RENEWED, str(in_years(EXPIRES, 1)))
    assert (fast.running(item, "prolong"), fast.row(item)["status"]) == (None, 2)


def test_the_renewal_says_exactly_what_was_sold(fast):
    item = fast.sold()
    fast.start("prolong", item)
    sent = fast.request("domain.renew")
    expected = {"elid": str(fast.remote(item)), "autoperiod": "881", "paynow": "on", "payfrom": "account4411"}
    assert {name: sent.get(name) for name in expected} == expected
    assert "set_autoperiod" not in sent
    assert fast.at_provider()["auto_period"] == ""


@pytest.mark.parametrize("moved", ["before", "after"])
def test_the_panels_date_is_never_set_by_a_renewal(fast, moved):
    fast.person("sandbox.set", expiredate_moved=moved)
    item = fast.sold()
    assert fast.start("prolong", item).status == 0
    assert "service.setexpiredate" not in fast.told_funcs
    assert str(fast.row(item)["expiredate"]) == str(in_years(EXPIRES, 1))
    assert fast.charges == RENEWED


def test_what_was_bought_is_noted_before_the_panel_is_told(fast):
    item = fast.sold()
    fast.params(item, bill2bill=f"id={fast.remote(item)};price=;period=")
    assert fast.start("prolong", item).status == 0
    assert fast.told_funcs == [
        "service.saveparam",
        "service.saveparam",
        "service.postprolong",
        "service.saveparam",
    ]
    assert fast.param(item, "bill2bill") == f"id={fast.at_provider()['id']};price=565;period=881"
    assert fast.told[2][1] == {"elid": str(item), "sok": "ok"}


def test_a_link_that_is_right_already_is_not_written_again(fast):
    fast.start("prolong", fast.sold())
    assert fast.told_funcs == ["service.saveparam", "service.postprolong", "service.saveparam"]
    assert {told["name"] for _, told in fast.told if "name" in told} == {"bill2bill_purchase"}


def test_that_a_renewal_is_about_to_leave_is_noted_on_the_panel_and_when_it_was_told_too(fast):
    item = fast.sold()
    fast.start("prolong", item)
    token = fast.store.purchase(1).token
    assert fast.told[0][1]["value"] == f"id={token};try=1;before=2027-03-14;months=12;period=881"
    assert fast.param(item, "bill2bill_purchase") == f"id={token};done;left=0"


def test_nothing_is_renewed_while_the_panel_cannot_note_it(fast, processes):
    operation = fast.operation(fast.sold(), "prolong")
    fast.person("sandbox.set", restarting="on")
    assert (fast.attempt(operation).code, fast.charges) == ("panel_unreachable", [])
    fast.person("sandbox.set", restarting="off")
    assert (fast.attempt(operation).status, fast.charges) == (0, RENEWED)


def test_a_renewal_that_takes_its_time_leaves_the_operation(shop):
    item = shop.sold()
    answer = shop.start("prolong", item)
    assert (answer.status, answer.out, shop.told_funcs) == (0, b"", ["service.saveparam"])
    assert shop.running(item, "prolong")["manual"] == "off"
    shop.attempt(shop.running(item, "prolong")["id"])
    shop.up.post("progress")
    assert shop.attempt(shop.running(item, "prolong")["id"]).status == 0
    assert (shop.charges, shop.running(item, "prolong")) == (RENEWED, None)


def test_a_renewal_takes_at_most_four_requests(shop):
    first, item = shop.sold("first.ru"), shop.sold()
    shop.start("prolong", first)  # reads the price file of the day
    asked = len(shop.asked)
    shop.start("prolong", item)
    assert len(shop.asked) - asked <= 4
    assert "domain" not in shop.asked[asked:]
    asked = len(shop.asked)
    shop.up.post("progress")
    shop.attempt(shop.running(item, "prolong")["id"])
    assert shop.asked[asked:] == ["domain.getinfo"]


def test_a_second_operation_buys_a_second_term(fast):
    item = fast.sold()
    fast.start("prolong", item)
    fast.start("prolong", item)
    assert (fast.charges, fast.at_provider()["expire"]) == (RENEWED * 2, str(in_years(EXPIRES, 2)))


def test_a_term_of_two_years_takes_the_domains_own_tariff(fast):
    item = fast.sold("example.com", "com", period=24)
    assert fast.start("prolong", item).status == 0
    assert fast.request("domain.renew")["autoperiod"] == "931"


def test_a_domain_of_another_registrar_is_renewed_by_its_own_tariff(fast):
    item = fast.sold(upstream={"price": 567})
    assert fast.start("prolong", item).status == 0
    assert fast.request("domain.renew")["autoperiod"] == "885"


def test_a_tariff_that_nobody_noted_is_read_from_the_listing(fast):
    item = fast.sold(upstream={"price": 567})
    fast.params(item, bill2bill=f"id={fast.remote(item)};price=;period=")
    assert fast.start("prolong", item).status == 0
    assert fast.request("domain.renew")["autoperiod"] == "885"
    assert fast.param(item, "bill2bill").endswith(";price=567;period=885")


# -- not twice -----------------------------------------------------------------------------------------------


def test_a_lost_answer_to_a_renewal_that_was_carried_out_is_seen_and_not_bought_again(fast):
    item = fast.sold()
    fast.fault("domain.renew", "cut_after")
    assert fast.start("prolong", item).status == 0
    assert (fast.charges, fast.running(item, "prolong")) == (RENEWED, None)


def test_a_lost_answer_to_a_renewal_under_way_waits_for_its_end(shop):
    item = shop.sold()
    shop.fault("domain.renew", "cut_after")
    shop.start("prolong", item)
    shop.aged(601)
    shop.attempt(shop.running(item, "prolong")["id"])
    shop.up.post("progress")
    assert shop.attempt(shop.running(item, "prolong")["id"]).status == 0
    assert shop.charges == RENEWED


def test_a_lost_answer_to_a_renewal_that_was_not_carried_out_is_sent_again_only_after_it_settled(fast):
    item = fast.sold()
    fast.fault("domain.renew", "cut", when="before")
    assert fast.start("prolong", item).code == "lost_answer"
    operation = fast.running(item, "prolong")["id"]
    assert fast.attempt(operation).code == "lost_answer"
    assert fast.asked.count("domain.renew") == 1
    fast.aged(601)
    assert fast.attempt(operation).status == 0
    assert (fast.asked.count("domain.renew"), fast.charges) == (2, RENEWED)


@pytest.mark.parametrize(
    "kind", ["html_200", "502", "truncated", "empty", "doctype", "wrong_envelope", "code_1", "bad_encoding"]
)
def test_an_unreadable_answer_to_a_renewal_never_leads_to_a_second_one(fast, kind):
    item = fast.sold()
    fast.fault("domain.renew", kind, when="after")
    assert fast.start("prolong", item).status == 0
    assert fast.charges == RENEWED


def test_a_stale_date_after_a_lost_answer_does_not_lead_to_a_second_renewal(fast):
    """domain.getinfo may lag behind (upstream-billmanager4 5.11): absence takes two witnesses."""
    item = fast.sold()
    fast.fault("domain.renew", "cut_after")
    fast.up.post("switch", stale_expire_days=365)
    fast.start("prolong", item)
    for _ in range(2):
        if fast.running(item, "prolong"):
            fast.aged(601)
            fast.attempt(fast.running(item, "prolong")["id"])
    assert fast.charges == RENEWED


def test_a_panel_that_restarts_during_the_callback_is_told_by_the_next_run_without_buying(fast, processes):
    item = fast.sold()
    operation = fast.operation(item, "prolong")
    with fast.panel_away_once_charged("domain.renew"):
        answer = fast.attempt(operation)
    assert (answer.status, answer.code, fast.charges) == (1, "panel_unreachable", RENEWED)
    fast.person("sandbox.set", restarting="off")
    assert fast.attempt(operation).status == 0
    assert (fast.charges, fast.running(item, "prolong"), fast.row(item)["status"]) == (RENEWED, None, 2)


def test_a_renewal_whose_operation_was_made_anew_is_continued_under_its_new_number(shop):
    item = shop.sold()
    shop.person("sandbox.set", operation_ids="recreated")
    shop.fault("domain.renew", "cut_after")
    shop.start("prolong", item)
    number = shop.person("sandbox.restart", elid=shop.running(item, "prolong")["id"]).findtext("id")
    shop.up.post("progress")
    assert shop.attempt(int(number)).status == 0
    assert (shop.charges, shop.running(item, "prolong")) == (RENEWED, None)


def test_an_expiry_that_somebody_else_moved_meanwhile_is_not_bought_again(shop):
    """E0 is the expiry read before the first send; the renewal is satisfied whoever moved it (decision 3)."""
    item = shop.sold()
    shop.up.post("balance", account=4411, balance="0")
    assert shop.start("prolong", item).code == "low_balance"
    shop.up.post("balance", account=4411, balance="5000")
    renew_by_hand(shop, item)
    assert shop.attempt(shop.running(item, "prolong")["id"]).status == 0
    assert (shop.charges, shop.asked.count("domain.renew")) == (RENEWED, 1)  # the person's own
    assert shop.running(item, "prolong") is None


@pytest.mark.parametrize(("short", "bought"), [(2, 0), (3, 1)])
def test_a_renewal_is_satisfied_within_two_days_of_its_term(fast, short, bought):
    item = fast.sold()
    fast.up.post("balance", account=4411, balance="0")
    assert fast.start("prolong", item).code == "low_balance"
    fast.up.post("reset")
    fast.at_once()
    moved = fast.up.post(
        "domain", name="example.ru", expire=str(in_years(EXPIRES, 1) - timedelta(days=short))
    )
    assert moved["id"] == fast.remote(item)
    assert fast.attempt(fast.running(item, "prolong")["id"]).status == 0
    assert len(fast.charges) == bought


def renew_by_hand(shop, item: int) -> None:
    """What a person does in the provider's cabinet."""
    form = {
        "func": "domain.renew",
        "elid": str(shop.remote(item)),
        "autoperiod": "881",
        "paynow": "on",
        "payfrom": "account4411",
        "sok": "ok",
    }
    with requests.Session() as client:
        client.trust_env = False
        client.post(shop.up.url, {**form, "authinfo": "reseller:secret", "out": "json"}, timeout=10)
    shop.up.post("progress")


def test_a_renewal_that_somebody_else_has_under_way_is_waited_for(shop):
    item = shop.sold(upstream={"status": 6})
    assert shop.start("prolong", item).code == "upstream_busy"
    assert ("domain.renew" in shop.asked, shop.is_manual(item, "prolong")) == (False, False)


def test_a_renewal_that_cannot_be_looked_up_asks_its_question_until_it_can(shop):
    item = shop.sold()
    shop.fault("domain.renew", "cut", when="before")
    assert shop.start("prolong", item).code == "lost_answer"
    for func in ("domain.getinfo", "domain"):
        shop.fault(func, "502", when="before", sticky=True)
    shop.aged(86401)
    operation = shop.running(item, "prolong")["id"]
    answer = shop.attempt(operation, lang="ru")
    (row,) = shop.store.all_unsettled()
    assert (answer.question, answer.value("id"), answer.value("before")) == (
        "in_doubt_bought/timeout",
        str(row.id),
        str(EXPIRES),
    )
    assert "example.ru" in answer.text
    assert "12" in answer.text
    assert (shop.is_manual(item, "prolong"), len(shop.tasks)) == (True, 1)
    assert shop.attempt(operation).question == "in_doubt_bought/timeout"
    assert (shop.asked.count("domain.renew"), len(shop.tasks)) == (1, 1)
    requests.delete(shop.up.control + "faults", timeout=10, verify=shop.up.ca_file or True)
    shop.at_once()
    assert shop.attempt(operation).status == 0
    assert (shop.asked.count("domain.renew"), shop.charges) == (2, RENEWED)


def test_a_date_that_moved_by_the_very_term_since_a_renewal_of_ours_is_a_question(fast):
    """A whole server that is restored from a backup has a journal and a panel that agree, and both know
    nothing of what was renewed since.
    """
    item = fast.sold()
    assert fast.start("prolong", item).status == 0
    renew_by_hand(fast, item)
    answer = fast.start("prolong", item)
    (row,) = fast.store.all_unsettled()
    assert (answer.question, row.before, fast.charges) == (
        "in_doubt_same_renewal/moved",
        in_years(EXPIRES, 1),
        2 * RENEWED,
    )
    operation = fast.running(item, "prolong")["id"]
    assert fast.attempt(operation).question == "in_doubt_same_renewal/moved"
    says(fast.store, row.id, Answer.NEW)
    assert (fast.attempt(operation).status, fast.charges) == (0, 3 * RENEWED)


def test_a_renewal_that_a_restored_server_forgot_is_told_without_buying_when_a_person_says_so(fast):
    item = fast.sold()
    fast.start("sync_item", item)
    renew_by_hand(fast, item)
    fast.options("listing_fresh 0\n")
    fast.start("sync_item", item)  # a comparison in between takes the new date for no known one
    operation = fast.operation(item, "prolong")
    assert fast.attempt(operation).question == "in_doubt_same_renewal/moved"
    says(fast.store, fast.store.all_unsettled()[0].id, Answer.SAME)
    assert (fast.attempt(operation).status, fast.charges, fast.running(item, "prolong")) == (0, RENEWED, None)


# -- what must not be sent -----------------------------------------------------------------------------------


def test_a_service_of_another_name_is_never_renewed(shop):
    item = shop.sold()
    other = shop.up.post("domain", name="other.ru", expire=str(EXPIRES))
    shop.params(item, bill2bill=f"id={other['id']};price=565;period=881")
    answer = shop.start("prolong", item, lang="en")
    assert (answer.code, shop.charges, shop.is_manual(item, "prolong")) == ("not_ours", [], True)
    assert "other.ru" in answer.text


def test_a_domain_in_national_script_is_ours_under_its_encoded_name(fast):
    item = fast.sold("пример.рф", "рф")
    assert fast.start("prolong", item).status == 0
    assert fast.charges == [("renew", "xn--e1afmkfd.xn--p1ai")]


@pytest.mark.parametrize(
    ("status", "code"), [(1, "unpaid_order"), (4, "remote_gone"), (5, "upstream_busy"), (7, "upstream_busy")]
)
def test_a_domain_that_is_not_registered_is_not_renewed(shop, status, code):
    item = shop.sold(expires=None if status in (5, 7) else EXPIRES, upstream={"status": status})
    answer = shop.start("prolong", item)
    assert (answer.status, answer.code, shop.charges) == (1, code, [])
    assert "domain.renew" not in shop.asked


def test_a_domain_that_the_provider_does_not_know_is_not_renewed(shop):
    item = shop.sold()
    shop.params(item, bill2bill="id=99999;price=565;period=881")
    assert shop.start("prolong", item).code == "remote_gone"
    assert shop.is_manual(item, "prolong")


@pytest.mark.parametrize(
    "note",
    [
        "id=11, 12;price=1;period=1", "id=0;price=;period=", "11", "id=-5;price=;period=",
        "id=1;price=2;period=3;x", "id=٣;price=;period=", "$(id)",
    ],
)  # fmt: skip
def test_a_note_that_is_not_ours_is_refused_and_never_guessed_at(shop, note):
    item = shop.sold()
    shop.params(item, bill2bill=note)
    assert shop.start("prolong", item).code == "panel_data"
    assert (shop.asked, shop.is_manual(item, "prolong")) == ([], True)


def test_an_item_without_a_link_is_not_looked_for_by_name(shop):
    item = shop.sold()
    shop.drop(item, "bill2bill")
    answer = shop.start("prolong", item, lang="en")
    assert (answer.code, shop.asked) == ("no_remote", [])
    assert "service.saveparam" in answer.text


@pytest.mark.parametrize(
    ("period", "code"),
    [(24, "period_not_found"), (6, "period_not_found"), (0, "panel_data"), (-50, "panel_data")],
)
def test_a_period_that_is_not_sold_is_never_put_together_from_others(shop, period, code):
    item = shop.sold(period=period)
    assert shop.start("prolong", item).code == code
    assert (shop.charges, shop.is_manual(item, "prolong")) == ([], True)


def test_a_balance_that_is_too_low_renews_nothing(shop):
    shop.up.post("balance", account=4411, balance="10")
    item = shop.sold()
    answer = shop.start("prolong", item)
    assert (answer.code, "domain.renew" in shop.asked, shop.is_manual(item, "prolong")) == (
        "low_balance",
        False,
        True,
    )


def test_a_tariff_that_is_not_sold_any_more_stops_the_renewal(shop):
    item = shop.sold()
    shop.params(item, bill2bill=f"id={shop.remote(item)};price=999;period=881")
    assert shop.start("prolong", item).code == "tariff_not_found"
    assert shop.charges == []


def test_a_journal_and_a_note_that_contradict_each_other_stop_the_renewal(fast):
    item = fast.item()
    fast.start("open", item)
    other = fast.up.post("domain", name="other.ru", expire=str(EXPIRES))
    fast.params(item, bill2bill=f"id={other['id']};price=565;period=881")
    assert fast.start("prolong", item).code == "not_ours"
    assert fast.charges == [("order", "example.ru")]


def test_a_lost_note_is_replaced_by_the_journals_own_memory(fast):
    item = fast.item()
    fast.start("open", item)
    fast.drop(item, "bill2bill")
    assert fast.start("prolong", item).status == 0
    assert fast.charges == [("order", "example.ru"), ("renew", "example.ru")]
    assert fast.param(item, "bill2bill").startswith(f"id={fast.at_provider()['id']};")


def test_a_panel_without_a_date_renews_by_the_providers(fast):
    item = fast.sold(panel=None)
    assert fast.start("prolong", item).status == 0
    assert fast.charges == RENEWED


def test_a_domain_far_beyond_the_panels_date_is_asked_for_in_the_listing_too(fast):
    """Such a date may be a stale one: the listing is the second witness."""
    item = fast.sold(expires=EXPIRES - timedelta(days=200))
    assert fast.start("prolong", item).status == 0
    assert ("domain" in fast.asked, fast.charges) == (True, RENEWED)


@pytest.mark.parametrize("today", [date(2028, 2, 29)])
def test_a_leap_day_is_satisfied_by_the_last_of_february(fast, today):
    item = fast.sold(expires=today, panel=today)
    assert fast.start("prolong", item).status == 0
    assert fast.at_provider()["expire"] in ("2029-02-28", "2029-03-01")
    assert fast.charges == RENEWED


@pytest.mark.parametrize("renewed", [0, 1])
def test_a_date_that_is_stale_by_the_very_term_does_not_hide_that_nothing_was_renewed(fast, renewed):
    """domain.getinfo may lag behind by a term (upstream-billmanager4 5.11), where the panel moves its own
    date late.
    """
    fast.person("sandbox.set", expiredate_moved="after")
    item = fast.sold()
    for _ in range(renewed):
        assert fast.start("prolong", item).status == 0
    fast.up.post("switch", stale_expire_days=365)
    fast.fault("domain.renew", "cut", when="before")
    operation = fast.operation(item, "prolong")
    assert fast.attempt(operation).code == "lost_answer"
    fast.aged(601)
    assert fast.attempt(operation).status == 0
    assert fast.charges == RENEWED * (renewed + 1)
