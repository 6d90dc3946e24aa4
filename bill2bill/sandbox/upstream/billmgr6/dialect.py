"""Dialect 6: BILLmanager 5 and 6."""

from __future__ import annotations

from bill2bill.sandbox.upstream.billmgr6 import answers, control, faults
from bill2bill.sandbox.upstream.billmgr6.background import PREFIX
from bill2bill.sandbox.upstream.billmgr6.document import COOKIE, ok, rendered
from bill2bill.sandbox.upstream.billmgr6.provider import Provider
from bill2bill.sandbox.upstream.engine import play
from bill2bill.sandbox.upstream.engine.dialect import Dialect
from bill2bill.sandbox.upstream.engine.wire import Answer, Request

PATHS = ("/billmgr", "/manager/billmgr")


def answer(provider: Provider, request: Request) -> Answer:
    if request.path in PATHS:
        return rendered(answers.answer(provider, request), request, provider.switches)
    if request.path.startswith(PREFIX):
        return provider.background.get(request.path) or play.not_found()
    return play.not_found()


def _plain_success(provider: Provider, request: Request) -> Answer:
    return rendered(ok(), request, provider.switches)


DIALECT = Dialect(
    play="bm6",
    url=PATHS[0],
    paths=PATHS,
    cookie=COOKIE,
    start=Provider,
    answer=answer,
    plain_success=_plain_success,
    spoilers=faults.SPOILERS,
    short=faults.SHORT,
    error_keys=frozenset({"type", "object", "value"}),
    routes=control.ROUTES,
)
