"""sync_item: what the provider shows is compared with the panel; one listing serves all, and dates are
written with care (decision 8).
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from kit.journal_files import age_snapshots
from kit.reseller_host import EXPIRES, TODAY, in_years

from bill2bill.host.cells import date_of

pytestmark = pytest.mark.usefixtures("processes")
LATER = in_years(EXPIRES, 1)
ALONE = ["domain"]


def sync(shop, item: int):
    answer = shop.ask("sync_item", "--item", item)
    assert answer.out == b"" or answer.status == 1
    return answer


def expires(shop, item: int) -> date:
    return date_of("item", "expiredate", shop.row(item)["expiredate"])


def tasks(shop):
    return [task["specification"] for task in shop.tasks]


def fresh(shop) -> None:
    """The listing that is kept grows old."""
    age_snapshots(shop.store, 10000, "listing")


def test_a_domain_that_agrees_costs_one_listing_and_no_call_of_the_panel(shop):
    assert sync(shop, shop.sold()).status == 0
    assert (shop.asked, shop.told) == (ALONE, [])


def test_one_listing_serves_all_domains_of_the_account(shop):
    items = [shop.sold(f"name{number}.ru") for number in range(6)]
    for item in items:
        assert sync(shop, item).status == 0
    assert (shop.asked, shop.told) == (ALONE, [])


def test_a_listing_that_is_old_is_read_again(shop):
    item = shop.sold()
    sync(shop, item)
    fresh(shop)
    sync(shop, item)
    assert shop.asked == ALONE * 2


@pytest.mark.parametrize(("status", "word"), [(1, "1"), (3, "3"), (4, "4"), (5, "5"), (6, "7"), (7, "6")])
def test_the_second_status_is_translated_into_the_panels_numbers(shop, status, word):
    servers = [] if status == 3 else ["ns1.example.net", "ns2.example.net"]
    item = shop.sold(upstream={"status": status, "ns": servers})
    assert sync(shop, item).status == 0
    assert shop.param(item, "service_status") == word
    assert shop.told_funcs == ["service.setstatus"]
    assert (shop.row(item)["status"], expires(shop, item)) == (2, EXPIRES)


def test_a_later_date_is_written(shop):
    item = shop.sold(expires=LATER)
    assert sync(shop, item).status == 0
    assert (expires(shop, item), shop.told_funcs) == (LATER, ["service.setexpiredate"])


def test_a_date_that_the_panel_lacks_is_written(shop):
    item = shop.sold(panel=None)
    sync(shop, item)
    assert expires(shop, item) == EXPIRES


def test_one_day_earlier_is_left_as_it_is(shop):
    item = shop.sold(expires=EXPIRES - timedelta(days=1))
    sync(shop, item)
    assert (expires(shop, item), shop.told) == (EXPIRES, [])


def test_an_earlier_date_is_a_task_and_never_written_and_told_once(shop):
    item = shop.sold(expires=EXPIRES - timedelta(days=2))
    sync(shop, item)
    sync(shop, item)
    assert (expires(shop, item), shop.told_funcs) == (EXPIRES, ["task.simple.create"])
    (text,) = tasks(shop)
    assert str(EXPIRES) in text
    assert "example.ru" in text


@pytest.mark.parametrize("wrong", [in_years(TODAY, 11) + timedelta(days=2), TODAY - timedelta(days=370)])
def test_an_absurd_date_is_a_task_and_never_written(shop, wrong):
    item = shop.sold(expires=wrong, panel=None)
    sync(shop, item)
    assert (shop.row(item)["expiredate"], len(tasks(shop))) == (None, 1)


@pytest.mark.parametrize("status", [5, 6, 7])
def test_a_date_in_motion_is_not_written(shop, status):
    item = shop.sold(expires=LATER, upstream={"status": status})
    sync(shop, item)
    assert expires(shop, item) == EXPIRES
    assert "service.setexpiredate" not in shop.told_funcs


def test_no_date_is_written_while_a_renewal_of_ours_is_not_settled(shop):
    item = shop.sold()
    shop.start("prolong", item)
    shop.db.run("DELETE FROM runningoperation")
    shop.db.run("DELETE FROM expense")
    shop.db.update("item", item, expiredate=str(EXPIRES))
    shop.up.post("progress")
    sync(shop, item)
    assert (expires(shop, item), "service.setexpiredate" in shop.told_funcs) == (EXPIRES, False)


def test_no_date_is_written_while_the_panel_renews(shop):
    item = shop.sold(expires=LATER)
    shop.operation(item, "prolong")
    shop.db.run("DELETE FROM expense")
    shop.db.update("item", item, expiredate=str(EXPIRES))
    sync(shop, item)
    assert expires(shop, item) == EXPIRES


@pytest.mark.parametrize(("days", "written"), [(0, False), (1, True)])
def test_no_date_is_written_on_the_day_of_a_renewals_expense(shop, days, written):
    item = shop.sold(expires=LATER)
    shop.db.insert(
        "expense",
        item=item,
        operation="prolong",
        realdate=str(TODAY - timedelta(days=days)),
        subaccount=1,
        amount="300",
        notpayd="0",
    )
    sync(shop, item)
    assert (expires(shop, item) == LATER) is written


def test_a_deleted_item_is_left_alone(shop):
    item = shop.sold(expires=LATER, status=4)
    assert sync(shop, item).status == 0
    assert (shop.asked, shop.told) == ([], [])


def test_an_item_that_was_never_bought_is_left_alone(shop):
    item = shop.item()
    assert sync(shop, item).status == 0
    assert (shop.asked, shop.told) == ([], [])


def test_a_row_that_is_missing_once_changes_nothing(shop):
    item = shop.sold()
    shop.up.post("reset")
    assert sync(shop, item).status == 0
    assert (shop.told, shop.row(item)["status"]) == ([], 2)


def test_a_row_that_is_missing_from_two_listings_is_told_to_a_person_once(shop):
    item = shop.sold()
    shop.up.post("reset")
    for _ in range(4):
        assert sync(shop, item).status == 0
        fresh(shop)
    assert shop.told_funcs == ["task.simple.create"]
    assert str(shop.remote(item)) in tasks(shop)[0]
    assert (shop.row(item)["status"], expires(shop, item)) == (2, EXPIRES)


def test_one_listing_read_twice_is_one_witness(shop):
    item = shop.sold()
    shop.up.post("reset")
    sync(shop, item)
    sync(shop, item)
    assert (shop.asked, shop.told) == (ALONE, [])


def test_a_row_that_was_seen_in_between_was_not_missing_twice(shop):
    item = shop.sold()
    for gone in (True, False, True):
        shop.up.post("reset")
        if not gone:
            shop.up.post("domain", name="example.ru", expire=str(EXPIRES))
        sync(shop, item)
        fresh(shop)
    assert shop.told == []


def test_a_row_of_another_name_is_an_error_and_changes_nothing(shop):
    item = shop.sold(expires=LATER)
    shop.params(item, domain="other.ru")
    answer = sync(shop, item)
    assert (answer.status, answer.code, shop.told) == (1, "not_ours", [])


def test_names_in_national_script_are_compared_in_one_form(shop):
    shop.up.post("switch", unicode_names="on")
    item = shop.sold("пример.рф", "рф", expires=LATER)
    assert sync(shop, item).status == 0
    assert expires(shop, item) == LATER


def test_a_provider_in_trouble_changes_nothing_and_is_an_error(shop):
    item = shop.sold(expires=LATER)
    shop.fault("domain", "truncated", when="after", sticky=True)
    answer = sync(shop, item)
    assert (answer.status, answer.code, shop.told) == (1, "upstream_answer", [])


def test_notices_are_not_made_where_nobody_wants_them(shop):
    shop.connection(notify="off")
    item = shop.sold(expires=EXPIRES - timedelta(days=40))
    sync(shop, item)
    assert (shop.told, expires(shop, item)) == ([], EXPIRES)


def test_a_suspended_item_is_compared_too_and_stays_suspended(shop):
    item = shop.sold(expires=LATER, status=3)
    sync(shop, item)
    assert (shop.row(item)["status"], expires(shop, item)) == (3, LATER)
