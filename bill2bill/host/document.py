"""XML that comes in, from a form of the panel or from mgrctl: hostile until read (host-protocol 2.1, 2.4)."""

from __future__ import annotations

import re
from typing import BinaryIO, List

from lxml import etree

from bill2bill.errors import Failure, Phrase

LIMIT = 8 * 1024 * 1024  # bytes
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"'>]*)[\"']")


def read_document(stream: BinaryIO, limit: int = LIMIT) -> etree._Element:
    """The root of the document on `stream`, at most `limit` bytes.

    Raises Failure("bad_input") if it is absent, larger, not UTF-8, not well-formed, or has a DOCTYPE or an
    entity.
    """
    parts: List[bytes] = []
    left = limit + 1
    try:
        while left > 0:
            part = stream.read(left)
            if not part:
                break
            parts.append(part)
            left -= len(part)
    except (OSError, ValueError) as error:  # closed or broken stdin
        raise Failure("bad_input", reason=Phrase("stdin_unreadable"), detail=str(error)) from error
    return parse_bytes(b"".join(parts), limit)


def parse_bytes(raw: bytes, limit: int = LIMIT) -> etree._Element:
    """The root of the document in `raw`. Raises as read_document does."""
    _refuse_dangerous(raw, limit)
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(raw.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Failure("bad_input", reason=Phrase("not_xml"), detail=str(error)) from error
    if root is None:
        raise Failure("bad_input", reason=Phrase("document_empty"))
    return root


def to_bytes(element: etree._Element) -> bytes:
    """The document as UTF-8 with a declaration."""
    return bytes(etree.tostring(element, encoding="UTF-8", xml_declaration=True, with_tail=False))


def printable(text: str, other: str = " ") -> str:
    """`text` with everything that XML cannot carry replaced; tabs and line ends are kept."""
    return _CONTROL.sub(other, text)


def _refuse_dangerous(raw: bytes, limit: int) -> None:
    """What must not reach a parser. The whole text is searched: a DOCTYPE in a comment is no loss."""
    if len(raw) > limit:
        raise Failure("bad_input", reason=Phrase("document_large", most=limit // 1024))
    if not raw.strip():
        raise Failure("bad_input", reason=Phrase("document_empty"))
    if b"\0" in raw:
        raise Failure("bad_input", reason=Phrase("nul_byte"))
    declared = _DECLARED.match(raw.lstrip(b"\xef\xbb\xbf"))
    if declared and declared.group(1).lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        raise Failure("bad_input", reason=Phrase("not_utf8"))
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Failure("bad_input", reason=Phrase("not_utf8")) from error
    if re.search(rb"<!\s*(DOCTYPE|ENTITY)", raw, re.IGNORECASE):
        raise Failure("bad_input", reason=Phrase("doctype"))
