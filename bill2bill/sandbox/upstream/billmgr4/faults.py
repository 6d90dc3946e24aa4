"""Faults whose answer is a document of version 4."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, Mapping

from bill2bill.sandbox.upstream.billmgr4.document import Document, error, rendered
from bill2bill.sandbox.upstream.billmgr4.errors import AUTH, INTERNAL, Refusal
from bill2bill.sandbox.upstream.engine.faults import COMMON, Fault, Spoiler
from bill2bill.sandbox.upstream.engine.play import version6
from bill2bill.sandbox.upstream.engine.wire import API, Answer, Request

IDS = ("item.id", "domaincontact.id", "id", "elid")


def _document(answer: Answer, document: Document, request: Request, provider: Any) -> Answer:
    return replace(
        rendered(document, request.params.get("out", ""), provider.switches), outcome=answer.outcome
    )


def _error(answer: Answer, fault: Fault, request: Request, provider: Any) -> Answer:
    return _document(
        answer, error(Refusal(fault.code, obj=fault.obj, val=fault.val, msg=fault.msg)), request, provider
    )


def _duplicates(answer: Answer, fault: Fault, request: Request, provider: Any) -> Answer:
    return (
        answer if answer.document is None else _document(answer, answer.document.doubled(), request, provider)
    )


def _without_id(answer: Answer, fault: Fault, request: Request, provider: Any) -> Answer:
    if answer.document is None:
        return answer
    kept = tuple(pair for pair in answer.document.fields if pair[0] not in IDS)
    return _document(answer, replace(answer.document, fields=kept), request, provider)


def _envelope(answer: Answer, fault: Fault, request: Request, provider: Any) -> Answer:
    return version6(replace(request, path=API))


SPOILERS: Mapping[str, Spoiler] = {
    **COMMON,
    "error": _error,
    "wrong_envelope": _envelope,
    "duplicate_elements": _duplicates,
    "without_id": _without_id,
}
SHORT: Mapping[str, Dict[str, Any]] = {
    "wrong_password": {"kind": "error", "code": AUTH, "msg": "Auth failed"},
    "code_1": {"kind": "error", "code": INTERNAL},
}
