"""What proves that a lost purchase was carried out or not (docs/proof.md), for every kind of purchase of both
modules.

A look that fails proves nothing; what is older, somebody else's or closed is not taken for what was bought;
of two that look alike a person decides.
"""

from __future__ import annotations

import time
from typing import Any, Callable, Dict, NamedTuple, Tuple

import pytest
import requests
from kit.journal_files import kept_otherwise
from kit.purchases import says
from kit.reseller_host import EXPIRES, KVM2, KVM4, LARGE, NAME, SMALL, HostServerReseller, in_years, later

from bill2bill.journal.questions import Answer
from bill2bill.upstream.billmgr6 import reading
from bill2bill.upstream.billmgr6.adapter import Billmgr6

SETTLED, OVERDUE = 601, 86401  # seconds, a little more than the settings say


class Kind(NamedTuple):
    """One kind of purchase. begin: an operation that waits for its first run; sends: what is paid; looks:
    what a look asks.
    """

    fixture: str
    kind: str
    begin: Callable[[Any], int]
    sends: str
    looks: Tuple[str, ...]


def renewal_of_a_domain(shop) -> int:
    return shop.operation(shop.sold(), "prolong")


# Names of the rows of the table in docs/proof.md.
KINDS: Dict[str, Kind] = {
    "order of a domain": Kind(
        "shop",
        "open",
        lambda shop: shop.operation(shop.item(), "open"),
        "domain.order.4",
        ("domain.getinfo", "domain"),
    ),
    "renewal of a domain": Kind(
        "shop", "prolong", renewal_of_a_domain, "domain.renew", ("domain.getinfo", "domain")
    ),
    "order of a server": Kind(
        "servers", "open", lambda shop: shop.operation(shop.order(), "open"), "v2.vds.order.param", ("vds",)
    ),
    "renewal of a server": Kind(
        "servers",
        "prolong",
        lambda shop: shop.operation(shop.owned(), "prolong"),
        "service.prolong",
        ("vds.edit",),
    ),
    "change of add-ons": Kind(
        "servers",
        "setparam",
        lambda shop: shop.change(shop.bought(), addon_ncpu=4),
        "vds.edit",
        ("vds.edit",),
    ),
    "change of tariff": Kind(
        "servers",
        "changepricelist",
        lambda shop: shop.change_tariff(shop.bought()),
        "service.changepricelist.getmoney",
        ("vds.edit",),
    ),
}
BROKEN = ("502", "html_200", "empty", "truncated", "wrong_envelope", "doctype")


@pytest.fixture(params=KINDS)
def purchase(request) -> Tuple[Any, Kind]:
    kind = KINDS[request.param]
    shop = request.getfixturevalue(kind.fixture)
    if kind.fixture == "shop":
        shop.at_once()
    return shop, kind


def sent(shop: Any, kind: Kind) -> int:
    """How often the request that costs money arrived at the provider."""
    return len(
        [row for row in shop.up.get("requests") if row["func"] == kind.sends and row["params"].get("sok")]
    )


def lost(shop: Any, kind: Kind, *, carried_out: bool) -> Tuple[int, int]:
    """The operation of a purchase whose request got no answer, and how often the provider had charged
    something before.
    """
    operation, charges = kind.begin(shop), len(shop.up.get("ledger"))
    how = {"kind": "commit_later", "seconds": 0.4} if carried_out else {"kind": "cut", "when": "before"}
    shop.fault(kind.sends, **how, match={"sok": "ok"})
    assert shop.attempt(operation).code == "lost_answer"
    until(lambda: len(shop.up.get("ledger")) == charges + carried_out)
    return operation, charges


def until(seen: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def looks_fail(shop: Any, kind: Kind, how: str) -> None:
    for func in kind.looks:
        shop.fault(func, how, when="after", sticky=True)


def healed(shop: Any) -> None:
    requests.delete(shop.up.control + "faults", timeout=10).raise_for_status()


# -- a look that fails proves nothing ------------------------------------------------------------------------


@pytest.mark.parametrize("carried_out", [False, True])
def test_a_look_that_fails_proves_nothing(purchase, carried_out):
    shop, kind = purchase
    operation, charges = lost(shop, kind, carried_out=carried_out)
    shop.aged(SETTLED)
    for how in BROKEN:
        looks_fail(shop, kind, how)
        assert shop.attempt(operation).status == 1
        assert (sent(shop, kind), len(shop.up.get("ledger"))) == (1, charges + carried_out)
        healed(shop)
    assert shop.attempt(operation).status == 0
    assert (sent(shop, kind), len(shop.up.get("ledger"))) == (1 if carried_out else 2, charges + 1)


def test_what_no_look_can_tell_for_a_day_is_a_persons_question(purchase):
    shop, kind = purchase
    operation, charges = lost(shop, kind, carried_out=False)
    shop.aged(OVERDUE)
    looks_fail(shop, kind, "502")
    shop.options("tries 1\n")
    answer = shop.attempt(operation)
    assert (sent(shop, kind), len(shop.up.get("ledger"))) == (1, charges)
    # Add-ons are compared with the form before the journal is asked: a form that cannot be read is told as it
    # is, after so many tries.
    assert answer.question == ("upstream_answer" if kind.kind == "setparam" else "in_doubt_bought/timeout")
    assert shop.db.get("runningoperation", operation)["manual"] == "on"


# -- what is older, somebody else's or closed is not adopted -------------------------------------------------


def lost_order(shop: Any, **order: Any) -> Tuple[int, int]:
    """Item and operation of an order whose request was lost before it arrived."""
    kind = KINDS["order of a domain" if shop.kind == "registrar" else "order of a server"]
    item = shop.item(**order) if shop.kind == "registrar" else shop.order(**order)
    operation = shop.operation(item, "open")
    shop.fault(kind.sends, "cut", when="before", match={"sok": "ok"})
    assert shop.attempt(operation).code == "lost_answer"
    return item, operation


def not_adopted(shop: Any, item: int) -> None:
    assert shop.row(item)["status"] != 2
    assert not shop.param(item, "bill2bill")


def test_a_renewal_is_not_looked_for_in_a_domain_of_another_name(shop):
    item = shop.sold()
    operation = shop.operation(item, "prolong")
    shop.fault("domain.renew", "cut", when="before", match={"sok": "ok"})
    assert shop.attempt(operation).code == "lost_answer"
    other = shop.up.post("domain", name="other.ru", expire=str(in_years(EXPIRES, 1)))
    shop.params(item, bill2bill=f"id={other['id']};price={other['price']};period={other['period']}")
    shop.aged(SETTLED)
    assert shop.attempt(operation).status == 1
    assert (shop.charges, shop.asked.count("domain.renew")) == ([], 1)
    assert shop.running(item, "prolong") is not None


def test_a_closed_server_with_our_mark_is_a_persons_question(servers):
    item, operation = lost_order(servers)
    mark = servers.submitted("v2.vds.order.param")[0]["remoteid"]
    servers.up.post("service", itemtype="vds", domain=NAME, pricelist=KVM2, remoteid=mark, status=4)
    servers.aged(SETTLED)
    assert servers.attempt(operation).code == "name_taken"
    not_adopted(servers, item)
    assert servers.bills == []


def test_a_closed_server_without_a_mark_is_not_taken_for_a_lost_order(servers):
    item, operation = lost_order(servers)
    closed = servers.up.post("service", itemtype="vds", domain=NAME, pricelist=KVM2, remoteid="", status=4)
    servers.aged(SETTLED)
    assert servers.attempt(operation).status == 0
    assert servers.remote(item) != closed["id"]
    assert servers.bills == [("order", "9.00")]


@pytest.mark.parametrize("shown", ["on", "off"])
def test_a_server_of_another_item_is_not_taken_for_a_lost_order(servers, shown):
    """It has the same name, is newer than the request, and the provider forgot its mark."""
    servers.switch(remoteid_in_list=shown)
    first, operation = lost_order(servers)
    second = servers.bought()
    servers.up.post("service", id=servers.remote(second), remoteid="")
    servers.aged(SETTLED)
    assert servers.attempt(operation).status == 0
    assert servers.remote(first) != servers.remote(second)
    assert len(servers.bills) == 2


def test_a_server_that_another_installation_ordered_is_not_taken_for_a_lost_order(servers):
    item, operation = lost_order(servers)
    foreign = servers.up.post("service", itemtype="vds", domain=NAME, pricelist=KVM2, remoteid="0badcafe-1-1")
    servers.aged(SETTLED)
    assert servers.attempt(operation).status == 0
    assert servers.remote(item) != foreign["id"]


@pytest.mark.parametrize("name", ["renewal of a server", "change of add-ons", "change of tariff"])
def test_a_server_that_became_somebody_elses_proves_nothing(servers, name):
    kind = KINDS[name]
    operation, charges = lost(servers, kind, carried_out=False)
    done = {"expiredate": str(later(12)), "addons": {"101": "4"}, "pricelist": KVM4}
    servers.up.post("service", id=servers.service["id"], remoteid="0badcafe-1-1", **done)
    servers.aged(SETTLED)
    assert servers.attempt(operation).status == 1
    assert (sent(servers, kind), len(servers.bills)) == (1, charges)
    assert servers.db.get("runningoperation", operation)


# -- what waits in the cart is not sent again ----------------------------------------------------------------

ON_A_SERVER = ["renewal of a server", "change of add-ons", "change of tariff"]


def answer_lost(servers: HostServerReseller, name: str, *, money: bool) -> Tuple[int, Kind, int]:
    """The provider took the request, for the balance or for the cart, and its answer was lost. The operation,
    and the charges before it.
    """
    kind = KINDS[name]
    servers.switch(low_funds="unpaid")
    operation, charges = kind.begin(servers), len(servers.bills)
    servers.up.post("balance", balance="100.00" if money else "0.10", credit="0")
    servers.fault(kind.sends, "cut", when="after" if not money else "before", match={"sok": "ok"})
    assert servers.attempt(operation).code == "lost_answer"
    servers.up.post("balance", balance="100.00", credit="0")
    assert servers.asked.count("basket") == 0
    return operation, kind, charges


def pay_the_cart(servers: HostServerReseller) -> None:
    servers.by_hand("payment.add.method", sok="ok", paymethod=1)


@pytest.mark.parametrize("name", ON_A_SERVER)
def test_a_lost_answer_to_what_went_into_the_cart_is_an_unpaid_order_and_a_person_pays_it(servers, name):
    operation, kind, charges = answer_lost(servers, name, money=False)
    (line,) = servers.up.get("state")["basket"]
    servers.aged(SETTLED)
    for _ in "twice":
        answer = servers.attempt(operation)
        assert (answer.code, answer.value("value")) == ("unpaid_order", str(line["billorder"])), answer.text
        assert (sent(servers, kind), len(servers.bills)) == (1, charges)
    assert servers.asked.count("basket") == 1
    assert servers.db.get("runningoperation", operation)["manual"] == "on"
    pay_the_cart(servers)
    assert servers.attempt(operation).status == 0
    assert (sent(servers, kind), len(servers.bills)) == (1, charges + 1)


@pytest.mark.parametrize("name", ON_A_SERVER)
def test_what_was_not_carried_out_and_is_not_in_the_cart_is_sent_again(servers, name):
    operation, kind, charges = answer_lost(servers, name, money=True)
    assert servers.attempt(operation).code == "lost_answer"
    servers.aged(SETTLED)
    assert servers.attempt(operation).status == 0
    assert (sent(servers, kind), len(servers.bills), servers.asked.count("basket")) == (2, charges + 1, 1)


@pytest.mark.parametrize("name", ON_A_SERVER)
@pytest.mark.parametrize(
    "how",
    [{"kind": "502"}, {"kind": "error", "type": "missed", "object": "func", "value": "basket"}],
    ids=["502", "missed"],
)
def test_a_cart_that_cannot_be_read_proves_nothing(servers, name, how):
    operation, kind, charges = answer_lost(servers, name, money=True)
    servers.fault("basket", when="after", sticky=True, **how)
    servers.aged(SETTLED)
    assert servers.attempt(operation).code == "lost_answer"
    servers.aged(OVERDUE)
    assert servers.attempt(operation).question == "in_doubt_bought/timeout"
    assert (sent(servers, kind), len(servers.bills)) == (1, charges)
    healed(servers)
    assert servers.attempt(operation).status == 0
    assert (sent(servers, kind), len(servers.bills)) == (2, charges + 1)


def test_a_question_about_a_cart_that_could_not_be_read_becomes_an_unpaid_order_when_it_can(servers):
    operation, kind, charges = answer_lost(servers, "renewal of a server", money=False)
    servers.fault("basket", "502", when="after", sticky=True)
    servers.aged(OVERDUE)
    assert servers.attempt(operation).question == "in_doubt_bought/timeout"
    healed(servers)
    assert {servers.attempt(operation).code for _ in "twice"} == {"unpaid_order"}
    pay_the_cart(servers)
    assert servers.attempt(operation).status == 0
    assert (sent(servers, kind), len(servers.bills)) == (1, charges + 1)


def test_a_renewal_that_is_paid_while_the_cart_is_read_is_seen(servers, monkeypatch):
    operation, kind, charges = answer_lost(servers, "renewal of a server", money=False)
    in_cart = Billmgr6.in_cart
    monkeypatch.setattr(
        Billmgr6, "in_cart", lambda upstream, remote: (pay_the_cart(servers), in_cart(upstream, remote))[1]
    )
    servers.aged(SETTLED)
    assert servers.attempt(operation).status == 0
    assert (sent(servers, kind), len(servers.bills)) == (1, charges + 1)


def test_another_service_in_the_cart_does_not_stop_a_renewal(servers):
    operation, kind, charges = answer_lost(servers, "renewal of a server", money=True)
    other = servers.up.post("service", itemtype="vds", domain="vm2.example.net", pricelist=KVM2, status=2)
    servers.by_hand("service.prolong", elid=other["id"], period=1, sok="ok", clicked_button="basket")
    servers.aged(SETTLED)
    assert servers.attempt(operation).status == 0
    assert (sent(servers, kind), len(servers.bills)) == (3, charges + 1)  # one of them by hand


def test_where_the_cart_is_no_witness_a_renewal_that_went_there_is_sent_again(servers):
    operation, kind, charges = answer_lost(servers, "renewal of a server", money=False)
    servers.options("cart_witness off\n")
    servers.aged(SETTLED)
    assert servers.attempt(operation).status == 0
    assert (sent(servers, kind), len(servers.bills), servers.asked.count("basket")) == (2, charges + 1, 0)


# -- of two that look alike a person decides -----------------------------------------------------------------


def test_two_servers_with_the_mark_of_one_order_are_a_persons_question(servers):
    item, operation = lost_order(servers)
    mark = servers.submitted("v2.vds.order.param")[0]["remoteid"]
    for _ in "twice":
        servers.up.post("service", itemtype="vds", domain=NAME, pricelist=KVM2, remoteid=mark)
    servers.aged(SETTLED)
    answer = servers.attempt(operation)
    assert (answer.code, servers.is_manual(item, "open"), servers.bills) == ("two_alike", True, [])
    not_adopted(servers, item)


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_lost_orders_of_one_name_neither_takes_the_others_server(servers, first):
    """One was carried out, the other was not; the provider keeps no marks, and no look was possible in
    between.
    """
    items = [
        servers.order(domain=name, pricelist=plan) for name, plan in ((NAME.upper(), LARGE), (NAME, SMALL))
    ]
    operations = [servers.operation(item, "open") for item in items]
    for operation, kind in zip(operations, ("before", "after")):
        servers.fault("v2.vds.order.param", "cut", when=kind, match={"sok": "ok"})
        servers.fault("vds", "502", when="before", skip=1, sticky=True)
        assert servers.attempt(operation).code == "lost_answer"
        healed(servers)
    (made,) = servers.services
    servers.up.post("service", id=made["id"], remoteid="")
    servers.aged(SETTLED)
    assert servers.attempt(operations[first]).code == "two_alike"
    assert servers.attempt(operations[1 - first]).code == "two_alike"
    says(servers.store, servers.store.latest(items[1], "open").id, Answer.BOUGHT, made["id"])
    assert [servers.attempt(operation).status for operation in operations] == [0, 0]
    assert len(servers.bills) == 2
    assert servers.remote(items[1]) == made["id"] != servers.remote(items[0])


def names_only(servers: HostServerReseller, monkeypatch: pytest.MonkeyPatch, **names: str) -> None:
    """The provider's forms show no numbers of tariffs; what its tariffs are called by now."""
    for number, name in zip((KVM2, KVM4), names.values()):
        servers.up.post("tariff", id=number, name=name)
    kept_otherwise(servers.store, "tariffs vds", None)
    called = {number: name for number, name in zip((KVM2, KVM4), names.values())}
    read = reading._tariff
    monkeypatch.setattr(
        reading, "_tariff", lambda node: (None, called.get(read(node)[0] or 0, read(node)[1]))
    )


@pytest.mark.parametrize("carried_out", [False, True])
def test_a_lost_change_of_tariff_is_told_by_its_name_where_numbers_are_not_shown(
    servers, monkeypatch, carried_out
):
    names_only(servers, monkeypatch, small="Small", large="Large")
    kind = KINDS["change of tariff"]
    operation, charges = lost(servers, kind, carried_out=carried_out)
    servers.aged(SETTLED)
    assert servers.attempt(operation).status == 0
    assert (sent(servers, kind), len(servers.bills), servers.service["pricelist"]) == (
        1 if carried_out else 2,
        charges + 1,
        KVM4,
    )


def test_a_lost_change_between_tariffs_of_one_name_is_not_taken_for_done(servers, monkeypatch):
    kind = KINDS["change of tariff"]
    operation, charges = lost(servers, kind, carried_out=False)
    names_only(servers, monkeypatch, small="KVM", large="KVM")
    servers.aged(SETTLED)
    assert servers.attempt(operation).code == "lost_answer"
    servers.aged(OVERDUE)
    assert servers.attempt(operation).question == "in_doubt_bought/timeout"
    assert (sent(servers, kind), len(servers.bills)) == (1, charges)


def test_a_domain_that_another_item_ordered_is_not_taken_for_a_lost_order(shop):
    shop.at_once()
    first, operation = lost_order(shop)
    second = shop.item()
    assert shop.start("open", second).status == 0
    shop.aged(SETTLED)
    assert shop.attempt(operation).status == 1
    not_adopted(shop, first)
    assert shop.charges == [("order", "example.ru")]


def test_a_domain_that_was_removed_is_not_taken_for_a_lost_order(shop):
    """The single look-up does not know it any more, the listing still shows it."""
    shop.at_once()
    removed = shop.up.post("domain", name="example.ru", status=4)
    shop.fault("domain.order.4", "cut", when="before", match={"sok": "ok"})
    item = shop.item()
    operation = shop.operation(item, "open")
    assert shop.attempt(operation).code == "lost_answer"
    shop.aged(SETTLED)
    assert shop.attempt(operation).status == 0
    assert shop.remote(item) != removed["id"]
    assert shop.charges == [("order", "example.ru")]


@pytest.mark.parametrize(
    "unknown", ["nobody noted the old tariff", "the old tariff is not in the catalogue any more"]
)
def test_a_tariff_of_the_old_ones_name_is_not_taken_for_the_new_one(servers, monkeypatch, unknown):
    item = servers.bought()
    names_only(servers, monkeypatch, small="KVM", large="KVM")
    if unknown == "nobody noted the old tariff":
        servers.params(item, bill2bill=f"id={servers.service['id']};price=;period=")
    else:
        servers.params(item, bill2bill=f"id={servers.service['id']};price=999;period=1")
    operation = servers.change_tariff(item)
    for plan in (SMALL, LARGE):  # plans without add-ons: those of another tariff would stop it
        for addon in servers.db.find("pricelist", parent=plan):
            servers.db.delete("item", pricelist=addon["id"])
            servers.db.delete("pricelist", id=addon["id"])
    answer = servers.attempt(operation)
    assert answer.status == 1
    assert (servers.row(item)["lastpricelist"], servers.row(item)["pricelist"], len(servers.bills)) == (
        SMALL,
        LARGE,
        1,
    )
