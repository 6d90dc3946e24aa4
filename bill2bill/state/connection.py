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

from bill2bill.errors import Failure, Raw
from bill2bill.state.migrations import ADDED, SCHEMA, VERSION
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


class StateFile:
    """Our file on a panel. Opened once per command. Raises Failure("state_unusable") for whatever SQLite or the
    disk refuses.
    """

    def __init__(self, folder: Path, machine: str, root: str) -> None:
        self.folder = folder
        self._here = (machine, root)
        with self._trouble():
            self.db = _open(folder)
            if self._version() < VERSION:
                self._bring_up_to_date()

    def _version(self) -> int:
        return int(self.db.execute("PRAGMA user_version").fetchone()[0])

    def _bring_up_to_date(self) -> None:
        if self._version() == 0:
            self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("BEGIN IMMEDIATE")
        if self._version() == 0:  # nobody else was faster
            self._carry_out(SCHEMA)
            self.db.execute("INSERT INTO place VALUES (?, ?)", self._here)
        for version, script in sorted(ADDED.items()):
            if self._version() < version:
                self._carry_out(script)
        self.db.execute("COMMIT")

    def _carry_out(self, script: str) -> None:
        """Statement by statement: sqlite3's own way to run a script would commit before it."""
        for statement in script.split(";\n"):
            if statement.strip():
                self.db.execute(statement)

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise Failure("state_unusable", reason=Raw(error)) from error

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

    def adopt(self) -> None:
        """A person says: this is the real panel."""
        with self.write() as db:
            db.execute("DELETE FROM place")
            db.execute("INSERT INTO place VALUES (?, ?)", self._here)
