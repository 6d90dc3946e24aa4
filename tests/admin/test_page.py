"""The pages of the admin interface do what the command line does: asked for and answered through the panel,
by the executable itself.
"""

from __future__ import annotations

import os
import subprocess
import time
import xml.etree.ElementTree as ET
from typing import Dict

import pytest
from journeys.test_doubt import admin, doubtful

from bill2bill.journal.purchase import Evidence, Stage
from bill2bill.sandbox.stage import Said
from bill2bill.state.locks import Locks

from .desk import Desk

FORM = "bill2bill.resolve"
WHY = "charged on 26 November"


def client(desk: Desk) -> str:
    return str(desk.shop.rows("SELECT name FROM user WHERE level = 16")[0]["name"])


def test_what_needs_a_person_comes_first(desk: Desk):
    sent, asked = desk.purchase(item=70, stage=Stage.SENT), desk.purchase(item=71, operation=4711)
    rows = desk.shop.panel.rows("bill2bill.doubt", lang="en")
    assert [(row["id"], row["state"], row["operation"]) for row in rows] == [
        (str(asked.id), "doubt", "4711"),
        (str(sent.id), "sent", ""),
    ]


def test_the_list_has_a_button_for_one_row(desk: Desk):
    (button,) = desk.opens("bill2bill.doubt").iter("toolbtn")
    assert (button.get("func"), button.get("type"), button.get("level")) == (FORM, "edit", "admin")


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["does the service name71.ru stand", "request was sent", "no answer came"]),
        ("ru", ["появилась ли услуга name71.ru", "запрос отправлен", "ответа нет"]),
    ],
)
def test_the_form_shows_the_question_and_what_was_tried_and_when(desk: Desk, lang: str, words: list):
    row = desk.purchase()
    page = desk.opens(FORM, elid=row.id, lang=lang)
    text = (page.findtext("question") or "") + (page.findtext("tried") or "")
    sent = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(row.changed))
    for word in [*words, sent]:
        assert word in text
    assert "canary-word" not in text
    texts = {message.get("name"): message.text for message in page.iter("msg")}
    assert ("У поставщика" if lang == "ru" else "at the provider") in (texts["answer_bought"] or "")


@pytest.mark.parametrize(
    ("kind", "evidence", "choices"),
    [
        ("open", Evidence.TIMEOUT, ["bought", "not-bought"]),
        ("open", Evidence.LOST, ["bought", "not-bought"]),
        ("prolong", Evidence.CALLBACK, ["same", "new"]),
        ("prolong", Evidence.MOVED, ["same", "new"]),
        ("prolong", Evidence.LOST, ["same", "new", "not-bought"]),
        ("prolong", Evidence.RESTORED, ["same", "new", "other-item"]),
        ("open", Evidence.RESTORED, ["same", "other-item"]),
    ],
)
def test_only_what_answers_the_question_is_offered_and_every_choice_has_its_words(
    desk: Desk, kind: str, evidence: Evidence, choices: list
):
    page = desk.opens(FORM, elid=desk.purchase(kind=kind, evidence=evidence).id)
    (offered,) = [one for one in page.findall("slist") if one.get("name") == "answer"]
    assert [one.get("key") for one in offered] == choices
    texts = {message.get("name") for block in page.findall("messages") for message in block}
    assert {one.text for one in offered} <= texts


@pytest.mark.parametrize(("answer", "carried_out"), [("bought", True), ("not-bought", False)])
def test_an_answer_is_kept_with_the_panels_user_and_the_operation_goes_on(
    desk: Desk, answer: str, carried_out: bool
):
    item = doubtful(desk.shop, "open", carried_out=carried_out)
    desk.shop.up.heal()
    number = desk.shop.purchase(item, "open").id
    remote = desk.shop.up.domain("example.ru")["id"] if carried_out else ""
    reply = desk.saves(elid=number, answer=answer, remote=remote, why=WHY, su=admin(desk.shop))
    assert reply.find("ok") is not None
    (decision,) = desk.decisions(number)
    assert (decision["who"], decision["why"]) == (admin(desk.shop), WHY)
    assert [operation["manual"] for operation in desk.shop.operations()] == ["off"]
    assert list(desk.shop.tick().values()) == ["gone"]
    assert len(desk.shop.up.charges()) == 1
    assert desk.shop.panel.rows("bill2bill.doubt") == []


@pytest.mark.parametrize("level", ["", "16", "28", "9", "-30", "30x", "٣٠", "1" + "0" * 30])
@pytest.mark.parametrize("func", ["bill2bill.doubt", FORM])
def test_below_an_administrator_nobody_sees_or_answers(desk: Desk, func: str, level: str):
    row = desk.purchase()
    env = {
        "AUTH_LEVEL": level,
        "PARAM_func": func,
        "PARAM_elid": str(row.id),
        "PARAM_sok": "ok",
        "PARAM_answer": "not-bought",
        "PARAM_why": WHY,
    }
    status, reply = started(desk, env)
    assert (status, reply.find("error").get("type")) == (1, "no_rights")
    assert b"name71" not in ET.tostring(reply)
    assert desk.stays(row.id)


def test_a_client_of_the_panel_is_refused(desk: Desk):
    row = desk.purchase()
    for lang, text in (("ru", "только администраторам"), ("en", "Only administrators")):
        with pytest.raises(Said, match=text):
            desk.saves(elid=row.id, answer="not-bought", why=WHY, su=client(desk), lang=lang)
    assert desk.stays(row.id)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"elid": "1, 2"}, "choose_one"),
        ({"elid": ""}, "choose_one"),
        ({"elid": "-1"}, "choose_one"),
        ({"elid": "1" + "0" * 30}, "choose_one"),
        ({"elid": "1" * 10_000}, "choose_one"),
        ({"elid": "one"}, "choose_one"),
        ({"elid": "0"}, "no_question"),
        ({"elid": "9999999999"}, "no_question"),
        ({"answer": ""}, "bad_input"),
        ({"answer": "perhaps"}, "bad_input"),
        ({"answer": "a" * 10_000}, "bad_input"),
        ({"answer": "same"}, "no_question"),
        ({"answer": "bought", "remote": ""}, "bad_input"),
        ({"answer": "bought", "remote": "0"}, "bad_input"),
        ({"answer": "bought", "remote": "-5"}, "bad_input"),
        ({"answer": "bought", "remote": "5, 6"}, "bad_input"),
        ({"answer": "bought", "remote": "1" + "0" * 30}, "bad_input"),
        ({"answer": "bought", "remote": "9999999999"}, "bad_input"),
        ({"why": ""}, "why_missing"),
        ({"why": "  "}, "why_missing"),
        ({"why": "w" * 1001}, "bad_input"),
    ],
)
@pytest.mark.parametrize("lang", ["ru", "en"])
def test_whatever_comes_in_is_a_clear_error_and_decides_nothing(
    desk: Desk, params: Dict[str, str], code: str, lang: str
):
    row = desk.purchase()
    given = {"elid": str(row.id), "answer": "not-bought", "why": WHY, **params}
    with pytest.raises(Said) as said:
        desk.saves(**given, lang=lang)
    assert said.value.type == code
    assert any("а" <= letter <= "я" for letter in said.value.text) is (lang == "ru")
    assert desk.stays(row.id)
    assert desk.decisions(row.id) == []


def test_opening_the_form_decides_nothing(desk: Desk):
    row = desk.purchase()
    desk.opens(FORM, elid=row.id, answer="not-bought", why=WHY)
    desk.opens(FORM, elid=row.id, answer="not-bought", why=WHY, sok="yes")
    assert desk.stays(row.id)


def test_too_early_a_held_id_a_busy_item_and_a_second_answer_are_refused_in_words(desk: Desk):
    desk.shop.settings(settle=600, item_wait=0)
    early = desk.purchase(item=70, stage=Stage.SENT, sent=time.time())
    with pytest.raises(Said, match="may still carry out"):
        desk.saves(elid=early.id, answer="not-bought", why=WHY)
    desk.purchase(item=72, stage=Stage.CONFIRMED, remote=10501)
    row = desk.purchase()
    with pytest.raises(Said, match=r"item 72 \(purchase \d+\)"):
        desk.saves(elid=row.id, answer="bought", remote=10501, why=WHY)
    with (
        Locks(desk.root / "var" / "bill2bill" / "locks").item(row.item, 0),
        pytest.raises(Said, match="Another command is working on this item"),
    ):
        desk.saves(elid=row.id, answer="not-bought", why=WHY)
    desk.saves(elid=row.id, answer="not-bought", why=WHY)
    with pytest.raises(Said) as said:
        desk.saves(elid=row.id, answer="not-bought", why=WHY)
    assert said.value.type == "no_question"
    assert [one["answer"] for one in desk.decisions(row.id)] == ["not-bought"]


@pytest.mark.parametrize(
    ("lang", "text"),
    [("en", "is saved, but its operation was not started"), ("ru", "сохранён, но её операция не запущена")],
)
def test_an_answer_stands_though_its_operation_has_left_the_panel(desk: Desk, lang: str, text: str):
    row = desk.purchase(operation=4711)
    with pytest.raises(Said, match=text):
        desk.saves(elid=row.id, answer="bought", remote=10501, why=WHY, lang=lang)
    assert desk.known(row.id).stage is Stage.CONFIRMED


@pytest.mark.parametrize(
    "stdin", [b"", b"<doc", b"<!DOCTYPE doc><doc/>", b"\xff", b"<doc>" + b" " * 9_000_000 + b"</doc>"]
)
@pytest.mark.parametrize("func", ["bill2bill.doubt", FORM])
def test_a_broken_page_is_a_clear_error(desk: Desk, func: str, stdin: bytes):
    row = desk.purchase()
    status, reply = started(desk, {"AUTH_LEVEL": "30", "PARAM_func": func, "PARAM_elid": str(row.id)}, stdin)
    assert (status, reply.find("error").get("type")) == (1, "bad_input")


def test_a_panel_that_does_not_say_who_reads_gets_both_languages(desk: Desk):
    row = desk.purchase()
    _, page = started(desk, {"AUTH_LEVEL": "30", "PARAM_func": FORM, "PARAM_elid": str(row.id)})
    question = page.findtext("question") or ""
    assert "появилась ли услуга" in question
    assert "does the service" in question


def started(desk: Desk, env: Dict[str, str], stdin: bytes = b"<doc/>"):
    """The executable alone: (status, document)."""
    given = {"PATH": os.environ["PATH"], **env}
    done = subprocess.run(
        [str(desk.root / "addon" / "bill2bill")], input=stdin, capture_output=True, env=given, cwd=desk.root
    )
    assert done.stderr == b"", done.stderr
    return done.returncode, ET.fromstring(done.stdout)
