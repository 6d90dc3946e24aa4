"""Where a purchase could have been made twice or swallowed: each of these once did, by hand."""

from __future__ import annotations

import pytest
from kit.purchases import intent, says, sent
from kit.reseller_host import EXPIRES, in_years

from bill2bill.errors import Failure
from bill2bill.host.panel import Panel
from bill2bill.journal import bindings
from bill2bill.journal.purchase import Stage
from bill2bill.journal.questions import Answer
from bill2bill.journal.transitions import Event

RENEWED = [("renew", "example.ru")]


def lost_renewal(shop):
    """A renewal that was carried out, but its answer was lost: item and operation."""
    item = shop.sold()
    operation = shop.operation(item, "prolong")
    shop.fault("domain.renew", "cut", when="after")
    shop.attempt(operation)
    return item, operation


def test_a_wrong_answer_of_absence_does_not_renew_twice_and_is_asked_about_again(shop):
    item, operation = lost_renewal(shop)
    shop.up.post("progress")
    says(shop.store, shop.store.unsettled(item, "prolong").id, Answer.NOT_BOUGHT, settle=0)
    assert shop.attempt(operation).question == "in_doubt_bought/beforehand"
    assert shop.charges == RENEWED
    says(shop.store, shop.store.unsettled(item, "prolong").id, Answer.BOUGHT, shop.remote(item))
    assert shop.attempt(operation).status == 0
    assert (shop.charges, shop.running(item, "prolong")) == (RENEWED, None)


def test_a_number_that_comes_again_does_not_inherit_last_years_refusal_silently(shop):
    """Refused once, then renewed by hand: next year's operation has the same number, and its renewal must not
    be swallowed.
    """
    item = shop.sold()
    operation = shop.operation(item, "prolong")
    shop.fault("domain.renew", "error", when="before", code=5)
    assert shop.attempt(operation).code == "upstream_refused"
    shop.up.post("reset")
    shop.up.post("domain", name="example.ru", expire=str(in_years(EXPIRES, 1)))
    assert shop.attempt(operation).question == "in_doubt_bought/beforehand"
    says(shop.store, shop.store.unsettled(item, "prolong").id, Answer.NOT_BOUGHT)
    shop.at_once()
    assert shop.attempt(operation).status == 0
    assert shop.charges == RENEWED


def test_a_login_that_is_refused_in_a_look_rests_too(shop):
    _, operation = lost_renewal(shop)
    shop.fault("*", "wrong_password", when="before", sticky=True)
    assert shop.attempt(operation).code == "lost_answer"
    asked = len(shop.asked)
    shop.attempt(operation)
    assert len(shop.asked) == asked


def test_a_renewal_that_the_panel_took_but_did_not_answer_is_over(shop, monkeypatch):
    shop.at_once()
    whole = Panel.prolonged

    def without_answer(panel, item):
        whole(panel, item)
        raise Failure("panel_unreachable", func="service.postprolong")

    monkeypatch.setattr(Panel, "prolonged", without_answer)
    item = shop.sold()
    assert shop.start("prolong", item).status == 0
    assert shop.store.latest(item, "prolong").stage is Stage.REPORTED
    monkeypatch.setattr(Panel, "prolonged", whole)
    assert shop.start("prolong", item).status == 0
    assert shop.charges == RENEWED * 2


@pytest.mark.parametrize(
    ("kind", "switch"), [("open", "send_open"), ("open", "new_orders"), ("prolong", "send_prolong")]
)
def test_a_purchase_that_was_only_intended_is_not_sent_after_its_switch_is_off(shop, kind, switch):
    item = shop.item() if kind == "open" else shop.sold()
    shop.fault("accountinfo", "502", when="before", times=3)
    operation = shop.operation(item, kind)
    shop.attempt(operation)
    assert shop.store.unsettled(item, kind).stage is Stage.INTENDED
    shop.connection(**{switch: "off"})
    assert shop.attempt(operation).code == "switched_off"
    assert shop.charges == []


@pytest.mark.parametrize("command", ["open", "prolong", "update_ns"])
def test_nothing_is_bought_or_changed_for_a_closed_item(shop, command):
    item = shop.item() if command == "open" else shop.sold()
    operation = shop.operation(item, command)
    shop.db.update("item", item, status=4)
    assert shop.attempt(operation).code == "item_deleted"
    assert (shop.asked, shop.charges) == ([], [])


def test_an_answer_with_a_wrong_id_is_not_noted_and_can_be_corrected(shop):
    item = shop.item()
    operation = shop.operation(item, "open")
    shop.fault("domain.order.4", "cut", when="before")
    shop.attempt(operation)
    row = shop.store.unsettled(item, "open")
    says(shop.store, row.id, Answer.BOUGHT, 99)
    assert shop.attempt(operation).code == "remote_gone"
    assert not shop.param(item, "bill2bill")
    found = shop.up.post("domain", name="example.ru", status=2, expire="2028-01-01")
    says(shop.store, row.id, Answer.BOUGHT, found["id"])
    assert shop.attempt(operation).status == 0
    assert (shop.row(item)["status"], shop.charges) == (2, [])


def test_a_listing_without_the_domain_proves_nothing_about_its_renewal(shop):
    item = shop.sold()
    operation = shop.operation(item, "prolong")
    shop.fault("domain.renew", "cut", when="before")
    shop.attempt(operation)
    shop.aged(3600)
    shop.fault("domain", "empty", when="after", sticky=True)
    assert shop.attempt(operation).code == "lost_answer"
    assert shop.charges == []


def test_a_renewal_that_learns_that_two_items_have_the_domain_buys_nothing(shop):
    """By two logins, which prove to be of one customer just now."""
    shop.at_once()
    item = shop.sold()
    store, remote = shop.store, shop.remote(item)
    for number, account in [(item, ""), (item + 1, "another login")]:
        order = sent(store, intent(item=number, operation=None), account=account)
        order = store.record(order, Event.SEEN, remote=remote)
        store.record(order, Event.CALLBACK_DONE, operation=None)
    customer = str(min(account["id"] for account in shop.up.get("state")["accounts"]))
    store.identify("another login", "4 127.0.0.1", customer)
    for _ in range(2):
        assert shop.start("prolong", item).question == "in_doubt_same_item/claimed"
    assert shop.charges == []


def test_a_renewal_that_learns_that_another_item_is_linked_to_the_domain_buys_nothing(shop):
    shop.at_once()
    item = shop.sold()
    other = shop.item("second.ru")
    customer = str(min(account["id"] for account in shop.up.get("state")["accounts"]))
    shop.store.identify("another login", "4 127.0.0.1", customer)
    bindings.claim(shop.store, "another login", "domain", shop.remote(item), other, lambda _: False)
    operation = shop.operation(item, "prolong")
    assert [shop.attempt(operation).code for _ in range(2)] == ["held_by_other"] * 2
    assert shop.charges == []
