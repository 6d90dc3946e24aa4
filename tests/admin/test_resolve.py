"""An answer is a person's word about money: taken once, from somebody, for a reason, and only where it is
asked for.
"""

from __future__ import annotations

import time

import pytest

from bill2bill.journal.purchase import Evidence, Stage
from bill2bill.state.locks import Locks

from .desk import Desk

WHY = ("--why", "no charge on 26 November")


@pytest.mark.parametrize(
    ("kind", "words", "answer", "stage", "evidence"),
    [
        ("open", ["--bought", "10501"], "bought 10501", Stage.CONFIRMED, Evidence.TIMEOUT),
        ("open", ["--not-bought"], "not-bought", Stage.REFUSED, Evidence.TIMEOUT),
        ("prolong", ["--same"], "same", Stage.CONFIRMED, Evidence.CALLBACK),
        ("prolong", ["--new"], "new", Stage.REPORTED, Evidence.CALLBACK),
        ("prolong", ["--same"], "same", Stage.CONFIRMED, Evidence.LOST),
        ("prolong", ["--not-bought"], "not-bought", Stage.REFUSED, Evidence.LOST),
        ("prolong", ["--same"], "same", Stage.CONFIRMED, Evidence.RESTORED),
        ("prolong", ["--new"], "new", Stage.REPORTED, Evidence.RESTORED),
        ("open", ["--same"], "same", Stage.REPORTED, Evidence.RESTORED),
        ("open", ["--other-item"], "other-item", Stage.REPORTED, Evidence.RESTORED),
        # the words of the release before
        ("open", ["--exists", "10501"], "bought 10501", Stage.CONFIRMED, Evidence.TIMEOUT),
        ("open", ["--absent"], "not-bought", Stage.REFUSED, Evidence.TIMEOUT),
        ("prolong", ["--told"], "new", Stage.REPORTED, Evidence.CALLBACK),
        ("open", ["--foreign"], "other-item", Stage.REPORTED, Evidence.RESTORED),
    ],
)
def test_every_answer_is_kept_with_who_said_it_when_and_why(
    desk: Desk, kind: str, words: list, answer: str, stage: Stage, evidence: Evidence
):
    row = desk.purchase(item=desk.shop.order(), kind=kind, evidence=evidence)
    done = desk.types("resolve", row.id, *words, *WHY, "--json")
    assert done.status == 0, done.err
    assert set(done.data) == {"purchase", "decision", "next", "resumed"}
    (decision,) = desk.decisions(row.id)
    assert decision == done.data["decision"]
    assert (decision["who"], f"{decision['answer']} {decision['detail']}".strip()) == ("keeper", answer)
    assert decision["why"] == WHY[1]
    assert abs(decision["at"] - time.time()) < 60
    assert desk.known(row.id).stage is stage
    assert (desk.known(row.id).question, desk.known(row.id).evidence) == (None, None)


def test_behind_sudo_stands_a_user(desk: Desk):
    row = desk.purchase()
    desk.types("resolve", row.id, "--not-bought", *WHY, env={"USER": "root", "SUDO_USER": "maria"})
    assert desk.decisions(row.id)[0]["who"] == "maria"


@pytest.mark.parametrize("words", [(), ("--why", ""), ("--why", " \n ")])
@pytest.mark.parametrize(("lang", "told"), [("C", "Give a reason"), ("ru_RU.UTF-8", "Укажите причину")])
def test_without_a_reason_nothing_is_decided(desk: Desk, words: tuple, lang: str, told: str):
    row = desk.purchase()
    done = desk.types("resolve", row.id, "--not-bought", *words, lang=lang)
    assert (done.status, done.out) == (1, "")
    assert told in done.err
    assert desk.stays(row.id)
    assert desk.decisions(row.id) == []


@pytest.mark.parametrize(
    "number", ["0", "-1", "1" + "0" * 30, "seven", "1, 2", "", "1.5", "'; DROP TABLE purchase"]
)
@pytest.mark.parametrize("verb", ["resolve", "resume", "show"])
def test_a_number_that_is_none_is_wrong_usage(desk: Desk, verb: str, number: str):
    row = desk.purchase()
    answer = ["--not-bought", *WHY] if verb == "resolve" else []
    done = desk.types(verb, *answer, "--", number, here=False, env={"BILL2BILL_ROOT": str(desk.root)})
    assert (done.status, done.out) == (2, "")
    assert done.err
    assert desk.stays(row.id)


@pytest.mark.parametrize("verb", ["resolve", "resume", "show"])
@pytest.mark.parametrize(
    ("lang", "told"), [("C", "there is no purchase 99"), ("ru_RU.UTF-8", "покупки 99 нет")]
)
def test_a_purchase_that_is_not_there_is_wrong_usage(desk: Desk, verb: str, lang: str, told: str):
    done = desk.types(verb, 99, *(["--not-bought", *WHY] if verb == "resolve" else []), lang=lang)
    assert done.status == 2
    assert told in done.err


@pytest.mark.parametrize("remote", ["0", "-5", "1" + "0" * 30, "ten", "10501, 10502"])
def test_an_id_that_is_none_is_wrong_usage(desk: Desk, remote: str):
    row = desk.purchase()
    done = desk.types("resolve", row.id, f"--bought={remote}", *WHY)
    assert (done.status, done.out) == (2, "")
    assert desk.stays(row.id)


@pytest.mark.parametrize(
    "words", [[], ["--not-bought", "--same"], ["--bought", "5", "--not-bought"], ["--new", "--other-item"]]
)
def test_exactly_one_answer_is_given(desk: Desk, words: list):
    row = desk.purchase()
    assert desk.types("resolve", row.id, *words, *WHY).status == 2
    assert desk.decisions(row.id) == []


def test_the_id_of_another_items_service_is_refused_with_its_owner(desk: Desk):
    other = desk.purchase(item=72, stage=Stage.CONFIRMED, remote=10501)
    row = desk.purchase(item=73)
    done = desk.types("resolve", row.id, "--bought", 10501, *WHY)
    assert done.status == 1
    assert f"already belongs to item 72 (purchase {other.id})" in done.err
    assert desk.stays(row.id)


def test_a_second_answer_is_refused_and_the_first_one_stands(desk: Desk):
    row = desk.purchase()
    assert desk.types("resolve", row.id, "--not-bought", *WHY).status == 0
    for words in (["--not-bought"], ["--bought", "5"], ["--same"], ["--new"]):
        done = desk.types("resolve", row.id, *words, *WHY)
        assert done.status == 1
        assert "no_question" in done.err
    assert [one["answer"] for one in desk.decisions(row.id)] == ["not-bought"]
    assert desk.known(row.id).stage is Stage.REFUSED


@pytest.mark.parametrize("evidence", [Evidence.TIMEOUT, Evidence.CALLBACK, Evidence.LOST, Evidence.MOVED])
def test_an_answer_to_another_question_is_refused(desk: Desk, evidence: Evidence):
    row = desk.purchase(kind="prolong", evidence=evidence)
    done = desk.types("resolve", row.id, "--other-item", *WHY)
    assert "no_question" in done.err
    assert desk.known(row.id) == row


def test_absent_waits_until_the_request_can_no_longer_be_carried_out(desk: Desk):
    desk.shop.settings(settle=600)
    row = desk.purchase(stage=Stage.SENT, sent=time.time() - 60)
    done = desk.types("resolve", row.id, "--not-bought", *WHY)
    assert done.status == 1
    assert "too_early" in done.err
    assert desk.decisions(row.id) == []
    assert desk.types("resolve", row.id, "--bought", 10501, *WHY).status == 0, (
        "that it is there can be seen at once"
    )


def test_an_answer_waits_for_a_command_that_works_on_the_item_and_does_not_break_in(desk: Desk):
    desk.shop.settings(item_wait=1)
    row = desk.purchase()
    with Locks(desk.root / "var" / "bill2bill" / "locks").item(row.item, 0):
        done = desk.types("resolve", row.id, "--not-bought", *WHY)
    assert done.status == 1
    assert "item_busy" in done.err
    assert desk.stays(row.id)
    assert desk.types("resolve", row.id, "--not-bought", *WHY).status == 0


def test_what_a_person_types_stays_one_line_of_text(desk: Desk):
    row = desk.purchase()
    desk.types(
        "resolve",
        row.id,
        "--not-bought",
        "--why",
        "line\none\x1b[31m '); DROP TABLE decision; --",
        env={"SUDO_USER": "a\x07b" * 100},
    )
    (decision,) = desk.decisions(row.id)
    assert decision["why"] == "line one\\x1b[31m '); DROP TABLE decision; --"
    assert len(decision["who"]) == 64
    shown = desk.types("show", row.id).out
    assert "\x1b" not in shown and "\x07" not in shown  # noqa: PT018
    assert desk.types("resolve", desk.purchase(item=72).id, "--not-bought", "--why", "x" * 1001).status == 1


@pytest.mark.parametrize(
    ("lang", "told"), [("C", "Start its operation again: "), ("ru_RU.UTF-8", "Запустите её операцию снова: ")]
)
def test_the_next_step_is_named_with_the_full_path(desk: Desk, lang: str, told: str):
    row = desk.purchase()
    done = desk.types("resolve", row.id, "--not-bought", *WHY, lang=lang)
    assert f"{told}{desk.root}/sbin/bill2bill journal resume {row.id}\n" in done.out
