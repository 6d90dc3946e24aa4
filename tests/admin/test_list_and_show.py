"""What waits, what it asks, and what was tried."""

from __future__ import annotations

import pytest

from bill2bill.host.reply import operation_error
from bill2bill.journal.purchase import Evidence, Stage
from bill2bill.journal.transitions import Event

from .desk import Desk

KEYS = {
    "id", "item", "kind", "module", "operation", "stage", "name", "months", "before", "remote", "tariff",
    "period", "cost", "accepted", "account",
    "callback", "taken_over", "highest", "unpaid", "sent", "created", "changed", "question", "evidence",
    "bought",
    "itemtype", "detached", "attempts", "absences", "asks",
}  # fmt: skip


def test_what_needs_a_person_comes_first_with_its_question_and_operation(desk: Desk):
    desk.purchase(item=70, stage=Stage.SENT)
    row = desk.purchase(item=71, kind="prolong", operation=4711, evidence=Evidence.CALLBACK)
    done = desk.types("list")
    lines = [line for line in done.out.splitlines() if "name7" in line]
    assert "name71.ru" in lines[0]
    assert "in_doubt_same_renewal" in lines[0]
    assert "4711" in lines[0]
    assert f"{desk.root}/sbin/bill2bill journal show {row.id}" in done.out


def test_states_and_items_can_be_chosen(desk: Desk):
    for item, stage in ((70, Stage.SENT), (71, None), (71, Stage.REPORTED), (72, Stage.REFUSED)):
        desk.purchase(item=item, kind="prolong" if stage is Stage.REPORTED else "open", stage=stage)
    assert [row["item"] for row in desk.types("list", "--json").data] == [70, 71]
    assert [row["asks"] for row in desk.types("list", "--json", "--item", 71).data] == ["in_doubt_bought"]
    assert [
        row["item"] for row in desk.types("list", "--json", "--stage", "refused", "--state", "reported").data
    ] == [71, 72]
    assert desk.types("list", "--json", "--item", 71, "--state", "confirmed").data == []
    assert "Проверять нечего" in desk.types("list", "--item", 99, lang="ru_RU.UTF-8").out
    for wrong in (["--item", "0"], ["--item", "1" + "0" * 30], ["--state", "lost"]):
        assert desk.types("list", *wrong).status == 2


def test_scripts_can_rely_on_the_keys(desk: Desk):
    row = desk.purchase()
    (listed,) = desk.types("list", "--json").data
    assert set(listed) >= KEYS
    assert (listed["asks"], listed["question"], listed["evidence"]) == (
        "in_doubt_bought",
        "bought",
        "timeout",
    )
    shown = desk.types("show", row.id, "--json").data
    assert set(shown) >= {*KEYS, "steps", "decisions"}
    assert set(shown["asks"]) == {"code", "en", "ru"}
    assert set(shown["steps"][0]) == {"at", "event", "stage", "arguments"}


def test_a_question_that_stands_only_with_its_operation_is_seen_too(desk: Desk):
    from datetime import datetime

    from bill2bill.errors import Failure

    item = desk.shop.order()
    row = desk.purchase(item, "open", Stage.SENT)
    now = datetime(2026, 11, 26, 14, 0)  # noqa: DTZ001 - local time, as the panel writes
    for about, seen in ((row.id, "two_alike"), (row.id + 1, None)):
        failure = Failure("two_alike", id=about, found="5 (a), 6 (b)")
        number = desk.operation(item, "open", operation_error(failure, 1, "My upstream", now))
        row = desk.shop.journal().record(row, Event.CONTINUED, operation=number)
        (listed,) = desk.types("list", "--json").data
        assert listed["asks"] == seen
    assert desk.types("show", row.id, "--json").data["asks"] is None


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "C",
            [
                "does the service name71.ru stand",
                "the request was sent",
                "(connection lost, upstream_unreachable)",
                "no check succeeded",
            ],
        ),
        (
            "ru_RU.UTF-8",
            [
                "появилась ли услуга name71.ru",
                "запрос отправлен",
                "(обрыв связи, upstream_unreachable)",
                "ни одна не удалась",
            ],
        ),
    ],
)
def test_show_tells_the_question_what_was_tried_and_the_exact_command(desk: Desk, lang: str, words: list):
    row = desk.purchase()
    told = desk.types("show", row.id, lang=lang).out.splitlines()[-1]
    for word in [*words, f"{desk.root}/sbin/bill2bill journal resolve {row.id} --not-bought --resume --why "]:
        assert word in told
    assert "canary-word" not in told, "what a provider said stays in the journal"


def test_without_the_panels_database_the_journal_is_listed_all_the_same(desk: Desk):
    desk.purchase(operation=5, stage=Stage.SENT)
    (desk.root / "etc" / "billmgr.conf.d" / "db.conf").write_text("DBType sqlite\nDBName /nowhere/at/all\n")
    done = desk.types("list", "--json")
    assert (done.status, len(done.data), done.err) == (0, 1, "")
