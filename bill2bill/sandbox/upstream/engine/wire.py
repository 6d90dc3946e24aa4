"""HTTP requests and answers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from typing import Any, Mapping, Optional, Tuple

API, CHECK = "/manager/billmgr", "/mancgi/domaininfo"
HTML, XML, JSON = "text/html; charset=UTF-8", "text/xml; charset=UTF-8", "application/json"
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
    """padding: blanks after the body; announced: a wrong Content-Length; wait: seconds before the answer, or,
    if silent, before the connection closes without one. document is the
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


def web_page(text: str, status: int = 200) -> Answer:
    return Answer(text.encode(), HTML, status, outcome=f"page {status}")


def page(title: str, text: str) -> str:
    """A page of HTML for people."""
    head, body = f"<head><title>{escape(title)}</title></head>", f"<body><p>{escape(text)}</p></body>"
    return f"<!DOCTYPE html>\n<html>{head}{body}</html>\n"
