"""docs/plug-in-your-module.md says what happens: its commands are run and their output is compared."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, Tuple

import pytest
from strangers import REAL, need, need_php

HOME = Path(__file__).parents[2]
PAGE = (HOME / "docs/plug-in-your-module.md").read_text(encoding="utf-8")
MARK = "-- end of command --"
MARIADB = "## On MariaDB"


def told(text: str) -> List[Tuple[str, str]]:
    """(command, what it prints) of every console block."""
    found: List[Tuple[str, str]] = []
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], ""))
            else:
                found[-1] = (found[-1][0], found[-1][1] + line + "\n")
    return found


def printed(commands: List[str], environment: Dict[str, str]) -> List[str]:
    """What each command printed, all in one shell, from the repository's folder."""
    script = "".join(f"{command}\necho '{MARK}'\n" for command in commands)
    done = subprocess.run(
        ["bash", "-c", script], cwd=HOME, env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert done.stderr == ""
    return done.stdout.split(MARK + "\n")[:-1]


def matches(expected: str, actual: str) -> bool:
    """`…` stands for anything; a last line may lack its end."""
    pattern = re.escape(expected.rstrip("\n")).replace("…", ".*")
    return re.fullmatch(pattern, actual.rstrip("\n"), re.DOTALL) is not None


def follow(text: str, replaced: Dict[str, str], environment: Dict[str, str]) -> None:
    for old, new in {".venv/bin/python": sys.executable, **replaced}.items():
        text = text.replace(old, new)
    steps = told(text)
    assert len(steps) > 10
    for (command, expected), actual in zip(steps, printed([command for command, _ in steps], environment)):
        assert matches(expected, actual), f"$ {command}\n{actual}"


@pytest.mark.slow
def test_the_first_half_of_the_page_is_true(tmp_path):
    need("openssl")
    follow(PAGE[: PAGE.index(MARIADB)], {"/tmp/mgr5": str(tmp_path / "mgr5")}, {})


def test_the_half_on_mariadb_is_true(tmp_path, real_place):
    need_php()
    login = real_place.login()
    (tmp_path / "password").write_text(login["password"] + "\n", encoding="utf-8")
    places = {
        "/run/mysqld/mysqld.sock": login["socket"],
        "/etc/sandbox-database-password": str(tmp_path / "password"),
    }
    places["DB_NAME=billmgr"] = f"DB_NAME={login['name']}"
    follow(PAGE[PAGE.index(MARIADB) :], places, {})
    assert os.path.exists(f"{REAL}/processing/pmphpsample.php")


@pytest.mark.parametrize(
    ("expected", "actual"), [("OK\n", "OK\nid=1\n"), ("id=…\n", "ERROR\n"), ("", "ERROR\n")]
)
def test_what_differs_from_the_page_is_seen(expected, actual):
    assert not matches(expected, actual)
