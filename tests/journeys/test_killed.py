"""The module is killed without a warning, at its worst moments. The next run finishes, and nothing is paid
twice.
"""

from __future__ import annotations

import pytest
from kit.reseller import DomainReseller
from kit.waiting import wait_for

SPENDS = {"open": "domain.order.4", "prolong": "domain.renew"}


def prepared(shop: DomainReseller, command: str) -> tuple[int, int]:
    """(item, operation) that waits for its run."""
    shop.up.progress("immediate")
    if command == "open":
        item = shop.order()
        return item, shop.pay(item)
    item = shop.owned()
    return item, shop.start(item, command)


def in_flight(shop: DomainReseller) -> bool:
    """The provider has read the request: its only fault is used up, and keeps it waiting."""
    return shop.up.get("faults") == []


def finished_once(shop: DomainReseller, command: str, item: int, *, sent: int) -> None:
    assert list(shop.tick().values()) == ["gone"]
    assert len(shop.up.charges()) == 1
    assert len(shop.up.requests(SPENDS[command])) == sent
    assert shop.item(item)["status"] == 2
    assert shop.tasks() == []


@pytest.mark.parametrize("command", SPENDS)
def test_killed_while_the_request_was_on_its_way_and_it_never_arrived(shop: DomainReseller, command: str):
    item, operation = prepared(shop, command)
    shop.up.fault(SPENDS[command], "slow", when="before", seconds=1)
    shop.killed_when(command, item, operation, lambda: in_flight(shop))
    shop.up.switch(play="html")  # what arrives now is not carried out
    wait_for(lambda: shop.up.requests(SPENDS[command]))
    shop.up.switch(play="bm4")
    shop.settings(settle=3600)
    assert list(shop.tick().values()) == ["kept"]
    assert shop.up.charges() == []
    shop.settings(settle=0)
    finished_once(shop, command, item, sent=2)


@pytest.mark.parametrize("command", SPENDS)
def test_killed_while_the_request_was_on_its_way_and_it_arrived_later(shop: DomainReseller, command: str):
    item, operation = prepared(shop, command)
    shop.up.fault(SPENDS[command], "slow", when="before", seconds=1.5)
    shop.killed_when(command, item, operation, lambda: in_flight(shop))
    shop.settings(settle=3600)
    assert list(shop.tick().values()) == ["kept"]
    wait_for(shop.up.charges)
    shop.settings(settle=0)
    finished_once(shop, command, item, sent=1)


@pytest.mark.both_databases
@pytest.mark.parametrize("command", SPENDS)
def test_killed_after_the_provider_had_taken_the_money(shop: DomainReseller, command: str):
    item, operation = prepared(shop, command)
    shop.up.fault(SPENDS[command], "slow", when="after", seconds=2)
    shop.killed_when(command, item, operation, shop.up.charges)
    finished_once(shop, command, item, sent=1)


@pytest.mark.both_databases
@pytest.mark.parametrize("command", SPENDS)
def test_killed_while_it_told_the_panel(shop: DomainReseller, command: str):
    item, operation = prepared(shop, command)
    shop.up.fault(SPENDS[command], "slow", when="after", seconds=1)

    def the_panel_is_away() -> bool:
        if shop.up.charges():
            shop.switch(restarting="on")
        return bool(called_in_vain(shop))

    shop.killed_when(command, item, operation, the_panel_is_away)
    shop.switch(restarting="off")
    finished_once(shop, command, item, sent=1)


def called_in_vain(shop: DomainReseller) -> list:
    return [call for call in shop.panel.calls() if call["error"] == "client" and call["ssh_connection"]]


def test_killed_between_the_two_calls_that_make_a_contact(shop: DomainReseller):
    item, operation = prepared(shop, "open")
    shop.up.fault("contcat.create.1", "slow", when="after", seconds=1)
    shop.killed_when("open", item, operation, lambda: shop.up.requests("contcat.create.1"))
    finished_once(shop, "open", item, sent=1)
    assert len(shop.up.get("state")["contacts"]) == 1, "the empty contact was found by its name and filled"
