"""When nothing may be sent or spent: switches (decision 10), DoNothing, copied panels, calls that are no
operation (decision 3).
"""

from __future__ import annotations

import subprocess
import sys

import pytest
from kit.folders import put_aside
from kit.journal_files import made_elsewhere
from kit.reseller_host import HostDomainReseller

from bill2bill.sandbox.stage import HOME
from bill2bill.state.locks import Locks

OPERATIONS = ("open", "prolong", "update_ns", "suspend", "resume", "close")
REMOTE = {"open": "send_open", "prolong": "send_prolong", "update_ns": "send_setparam", "close": "send_close"}


def made(shop, command: str) -> int:
    """An item for which this command has work to do."""
    if command == "open":
        return shop.item()
    item = shop.sold()
    shop.params(item, ns0="ns3.example.net", ns1="ns4.example.net")
    return item


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("command", list(REMOTE))
def test_a_switch_that_is_off_sends_nothing_and_gives_the_work_to_a_person(shop, command, lang):
    shop.connection(**{REMOTE[command]: "off"})
    item = made(shop, command)
    answer = shop.start(command, item, lang)
    assert (answer.status, answer.code, answer.value("value")) == (1, "switched_off", command)
    assert ("поставщика" in answer.text) == (lang == "ru")
    assert (shop.asked, shop.is_manual(item, command), len(shop.tasks)) == ([], True, 1)
    assert not [func for func in shop.told_funcs if func.startswith(("service.", "domain."))]
    assert shop.row(item)["status"] == 5


def test_closing_is_off_unless_somebody_switches_it_on(shop):
    shop.db.run("DELETE FROM processingparam WHERE intname LIKE 'send_%'")
    item = shop.sold()
    assert shop.start("close", item).code == "switched_off"
    assert shop.is_manual(item, "close")


def test_the_other_operations_are_on_unless_somebody_switches_them_off(shop):
    shop.at_once()
    shop.db.run("DELETE FROM processingparam WHERE intname LIKE 'send_%' OR intname = 'new_orders'")
    item = shop.item()
    assert [shop.start(command, item).status for command in ("open", "prolong")] == [0, 0]
    shop.params(item, ns0="ns3.example.net", ns1="ns4.example.net")
    assert shop.start("update_ns", item).status == 0
    assert [kind for kind, _ in shop.charges] == ["order", "renew"]
    assert shop.at_provider()["ns"] == ["ns3.example.net", "ns4.example.net"]


def test_new_orders_off_stops_orders_and_nothing_else(shop):
    shop.at_once()
    shop.connection(new_orders="off")
    assert shop.start("open", shop.item()).code == "switched_off"
    assert shop.start("prolong", shop.sold("second.ru")).status == 0
    assert shop.charges == [("renew", "second.ru")]


def test_a_switch_that_is_off_never_reports_anything_as_done(shop):
    shop.connection(send_prolong="off")
    item = shop.sold()
    shop.start("prolong", item)
    for _ in range(3):
        assert shop.attempt(shop.running(item, "prolong")["id"]).code == "switched_off"
    assert "service.postprolong" not in shop.told_funcs
    assert len(shop.tasks) == 1


# -- etc/billmgr.DoNothing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [*OPERATIONS, "sync_item"])
def test_a_panel_that_must_not_touch_the_outside_world_does_nothing_at_all(shop, command):
    shop.connection(send_close="on")
    item = made(shop, command)
    (shop.root / "etc/billmgr.DoNothing").touch()
    answer = shop.ask("sync_item", "--item", item) if command == "sync_item" else shop.start(command, item)
    assert (answer.status, answer.out) == (0, b"")
    assert (shop.asked, shop.told, shop.tasks) == ([], [], [])
    assert not (shop.root / "var" / "bill2bill").exists()
    if command != "sync_item":
        assert shop.running(item, command)["manual"] == "off"


@pytest.mark.parametrize(
    "argv",
    [("features",), ("get_contact_type", "--tld", "ru"), ("whois", "--param", "example.ru", "--module", "1")],
)
def test_questions_are_answered_there_all_the_same(shop, argv):
    (shop.root / "etc/billmgr.DoNothing").touch()
    answer = shop.ask(*argv)
    assert (answer.status, answer.code) == (0, "")
    assert answer.doc is not None


# -- a copied panel ------------------------------------------------------------------------------------------


def adopt(shop) -> None:
    words = ["journal", "adopt", "--why", "moved", "--root", str(shop.root)]
    subprocess.run([sys.executable, "-m", "bill2bill", *words], check=True, capture_output=True, cwd=HOME)


@pytest.fixture
def copy(shop, tmp_path):
    """A copy of the shop's panel in another folder, its journal and all."""
    shop.at_once()
    shop.start("open", shop.item("first.ru"))
    root = tmp_path / "copy" / "mgr5"
    put_aside(shop.root, root)
    (root / "etc/billmgr.conf.d/db.conf").write_text(
        f"DBType sqlite\nDBName {root}/var/sandbox/billmgr.sqlite3\n"
    )
    copied = HostDomainReseller(root, shop.up)
    copied.told_before, copied.original = len(copied.told), shop
    yield copied
    copied.db.close()


@pytest.mark.parametrize("command", ["open", "prolong"])
def test_a_copied_panel_spends_nothing_until_a_person_says_that_it_is_the_real_one(copy, command):
    item = made(copy, command)
    charges = copy.charges
    answer = copy.start(command, item, lang="en")
    assert (answer.status, answer.code) == (1, "copied_panel")
    assert "bill2bill journal adopt" in answer.text
    assert (copy.charges, copy.is_manual(item, command)) == (charges, True)
    adopt(copy)
    assert copy.attempt(copy.running(item, command)["id"]).status == 0
    assert len(copy.charges) == len(charges) + 1


def test_the_original_goes_on_while_its_copy_stands_still(copy):
    copy.start("open", copy.item("second.ru"))
    item = copy.original.item("third.ru")
    assert copy.original.start("open", item).status == 0
    assert copy.charges == [("order", "first.ru"), ("order", "third.ru")]


def test_a_state_of_another_machine_spends_nothing(shop):
    shop.at_once()
    shop.start("open", shop.item("first.ru"))
    made_elsewhere(shop.store, machine="another")
    item = shop.item()
    assert shop.start("open", item).code == "copied_panel"
    assert shop.charges == [("order", "first.ru")]


def test_what_was_bought_before_the_copy_is_finished_without_buying(shop):
    item = shop.item()
    shop.start("open", item)
    made_elsewhere(shop.store, root="/elsewhere")
    shop.up.post("progress")
    assert shop.attempt(shop.running(item, "open")["id"]).status == 0
    assert (shop.charges, shop.row(item)["status"]) == ([("order", "example.ru")], 2)


# -- calls that are no operation -----------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["open", "prolong"])
def test_without_a_running_operation_nothing_is_bought(shop, command):
    item = made(shop, command)
    answer = shop.ask(command, "--item", item)
    assert (answer.status, answer.code) == (1, "not_an_operation")
    assert (shop.charges, shop.told, shop.remote_contacts) == ([], [], [])


@pytest.mark.parametrize("command", ["open", "prolong"])
def test_what_was_begun_may_be_finished_without_an_operation(shop, command):
    item = made(shop, command)
    shop.start(command, item)
    shop.up.post("progress")
    assert shop.ask(command, "--item", item).status == 0
    assert (len(shop.charges), shop.row(item)["status"]) == (1, 2)


@pytest.mark.parametrize("command", ["open", "prolong"])
@pytest.mark.parametrize("whose", ["another item", "another command", "nobody"])
def test_an_operation_that_is_not_of_this_item_and_command_buys_nothing(shop, command, whose):
    item = made(shop, command)
    other = shop.operation(shop.item("other.ru"), command)
    wrong = {"another item": other, "another command": shop.operation(item, "suspend"), "nobody": 4711}[whose]
    answer = shop.ask(command, "--item", item, "--runningoperation", wrong)
    assert (answer.status, answer.code, shop.charges) == (1, "not_an_operation", [])
    assert not {"domain.order.4", "domain.renew"} & set(shop.asked)


def test_an_operation_that_has_left_the_panel_after_it_was_bought_is_told_again_and_not_bought_again(shop):
    shop.at_once()
    item = shop.sold()
    operation = shop.operation(item, "prolong")
    shop.attempt(operation)
    answer = shop.ask("prolong", "--item", item, "--runningoperation", operation)
    assert (answer.status, answer.code) == (1, "not_an_operation")
    assert shop.charges == [("renew", "example.ru")]


def test_a_reused_operation_number_buys_for_the_new_operation(shop):
    shop.at_once()
    shop.person("sandbox.set", operation_ids="reused")
    item = shop.sold()
    numbers = []
    for _ in range(2):
        numbers.append(shop.operation(item, "prolong"))
        assert shop.attempt(numbers[-1]).status == 0
    assert numbers == [1, 1]
    assert len(shop.charges) == 2


def test_two_runs_of_one_operation_at_once_buy_once(shop):
    """The second waits for the item's lock and gives up when it may not wait."""
    item = shop.sold()
    operation = shop.operation(item, "prolong")
    with Locks(shop.root / "var/bill2bill/locks").item(item, 0):
        assert shop.attempt(operation).code == "item_busy"
    assert (shop.asked, shop.is_manual(item, "prolong")) == ([], False)
    assert shop.attempt(operation).status == 0
    assert len(shop.charges) == 1
