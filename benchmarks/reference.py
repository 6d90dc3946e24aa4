"""What the module is compared with: an interpreter that has imported what a plain module of this
kind would.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple, Tuple

from rehearsal import HOME

MODULES = ("argparse", "logging", "json", "xml.etree.ElementTree", "mysql.connector", "requests")
PACKAGES = ("mysql-connector-python", "requests")
VENV = HOME / ".cache" / "benchmark" / "venv"


class Reference(NamedTuple):
    """words: the command that starts it and ends at once."""

    words: Tuple[str, ...]
    modules: Tuple[str, ...]

    @property
    def whole(self) -> bool:
        """False: a package could not be had, so the figures are a lower bound of what it would take."""
        return self.modules == MODULES


def reference(python: str) -> Reference:
    """With the given interpreter's Python, in an environment of its own under .cache/; without
    mysql.connector if that cannot be had.
    """
    if _works(_importing(_python_of(VENV), MODULES)) and _version(_python_of(VENV)) == _version(python):
        return Reference(_importing(_python_of(VENV), MODULES), MODULES)
    _make(python)
    if _works(_importing(_python_of(VENV), MODULES)):
        return Reference(_importing(_python_of(VENV), MODULES), MODULES)
    left = tuple(module for module in MODULES if module != "mysql.connector")
    return Reference(_importing(python, left), left)


def _make(python: str) -> None:
    pip = [
        _python_of(VENV),
        "-I",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        *PACKAGES,
    ]
    for words in ([python, "-I", "-m", "venv", "--clear", str(VENV)], pip):
        if subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode:
            return


def _python_of(venv: Path) -> str:
    return str(venv / "bin" / "python")


def _importing(python: str, modules: Tuple[str, ...]) -> Tuple[str, ...]:
    return (python, "-I", "-c", f"import {', '.join(modules)}")


def _works(words: Tuple[str, ...]) -> bool:
    return (
        Path(words[0]).exists()
        and subprocess.run(words, check=False, stderr=subprocess.DEVNULL).returncode == 0
    )


def _version(python: str) -> bytes:
    return subprocess.run(
        [python, "-I", "-c", "import sys; print(sys.version)"], check=True, stdout=subprocess.PIPE
    ).stdout
