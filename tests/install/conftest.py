"""What the tests of install.sh share."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from kit.installation import PYTHON, REPO, PanelFolder, small_checkout, write


@pytest.fixture(scope="session")
def wheels() -> Path:
    """Packages for this Python, made by script/bootstrap as for anybody who works on the project."""
    env = {**os.environ, "PYTHON": PYTHON, **({"VENV": sys.prefix} if sys.prefix != sys.base_prefix else {})}
    subprocess.run([REPO / "script/bootstrap"], env=env, check=True, stdout=subprocess.DEVNULL)
    return REPO / ".cache/wheels"


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short one: the first line of a script holds the path of the installed Python."""
    return tmp_path_factory.mktemp("i")


@pytest.fixture
def panel(tmp_path: Path, wheels: Path) -> PanelFolder:
    return PanelFolder(tmp_path / "root", small_checkout(tmp_path / "checkout"), wheels)


@pytest.fixture
def cron(tmp_path: Path) -> Path:
    """A folder that stands for /etc/cron.d, with a job of somebody else."""
    folder = tmp_path / "cron.d"
    write(folder / "php", "9 * * * * root true\n")
    return folder
