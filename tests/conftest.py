"""What every folder of tests may use."""

from __future__ import annotations

import databases
import pytest


@pytest.fixture(scope="session")
def mariadb():
    """A MariaDB server for the tests of this process, started when the first one wants it."""
    databases.require()
    server = databases.MariaDB()
    yield server
    server.stop()
