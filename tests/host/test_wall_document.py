from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bill2bill import messages
from bill2bill.errors import Failure
from bill2bill.host.document import printable, read_document, to_bytes

BOMB = b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><doc>&b;</doc>'


def read(raw, **more):
    return read_document(io.BytesIO(raw), **more)


def refused(raw):
    with pytest.raises(Failure) as caught:
        read(raw)
    assert caught.value.code == "bad_input"
    return messages.params(caught.value, "en")["reason"]


def test_a_form_is_read_and_written_back_with_everything_in_it():
    raw = '<doc lang="ru"><метка>привет &amp; &lt;</метка><mode/><!-- note --></doc>'.encode()
    root = read(raw)
    assert root.findtext("метка") == "привет & <"
    again = to_bytes(root)
    assert again.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert etree.tostring(read(again)) == etree.tostring(root)


@pytest.mark.parametrize(
    "head",
    [b"", b"\xef\xbb\xbf", b"\n ", b'<?xml version="1.0"?>', b'<?xml version="1.0" encoding="utf-8"?>\n'],
)
def test_declaration_byte_order_mark_and_leading_space_are_accepted(head):
    assert read(head + "<doc>ё</doc>".encode()).text == "ё"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"  \n",
        b"\xef\xbb\xbf",
        BOMB,
        BOMB.replace(b"DOCTYPE", b"doctype"),
        b'<?xml version="1.0"?>\n\n<!DOCTYPE doc SYSTEM "file:///etc/passwd"><doc/>',
        b'<doc><!-- --><!ENTITY x "y"></doc>',
        b"<doc>\0</doc>",
        b"<doc>\xff</doc>",
        "<doc>я</doc>".encode("cp1251"),
        "<doc>я</doc>".encode("utf-16"),
        "<doc>я</doc>".encode("utf-16-le"),
        "<doc>я</doc>".encode("utf-32"),
        b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE d+AD4-<doc/>',
        b'<?xml version="1.0" encoding="windows-1251"?><doc/>',
        b"<?xml version='1.0' encoding = 'UTF-16'?><doc/>",
        b"<doc>",
        b"<doc/><doc/>",
        b"noise <doc/>",
        b"{}",
        b"<doc>&unknown;</doc>",
        b"<doc a=1/>",
        b"<doc>\x01</doc>",
        b"<doc>&#0;</doc>",
        b"<doc>" * 5000,
        b"<a>" * 5000 + b"</a>" * 5000,
        b"<?xml version='1.0'?><!-- only a comment -->",
    ],
)
def test_what_is_not_a_plain_utf8_document_is_refused(raw):
    assert refused(raw)


def test_a_document_over_the_limit_is_refused_without_being_read_to_its_end():
    class Endless(io.RawIOBase):
        given = 0

        def readable(self):
            return True

        def readinto(self, buffer):
            buffer[:] = b"x" * len(buffer)
            self.given += len(buffer)
            return len(buffer)

    stream = Endless()
    with pytest.raises(Failure, match="document_large"):
        read_document(stream, limit=1000)
    assert stream.given == 1001


def test_a_document_of_exactly_the_limit_is_read():
    raw = b"<doc/>"
    assert read(raw, limit=len(raw)).tag == "doc"


def test_a_document_that_arrives_in_pieces_is_read_whole():
    class Drip(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 3))

    assert read_document(Drip(b"<doc><a>1</a></doc>")).findtext("a") == "1"


def test_a_closed_stdin_is_a_clear_failure():
    stream = io.BytesIO(b"<doc/>")
    stream.close()
    with pytest.raises(Failure) as caught:
        read_document(stream)
    assert caught.value.code == "bad_input"


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_document_or_a_clear_failure(raw):
    try:
        read(raw)
    except Failure:
        assert refused(raw)


@settings(deadline=None)
@given(st.text())
def test_printable_text_always_fits_into_xml(text):
    node = etree.Element("a")
    node.text = printable(text)
    assert read(to_bytes(node)).tag == "a"
