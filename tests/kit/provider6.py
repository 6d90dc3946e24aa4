"""A running sandbox provider of dialect 6, and a client as short as a sentence."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any, Dict, List

import requests

from .provider import Provider

LOGIN = "reseller:secret"
ORDER = {
    "pricelist": "277",
    "period": "1",
    "datacenter": "3",
    "ostempl": "ISPsystem__Debian-12",
    "recipe": "null",
    "domain": "vm1.example.net",
    "autoprolong": "null",
    "remoteid": "a-1",
    "skipbasket": "on",
    "clicked_button": "finish",
    "sok": "ok",
}


class Provider6(Provider):
    """`call` gives the doc of a function in JSON, `xml` its root element, `rows` plain rows of a list."""

    @property
    def site(self) -> str:
        return self.url[: -len("/billmgr")]

    def send(self, func: str, out: str = "json", **params: Any) -> requests.Response:
        """A parameter that is None is not sent; a trailing underscore of a name is dropped."""
        form = {
            "func": func,
            "out": out,
            "authinfo": LOGIN,
            **{name.rstrip("_"): value for name, value in params.items()},
        }
        self.http.cookies.clear()
        return self.http.post(
            self.url,
            {name: value for name, value in form.items() if value is not None},
            timeout=30,
            allow_redirects=False,
        )

    def call(self, func: str, **params: Any) -> Dict[str, Any]:
        return self.send(func, **params).json()["doc"]

    def xml(self, func: str, **params: Any) -> ET.Element:
        return ET.fromstring(self.send(func, out="xml", **params).content)

    def rows(self, func: str, **params: Any) -> List[Dict[str, str]]:
        return [
            {cell.tag: cell.text or "" for cell in row} for row in self.xml(func, **params).findall("elem")
        ]

    def done(self, func: str, **params: Any) -> Dict[str, Any]:
        """The doc of a call that must succeed."""
        doc = self.call(func, **params)
        assert "ok" in doc, doc
        return doc

    def order(self, func: str = "vds.order.param", **changes: Any) -> Dict[str, Any]:
        return self.call(func, **{**ORDER, **changes})

    def ordered(self, **changes: Any) -> str:
        return self.order(**changes)["id"]["$"]

    def service(self, number: str) -> Dict[str, Any]:
        return next(row for row in self.get("state")["services"] if row["id"] == int(number))

    def balance(self) -> str:
        return self.call("whoami")["user"]["$balance"]


def error(doc: Dict[str, Any]) -> tuple:
    """(type, object) of an error document."""
    return doc["error"]["$type"], doc["error"]["$object"]


def params_of(doc: Dict[str, Any]) -> Dict[str, str]:
    return {row["$name"]: row["$"] for row in doc["error"]["param"]}
