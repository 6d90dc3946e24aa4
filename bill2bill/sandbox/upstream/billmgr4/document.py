"""A document of version 4 and its three renderings: out=xml, out=json, and HTML without out
(upstream-billmanager4 2).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from html import escape
from typing import List, Mapping, Optional, Sequence, Tuple

from bill2bill.sandbox.upstream.billmgr4.errors import Refusal
from bill2bill.sandbox.upstream.engine.switches import Switches
from bill2bill.sandbox.upstream.engine.wire import HTML, JSON, NOT_XML, XML, Answer, page

Row = Mapping[str, str]
EMPTY_LISTS = {"space": "{ }", "braces": "{}", "array": '{"elem" : []}'}


@dataclass(frozen=True)
class Document:
    """fields are direct children of the root; rows make it a list; done adds the marks of success.

    tag is one element with attributes and a text: error, auth, authfail.
    """

    fields: Tuple[Tuple[str, str], ...] = ()
    rows: Optional[Tuple[Row, ...]] = None
    done: bool = False
    tag: Optional[Tuple[str, Row, str]] = None

    def doubled(self) -> Document:
        """Every child twice, as a faulty front end may repeat them."""
        twice = tuple(pair for pair in self.fields for _ in range(2))
        return replace(
            self,
            fields=twice,
            rows=None if self.rows is None else tuple(row for row in self.rows for _ in range(2)),
        )

    @property
    def outcome(self) -> str:
        if self.tag is not None:
            return (
                " ".join([self.tag[0], *self.tag[1].values()]).strip()
                if self.tag[0] == "error"
                else self.tag[0]
            )
        return "ok" if self.done else "form" if self.rows is None else f"list of {len(self.rows)}"


def form(**fields: str) -> Document:
    return Document(tuple(fields.items()))


def listing(rows: Sequence[Row]) -> Document:
    """Flat rows; empty columns are left out (2.1)."""
    return Document(rows=tuple({name: value for name, value in row.items() if value} for row in rows))


def success(*fields: Tuple[str, str]) -> Document:
    return Document(fields, done=True)


def error(refusal: Refusal) -> Document:
    """The error element of 2.4; obj and val where the code has them."""
    attributes = {"code": str(refusal.code), "obj": refusal.obj, "val": refusal.val}
    return Document(tag=("error", attributes, refusal.msg))


def to_xml(document: Document, error_text: str = "node") -> str:
    """error_text: node, attribute or none (the three forms that clients have seen)."""
    parts = ["<ok/>"] if document.done else []
    if document.tag is not None:
        parts.append(_tag(*document.tag, error_text))
    parts += [_element(name, value) for name, value in document.fields]
    parts += [
        "<elem>" + "".join(_element(name, value) for name, value in row.items()) + "</elem>"
        for row in document.rows or ()
    ]
    body = "".join(parts)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + (f"<doc>{body}</doc>\n" if body else "<doc/>\n")


def _text(value: str) -> str:
    return escape(NOT_XML.sub("", value), quote=True)


def _element(name: str, value: str) -> str:
    return f"<{name}>{_text(value)}</{name}>" if value else f"<{name}/>"


def _tag(name: str, attributes: Row, text: str, error_text: str) -> str:
    shown = {key: value for key, value in attributes.items() if value}
    if name == "error" and error_text != "node":
        shown.update({"msg": text} if error_text == "attribute" else {})
        text = ""
    opened = name + "".join(f' {key}="{_text(value)}"' for key, value in shown.items())
    return f"<{opened}>{_text(text)}</{name}>" if text else f"<{opened}/>"


def to_json(document: Document, empty_list: str = "space") -> str:
    """Spaced as the original does it; every scalar a string; keys may repeat (doubled)."""
    if document.rows is not None:
        rows = ",\n".join(_object(list(row.items())) for row in document.rows)
        return '{"elem" : [' + rows + "]}" if rows else EMPTY_LISTS[empty_list]
    pairs = list(document.fields)
    if document.done:
        pairs = [("result", "OK"), *pairs, ("ok", "")]
    if document.tag is None:
        return _object(pairs)
    name, attributes, text = document.tag
    inner = [(key, value) for key, value in attributes.items() if value or key == "obj"] + (
        [("msg", text)] if text else []
    )
    return f'{{"{name}" : {_object(inner)}}}'


def _object(pairs: List[Tuple[str, str]]) -> str:
    return (
        "{"
        + ",".join(f"{json.dumps(key)} : {json.dumps(value, ensure_ascii=False)}" for key, value in pairs)
        + "}"
    )


def to_html(document: Document) -> str:
    """What a browser gets. Nothing in it is meant for programs."""
    return page("BILLmanager", document.tag[2] if document.tag else document.outcome)


def rendered(document: Document, out: str, switches: Switches) -> Answer:
    """out=xml, out=json, or anything else: an HTML page (1.3). Status 200, for errors too (1.2)."""
    if out == "xml":
        text, content_type = to_xml(document, switches.word("error_text")), XML
    elif out == "json":
        text, content_type = to_json(document, switches.word("empty_list")), JSON
    else:
        text, content_type = to_html(document), HTML
    return Answer(text.encode("utf-8", "replace"), content_type, document=document, outcome=document.outcome)
