"""Money after a journal, a panel or both came back from a backup, an item's number was given away, or an older release had begun the purchase."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
import requests
from command_shop import EXPIRES
from service_shop import KVM2, NAME, ServiceShop

from bill2bill.admin import decide, start
from bill2bill.errors import Failure
from bill2bill.host.panel import Panel
from bill2bill.journal.states import Intent, State

NOTE, LINK = "bill2bill_purchase", "bill2bill"
RENEWED = [("renew", "example.ru")]
UNKNOWN = "0123456789abcdef"  # a name that no journal here knows


@pytest.fixture
def fast(shop):
    shop.at_once()
    return shop


def change(shop: Any, sql: str) -> None:
    """What the file of the journal looks like otherwise."""
    with shop.store.write() as db:
        db.execute(sql)


def renew_by_hand(shop: Any) -> None:
    """A person in the provider's cabinet, or a request that is carried out late."""
    form = {
        "func": "domain.renew", "authinfo": "reseller:secret", "out": "xml", "elid": shop.at_provider()["id"], "autoperiod": "881", "paynow": "on",
        "payfrom": "account4411", "sok": "ok",
    }  # fmt: skip
    requests.post(shop.up.url, data=form, timeout=10, verify=shop.up.ca_file or True)


def forgotten(shop: ServiceShop, item: int) -> None:
    """The panel gives the number of a deleted item to another client's order, or comes back from before the item."""
    for name in (LINK, NOTE, "ip", "username"):
        shop.drop(item, name)
    shop.params(item, domain="other.example.net")
    shop.db.update("item", item, status=1)


# -- a number that was given away ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("former", ["of this release", "of an older release", "renewed since"])
def test_the_former_items_server_is_not_handed_to_the_new_client(servers, former):
    item = servers.bought()
    remote = servers.remote(item)
    if former == "of an older release":
        change(servers, "UPDATE purchase SET noted = NULL, token = '', boot = '', uptime = 0")
    if former == "renewed since":
        assert servers.start("prolong", item).status == 0
    forgotten(servers, item)
    operation = servers.operation(item, "open")
    answer = servers.attempt(operation)
    assert (answer.code, servers.param(item, LINK), servers.param(item, "ip")) == ("in_doubt_item", "", "")
    decide.is_foreign(servers.store, 1, "another client's order")
    assert servers.attempt(operation).status == 0
    assert servers.remote(item) != remote


def test_nothing_is_done_to_the_former_items_server_for_the_new_one(servers):
    item = servers.bought()
    forgotten(servers, item)
    servers.db.update("item", item, status=2)
    asked = len(servers.asked)
    assert servers.start("suspend", item).code == "panel_restored"
    assert servers.asked[asked:] == []


def test_killed_in_the_middle_of_the_answer_nobody_is_handed_the_former_items_server(servers, monkeypatch):
    item = servers.bought()
    former = servers.remote(item)
    forgotten(servers, item)
    operation = servers.operation(item, "open")
    servers.attempt(operation)
    store = servers.store

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(type(store), "move", killed)
    with pytest.raises(KeyboardInterrupt):
        decide.is_foreign(store, 1, "another client's order")
    monkeypatch.undo()
    servers.attempt(operation)
    assert not servers.param(item, LINK) or servers.remote(item) != former


def test_a_healthy_order_cannot_be_said_to_be_another_items(fast):
    item = fast.item()
    assert fast.start("open", item).status == 0
    with pytest.raises(Failure, match="no_question"):
        start.must_be_unknown(fast.root, fast.store.purchase(1))


def test_an_answer_about_a_healthy_order_leaves_the_panels_newer_note(fast):
    item = fast.item()
    for command in ("open", "prolong"):
        assert fast.start(command, item).status == 0
    note = fast.param(item, NOTE)
    decide.is_same(fast.store, 1, "a wrong number was typed", noting=start.noting(fast.root, fast.store))
    assert fast.param(item, NOTE) == note
    assert fast.start("prolong", item).status == 0


# -- what an older release has begun ---------------------------------------------------------------------------------------


def test_a_renewal_that_an_older_release_had_intended_is_named_and_finished(fast):
    item = fast.sold()
    operation = fast.operation(item, "prolong")
    fast.up.post("balance", account=4411, balance="1")
    assert fast.attempt(operation).code == "low_balance"
    change(fast, "UPDATE purchase SET token = ''")
    fast.up.post("balance", account=4411, balance="100000")
    assert fast.attempt(operation).status == 0
    assert fast.start("sync_item", item).status == 0
    assert fast.start("prolong", item).status == 0
    assert fast.charges == 2 * RENEWED


def test_an_order_that_an_older_release_had_sent_leaves_no_question_behind(shop):
    item = shop.item()
    operation = shop.operation(item, "open")
    shop.attempt(operation)
    change(shop, "UPDATE purchase SET token = '', noted = NULL, boot = '', uptime = 0")
    shop.drop(item, NOTE)
    shop.at_once()
    shop.up.post("progress")
    assert shop.attempt(operation).status == 0
    assert shop.start("prolong", item).status == 0


def test_a_note_that_somebody_spoilt_stops_purchases_only(fast):
    item = fast.sold()
    fast.params(item, **{NOTE: "spoilt"})
    assert fast.start("sync_item", item).status == 0
    assert (fast.start("prolong", item).code, fast.charges) == ("panel_data", [])


# -- a journal that was lost or is older ------------------------------------------------------------------------------------


def test_a_server_that_stood_there_before_is_not_taken_for_an_order_that_only_the_note_tells_of(servers):
    servers.up.post("service", itemtype="vds", domain=NAME, pricelist=KVM2, expiredate=str(EXPIRES), status=2)
    item = servers.order()
    servers.params(item, **{NOTE: f"id={UNKNOWN};try=1;before=;months=1;period=1"})
    operation = servers.operation(item, "open")
    assert servers.attempt(operation).status == 1
    servers.aged(601)
    assert servers.attempt(operation).status == 1
    assert (servers.bills, servers.param(item, LINK)) == ([], "")


def test_a_wrong_word_about_a_renewal_that_the_journal_lost_is_asked_about_again(fast):
    item = fast.sold()
    operation = fast.operation(item, "prolong")
    fast.params(item, **{NOTE: f"id={UNKNOWN};try=1;before={EXPIRES};months=12;period=881"})
    assert fast.attempt(operation).code == "in_doubt_lost"
    renew_by_hand(fast)
    fast.aged(601)
    decide.is_absent(fast.store, 1, "a mistake", 600)
    assert (fast.attempt(operation).code, fast.charges) == ("in_doubt_prolong", RENEWED)


def test_months_ahead_outlive_a_journal_in_which_their_purchase_was_only_intended(servers):
    item = servers.owned()
    row = servers.store.insert(Intent(item, "prolong", 1, 5, 1, "", NAME, 1, EXPIRES))
    servers.params(item, **{NOTE: f"id={row.token};done;left=11"})
    servers.start("prolong", item)
    assert (servers.store.months_left(item), servers.bills) == (10, []), "the next month comes from those that were bought"


def test_what_an_older_journal_takes_for_left_over_is_not_counted_beside_a_purchase_that_it_does_not_know(servers):
    item = servers.owned()
    row = servers.store.insert(Intent(item, "prolong", 1, None, 1, "", NAME, 1, EXPIRES))
    servers.store.move(row, State.REPORTED, "the panel was told", period=9, noted=1)
    servers.params(item, **{NOTE: f"id={UNKNOWN};try=1;before={EXPIRES};months=1;period=12"})
    operation = servers.operation(item, "prolong")
    assert servers.attempt(operation).code == "in_doubt_lost"
    decide.is_same(servers.store, servers.store.purchases(State.DOUBT)[0].id, "charged")
    assert (servers.attempt(operation).status, servers.store.months_left(item)) == (0, 11)


# -- both came back ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compared", ["never", "since", "since, with a fresh listing"])
@pytest.mark.parametrize("moved", ["before", "after"])
def test_a_renewal_that_a_whole_restored_server_forgot_is_a_question(fast, tmp_path, moved, compared):
    fast.person("sandbox.set", expiredate_moved=moved)
    item = fast.sold()
    fast.start("sync_item", item)
    operation = fast.operation(item, "prolong")
    shutil.copytree(fast.root / "var" / "bill2bill", tmp_path / "backup")
    waiting, before = fast.db.get("runningoperation", operation), fast.row(item)["expiredate"]
    assert fast.attempt(operation).status == 0
    shutil.rmtree(fast.root / "var" / "bill2bill")
    shutil.copytree(tmp_path / "backup", fast.root / "var" / "bill2bill")
    fast.drop(item, NOTE)
    fast.db.update("item", item, expiredate=before)
    if compared == "since, with a fresh listing":
        fast.options("listing_fresh 0\n")
    if compared != "never":
        fast.start("sync_item", item)
    fast.db.insert("runningoperation", **waiting)
    assert (fast.attempt(operation).code, fast.charges) == ("in_doubt_moved", RENEWED)
    shutil.rmtree(fast.root / "var" / "bill2bill")
    assert (fast.attempt(operation).code, fast.charges) == ("in_doubt_lost", RENEWED), "the question outlives the journal"


# -- the end of a renewal ----------------------------------------------------------------------------------------------------


def test_killed_while_the_end_is_noted_on_the_panel_leaves_no_question(servers, monkeypatch):
    item = servers.owned()
    operation, save = servers.operation(item, "prolong"), Panel.save_param

    def killed(self: Panel, item: int, name: str, value: str) -> None:
        if "done" in value:
            raise KeyboardInterrupt
        save(self, item, name, value)

    monkeypatch.setattr(Panel, "save_param", killed)
    with pytest.raises(KeyboardInterrupt):
        servers.attempt(operation)
    monkeypatch.undo()
    assert servers.running(item, "prolong") is None
    assert servers.start("prolong", item).status == 0
