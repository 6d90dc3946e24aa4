"""suspend and resume happen in the panel only; close lets a name lapse, provided that nobody will pay for it
any more.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from kit.reseller_host import EXPIRES

from bill2bill.upstream.billmgr4.adapter import Billmgr4

pytestmark = pytest.mark.usefixtures("processes")
ENDS = {"suspend": ("service.postsuspend", 3), "resume": ("service.postresume", 2)}


@pytest.fixture
def closing(shop):
    shop.connection(send_close="on")
    return shop


@pytest.mark.parametrize("command", ["suspend", "resume"])
def test_the_panel_alone_is_told(shop, command):
    item = shop.sold()
    answer = shop.start(command, item)
    assert (answer.status, answer.out) == (0, b"")
    assert (shop.told_funcs, shop.row(item)["status"], shop.running(item, command)) == (
        [ENDS[command][0]],
        ENDS[command][1],
        None,
    )
    assert shop.asked == []


@pytest.mark.parametrize("command", ["suspend", "resume"])
@pytest.mark.parametrize("trouble", ["never bought", "no login", "provider away"])
def test_neither_needs_the_provider(shop, command, trouble):
    item = shop.item() if trouble == "never bought" else shop.sold()
    if trouble == "no login":
        shop.db.run("DELETE FROM processingcryptedparam")
    shop.connection(**{"provider away": {"url": "http://127.0.0.1:9/"}}.get(trouble, {}))
    assert shop.start(command, item).status == 0
    assert (shop.row(item)["status"], shop.asked) == (ENDS[command][1], [])


@pytest.mark.parametrize("command", ["suspend", "resume"])
def test_a_panel_that_refuses_the_callback_is_a_failure_that_is_repeated(shop, command):
    item = shop.sold()
    shop.person("sandbox.set", missing=ENDS[command][0])
    answer = shop.start(command, item)
    assert (answer.status, answer.code, shop.is_manual(item, command)) == (1, "panel_refused", False)
    shop.person("sandbox.set", missing="")
    assert shop.attempt(shop.running(item, command)["id"]).status == 0


def test_a_closed_name_costs_nothing_and_sends_nothing_that_changes_anything(closing):
    item = closing.sold()
    answer = closing.start("close", item)
    assert (answer.status, answer.out, closing.told_funcs) == (0, b"", ["service.postclose"])
    assert (closing.row(item)["status"], closing.charges) == (4, [])
    assert not [row for row in closing.up.get("requests") if row["params"].get("sok")]
    assert closing.at_provider()["status"] == 2


@pytest.mark.parametrize(
    ("upstream", "code"), [({"status": 1}, "unpaid_order"), ({"auto_period": "881"}, "auto_renewal_on")]
)
def test_a_name_that_somebody_might_still_pay_for_is_not_closed(closing, upstream, code):
    item = closing.sold(expires=None if "status" in upstream else EXPIRES, upstream=upstream)
    answer = closing.start("close", item)
    assert (answer.status, answer.code) == (1, code)
    assert (closing.row(item)["status"], closing.is_manual(item, "close"), len(closing.tasks)) == (5, True, 1)


def without_auto_renewal(monkeypatch):
    """A provider whose form does not say whether it renews by itself."""
    whole = Billmgr4.domain_form
    monkeypatch.setattr(
        Billmgr4, "domain_form", lambda self, number: replace(whole(self, number), auto_renewal=None)
    )


def test_a_name_is_not_closed_while_nobody_can_tell_whether_the_provider_renews_it(closing, monkeypatch):
    without_auto_renewal(monkeypatch)
    item = closing.sold()
    answer = closing.start("close", item)
    assert (answer.code, closing.row(item)["status"], closing.is_manual(item, "close")) == (
        "auto_renewal_unseen",
        5,
        True,
    )


def test_a_name_is_opened_with_a_task_when_nobody_can_tell_whether_the_provider_renews_it(
    closing, monkeypatch
):
    without_auto_renewal(monkeypatch)
    closing.at_once()
    item = closing.item()
    assert closing.start("open", item).status == 0
    assert (closing.row(item)["status"], len(closing.tasks)) == (2, 1)


@pytest.mark.parametrize("kind", ["open", "prolong"])
def test_a_purchase_in_doubt_is_settled_before_the_item_is_closed(closing, kind):
    item = closing.item() if kind == "open" else closing.sold()
    closing.fault("domain.order.4" if kind == "open" else "domain.renew", "cut", when="before")
    assert closing.start(kind, item).code == "lost_answer"
    answer = closing.start("close", item)
    assert (answer.question, closing.is_manual(item, "close")) == ("in_doubt_bought/timeout", True)
    assert "service.postclose" not in closing.told_funcs


def test_an_order_that_was_never_sent_is_withdrawn_and_never_bought_later(shop):
    shop.up.post("balance", account=4411, balance="0")
    item = shop.item()
    assert shop.start("open", item).code == "low_balance"
    assert shop.start("close", item).status == 0
    assert (shop.store.unsettled(item, "open"), shop.row(item)["status"]) == (None, 4)


@pytest.mark.parametrize("gone", ["removed", "unknown"])
def test_a_name_that_is_gone_already_is_closed(closing, gone):
    item = closing.sold(upstream={"status": 4} if gone == "removed" else {})
    if gone == "unknown":
        closing.params(item, bill2bill="id=99999;price=565;period=881")
    assert closing.start("close", item).status == 0
    assert closing.row(item)["status"] == 4


def test_a_service_of_another_name_stops_the_closing(closing):
    item = closing.sold()
    other = closing.up.post("domain", name="other.ru", expire="2030-01-01")
    closing.params(item, bill2bill=f"id={other['id']};price=565;period=881")
    assert closing.start("close", item).code == "not_ours"
    assert closing.row(item)["status"] == 5


def test_a_provider_that_cannot_be_asked_stops_the_closing_and_it_is_repeated(closing):
    item = closing.sold()
    closing.fault("*", "502", when="before", sticky=True)
    assert closing.start("close", item).code == "upstream_answer"
    assert (closing.row(item)["status"], closing.is_manual(item, "close")) == (5, False)
