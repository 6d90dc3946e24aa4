"""Faults of dialect 6: those of upstream-billmanager6 section 11 beside the ones that every dialect has."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, Mapping

from bill2bill.sandbox.upstream.billmgr6.document import Node, rendered
from bill2bill.sandbox.upstream.billmgr6.errors import Refusal, error
from bill2bill.sandbox.upstream.engine.faults import AFTER, BEFORE, COMMON, Fault, Spoiler
from bill2bill.sandbox.upstream.engine.play import version4
from bill2bill.sandbox.upstream.engine.wire import API, Answer, Request, page, web_page

IDS = ("id", "item.id", "lineitem.id", "billorder", "payment_id")


def _document(
    answer: Answer, document: Node, request: Request, provider: Any, repeated: bool = False
) -> Answer:
    return replace(rendered(document, request, provider.switches, repeated), outcome=answer.outcome)


def _error(answer: Answer, fault: Fault, request: Request, provider: Any) -> Answer:
    refusal = Refusal(fault.type, fault.object, fault.value, text=fault.kind)
    lang = provider.switches.word("lang_texts")
    return _document(
        answer,
        error(refusal, lang, provider.login, request.params.get("func", ""), fault.msg),
        request,
        provider,
    )


def _expired(answer: Answer, fault: Fault, request: Request, provider: Any) -> Answer:
    """The session is gone indeed: a new log-in is needed."""
    provider.sessions.pop(request.params.get("auth") or request.session, None)
    return _error(answer, replace(fault, type=fault.type or "access"), request, provider)


def _duplicates(answer: Answer, fault: Fault, request: Request, provider: Any) -> Answer:
    return (
        answer
        if answer.document is None
        else _document(answer, answer.document, request, provider, repeated=True)
    )


def _without_id(answer: Answer, fault: Fault, request: Request, provider: Any) -> Answer:
    return (
        answer
        if answer.document is None
        else _document(answer, answer.document.without(IDS), request, provider)
    )


def _totp(answer: Answer, fault: Fault, request: Request, provider: Any) -> Answer:
    """The second factor is pending (1.4)."""
    return _document(answer, Node("doc", children=(Node("ok", "func=totp.confirm"),)), request, provider)


def _long_url(answer: Answer, fault: Fault, request: Request, provider: Any) -> Answer:
    """Gone to the background: a page with an address that has the answer `seconds` later (1.5)."""
    return provider.background.put(answer, fault.seconds)  # type: ignore[no-any-return]


def _envelope(answer: Answer, fault: Fault, request: Request, provider: Any) -> Answer:
    return version4(replace(request, path=API))


SPOILERS: Mapping[str, Spoiler] = {
    **COMMON,
    "error": _error,
    "wrong_envelope": _envelope,
    "duplicate_elements": _duplicates,
    "without_id": _without_id,
    "timeout": lambda answer, fault, *_: replace(answer, wait=fault.seconds, silent=True),
    "http_403_html": lambda answer, *_: web_page(page("403 Forbidden", "Access denied"), 403),
    "long_url": _long_url,
    "session_expired": _expired,
    "totp": _totp,
    "busy": _error,
}
SHORT: Mapping[str, Dict[str, Any]] = {
    "timeout_after_commit": {"kind": "timeout", "when": AFTER},
    "timeout_before_commit": {"kind": "timeout", "when": BEFORE},
    "http_403_html": {"kind": "http_403_html", "when": BEFORE},
    "captcha": {"kind": "error", "when": BEFORE, "type": "captcha_verification_failed"},
    "badip": {"kind": "error", "when": BEFORE, "type": "auth", "object": "badip"},
    "wrong_password": {"kind": "error", "type": "auth", "object": "badpassword"},
    "code_1": {"kind": "error", "type": "api_error"},
    "session_expired": {"kind": "session_expired", "when": BEFORE},
    "totp": {"kind": "totp", "when": BEFORE},
    "busy": {"kind": "busy", "when": BEFORE},
    "long_url": {"kind": "long_url", "when": AFTER},
}
