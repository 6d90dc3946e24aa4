"""The MariaDB server of the tests: skipped where it cannot be had, but not on a build server."""

from __future__ import annotations

import os
import subprocess

import pytest
from kit import databases


@pytest.fixture
def without(monkeypatch):
    monkeypatch.setattr(databases, "program", lambda name: "")


def test_where_mariadb_cannot_be_had_its_tests_are_skipped_with_the_reason(without, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no mariadbd"):
        databases.require()


def test_on_a_build_server_it_must_be_there(without, monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no mariadb-install-db"):
        databases.require()


def test_a_server_leaves_nothing_behind():
    databases.require()
    server = databases.MariaDB()
    with server.connect() as connection:
        assert connection.server_version
    server.stop()
    assert server.process.poll() is not None
    assert not server.folder.exists()


def test_what_a_killed_test_process_left_is_swept_away(tmp_path):
    gone = subprocess.Popen(["true"])
    gone.wait()
    dead, alive = tmp_path / f"mariadb-{gone.pid}-x", tmp_path / f"mariadb-{os.getpid()}-x"
    dead.mkdir()
    alive.mkdir()
    databases._sweep(tmp_path)
    assert (dead.exists(), alive.exists()) == (False, True)
