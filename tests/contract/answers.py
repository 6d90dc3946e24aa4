"""An adapter of versions 5 and 6 that is given its answers word by word."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List
from urllib.parse import parse_qsl

from kit.wire import RawServer, answer

from bill2bill.upstream.billmgr6.adapter import Billmgr6
from bill2bill.upstream.billmgr6.client import Client

from .transport import http

ANSWERS = Path(__file__).parents[1] / "fixtures" / "billmgr6"


def stored(name: str) -> str:
    return (ANSWERS / name).read_text(encoding="utf-8")


def upstream(*answers: str) -> RawServer:
    return RawServer(*[answer(text.encode()) for text in answers])


def adapter(server: RawServer, **settings: str) -> Billmgr6:
    return Billmgr6(Client(http(), server.url, "reseller", "x"), **settings)


def sent(server: RawServer) -> List[Dict[str, str]]:
    """The forms that arrived, without what every one of them has."""
    forms = [
        dict(parse_qsl(request.partition(b"\r\n\r\n")[2].decode(), keep_blank_values=True))
        for request in server.requests
    ]
    for form in forms:
        assert {name: form.pop(name) for name in ("out", "lang", "authinfo")} == {
            "out": "xml",
            "lang": "en",
            "authinfo": "reseller:x",
        }
    return forms
