"""What every folder of tests may use: the database of a panel, in both kinds.

A test that asks for `database` or `place` runs on SQLite; marked `both_databases` (or in a file that is) on
MariaDB too.
"""

from __future__ import annotations

import os

import pytest
from kit import databases, folders, warm

pytest_plugins = ["kit.daily"]


def pytest_addoption(parser):
    parser.addoption(
        "--both-databases", action="store_true", help="every test of a panel on SQLite and on MariaDB"
    )
    parser.addoption("--one-database", action="store_true", help="no test on MariaDB")
    parser.addoption("--cold", action="store_true", help="every interpreter is started, none forked")


def pytest_configure(config):
    config.addinivalue_line("markers", "both_databases: runs on SQLite and on MariaDB")
    config.addinivalue_line("markers", "cold: starts real interpreters (kit/warm.py)")
    if folders.in_memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", folders.MEMORY)  # tmp_path: nothing waits for a disk


def pytest_runtest_setup(item):
    warm.start_cold(item.config.getoption("cold") or item.get_closest_marker("cold") is not None)


def pytest_generate_tests(metafunc):
    if "database" in metafunc.fixturenames:
        both = metafunc.config.getoption("both_databases") or metafunc.definition.get_closest_marker(
            "both_databases"
        )
        both = both and not metafunc.config.getoption("one_database")
        metafunc.parametrize(
            "database", ["sqlite", "mariadb"] if both else ["sqlite"], indirect=True, scope="session"
        )


@pytest.fixture(scope="session")
def mariadb():
    """A MariaDB server for the tests of this process, started when the first one wants it."""
    databases.require()
    server = databases.MariaDB()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def database(request):
    """The server, or None for SQLite: for templates that are made once and copied."""
    return request.getfixturevalue("mariadb") if request.param == "mariadb" else None


@pytest.fixture
def place(database):
    """Where one test's panels keep their tables."""
    place = databases.Place(database)
    yield place
    place.forget()
