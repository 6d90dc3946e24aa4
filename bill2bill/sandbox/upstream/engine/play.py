"""Other servers that may stand at the address: a web site, or a BILLmanager that refuses every login."""

from __future__ import annotations

import json
from typing import Callable, Mapping

from bill2bill.sandbox.upstream.engine.wire import API, HTML, JSON, XML, Answer, Request, page, web_page

API6 = "/billmgr"
FAILED, INVALID = "Auth failed", "Invalid username or password"
PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n'


def plain_site(request: Request) -> Answer:
    return web_page(page("Welcome", "It works!"))


def version4(request: Request) -> Answer:
    """The envelope of version 4: no doc root in JSON, a code attribute in XML (upstream-billmanager4 2.4)."""
    if request.path != API:
        return not_found()
    return _refused(
        request,
        f'{{"error" : {{"code" : "100","obj" : "","msg" : "{FAILED}"}}}}',
        f'{PROLOG}<doc><error code="100">{FAILED}</error></doc>\n',
        page("BILLmanager", FAILED),
        "error 100",
    )


def version6(request: Request) -> Answer:
    """The envelope of versions 5 and 6 (upstream-billmanager6 2.5): a doc root in JSON, a type attribute in
    XML.
    """
    if request.path not in (API, API6):
        return not_found()
    error = {"$type": "auth", "$object": "badpassword", "$lang": "en", "msg": {"$": INVALID}}
    error_xml = f'<error type="auth" object="badpassword" lang="en"><msg>{INVALID}</msg></error>'
    return _refused(
        request,
        json.dumps({"doc": {"$lang": "en", "error": error}}),
        f'{PROLOG}<doc lang="en">{error_xml}</doc>\n',
        page("BILLmanager 6", INVALID),
        "refused by version 6",
    )


def _refused(request: Request, in_json: str, in_xml: str, in_html: str, outcome: str) -> Answer:
    out = request.params.get("out")
    text, content_type = {"json": (in_json, JSON), "xml": (in_xml, XML)}.get(str(out), (in_html, HTML))
    return Answer(text.encode(), content_type, outcome=outcome)


def not_found() -> Answer:
    return web_page(page("404 Not Found", "nginx"), 404)


OTHERS: Mapping[str, Callable[[Request], Answer]] = {"bm4": version4, "bm6": version6, "html": plain_site}
