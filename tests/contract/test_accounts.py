"""An upstream account: which dialect it speaks, and what a refused login does to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, List

import pytest

from bill2bill import config
from bill2bill.accounts.account import UpstreamAccount
from bill2bill.accounts.domains import DomainAccount
from bill2bill.accounts.services import ServiceAccount
from bill2bill.errors import Failure, Refused
from bill2bill.state.cache import Cache
from bill2bill.state.connection import StateFile
from bill2bill.state.locks import Locks

from .dialects import Dialect
from .transport import PASSWORD, USER

OWN = {"4": ("registrar", DomainAccount), "6": ("processing", ServiceAccount)}


class EitherAccount(UpstreamAccount):
    """Something that can be bought from both dialects."""

    factories = {"4": object(), "6": object()}


class Desk:
    """Makes accounts as the commands of one panel do, and counts what they open."""

    def __init__(self, folder: Path, dialect: Dialect) -> None:
        self.folder, self.dialect = folder, dialect
        self.opened: List[str] = []

    def account(self, kind: str, made: Callable[..., UpstreamAccount], **values: str) -> UpstreamAccount:
        given: Dict[str, str] = {"url": self.dialect.provider.url, "username": USER, "password": PASSWORD}
        return made(
            config.connection(kind, 1, {**given, **values}),
            config.options("pace 0\n"),
            Locks(self.folder / "bill2bill" / "locks"),
            open_cache=self._cache,
            read_key=lambda: b"key",
            identified=lambda *who: self.opened.append("identity"),
            form_waits=False,
        )

    def _cache(self) -> Cache:
        self.opened.append("cache")
        return Cache(StateFile(self.folder / "bill2bill", "machine", "/root"))

    @property
    def requests(self) -> int:
        return len(self.dialect.provider.get("requests"))


def log_in(account: Any) -> None:
    upstream = account.upstream
    upstream.accounts() if upstream.dialect == "4" else upstream.identity()


@pytest.fixture
def desk(tmp_path: Path, dialect: Dialect) -> Desk:
    return Desk(tmp_path, dialect)


def test_nobody_is_asked_for_the_dialect_where_only_one_is_possible(desk: Desk) -> None:
    kind, made = OWN[desk.dialect.version]
    assert desk.account(kind, made).dialect == desk.dialect.version
    assert (desk.requests, desk.opened) == (0, [])


def test_the_dialect_is_recognised_once_and_remembered(desk: Desk) -> None:
    kind, _ = OWN[desk.dialect.version]
    assert desk.account(kind, EitherAccount).dialect == desk.dialect.version
    assert desk.account(kind, EitherAccount).dialect == desk.dialect.version
    assert desk.requests == 1


def test_a_dialect_that_a_person_names_is_not_asked_for(desk: Desk) -> None:
    kind, _ = OWN[desk.dialect.version]
    assert desk.account(kind, EitherAccount, dialect=desk.dialect.version).dialect == desk.dialect.version
    assert desk.requests == 0


def test_what_has_no_adapter_for_the_recognised_dialect_is_refused(desk: Desk) -> None:
    kind, made = OWN["4" if desk.dialect.version == "6" else "6"]
    with pytest.raises(Failure) as caught:
        desk.account(kind, made).check_dialect()
    assert (caught.value.code, caught.value.params["url"]) == ("other_dialect", desk.dialect.provider.url)


def test_a_refused_login_is_paused_at_once_and_until_it_changes(desk: Desk) -> None:
    kind, made = OWN[desk.dialect.version]
    wrong = desk.account(kind, made, password="wrong")
    with pytest.raises(Refused) as caught:
        log_in(wrong)
    assert caught.value.code == "invalid_login_or_passwd"
    asked = desk.requests
    for account in (wrong, desk.account(kind, made, password="wrong")):
        with pytest.raises(Failure) as paused:
            log_in(account)
        assert paused.value.code == "account_paused"
    assert desk.requests == asked
    log_in(desk.account(kind, made))


def test_a_login_that_cannot_be_paused_is_refused_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, made = OWN[desk.dialect.version]

    def full(*_: object) -> None:
        raise Failure("state_unusable", reason="the disk is full")

    monkeypatch.setattr(Cache, "pause", full)
    account = desk.account(kind, made, password="wrong")
    with pytest.raises(Refused):
        log_in(account)
