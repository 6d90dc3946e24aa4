"""The transport against servers that misbehave on purpose."""

from __future__ import annotations

import gzip
import logging
import socket
import time
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Iterator, List

import pytest
from kit.wire import RawServer, answer, certificate, served_with

from bill2bill import messages
from bill2bill.errors import Failure, NoAnswer, NotSent
from bill2bill.upstream.http import Http, Trouble, should_retry

from .transport import PASSWORD, http

MIB = 1024 * 1024
FINE = b"<doc><ok/></doc>"
FORM = {"func": "domain.renew", "authinfo": f"reseller:{PASSWORD}"}


def quick(**settings: Any) -> Http:
    """Little patience: for servers that never finish."""
    return http(**{"connect_timeout": 0.5, "read_timeout": 0.2, "spend_timeout": 0.2, **settings})


def asked(server: RawServer, transport: Http, spends: bool = False) -> bytes:
    with transport.post(server.url, "func", FORM, spends=spends) as body:
        return body.read()


def outcome(server: RawServer, transport: Http, spends: bool) -> Failure:
    started = time.monotonic()
    with pytest.raises(Failure) as caught:
        asked(server, transport, spends)
    assert time.monotonic() - started < 5
    return caught.value


def dripping(piece: bytes, first: bytes = b"") -> Callable[[socket.socket], None]:
    def script(connection: socket.socket) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(piece)
            time.sleep(0.02)

    return script


def flooding(piece: bytes, first: bytes = b"") -> Callable[[socket.socket], None]:
    def script(connection: socket.socket) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(piece)

    return script


HEAD = b"HTTP/1.1 200 OK\r\n"
BOMB = (
    b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c'
    b' "&b;&b;&b;&b;">]><doc><ok>&c;</ok></doc>'
)
HOSTILE = {
    "doctype": answer(b'<!DOCTYPE doc SYSTEM "http://127.0.0.1/x"><doc><ok/></doc>'),
    "entity bomb": answer(BOMB),
    "doctype in small letters": answer(b"<!doctype doc><doc><ok/></doc>"),
    "doctype behind comments": answer(b"\xef\xbb\xbf \n<?xml version='1.0'?><!-- <doc> --><?pi?>" + BOMB),
    "doctype far behind": answer(b"<!--" + b"x" * 70000 + b"-->" + BOMB),
    "comment without end": answer(b"<!-- <doc><ok/></doc>"),
    "utf-16": answer(b"\xff\xfe" + FINE.decode().encode("utf-16-le")),
    "utf-16 without mark": answer(FINE.decode().encode("utf-16-be")),
    "utf-32": answer(FINE.decode().encode("utf-32")),
    "utf-7 declared": answer(b'<?xml version="1.0" encoding="utf-7"?>' + FINE),
    "windows-1251 declared": answer(b"<?xml version='1.0' encoding = 'windows-1251' ?>" + FINE),
    "nul": answer(b"<doc><ok/>\0</doc>"),
    "not utf-8": answer(b"<doc><ok>\xcf\xf0</ok></doc>"),
    "utf-8 cut in a letter": answer("<doc>ж".encode()[:-1]),
    "text": answer(b"OK"),
    "html": answer(b"<html><body>Maintenance</body></html>"),
    "still at work": answer(b'<html><a href="/manager/longbillmgr?id=1">wait</a></html>'),
    "html 5": answer(b"\n<!DOCTYPE html><html></html>"),
    "blanks": answer(b" \n "),
    "empty": answer(b""),
    "204": answer(b"", status="204 No Content"),
    "206": answer(FINE, status="206 Partial Content"),
    "64 MiB": flooding(b" " * MIB, HEAD + b"Content-Length: 67108864\r\n\r\n" + FINE),
    "without end": flooding(b" " * MIB, HEAD + b"\r\n<doc>"),
    "endless chunks": flooding(
        b"1000\r\n" + b" " * 4096 + b"\r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    ),
    "gzip bomb": answer(gzip.compress(b" " * 64 * MIB), "Content-Encoding: gzip"),
    "deflate bomb": answer(zlib.compress(b" " * 64 * MIB), "Content-Encoding: deflate"),
    "gzip cut off": answer(gzip.compress(FINE)[:-4], "Content-Encoding: gzip"),
    "no gzip": answer(FINE, "Content-Encoding: gzip"),
    "gzip twice": answer(gzip.compress(gzip.compress(FINE)), "Content-Encoding: gzip, gzip"),
    "gzip with a tail": lambda connection: connection.sendall(
        answer(gzip.compress(FINE) + b"x" * 200000, "Content-Encoding: gzip")
    ),
    "brotli": answer(FINE, "Content-Encoding: br"),
    "endless headers": flooding(b"X-A: b\r\n" * 100, HEAD),
    "endless header": flooding(b"x" * 4096, HEAD + b"X-A: "),
    "endless 100": flooding(b"HTTP/1.1 100 Continue\r\n\r\n" * 20),
    "dripping headers": dripping(b"x", HEAD + b"X-A: "),
    "dripping body": dripping(b" ", HEAD + b"\r\n<doc>"),
    "dripping whole": dripping(b" ", HEAD + b"Content-Length: 1000000\r\n\r\n<doc><ok/></doc>"),
    "silence": lambda connection: time.sleep(2),
    "closed": b"",
    "no http": b"220 mail.example.net ESMTP\r\n",
    "cut off": answer(b"<doc><ok/></d", length=1000),
    "cut off at the end of the document": answer(FINE, length=1000),
    "cut off chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n10\r\n" + FINE[:4],
    "bad length": HEAD + b"Content-Length: 5\r\nContent-Length: 16\r\n\r\n" + FINE,
    "500": answer(FINE, status="500 Internal Server Error"),
    "502": answer(FINE, status="502 Bad Gateway"),
    "408": answer(FINE, status="408 Request Timeout"),
    "429": answer(FINE, "Retry-After: 100000", status="429 Too Many Requests"),
    "redirect": answer(FINE, "Location: https://elsewhere.example/", status="302 Found"),
    "redirect 307": answer(FINE, "Location: /manager/billmgr", status="307 Temporary Redirect"),
    "redirect with an endless body": flooding(b" " * MIB, b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n"),
}
WALLS = ("html", "html 5", "429")
ENDLESS = ("dripping", "endless 100", "silence", "cut off", "no http")


@pytest.mark.parametrize("spends", [False, True], ids=["question", "purchase"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_answer_is_refused_soon_and_a_purchase_is_in_doubt(name: str, spends: bool) -> None:
    with RawServer(HOSTILE[name]) as server:
        failure = outcome(server, quick() if name.startswith(ENDLESS) else http(), spends)
        sent = len(server.requests)
    if spends:
        assert isinstance(failure, NoAnswer)
        assert sent == 1
    else:
        assert failure.code == (
            "upstream_redirect"
            if name.startswith("redirect")
            else "upstream_wall"
            if name in WALLS
            else "upstream_answer"
        )
        assert not isinstance(failure, (NotSent, NoAnswer))


WHOLE = {
    "plain": answer(FINE),
    "another content type": answer(FINE, "Content-Type: text/html; charset=windows-1251"),
    "byte order mark": answer(b"\xef\xbb\xbf" + FINE),
    "prolog": answer(b"\xef\xbb\xbf\n<!-- <!DOCTYPE --><?x <!DOCTYPE ?>" + FINE),
    "declaration": answer(b'<?xml version="1.0" encoding="UTF-8"?>\n' + FINE),
    "gzip": answer(gzip.compress(FINE), "Content-Encoding: gzip"),
    "deflate": answer(zlib.compress(FINE), "Content-Encoding: deflate"),
    "until closed": HEAD + b"\r\n" + FINE,
    "chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n10\r\n" + FINE + b"\r\n0\r\n\r\n",
    "100 first": b"HTTP/1.1 100 Continue\r\n\r\n" + answer(FINE),
    "as large as may be": answer(FINE + b" " * (MIB - len(FINE))),
}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("spends", [False, True])
def test_a_whole_answer_is_read_however_it_is_wrapped(name: str, spends: bool) -> None:
    with RawServer(WHOLE[name]) as server:
        assert asked(server, http(), spends).rstrip().endswith(FINE)


def test_a_small_compressed_answer_cannot_become_a_huge_one() -> None:
    bomb = gzip.compress(b" " * 8 * MIB)
    with RawServer(answer(bomb, "Content-Encoding: gzip")) as server:
        assert "more than" in messages.text(outcome(server, http(), False), "en")


# -- what was sent, and how often ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "status", ["400 Bad Request", "403 Forbidden", "404 Not Found", "413 Too Large", "460 WAF"]
)
def test_a_front_end_that_says_no_has_not_let_the_purchase_through(status: str) -> None:
    with RawServer(answer(b"<html>", status=status)) as server:
        bought, asked_for = outcome(server, http(), True), outcome(server, http(), False)
        assert isinstance(bought, NotSent)
        assert not isinstance(asked_for, NotSent)
        assert len(server.requests) == 2
    assert (
        bought.code
        == asked_for.code
        == ("upstream_wall" if status[:3] in ("403", "460") else "upstream_answer")
    )


def test_a_question_is_repeated_twice_and_a_purchase_never() -> None:
    with RawServer(b"") as server:
        outcome(server, http(), False)
        assert len(server.requests) == 3
        outcome(server, http(), True)
        assert len(server.requests) == 4


def test_a_question_survives_two_bad_moments() -> None:
    with RawServer(answer(b"", status="503 Busy"), b"", answer(FINE)) as server:
        assert asked(server, http()) == FINE


def test_only_questions_are_repeated_and_only_after_what_may_pass() -> None:
    passing = {Trouble.UNREACHABLE, Trouble.BROKEN}
    for trouble in Trouble:
        assert [should_retry(False, trouble, tries) for tries in (0, 1, 2)] == [trouble in passing] * 2 + [
            False
        ]
        assert not should_retry(True, trouble, 0)


def test_a_purchase_never_travels_on_a_kept_connection() -> None:
    with RawServer(answer(FINE)) as server:
        transport = http()
        for spends in (False, False, True, True):
            asked(server, transport, spends)
        assert server.connections == 3
        assert b"Connection: close" in server.requests[-1]


def test_a_kept_connection_that_died_costs_a_question_nothing() -> None:
    def once(connection: socket.socket) -> None:
        connection.sendall(answer(FINE))

    with RawServer(once, answer(FINE)) as server:
        transport = http()
        assert [asked(server, transport), asked(server, transport)] == [FINE, FINE]


def test_a_refused_connection_was_not_sent_anything() -> None:
    for spends, kind in ((True, NotSent), (False, Failure)):
        with pytest.raises(kind) as caught:
            http().post("http://127.0.0.1:9/x", "func", FORM, spends=spends)
        assert caught.value.code == "upstream_unreachable"


def test_a_name_that_does_not_exist_was_not_sent_anything() -> None:
    with pytest.raises(NotSent) as caught:
        http().post("https://nobody.invalid/x", "func", FORM, spends=True)
    assert caught.value.code == "upstream_unreachable"


def test_the_gate_is_passed_for_each_try_and_left_before_the_next() -> None:
    passed: List[str] = []
    with RawServer(answer(b"", status="503 Busy"), answer(FINE)) as server:
        asked(server, http(gate=lambda: _noting(passed)))
    assert passed == ["in", "out", "in", "out"]


@contextmanager
def _noting(passed: List[str]) -> Iterator[None]:
    passed.append("in")
    try:
        yield
    finally:
        passed.append("out")


def test_half_a_letter_in_a_form_is_an_error_before_anything_is_sent() -> None:
    with RawServer(answer(FINE)) as server:
        with pytest.raises(NotSent):
            http().post(server.url, "func", {"name": "\ud800"}, spends=True)
        assert server.requests == []


# -- addresses, proxies and the environment ------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://provider.example/manager/billmgr", "http://127.0.0.1.provider.example/",
        "http://localhost.provider.example/",
        "http://127.0.0.1@provider.example/", "https://user:word@provider.example/", "ftp://127.0.0.1/",
        "file:///etc/passwd", "https:///x",
        "provider.example", "", "https://provider.example:port/", "https://provider.example\\@127.0.0.1/",
        "http://[::1", "https://пример.рф/",
        "https://provider.example/a b", "https://provider.example/\r\nX: y",
    ],
)  # fmt: skip
def test_a_password_goes_to_https_or_to_this_machine_only(url: str) -> None:
    with pytest.raises(NotSent) as caught:
        http().post(url, "func", FORM, spends=True)
    assert caught.value.code == "url_bad"
    assert "word" not in str(caught.value)


def test_a_redirect_is_shown_but_not_followed() -> None:
    with (
        RawServer(answer(FINE)) as other,
        RawServer(answer(b"", f"Location: {other.url}?authinfo=a:b", status="301 Moved")) as server,
    ):
        assert outcome(server, http(), False).params["value"] == other.url
        assert other.requests == []


def test_the_environment_names_no_proxy_no_password_and_no_authority(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    with RawServer(answer(FINE, "Set-Cookie: a=b")) as server:
        transport = http()
        for spends in (False, False, True):
            assert asked(server, transport, spends) == FINE
        assert not any(b"Authorization" in request or b"Cookie" in request for request in server.requests)


def test_this_machine_is_asked_without_the_proxy_and_others_through_it() -> None:
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    with RawServer(refusal) as proxy, RawServer(answer(FINE)) as server:
        transport = http(proxy=f"http://127.0.0.1:{proxy.port}")
        assert asked(server, transport) == FINE
        assert proxy.requests == []
        with pytest.raises(NotSent) as caught:
            transport.post("https://provider.example/manager/billmgr", "func", FORM, spends=True)
        assert caught.value.code == "upstream_unreachable"
        assert proxy.requests[0].startswith(b"CONNECT provider.example:443 ")
        assert not any(b"authinfo" in request for request in proxy.requests)


# -- trust ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "days", "known"),
    [("127.0.0.1", 1, False), ("127.0.0.1", -1, True), ("provider.example", 1, True)],
)
def test_a_certificate_that_proves_nothing_stops_everything(
    tmp_path: Path, host: str, days: int, known: bool
) -> None:
    path = certificate(tmp_path, host, days)
    with RawServer(answer(FINE), context=served_with(path)) as server:
        for spends in (False, True):
            failure = outcome(server, http(ca_file=str(path) if known else ""), spends)
            assert failure.code == "upstream_certificate"
            assert isinstance(failure, NotSent) == spends
        assert server.requests == []


def test_a_named_authority_is_trusted(tmp_path: Path) -> None:
    path = certificate(tmp_path)
    with RawServer(answer(FINE), context=served_with(path)) as server:
        assert asked(server, http(ca_file=str(path)), True) == FINE


def test_a_ca_file_is_read_once_for_questions_and_purchases(tmp_path: Path) -> None:
    path = certificate(tmp_path)
    with RawServer(answer(FINE), answer(FINE), context=served_with(path)) as server:
        transport = http(ca_file=str(path))
        path.unlink()
        assert [asked(server, transport, spends) for spends in (False, True)] == [FINE, FINE]


def test_a_ca_file_that_cannot_be_read_is_found_before_any_purchase(tmp_path: Path) -> None:
    for content in (None, "no certificate"):
        path = tmp_path / "ca.pem"
        if content:
            path.write_text(content)
        with pytest.raises(Failure) as caught:
            http(ca_file=str(path))
        assert caught.value.code == "upstream_certificate"


def test_a_server_that_does_not_speak_tls_was_not_sent_anything() -> None:
    with RawServer(b"220 mail.example.net ESMTP\r\n") as server:
        with pytest.raises(NotSent) as caught:
            http(connect_timeout=0.3).post(f"https://127.0.0.1:{server.port}/x", "func", FORM, spends=True)
        assert caught.value.code == "upstream_unreachable"


def test_a_tls_connection_dripping_for_ever_is_ended(tmp_path: Path) -> None:
    path = certificate(tmp_path)
    with RawServer(dripping(b" ", HEAD + b"\r\n<doc>"), context=served_with(path)) as server:
        assert isinstance(
            outcome(server, http(ca_file=str(path), connect_timeout=0.3, spend_timeout=0.3), True), NoAnswer
        )


# -- logs ----------------------------------------------------------------------------------------------------


def test_no_secret_reaches_a_log_or_a_message(caplog: pytest.LogCaptureFixture) -> None:
    echo = f"<doc><redirect>billmgr?authinfo=reseller:{PASSWORD}</redirect><a>{PASSWORD}</a></doc>".replace(
        "&", "&amp;"
    ).encode()
    caplog.set_level(logging.DEBUG)
    with RawServer(answer(echo)) as server:
        asked(server, http())
    with RawServer(
        answer(b"", f"Location: https://a.example/{PASSWORD.split()[0]}%20word%2F%26%3D", status="302 Found")
    ) as server:
        failure = outcome(server, http(), False)
    logged = caplog.text + str(failure) + failure.detail
    assert "func 200" in logged
    assert not any(word in logged for word in (PASSWORD, "s3cret", "word%2F"))
