"""Every sentence for people, in English and Russian: of errors, of reasons, of forms.

The sentences are imported when one is asked for: a command that succeeds does not pay for them.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Dict, Mapping

from bill2bill.errors import Failure, Phrase
from bill2bill.messages.text import Text

PLACEHOLDER = re.compile(r"__(\w+?)__")
# Parameters that may be phrases. The panel shows its own message with the parameters of an error
# (host-protocol 4.3), so it gets these in each language: reason_en, reason_ru.
IN_BOTH_LANGUAGES = ("reason", "object", "because", "asked", "answers")


def text(failure: Failure, lang: str) -> str:
    """The sentence for a person. lang: "ru", anything else is English."""
    return sentence(failure.code, params(failure, lang), lang)


def sentence(code: str, params: Mapping[str, str], lang: str) -> str:
    """The sentence of an error with parameters that are texts already."""
    return _filled(template(code).of(lang), params)


def template(code: str) -> Text:
    """The sentence of an error with its placeholders."""
    from bill2bill.messages.errors import ERRORS
    from bill2bill.messages.questions import QUESTIONS

    return ERRORS[code] if code in ERRORS else QUESTIONS[code]


def is_question(code: str) -> bool:
    """Does a person answer this error with a command?"""
    from bill2bill.messages.questions import QUESTIONS

    return code in QUESTIONS


def panel_message(code: str, lang: str) -> str:
    """The sentence of an error as the panel keeps it, to be filled from for_panel()."""
    return PLACEHOLDER.sub(
        lambda found: f"__{found[1]}_{lang}__" if found[1] in IN_BOTH_LANGUAGES else found[0],
        template(code).of(lang),
    )


def for_panel(failure: Failure, lang: str) -> Dict[str, str]:
    """The parameters of a failure in `lang`, and those that may be phrases in each language too."""
    both = {
        f"{name}_{one}": text
        for one in ("en", "ru")
        for name, text in params(failure, one).items()
        if name in IN_BOTH_LANGUAGES
    }
    return {**params(failure, lang), **both}


def params(failure: Failure, lang: str) -> Dict[str, str]:
    """The parameters of a failure as texts, and a word for each that its sentence needs and nobody gave."""
    from bill2bill.messages.questions import DEFAULTS

    plain = {name: value for name, value in failure.params.items() if not isinstance(value, Phrase)}
    plain = {**{name: _filled(word, plain) for name, word in DEFAULTS.items()}, **plain}
    given = {name: phrase(value, lang, plain) for name, value in failure.params.items()}
    needed = PLACEHOLDER.findall("".join(template(failure.code)))
    return {**{name: plain[name] for name in DEFAULTS if name in needed}, **given}


def phrase(words: str, lang: str, outer: Mapping[str, str] = MappingProxyType({})) -> str:
    """A phrase in one language, filled from its own parameters, then from the `outer` ones of its failure;
    any other text as it is.
    """
    if not isinstance(words, Phrase):
        return words
    from bill2bill.messages import phrases, questions

    text = phrases.PHRASES.get(words.code) or questions.PHRASES[words.code]
    return _filled(
        text.of(lang), {**outer, **{name: phrase(value, lang) for name, value in words.params.items()}}
    )


def _filled(text: str, params: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda found: params.get(found[1], found[0]), text)
