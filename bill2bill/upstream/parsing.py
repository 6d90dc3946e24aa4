"""Bounded reading of XML and JSON, whatever the dialect: what every envelope is read with."""

from __future__ import annotations

import json
from typing import IO, Any, Dict, Iterator, List, Optional, Tuple

from lxml import etree

from bill2bill.errors import Phrase
from bill2bill.upstream.body import PIECE, Unreadable

ROOT = "doc"
MOST_NODES = 300_000  # of a document that is read whole: as objects they take some 200 MiB
MOST_IN_STREAM = 2_000_000  # elements of a list that is read row by row
MOST_CHILDREN = 100_000  # of an XML root that is read whole
MOST_IN_CHILD = 10_000  # elements inside one child of an XML root
DEPTH = 20
# bytes, about: a parser keeps all attributes of a tag, and old ones compare each with each
LONGEST_TAG = 2 * PIECE


class OtherDialect(Exception):
    """The envelope of another version of BILLmanager."""


def read_json(body: IO[bytes]) -> Any:
    """A JSON document whose numbers are texts, as the upstream writes most of them anyway. Raises Unreadable.

    Refused: a name twice in one object, NaN and the like, lone surrogates, NUL, and more than MOST_NODES
    values.
    """
    data = body.read()
    if sum(data.count(sign) for sign in (b"[", b"{", b",")) > MOST_NODES:
        raise Unreadable(Phrase("too_many_values", most=MOST_NODES))
    try:
        text = data.decode("utf-8")
        return json.loads(
            text, object_pairs_hook=_once, parse_int=str, parse_float=str, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise Unreadable(Phrase("not_json", why=type(error).__name__)) from error


def _once(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    for text in (*found, *found.values()):
        if isinstance(text, str):
            text.encode("utf-8")  # half of a surrogate pair is a ValueError here, not somewhere later
            if "\0" in text:
                raise ValueError("NUL")
    return found


def _no_constant(word: str) -> None:
    raise ValueError(word)


def is_json(body: IO[bytes]) -> bool:
    start = body.tell()
    head = body.read(1024).lstrip()
    body.seek(start)
    return head[:1] in (b"{", b"[")


def children(
    body: IO[bytes], root: Optional[str] = ROOT, most: int = MOST_IN_STREAM
) -> Iterator[etree._Element]:
    """The children of the root element, each valid until the next is asked for: what was passed is dropped,
    so memory does not grow. most: elements of the whole document. Raises Unreadable.
    """
    _check_tags(body)
    depth = nodes = total = 0
    try:
        for event, element in _events(body):
            if event == "start":
                depth += 1
                total += 1
                nodes = nodes + 1 if depth > 2 else 0
                if depth == 1 and root not in (None, element.tag):
                    raise Unreadable(Phrase("root_element", name=str(element.tag)[:40]))
                if depth > DEPTH or nodes > MOST_IN_CHILD:
                    raise Unreadable(Phrase("too_deep"))
                if total > most:
                    raise Unreadable(Phrase("too_many_elements", most=most))
                continue
            depth -= 1
            if depth == 1:
                yield element
                _drop(element)
    except etree.XMLSyntaxError as error:
        raise Unreadable(Phrase("not_xml_because", why=str(error)[:100])) from error


def _check_tags(body: IO[bytes]) -> None:
    start, open_tag = body.tell(), 0
    for piece in iter(lambda: body.read(PIECE), b""):
        begins, ends = piece.rfind(b"<"), piece.rfind(b">")
        if begins > ends:
            open_tag = len(piece) - begins
        elif ends >= 0:
            open_tag = 0
        elif open_tag:
            open_tag += len(piece)
        if open_tag > LONGEST_TAG:
            raise Unreadable(Phrase("endless_tag"))
    body.seek(start)


def _events(body: IO[bytes]) -> Iterator[Tuple[str, etree._Element]]:
    return iter(
        etree.iterparse(
            body,
            events=("start", "end"),
            encoding="utf-8",  # whatever the document declares
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
    )


def _drop(element: etree._Element) -> None:
    element.clear()
    root = element.getparent()
    while root is not None and element.getprevious() is not None:
        del root[0]  # not the element itself: the parser still hangs its tail on it
