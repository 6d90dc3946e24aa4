"""From an error of the wire to a failure of ours (upstream-billmanager6 1.4, 2.5, 2.6), never by its text."""

from __future__ import annotations

import re
from typing import Callable, Dict

from bill2bill.errors import Failure, NoAnswer, NotSent, Refused
from bill2bill.rules.periods import parse_date
from bill2bill.upstream.billmgr6 import types as wire
from bill2bill.upstream.billmgr6.envelope import WireError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def failure_of(func: str, error: WireError, spends: bool, masked: Callable[[str], str]) -> Failure:
    """Refused if the upstream certainly did not do it; what is not known leaves a purchase in doubt (9.3) and
    a question unanswered. masked: takes secrets out of a text.
    """
    params = dict(error.params)
    detail = masked(f"{error.type} {error.object} {params}: {error.text}")[:500]
    if wire.BUSY in error.words:  # 2.6: an operation is in progress, so this one was not begun
        kind = NotSent if spends else Failure
        return kind("upstream_busy", value=_shown(error.value, masked), detail=detail)
    code = _code(func, error)
    if code:
        return Refused(code, detail=detail, **_told(func, error, masked))
    word = _shown(error.type or error.object, masked)
    if spends:
        return NoAnswer("lost_answer", func=func, code=word, detail=detail)
    return Failure("upstream_trouble", func=func, value=word, detail=detail)


def unknown_function(failure: Failure, func: str) -> bool:
    """May it mean that there is no such function (2.6, 11: `missed`, or a type that is not known)?"""
    if failure.code == "upstream_trouble":
        return True
    about = (failure.params.get("object"), failure.params.get("given"))
    return failure.params.get("code") == wire.MISSED and func in about


def missing(failure: Failure, remote_id: int) -> bool:
    """Does the upstream say that this very object does not exist (2.6)?"""
    return failure.params.get("code") == wire.MISSED and failure.params.get("given") == str(remote_id)


def _code(func: str, error: WireError) -> str:
    """Our code for an error after which nothing was carried out, else ""."""
    for word in error.words:
        if word in wire.LOGIN_OBJECTS:
            return wire.LOGIN_OBJECTS[word]
        if word.startswith(wire.CAPTCHA):
            return "captcha"
    if error.type in wire.LOGIN_TYPES:
        return "invalid_login_or_passwd"
    if func == wire.PROLONG and parse_date(error.value):
        return "too_soon"  # 2.6: "can be renewed only after", the date is its value
    return wire.REFUSALS.get(error.type, "")


def _told(func: str, error: WireError, masked: Callable[[str], str]) -> Dict[str, str]:
    """What the texts of errors.py name: the field, the missing right, the money, the date."""
    given, about = _shown(error.value, masked), _shown(error.object, masked)
    told = {"func": func, "code": error.type, "object": about, "value": about or given, "given": given}
    if error.type == "not_enough_money":
        currency = error.params.get("currency", "")
        told["balance"], told["value"] = (
            masked(f"{error.params.get(name, '?')} {currency}".strip())[:40] for name in ("have", "amount")
        )
    elif error.type == "access":
        told["value"] = given if given != "?" and given else func
    elif parse_date(error.value):
        told["value"] = error.value
    return told


def _shown(text: str, masked: Callable[[str], str]) -> str:
    """A name of the wire or an id; anything else may be what was sent, and goes to the log only."""
    return masked(text) if not text or NAME.fullmatch(text) else "?"
