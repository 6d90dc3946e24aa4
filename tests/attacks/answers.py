"""Hostile answers, byte by byte. HOSTILE: name -> what is sent; none of them may be taken for a yes, a no or
a list.
"""

from __future__ import annotations

import gzip
import socket
import time
import zlib
from typing import Dict, Iterator

from kit.wire import Script, said

XML, JSON, HTML = "Content-Type: text/xml", "Content-Type: application/json", "Content-Type: text/html"
BOMB = (
    b'<!DOCTYPE doc [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c'
    b' "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = b'<!DOCTYPE doc [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
YES = b"<doc><ok/><id>77</id><item.id>77</item.id></doc>"
USE = b"<doc><ok/><id>&c;</id></doc>"
MIB = 1 << 20


def drip(pieces: Iterator[bytes], pause: float) -> Script:
    """Byte after byte, so that no single wait is ever too long."""

    def play(connection: socket.socket) -> None:
        until = time.monotonic() + 30
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
            if time.monotonic() > until:
                return

    return play


def endless(first: bytes, again: bytes, pause: float = 0.0) -> Script:
    def pieces() -> Iterator[bytes]:
        yield first
        while True:
            yield again

    return drip(pieces(), pause) if pause else lambda connection: _flood(connection, first, again)


def _flood(connection: socket.socket, first: bytes, again: bytes) -> None:
    connection.sendall(first)
    for _ in range(256):  # 16 MiB at most: nobody is to fill the machine if nobody stops it
        connection.sendall(again * (65536 // len(again)))


def header_drip() -> Script:
    """A new generator for each request."""
    return lambda connection: _play(
        endless(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nX-", b"a", 0.05), connection
    )


def _play(script: Script, connection: socket.socket) -> None:
    assert callable(script)
    script(connection)


def nested(depth: int) -> bytes:
    return b"<doc>" + b"<a>" * depth + b"</a>" * depth + b"</doc>"


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"

CONTENT: Dict[str, Script] = {
    # -- XML -------------------------------------------------------------------------------------------------
    "entity bomb": said(b'<?xml version="1.0"?>' + BOMB + USE, XML),
    "entity bomb behind a comment": said(b"<!-- " + b"x" * 5000 + b" -->" + BOMB + USE, XML),
    "entity bomb behind many comments": said(b"<!---->" * 9000 + BOMB + USE, XML),
    "entity bomb behind comments longer than the head": said(
        b"<!-- " + b"x" * 70000 + b" -->" + BOMB + USE, XML
    ),
    "entity bomb behind a byte order mark": said(b"\xef\xbb\xbf" + BOMB + USE, XML),
    "entity bomb behind two byte order marks": said(b"\xef\xbb\xbf\xef\xbb\xbf" + BOMB + USE, XML),
    "entity bomb in small letters": said(BOMB.lower() + USE, XML),
    "entity bomb in UTF-16": said((BOMB + USE).decode().encode("utf-16"), XML),
    "entity bomb in UTF-7": said(b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE+ACA-doc' + USE, XML),
    "entity bomb behind an instruction": said(b"<?a b?>" + BOMB + USE, XML),
    "entity from a file": said(OUTSIDE + b"<doc><ok/><id>&x;</id></doc>", XML),
    "document type after the root": said(b"<doc>" + BOMB + b"<ok/></doc>", XML),
    "unknown entity": said(b"<doc><ok/><id>&c;</id></doc>", XML),
    "other encoding": said(
        '<?xml version="1.0" encoding="windows-1251"?><doc><ok/><a>Привет</a></doc>'.encode("cp1251"), XML
    ),
    "two roots": said(b"<doc><ok/></doc><doc><ok/></doc>", XML),
    "two errors": said(
        b'<doc><error type="a" object="b" code="1"/><error type="c" object="d" code="2"/></doc>', XML
    ),
    "deep XML": said(nested(100_000), XML),
    "many empty elements": said(b"<doc>" + b"<a/>" * 200_000 + b"</doc>", XML),
    "many elements in one": said(b"<doc><e>" + b"<a/>" * 200_000 + b"</e></doc>", XML),
    "a tag without an end": said(
        b"<doc><a " + b"".join(b'a%d="" ' % number for number in range(70_000)) + b"/></doc>", XML
    ),
    "cut off in the middle": said(b"<doc><ok/><id>77", XML),
    "root of somebody else": said(b"<html><ok/><id>77</id></html>", XML),
    # -- JSON ------------------------------------------------------------------------------------------------
    "deep JSON": said(b'{"doc":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001, JSON),
    "deep list": said(b"[" * 200_000 + b"]" * 200_000, JSON),
    "a name twice": said(b'{"result":"OK","ok":"","id":"1","id":"2","doc":{"ok":"","ok":"x"}}', JSON),
    "half a character": said(rb'{"result":"OK","doc":{"ok":"\ud800"},"item.id":"\udfff"}', JSON),
    "NUL in JSON": said(rb'{"result":"OK\u0000","doc":{"ok":"a\u0000b"}}', JSON),
    "no number": said(b'{"result":NaN,"doc":{"ok":Infinity}}', JSON),
    "a huge number": said(b'{"id":' + b"9" * 500_000 + b',"doc":{"id":' + b"9" * 400_000 + b"}}", JSON),
    "many values": said(b'{"elem":[' + b"0," * 500_000 + b'0],"doc":{}}'[:MIB], JSON),
    "JSON that is no object": said(b'"ok"', JSON),
    "a list": said(b'["ok"]', JSON),
}
TRANSPORT: Dict[str, Script] = {
    # -- bytes -----------------------------------------------------------------------------------------------
    "empty": said(b""),
    "NUL": said(b"<doc><ok/>\0</doc>", XML),
    "not UTF-8": said(b"<doc><ok/><id>\xff\xfe</id></doc>", XML),
    "overlong UTF-8": said(b"<doc>\xc0\xbcok/></doc>", XML),
    "control characters": said(b"<doc><ok/><id>\x01\x1b[2J</id></doc>", XML),
    "a page": said(b"<html><body>ok</body></html>", HTML),
    "a page with a document type": said(b"<!DOCTYPE html><html><body>ok</body></html>", HTML),
    "text": said(b"OK", "Content-Type: text/plain"),
    "larger than allowed": said(b"<doc><ok/>" + b" " * (2 * MIB) + b"</doc>", XML),
    "gzip bomb": said(
        gzip.compress(b"<doc><ok/>" + b" " * (64 * MIB) + b"</doc>"), XML, "Content-Encoding: gzip"
    ),
    "deflate bomb": said(
        zlib.compress(b"<doc>" + b"<a/>" * (8 * MIB) + b"</doc>"), XML, "Content-Encoding: deflate"
    ),
    "gzip in gzip": said(gzip.compress(gzip.compress(YES)), XML, "Content-Encoding: gzip, gzip"),
    "gzip cut off": said(gzip.compress(YES)[:-9], XML, "Content-Encoding: gzip"),
    "gzip with something behind it": said(gzip.compress(YES) + b"x" * 70_000, XML, "Content-Encoding: gzip"),
    "an encoding that nobody knows": said(YES, XML, "Content-Encoding: br"),
    # -- HTTP ------------------------------------------------------------------------------------------------
    "no HTTP": b"220 mail.example.net ESMTP\r\n" * 3,
    "an endless first line": endless(b"HTTP/1.1 200 ", b"O"),
    "endless headers": endless(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
    "one endless header": endless(b"HTTP/1.1 200 OK\r\nX-A: ", b"b"),
    "endless 100 Continue": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "headers that drip": header_drip(),
    "chunks that drip": endless(CHUNKED + b"5\r\n<doc>\r\n", b"1\r\n \r\n", 0.05),
    "an endless chunk size": endless(CHUNKED, b"0"),
    "endless chunks": endless(CHUNKED, b"ffff\r\n" + b" " * 65535 + b"\r\n"),
    "endless trailers": endless(CHUNKED + b"0\r\n", b"X-A: b\r\n"),
    "a negative length": HEAD + b"Content-Length: -5\r\n\r\n" + YES[:-6],
    "two lengths": HEAD + b"Content-Length: 5\r\nContent-Length: 500\r\n\r\n" + YES,
    "a huge length": HEAD + b"Content-Length: 99999999999999999999\r\n\r\n" + YES,
    "less than announced": HEAD + b"Content-Length: 500\r\n\r\n" + YES,
    "silence": lambda connection: time.sleep(8),
    "500": said(YES, XML, status="500 Internal Server Error"),
    "204": b"HTTP/1.1 204 No Content\r\n\r\n",
    "206": said(YES, XML, status="206 Partial Content"),
    "304": b"HTTP/1.1 304 Not Modified\r\n\r\n",
    "429": said(YES, XML, status="429 Too Many Requests"),
}
HOSTILE = {**CONTENT, **TRANSPORT}
SURELY_NOT_SEEN = {
    "403": said(b"<html>no</html>", HTML, status="403 Forbidden"),
    "404": said(YES, XML, status="404 Not Found"),
}
