"""Finding a provider and recognising its version, without showing it a password."""

from __future__ import annotations

from typing import Optional
from urllib.parse import urljoin

import pytest
from kit.wire import RawServer, answer

from bill2bill.errors import Failure
from bill2bill.upstream import sniff

from .dialects import Dialect
from .transport import http


@pytest.mark.parametrize(("playing", "version"), [("bm4", "4"), ("bm6", "6"), ("html", None)])
def test_the_version_is_told_from_an_error_to_a_call_without_credentials(
    dialect: Dialect, playing: str, version: Optional[str]
) -> None:
    dialect.provider.switch(play=playing)
    assert sniff.recognise(dialect.http, urljoin(dialect.provider.url, "/manager/billmgr")) == version
    assert all("authinfo" not in row["params"] for row in dialect.provider.get("requests"))


@pytest.mark.parametrize(
    ("body", "version"),
    [
        (b'<doc><error code="100">access deny</error></doc>', "4"),
        (b'{"error" : {"code" : "100","obj" : "","msg" : "access deny"}}', "4"),
        (
            (
                b'<doc lang="en" func="accountinfo"><error type="auth" object="badpassword"'
                b' code="1"><msg>x</msg></error></doc>'
            ),
            "6",
        ),
        (b'{"doc":{"error":{"$type":"access","msg":{"$":"x"}}}}', "6"),
        (b'<doc><error object="badpassword" code="1"/></doc>', "6"),
        (b'{"doc":{"$func":"accountinfo","error":{"$object":"badip","$code":"1"}}}', "6"),
        (b'{"doc":{"error":[{"$type":"auth"}]}}', "6"),
        (
            (
                b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>\n<doc><error'
                b' type="captcha_verification_failed"/></doc>'
            ),
            "6",
        ),
        (b"<doc/>", None),
        (b"<doc><ok/></doc>", None),
        (b'{"error":"not found"}', None),
        (b"<rss/>", None),
        (b"", None),
    ],
)
def test_an_unknown_envelope_is_no_version(body: bytes, version: Optional[str]) -> None:
    with RawServer(answer(body)) as server:
        assert sniff.recognise(http(), server.url) == version


@pytest.mark.parametrize("status", ["404 Not Found", "302 Found", "503 Busy"])
def test_a_server_that_is_no_billmanager_is_told_from_one_that_is_away(status: str) -> None:
    with RawServer(answer(b"<html/>", "Location: /", status=status)) as server:
        assert sniff.recognise(http(), server.url) is None
    with pytest.raises(Failure) as caught:
        sniff.recognise(http(connect_timeout=0.5), "http://127.0.0.1:9/billmgr")
    assert caught.value.code == "upstream_unreachable"


def test_a_server_name_has_three_usual_addresses() -> None:
    assert sniff.candidate_urls("my.ru-tld.ru") == [
        "https://my.ru-tld.ru/manager/billmgr", "https://my.ru-tld.ru/billmgr", "https://my.ru-tld.ru:1500/billmgr",
    ]  # fmt: skip
    assert sniff.candidate_urls("Пример.РФ")[0] == "https://xn--e1afmkfd.xn--p1ai/manager/billmgr"


@pytest.mark.parametrize(
    "server", ["", "a/b", "a b", "user@a.example", "a.example:1", "https://a.example", "a.example\r\nX: y"]
)
def test_a_server_name_is_nothing_but_a_name(server: str) -> None:
    with pytest.raises(Failure) as caught:
        sniff.candidate_urls(server)
    assert caught.value.code == "url_bad"


@pytest.mark.parametrize(
    ("pasted", "url"),
    [
        ("https://my.ru-tld.ru/manager/billmgr", "https://my.ru-tld.ru/manager/billmgr"),
        (
            " https://my.ru-tld.ru/manager/billmgr/?func=logon&x=1#top\n",
            "https://my.ru-tld.ru/manager/billmgr",
        ),
        ("https://my.ru-tld.ru", "https://my.ru-tld.ru/manager/billmgr"),
        ("https://my.ru-tld.ru/manager/", "https://my.ru-tld.ru/manager/billmgr"),
        ("https://billmgr.example:1500/", "https://billmgr.example:1500/manager/billmgr"),
        ("HTTPS://provider.example/billmgr-api", "https://provider.example/billmgr-api"),
        ("https://Пример.рф/billmgr", "https://xn--e1afmkfd.xn--p1ai/billmgr"),
        ("http://127.0.0.1:8080/manager/billmgr", "http://127.0.0.1:8080/manager/billmgr"),
        ("http://[::1]:8080/billmgr", "http://[::1]:8080/billmgr"),
    ],
)
def test_an_address_is_taken_as_people_paste_it(pasted: str, url: str) -> None:
    assert sniff.normalise_url(pasted) == url
    assert sniff.normalise_url(url) == url


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "my.ru-tld.ru",
        "http://my.ru-tld.ru/billmgr",
        "https://user:word@my.ru-tld.ru/billmgr",
        "https://",
        "http://[::1",
        "https://a b/",
    ],
)
def test_an_address_that_cannot_be_used_is_told_at_once(pasted: str) -> None:
    with pytest.raises(Failure) as caught:
        sniff.normalise_url(pasted)
    assert caught.value.code == "url_bad"
    assert "word" not in str(caught.value)
