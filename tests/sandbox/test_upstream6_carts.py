"""Both carts of dialect 6: nothing is charged before it is paid, and then once."""

from __future__ import annotations

import pytest
from kit.provider6 import ORDER, error

WAITS = {"skipbasket": None}
NEW = {
    **ORDER,
    "period": None,
    "order_period": "1",
    "autoprolong": "off",
    "clicked_button": "order",
    "skipbasket": None,
    "force_use_new_cart": "on",
}


def test_an_order_waits_in_the_old_cart_until_it_is_paid(provider6):
    number = provider6.order(**WAITS)["billorder"]["$"]
    provider6.order(**WAITS, remoteid="a-2", addon_103="on")
    basket = provider6.xml("basket")
    assert (basket.findtext("billorder"), basket.findtext("total_sum")) == (number, "21.00 EUR")
    lines = basket.findall("list[@name='itemlist']/elem")
    assert [line.findtext("item.id") for line in lines] == ["5001", "5002"]
    assert [row["status"] for row in provider6.rows("vds")] == ["1", "1"]
    assert provider6.get("ledger") == []
    method = provider6.xml("payment.add", billorder=number).find("list[@name='methodlist']/elem")
    assert (method.findtext("paymethod_type"), method.find("action/button").get("name")) == (
        "0",
        "fromsubaccount",
    )
    paid = provider6.done(
        "payment.add.method", sok="ok", billorder=number, paymethod=method.findtext("paymethod")
    )
    assert paid["ok"]["$"] == "func=order"
    assert [amount for _, _, amount in provider6.ledger()] == ["9.00", "12.00"]
    assert [row["status"] for row in provider6.rows("vds")] == ["2", "2"]
    assert [row["subaccountamount_iso"] for row in provider6.rows("payment")] == ["21.00 EUR"]
    assert error(provider6.call("payment.add.method", sok="ok", billorder=number, paymethod="1")) == (
        "missed",
        "billorder",
    )
    assert provider6.order(**WAITS)["billorder"]["$"] != number


def test_a_line_or_the_whole_cart_can_be_thrown_away(provider6):
    number = provider6.order(**WAITS)["billorder"]["$"]
    provider6.order(**WAITS)
    provider6.done("basket", sok="ok", id="7421", clicked_button="delete")
    assert [row["id"] for row in provider6.rows("vds")] == ["5002"]
    assert error(provider6.call("basket", sok="ok", id="7421", clicked_button="delete")) == (
        "missed",
        "lineitem",
    )
    provider6.done("basket", sok="ok", id=number, clicked_button="clearbasket")
    assert provider6.rows("vds") == []
    assert provider6.get("ledger") == []


def test_an_unpaid_service_can_be_deleted_and_leaves_the_cart(provider6):
    provider6.order(**WAITS)
    assert error(provider6.call("vds.suspend", elid="5001")) == ("value", "status")
    provider6.done("vds.delete", elid="5001")
    assert provider6.rows("vds") == []
    assert provider6.get("state")["basket"] == []


def test_a_cart_that_costs_too_much_is_not_paid_in_part(provider6):
    number = provider6.order(**WAITS)["billorder"]["$"]
    provider6.order(**WAITS)
    provider6.post("balance", balance="10.00")
    assert (
        error(provider6.call("payment.add.method", sok="ok", billorder=number, paymethod="1"))[0]
        == "not_enough_money"
    )
    assert provider6.get("ledger") == []
    assert len(provider6.get("state")["basket"]) == 2


def test_promo_codes_and_other_ways_of_paying_charge_nothing(provider6):
    number = provider6.order(**WAITS)["billorder"]["$"]
    assert error(provider6.call("basket", sok="ok", promocode="SPRING"))[0] == "promocode_not_use"
    assert error(provider6.call("basket", sok="ok", clicked_button="free"))[0] == "value"
    assert (
        "/payment/"
        in provider6.done("payment.add.method", sok="ok", billorder=number, paymethod="2")["ok"]["$"]
    )
    assert error(provider6.call("payment.add.method", sok="ok", billorder=number, paymethod="9")) == (
        "value",
        "paymethod",
    )
    assert error(provider6.call("basket", sok="ok", billorder="1")) == ("missed", "billorder")
    assert provider6.get("ledger") == []


def test_a_free_order_is_finished_without_paying(provider6):
    form = {
        "pricelist": "304",
        "period": "-100",
        "ip": "203.0.113.9",
        "licname": "l",
        "clicked_button": "finish",
        "sok": "ok",
    }
    provider6.done("soft.order.param", **form)
    provider6.done("basket", sok="ok", clicked_button="free")
    assert provider6.rows("soft")[0]["status"] == "2"
    assert provider6.ledger() == [("order", 5001, "0.00")]


def test_the_new_cart_makes_no_service_before_it_is_confirmed(provider6):
    first = provider6.order("v2.vds.order.param", **NEW)["lineitem.id"]["$"]
    second = provider6.order("v2.vds.order.param", **{**NEW, "remoteid": "a-2"})["lineitem.id"]["$"]
    assert provider6.rows("vds") == []
    cart = provider6.xml("cart")
    assert (cart.findtext("total/cost"), cart.findtext("total/currency"), cart.findtext("total/count")) == (
        "18.00",
        "€",
        "2",
    )
    assert [line.findtext("id") for line in cart.findall("list[@name='lineitems']/elem")] == [first, second]
    assert error(provider6.call("cartorder.create.confirm", elid=first, paymethod_id="7", sok="ok")) == (
        "value",
        "paymethod_id",
    )
    assert "ok" not in provider6.call("cartorder.create.confirm", elid=first, paymethod_id="0")
    assert (
        provider6.done("cartorder.create.confirm", elid=first, paymethod_id="0", sok="ok")["ok"]["$"]
        == "func=order"
    )
    assert [row["remoteid"] for row in provider6.rows("vds")] == ["a-1"]
    assert error(provider6.call("cartorder.create.confirm", elid=first, paymethod_id="0", sok="ok")) == (
        "missed",
        "lineitem",
    )
    provider6.done("cart", id=second, clicked_button="delete", sok="ok")
    assert provider6.xml("cart").findtext("total/count") == "0"
    assert provider6.ledger() == [("order", 5001, "9.00")]


@pytest.mark.parametrize("elid", ["7421, 7422", "7421,7422"])
def test_several_lines_are_confirmed_together_and_the_new_cart_can_be_emptied(provider6, elid):
    for _ in range(3):
        provider6.order("v2.vds.order.param", **NEW)
    provider6.done("cartorder.create.confirm", elid=elid, paymethod_id="0", sok="ok")
    assert len(provider6.get("ledger")) == 2
    provider6.done("cart.empty")
    assert provider6.get("state")["cart"] == []


def test_two_lines_for_one_service_are_both_carried_out(provider6):
    number = provider6.ordered()
    provider6.post("switch", async_delay="never")
    provider6.done("vds.edit", elid=number, sok="ok", addon_101="3", clicked_button="basket")
    order = provider6.done("service.prolong", elid=number, period="1", sok="ok", clicked_button="basket")[
        "billorder"
    ]["$"]
    before = provider6.service(number)["expiredate"]
    provider6.done("payment.add.method", sok="ok", billorder=order, paymethod="1")
    provider6.post("progress", {})
    service = provider6.service(number)
    assert (service["status"], service["addons"]["101"], service["expiredate"] > before) == (2, "3", True)


def test_skipbasket_is_stronger_than_the_new_cart(provider6):
    assert "item.id" in provider6.order("v2.vds.order.param", **{**NEW, "skipbasket": "on"})
    assert len(provider6.get("ledger")) == 1
