"""Money after a journal, a panel or both came back from a backup, an item's number was given away, or an
older release had begun the purchase.
"""

from __future__ import annotations

import shutil
import time
from datetime import datetime, timezone
from typing import Any

import pytest
import requests
from kit.folders import put_aside
from kit.journal_files import as_before
from kit.purchases import intent, question_of, reported, says
from kit.reseller_host import EXPIRES, KVM2, NAME, SMALL, HostServerReseller

from bill2bill.admin import start
from bill2bill.errors import Failure, Phrase
from bill2bill.host.mgrctl import NoReply, PanelError
from bill2bill.host.panel import Panel
from bill2bill.journal.questions import Answer, asked_about
from bill2bill.journal.transitions import Event
from bill2bill.rules.periods import add_months

NOTE, LINK = "bill2bill_purchase", "bill2bill"
RENEWED = [("renew", "example.ru")]
UNKNOWN = "0123456789abcdef"  # a name that no journal here knows


@pytest.fixture
def fast(shop):
    shop.at_once()
    return shop


def renew_by_hand(shop: Any) -> None:
    """A person in the provider's cabinet, or a request that is carried out late."""
    form = {
        "func": "domain.renew", "authinfo": "reseller:secret", "out": "xml", "elid": shop.at_provider()["id"],
        "autoperiod": "881", "paynow": "on",
        "payfrom": "account4411", "sok": "ok",
    }  # fmt: skip
    requests.post(shop.up.url, data=form, timeout=10, verify=shop.up.ca_file or True)


def forgotten(shop: HostServerReseller, item: int) -> None:
    """The panel gives the number of a deleted item to another client's order, or comes back from before the
    item.
    """
    for name in (LINK, NOTE, "ip", "username"):
        shop.drop(item, name)
    shop.params(item, domain="other.example.net")
    shop.db.update("item", item, status=1)


# -- a number that was given away ----------------------------------------------------------------------------


@pytest.mark.parametrize("former", ["of this release", "of an older release", "renewed since"])
def test_the_former_items_server_is_not_handed_to_the_new_client(servers, former):
    item = servers.bought()
    remote = servers.remote(item)
    if former == "of an older release":
        as_before(servers.store, 2)
    if former == "renewed since":
        assert servers.start("prolong", item).status == 0
    forgotten(servers, item)
    operation = servers.operation(item, "open")
    answer = servers.attempt(operation)
    assert (answer.question, servers.param(item, LINK), servers.param(item, "ip")) == (
        "in_doubt_same_item/restored",
        "",
        "",
    )
    says(servers.store, 1, Answer.OTHER_ITEM)
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

    monkeypatch.setattr(type(store), "decide", killed)
    with pytest.raises(KeyboardInterrupt):
        says(store, 1, Answer.OTHER_ITEM)
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
    says(fast.store, 1, Answer.SAME, noting=start.noting(fast.root, fast.store))
    assert fast.param(item, NOTE) == note
    assert fast.start("prolong", item).status == 0


# -- what an older release has begun -------------------------------------------------------------------------


def test_a_renewal_that_an_older_release_had_intended_is_named_and_finished(fast):
    item = fast.sold()
    operation = fast.operation(item, "prolong")
    fast.up.post("balance", account=4411, balance="1")
    assert fast.attempt(operation).code == "low_balance"
    as_before(fast.store, 2)
    fast.up.post("balance", account=4411, balance="100000")
    assert fast.attempt(operation).status == 0
    assert fast.start("sync_item", item).status == 0
    assert fast.start("prolong", item).status == 0
    assert fast.charges == 2 * RENEWED


def test_an_order_that_an_older_release_had_sent_leaves_no_question_behind(shop):
    item = shop.item()
    operation = shop.operation(item, "open")
    shop.attempt(operation)
    as_before(shop.store, 2)
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


# -- a journal that was lost or is older ---------------------------------------------------------------------


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
    assert fast.attempt(operation).question == "in_doubt_same_renewal/lost"
    renew_by_hand(fast)
    fast.aged(601)
    says(fast.store, 1, Answer.NOT_BOUGHT)
    assert (fast.attempt(operation).question, fast.charges) == ("in_doubt_bought/beforehand", RENEWED)


def test_months_ahead_outlive_a_journal_in_which_their_purchase_was_only_intended(servers):
    item = servers.owned()
    row = servers.store.begin(
        intent("prolong", item=item, itemtype="vds", module=1, name=NAME, months=1, before=EXPIRES)
    )
    servers.params(item, **{NOTE: f"id={row.token};done;left=11"})
    servers.start("prolong", item)
    assert (servers.store.months_left(item), servers.bills) == (
        10,
        [],
    ), "the next month comes from those that were bought"


def test_what_an_older_journal_takes_for_left_over_is_not_counted_beside_a_purchase_that_it_does_not_know(
    servers,
):
    item = servers.owned()
    reported(
        servers.store,
        intent("prolong", item=item, itemtype="vds", module=1, name=NAME, months=1, before=EXPIRES),
        bought=9,
    )  # fmt: skip
    servers.params(item, **{NOTE: f"id={UNKNOWN};try=1;before={EXPIRES};months=1;period=12"})
    operation = servers.operation(item, "prolong")
    assert servers.attempt(operation).question == "in_doubt_same_renewal/lost"
    says(servers.store, servers.store.all_unsettled()[0].id, Answer.SAME)
    assert (servers.attempt(operation).status, servers.store.months_left(item)) == (0, 11)


# -- both came back ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compared", ["never", "since", "since, with a fresh listing"])
@pytest.mark.parametrize("moved", ["before", "after"])
def test_a_renewal_that_a_whole_restored_server_forgot_is_a_question(fast, tmp_path, moved, compared):
    fast.person("sandbox.set", expiredate_moved=moved)
    item = fast.sold()
    fast.start("sync_item", item)
    operation = fast.operation(item, "prolong")
    put_aside(fast.root / "var" / "bill2bill", tmp_path / "backup")
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
    assert (fast.attempt(operation).question, fast.charges) == ("in_doubt_same_renewal/moved", RENEWED)
    shutil.rmtree(fast.root / "var" / "bill2bill")
    assert (fast.attempt(operation).question, fast.charges) == (
        "in_doubt_same_renewal/lost",
        RENEWED,
    ), "the question outlives the journal"


# -- the end of a renewal ------------------------------------------------------------------------------------


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


# -- a panel that comes back from the middle of a purchase ---------------------------------------------------


def renewed_since_the_dump(shop: Any) -> Any:
    """(item, operation, how to bring the dump back) of a renewal that was under way when the panel's database
    was dumped, and is over since.
    """
    domains = not isinstance(shop, HostServerReseller)
    item = shop.sold() if domains else shop.owned()
    operation = shop.operation(item, "prolong")
    shop.fault(
        "domain.renew" if domains else "service.prolong", "commit_later", seconds=0.4, match={"sok": "ok"}
    )
    assert shop.attempt(operation).code == "lost_answer"
    waiting, note, expires = (
        shop.db.get("runningoperation", operation),
        shop.param(item, NOTE),
        shop.row(item)["expiredate"],
    )
    assert "try=1" in note
    time.sleep(1)
    shop.aged(601)
    assert shop.attempt(operation).status == 0
    assert "done" in shop.param(item, NOTE)
    assert shop.running(item, "prolong") is None

    def restore() -> None:
        shop.params(item, **{NOTE: note})
        shop.db.update("item", item, expiredate=expires)
        shop.db.insert("runningoperation", **waiting)

    return item, operation, restore


def paid(shop: Any) -> int:
    return len(shop.charges) if not isinstance(shop, HostServerReseller) else len(shop.bills)


@pytest.mark.parametrize("kind", ["fast", "servers"])
@pytest.mark.parametrize(("answer", "bought"), [(Answer.SAME, 1), (Answer.NEW, 2)])
def test_a_panel_from_a_backup_taken_while_a_renewal_was_under_way_does_not_buy_it_again(
    request, kind, answer, bought
):
    shop = request.getfixturevalue(kind)
    item, operation, restore = renewed_since_the_dump(shop)
    restore()
    before = paid(shop)
    assert shop.attempt(operation).question == "in_doubt_same_renewal/restored"
    assert paid(shop) == before
    says(shop.store, 1, answer, noting=start.noting(shop.root, shop.store))
    shop.db.update("runningoperation", operation, manual="off")
    assert shop.attempt(operation).status == 0
    assert (paid(shop), shop.running(item, "prolong")) == (before + bought - 1, None)
    further = shop.operation(item, "prolong")
    assert shop.attempt(further).status == 0  # nothing is asked twice
    assert paid(shop) == before + bought


def test_killed_before_the_end_was_noted_again_the_answer_stands(fast, monkeypatch):
    item, operation, restore = renewed_since_the_dump(fast)
    restore()
    assert fast.attempt(operation).question == "in_doubt_same_renewal/restored"
    says(fast.store, 1, Answer.SAME, noting=start.noting(fast.root, fast.store))
    fast.db.update("runningoperation", operation, manual="off")
    monkeypatch.setattr("bill2bill.commands.purchases._note_done", lambda *_: False)
    assert fast.attempt(operation).status == 0
    monkeypatch.undo()
    assert fast.attempt(fast.operation(item, "prolong")).status == 0
    assert paid(fast) == 2


def test_killed_before_the_end_was_noted_the_next_renewal_is_bought_all_the_same(fast, monkeypatch):
    item = fast.sold()
    operation = fast.operation(item, "prolong")
    monkeypatch.setattr("bill2bill.commands.purchases._note_done", lambda *_: False)
    assert fast.attempt(operation).status == 0
    monkeypatch.undo()
    assert "try=1" in fast.param(item, NOTE)
    assert fast.attempt(fast.operation(item, "prolong")).status == 0
    assert paid(fast) == 2


def test_an_item_whose_order_only_the_panels_note_knows_of_is_not_closed(servers):
    item = servers.order()
    operation = servers.operation(item, "open")
    servers.fault("v2.vds.order.param", "commit_later", seconds=0.4, match={"sok": "ok"})
    assert servers.attempt(operation).code == "lost_answer"
    time.sleep(1)
    assert len(servers.bills) == 1
    shutil.rmtree(servers.root / "var" / "bill2bill")
    servers.db.delete("runningoperation", id=operation)
    assert servers.start("close", item).status == 1
    assert question_of(asked_about(servers.store.unsettled(item, "open"))) == "in_doubt_bought/lost"
    assert servers.row(item)["status"] != "4"


def test_killed_while_a_moved_date_is_written_down_the_question_is_asked_all_the_same(fast, monkeypatch):
    """An intention that is left without its question would be taken for bought."""
    item = fast.sold()
    assert fast.start("sync_item", item).status == 0
    renew_by_hand(fast)
    operation = fast.operation(item, "prolong")

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bill2bill.journal.journal.Journal._applied", killed)
    with pytest.raises(KeyboardInterrupt):
        fast.attempt(operation)
    monkeypatch.undo()
    assert fast.attempt(operation).question == "in_doubt_same_renewal/moved"


# -- what a person bought ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("term", "left"), [(12, 11), (1, 0)])
def test_an_order_that_a_person_made_counts_by_its_date(servers, term, left):
    servers.tariff(SMALL, b2b_periods="1=12")
    servers.up.post("balance", balance="1.00", credit="0")
    item = servers.order()
    operation = servers.operation(item, "open")
    assert servers.attempt(operation).code == "low_balance"
    servers.up.post("balance", balance="1000.00", credit="0")
    expires = str(add_months(datetime.now(timezone.utc).date(), term))
    made = servers.up.post(
        "service", itemtype="vds", domain=NAME, pricelist=277, expiredate=expires, status=2
    )
    says(servers.store, 1, Answer.BOUGHT, made["id"])
    assert servers.attempt(operation).status == 0
    assert servers.store.months_left(item) == left


@pytest.mark.parametrize(("term", "left"), [(12, 11), (1, 0)])
def test_a_renewal_that_a_person_made_and_answered_for_counts_by_its_date(servers, term, left):
    servers.tariff(SMALL, b2b_periods="1=12")
    item = servers.owned()
    servers.switch(page_cap=0)
    operation = servers.operation(item, "prolong")
    row = servers.store.begin(
        intent(
            "prolong",
            item=item,
            itemtype="vds",
            module=1,
            operation=operation,
            name=NAME,
            months=1,
            before=EXPIRES,
        )
    )
    servers.up.post("service", id=servers.service["id"], expiredate=str(add_months(EXPIRES, term)))
    says(servers.store, row.id, Answer.BOUGHT, servers.remote(item))
    assert servers.attempt(operation).status == 0
    assert servers.store.months_left(item) == left
    assert servers.bills == []


# -- numbers of operations -----------------------------------------------------------------------------------


@pytest.mark.parametrize("leaves", ["when it is told again", "by itself"])
def test_the_number_of_a_renewal_that_stayed_after_it_was_told_is_free_once_it_left(
    fast, monkeypatch, leaves
):
    item = fast.sold()
    operation = fast.operation(item, "prolong")
    row, told = fast.db.get("runningoperation", operation), Panel.prolonged

    def stays(panel: Panel, number: int) -> None:
        told(panel, number)
        fast.db.insert("runningoperation", **row)

    monkeypatch.setattr(Panel, "prolonged", stays)
    assert fast.attempt(operation).status == 0
    monkeypatch.undo()
    if leaves == "by itself":
        fast.db.delete("runningoperation", id=operation)
    else:
        fast.db.update("runningoperation", operation, trycount=1)
        assert fast.attempt(operation).status == 0
    assert (fast.running(item, "prolong"), len(fast.charges)) == (None, 1)
    fast.db.insert(
        "runningoperation", **row
    )  # the number comes again, and the provider is away at its first try
    for func in ("domain.getinfo", "domain"):
        fast.fault(func, "502", when="before", sticky=True)
    assert fast.attempt(operation).status == 1
    requests.delete(fast.up.control + "faults", timeout=10)
    assert fast.attempt(operation).status == 0
    assert len(fast.charges) == 2


@pytest.mark.parametrize("says", ["nothing in time", "nothing readable"])
def test_a_panel_that_ends_an_operation_after_its_answer_was_given_up_is_asked_about(fast, monkeypatch, says):
    """The next renewal is another one: it is neither told as done unseen, nor bought before a person says."""
    item = fast.sold()
    operation = fast.operation(item, "prolong")
    silent = NoReply("service.postprolong", "late")
    if says == "nothing readable":
        silent = PanelError("service.postprolong", Phrase("exit_code", code=-9), answered=False)

    def hangs(*_: Any) -> None:
        raise silent

    monkeypatch.setattr(Panel, "prolonged", hangs)
    assert fast.attempt(operation).status == 1
    monkeypatch.undo()
    fast.db.delete("runningoperation", id=operation)  # the panel has done it in the end
    assert fast.attempt(fast.operation(item, "prolong")).question == "in_doubt_same_renewal/callback"
    assert len(fast.charges) == 1


def test_a_panel_that_has_said_no_is_told_again_by_whatever_operation(fast, monkeypatch):
    item = fast.sold()
    operation = fast.operation(item, "prolong")

    def refuses(*_: Any) -> None:
        raise PanelError("service.postprolong", Phrase("no_reason"))

    monkeypatch.setattr(Panel, "prolonged", refuses)
    assert fast.attempt(operation).status == 1
    monkeypatch.undo()
    fast.db.delete("runningoperation", id=operation)
    assert fast.attempt(fast.operation(item, "prolong")).status == 0
    assert len(fast.charges) == 1


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (-1, ""),
        (0, "in_doubt_same_renewal/callback"),
        (1, "in_doubt_same_renewal/callback"),
        (None, ""),
    ],
)
def test_a_number_that_came_again_is_no_repeat_whatever_its_count_of_tries(fast, monkeypatch, seconds, code):
    """Killed after the callback; then two processes are started for a new operation of the same number, so
    its first run is its second try. seconds: when it was created, after the callback began; the panel's dates
    know no less, so one of that very second may be either.
    """
    item = fast.sold()
    operation = fast.operation(item, "prolong")
    row = fast.db.get("runningoperation", operation)

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bill2bill.commands.purchases.reported", killed)
    with pytest.raises(KeyboardInterrupt):
        fast.attempt(operation)
    monkeypatch.undo()
    assert (fast.running(item, "prolong"), len(fast.charges)) == (None, 1)
    (began,) = [one.at for one in fast.store.history(1) if one.event is Event.CALLBACK_BEGINS]
    local = datetime.fromtimestamp(int(began) + (seconds or 0)).astimezone()
    created = "" if seconds is None else local.strftime("%Y-%m-%d %H:%M:%S")
    fast.db.insert("runningoperation", **{**row, "trycount": 1, "createdate": created})
    assert fast.attempt(operation).question == code
    assert len(fast.charges) == 1
