"""Too little money at the provider: refused before anything is ordered, and after a top-up bought once."""

from __future__ import annotations

import pytest
from kit.reseller import DomainReseller
from kit.waiting import wait_for

RUBLES = 4411


@pytest.mark.parametrize(
    ("command", "ids"),
    [("open", "kept"), ("open", "recreated"), ("open", "reused"), ("prolong", "recreated")],
)
def test_without_money_nothing_is_ordered_and_after_a_top_up_it_is_bought_once(
    shop: DomainReseller, command: str, ids: str
):
    shop.switch(operation_ids=ids)
    shop.up.progress("immediate")
    item = shop.order() if command == "open" else shop.owned()
    operation = shop.pay(item) if command == "open" else shop.start(item, command)
    shop.up.post("balance", account=RUBLES, balance="198.99")
    assert shop.tick() == {operation: "manual"}
    (task,) = shop.tasks()
    assert task["item"] == item
    assert "198.99" in shop.operations()[0]["errorxml"]
    assert not shop.up.requests("domain.order.4")
    assert not shop.up.requests("domain.renew")

    shop.up.post("balance", account=RUBLES, balance="199.00")
    again = shop.restart(operation)
    assert (again == operation) == (ids != "recreated")
    assert shop.tick() == {again: "gone"}
    assert len(shop.up.charges()) == 1
    assert shop.item(item)["status"] == 2
    assert shop.up.get("state")["accounts"][0]["balance"] == "0.00"


def test_an_order_that_became_unpaid_is_not_ordered_again_after_a_top_up(shop: DomainReseller):
    """Somebody else spends the money between our look at the balance and the order: the order stands there
    unpaid.
    """
    item = shop.bought()
    shop.up.fault("domain.order.4", "slow", when="before", seconds=1)
    child = shop.run("open", item, 1)
    wait_for(lambda: shop.up.get("faults") == [])  # it is on its way
    shop.up.post("balance", account=RUBLES, balance="0.00")
    assert child.wait(60) == 1
    assert shop.up.domain("example.ru")["status"] == 1
    assert shop.up.charges() == []
    assert [row["manual"] for row in shop.operations()] == ["on"]
    assert len(shop.tasks()) == 1

    shop.up.post("balance", account=RUBLES, balance="1000.00")
    shop.restart(1)
    assert list(shop.tick().values()) == ["manual"], "paying it is a person's work"
    shop.up.switch(pay_when_money_arrives="on", progress={"mode": "immediate"})
    shop.up.post("balance", account=RUBLES, balance="1000.00")
    shop.restart(1)
    assert list(shop.tick().values()) == ["gone"]
    assert shop.up.charges() == ["autopay"]
    assert len(shop.up.requests("domain.order.4")) == 1


def test_a_switch_that_is_off_leaves_the_purchase_to_a_person(shop: DomainReseller):
    items = {"open": shop.bought("new.ru"), "prolong": shop.owned("old.ru")}
    shop.start(items["prolong"], "prolong")
    shop.panel.call("processing.edit", elid=1, send_open="off", send_prolong="off", sok="ok")
    assert set(shop.tick().values()) == {"manual"}
    assert sorted(task["item"] for task in shop.tasks()) == sorted(items.values())
    assert shop.up.charges() == []
    assert not shop.up.requests("domain.order.4")
    assert not shop.up.requests("domain.renew")


def test_a_panel_that_must_do_nothing_spends_nothing(shop: DomainReseller):
    shop.bought()
    marker = shop.panel.root / "etc" / "billmgr.DoNothing"
    marker.touch()
    assert list(shop.tick().values()) == ["kept"]
    assert shop.up.get("requests") == []
    marker.unlink()
    shop.up.progress("immediate")
    assert list(shop.tick().values()) == ["gone"]
    assert shop.up.charges() == ["order"]
