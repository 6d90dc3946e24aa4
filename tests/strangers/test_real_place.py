"""Both modules, byte for byte as their authors wrote them, where a panel really lives: /usr/local/mgr5 with its tables on MariaDB."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from databases import Place
from sandbox.panel_kit import fresh
from strangers import HERE, PHP, PYTHON, REAL, hoster, need, need_php, order_domain, order_server, pay, registrar


@pytest.fixture
def place(mariadb):
    """The folder must not be there, so that nobody's panel is touched; one test process at a time has it."""
    if os.geteuid() != 0:
        pytest.skip("only root may write to /usr/local")
    with open(Path(tempfile.gettempdir()) / "sandbox-mgr5.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.lexists(REAL):
            pytest.skip(f"{REAL} is there already")
        databases = Place(mariadb)
        try:
            yield databases
        finally:
            shutil.rmtree(REAL, ignore_errors=True)
            databases.forget()


def test_modules_of_strangers_run_unchanged_in_the_panels_own_place(place, tmp_path):
    need_php()
    need("mysql")
    kit = fresh(Path(REAL), place.login())
    domains = registrar(kit, tmp_path)
    assert pay(kit, order_domain(kit))["result"] == "gone"
    assert "example.test" in domains.read()["domains"]

    kit.ok("sandbox.reset")
    servers = hoster(kit, tmp_path)
    assert pay(kit, order_server(kit, addon_ncpu=3))["result"] == "gone"
    assert servers.read()["servers"]["70"]["addons"]["ncpu"] == 3
    for name in (PHP, PYTHON):
        assert (kit.root / "processing" / name).read_bytes() == (HERE / name).read_bytes()
