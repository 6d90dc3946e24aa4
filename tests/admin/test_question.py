"""The texts that ask a person: complete in both languages, short enough for a task, and with a command that
can be typed as it stands.
"""

from __future__ import annotations

import re
import shlex
from datetime import datetime
from pathlib import Path
from typing import Dict, Sequence, Set

import pytest
from kit.purchases import RAISED, asks

from bill2bill import messages
from bill2bill.admin import cli
from bill2bill.errors import CODES, Failure
from bill2bill.host import failure as failures
from bill2bill.host.panel import LONGEST_TEXT
from bill2bill.host.reply import error_document, operation_error
from bill2bill.journal.journal import Happened
from bill2bill.journal.kinds import KINDS
from bill2bill.journal.purchase import Evidence, Question, Stage
from bill2bill.journal.questions import Answer, answers_to, asked_about
from bill2bill.journal.transitions import Event
from bill2bill.messages import history
from bill2bill.messages.questions import explained

PANEL = Path("/usr/local/mgr5")
NOON = datetime(2026, 11, 26, 12, 0)  # noqa: DTZ001 - a person's time is local
STEPS = [
    Happened(NOON.timestamp(), Event.BEGUN, Stage.INTENDED, {"operation": 5}),
    Happened(NOON.timestamp() + 1, Event.REQUEST_LEAVES, Stage.SENT, {}),
    Happened(NOON.timestamp() + 31, Event.NO_ANSWER, Stage.SENT, {"code": "upstream_unreachable"}),
    Happened(NOON.timestamp() + 40, Event.LEGACY, Stage.SENT, {"note": "canary-word ivan@example.ru"}),
    Happened(
        NOON.timestamp() + 90_000, Event.UNCLEAR, Stage.SENT, {"evidence": "timeout", "code": "upstream_wall"}
    ),
]  # fmt: skip
PARAMS = {
    "id": 1, "value": "example.ru", "months": 12, "before": "2027-05-26", "item": 71, "found": "5 (a), 6 (b)",
}  # fmt: skip
# Questions that stand with an operation only, and the answers that they take.
OTHERS: Dict[str, Set[Answer]] = {
    "two_alike": {Answer.BOUGHT, Answer.NOT_BOUGHT}, "other_account": {Answer.BOUGHT, Answer.NOT_BOUGHT},
    "name_taken": {Answer.BOUGHT}, "panel_restored": {Answer.SAME, Answer.OTHER_ITEM},
}  # fmt: skip
ASKED: Dict[str, Failure] = {
    **{
        f"{question.value}-{evidence.value}": asked_about(asks(question, evidence))
        for question, evidence in RAISED
    },
    **{
        f"bought-timeout-{kind}": asked_about(asks(Question.BOUGHT, Evidence.TIMEOUT, kind)) for kind in KINDS
    },
    **{code: Failure(code, **{**PARAMS, "remote": 10501}) for code in OTHERS},
}
TAKEN: Dict[str, Set[Answer]] = {
    **{
        f"{question.value}-{evidence.value}": set(answers_to(asks(question, evidence)))
        for question, evidence in RAISED
    },
    **{f"bought-timeout-{kind}": {Answer.BOUGHT, Answer.NOT_BOUGHT} for kind in KINDS},
    **OTHERS,
}
every_question = pytest.mark.parametrize("name", ASKED)
in_both_languages = pytest.mark.parametrize("lang", ["en", "ru"])


def asked(name: str, root: Path = PANEL, steps: Sequence[Happened] = STEPS, **params: object) -> Failure:
    found = ASKED[name]
    failure = Failure(found.code, **{**found.params, **params})
    return explained(failure, root, lambda number: steps if number == 1 else [])


def test_every_question_of_the_journal_is_one_that_a_person_can_answer():
    questions = {code for code in CODES if messages.is_question(code) and code != "copied_panel"}
    assert {failure.code for failure in ASKED.values()} == questions
    assert {f"in_doubt_{question.value}" for question in Question} <= questions


@in_both_languages
@every_question
def test_a_question_says_what_was_tried_and_when_and_leaves_no_gap(name: str, lang: str):
    text = messages.text(asked(name), lang)
    for when in ("2026-11-26 12:00:01", "2026-11-26 12:00:31", "2026-11-27 13:00:00"):
        assert when in text
    assert ("запрос отправлен" if lang == "ru" else "the request was sent") in text
    assert "upstream_unreachable" in text
    assert ("ни одна не удалась" if lang == "ru" else "no check succeeded") in text
    assert not re.search(r"__\w+__", text)
    assert "canary-word" not in text
    assert "ivan@" not in text


@in_both_languages
@every_question
def test_its_commands_are_complete_and_give_every_answer_that_is_taken(name: str, lang: str):
    text = messages.text(asked(name), lang)
    commands = [shlex.split(one) for one in re.findall("«([^»]*journal [^»]*)»", text)]
    assert sorted(f"--{answer.value}" for answer in TAKEN[name]) == sorted(
        next(word for word in words[4:] if word != "--resume") for words in commands
    )
    for words in commands:
        assert words[:4] == ["/usr/local/mgr5/sbin/bill2bill", "journal", "resolve", "1"]
        assert words[-3:-1] == ["--resume", "--why"]
        # an item that claims a service may really have another one, whose id only a person can find
        assert words[4] != "--bought" or words[5] == ("N" if "claimed" in name else "10501")
        assert set(words) & {f"--{answer.value}" for answer in Answer}


def test_every_word_of_the_commands_is_an_option_of_the_command_line():
    options = {name for option in vars(cli).values() for name in getattr(option, "param_decls", None) or ()}
    texts = [messages.text(asked(name), "en") for name in ASKED]
    for text in (*texts, messages.text(Failure("copied_panel"), "en")):
        for word in re.findall(r"--[a-z-]+", text):
            assert word in options, word
    for older in ("--exists", "--absent", "--told", "--foreign"):
        assert older in options, "the words of the release before are taken for one release more"


def test_a_folder_with_a_space_can_be_typed_too(tmp_path: Path):
    root = tmp_path / "my panel"
    (words,) = {
        tuple(shlex.split(one)[:3])
        for one in re.findall(
            "«([^»]*journal resolve[^»]*)»", messages.text(asked("bought-timeout", root), "en")
        )
    }
    assert words == (f"{root}/sbin/bill2bill", "journal", "resolve")


@every_question
def test_both_languages_fit_into_a_task_whatever_the_story(name: str):
    told = (
        (Event.REQUEST_LEAVES, {}), (Event.NO_ANSWER, {"code": "invalid_login_or_passwd"}),
        (Event.ABSENCE_PROVED, {}),
    )  # fmt: skip
    steps = [Happened(NOON.timestamp(), event, Stage.SENT, arguments) for event, arguments in told] * 50
    failure = asked(name, PANEL, steps, value="x" * 253, found="123456 (name)" * 10)
    text = failures.in_both_languages(failure, "[My upstream] prolong item=71 operation=5: ")
    assert len(text) <= LONGEST_TEXT
    assert "…" not in text.replace("… 143 more …", "").replace("… ещё 143 …", "")
    assert messages.text(failure, "ru") in text
    assert text.endswith(messages.text(failure, "en"))
    assert "ещё 143" in text


def test_a_text_that_is_too_long_leaves_room_for_the_other_language():
    failure = Failure("in_doubt_bought", **{**ASKED["bought-timeout"].params, "value": "x" * 5000})
    text = failures.in_both_languages(failure, "about " * 1000)
    assert len(text) <= LONGEST_TEXT
    assert "Покупка 1 ждёт человека" in text
    assert "Purchase 1 waits for a person" in text


@every_question
def test_before_the_story_is_told_the_sentence_is_whole_too(name: str):
    """As it goes to the log and to the panel's form."""
    for lang in ("en", "ru"):
        text = messages.text(ASKED[name], lang)
        assert not re.search(r"__\w+__", text)
        assert "bill2bill journal resolve 1 --" in text
    assert "__" not in error_document(ASKED[name], "ru").decode()


def test_the_panel_gets_every_parameter_that_its_own_message_needs():
    """It shows msg_error_<code> with the parameters of the stored error (host-protocol 4.3)."""
    for name, failure in ASKED.items():
        stored = operation_error(asked(name), 1, "My upstream", NOON)
        names = set(re.findall(r'<param name="(\w+)"', stored))
        said = messages.panel_message(failure.code, "en") + messages.panel_message(failure.code, "ru")
        assert set(re.findall(r"__(\w+?)__", said)) <= names
        assert "canary-word" not in stored


def test_a_journal_that_cannot_be_read_takes_nothing_from_the_question():
    def broken(number: int):
        raise Failure("state_unusable", reason="disk full")

    text = messages.text(explained(ASKED["bought-timeout"], PANEL, broken), "ru")
    assert "/usr/local/mgr5/sbin/bill2bill journal resolve 1 --not-bought" in text


def test_other_failures_stay_as_they_are():
    failure = Failure("low_balance", balance="1", value="2")
    assert explained(failure, PANEL, lambda number: STEPS) is failure


def test_a_step_of_an_earlier_release_is_told_without_its_words():
    for lang, word in (("en", "earlier release"), ("ru", "прежней версии")):
        told = history.history(STEPS, lang)
        assert word in told
        assert "canary-word" not in told


def test_an_argument_that_an_earlier_release_did_not_keep_leaves_no_gap():
    for event in Event:
        for lang in ("en", "ru"):
            assert "{" not in history.sentence(Happened(1.0, event, Stage.SENT, {}), lang)
