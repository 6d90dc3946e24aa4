"""Other servers that may stand at the address: a plain web site, or a BILLmanager that refuses
every login.
"""

from __future__ import annotations

import json
from typing import Callable, Mapping

from bill2bill.sandbox.upstream.billmgr4.documents import error, page
from bill2bill.sandbox.upstream.billmgr4.errors import AUTH, Refusal
from bill2bill.sandbox.upstream.engine.switches import Switches
from bill2bill.sandbox.upstream.engine.wire import API, HTML, JSON, XML, Answer, Request, rendered, web_page

API6 = "/billmgr"
REFUSED = "Invalid username or password"


def plain_site(request: Request) -> Answer:
    return web_page(page("Welcome", "It works!"))


def version4(request: Request) -> Answer:
    """The envelope of version 4: no doc root in JSON, a code attribute in XML (upstream-billmanager4 2.4)."""
    if request.path != API:
        return not_found()
    return rendered(error(Refusal(AUTH, msg="Auth failed")), request.params.get("out", ""), Switches({}))


def version6(request: Request) -> Answer:
    """The envelope of versions 5 and 6 (upstream-billmanager6 2.5): a doc root in JSON, a type attribute in
    XML.
    """
    if request.path not in (API, API6):
        return not_found()
    out = request.params.get("out")
    if out == "json":
        error = {"$type": "auth", "$object": "badpassword", "$lang": "en", "msg": {"$": REFUSED}}
        return Answer(
            json.dumps({"doc": {"$lang": "en", "error": error}}).encode(),
            JSON,
            outcome="refused by version 6",
        )
    if out == "xml":
        error_xml = f'<error type="auth" object="badpassword" lang="en"><msg>{REFUSED}</msg></error>'
        return Answer(
            f'<?xml version="1.0" encoding="UTF-8"?>\n<doc lang="en">{error_xml}</doc>\n'.encode(),
            XML,
            outcome="refused by version 6",
        )
    return Answer(page("BILLmanager 6", REFUSED).encode(), HTML, outcome="refused by version 6")


def not_found() -> Answer:
    return web_page(page("404 Not Found", "nginx"), 404)


OTHERS: Mapping[str, Callable[[Request], Answer]] = {"bm4": version4, "bm6": version6, "html": plain_site}
