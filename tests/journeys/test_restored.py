"""The journal or the panel's database is lost, damaged, or comes back from a backup: nothing is bought for
what cannot be told any more.

The worst moment for it: a request was sent, its answer is lost, and nobody has looked yet.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from pathlib import Path
from typing import Callable, Mapping

import pytest
from kit.databases import Place, tables
from kit.folders import put_aside
from kit.panel import Panel
from kit.reseller import DomainReseller
from kit.waiting import wait_for

from .purchases import OPENINGS, RENEWALS, Paid, each_with, only

pytestmark = pytest.mark.slow

LATE = 6  # seconds until a lost request is carried out
FILES = ("state.sqlite3", "state.sqlite3-wal", "state.sqlite3-shm")


def state_of(shop: DomainReseller) -> Path:
    return shop.panel.root / "var" / "bill2bill"


def lost(state: Path) -> None:
    for name in FILES:
        (state / name).unlink(missing_ok=True)


def whole(state: Path) -> Path:
    """All of the journal in its main file, as after an orderly end of every process."""
    db = sqlite3.connect(state / FILES[0])
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    for name in FILES[1:]:
        (state / name).unlink(missing_ok=True)
    return state / FILES[0]


def emptied(state: Path) -> None:
    whole(state).write_bytes(b"")


def cut_in_half(state: Path) -> None:
    path = whole(state)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwritten_in_the_middle(state: Path) -> None:
    """Every page but the first, for what stands in a page that nobody reads harms nobody."""
    path = whole(state)
    body = bytearray(path.read_bytes())
    chance = random.Random("overwritten")
    for page in range(4096, len(body), 4096):
        body[page + 64 : page + 2048] = chance.randbytes(2048 - 64)
    path.write_bytes(body)


def without_its_log(state: Path) -> None:
    for name in FILES[1:]:
        (state / name).unlink(missing_ok=True)


DAMAGE: Mapping[str, Callable[[Path], None]] = {
    "lost": lost, "folder-lost": shutil.rmtree, "emptied": emptied, "cut": cut_in_half,
    "overwritten": overwritten_in_the_middle,
    "without-log": without_its_log,
}  # fmt: skip


# -- the journal ---------------------------------------------------------------------------------------------


def bought_once_without_its_journal(paid: Paid, damage: str) -> None:
    paid.lose(carried_out=True)
    DAMAGE[damage](state_of(paid.shop))
    paid.shop.up.heal()
    paid.finished_or_asked()
    assert paid.requests == 1


@pytest.mark.parametrize("damage", DAMAGE)
@only(*OPENINGS, *RENEWALS)
def test_a_journal_that_is_damaged_after_a_purchase_was_sent_buys_nothing_again(paid: Paid, damage: str):
    bought_once_without_its_journal(paid, damage)


@only("server-addons", "server-tariff")
@pytest.mark.parametrize("damage", ["lost", "cut"])
def test_a_change_that_was_carried_out_is_not_bought_again_without_a_journal(paid: Paid, damage: str):
    bought_once_without_its_journal(paid, damage)


def test_a_journal_from_a_backup_taken_before_the_purchase_buys_nothing_again(paid: Paid, tmp_path: Path):
    backup = taken(paid.shop, tmp_path)
    paid.lose(carried_out=True)
    put_back(paid.shop, backup)
    paid.shop.up.heal()
    paid.finished_or_asked()
    assert paid.requests == 1


def taken(shop: DomainReseller, tmp_path: Path) -> Path:
    whole(state_of(shop))
    return put_aside(state_of(shop), tmp_path / "backup")


def put_back(shop: DomainReseller, backup: Path) -> None:
    shutil.rmtree(state_of(shop))
    shutil.copytree(backup, state_of(shop))


@only(*OPENINGS, *RENEWALS)
def test_without_its_journal_a_request_that_may_still_be_carried_out_is_a_question(paid: Paid):
    """Its request comes to nothing: nobody can tell that, and nothing is sent before a person has."""
    paid.lose(carried_out=False)
    lost(state_of(paid.shop))
    paid.shop.up.heal()
    paid.finished_or_asked(charges=0)
    assert paid.requests == 1
    assert len(paid.shop.tasks()) == 1


@only(*OPENINGS)
def test_an_order_that_is_carried_out_after_its_journal_was_lost_is_paid_once(paid: Paid):
    shop = paid.shop
    paid.fault("commit_later", seconds=LATE)
    shop.settings(settle=3600)
    assert list(shop.tick().values()) == ["kept"]
    lost(state_of(shop))
    shop.tick()
    wait_for(lambda: all(row["outcome"] != "carried out later" for row in shop.up.requests(paid.kind.spends)))
    shop.settings(settle=0)
    paid.finished_or_asked()
    assert paid.requests == 1


@only(*OPENINGS, *RENEWALS)
@pytest.mark.parametrize("how", ["lost", "backup"])
def test_what_was_over_before_the_journal_was_lost_is_no_question_and_the_next_renewal_is_bought(
    paid: Paid, how: str, tmp_path: Path
):
    shop = paid.shop
    backup = taken(shop, tmp_path)
    paid.finished_once()
    lost(state_of(shop)) if how == "lost" else put_back(shop, backup)
    before = shop.up.charges()
    shop.start(paid.item, "prolong")
    shop.tick_until_quiet()
    assert (len(shop.up.charges()), shop.operations(), shop.tasks()) == (len(before) + 1, [], [])


# -- the panel's database ------------------------------------------------------------------------------------


def database(shop: DomainReseller) -> Path:
    return shop.panel.root / "var" / "sandbox" / "billmgr.sqlite3"


def dumped(shop: DomainReseller, tmp_path: Path) -> Path:
    if not database(shop).exists():
        pytest.skip("a panel on MariaDB: its backup is not a copy of a file")
    copy = tmp_path / "billmgr.sqlite3"
    source, target = sqlite3.connect(database(shop)), sqlite3.connect(copy)
    source.backup(target)
    source.close()
    target.close()
    return copy


def restored(shop: DomainReseller, dump: Path) -> None:
    for path in database(shop).parent.glob("billmgr.sqlite3*"):
        path.unlink()
    shutil.copy(dump, database(shop))


@each_with("sent", "told", "lost")
def test_a_panel_from_a_backup_taken_before_the_purchase_gets_nothing_bought_again(
    paid: Paid, sent: str, tmp_path: Path
):
    """The operation is back, as if it had never run."""
    dump = dumped(paid.shop, tmp_path)
    if sent == "told":
        paid.finished_once()
    else:
        paid.lose(carried_out=True)
        paid.shop.up.heal()
    restored(paid.shop, dump)
    paid.finished_or_asked()
    assert paid.requests == 1


@only(*RENEWALS)
def test_a_panel_that_has_forgotten_a_renewal_and_wants_it_again_is_a_persons_question(
    paid: Paid, tmp_path: Path
):
    """The dump is older than the client's payment; somebody enters it again."""
    shop = paid.shop
    shop.panel.call("runningoperation.delete", elid=paid.operation)
    dump = dumped(shop, tmp_path)
    shop.start(paid.item, "prolong")
    shop.tick_until_quiet()
    restored(shop, dump)
    shop.start(paid.item, "prolong")
    paid.finished_or_asked()
    assert len(shop.tasks()) == 1


@only(*OPENINGS)
@pytest.mark.parametrize("first", ["told", "lost"])
def test_the_number_of_a_forgotten_item_does_not_give_its_service_to_another_client(
    paid: Paid, first: str, tmp_path: Path
):
    """The dump is older than the item; the next order gets its number, for another name."""
    shop, up = paid.shop, paid.shop.up
    with_item = paid.item
    shop.panel.call("runningoperation.delete", elid=paid.operation)
    forget(shop, with_item)
    dump = dumped(shop, tmp_path)
    paid.item, paid.operation = paid.another(paid.name(0))
    if first == "told":
        shop.tick_until_quiet()
    else:
        paid.lose(carried_out=True)
        up.heal()
    old = paid.item
    restored(shop, dump)
    paid.item, paid.operation = paid.another(paid.name(1))
    assert paid.item == old
    shop.tick_until_quiet()
    assert up.charged() == {paid.name(0): 1}
    assert [row["manual"] for row in shop.operations()] == ["on"]
    assert len(shop.tasks()) == 1
    assert shop.item(paid.item)["status"] != 2


def forget(shop: DomainReseller, item: int) -> None:
    with tables(shop.panel.root) as db:
        db.run("DELETE FROM itemparam WHERE item = ?", item)
        db.run("DELETE FROM item WHERE id = ?", item)


# -- copies of both ------------------------------------------------------------------------------------------


def copy_of(paid: Paid, how: str, tmp_path: Path, place: Place) -> DomainReseller:
    """A panel that is a copy: in another folder, or the same folder on another machine."""
    shop = paid.shop
    if how == "machine":
        with shop.journal().write() as db:
            db.execute("UPDATE place SET machine = 'another machine'")
        return shop
    root = tmp_path.resolve() / "copy"
    put_aside(shop.panel.root, root)
    place.moved(root)
    return type(shop)(Panel(root), shop.up)


@each_with("how", "folder", "machine", "machine", "folder")
def test_a_copy_buys_nothing_until_a_person_says_that_it_is_the_panel(
    paid: Paid, how: str, tmp_path: Path, place: Place
):
    copy = copy_of(paid, how, tmp_path, place)
    assert list(copy.tick().values()) == ["manual"]
    assert "journal adopt" in copy.operations()[0]["errorxml"]
    assert (paid.requests, len(copy.tasks())) == (0, 1)
    copy.cli("journal", "adopt", "--why", "it moved here")
    copy.restart(copy.operations()[0]["id"])
    copy.tick_until_quiet()
    assert (paid.charges, paid.requests, copy.operations()) == (1, 1, [])


@each_with("carried_out", True, False, False, True)
def test_a_copy_never_sends_again_what_the_original_has_sent(
    paid: Paid, carried_out: bool, tmp_path: Path, place: Place
):
    paid.lose(carried_out=carried_out)
    copy = copy_of(paid, "folder", tmp_path, place)
    paid.shop.up.heal()
    copy.tick()
    assert paid.requests == 1
    paid.finished_once()
