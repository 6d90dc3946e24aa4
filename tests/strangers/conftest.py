"""The panel's real place, for one test at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from kit.databases import Place
from strangers import REAL


@pytest.fixture
def real_place(mariadb):
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
