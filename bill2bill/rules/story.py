"""What was tried for a purchase and when, told to the person who is asked about it; and the exact command
that takes the answer.

The journal's steps are short notes in English, which may hold what a provider said. A person gets the
sentences of this file, in both languages, with nothing of a note but numbers and codes: no secrets, no
personal data.
"""

from __future__ import annotations

import re
import shlex
from datetime import datetime
from pathlib import Path
from typing import Callable, NamedTuple, Sequence, Tuple

from bill2bill import messages
from bill2bill.errors import Failure

FIRST, LAST = 2, 5  # of a long story the beginning and the end are told
Step = Tuple[object, ...]  # when (seconds since the epoch), the state then, a note

SAID = (
    (r"operation (\d+)", "begun by operation {0}", "начата операцией {0}"),
    (r"operation None", "noted without an operation", "записана без операции"),
    (r"continued by operation (\d+)", "continued by operation {0}", "продолжена операцией {0}"),
    (r"request leaves", "the request was sent", "запрос отправлен"),
    (r"not sent: (\w+).*", "the request did not leave ({0})", "запрос не ушёл ({0})"),
    (r"no answer: (\w+).*", "no answer came ({0})", "ответа нет ({0})"),
    (r"refused: (\w+).*", "the provider refused ({0})", "поставщик отказал ({0})"),
    (r"accepted, but order (\d+) is not paid", "the provider accepted it, its order {0} is not paid",
        "поставщик принял, его заказ {0} не оплачен"),
    (r"a look shows that order (\d+) is not paid", "a look showed that order {0} is not paid",
        "проверка показала, что заказ {0} не оплачен"),
    (r"accepted", "the provider accepted it", "поставщик принял"),
    (r"a look proves that it was not carried out", "a look showed: not carried out",
        "проверка показала: не выполнен"),
    (r"a look does not show it yet", "a look did not show it", "проверка её не показала"),
    (r"sent again and again without an answer", "no answer to any of the allowed requests",
        "ни на один из допустимых запросов нет ответа"),
    (r"cannot be looked up: (\w+)", "a look did not succeed ({0})", "проверить не удалось ({0})"),
    (r"absent after (\d+) s", "a look does not find it, {0} s after the request",
        "проверка не находит её, через {0} с после запроса"),
    (r"under way after (\d+) s", "the provider is still working on it, {0} s after the request",
        "поставщик ещё работает, через {0} с после запроса"),
    (r"seen at the upstream", "a look showed it", "проверка её нашла"),
    (r"was there before anything was sent", "it was there before anything was sent",
        "была у поставщика ещё до запроса"),
    (r"it is there, and it may be what was begun before",
        "a look shows the new date before anything was sent",
     "проверка показывает новый срок ещё до запроса"),
    (r"telling the panel", "the panel is being told", "сообщаем панели"),
    (r"the panel was not told: (\w+)", "the panel could not be told ({0})",
        "панели сообщить не удалось ({0})"),
    (r"the panel was told", "the panel was told", "панели сообщено"),
    (r"was the panel told\? Operation (\d+) asks, (\d+) has begun it",
     "operation {0} asks, operation {1} began it", "спрашивает операция {0}, начала операция {1}"),
    (r"no operation of this kind waits on the panel", "no such operation waits on the panel",
        "на панели не ждёт ни одна такая операция"),
    (r"counts as (\d+) months", "counts as {0} months", "считается как {0} мес."),
    (r"the number of its operation came again", "the number of its operation came again",
        "номер её операции появился снова"),
    (r"it is there", "it is there", "она есть у поставщика"),
    (r"withdrawn: nothing was sent.*", "withdrawn, nothing was sent", "отозвана, ничего не отправлено"),
    (r"the panel's note says that it was told", "the panel has noted that it was told",
        "панель помнит, что ей сообщено"),
    (r"the panel's note says that a request may have left",
        "the panel has noted that a request may have left", "панель помнит, что запрос мог уйти"),
    (r"noted on the panel; the journal was lost or is older",
        "found in the panel's note, missing in the journal",
     "найдена в записи панели, в журнале её не было"),
    (r"over in a part of the journal that was lost", "over in a part of the journal that was lost",
        "завершена в потерянной части журнала"),
    (r"the panel knows nothing of it \(any more\)", "the panel knows nothing of it",
        "панель о ней ничего не знает"),
    (r"the expiry date has moved by this very term since it was known last",
        "the expiry date has moved by this very term since it was known last",
     "срок действия сдвинулся ровно на этот период с тех пор, как был известен"),
    (r"noted on the panel", "noted on the panel", "записана на панели"),
    (r"named for the panel's note", "named for the panel's note", "названа для записи панели"),
    (r".* says: is the same service.*", "a person answered: the same service",
        "ответ человека: та же услуга"),
    (r".* says: is of another item.*", "a person answered: it is of another item",
        "ответ человека: она другой услуги"),
    (r".* says: exists as (\d+).*", "a person answered: it is {0} at the provider",
        "ответ человека: у поставщика это {0}"),
    (r".* says: does not exist.*", "a person answered: it is not there",
        "ответ человека: у поставщика её нет"),
    (r".* says: is the same renewal.*", "a person answered: the same renewal",
        "ответ человека: то же продление"),
    (r".* says: the panel was told.*", "a person answered: the panel knows of it",
        "ответ человека: панель о ней знает"),
)  # fmt: skip
STATES = {
    "intended": ("written down", "записана"), "sent": ("sent", "отправлена"),
    "confirmed": ("seen at the provider", "есть у поставщика"),
    "refused": ("not bought", "не куплена"), "in doubt": ("in doubt", "под вопросом"),
    "reported": ("finished", "завершена"),
}  # fmt: skip
REASONS = {
    "upstream_unreachable": ("connection lost", "обрыв связи"),
    "upstream_answer": ("unreadable answer", "непонятный ответ"),
    "upstream_trouble": ("the provider's own error", "ошибка у поставщика"),
    "upstream_wall": ("a firewall answered", "ответил межсетевой экран"),
    "low_balance": ("not enough money", "не хватает денег"),
    "panel_unreachable": ("the panel was away", "панель не отвечала"),
    "invalid_login_or_passwd": ("the login was refused", "вход отклонён"),
    "account_paused": ("the login rests", "вход приостановлен"),
}  # fmt: skip


class Told(NamedTuple):
    en: str
    ru: str


def sentence(state: str, note: str) -> Told:
    """One step in both languages."""
    for pattern, en, ru in SAID:
        found = re.fullmatch(pattern, note, re.DOTALL)
        if found:
            return Told(
                *(
                    text.format(*[_reason(word, number) for word in found.groups()])
                    for number, text in enumerate((en, ru))
                )
            )
    return Told(*STATES.get(state, (state, state)))


def _reason(word: str, language: int) -> str:
    """A code of errors.py with a word that explains it."""
    return f"{REASONS[word][language]}, {word}" if word in REASONS else word


def tried(steps: Sequence[Step]) -> Told:
    """Every step with its local time, on one line; of many the first and the last ones."""
    told = [(_when(at), sentence(str(state), str(note))) for at, state, note in steps]
    left_out = len(told) - FIRST - LAST
    english, russian = [f"{when} {one.en}" for when, one in told], [f"{when} {one.ru}" for when, one in told]
    if left_out > 0:
        english[FIRST:-LAST], russian[FIRST:-LAST] = [f"… {left_out} more …"], [f"… ещё {left_out} …"]
    return Told("; ".join(english), "; ".join(russian))


def _when(at: object) -> str:
    return datetime.fromtimestamp(float(str(at))).strftime("%Y-%m-%d %H:%M:%S")  # noqa: DTZ006 - a person's time is local


def command(root: Path) -> str:
    """This panel's own command line, which knows its folder; ready to be typed."""
    return shlex.quote(str(root.resolve() / "sbin" / "bill2bill"))


def asks(code: str) -> bool:
    """Is this the code of a question that a person answers with a command?"""
    return messages.is_question(code)


def explained(failure: Failure, root: Path, steps: Callable[[int], Sequence[Step]]) -> Failure:
    """A question with what was tried and when, and with the full path of the command. Any other failure as it
    is.

    steps(number) may fail too: the question must be asked all the same.
    """
    if not asks(failure.code):
        return failure
    more = {"command": command(root)}
    try:
        told = tried(steps(int(failure.params.get("id", "0"))))
        if told.en:
            more.update(tried_en=told.en, tried_ru=told.ru)
    except (Failure, ValueError) as trouble:
        for lang in ("en", "ru"):
            told_in = messages.text(trouble, lang) if isinstance(trouble, Failure) else str(trouble)
            more[f"tried_{lang}"] = told_in
    return Failure(failure.code, detail=failure.detail, **{**failure.params, **more})
