"""Reading an answer's body: bounded, UTF-8, and without a DOCTYPE, before any parser sees it."""

from __future__ import annotations

import codecs
import re
import tempfile
import zlib
from typing import IO, Iterable, Iterator

from bill2bill.errors import Phrase

PIECE = 64 * 1024
IN_MEMORY = 1024 * 1024  # a larger body waits in an unnamed temporary file
HEAD = 64 * 1024  # the root element must begin within this

PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
ROOT = re.compile(rb"<[A-Za-z_]")
ENCODING = re.compile(rb"<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
HTML = re.compile(rb"\s*<(?:!doctype\s+)?html\b", re.IGNORECASE)
# the address of a function that is still at work (upstream-billmanager6 1.5)
BACKGROUND = re.compile(rb"\blong[A-Za-z0-9_./-]{0,200}billmgr")


class Unreadable(Exception):
    """The body cannot be used."""

    def __init__(self, reason: Phrase) -> None:
        self.reason = reason
        super().__init__(reason)


class Page(Unreadable):
    """A page for people, where a program was asked."""


def read_body(pieces: Iterable[bytes], encoding: str, limit: int) -> IO[bytes]:
    """The decoded body as a file at its beginning; a byte order mark is taken off.

    pieces    the body as it came over the wire
    encoding  the Content-Encoding: gzip and deflate are undone, piece by piece, so that a small body cannot
              become a huge one
    limit     most bytes after decoding
    Raises Unreadable for anything that is not a JSON object or array or an XML document in UTF-8 without
    DOCTYPE.
    """
    body: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller closes it
    try:
        _write_text(body, _decoded(pieces, encoding.strip().lower()), limit)
        body.seek(0)
        head = body.read(HEAD)
        start = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
        _check_head(head[start:])
        body.seek(start)
    except BaseException:
        body.close()
        raise
    return body


def _decoded(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    if encoding in ("", "identity"):
        yield from pieces
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise Unreadable(Phrase("unknown_encoding", name=encoding[:40]))
    inflater = zlib.decompressobj(wbits=47)  # finds out itself which of the two it is
    try:
        for piece in pieces:
            if inflater.eof:
                raise Unreadable(Phrase("compression_longer"))
            while piece:
                yield inflater.decompress(piece, PIECE)
                piece = inflater.unconsumed_tail
        yield inflater.flush()
    except zlib.error as error:
        raise Unreadable(Phrase("compression_broken", why=error)) from error
    if not inflater.eof:
        raise Unreadable(Phrase("compression_cut"))


def _write_text(body: IO[bytes], pieces: Iterable[bytes], limit: int) -> None:
    """UTF-16 and UTF-32 fall here too: they hold NUL bytes or are not UTF-8."""
    check, size = codecs.getincrementaldecoder("utf-8")(), 0
    try:
        for piece in pieces:
            size += len(piece)
            if size > limit:
                raise Unreadable(Phrase("too_many_bytes", most=limit))
            if b"\0" in piece:
                raise Unreadable(Phrase("nul_byte"))
            check.decode(piece)
            body.write(piece)
        check.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise Unreadable(Phrase("not_utf8")) from error


def _check_head(head: bytes) -> None:
    text = head.lstrip()
    if not text:
        raise Unreadable(Phrase("answer_empty"))
    if text[:1] in (b"{", b"["):
        return
    if HTML.match(text):
        raise Unreadable(Phrase("still_at_work")) if BACKGROUND.search(text) else Page(Phrase("html_page"))
    prolog = PROLOG.match(head)
    if prolog is None or not ROOT.match(head, prolog.end()):
        raise Unreadable(Phrase("doctype" if b"<!DOCTYPE" in head.upper() else "not_xml_or_json"))
    declared = ENCODING.match(text)
    if declared and declared.group(1).lower() not in (b"utf-8", b"utf8"):
        raise Unreadable(Phrase("unknown_encoding", name=declared.group(1)[:40].decode("latin-1")))
