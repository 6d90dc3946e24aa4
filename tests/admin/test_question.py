"""The texts that ask a person: complete in both languages, short enough for a task, and with a command that
can be typed as it stands.
"""

from __future__ import annotations

import ast
import re
import shlex
import time
from datetime import datetime
from pathlib import Path

import pytest
from bill2bill.journal.doubt import OTHER_QUESTIONS

from bill2bill import messages
from bill2bill.admin import cli, decide
from bill2bill.errors import CODES, Failure
from bill2bill.host import failure as failures
from bill2bill.host.panel import LONGEST_TEXT
from bill2bill.host.reply import error_document, operation_error

PANEL = Path("/usr/local/mgr5")
QUESTIONS = [code for code in CODES if story.asks(code) and code != "copied_panel"]
NOON = datetime(2026, 11, 26, 12, 0)  # noqa: DTZ001 - a person's time is local
STEPS = [
    (NOON.timestamp(), "intended", "operation 5"),
    (NOON.timestamp() + 1, "sent", "request leaves"),
    (
        NOON.timestamp() + 31,
        "sent",
        "no answer: upstream_unreachable {'url': 'https://x/', 'reason': 'canary-word ivan@example.ru'}",
    ),
    (NOON.timestamp() + 90_000, "in doubt", "cannot be looked up: upstream_wall"),
]
PARAMS = {
    "id": 7,
    "value": "example.ru",
    "months": 12,
    "before": "2027-05-26",
    "item": 71,
    "found": "5 (a), 6 (b)",
}


def asked(code: str, root: Path = PANEL, steps: object = STEPS, **params: object) -> Failure:
    return story.explained(
        Failure(code, **{**PARAMS, **params}), root, lambda number: steps if number == 7 else []
    )


def test_every_question_of_the_journal_is_one_that_a_person_can_answer():
    assert {
        f"in_doubt_{name}" for name in (*OTHER_QUESTIONS, "open", "prolong", "setparam", "changepricelist")
    } <= set(QUESTIONS)


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("code", QUESTIONS)
def test_a_question_says_what_was_tried_and_when_and_leaves_no_gap(code: str, lang: str):
    text = messages.text(asked(code), lang)
    for when in ("2026-11-26 12:00:01", "2026-11-26 12:00:31", "2026-11-27 13:00:00"):
        assert when in text
    assert ("запрос отправлен" if lang == "ru" else "the request was sent") in text
    assert "upstream_wall" in text
    assert not re.search(r"__\w+__", text)
    assert "canary-word" not in text
    assert "ivan@" not in text


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("code", QUESTIONS)
def test_its_commands_are_complete_and_give_every_answer_that_is_taken(code: str, lang: str):
    text = messages.text(asked(code, remote=10501), lang)
    commands = [shlex.split(one) for one in re.findall("«([^»]*journal [^»]*)»", text)]
    kind = code.replace("in_doubt_", "")
    answers = decide.ANSWERS.get(kind, decide.ABOUT_THE_REQUEST)
    answers = {"name_taken": ("exists",), "panel_restored": ("same", "foreign")}.get(code, answers)
    assert sorted(f"--{answer}" for answer in answers) == sorted(
        next(word for word in words[4:] if word != "--resume") for words in commands
    )
    for words in commands:
        assert words[:4] == ["/usr/local/mgr5/sbin/bill2bill", "journal", "resolve", "7"]
        assert words[-3:-1] == ["--resume", "--why"]
        assert words[4] != "--exists" or words[5] == "10501"
        assert set(words) & {"--exists", "--absent", "--same", "--told", "--foreign"}


def test_every_word_of_the_commands_is_an_option_of_the_command_line():
    options = {name for option in vars(cli).values() for name in getattr(option, "param_decls", None) or ()}
    for code in (*QUESTIONS, "copied_panel"):
        for word in re.findall(r"--[a-z]+", messages.text(asked(code), "en")):
            assert word in options, word


def test_a_folder_with_a_space_can_be_typed_too(tmp_path: Path):
    root = tmp_path / "my panel"
    (words,) = {
        tuple(shlex.split(one)[:3])
        for one in re.findall(
            "«([^»]*journal resolve[^»]*)»", messages.text(asked("in_doubt_bought", root), "en")
        )
    }
    assert words == (f"{root}/sbin/bill2bill", "journal", "resolve")


@pytest.mark.parametrize("code", QUESTIONS)
def test_both_languages_fit_into_a_task_whatever_the_story(code: str):
    notes = (
        "request leaves",
        "no answer: invalid_login_or_passwd {}",
        "a look proves that it was not carried out",
    )
    steps = [(time.time(), "sent", note) for note in notes] * 50
    failure = asked(code, PANEL, steps, value="x" * 253, found="123456 (name)" * 10)
    text = failures.in_both_languages(failure, "[My upstream] prolong item=71 operation=5: ")
    assert len(text) <= LONGEST_TEXT
    assert "…" not in text.replace("… 143 more …", "").replace("… ещё 143 …", "")
    assert messages.text(failure, "ru") in text
    assert text.endswith(messages.text(failure, "en"))
    assert "ещё 143" in text


def test_a_text_that_is_too_long_leaves_room_for_the_other_language():
    failure = Failure("in_doubt_bought", **{**PARAMS, "value": "x" * 5000})
    text = failures.in_both_languages(failure, "about " * 1000)
    assert len(text) <= LONGEST_TEXT
    assert "Покупка 7 под вопросом" in text
    assert "Purchase 7 is in doubt" in text


@pytest.mark.parametrize("code", QUESTIONS)
def test_before_the_story_is_told_the_sentence_is_whole_too(code: str):
    """As it goes to the log and to the panel's form."""
    for lang in ("en", "ru"):
        text = messages.text(Failure(code, **PARAMS), lang)
        assert not re.search(r"__\w+__", text)
        assert "bill2bill journal resolve 7 --" in text
    assert "__" not in error_document(Failure(code, **PARAMS), "ru").decode()


def test_the_panel_gets_every_parameter_that_its_own_message_needs():
    """It shows msg_error_<code> with the parameters of the stored error (host-protocol 4.3)."""
    for code in QUESTIONS:
        stored = operation_error(asked(code), 1, "My upstream", NOON)
        names = set(re.findall(r'<param name="(\w+)"', stored))
        said = messages.panel_message(code, "en") + messages.panel_message(code, "ru")
        assert set(re.findall(r"__(\w+?)__", said)) <= names
        assert "canary-word" not in stored


def test_a_journal_that_cannot_be_read_takes_nothing_from_the_question():
    def broken(number: int):
        raise Failure("state_unusable", reason="disk full")

    text = messages.text(story.explained(Failure("in_doubt_bought", **PARAMS), PANEL, broken), "ru")
    assert "/usr/local/mgr5/sbin/bill2bill journal resolve 7 --absent" in text


def test_other_failures_stay_as_they_are():
    failure = Failure("low_balance", balance="1", value="2")
    assert story.explained(failure, PANEL, lambda number: STEPS) is failure


def notes():
    """Every note that the code writes into a step, with letters and digits for what is filled in."""
    for path in (Path(__file__).parents[2] / "bill2bill").rglob("*.py"):
        calls = [
            node
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
        ]
        for call in calls:
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            place = {"move": 2, "_may_have_left": 3}.get(name)
            if place is not None and "sandbox" not in path.parts and len(call.args) > place:
                note = call.args[place]
                if isinstance(note, (ast.Constant, ast.JoinedStr)):
                    yield "".join(
                        part.value if isinstance(part, ast.Constant) else "7"
                        for part in getattr(note, "values", [note])
                    )


def test_every_step_that_the_code_writes_has_a_sentence_in_both_languages():
    found = set(notes())
    assert len(found) > 20
    for note in found:
        note = note.replace("7 says: 7. 7", "root says: exists as 7. seen").replace(
            "7 after 7 s", "absent after 7 s"
        )
        assert any(re.fullmatch(pattern, note, re.DOTALL) for pattern, _, _ in story.SAID), note
    for _, en, ru in story.SAID:
        assert re.search("[а-я]", ru)
        assert not re.search("[а-я]", en)
        assert en.count("{") == ru.count("{")
    for answer in decide.ANSWERS.values():
        assert set(answer) <= {"exists", "absent", "same", "told", "foreign"}


def test_a_note_that_nobody_knows_is_told_by_its_state_alone():
    told = story.tried(
        [
            (NOON.timestamp(), "refused", "refused with a secret canary-word"),
            (NOON.timestamp(), "odd", "canary-word"),
        ]
    )
    assert "canary-word" not in told.en + told.ru
    assert "not bought" in told.en
    assert "не куплена" in told.ru
