"""The one SQLite file of a panel: opened once per command, committed to disk before a request leaves.

No transaction is open over the network.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, List, Tuple

from bill2bill.errors import Failure
from bill2bill.state.locks import Locks
from bill2bill.state.migrations import VERSION, Types, create, migrate
from bill2bill.state.private import check_file, private_folder

# Pages of SQLite's log before it is brought into the file. A command leaves the log as it is, and the next
# one reads it all when it opens the file.
LOG_PAGES = 200


def _open(folder: Path) -> sqlite3.Connection:
    private_folder(folder)
    path = folder / "state.sqlite3"
    for name in (
        path.name,
        f"{path.name}-wal",
        f"{path.name}-shm",
    ):  # the last two are SQLite's, which follows links
        check_file(folder / name)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600))
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        path.chmod(0o600)
    db = sqlite3.connect(str(path), timeout=30, isolation_level=None)
    db.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
    return db


def kept_copy(folder: Path, version: int) -> Path:
    """Where the file of an earlier version stays when it is brought up to date."""
    return folder / f"state.version-{version}.sqlite3"


def keep_copy(folder: Path, version: int) -> None:
    """The file as it was committed last. Half a copy never has the name of a whole one."""
    whole = kept_copy(folder, version)
    part = whole.with_suffix(".part")
    for name in (part.name, f"{part.name}-journal"):
        (folder / name).unlink(missing_ok=True)  # of a process that was killed
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW, 0o600))
    source, target = sqlite3.connect(str(folder / "state.sqlite3")), sqlite3.connect(str(part))
    try:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
    finally:
        source.close()
        target.close()
    with open(part, "rb") as file:
        os.fsync(file.fileno())
    part.replace(whole)


class StateFile:
    """Our file on a panel, opened once per command.

    types  number of a connection -> type of its items, as the panel knows it; asked only when a file of an earlier
           release is brought up to date
    Raises Failure("state_unusable") for whatever SQLite or the disk refuses, state_newer for a file of a later
    release, item_busy while a command of the release before is at work.
    """

    def __init__(self, folder: Path, machine: str, root: str, types: Types = dict) -> None:
        self.folder = folder
        self._here = (machine, root)
        with self._trouble():
            self.db = _open(folder)
            version = self._version()
            if version == 0:
                self._create()
            elif version < VERSION:
                self._migrate(types)
            elif version > VERSION:
                raise Failure("state_newer", value=version)

    def _version(self) -> int:
        return int(self.db.execute("PRAGMA user_version").fetchone()[0])

    def _create(self) -> None:
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("BEGIN IMMEDIATE")
        if self._version() == 0:  # nobody else was faster
            create(self.db)
            self.place_here(self.db)
        self.db.execute("COMMIT")

    def _migrate(self, types: Types) -> None:
        """One transaction, while no command holds an item: whole or not begun, wherever we are killed."""
        known = types()
        with Locks(self.folder / "locks").all_items():
            self.db.execute("PRAGMA synchronous = FULL")
            self.db.execute("BEGIN IMMEDIATE")
            try:
                version = self._version()
                if version < VERSION:
                    keep_copy(self.folder, version)
                    migrate(self.db, version, known)
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise Failure("state_unusable", reason=str(error)) from error

    @contextmanager
    def write(self, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction, which outlives this process however that ends.

        durable: also a failure of the power, from now on. Else from the next durable one on, of whatever
        command: enough for what is only more careful without it, or is learned again.
        """
        with self._trouble():
            self.db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")

    def rows(self, sql: str, *values: object) -> List[Tuple[object, ...]]:
        with self._trouble():
            return self.db.execute(sql, values).fetchall()

    # -- where we are ----------------------------------------------------------------------------------------

    def is_copy(self) -> bool:
        """Was this state made on another machine or in another folder (a copied panel)?"""
        return self.rows("SELECT machine, root FROM place") != [self._here]

    def place_here(self, db: sqlite3.Connection) -> None:
        """From now on this machine and this folder are the place, with the transaction `db`."""
        db.execute("DELETE FROM place")
        db.execute("INSERT INTO place VALUES (?, ?)", self._here)

    def place(self) -> Tuple[str, str]:
        """(machine, folder) where purchases were made until now."""
        found = self.rows("SELECT machine, root FROM place")
        return (str(found[0][0]), str(found[0][1])) if found else ("", "")
