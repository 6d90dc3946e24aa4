"""Answers of a BILLmanager 5 or 6, out=xml and out=json alike, as a tree (upstream-billmanager6 2.1-2.5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple

from lxml import etree

from bill2bill.errors import Phrase
from bill2bill.upstream.billmgr6 import types as wire
from bill2bill.upstream.body import Unreadable
from bill2bill.upstream.parsing import (
    DEPTH,
    MOST_CHILDREN,
    MOST_IN_STREAM,
    MOST_NODES,
    ROOT,
    OtherDialect,
    children,
    is_json,
    read_json,
)

VERSION_4 = frozenset(["result", "ok", "error", "elem"])  # its JSON has no root (upstream-billmanager4 2.1)


@dataclass(frozen=True)
class Node:
    """An element: text, attributes, children by name. One child and a list of one are the same (2.1)."""

    text: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: Mapping[str, Sequence[Node]] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.children

    def all(self, name: str) -> Sequence[Node]:
        return self.children.get(name, ())

    def first(self, name: str) -> Node:
        """The first child of this name; an empty one if there is none."""
        found = self.all(name)
        return found[0] if found else Node()

    def get(self, name: str) -> str:
        return self.first(name).text

    @property
    def code(self) -> str:
        """The code of a localised value, which stands in `orig`; else the text (2.2)."""
        return self.attributes.get("orig") or self.text


@dataclass(frozen=True)
class WireError:
    """What stands in `error` (2.5); absent parts are "". params: by name."""

    type: str
    object: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    text: str = ""

    @property
    def words(self) -> Tuple[str, str]:
        return self.type, self.object

    @property
    def value(self) -> str:
        return self.params.get("value", "")


@dataclass(frozen=True)
class Doc:
    """One answer. root: as it came; node: with what a re-evaluated form hides in a doc inside doc (2.4)."""

    root: Node
    node: Node
    error: Optional[WireError]

    @property
    def accepted(self) -> bool:
        """The upstream says ok: presence counts, a text only tells where a browser should go (2.4)."""
        return wire.OK in self.node


def read_doc(body: IO[bytes]) -> Doc:
    """The whole answer. Raises Unreadable or OtherDialect."""
    root = Node(children=_grouped(parts(body, MOST_NODES)))
    inner = root.first(ROOT)
    outer = {name: found for name, found in root.children.items() if name != ROOT}
    node = Node(children={**inner.children, **outer})
    errors = node.all(wire.ERROR)
    if len(errors) > 1:
        raise Unreadable(Phrase("two_errors"))
    return Doc(root, node, error_of(errors[0]) if errors else None)


def parts(body: IO[bytes], most: int = MOST_IN_STREAM) -> Iterator[Tuple[str, Node]]:
    """The children of the root, XML in bounded memory. Raises Unreadable (also after some), OtherDialect."""
    if not is_json(body):
        for child in children(body, most=most):
            yield str(child.tag), _node_of_xml(child)
        return
    data = read_json(body)
    if not isinstance(data, dict):
        raise Unreadable(Phrase("not_json_object"))
    if not isinstance(data.get(ROOT), dict):
        if VERSION_4.isdisjoint(data):
            raise Unreadable(Phrase("root_element", name="-"))
        raise OtherDialect("no doc")
    for name, found in _node_of_json(data[ROOT], 1).children.items():
        for node in found:
            yield name, node


def error_of(node: Node) -> WireError:
    """Raises OtherDialect for an error of version 4: a code, neither type nor object, and nothing inside
    (2.5, 13). Either may be there and empty.
    """
    kind, about = node.attributes.get("type", ""), node.attributes.get("object", "")
    if not {"type", "object"}.intersection(node.attributes) and not node.children:
        if "code" in node.attributes:
            raise OtherDialect("error without type")
        raise Unreadable(Phrase("error_without", name="type"))
    params = {param.attributes.get("name", ""): param.text for param in node.all("param")}
    return WireError(kind, about or params.get("object", ""), params, node.get("msg") or node.text)


def _grouped(pairs: Iterable[Tuple[str, Node]]) -> Dict[str, List[Node]]:
    found: Dict[str, List[Node]] = {}
    for count, (name, node) in enumerate(pairs, 1):
        if count > MOST_CHILDREN:
            raise Unreadable(Phrase("too_many_elements", most=MOST_CHILDREN))
        found.setdefault(name, []).append(node)
    return found


def _node_of_xml(element: etree._Element) -> Node:
    """As deep as `children` allows."""
    attributes = {str(name): str(value) for name, value in element.attrib.items()}
    inside = _grouped((str(child.tag), _node_of_xml(child)) for child in element)
    return Node((element.text or "").strip(), attributes, inside)


def _node_of_json(value: object, depth: int) -> Node:
    """{"$": text, "$a": attribute, name: child or children}; a bare scalar is a text (2.1)."""
    if depth > DEPTH:
        raise Unreadable(Phrase("too_deep"))
    if isinstance(value, str):
        return Node(value.strip())
    if not isinstance(value, dict):
        raise Unreadable(Phrase("not_json", why=type(value).__name__))
    own = {name[1:]: some for name, some in value.items() if name.startswith("$")}
    texts = {name: text.strip() for name, text in own.items() if isinstance(text, str)}
    pairs = (
        (name, _node_of_json(one, depth + 1))
        for name, some in value.items()
        if not name.startswith("$")
        for one in _listed(some)
    )
    return Node(texts.pop("", ""), texts, _grouped(pairs))


def _listed(value: object) -> List[object]:
    """null and false are no child: `ok` that is false is no yes."""
    if value is None or value is False:
        return []
    if value is True:
        return [wire.ON]
    return value if isinstance(value, list) else [value]
