"""Several operations at once, and operations that come again under other numbers: each is paid once, whatever
it buys.
"""

from __future__ import annotations

import subprocess
from typing import Any, Dict, List

import pytest
from kit.reseller import DomainReseller, ServerReseller, in_months

from .purchases import Paid, each_with, only

pytestmark = pytest.mark.slow

# -- one item, several operations ----------------------------------------------------------------------------


def test_two_processes_for_one_operation_whose_answer_is_lost_pay_once(paid: Paid):
    paid.fault("cut", when="after")
    for child in [paid.run() for _ in range(2)]:
        child.wait(60)
    paid.finished_once()
    assert paid.requests == 1


@only("domain-open", "server-open")
def test_two_openings_of_one_item_at_once_order_once(paid: Paid):
    """Somebody starts a second one while the first is at work."""
    paid.fault("slow", when="after", seconds=0.5)
    second = paid.shop.start(paid.item, "open")
    children = [paid.run(), paid.shop.run("open", paid.item, second)]
    for child in children:
        child.wait(60)
    paid.finished_once()
    assert paid.requests == 1


@only("domain-prolong", "server-prolong")
def test_two_renewals_of_one_item_at_once_cost_what_the_provider_gave(paid: Paid):
    """The panel's callback may end both operations; whatever it does, nothing is paid without a term, and
    nothing is swallowed silently.
    """
    shop, item = paid.shop, paid.item
    term = 12 if paid.kind.shop == "shop" else 1
    before = expiry(paid, paid.name(0))
    shop.start(item, "prolong")
    paid.fault("slow", when="after", seconds=0.3)
    shop.tick(parallel=2)
    shop.tick_until_quiet(parallel=2)
    assert expiry(paid, paid.name(0)) == in_months(term * paid.charges, before)
    assert shop.journal().unsettled(item, "prolong") is None
    assert shop.operations() == []
    assert (paid.charges, len(shop.tasks())) in [(2, 0), (1, 1)], (
        "two, or one and a person who is told that the panel has ended both"
    )


def expiry(paid: Paid, name: str) -> str:
    """Of the service of this name at the provider."""
    state = paid.shop.up.get("state")
    found = {
        row.get("name", row.get("domain")): row.get("expire", row.get("expiredate"))
        for row in [*state.get("domains", []), *state["services"]]
    }
    return str(found[name])


def test_a_renewal_new_addons_and_a_new_tariff_of_one_server_at_once_are_each_paid_once(
    servers: ServerReseller,
):
    item = servers.owned()
    servers.start(item, "prolong")
    servers.change(item, addon_backup="on")
    servers.change_tariff(item)
    servers.tick(parallel=3)
    servers.tick_until_quiet(parallel=3)
    kinds = [kind for kind, _ in servers.bills]
    assert {kind: kinds.count(kind) for kind in ("prolong", "changepricelist")} == {
        "prolong": 1,
        "changepricelist": 1,
    }
    assert kinds.count("addon") <= 1, "a change of tariff may bring it along"
    assert (servers.service["pricelist"], servers.service["addons"]["113"]) == (278, "on")
    assert (servers.operations(), servers.tasks()) == ([], [])


# -- twenty items at once ------------------------------------------------------------------------------------

TWENTY = 20
LISTINGS = {"shop": "domain", "servers": "vds"}


@only("domain-open", "domain-prolong", "server-open", "server-prolong")
@pytest.mark.parametrize("lost", [False, True], ids=["answered", "lost"])
def test_twenty_purchases_at_once_are_paid_once_each(paid: Paid, lost: bool):
    shop = paid.shop
    shop.settings(
        read_timeout=60, spend_timeout=60, connect_timeout=60
    )  # the machine is slow just now, which is not what this is about
    rich(paid)
    many = {paid.name(0): paid.item, **several(paid, [paid.name(number) for number in range(1, TWENTY)])}
    if lost:
        shop.up.fault(paid.kind.spends, "cut", when="after", times=TWENTY, match={"sok": "ok"})
    shop.tick(parallel=TWENTY)
    shop.tick_until_quiet(parallel=TWENTY, seconds=120)
    assert shop.up.charged() == dict.fromkeys(many, 1)
    assert paid.requests == TWENTY
    assert (shop.operations(), shop.tasks()) == ([], [])
    assert {shop.item(item)["status"] for item in many.values()} == {2}


def rich(paid: Paid) -> None:
    """Money enough that nothing fails for it."""
    paid.shop.up.post(
        "balance", balance="90000.00", **({"account": 4411} if paid.kind.shop == "shop" else {})
    )


def several(paid: Paid, names: List[str]) -> Dict[str, int]:
    """name -> item, each with an operation of this kind."""
    if paid.kind.shop == "servers":
        return {name: paid.another(name)[0] for name in names}
    shop, opening = paid.shop, paid.kind.command == "open"
    items = shop.ordered_many(names) if opening else shop.owned_many(names)
    for item in items.values():
        shop.pay(item) if opening else shop.start(item, paid.kind.command)
    return items


@pytest.mark.parametrize("kind", ["shop", "servers"])
def test_one_listing_serves_twenty_comparisons_at_once(kind: str, request: pytest.FixtureRequest, place: Any):
    shop: DomainReseller = request.getfixturevalue(kind)
    shop.settings(read_timeout=60, connect_timeout=60)
    if isinstance(shop, ServerReseller):
        items = [shop.owned(f"vm{number}.example.net") for number in range(TWENTY)]
    else:
        items = list(shop.owned_many(f"example{number}.ru" for number in range(TWENTY)).values())
    with shop.journal().write() as db:
        db.execute("DELETE FROM snapshot")  # the listing that was kept when the panel was made
    children = [compared(shop, item) for item in items]
    assert {child.wait(60) for child in children} == {0}
    assert len(shop.up.requests(LISTINGS[kind])) == 1
    assert shop.tasks() == []


def compared(shop: DomainReseller, item: int) -> subprocess.Popen[bytes]:
    words = [str(shop.panel.root / "processing" / shop.module), "--command", "sync_item", "--item", str(item)]
    return subprocess.Popen(
        words,
        cwd=shop.panel.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


# -- numbers of operations -----------------------------------------------------------------------------------


@each_with("carried_out", True, False)
@pytest.mark.parametrize("ids", ["kept", "recreated", "reused"])
def test_an_operation_that_is_started_again_while_nobody_knows_continues_its_purchase(
    paid: Paid, carried_out: bool, ids: str
):
    shop = paid.shop
    shop.switch(operation_ids=ids)
    paid.lose(carried_out=carried_out)
    again = shop.restart(paid.operation)
    assert (again == paid.operation) == (ids != "recreated")
    assert shop.tick() == {again: "kept"}
    shop.up.heal()
    paid.finished_once()
    assert paid.requests == (1 if carried_out else 2)


@each_with("carried_out", True, False, False, True)
def test_a_number_that_another_items_operation_gets_belongs_to_that_item(paid: Paid, carried_out: bool):
    """The first item's operation is dropped while its request is lost; its number comes again for another
    item, and then it is started anew.
    """
    shop = paid.shop
    shop.switch(operation_ids="reused")
    rich(paid)
    paid.lose(carried_out=carried_out)
    shop.up.heal()
    shop.panel.call("runningoperation.delete", elid=paid.operation)
    other, number = paid.another(paid.name(1))
    assert number == paid.operation
    assert shop.tick() == {number: "gone"}
    assert bought(paid) == {paid.name(1): 1, **({paid.name(0): 1} if carried_out else {})}
    shop.start(paid.item, paid.kind.command)
    shop.tick_until_quiet()
    assert (bought(paid), shop.operations(), shop.tasks()) == ({paid.name(0): 1, paid.name(1): 1}, [], [])


def bought(paid: Paid) -> Dict[str, int]:
    """How often each name was charged for such a purchase."""
    names = [row["name"] for row in paid.shop.up.get("ledger") if row["kind"] == paid.kind.charge]
    return {name: names.count(name) for name in names}


# -- the panel's date ----------------------------------------------------------------------------------------


@only("domain-prolong", "server-prolong")
@pytest.mark.parametrize("moved", ["before", "after"])
@pytest.mark.parametrize("ids", ["kept", "recreated"])
def test_a_lost_renewal_is_paid_once_wherever_the_panel_moves_its_date(paid: Paid, moved: str, ids: str):
    shop, name = paid.shop, paid.name(1)
    shop.switch(expiredate_moved=moved, operation_ids=ids)
    shop.panel.call("runningoperation.delete", elid=paid.operation)
    paid.item, operation = paid.another(name)
    term, before = (12 if paid.kind.shop == "shop" else 1), in_months(6)
    for round_ in (1, 2):
        paid.operation = operation if round_ == 1 else shop.start(paid.item, "prolong")
        paid.lose(carried_out=True)
        assert list(shop.tick().values()) == ["kept"]
        shop.restart(paid.operation)
        shop.up.heal()
        shop.tick_until_quiet()
        wanted = in_months(term * round_, before)
        assert (expiry(paid, name), str(shop.item(paid.item)["expiredate"])) == (wanted, wanted)
        assert (paid.charges, paid.requests) == (round_, round_)
    assert (shop.operations(), shop.tasks()) == ([], [])
