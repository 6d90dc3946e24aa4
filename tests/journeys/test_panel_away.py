"""The panel restarts just when it is to be told. What was bought stays bought, and is told later."""

from __future__ import annotations

import time

import pytest
from kit.reseller import DomainReseller
from kit.waiting import wait_for

SPENDS = {"open": "domain.order.4", "prolong": "domain.renew"}


def prepared(shop: DomainReseller, command: str) -> tuple[int, int]:
    shop.up.progress("immediate")
    item = shop.order() if command == "open" else shop.owned()
    return item, shop.pay(item) if command == "open" else shop.start(item, command)


def run_and_leave(shop: DomainReseller, command: str, item: int, operation: int, away: str) -> int:
    """The module's exit status when the panel goes away while the provider still answers."""
    shop.up.fault(SPENDS[command], "slow", when="after", seconds=1)
    child = shop.run(command, item, operation)
    wait_for(shop.up.charges)
    shop.switch(restarting=away)
    return child.wait(60)


@pytest.mark.both_databases
@pytest.mark.parametrize("command", SPENDS)
def test_a_panel_that_restarts_for_some_seconds_is_waited_for(shop: DomainReseller, command: str):
    item, operation = prepared(shop, command)
    began = time.monotonic()
    assert run_and_leave(shop, command, item, operation, "3") == 0
    assert time.monotonic() - began > 2
    assert shop.operations() == []
    assert shop.item(item)["status"] == 2
    assert len(shop.up.charges()) == 1


@pytest.mark.parametrize(
    ("command", "errors", "ids"),
    [
        ("open", "0", "kept"),
        ("open", "1", "recreated"),
        ("prolong", "1", "kept"),
        ("prolong", "0", "recreated"),
        ("prolong", "0", "reused"),
    ],
)
def test_a_panel_that_stays_away_is_told_by_the_next_run_without_buying(
    shop: DomainReseller, command: str, errors: str, ids: str
):
    shop.switch(error_mode=errors, operation_ids=ids)
    shop.settings(panel_wait=1)
    item, operation = prepared(shop, command)
    assert run_and_leave(shop, command, item, operation, "on") == 1
    assert shop.purchase(item, command).stage.value == "confirmed"
    shop.switch(restarting="off")
    again = shop.restart(operation)
    assert (again == operation) == (ids != "recreated")
    assert shop.tick() == {again: "gone"}
    assert shop.item(item)["status"] == 2
    assert len(shop.up.requests(SPENDS[command])) == 1
    assert len(shop.up.charges()) == 1


def killed_after_telling(shop: DomainReseller) -> int:
    """The panel has ended the operation, the journal does not know it yet. Returns the item."""
    item, operation = prepared(shop, "prolong")
    mgrctl_hangs_after(shop, "service.postprolong")
    shop.killed_when("prolong", item, operation, lambda: not shop.operations())
    (shop.panel.root / "sbin" / "mgrctl-itself").replace(shop.panel.root / "sbin" / "mgrctl")
    return item


@pytest.mark.parametrize("ids", ["kept", "recreated", "reused"])
def test_killed_after_it_had_told_the_panel_the_daily_comparison_makes_the_next_renewal_a_new_one(
    shop: DomainReseller, ids: str
):
    shop.switch(operation_ids=ids)
    item = killed_after_telling(shop)
    before = shop.up.domain("example.ru")["expire"]
    assert [row["code"] for row in shop.panel.rows("sandbox.cron", name="sync_item", item=item)] == ["0"]
    shop.start(item, "prolong")
    assert set(shop.tick().values()) == {"gone"}
    assert shop.up.charges() == ["renew", "renew"]
    assert int(shop.up.domain("example.ru")["expire"][:4]) - int(before[:4]) == 1


@pytest.mark.parametrize("ids", ["kept", "reused"])
def test_killed_after_it_had_told_the_panel_a_person_says_whether_the_next_operation_is_a_new_one(
    shop: DomainReseller, ids: str
):
    """Without a comparison in between it may as well be the old one under a new number: neither bought twice
    nor swallowed.
    """
    shop.switch(operation_ids=ids)
    item = killed_after_telling(shop)
    operation = shop.start(item, "prolong")
    assert shop.tick() == {operation: "manual"}
    assert shop.up.charges() == ["renew"]
    assert "--new" in shop.operations()[0]["errorxml"]
    shop.cli(
        "journal", "resolve", str(shop.purchase(item, "prolong").id), "--new", "--why", "the date has moved"
    )
    shop.restart(operation)
    shop.tick_until_quiet()
    assert shop.up.charges() == ["renew", "renew"]


def mgrctl_hangs_after(shop: DomainReseller, func: str) -> None:
    """The panel does what it is asked for, but its tool does not come back."""
    tool = shop.panel.root / "sbin" / "mgrctl"
    itself = tool.rename(tool.with_name("mgrctl-itself"))
    tool.write_text(f'#!/bin/sh\n"{itself}" "$@"\ncase "$*" in *{func}*) exec sleep 10;; esac\n')
    tool.chmod(0o755)


def test_a_renewal_whose_operation_somebody_dropped_is_over_after_the_daily_comparison(shop: DomainReseller):
    """The panel was never told of it: without the comparison the next operation would count as the same one
    with a new number.
    """
    shop.settings(panel_wait=0)
    item, operation = prepared(shop, "prolong")
    assert run_and_leave(shop, "prolong", item, operation, "on") == 1
    shop.switch(restarting="off")
    shop.panel.call("runningoperation.delete", elid=operation)
    assert [row["code"] for row in shop.panel.rows("sandbox.cron", name="sync_item", item=item)] == ["0"]
    shop.start(item, "prolong")
    assert set(shop.tick().values()) == {"gone"}
    assert shop.up.charges() == ["renew", "renew"]
