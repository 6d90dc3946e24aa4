"""One provider and one panel for all journeys of a worker; every test gets the provider reset and a panel of
its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Iterator, Optional

import pytest
from kit.databases import MariaDB, Place
from kit.provider import Provider
from kit.reseller import PASSWORD, USER, DomainReseller, ServerReseller, sells_domains, sells_servers

from .purchases import KINDS, Paid


def started(folder: Path, *options: str) -> Provider:
    return Provider(folder, "--tls", *options, user=USER, password=PASSWORD)


@pytest.fixture(scope="session")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    provider = started(tmp_path_factory.mktemp("provider"))
    yield provider
    provider.stop()


@pytest.fixture(scope="session")
def upstream6(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    provider = started(tmp_path_factory.mktemp("provider6"), "--dialect", "6")
    yield provider
    provider.stop()


@pytest.fixture(scope="session")
def template(
    upstream: Provider, tmp_path_factory: pytest.TempPathFactory, database: Optional[MariaDB]
) -> DomainReseller:
    upstream.reset()  # what an earlier test left there would be remembered by the new panel
    return sells_domains(
        tmp_path_factory.mktemp("template").resolve() / "mgr5", upstream, Place(database).login()
    )


@pytest.fixture
def shop(template: DomainReseller, tmp_path: Path, place: Place) -> DomainReseller:
    template.up.reset()
    return template.copied(tmp_path.resolve() / "mgr5", place)


@pytest.fixture(scope="session")
def server_template(
    upstream6: Provider, tmp_path_factory: pytest.TempPathFactory, database: Optional[MariaDB]
) -> ServerReseller:
    upstream6.reset()
    return sells_servers(
        tmp_path_factory.mktemp("template6").resolve() / "mgr5", upstream6, Place(database).login()
    )


@pytest.fixture
def servers(server_template: ServerReseller, tmp_path: Path, place: Place) -> ServerReseller:
    server_template.up.reset()
    return server_template.copied(tmp_path.resolve() / "mgr5", place)


@pytest.fixture(params=KINDS)
def paid(request: pytest.FixtureRequest, place: Place) -> Paid:
    """An operation of each kind that buys, on a panel of its own."""
    kind = KINDS[request.param]
    return Paid(request.getfixturevalue(kind.shop), kind)
