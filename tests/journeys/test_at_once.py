"""Several processes at the same time: each paid operation is paid once, and the provider's account is not
stormed.
"""

from __future__ import annotations

import json

import pytest
from kit.folders import put_aside
from kit.panel import Panel
from kit.reseller import DomainReseller
from kit.waiting import wait_for


@pytest.mark.both_databases
def test_two_processes_for_one_operation_order_once(shop: DomainReseller):
    shop.up.progress("immediate")
    item = shop.order()
    operation = shop.pay(item)
    shop.up.fault("domain.order.4", "slow", when="after", seconds=0.5)
    children = [shop.run("open", item, operation) for _ in range(3)]
    ends = sorted(child.wait(60) for child in children)
    assert ends[0] == 0
    assert shop.up.charges() == ["order"]
    assert shop.operations() == []
    assert shop.item(item)["status"] == 2


def test_two_processes_for_one_renewal_renew_once(shop: DomainReseller):
    item = shop.owned()
    operation = shop.start(item, "prolong")
    shop.up.fault("domain.renew", "cut", when="after")
    children = [shop.run("prolong", item, operation) for _ in range(3)]
    for child in children:
        child.wait(60)
    shop.tick_until_quiet()
    assert shop.up.charges() == ["renew"]
    assert shop.operations() == []


def test_a_renewal_and_new_name_servers_of_one_item_at_once_are_both_done(shop: DomainReseller):
    shop.up.progress("immediate")
    item = shop.owned()
    shop.start(item, "prolong")
    shop.panel.call("sandbox.change", item=item, ns0="ns3.example.net", ns1="ns4.example.net")
    assert set(shop.tick(parallel=2).values()) == {"gone"}
    assert shop.up.charges() == ["renew"]
    assert shop.up.domain("example.ru")["ns"] == ["ns3.example.net", "ns4.example.net"]


def test_two_renewals_of_one_item_at_once_never_cost_more_than_two(shop: DomainReseller):
    """The panel's callback may end both operations; whatever it does, none is paid twice and none stays in
    doubt.
    """
    item = shop.owned()
    before = shop.up.domain("example.ru")["expire"]
    shop.start(item, "prolong")
    shop.start(item, "prolong")
    shop.tick_until_quiet(parallel=2)
    years = int(shop.up.domain("example.ru")["expire"][:4]) - int(before[:4])
    assert len(shop.up.charges()) == years
    assert years in (1, 2)
    assert shop.journal().unsettled(item, "prolong") is None


def test_ten_orders_at_once_through_one_account_keep_to_its_parallelism(shop: DomainReseller):
    shop.up.progress("immediate")
    shop.settings(parallel=2)
    names = [f"example{number}.ru" for number in range(10)]
    items = shop.ordered_many(names)
    for item in items.values():
        shop.pay(item)
    shop.up.fault("domain.order.4", "slow", when="after", seconds=0.2, sticky=True)
    assert set(shop.tick(parallel=10).values()) == {"gone"}
    assert shop.up.charged() == dict.fromkeys(names, 1)
    assert {shop.item(item)["status"] for item in items.values()} == {2}
    assert len({shop.item(item)["bill2bill"] for item in items.values()}) == 10
    assert most_at_once(shop) <= 2


def most_at_once(shop: DomainReseller) -> int:
    """The most slow orders that the provider had open at the same moment: each is logged when it is carried
    out and answered 0.2 s later.
    """
    from datetime import datetime

    times = [datetime.fromisoformat(row["time"]).timestamp() for row in shop.up.requests("domain.order.4")]
    return max(sum(1 for other in times if begun <= other < begun + 0.2) for begun in times)


@pytest.mark.both_databases
def test_ten_renewals_at_once_whose_answers_are_all_lost_are_paid_once_each(shop: DomainReseller):
    names = [f"example{number}.ru" for number in range(10)]
    items = shop.owned_many(names)
    for item in items.values():
        shop.start(item, "prolong")
    shop.up.fault("domain.renew", "cut", when="after", times=10)
    shop.tick(parallel=10)
    shop.tick_until_quiet(parallel=10)
    assert shop.up.charged() == dict.fromkeys(names, 1)
    assert {shop.item(item)["status"] for item in items.values()} == {2}


def test_the_same_number_of_an_operation_in_the_next_year_is_a_new_renewal(shop: DomainReseller):
    """The panel may use numbers of operations again: the journal's row names the purchase, not the number."""
    shop.switch(operation_ids="reused")
    shop.up.progress("immediate")
    item = shop.owned()
    numbers = []
    for _ in range(2):
        numbers.append(shop.start(item, "prolong"))
        assert shop.tick() == {numbers[-1]: "gone"}
    assert numbers == [1, 1]
    assert shop.up.charges() == ["renew", "renew"]


@pytest.mark.both_databases
def test_a_copied_panel_buys_nothing(shop: DomainReseller, tmp_path, place):
    item = shop.bought()
    root = tmp_path.resolve() / "copy"
    put_aside(shop.panel.root, root)
    place.moved(root)
    copy = DomainReseller(Panel(root), shop.up)
    assert list(copy.tick().values()) == ["manual"]
    assert "journal adopt" in json.dumps(copy.operations(), ensure_ascii=False)
    assert shop.up.charges() == []
    shop.up.progress("immediate")
    assert list(shop.tick().values()) == ["gone"]
    copy.cli("journal", "adopt", "--why", "moved")
    copy.restart(copy.operations()[0]["id"])
    assert list(copy.tick().values()) == ["manual"], (
        "the name is in the account, though not through this panel"
    )
    assert shop.up.charges() == ["order"]
    wait_for(lambda: shop.item(item)["status"] == 2)
