"""A document of BILLmanager 5/6 and its renderings (upstream-billmanager6 2.1): out=xml, the json family,
bjson, text, and HTML without out.
"""

from __future__ import annotations

import json
import re
from html import escape
from types import MappingProxyType
from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, Tuple

from bill2bill.sandbox.upstream.engine.switches import Switches
from bill2bill.sandbox.upstream.engine.wire import HTML, NOT_XML, XML, Answer, Request, page

SPECIAL = re.compile(f"[&<>\"']|{NOT_XML.pattern}")
JSON, TEXT = "application/json; charset=UTF-8", "text/plain; charset=UTF-8"
COOKIE = "billmgrses5"


class Node(NamedTuple):
    """One element. many: it may repeat, so a single one is an array in JSON too (2.1, single_as_object).

    A tuple for speed: a list of ten thousand services has a quarter of a million nodes.
    """

    name: str
    text: str = ""
    attrs: Mapping[str, str] = MappingProxyType({})
    children: Tuple[Node, ...] = ()
    many: bool = False

    def child(self, name: str) -> Node:
        """The first child of that name, or an empty node."""
        return next((node for node in self.children if node.name == name), Node(name))

    def without(self, names: Iterable[str]) -> Node:
        return self._replace(children=tuple(node for node in self.children if node.name not in set(names)))

    def doubled(self) -> Node:
        """Every child twice, as a faulty front end may repeat them."""
        return self._replace(children=tuple(node for node in self.children for _ in range(2)))


def texts(**values: object) -> Tuple[Node, ...]:
    """Plain elements; those that are None are left out."""
    return tuple(Node(name, str(value)) for name, value in values.items() if value is not None)


def named(values: Mapping[str, str]) -> Tuple[Node, ...]:
    """The same for names that are no identifiers (`item.id`)."""
    return tuple(Node(name, value) for name, value in values.items())


def row(children: Iterable[Node]) -> Node:
    return Node("elem", children=tuple(children), many=True)


def ok(*fields: Node, text: str = "") -> Node:
    """A success: fields, then `ok`, with where the web client should go next, if anywhere (2.4)."""
    return Node("doc", children=(*fields, Node("ok", text)))


def to_xml(node: Node) -> str:
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    _write(node, parts)
    return "".join(parts) + "\n"


def _write(node: Node, parts: List[str]) -> None:
    opened = node.name + "".join([f' {name}="{_text(value)}"' for name, value in node.attrs.items()])
    if not node.text and not node.children:
        parts.append(f"<{opened}/>")
        return
    parts.append(f"<{opened}>{_text(node.text)}")
    for child in node.children:
        _write(child, parts)
    parts.append(f"</{node.name}>")


def _text(value: str) -> str:
    return (
        value if value.isalnum() or not SPECIAL.search(value) else escape(NOT_XML.sub("", value), quote=True)
    )


def to_json(node: Node, single_as_object: bool, repeated: bool = False) -> str:
    """Attributes under $name, text under $. repeated: keys may occur twice (of a doubled document)."""
    value = _value(node, single_as_object, plain=False)
    if not repeated:
        return json.dumps({node.name: value}, ensure_ascii=False)
    twice = ",".join(
        f"{json.dumps(name)}:{json.dumps(inner, ensure_ascii=False)}"
        for name, inner in value.items()
        for _ in range(2)
    )
    return f'{{"{node.name}":{{{twice}}}}}'


def _value(node: Node, single_as_object: bool, plain: bool) -> Any:
    if node.name == "messages":
        return {"msg": {child.attrs["name"]: child.text for child in node.children}}  # plain texts (2.1)
    if plain and not node.attrs and not node.children:
        return node.text
    value: Dict[str, Any] = {f"${name}": text for name, text in node.attrs.items()}
    if node.text or not (node.children or node.attrs or node.name == "ok"):
        value["$"] = node.text
    groups: Dict[str, List[Node]] = {}
    for child in node.children:
        groups.setdefault(child.name, []).append(child)
    for name, nodes in groups.items():
        values = [_value(child, single_as_object, plain) for child in nodes]
        value[name] = values if len(values) > 1 or (nodes[0].many and not single_as_object) else values[0]
    return value


def to_bjson(node: Node, single_as_object: bool) -> str:
    """Plain values: a form or a success under `model`, rows under `elem`, an error under `error` (SSLAPI;
    host-protocol 5.2).
    """
    value = _value(node._replace(attrs={}), single_as_object, plain=True)
    fields = value if isinstance(value, dict) else {}
    if "error" in fields:
        return json.dumps({"error": fields["error"]}, ensure_ascii=False)
    if "elem" in fields or "p_elems" in fields:
        return json.dumps(fields, ensure_ascii=False)
    return json.dumps({"model": fields}, ensure_ascii=False)


def to_text(node: Node) -> str:
    """One line a row, or a field: name=value."""
    rows = [child for child in node.children if child.name == "elem"] or [node]
    return (
        "\n".join(
            " ".join(f"{child.name}={child.text}" for child in line.children if not child.children)
            for line in rows
        )
        + "\n"
    )


def to_html(node: Node) -> str:
    """What a browser gets. Nothing in it is meant for programs."""
    return page("BILLmanager", node.child("error").child("msg").text or "ok")


def outcome(node: Node) -> str:
    """A few words for the log of requests."""
    names = {child.name: child for child in node.children}
    if "error" in names:
        return " ".join(
            ["error", *filter(None, (names["error"].attrs.get("type"), names["error"].attrs.get("object")))]
        )
    if "ok" in names:
        return "ok"
    return f"list of {sum(child.name == 'elem' for child in node.children)}" if "p_elems" in names else "form"


def rendered(node: Node, request: Request, switches: Switches, repeated: bool = False) -> Answer:
    """The HTTP answer in the format of out. Status 200, for errors too (0.3). repeated: every element
    occurs twice.
    """
    root = {
        "lang": switches.word("lang_texts"),
        "func": request.params.get("func", ""),
        "binary": "/billmgr",
    }
    text, content_type = _formatted(
        node._replace(attrs=root), request.params.get("out", ""), switches.on("single_as_object"), repeated
    )
    session = node.child("auth").attrs.get("id")
    headers = (("Set-Cookie", f"{COOKIE}={session}; path=/; HttpOnly"),) if session else ()
    body = text.encode("utf-8", "replace")
    return Answer(body, content_type, headers=headers, document=node, outcome=outcome(node))


def _formatted(node: Node, out: str, single_as_object: bool, repeated: bool) -> Tuple[str, str]:
    """(body, content type). An unknown out gives HTML, as none does (1.3)."""
    if out in ("xml", "devel"):
        return to_xml(node.doubled() if repeated else node), XML
    if out in ("json", "xjson", "sjson"):
        return to_json(node, single_as_object, repeated), JSON
    if out == "bjson":
        return to_bjson(node, single_as_object), JSON
    return (to_text(node), TEXT) if out == "text" else (to_html(node), HTML)
