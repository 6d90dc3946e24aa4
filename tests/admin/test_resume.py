"""After the answer the operation goes on at once, and the person is told what became of it."""

from __future__ import annotations

import pytest
from journeys.test_doubt import doubtful

from bill2bill.journal.purchase import Evidence, Stage
from bill2bill.journal.transitions import Event

from .desk import Desk

WHY = ("--why", "seen in the cabinet")
COMMANDS = ["open", "prolong"]


def asked(desk: Desk, command: str, *, carried_out: bool) -> int:
    """The number of a purchase that is in doubt, and whose provider answers again."""
    item = doubtful(desk.shop, command, carried_out=carried_out)
    desk.shop.up.heal()
    return desk.shop.purchase(item, command).id


@pytest.mark.parametrize("command", COMMANDS)
def test_it_exists_so_the_operation_is_finished_without_paying(desk: Desk, command: str):
    number = asked(desk, command, carried_out=True)
    remote = desk.shop.up.domain("example.ru")["id"]
    done = desk.types("resolve", number, "--bought", remote, *WHY, "--resume", "--json")
    assert done.status == 0, done.err
    assert (done.data["resumed"]["result"], done.data["purchase"]["stage"]) == ("finished", "reported")
    assert desk.shop.operations() == []
    assert len(desk.shop.up.charges()) == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_it_does_not_exist_so_it_is_bought_once(desk: Desk, command: str):
    number = asked(desk, command, carried_out=False)
    assert desk.types("resolve", number, "--not-bought", *WHY).status == 0
    assert desk.shop.up.charges() == []
    done = desk.types("resume", number)
    assert (done.status, "is finished, the panel was told" in done.out) == (0, True), done
    assert desk.shop.operations() == []
    assert len(desk.shop.up.charges()) == 1
    again = desk.types("resume", number)
    assert again.status == 1
    assert "operation_gone" in again.err
    assert len(desk.shop.up.charges()) == 1


def test_the_same_renewal_tells_the_panel_and_a_further_one_buys(desk: Desk):
    item = desk.shop.owned()
    operation = desk.shop.start(item, "prolong")
    desk.shop.up.progress("immediate")
    for answer, bought in (("--same", 0), ("--new", 1)):
        row = desk.purchase(
            item, "prolong", None, operation, Evidence.CALLBACK, "example.ru",
            remote=desk.shop.up.domain("example.ru")["id"],
        )  # fmt: skip
        done = desk.types("resolve", row.id, answer, *WHY, "--resume", "--json")
        assert (done.status, done.data["resumed"]["result"]) == (0, "finished"), done
        assert len(desk.shop.up.charges()) == bought
        operation = desk.shop.start(item, "prolong") if not bought else operation


def test_what_still_waits_says_why_in_the_language_of_the_terminal(desk: Desk):
    number = asked(desk, "prolong", carried_out=False)
    desk.shop.up.fault("domain.renew", "cut", when="before")
    desk.shop.settings(settle=3600)
    assert desk.types("resolve", number, "--not-bought", *WHY).status == 1, "too early"
    desk.shop.settings(settle=0)
    assert desk.types("resolve", number, "--not-bought", *WHY).status == 0
    desk.shop.settings(settle=3600)
    done = desk.types("resume", number, lang="ru_RU.UTF-8")
    assert "снова автоматическая, ещё не завершена" in done.out
    assert "отправлен, но ответ потерян" in done.out
    (operation,) = desk.shop.operations()
    assert operation["manual"] == "off"


def test_what_waits_for_a_person_says_so(desk: Desk):
    number = asked(desk, "prolong", carried_out=False)
    desk.types("resolve", number, "--not-bought", *WHY)
    desk.shop.panel.call("processing.edit", elid=1, send_prolong="off", sok="ok")
    done = desk.types("resume", number, "--json")
    assert done.status == 0
    assert set(done.data) == {"purchase", "item", "operation", "command", "result", "code", "why"}
    assert (done.data["result"], done.data["code"]) == ("manual", "switched_off")
    assert "Do it in the upstream's cabinet" in done.data["why"]


def test_a_question_is_answered_before_its_operation_is_started(desk: Desk):
    number = asked(desk, "open", carried_out=False)
    for lang, told in (("C", "Answer its question first"), ("ru_RU.UTF-8", "Сначала ответьте")):
        done = desk.types("resume", number, lang=lang)
        assert (done.status, told in done.err) == (1, True), done
    assert desk.shop.operations()[0]["manual"] == "on"


@pytest.mark.parametrize("was", ["gone", "of another item", "of another command"])
def test_an_operation_that_is_not_the_purchases_any_more_is_not_started(desk: Desk, was: str):
    item = desk.shop.order()
    row = desk.purchase(item, "open", operation=4711)
    if was != "gone":
        other = desk.shop.order("second.ru") if was == "of another item" else item
        number = desk.operation(other, "open" if other != item else "suspend")
        desk.shop.journal().record(row, Event.CONTINUED, operation=number)
    assert desk.types("resolve", row.id, "--bought", 5, *WHY).status == 0
    before = desk.shop.operations()
    done = desk.types("resume", row.id)
    assert (done.status, "operation_gone" in done.err) == (1, True), done
    assert desk.shop.operations() == before


def test_a_finished_purchase_has_nothing_to_start(desk: Desk):
    item = desk.shop.order()
    row = desk.purchase(item, "prolong", Stage.REPORTED, operation=desk.operation(item, "prolong"))
    done = desk.types("resume", row.id)
    assert (done.status, "nothing_to_start" in done.err) == (1, True)
    assert desk.shop.operations()[0]["manual"] == "on"


def test_an_answer_stands_though_nothing_could_be_started(desk: Desk):
    row = desk.purchase(desk.shop.order(), "open", operation=4711)
    done = desk.types("resolve", row.id, "--bought", 5, *WHY, "--resume")
    assert done.status == 1
    assert "is saved, but its operation was not started" in done.err
    assert "is no longer in the panel" in done.err
    assert desk.known(row.id).stage is Stage.CONFIRMED


def test_a_panel_that_must_do_nothing_starts_nothing(desk: Desk):
    number = asked(desk, "open", carried_out=False)
    desk.types("resolve", number, "--not-bought", *WHY)
    (desk.root / "etc" / "billmgr.DoNothing").touch()
    for lang, told in (
        ("C", "etc/billmgr.DoNothing exists"),
        ("ru_RU.UTF-8", "Есть файл etc/billmgr.DoNothing"),
    ):
        done = desk.types("resume", number, lang=lang)
        assert (done.status, told in done.err) == (1, True)
    assert desk.shop.operations()[0]["manual"] == "on"
    assert desk.shop.up.charges() == []


def test_a_purchase_whose_telling_began_is_left_to_the_panels_own_repeat(desk: Desk):
    """Only the panel counts its tries, and by them a repeat is told from a number that came again."""
    item = desk.shop.order()
    row = desk.purchase(item, "prolong", Stage.CONFIRMED, operation=desk.operation(item, "prolong"))
    desk.shop.journal().record(row, Event.CALLBACK_BEGINS, callback=1)
    done = desk.types("resume", row.id, "--json")
    assert done.data["result"] == "waiting", done
    assert desk.known(row.id).stage is Stage.CONFIRMED
    assert desk.shop.operations()[0]["manual"] == "off"
