"""A hostile answer to a question: a clear error, in time and in bounded memory, and nothing bought."""

from __future__ import annotations

import gzip
from typing import Dict

import pytest
from kit.reseller import PASSWORD
from kit.wire import Script, said

from .answers import CONTENT, HOSTILE, JSON, MIB, SURELY_NOT_SEEN, TRANSPORT, XML
from .stages import Ran, Stage, at_once, share

CODES = {
    "upstream_answer", "upstream_wall", "upstream_unreachable", "other_dialect", "not_billmanager",
    "upstream_redirect",
    "upstream_trouble", "account_not_found",
}  # fmt: skip


def checked(stage: Stage, answers: Dict[str, Script], dialect: str, **how: object) -> Dict[str, Ran]:
    """Attack -> what became of a connection whose provider answers so; each has an address of its own."""
    paths = {f"/{number}/billmgr": name for number, name in enumerate(answers)}
    for path, name in paths.items():
        stage.man.answers(lambda asked, path=path: asked.path == path, answers[name])
    ran = at_once(lambda path: stage.check(url=stage.man.origin + path, dialect=dialect, **how), list(paths))
    return dict(zip(paths.values(), ran))


def test_no_hostile_answer_is_believed(stage: Stage):
    before = stage.charged()
    for name, ran in checked(
        stage,
        {**CONTENT, **dict(share(stage.kind, {**TRANSPORT, **SURELY_NOT_SEEN}.items()))},
        stage.kind.dialect,
    ).items():
        assert ran.failed_clearly() in CODES, (name, ran)
    assert stage.charged() == before


def test_a_server_that_answers_with_anything_is_not_taken_for_a_provider(stage: Stage):
    """Before the version is known no password is sent, whatever comes back."""
    quick = {
        name: script
        for name, script in HOSTILE.items()
        if "drip" not in name and name not in ("silence", "two errors")
    }
    for name, ran in checked(stage, dict(share(stage.kind, quick.items())[::2]), "auto").items():
        assert ran.failed_clearly() in CODES, (name, ran)
    assert stage.man.asked
    assert not [
        asked for asked in stage.man.asked if PASSWORD in str(asked.params) or "authinfo" in asked.params
    ]


def zipped(body: bytes, kind: str) -> bytes:
    return said(gzip.compress(body, 1), kind, "Content-Encoding: gzip")


SMALL = b"<a/>"
LARGE: Dict[str, Script] = {  # the second and the fourth meet the module that builds a tree of them
    "64 MiB": lambda connection: connection.sendall(said(b"<doc><ok/>" + b" " * (64 * MIB) + b"</doc>", XML)),
    "32 MiB of elements in few": zipped(b"<doc>" + (b"<e>" + SMALL * 9990 + b"</e>") * 830 + b"</doc>", XML),
    "a tag of 20 MiB": zipped(b"<doc><a " + b'a="" ' * 4_000_000 + b"/></doc>", XML),
    "a million values": zipped(
        b'{"doc":{"elem":[' + b",".join([b'{"a":{"b":"c"}}'] * 330_000) + b"]}}", JSON
    ),
    "a text of 31 MiB": zipped(b'{"doc":{"a":"' + b"x" * (31 * MIB) + b'"}}', JSON),
}
MOST = 256  # MiB; a module that has nothing to do takes about 60


@pytest.mark.cold
def test_memory_and_time_stay_bounded_whatever_the_size(stage: Stage):
    stage.settings(answer_limit=32, read_timeout=10)
    for attack, script in share(stage.kind, LARGE.items()):
        ran = checked(stage, {attack: script}, stage.kind.dialect, measured=True)[attack]
        assert ran.failed_clearly() in CODES, (attack, ran)
        assert 20 < ran.peak < MOST, (attack, ran.peak)
        stage.man.honest()
