"""A folder that looks like a panel, a small checkout to install into it, and what is left there
afterwards.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, Tuple

REPO = Path(__file__).resolve().parents[2]
PYTHON = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
FEATURES = '<doc><features><feature name="open"/></features></doc>'
STAND_IN = '''
import sys
def run(kind, argv, stdin, stdout, stderr, env):
    stdout.write(b"""%s""")
    return %d
'''
MGRCTL = (
    '#!/bin/sh\necho "$@" >>"$(dirname "$0")/../var/mgrctl.calls"\nexit "$(cat "$(dirname'
    ' "$0")/../var/mgrctl.status" 2>/dev/null || echo 0)"\n'
)
XML = "etc/xml/billmgr_mod_pmbill2billreg.xml"
MODULES = {"processing/pmbill2bill": "etc/xml/billmgr_mod_pmbill2bill.xml", "processing/pmbill2billreg": XML}


class PanelFolder:
    """A folder with what the installer expects of a panel; its mgrctl writes down how it was called."""

    def __init__(self, root: Path, checkout: Path, wheels: Path) -> None:
        self.root, self.checkout, self.wheels = root, checkout, wheels
        for folder in ("sbin", "etc/xml", "processing", "var"):
            (root / folder).mkdir(parents=True)
        write(root / "sbin/mgrctl", MGRCTL, 0o755)

    def command(self, *args: str) -> List[str]:
        given = (
            [*args]
            if "--rollback" in args or "--remove" in args
            else ["--wheels", str(self.wheels), "--python", PYTHON, *args]
        )
        return [str(self.checkout / "install.sh"), "--root", str(self.root), *given]

    def install(self, *args: str, status: int = 0, lang: str = "C", **env: str) -> str:
        """Run install.sh, which must end with this status; returns what it said."""
        done = subprocess.run(
            self.command(*args),
            env={**os.environ, "LC_ALL": lang, **env},
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def restarts(self) -> int:
        calls = self.root / "var/mgrctl.calls"
        lines = calls.read_text().splitlines() if calls.exists() else []
        assert set(lines) <= {"-m billmgr exit"}
        return len(lines)

    def tree(self) -> Dict[str, Tuple[int, str]]:
        """Every file, folder and link below the panel but for mgrctl's notes: mode, and content or target."""
        return {
            str(p.relative_to(self.root)): seen(p)
            for p in self.root.rglob("*")
            if not p.name.startswith("mgrctl.")
        }

    def current(self) -> str:
        return os.readlink(self.root / "src/pmbill2bill/current")

    def run(self, name: str, *args: str) -> str:
        """Run an installed executable as the panel would: by its own first line, with hardly any
        environment.
        """
        done = subprocess.run(
            [self.root / name, *args],
            env={"PATH": "/usr/bin:/bin"},
            cwd=self.root,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


def write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def seen(path: Path) -> Tuple[int, str]:
    if path.is_symlink():
        return 0, os.readlink(path)
    return path.stat().st_mode, "" if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest()


def answer_features(checkout: Path, text: str = FEATURES, status: int = 0) -> None:
    write(checkout / "bill2bill/main.py", STAND_IN % (text, status))


def small_checkout(to: Path) -> Path:
    """The installer and the executables as they are, with next to nothing to install, so that it takes a
    second.
    """
    for name in ("script", "processing", "registrar_module", "addon"):
        shutil.copytree(REPO / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPO / "install.sh", to)
    write(to / "requirements.txt", "idna >= 3.4\n")
    write(to / "bill2bill/__init__.py", '__version__ = "1.2.3"\n')
    for description in MODULES.values():
        write(to / description, "<mgrdata/>")
    write(to / "addon.xml", "<mgrdata/>")
    answer_features(to)
    return to
