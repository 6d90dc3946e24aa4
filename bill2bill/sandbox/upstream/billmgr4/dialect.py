"""Dialect 4: BILLmanager 4."""

from __future__ import annotations

from bill2bill.sandbox.upstream.billmgr4 import answers, control, faults, files
from bill2bill.sandbox.upstream.billmgr4.call import Call
from bill2bill.sandbox.upstream.billmgr4.document import rendered, success
from bill2bill.sandbox.upstream.billmgr4.provider import Provider
from bill2bill.sandbox.upstream.engine import play
from bill2bill.sandbox.upstream.engine.dialect import Dialect
from bill2bill.sandbox.upstream.engine.wire import API, CHECK, Answer, Request


def _answer(provider: Provider, request: Request) -> Answer:
    if request.path == API:
        call = Call(request.params.get("func", ""), request.params, provider, request.client)
        return rendered(
            answers.answer(call, request.session), request.params.get("out", ""), provider.switches
        )
    if request.path == CHECK:
        return files.domaininfo(provider, request.params.get("domain", ""))
    if request.path in files.FILES:
        return files.file(provider, request.path)
    return play.not_found()


def _plain_success(provider: Provider, request: Request) -> Answer:
    return rendered(success(), request.params.get("out", ""), provider.switches)


DIALECT = Dialect(
    play="bm4",
    url=API,
    paths=(API,),
    cookie="billmgr4",
    start=Provider,
    answer=_answer,
    plain_success=_plain_success,
    spoilers=faults.SPOILERS,
    short=faults.SHORT,
    error_keys=frozenset({"code", "obj", "val"}),
    routes=control.ROUTES,
)
