"""The journeys' panel and provider serve here too: what a person does is tried on real processes."""

from __future__ import annotations

import pytest
from journeys.conftest import shop, template, upstream  # noqa: F401 - fixtures
from kit.reseller import DomainReseller

from .desk import Desk


@pytest.fixture
def desk(shop: DomainReseller) -> Desk:  # noqa: F811 - the fixture
    return Desk(shop)
