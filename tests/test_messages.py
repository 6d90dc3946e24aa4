"""Every sentence for people exists in Russian and English, and no code holds a part of one."""

import ast
import re
from pathlib import Path

import pytest

from bill2bill import messages
from bill2bill.config import CONNECTIONS, OPTIONS, TARIFF
from bill2bill.errors import CODES, Failure, Phrase, Raw
from bill2bill.messages import PLACEHOLDER, forms
from bill2bill.messages.errors import ERRORS
from bill2bill.messages.phrases import PHRASES
from bill2bill.messages.questions import QUESTIONS

PACKAGE = Path(__file__).parents[1] / "bill2bill"
FAILURES = {"Failure", "NotSent", "Refused", "NoAnswer", "PanelError"}


def calls_in(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "id", getattr(node.func, "attr", "")), node


def constants(node):
    """Texts that are written in an expression; not those of phrases, of what others said, and of keys."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Phrase", "Raw"):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "str":
        yield "str()"  # of an exception, say
    inside = [node.value] if isinstance(node, ast.Subscript) else ast.iter_child_nodes(node)
    for child in inside:
        yield from constants(child)


def modules():
    paths = sorted(PACKAGE.rglob("*.py"))
    return [path for path in paths if path.relative_to(PACKAGE).parts[0] not in ("sandbox", "messages")]


def test_every_error_has_its_sentence_and_no_sentence_lacks_an_error():
    assert not set(ERRORS) & set(QUESTIONS)
    assert set(ERRORS) | set(QUESTIONS) == set(CODES)


def test_reasons_and_names_of_things_are_phrases_or_what_others_said():
    found = []
    for path in modules():
        for name, call in calls_in(path):
            given = [one.value for one in call.keywords if one.arg in messages.IN_BOTH_LANGUAGES]
            if name in FAILURES and any(list(constants(value)) for value in given):
                found.append(f"{path.relative_to(PACKAGE)}:{call.lineno}")
    assert not found


def test_every_phrase_of_the_code_has_a_text_with_its_parameters_and_no_text_is_left_over():
    used = set()
    for path in modules():
        for name, call in calls_in(path):
            made_up = call.args and isinstance(
                call.args[0], (ast.Attribute, ast.JoinedStr)
            )  # test_transitions
            if name != "Phrase" or not call.args or made_up:
                continue
            for code in constants(call.args[0]):
                used.add(code)
                needed = set(PLACEHOLDER.findall("".join(PHRASES[code])))
                assert {one.arg for one in call.keywords} == needed, (path.name, code)
    assert used == set(PHRASES)


@pytest.mark.parametrize("texts", [ERRORS, QUESTIONS, PHRASES], ids=["errors", "questions", "phrases"])
def test_both_languages_say_the_same_of_the_same_parameters(texts):
    for code, (en, ru) in texts.items():
        names = {lang: set(PLACEHOLDER.findall(text)) for lang, text in (("en", en), ("ru", ru))}
        plain = {lang: {re.sub(f"_{lang}$", "", name) for name in found} for lang, found in names.items()}
        assert plain["en"] == plain["ru"], code
        words = PLACEHOLDER.sub("", en)
        assert not re.search("[а-яё]", en, re.IGNORECASE), code
        assert re.search("[а-яё]", ru, re.IGNORECASE) or not re.search("[a-z]", words), code


def test_every_field_choice_and_option_has_its_texts_in_both_languages_and_no_text_is_left_over():
    fields = [*TARIFF, *(field for fields in CONNECTIONS.values() for field in fields)]
    assert {field.text or field.name for field in fields} == set(forms.FIELDS)
    assert {(field.name, value) for field in fields for value in field.choices} == set(forms.CHOICES)
    assert set(OPTIONS) == set(forms.OPTIONS)
    hints = [text.hint for text in forms.FIELDS.values()]
    for en, ru in [*hints, *forms.OPTIONS.values()]:
        assert en
        assert not re.search("[а-яё]", en, re.IGNORECASE)
        assert re.search("[а-яё]", ru, re.IGNORECASE)
    for en, ru in [*(text.label for text in forms.FIELDS.values()), *forms.CHOICES.values()]:
        assert en
        assert en == ru or re.search("[а-яё]", ru, re.IGNORECASE)


def test_a_phrase_inside_a_phrase_is_told_in_one_language():
    host = Phrase("of", value="пример", reason=Phrase("empty_label"))
    failure = Failure("ns_bad", reason=host)
    assert "пример: a part between dots is empty" in messages.text(failure, "en")
    assert "пример: пустая часть между точками" in messages.text(failure, "ru")
    assert str(failure) == "ns_bad: reason=of(value=пример, reason=empty_label)"


def test_what_others_said_is_shown_as_it_is_and_is_never_taken_for_a_placeholder():
    failure = Failure("panel_refused", func="x", reason=Raw("type=__func__"))
    for lang in ("en", "ru"):
        assert "type=__func__" in messages.text(failure, lang)
        assert messages.for_panel(failure, "en")[f"reason_{lang}"] == "type=__func__"


def test_the_panel_gets_a_phrase_in_the_language_of_each_of_its_own_messages():
    failure = Failure("panel_data", object=Phrase("item", id=7), reason=Phrase("absent"))
    given = messages.for_panel(failure, "ru")
    assert (given["object"], given["object_en"], given["object_ru"]) == ("услуга 7", "item 7", "услуга 7")
    for lang in ("en", "ru"):
        assert set(PLACEHOLDER.findall(messages.panel_message("panel_data", lang))) <= set(given)
