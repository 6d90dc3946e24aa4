"""What nobody can tell is a person's question: asked once, in both languages, and answered without paying
twice.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from kit.reseller import DomainReseller
from kit.waiting import wait_for

from bill2bill.sandbox.stage import Said

SPENDS = {"open": "domain.order.4", "prolong": "domain.renew"}
QUESTIONS = {
    "open": (
        "появилась ли услуга example.ru у поставщика по этому заказу",
        "does the service example.ru stand in the provider's account because of this order",
    ),
    "prolong": (
        "продлена ли услуга example.ru на 12 мес.",
        "was the service example.ru renewed for 12 months",
    ),
}


def doubtful(shop: DomainReseller, command: str, *, carried_out: bool) -> int:
    """An item whose purchase lost its answer, and every look after that failed for longer than `overdue`. The
    item's id.
    """
    item = shop.bought() if command == "open" else shop.owned()
    if command == "prolong":
        shop.start(item, command)
    shop.up.progress("immediate")
    if carried_out:
        shop.up.fault(SPENDS[command], "commit_later", seconds=0.2)
    else:
        shop.up.fault(SPENDS[command], "cut", when="before")
    shop.settings(settle=3600)
    shop.tick()
    wait_for(lambda: bool(shop.up.charges()) == carried_out)
    look_ups_fail(shop)
    assert list(shop.tick().values()) == ["kept"], "it is not overdue yet"
    assert shop.tasks() == []
    shop.settings(settle=0, overdue=0)
    assert list(shop.tick().values()) == ["manual"]
    return item


def look_ups_fail(shop: DomainReseller) -> None:
    for func in ("domain.getinfo", "domain"):
        shop.up.fault(func, "html_200", when="after", sticky=True)


@pytest.mark.both_databases
@pytest.mark.parametrize(("command", "task_type"), [("open", "empty"), ("prolong", "post")])
def test_the_question_stands_in_the_operation_and_in_one_task_in_both_languages(
    shop: DomainReseller, command: str, task_type: str
):
    shop.switch(task_type=task_type)
    shop.panel.call("processing.edit", elid=1, notify="off", sok="ok")  # a doubt is told all the same
    item = doubtful(shop, command, carried_out=False)
    (task,) = shop.tasks()
    (operation,) = shop.operations()
    russian, english = QUESTIONS[command]
    number = shop.purchase(item, command).id
    error = ET.fromstring(operation["errorxml"]).find("error")
    texts = {param.get("name"): param.text or "" for param in error}
    for text, question in ((texts["valueRU"], russian), (texts["valueEN"], english)):
        assert question in text
        assert f"bill2bill journal resolve {number} --bought " in text
        assert f"bill2bill journal resolve {number} --not-bought" in text
    if task_type == "empty":
        assert task["department"]
        assert russian in task["specification"]
        assert english in task["specification"]
    else:
        assert (task["item"], task["runningoperation"], task["type"]) == (
            item,
            operation["id"],
            f"post{command}",
        )

    shop.restart(operation["id"])
    assert list(shop.tick().values()) == ["manual"], "the question is not answered yet"
    assert len(shop.up.requests(SPENDS[command])) == 1
    assert len(shop.tasks()) == (1 if task_type == "post" else 2), (
        "a free task belongs to no operation, so it is asked anew"
    )


@pytest.mark.both_databases
@pytest.mark.parametrize("command", SPENDS)
def test_a_person_says_that_it_exists_and_the_next_run_finishes_without_paying(
    shop: DomainReseller, command: str
):
    item = doubtful(shop, command, carried_out=True)
    remote = shop.up.domain("example.ru")["id"]
    answered(shop, item, command, "--bought", str(remote))
    shop.up.heal()
    shop.restart(shop.operations()[0]["id"])
    assert list(shop.tick().values()) == ["gone"]
    assert len(shop.up.charges()) == 1
    assert shop.item(item)["bill2bill"].startswith(f"id={remote};")
    assert shop.item(item)["status"] == 2


@pytest.mark.parametrize("command", SPENDS)
def test_a_person_says_that_it_does_not_exist_and_it_is_bought_once(shop: DomainReseller, command: str):
    item = doubtful(shop, command, carried_out=False)
    answered(shop, item, command, "--not-bought")
    shop.up.heal()
    shop.restart(shop.operations()[0]["id"])
    assert list(shop.tick().values()) == ["gone"]
    assert len(shop.up.charges()) == 1
    assert len(shop.up.requests(SPENDS[command])) == 2
    assert shop.item(item)["status"] == 2


def test_a_wrong_answer_that_an_order_does_not_exist_buys_no_second_domain(shop: DomainReseller):
    item = doubtful(shop, "open", carried_out=True)
    answered(shop, item, "open", "--not-bought")
    shop.up.heal()
    shop.restart(shop.operations()[0]["id"])
    assert list(shop.tick().values()) == ["manual"]
    assert shop.up.charges() == ["order"]


def answered(shop: DomainReseller, item: int, command: str, *words: str) -> None:
    """The command line, as the task tells to use it."""
    number = shop.purchase(item, command).id
    assert f"{number} " in shop.cli("journal", "list")
    assert "Start its operation again" in shop.cli(
        "journal", "resolve", str(number), *words, "--why", "seen in the cabinet"
    )
    assert "seen in the cabinet" in shop.cli("journal", "show", str(number))


def test_when_the_looks_answer_again_the_doubt_is_over_without_a_person(shop: DomainReseller):
    item = doubtful(shop, "open", carried_out=True)
    shop.up.heal()
    shop.restart(shop.operations()[0]["id"])
    assert list(shop.tick().values()) == ["gone"]
    assert shop.up.charges() == ["order"]
    assert shop.item(item)["status"] == 2


def test_administrators_see_what_is_in_doubt_and_clients_do_not(shop: DomainReseller):
    item = doubtful(shop, "open", carried_out=False)
    number = shop.purchase(item, "open").id
    for user in ([], [("su", admin(shop))]):
        (row,) = shop.panel.rows("bill2bill.doubt", **dict(user))
        assert (row["id"], row["item"], row["name"], row["state"], row["kind"]) == (
            str(number),
            str(item),
            "example.ru",
            "doubt",
            "open",
        )
    client = shop.rows("SELECT name FROM user WHERE level = 16")[0]["name"]
    for lang, text in (("ru", "только администраторам"), ("en", "Only administrators")):
        with pytest.raises(Said, match=text):
            shop.panel.call("bill2bill.doubt", su=client, lang=lang)
    menu = [row["text"] for row in shop.panel.rows("sandbox.menu", lang="ru")]
    assert "Покупки под вопросом" in menu


def admin(shop: DomainReseller) -> str:
    return shop.rows("SELECT name FROM user WHERE level = 29")[0]["name"]
