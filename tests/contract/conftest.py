from __future__ import annotations

from typing import Iterator

import pytest
from kit.provider import Provider

from bill2bill.upstream.capabilities import STEPS

from .dialects import DRIVERS, Dialect
from .transport import PASSWORD, USER


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "needs(step): only for dialects that can do this step (bill2bill/upstream/capabilities.py)"
    )
    config.addinivalue_line("markers", "over_tls(alone): with TLS as well as without; alone: only with TLS")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test over each dialect that can do what it needs: see docs/capabilities.md for who cannot do what,
    and why.
    """
    if "running" not in metafunc.fixturenames:
        return
    needed = {mark.args[0] for mark in metafunc.definition.iter_markers("needs")}
    assert needed <= set(STEPS), needed
    tls = metafunc.definition.get_closest_marker("over_tls")
    schemes = ["https"] if tls and tls.args else ["http", "https"] if tls else ["http"]
    able = [
        (driver, scheme)
        for driver in DRIVERS
        for scheme in schemes
        if needed.isdisjoint(driver.adapter.cannot)
    ]
    ids = [f"{driver.version}-{scheme}" for driver, scheme in able]
    metafunc.parametrize("running", able, ids=ids, indirect=True, scope="session")


@pytest.fixture(scope="session")
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dialect]:
    driver, scheme = request.param
    provider = Provider(
        tmp_path_factory.mktemp("provider"),
        "--dialect",
        driver.version,
        *(["--tls"] if scheme == "https" else []),
        user=USER,
        password=PASSWORD,
    )
    yield driver(provider)
    provider.stop()


@pytest.fixture
def dialect(running: Dialect) -> Iterator[Dialect]:
    running.provider.post("reset")
    fresh = type(running)(running.provider)
    yield fresh
    fresh.http.close()


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bill2bill.upstream.http.wait_before", lambda tries: 0.0)
