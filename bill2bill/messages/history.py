"""The history of a purchase in words: one sentence for each event of the journal, and the words of
its stages.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any, Dict, List, Mapping, Protocol, Sequence

from bill2bill.messages.text import Text

FIRST, LAST = 2, 5  # of a long history the beginning and the end are told


class Step(Protocol):
    """An event of the journal. at: seconds since the epoch."""

    @property
    def at(self) -> float: ...
    @property
    def event(self) -> Enum: ...
    @property
    def stage(self) -> Enum: ...
    @property
    def arguments(self) -> Mapping[str, Any]: ...


EVENTS: Dict[str, Text] = {
    "begun": Text("begun by operation {operation}", "начата операцией {operation}"),
    "continued": Text("continued by operation {operation}", "продолжена операцией {operation}"),
    "withdrawn": Text("withdrawn, nothing was sent", "отозвана, ничего не отправлено"),
    "named": Text("named for the panel's note", "названа для записи панели"),
    "request_leaves": Text("the request was sent", "запрос отправлен"),
    "not_sent": Text("the request did not leave ({code})", "запрос не ушёл ({code})"),
    "refused": Text("the provider refused ({code})", "поставщик отказал ({code})"),
    "no_answer": Text("no answer came ({code})", "ответа нет ({code})"),
    "accepted": Text("the provider accepted it", "поставщик принял"),
    "unpaid": Text(
        "the provider accepted it, its order {unpaid} is not paid",
        "поставщик принял, его заказ {unpaid} не оплачен",
    ),
    "already_there": Text("it was there before anything was sent", "была у поставщика ещё до запроса"),
    "seen": Text("a check found it", "проверка её нашла"),
    "not_seen_yet": Text("a check did not find it", "проверка её не нашла"),
    "unpaid_seen": Text(
        "a check showed that order {unpaid} is not paid", "проверка показала, что заказ {unpaid} не оплачен"
    ),
    "absence_proved": Text("a check proved: not carried out", "проверка показала: не выполнена"),
    "unclear": Text("no check could settle it: {evidence}", "проверки не дали ответа: {evidence}"),
    "callback_begins": Text("the panel is being told", "сообщаем панели"),
    "callback_failed": Text("the panel could not be told ({code})", "панели сообщить не удалось ({code})"),
    "callback_done": Text("the panel was told", "панели сообщено"),
    "callback_unclear": Text(
        "operation {asks} asks, operation {began} began it",
        "спрашивает операция {asks}, начала операция {began}",
    ),
    "end_noted": Text("noted on the panel", "записана на панели"),
    "attempt_noted": Text("noted on the panel", "записана на панели"),
    "no_operation_waits": Text("no such operation waits on the panel", "такая операция на панели не ждёт"),
    "operation_reused": Text("the panel reused its operation's id", "панель снова выдала номер её операции"),
    "settled": Text("it is there", "она есть у поставщика"),
    "months_counted": Text("counts as {bought} months", "считается как {bought} мес."),
    "note_says_over": Text("the panel's note says that it is over", "по записи панели она завершена"),
    "note_says_sent": Text(
        "the panel's note says that a request may have left", "по записи панели запрос мог уйти"
    ),
    "found_in_note": Text(
        "found in the panel's note, missing in the journal", "найдена в записи панели, в журнале её не было"
    ),
    "superseded": Text("over in a part of the journal that was lost", "завершена в потерянной части журнала"),
    "panel_forgot": Text("the panel does not know it", "панель о ней не знает"),
    "date_moved": Text(
        "the expiry date has moved by this very term since it was known last",
        "срок действия сдвинулся ровно на этот период с тех пор, как был известен",
    ),
    "claimed_twice": Text("another item claims this service, too", "на эту услугу претендует и другая"),
    "said_bought": Text(
        "a person answered: it is {remote} at the provider", "ответ: у поставщика это {remote}"
    ),
    "said_not_bought": Text("a person answered: not bought", "ответ: не куплена"),
    "said_same": Text("a person answered: the same", "ответ: та же самая"),
    "said_new": Text("a person answered: a further one", "ответ: ещё одна"),
    "said_other_item": Text("a person answered: of another item", "ответ: от другой услуги"),
    "legacy": Text("a step of an earlier release", "шаг прежней версии"),
}
STAGES: Dict[str, Text] = {
    "intended": Text("written down", "записана"),
    "sent": Text("sent", "отправлена"),
    "confirmed": Text("at the provider", "есть у поставщика"),
    "refused": Text("not bought", "не куплена"),
    "reported": Text("finished", "завершена"),
}
# What the arguments of an event stand for: evidence, and codes of errors, which are shown too.
EVIDENCE: Dict[str, Text] = {
    "timeout": Text("no check succeeded", "ни одна не удалась"),
    "accepted": Text("accepted, but not there", "принята, но её нет"),
    "working": Text("the provider is still working on it", "поставщик ещё работает"),
    "attempts": Text("no answer to any request", "ни на один запрос нет ответа"),
}
CODES: Dict[str, Text] = {
    "upstream_unreachable": Text("connection lost", "обрыв связи"),
    "upstream_answer": Text("unreadable answer", "непонятный ответ"),
    "upstream_trouble": Text("the provider's own error", "ошибка у поставщика"),
    "upstream_wall": Text("a firewall answered", "ответил межсетевой экран"),
    "low_balance": Text("not enough money", "не хватает денег"),
    "panel_unreachable": Text("the panel was away", "панель не отвечала"),
    "invalid_login_or_passwd": Text("the login was refused", "вход отклонён"),
    "account_paused": Text("the login rests", "вход приостановлен"),
}


def sentence(step: Step, lang: str) -> str:
    """One event. Nothing of it but numbers and codes: no secrets, no personal data."""
    told = EVENTS[step.event.value].of(lang)
    arguments = {name: _word(value, lang) for name, value in step.arguments.items()}
    return told.format_map(_Missing(arguments))


class _Missing(Dict[str, str]):
    """An argument that an early release did not keep."""

    def __missing__(self, name: str) -> str:
        return "-"


def _word(value: object, lang: str) -> str:
    text = str(value if value is not None else "-")
    if text in EVIDENCE:
        return EVIDENCE[text].of(lang)
    return f"{CODES[text].of(lang)}, {text}" if text in CODES else text


def stage(value: str, lang: str) -> str:
    return STAGES[value].of(lang)


def history(steps: Sequence[Step], lang: str) -> str:
    """Every event with its local time, on one line; of many the first and the last ones."""
    told: List[str] = [f"{_when(step.at)} {sentence(step, lang)}" for step in steps]
    left_out = len(told) - FIRST - LAST
    if left_out > 0:
        more = Text(f"… {left_out} more …", f"… ещё {left_out} …").of(lang)
        told[FIRST:-LAST] = [more]
    return "; ".join(told)


def _when(at: float) -> str:
    return datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M:%S")  # noqa: DTZ006 - a person's time is local
