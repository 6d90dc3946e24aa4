"""Who is not certainly the provider gets no credential, and a purchase that did not leave may be
sent later.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import pytest
from kit.reseller import PASSWORD
from kit.wire import RawServer, certificate, said, served_with

from .answers import XML
from .stages import Stage, share

YES = said(b"<doc><ok/><id>5</id></doc>", XML)


def bad_servers(folder: Path, trusted: str) -> Dict[str, Tuple[Optional[ssl.SSLContext], str]]:
    """What is wrong -> how the server speaks TLS, None for not at all; and the CA file of the connection."""
    expired, other_host, stranger = (
        certificate(folder, *about) for about in (("127.0.0.1", -1), ("evil.example", 1), ("127.0.0.1", 2))
    )
    return {
        "signed by nobody we trust": (served_with(stranger), trusted),
        "signed by nobody that the public trusts": (served_with(stranger), ""),
        "expired": (served_with(expired), str(expired)),
        "of another host": (served_with(other_host), str(other_host)),
        "plain http on the port of TLS": (None, trusted),
    }


def test_nobody_but_the_provider_is_told_the_password(stage: Stage, tmp_path: Path):
    job = stage.paid(f"trust.{stage.kind.zone}")[f"trust.{stage.kind.zone}"]
    for what, (context, ca_file) in bad_servers(tmp_path, stage.man.ca_file).items():
        with RawServer(YES, context=context) as server:
            url = server.url.replace("http://", "https://")
            code = "upstream_certificate" if context else "upstream_unreachable"
            assert stage.check(url=url, ca_file=ca_file).failed_clearly() == code, what
            stage.panel.change("UPDATE processingparam SET value = ? WHERE intname = 'url'", url)
            stage.panel.change("UPDATE processingparam SET value = ? WHERE intname = 'ca_file'", ca_file)
            assert stage.carry_out("open", job).failed_clearly() == code, what
            assert server.connections > 0, what
            assert not any(PASSWORD.encode() in asked or b"authinfo" in asked for asked in server.requests), (
                what
            )
            assert context is None or server.requests == [], what
    name = f"trust.{stage.kind.zone}"
    assert stage.charged(name) == []
    stage.panel.change("UPDATE processingparam SET value = ? WHERE intname = 'url'", stage.man.url)
    stage.panel.change("UPDATE processingparam SET value = ? WHERE intname = 'ca_file'", stage.man.ca_file)
    assert stage.carry_out("open", job).status == 0
    assert stage.charged(name) == [name]


STATUSES = ("301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect")


@pytest.mark.parametrize("turn", range(len(STATUSES) // 2))
def test_a_redirect_takes_no_credential_to_another_host(stage: Stage, turn: int):
    status = share(stage.kind, STATUSES)[turn]
    name = f"moved{status[:3]}.{stage.kind.zone}"
    job = stage.paid(name)[name]
    with RawServer(YES) as elsewhere:
        place = f"Location: http://127.0.0.1:{elsewhere.port}/billmgr?authinfo=reseller:{PASSWORD}"
        away = said(
            b"<doc><ok/><id>5</id></doc>", XML, place, f"Refresh: 0; url={elsewhere.url}", status=status
        )
        stage.man.answers(lambda asked: asked.path == "/moved/billmgr", away)
        assert stage.check(url=f"{stage.man.origin}/moved/billmgr").failed_clearly() == "upstream_redirect"
        stage.man.answers(stage.is_spending, away, times=1)
        assert stage.carry_out("open", job).failed_clearly() == "lost_answer"
        assert (elsewhere.connections, elsewhere.requests) == (0, [])
    assert stage.charged(name) == []
    assert stage.carry_out("open", job).status == 0
    assert stage.charged(name) == [name]


ADDRESSES: List[str] = [
    "http://192.0.2.1/billmgr", "http://localhost.evil.example/billmgr",
    "https://reseller:pw@127.0.0.1/billmgr", "ftp://127.0.0.1/billmgr",
    "file:///etc/passwd",
    "https://127.0.0.1\\@evil.example/billmgr", "https://127.0.0.1 .evil.example/billmgr",
    "javascript:alert(1)", "https://",
    "https://[::1/billmgr",
    "https://127.0.0.1:99999/billmgr", "https://127.0.0.1\r\nHost: evil/billmgr", "$(id)",
    "//127.0.0.1/billmgr", "https://\u202e.ru/billmgr",
    "x" * 9000,
]  # fmt: skip


def test_an_address_that_programs_read_differently_is_refused(stage: Stage):
    for address in share(stage.kind, ADDRESSES):
        ran = stage.check(url=address)
        assert ran.failed_clearly() == "url_bad", address
        assert b"pw@" not in ran.out
    assert stage.man.asked == []
