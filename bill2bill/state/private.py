"""Only root may write to our folder: a journal that others can change can be made to pay twice."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from bill2bill.errors import Failure, Phrase, Raw

OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


@contextmanager
def usable() -> Iterator[None]:
    """Raises Failure("state_unusable") for what SQLite or the disk refuses."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise Failure("state_unusable", reason=Raw(error)) from error


def private_folder(folder: Path) -> None:
    """Make the folder (0700), or check that others cannot write to it. Raises OSError, state_unusable."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    _check(folder, found, is_folder=True)
    if found.st_mode & OTHERS_WRITE:
        raise Failure("state_unusable", reason=Phrase("others_write", name=folder.name))


def check_file(path: Path) -> None:
    """A file of ours, or nothing yet. Raises OSError, Failure("state_unusable")."""
    if os.path.lexists(path):
        _check(path, path.lstat(), is_folder=False)


def _check(path: Path, found: os.stat_result, *, is_folder: bool) -> None:
    if stat.S_ISLNK(found.st_mode):
        raise Failure("state_unusable", reason=Phrase("symbolic_link", name=path.name))
    if not (stat.S_ISDIR if is_folder else stat.S_ISREG)(found.st_mode):
        raise Failure(
            "state_unusable", reason=Phrase("not_a_folder" if is_folder else "not_a_file", name=path.name)
        )
    if found.st_uid not in (0, os.geteuid()):
        raise Failure("state_unusable", reason=Phrase("belongs_to", name=path.name, user=found.st_uid))
