"""One provider and one panel for all journeys of a worker; every test gets the provider reset and a panel of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterator, Optional

import pytest
from databases import MariaDB, Place

from .shop import PASSWORD, USER, Shop, Upstream, build, copied


@pytest.fixture(scope="session")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upstream]:
    secrets = {"SANDBOX_UPSTREAM_USER": USER, "SANDBOX_UPSTREAM_PASSWORD": PASSWORD}
    os.environ.update(secrets)  # never on a command line
    try:
        provider = Upstream(tmp_path_factory.mktemp("provider"), "--tls")
    finally:
        for name in secrets:
            del os.environ[name]
    yield provider
    provider.stop()


@pytest.fixture(scope="session")
def template(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory, database: Optional[MariaDB]) -> Shop:
    return build(tmp_path_factory.mktemp("template").resolve() / "mgr5", upstream, Place(database).login())


@pytest.fixture
def shop(template: Shop, tmp_path: Path, place: Place) -> Shop:
    template.up.post("reset")
    return copied(template, tmp_path.resolve() / "mgr5", place)
