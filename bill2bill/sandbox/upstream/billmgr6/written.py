"""A document as the answer that leaves."""

from __future__ import annotations

from bill2bill.sandbox.upstream.billmgr6.document import Node, outcome, rendered
from bill2bill.sandbox.upstream.billmgr6.provider import Provider
from bill2bill.sandbox.upstream.engine.wire import Answer, Request

COOKIE = "billmgrses5"


def written(document: Node, request: Request, provider: Provider, repeated: bool = False) -> Answer:
    """In the format that out asks for. Status 200, for errors too (0.3). repeated: everything is
    there twice.
    """
    root = {
        "lang": provider.switches.word("lang_texts"),
        "func": request.params.get("func", ""),
        "binary": "/billmgr",
    }
    single = provider.switches.on("single_as_object")
    text, content_type = rendered(
        document._replace(attrs=root), request.params.get("out", ""), single, repeated
    )
    session = document.child("auth").attrs.get("id")
    headers = (("Set-Cookie", f"{COOKIE}={session}; path=/; HttpOnly"),) if session else ()
    return Answer(
        text.encode("utf-8", "replace"),
        content_type,
        headers=headers,
        document=document,
        outcome=outcome(document),
    )
