"""XML documents: the panel's answers and errors, and strict parsing of what modules print."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Dict, Iterable, Mapping, Optional

Element = ET.Element

ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class BadXml(Exception):
    """The text is not an XML document that a panel may read."""


class _Builder(ET.TreeBuilder):
    def doctype(self, name: str, pubid: Optional[str], system: Optional[str]) -> None:
        raise BadXml("a DOCTYPE is not allowed")


def parse(data: bytes) -> Element:
    """Raises BadXml for anything but one well-formed document without DOCTYPE."""
    parser = ET.XMLParser(target=_Builder())
    try:
        parser.feed(data)
        root: Element = parser.close()
    except (ET.ParseError, ValueError, LookupError) as error:
        raise BadXml(str(error)) from None
    return root


def to_text(value: object) -> str:
    """A value as text that XML can carry; None is the empty text."""
    return "" if value is None else ILLEGAL.sub("", str(value))


def add(parent: Element, tag: str, value: object = None, **attributes: object) -> Element:
    child = ET.SubElement(parent, tag, {name: to_text(text) for name, text in attributes.items()})
    child.text = to_text(value) or None
    return child


def to_bytes(document: Element) -> bytes:
    body: bytes = ET.tostring(document, "utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"


def form(values: Mapping[str, object]) -> Element:
    """Answer to a read of one object: a child of doc per field (host-protocol 5.2)."""
    doc = ET.Element("doc")
    for name, value in values.items():
        add(doc, name, value)
    return doc


def ok(**values: object) -> Element:
    """Answer to a write (host-protocol 5.2); extra values are children of doc."""
    doc = ET.Element("doc")
    ET.SubElement(doc, "ok")
    for name, value in values.items():
        add(doc, name.replace("__", "."), value)
    return doc


class Code(str):
    """A value of a list whose code stands in attribute orig, `"$orig"` of the json family (host-protocol 5.2,
    6.5).
    """


def rows(found: Iterable[Mapping[str, object]]) -> Element:
    """Answer of a list (host-protocol 5.2): elem per row, with p_elems, p_num, p_cnt."""
    doc = ET.Element("doc")
    for row in found:
        elem = ET.SubElement(doc, "elem")
        for name, value in row.items():
            add(elem, name, value, **({"orig": value} if isinstance(value, Code) else {}))
    add(doc, "p_elems", len(doc))
    add(doc, "p_num", 1)
    add(doc, "p_cnt", 0)
    return doc


class PanelError(Exception):
    """An error of the panel in the shape of host-protocol 4.2, or a module's own error document passed
    through.
    """

    GROUPS: Dict[str, str] = {
        "value": "Invalid value of __object__",
        "missed": "__object__ is missing: __value__",
        "exists": "__object__ exists already: __value__",
        "access": "No access to __object__",
        "client": "The panel cannot be reached",
        "module": "The processing module failed: __value__",
    }

    def __init__(
        self, type: str, object: str = "", value: str = "", source: Optional[Element] = None
    ) -> None:
        super().__init__(f"Error: Type: '{type}' Object: '{object}' Value: '{value}'")
        self.type, self.object, self.value, self.source = type, object, value, source

    @classmethod
    def passed_through(cls, document: Element) -> PanelError:
        """The error of a module's document, kept as it is."""
        error = document.find("error")
        if error is None:
            raise ValueError("the document holds no error")
        value = error.findtext("param[@name='value']") or error.get("value") or ""
        return cls(error.get("type") or "unknown", error.get("object") or "", value, document)

    def document(self, func: str, user: str, level: int, lang: str) -> Element:
        if self.source is not None:
            return self.source
        doc = ET.Element("doc", {"func": to_text(func)})
        error = add(doc, "error", type=self.type, object=self.object, lang=lang, code="1")
        if self.object:
            add(error, "param", self.object, name="object", type="msg", msg=self.object)
        add(error, "param", self.value, name="value")
        add(error, "param", "desk_empty", name="desc", type="msg")
        add(add(error, "stack"), "action", func, level=level, user=user)
        group = self.GROUPS.get(self.type, self.type + " __object__ __value__")
        add(error, "group", group)
        add(error, "msg", group.replace("__object__", self.object).replace("__value__", self.value))
        return doc
