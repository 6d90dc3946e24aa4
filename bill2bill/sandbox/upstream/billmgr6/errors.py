"""Errors of the provider: types and texts of upstream-billmanager6 2.5 and 2.6."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Dict, Mapping

from bill2bill.sandbox.upstream.billmgr6.document import Node

# type or type/object -> texts in English and Russian; {object} and {value} are filled in
TEXTS: Mapping[str, Mapping[str, str]] = {
    "auth/badpassword": {"en": "Invalid username or password", "ru": "Неверное имя пользователя или пароль"},
    "auth/badip": {"en": "Access from this IP denied", "ru": "Доступ с этого IP-адреса запрещён"},
    "auth/blocklogon": {
        "en": "Too many failed attempts. Try again later",
        "ru": "Слишком много неудачных попыток. Попробуйте позже",
    },
    "auth": {"en": "Authorization error", "ru": "Ошибка авторизации"},
    "access": {
        "en": "Insufficient privileges to perform '{value}'",
        "ru": "Недостаточно прав для выполнения функции '{value}'",
    },
    "missed": {"en": "{object} '{value}' does not exist", "ru": "{object} '{value}' не существует"},
    "missed/func": {"en": "No module for this function is loaded", "ru": "Модуль для функции не загружен"},
    "value": {
        "en": "The '{object}' field has invalid value",
        "ru": "Поле '{object}' имеет недопустимое значение",
    },
    "exists": {"en": "{object} '{value}' already exists", "ru": "{object} '{value}' уже существует"},
    "not_enough_money": {
        "en": (
            "There are insufficient funds to complete the operation. Required amount {amount} {currency}. "
            "Your current balance: {have} {currency}, credit limit {limit} {currency}"
        ),
        "ru": (
            "Недостаточно средств для выполнения операции. Требуется {amount} {currency}. "
            "Текущий баланс: {have} {currency}, кредитный лимит {limit} {currency}"
        ),
    },
    "pricelist_min_order": {
        "en": "The minimum order period for this service is {value}. {left} left",
        "ru": "Минимальный срок заказа услуги {value}. Осталось {left}",
    },
    "wizard_unavailable": {"en": "This step of the wizard is not available", "ru": "Шаг мастера недоступен"},
    "too_early": {
        "en": "The service can be renewed only after {value}",
        "ru": "Услугу можно продлить только после {value}",
    },
    "runningoperation": {
        "en": "An operation on the service is in progress",
        "ru": "Для услуги выполняется операция",
    },
    "promocode_not_use": {"en": "The promo code cannot be used", "ru": "Промокод не может быть использован"},
    "forbidden": {
        "en": "Resource change is forbidden by provider. Contact technical support",
        "ru": "Изменение ресурса запрещено провайдером. Обратитесь в техническую поддержку",
    },
    "busy": {"en": "Request in process, please wait", "ru": "Запрос выполняется, подождите"},
    "captcha_verification_failed": {
        "en": "Captcha verification failed",
        "ru": "Проверка капчи не пройдена",
    },
}


class Refusal(Exception):
    """A logical error: nothing was done. params become `param` elements; text names an entry of TEXTS where
    the type is not one.
    """

    def __init__(self, kind: str, object: str = "", value: str = "", text: str = "", **params: str) -> None:
        self.kind, self.object, self.value, self.text, self.params = kind, object, value, text, params
        super().__init__(" ".join(["error", kind, object]).strip())


def bad_value(field: str, value: str = "") -> Refusal:
    return Refusal("value", field, value)


def missed(object: str, value: str) -> Refusal:
    return Refusal("missed", object, value)


def no_access(func: str) -> Refusal:
    """A right is missing; param `value` names the function (2.6)."""
    return Refusal("access", value=func)


def not_enough_money(amount: Decimal, balance: Decimal, credit: Decimal, currency: str) -> Refusal:
    """The parameters are the vendor's (2.6)."""
    return Refusal(
        "not_enough_money", amount=f"{amount:.2f}", have=f"{balance:.2f}", currency=currency,
        deficit=f"{amount - balance - credit:.2f}",
        limit=f"{credit:.2f}", reserved="0.00", available=f"{balance + credit:.2f}",
    )  # fmt: skip


def error(refusal: Refusal, lang: str, login: str, func: str, msg: str = "") -> Node:
    """The error document of 2.5; msg replaces the text that belongs to the refusal."""
    words = {"object": refusal.object, "value": refusal.value, **refusal.params}
    pattern = next(
        (
            TEXTS[key][lang]
            for key in (refusal.text, f"{refusal.kind}/{refusal.object}", refusal.kind)
            if key in TEXTS
        ),
        refusal.kind or "Error",
    )
    shown = {name: value for name, value in words.items() if value}
    params = tuple(Node("param", value, {"name": name}, many=True) for name, value in shown.items())
    stack = Node("stack", children=(Node("action", func, {"level": "16", "user": login}),))
    texts = (
        Node("group", re.sub(r"\{(\w+)\}", r"__\1__", pattern)),
        Node("msg", msg or pattern.format_map(_Words(words))),
    )
    attrs = {"type": refusal.kind, "object": refusal.object, "lang": lang, "code": "1"}
    return Node("doc", children=(Node("error", attrs=attrs, children=(*params, stack, *texts)),))


class _Words(Dict[str, str]):
    """A text whose word is missing shows a gap."""

    def __missing__(self, key: str) -> str:
        return ""
