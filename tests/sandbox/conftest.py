"""A panel that sells .test, made once and copied for every test that wants one of its own; a provider,
started once and reset for every test.
"""

from __future__ import annotations

import pytest
from kit.databases import Place
from kit.provider4 import Provider4
from kit.provider6 import Provider6
from kit.sample_module import SamplePanel, selling


@pytest.fixture(scope="session")
def shop_template(tmp_path_factory, database):
    root = tmp_path_factory.mktemp("shop") / "mgr5"
    selling(root, Place(database).login())
    (root / "var/pmsample.seen").unlink()
    return root


@pytest.fixture
def panel(shop_template, tmp_path, place) -> SamplePanel:
    """A started panel of one's own with the sample module as instance 1, zone .test and tariff plan 1; its
    logs are empty but for the start.
    """
    return SamplePanel(shop_template).copied(tmp_path / "mgr5", place)


@pytest.fixture(scope="session")
def provider_process(tmp_path_factory):
    with Provider4(tmp_path_factory.mktemp("provider")) as running:
        yield running


@pytest.fixture
def provider(provider_process) -> Provider4:
    """The running provider as after its start: fixtures, default switches, no faults."""
    provider_process.reset()
    return provider_process


@pytest.fixture(scope="session")
def provider6_process(tmp_path_factory):
    with Provider6(tmp_path_factory.mktemp("provider6"), "--dialect", "6") as running:
        yield running


@pytest.fixture
def provider6(provider6_process) -> Provider6:
    """The running provider of dialect 6 as after its start."""
    provider6_process.reset()
    return provider6_process
