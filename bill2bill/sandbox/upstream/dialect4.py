"""Dialect 4: BILLmanager 4."""

from __future__ import annotations

from bill2bill.sandbox.upstream import control4, faults4, files4, play, responses4
from bill2bill.sandbox.upstream.call import Call
from bill2bill.sandbox.upstream.dialect import Dialect
from bill2bill.sandbox.upstream.documents import success
from bill2bill.sandbox.upstream.provider import Provider
from bill2bill.sandbox.upstream.wire import API, CHECK, Answer, Request, rendered


def _answer(provider: Provider, request: Request) -> Answer:
    if request.path == API:
        call = Call(request.params.get("func", ""), request.params, provider, request.client)
        return rendered(
            responses4.answer(call, request.session), request.params.get("out", ""), provider.switches
        )
    if request.path == CHECK:
        return files4.domaininfo(provider, request.params.get("domain", ""))
    if request.path in files4.FILES:
        return files4.file(provider, request.path)
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
    spoilers=faults4.SPOILERS,
    short=faults4.SHORT,
    error_keys=frozenset({"code", "obj", "val"}),
    routes=control4.ROUTES,
)
