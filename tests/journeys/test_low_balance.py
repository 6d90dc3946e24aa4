"""Too little money at the provider: an unpaid order, or a refusal. Whichever it is, nothing is ordered again
after a top-up (decision 9).
"""

from __future__ import annotations

import urllib.parse
import urllib.request
from dataclasses import replace

import pytest
from kit.reseller import PASSWORD, USER
from kit.waiting import wait_for

from .purchases import Paid, only

pytestmark = pytest.mark.slow

SERVERS = ("server-open", "server-prolong", "server-addons", "server-tariff")
RUBLES = 4411


@pytest.fixture(params=["b6", "b5"])
def generation(request: pytest.FixtureRequest, paid: Paid) -> str:
    """Of the provider: the older one orders by another function. With it goes a panel that gives restarted
    operations new numbers.
    """
    paid.shop.up.switch(generation=request.param)
    if request.param == "b5":
        paid.shop.switch(operation_ids="recreated")
        spends = "vds.order.param" if paid.kind.journal == "open" else paid.kind.spends
        paid.kind = replace(paid.kind, spends=spends)
    return str(request.param)


def balance(paid: Paid, amount: str) -> None:
    paid.shop.up.post(
        "balance", balance=amount, credit="0", **({"account": RUBLES} if paid.kind.shop == "shop" else {})
    )


def spent_meanwhile(paid: Paid) -> int:
    """Somebody else spends the money after our look at it. The module's exit status."""
    paid.fault("slow", when="before", seconds=1)
    child = paid.run()
    paid.sent()
    balance(paid, "0.00")
    return child.wait(60)


def start_again(paid: Paid) -> str:
    """A person does; what comes of it."""
    (operation,) = paid.shop.operations()
    again = paid.shop.restart(operation["id"])
    return paid.shop.tick()[again]


def waits_for_a_person(paid: Paid, code: str) -> None:
    (operation,) = paid.shop.operations()
    assert operation["manual"] == "on"
    assert code in operation["errorxml"]
    assert len(paid.shop.tasks()) >= 1
    assert paid.charges == 0


# -- version 5 and 6 -----------------------------------------------------------------------------------------


@only(*SERVERS)
def test_what_the_provider_refuses_for_money_is_bought_once_when_a_person_starts_it_after_a_top_up(
    paid: Paid, generation: str
):
    assert spent_meanwhile(paid) == 1
    waits_for_a_person(paid, "low_balance")
    assert start_again(paid) == "manual", "there is no more money than before"
    balance(paid, "500.00")
    assert paid.shop.tick() == {}
    assert paid.charges == 0
    assert start_again(paid) == "gone"
    assert (paid.charges, paid.shop.item(paid.item)["status"]) == (1, 2)


@only(*SERVERS)
def test_an_order_that_waits_in_the_cart_is_never_ordered_again_and_finished_when_a_person_has_paid_it(
    paid: Paid, generation: str
):
    paid.shop.up.switch(low_funds="unpaid")
    assert spent_meanwhile(paid) == 1
    waits_for_a_person(paid, "unpaid_order")
    balance(paid, "500.00")
    assert start_again(paid) == "manual"
    paid.shop.cli("tick")
    waits_for_a_person(paid, "unpaid_order")
    assert paid.requests == 1
    pay_the_cart(paid)
    assert start_again(paid) == "gone"
    assert (paid.charges, paid.requests, paid.shop.item(paid.item)["status"]) == (1, 1, 2)
    assert paid.shop.up.get("state")["basket"] == []


def pay_the_cart(paid: Paid) -> None:
    """A person does, in the provider's cabinet (upstream-billmanager6 3.3)."""
    words = {
        "authinfo": f"{USER}:{PASSWORD}",
        "func": "payment.add.method",
        "paymethod": "1",
        "sok": "ok",
        "out": "xml",
    }
    request = urllib.request.Request(paid.shop.up.url, urllib.parse.urlencode(words).encode())
    with paid.shop.up._open(request, timeout=30) as answer:
        assert b"<ok" in answer.read()


@only("server-open")
def test_an_order_that_the_provider_pays_by_itself_after_a_top_up_is_finished_and_not_ordered_again(
    paid: Paid, generation: str
):
    paid.shop.up.switch(low_funds="unpaid", pay_when_money_arrives="on")
    assert spent_meanwhile(paid) == 1
    waits_for_a_person(paid, "unpaid_order")
    balance(paid, "500.00")
    assert start_again(paid) == "gone"
    assert (paid.charges, paid.requests) == (1, 1)


@only(*SERVERS)
def test_an_answer_about_an_unpaid_order_that_is_lost_is_not_ordered_again(paid: Paid, generation: str):
    """Nobody was told its number: what stands unpaid is no proof of absence where it can be seen, and is paid
    once where it cannot.
    """
    up = paid.shop.up
    up.switch(low_funds="unpaid")
    balance(paid, "500.00")
    paid.fault("slow", when="before", seconds=1)
    child = paid.run()
    paid.sent()
    child.kill()
    child.wait()
    balance(paid, "0.00")
    wait_for(lambda: paid.requests)
    assert len(up.get("state")["basket"]) == 1
    balance(paid, "500.00")
    paid.shop.settings(settle=3600)
    paid.shop.tick()
    assert paid.requests == 1
    pay_the_cart(paid)
    paid.shop.settings(settle=0)
    for row in paid.shop.operations():
        paid.shop.restart(row["id"])
    paid.shop.tick_until_quiet()
    assert (paid.charges, paid.requests, paid.shop.operations()) == (1, 1, [])


# -- version 4 -----------------------------------------------------------------------------------------------


@only("domain-open")
@pytest.mark.parametrize("pays", ["on", "off"])
@pytest.mark.parametrize("ids", ["kept", "recreated", "reused"])
def test_an_order_that_became_unpaid_is_never_ordered_again(paid: Paid, pays: str, ids: str):
    """pays: the provider pays it when money arrives; off: a person does, in the cabinet
    (upstream-billmanager4 5.9).
    """
    shop = paid.shop
    shop.switch(operation_ids=ids)
    shop.up.switch(pay_when_money_arrives=pays)
    assert spent_meanwhile(paid) == 1
    waits_for_a_person(paid, "unpaid_order")
    assert start_again(paid) == "manual"
    balance(paid, "1000.00")
    shop.cli("tick")
    assert shop.tick() == {}
    if pays == "off":
        assert start_again(paid) == "manual"
        pay_the_domain(paid)
    assert start_again(paid) == "gone"
    assert (shop.up.charges(), paid.requests, shop.item(paid.item)["status"]) == (
        ["autopay" if pays == "on" else "rerun"],
        1,
        2,
    )


def pay_the_domain(paid: Paid) -> None:
    name = paid.name(0)
    words = {
        "authinfo": f"{USER}:{PASSWORD}",
        "func": "domain.rerun",
        "elid": str(paid.shop.up.domain(name)["id"]),
        "sok": "ok",
        "out": "xml",
    }
    request = urllib.request.Request(paid.shop.up.url, urllib.parse.urlencode(words).encode())
    with paid.shop.up._open(request, timeout=30) as answer:
        assert b"<ok" in answer.read()


@only("domain-prolong")
@pytest.mark.parametrize("pays", ["on", "off"])
def test_a_renewal_for_which_the_money_was_gone_is_never_sent_again_without_a_person(paid: Paid, pays: str):
    """The provider says ok and does nothing (upstream-billmanager4 5.7): after a top-up too, and after
    `overdue` somebody has to look.
    """
    shop = paid.shop
    shop.up.switch(pay_when_money_arrives=pays)
    assert spent_meanwhile(paid) == 0
    balance(paid, "1000.00")
    for _ in range(2):
        assert list(shop.tick().values()) == ["kept"]
    shop.settings(overdue=0)
    assert list(shop.tick().values()) == ["manual"]
    waits_for_a_person(paid, "in_doubt_bought")
    assert paid.requests == 1
    shop.cli("journal", "resolve", str(paid.purchase.id), "--not-bought", "--why", "it was not renewed")
    shop.settings()
    assert start_again(paid) == "gone"
    assert (paid.charges, paid.requests) == (1, 2)


# -- both, before anything is sent ---------------------------------------------------------------------------


@only("domain-open", "domain-prolong", "server-open")
def test_what_cannot_be_paid_is_not_even_sent(paid: Paid):
    balance(paid, "3.10")
    for _ in range(2):
        assert list(paid.shop.tick().values()) in (["manual"], [])
    waits_for_a_person(paid, "low_balance")
    balance(paid, "1000.00")
    assert paid.shop.tick() == {}
    assert paid.requests == 0
    assert start_again(paid) == "gone"
    assert (paid.charges, paid.requests) == (1, 1)
