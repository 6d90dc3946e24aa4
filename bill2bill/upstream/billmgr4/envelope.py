"""Answers of a BILLmanager 4, out=json and out=xml alike, as one Doc (upstream-billmanager4 2.1-2.4)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import IO, Dict, Iterable, Iterator, List, Mapping, Optional, Tuple

from lxml import etree

from bill2bill.errors import Phrase
from bill2bill.upstream.billmgr4 import types as wire
from bill2bill.upstream.body import Unreadable
from bill2bill.upstream.parsing import (
    MOST_CHILDREN,
    MOST_NODES,
    ROOT,
    OtherDialect,
    children,
    is_json,
    read_json,
)

Fields = Dict[str, str]


@dataclass(frozen=True)
class WireError:
    """What stands in `error`; absent attributes are ""."""

    code: str
    obj: str = ""
    val: str = ""
    text: str = ""


@dataclass(frozen=True)
class Doc:
    """One answer. fields: its flat texts, but names that are there twice; rows: its `elem`s, flat too."""

    fields: Mapping[str, str]
    rows: List[Fields] = field(default_factory=list)
    error: Optional[WireError] = None

    @property
    def accepted(self) -> bool:
        """The upstream says ok: presence counts, the text is empty (2.3)."""
        return wire.OK in self.fields or self.fields.get(wire.RESULT) == wire.RESULT_OK


def read_doc(body: IO[bytes]) -> Doc:
    """The whole answer. Raises Unreadable or OtherDialect."""
    if is_json(body):
        return _doc_of_json(read_json(body))
    pairs: List[Tuple[str, str]] = []
    rows: List[Fields] = []
    error = None
    for child in children(body, most=MOST_NODES):
        if child.tag == wire.ROW:
            rows.append(_row(child))
        elif child.tag == wire.ERROR and error is not None:
            raise Unreadable(Phrase("two_errors"))
        elif child.tag == wire.ERROR:
            error = _error_of_xml(child)
        elif len(child) == 0:
            pairs.append((str(child.tag), child.text or ""))
        if len(pairs) + len(rows) > MOST_CHILDREN:
            raise Unreadable(Phrase("too_many_elements", most=MOST_CHILDREN))
    return Doc(_flat(pairs), rows, error)


def read_rows(body: IO[bytes]) -> Iterator[Fields]:
    """The rows of a list, one at a time in bounded memory; an `error` ends it as WireRefusal.

    Raises Unreadable (also after some rows: only a list read to its end is whole), OtherDialect, WireRefusal.
    """
    if is_json(body):
        doc = _doc_of_json(read_json(body))
        if doc.error:
            raise WireRefusal(doc.error)
        if not wire.NO_LIST.isdisjoint(doc.fields):
            raise Unreadable(Phrase("not_a_list"))
        yield from doc.rows
        return
    for child in children(body):
        if child.tag == wire.ROW:
            yield _row(child)
        elif child.tag == wire.ERROR:
            raise WireRefusal(_error_of_xml(child))
        elif child.tag in wire.NO_LIST:
            raise Unreadable(Phrase("not_a_list"))


def status_of(body: IO[bytes]) -> str:
    """The only `status` under any XML root (5.1), "" if there is none, or an `error`. Raises Unreadable."""
    words: List[str] = []
    for child in children(body, root=None):
        if child.tag == wire.ERROR or (child.tag == wire.STATUS and words):
            return ""
        if child.tag == wire.STATUS:
            words.append((child.text or "").strip())
    return words[0] if words else ""


class WireRefusal(Exception):
    """A list function answered with an error."""

    def __init__(self, error: WireError) -> None:
        self.error = error
        super().__init__(error.code)


def _doc_of_json(data: object) -> Doc:
    if not isinstance(data, dict):
        raise Unreadable(Phrase("not_json_object"))
    if isinstance(data.get(ROOT), dict):
        raise OtherDialect("doc")
    rows = data.get(wire.ROW, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unreadable(Phrase("not_a_list"))
    error = _error_of_json(data[wire.ERROR]) if wire.ERROR in data else None
    return Doc(_texts(data), [_texts(row) for row in rows], error)


def _texts(data: Mapping[str, object]) -> Fields:
    return {name: value for name, value in data.items() if isinstance(value, str)}


def _error_of_json(error: object) -> WireError:
    if not isinstance(error, dict) or not isinstance(error.get("code"), str):
        raise Unreadable(Phrase("error_without", name="code"))
    texts = _texts(error)
    return WireError(texts["code"].strip(), texts.get("obj", ""), texts.get("val", ""), texts.get("msg", ""))


def _error_of_xml(error: etree._Element) -> WireError:
    if error.get("type") is not None or error.get("object") is not None:
        raise OtherDialect("error type")  # 0.3; the newer versions have a `code` besides
    code = error.get("code")
    if code is None:
        raise Unreadable(Phrase("error_without", name="code"))
    text = error.get("msg", "") or (error.text or "").strip()
    return WireError(code.strip(), error.get("obj", ""), error.get("val", ""), text)


def _row(elem: etree._Element) -> Fields:
    return _flat((str(child.tag), child.text or "") for child in elem if len(child) == 0)


def _flat(pairs: Iterable[Tuple[str, str]]) -> Fields:
    found = list(pairs)
    times = Counter(name for name, _ in found)
    return {name: text for name, text in found if times[name] == 1}
