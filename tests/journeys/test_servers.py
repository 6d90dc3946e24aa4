"""Servers from order to close, killed, cut off, many at once: each paid operation is paid once, and the
ledger is the judge.
"""

from __future__ import annotations

import json
from typing import Callable, Dict, Tuple

import pytest
from kit.databases import tables
from kit.reseller import KVM4, LARGE, NAME, SMALL, ServerReseller, in_months
from kit.waiting import wait_for

from bill2bill.journal.purchase import Stage

# generation of the provider, how its answers name a new id, error_mode, expiredate_moved, operation_ids,
# seconds until it is done
WAYS = [
    ("b6", "id", "0", "before", "kept", 0),
    ("b5", "none", "1", "after", "recreated", "never"),
    ("b6", "none", "1", "before", "reused", "never"),
]


@pytest.mark.both_databases
@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way[0]}-{way[1]}-{way[4]}")
def test_a_server_lives_from_order_to_close_and_each_step_is_paid_once(servers: ServerReseller, way):
    generation, ids, errors, moved, operations, delay = way
    servers.up.switch(generation=generation, order_id_style=ids, async_delay=delay)
    servers.switch(error_mode=errors, expiredate_moved=moved, operation_ids=operations)

    item = servers.bought(addon_ncpu=3)
    servers.tick_until_quiet()
    there = servers.service
    assert (
        there["status"],
        there["domain"],
        there["addons"]["101"],
        there["autoprolong"] in ("null", "off", ""),
    ) == (2, NAME, "3", True)
    assert (servers.item(item)["status"], servers.item(item)["ip"]) == (2, there["ip"])
    opened = there["expiredate"]

    servers.start(item, "prolong")
    servers.tick_until_quiet()
    assert (servers.service["expiredate"], str(servers.item(item)["expiredate"])) == (
        in_months(1, opened),
        in_months(1, opened),
    )

    servers.change(item, addon_ncpu=4, addon_backup="on")
    servers.tick_until_quiet()
    assert (servers.service["addons"]["101"], servers.service["addons"]["103"]) == ("4", "on")

    servers.change_tariff(item)
    servers.tick_until_quiet()
    assert (
        servers.service["pricelist"],
        servers.item(item)["pricelist"],
        servers.item(item)["lastpricelist"],
    ) == (KVM4, LARGE, None)
    assert servers.service["addons"]["113"] == "on"

    for command, status in (("suspend", 3), ("resume", 2), ("close", 4)):
        servers.start(item, command)
        servers.tick_until_quiet()
        assert (servers.service["status"], servers.item(item)["status"]) == (status, status)

    kinds = [kind for kind, _ in servers.bills]
    assert (kinds.count("order"), kinds.count("prolong"), kinds.count("changepricelist")) == (1, 1, 1)
    assert servers.tasks() == []
    assert servers.operations() == []


# -- killed without a warning --------------------------------------------------------------------------------

FUNCTIONS = {
    "open": "v2.vds.order.param",
    "prolong": "service.prolong",
    "addons": "vds.edit",
    "tariff": "service.changepricelist.getmoney",
}
KINDS = {"open": "order", "prolong": "prolong", "addons": "addon", "tariff": "changepricelist"}
Prepared = Tuple[str, int, int]


def prepared(servers: ServerReseller, purchase: str) -> Prepared:
    """(command, item, operation) that waits for its run."""
    if purchase == "open":
        item = servers.order()
        return "open", item, servers.pay(item)
    item = servers.owned()
    ways: Dict[str, Callable[[], int]] = {
        "prolong": lambda: servers.start(item, "prolong"),
        "addons": lambda: servers.change(item, addon_ncpu=4),
        "tariff": lambda: servers.change_tariff(item),
    }
    return ("prolong" if purchase == "prolong" else "setparam"), item, ways[purchase]()


def finished_once(servers: ServerReseller, purchase: str) -> None:
    servers.tick_until_quiet()
    assert [kind for kind, _ in servers.bills if kind == KINDS[purchase]] == [KINDS[purchase]]
    assert (servers.operations(), servers.tasks()) == ([], [])
    assert {row.stage for row in servers.journal().in_stages(*Stage)} == {Stage.REPORTED}


@pytest.mark.both_databases
@pytest.mark.parametrize("purchase", FUNCTIONS)
def test_killed_after_the_provider_had_taken_the_money(servers: ServerReseller, purchase: str):
    command, item, operation = prepared(servers, purchase)
    servers.up.fault(FUNCTIONS[purchase], "slow", when="after", seconds=2, match={"sok": "ok"})
    servers.killed_when(command, item, operation, lambda: servers.up.get("ledger"))
    finished_once(servers, purchase)


@pytest.mark.parametrize("purchase", FUNCTIONS)
def test_killed_while_the_request_was_on_its_way_and_it_arrived_later(servers: ServerReseller, purchase: str):
    command, item, operation = prepared(servers, purchase)
    servers.up.fault(FUNCTIONS[purchase], "slow", when="before", seconds=4, match={"sok": "ok"})
    servers.killed_when(command, item, operation, lambda: servers.up.get("faults") == [])
    servers.settings(settle=3600)
    assert list(servers.tick().values()) == ["kept"]
    wait_for(lambda: servers.up.get("ledger"))
    servers.settings(settle=0)
    finished_once(servers, purchase)


@pytest.mark.parametrize("purchase", FUNCTIONS)
def test_killed_while_it_told_the_panel(servers: ServerReseller, purchase: str):
    command, item, operation = prepared(servers, purchase)
    servers.up.fault(FUNCTIONS[purchase], "slow", when="after", seconds=1, match={"sok": "ok"})

    def the_panel_is_away() -> bool:
        if servers.up.get("ledger"):
            servers.switch(restarting="on")
        return any(call["error"] == "client" and call["ssh_connection"] for call in servers.panel.calls())

    servers.killed_when(command, item, operation, the_panel_is_away)
    servers.switch(restarting="off")
    finished_once(servers, purchase)


# -- answers that do not come --------------------------------------------------------------------------------


@pytest.mark.both_databases
@pytest.mark.parametrize("purchase", FUNCTIONS)
def test_an_answer_that_was_lost_is_looked_up(servers: ServerReseller, purchase: str):
    prepared(servers, purchase)
    servers.up.fault(FUNCTIONS[purchase], "cut", when="after", match={"sok": "ok"})
    finished_once(servers, purchase)


@pytest.mark.parametrize("purchase", FUNCTIONS)
def test_a_request_that_is_carried_out_after_the_cut_is_not_sent_again(
    servers: ServerReseller, purchase: str
):
    prepared(servers, purchase)
    servers.settings(settle=3600)
    servers.up.fault(FUNCTIONS[purchase], "commit_later", seconds=1, match={"sok": "ok"})
    servers.tick()
    wait_for(lambda: servers.up.get("ledger"))
    servers.settings(settle=0)
    finished_once(servers, purchase)


# -- several at once -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("purchase", FUNCTIONS)
def test_three_processes_for_one_operation_pay_once(servers: ServerReseller, purchase: str):
    command, item, operation = prepared(servers, purchase)
    servers.up.fault(FUNCTIONS[purchase], "slow", when="after", seconds=0.5, match={"sok": "ok"})
    children = [servers.run(command, item, operation) for _ in range(3)]
    for child in children:
        child.wait(60)
    finished_once(servers, purchase)


@pytest.mark.both_databases
def test_many_orders_at_once_are_each_paid_once(servers: ServerReseller):
    servers.settings(parallel=4)
    names = [f"vm{number}.example.net" for number in range(8)]
    items = [servers.bought(name) for name in names]
    servers.tick_until_quiet(parallel=8)
    assert sorted(servers.up.charged().items()) == sorted((name, 1) for name in names)
    assert {servers.item(item)["status"] for item in items} == {2}
    assert len({service["remoteid"] for service in servers.up.services}) == len(names)


# -- the regular job -----------------------------------------------------------------------------------------


def test_a_slow_opening_is_finished_by_the_regular_job_alone(servers: ServerReseller):
    servers.up.switch(async_delay="never")
    item = servers.bought()
    assert list(servers.tick().values()) == ["kept"]
    assert [one["finished"] for one in json.loads(servers.cli("tick", "--json"))] == [False]
    servers.up.post("progress")
    assert [one["finished"] for one in json.loads(servers.cli("tick", "--json"))] == [True]
    assert (servers.item(item)["status"], servers.operations(), servers.bills) == (2, [], [("order", "9.00")])
    assert json.loads(servers.cli("tick", "--json")) == []


def test_the_regular_job_looks_up_what_was_lost_and_leaves_a_persons_operations_alone(
    servers: ServerReseller,
):
    servers.settings(settle=3600)
    servers.up.fault("v2.vds.order.param", "cut", when="before", match={"sok": "ok"})
    servers.bought()
    assert list(servers.tick().values()) == ["kept"]
    assert [one["finished"] for one in json.loads(servers.cli("tick", "--json"))] == [False]
    servers.panel.call("runningoperation.setmanual", elid=servers.operations()[0]["id"], sok="ok")
    servers.settings(settle=0)
    assert json.loads(servers.cli("tick", "--json")) == []
    assert servers.bills == []


def test_the_regular_job_does_nothing_on_a_copy_that_must_keep_still(servers: ServerReseller):
    servers.up.switch(async_delay="never")
    servers.bought()
    servers.tick()
    servers.up.post("progress")
    (servers.panel.root / "etc" / "billmgr.DoNothing").touch()
    assert json.loads(servers.cli("tick", "--json")) == []
    assert len(servers.operations()) == 1


def test_a_tariff_that_is_not_allowed_goes_back_and_a_person_is_told(servers: ServerReseller):
    item = servers.bought()
    servers.tick_until_quiet()
    with tables(servers.panel.root) as db:
        db.run(
            "UPDATE pricelistparam SET value = '999' WHERE pricelist = ? AND intname = 'b2b_tariff'", LARGE
        )
    servers.change_tariff(item)
    servers.tick()
    assert (servers.item(item)["pricelist"], servers.item(item)["lastpricelist"]) == (SMALL, None)
    assert (servers.operations(), len(servers.tasks()), len(servers.bills)) == ([], 1, 1)
