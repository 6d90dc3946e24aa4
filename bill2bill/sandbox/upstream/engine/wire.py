"""Requests and answers as they travel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Optional, Tuple

from bill2bill.sandbox.upstream.billmgr4.documents import Document, to_html, to_json, to_xml
from bill2bill.sandbox.upstream.engine.switches import Switches

API, CHECK = "/manager/billmgr", "/mancgi/domaininfo"
HTML, XML, JSON = "text/html; charset=UTF-8", "text/xml; charset=UTF-8", "application/json"


@dataclass(frozen=True)
class Request:
    """One HTTP request with its parameters decoded; of a repeated parameter the last value counts."""

    method: str
    path: str
    params: Mapping[str, str]
    client: str
    session: str = ""  # from the dialect's cookie
    api_paths: Tuple[str, ...] = (API,)

    @property
    def name(self) -> str:
        """What faults and the log call it: the function, domaininfo, or the path of a file."""
        if self.path in self.api_paths:
            return self.params.get("func", "")
        return "domaininfo" if self.path == CHECK else self.path


@dataclass(frozen=True)
class Answer:
    """padding: so many blanks follow the body; announced: the Content-Length, where it is a lie; wait:
    seconds before it is sent, or, if silent, before the connection is closed without it. document is the
    dialect's own, for faults that change it.
    """

    body: bytes
    content_type: str
    status: int = 200
    headers: Tuple[Tuple[str, str], ...] = ()
    document: Any = field(default=None, compare=False)
    outcome: str = "ok"
    padding: int = 0
    announced: Optional[int] = None
    wait: float = 0.0
    silent: bool = False


def rendered(document: Document, out: str, switches: Switches) -> Answer:
    """out=xml, out=json, or anything else: an HTML page (1.3). Status 200, for errors too (1.2)."""
    if out == "xml":
        text, content_type = to_xml(document, switches.word("error_text")), XML
    elif out == "json":
        text, content_type = to_json(document, switches.word("empty_list")), JSON
    else:
        text, content_type = to_html(document), HTML
    return Answer(text.encode("utf-8", "replace"), content_type, document=document, outcome=document.outcome)


def web_page(text: str, status: int = 200) -> Answer:
    return Answer(text.encode(), HTML, status, outcome=f"page {status}")
