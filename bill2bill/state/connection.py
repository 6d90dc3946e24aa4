"""The one SQLite file of a panel: opened once per command, committed to disk before a request leaves.

No transaction is open over the network.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Iterator, List, Optional, Tuple

from bill2bill.errors import Failure
from bill2bill.state.locks import Locks
from bill2bill.state.migrations import VERSION, Types, create, migrate
from bill2bill.state.private import check_file, private_folder, usable

# Pages of SQLite's log before it is brought into the file. A command leaves the log as it is, and the next
# one reads it all when it opens the file.
LOG_PAGES = 200


def _open(folder: Path) -> sqlite3.Connection:
    private_folder(folder)
    path = folder / "state.sqlite3"
    for end in ("", "-wal", "-shm"):  # the last two are SQLite's, which follows links
        check_file(folder / f"{path.name}{end}")
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600))
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        path.chmod(0o600)
    db = sqlite3.connect(str(path), timeout=30, isolation_level=None)
    db.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
    return db


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def kept_copy(folder: Path, version: int) -> Path:
    """Where the file of an earlier version stays when it is brought up to date."""
    return folder / f"state.version-{version}.sqlite3"


def keep_copy(folder: Path, version: int) -> None:
    """The file as it was committed last. Half a copy never has the name of a whole one."""
    file, whole = folder / "state.sqlite3", kept_copy(folder, version)
    part = whole.with_suffix(".part")
    for name in (part.name, f"{part.name}-journal"):
        (folder / name).unlink(missing_ok=True)  # of a process that was killed
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW, 0o600))
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(part)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
    with open(part, "rb") as copied:
        os.fsync(copied.fileno())
    part.replace(whole)


# Table of the releases before version 5 -> what became of it, without what the migration itself has written.
WRITTEN = {"purchase": "purchase", "step": "event WHERE event <> 'claimed_twice'", "decision": "decision"}


class StateFile:
    """Our file on a panel, opened once per command.

    types  number of a connection -> type of its items, as the panel knows it; asked only when a file of an
           earlier release is brought up to date
    Raises Failure("state_unusable") for whatever SQLite or the disk refuses, state_newer for a file of a
    later release, item_busy while a command of the release before is at work.
    """

    def __init__(self, folder: Path, machine: str, root: str, types: Types = dict) -> None:
        self.folder = folder
        self._here = (machine, root)
        with usable():
            self.db = _open(folder)
            self._file = (folder / "state.sqlite3").stat()
            version = _version(self.db)
            if version == 0:
                self._create()
            elif version < VERSION:
                self._migrate(types)
            elif version > VERSION:
                raise Failure("state_newer", value=version)

    def must_be_in_place(self) -> None:
        """Asked under a lock that was waited for: what is written to a file that was put away is lost.

        Raises item_busy: the release before has got its file back (put_back).
        """
        with usable():
            here = (self.folder / "state.sqlite3").stat()
        if not os.path.samestat(here, self._file):
            raise Failure("item_busy", detail="the file of the journal was replaced")

    def _create(self) -> None:
        self.db.execute("PRAGMA journal_mode = WAL")
        with self.write() as db:
            if _version(db) == 0:  # nobody else was faster
                create(db)
                self.place_here(db)

    def _migrate(self, types: Types) -> None:
        """One transaction, while no command holds an item: whole or not begun, wherever we are killed."""
        known = types()
        with Locks(self.folder / "locks").all_items(), self.write() as db:
            version = _version(db)
            if version < VERSION:
                keep_copy(self.folder, version)
                migrate(db, version, known)

    @contextmanager
    def write(self, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction, which outlives this process however that ends.

        durable: also a failure of the power, from now on. Else from the next durable one on, of whatever
        command: enough for what is only more careful without it, or is learned again.
        """
        with usable():
            self.db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")

    def rows(self, sql: str, *values: object) -> List[Tuple[Any, ...]]:
        with usable():
            return self.db.execute(sql, values).fetchall()

    def first(self, sql: str, *values: object) -> Optional[Tuple[Any, ...]]:
        return next(iter(self.rows(sql, *values)), None)

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
        machine, root = self.first("SELECT machine, root FROM place") or ("", "")
        return str(machine), str(root)


def put_back(folder: Path, version: int) -> bool:
    """Give the release before the file as it left it. False if that is not needed: the file is not newer.

    version  the newest that the release before can read
    Raises Failure("bought_since") if a purchase or an answer was written since, item_busy while a command
    works.
    """
    path = folder / "state.sqlite3"
    if not path.exists():
        return False
    with Locks(folder / "locks").all_items(), usable():
        with closing(_open(folder)) as db:
            if _version(db) <= version:
                return False
            copy = _newest_copy(folder, version)
            _must_be_untouched(db, copy)
        for name in (f"{path.name}-wal", f"{path.name}-shm"):
            (folder / name).unlink(missing_ok=True)
        if copy.exists():
            copy.replace(path)
        else:  # nothing was ever bought
            path.unlink()
    return True


def _newest_copy(folder: Path, version: int) -> Path:
    """Of those that this version can read: an earlier file was brought up to date over several versions."""
    found = [kept_copy(folder, one) for one in range(version, 0, -1)]
    return next((copy for copy in found if copy.exists()), found[0])


def _must_be_untouched(db: sqlite3.Connection, copy: Path) -> None:
    """Every purchase, event and decision comes from the copy: each is a row, and none is ever deleted."""
    now = [_count(db, table) for table in WRITTEN.values()]
    before = [0] * len(WRITTEN)
    if copy.exists():
        with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as kept:
            known = {name for (name,) in kept.execute("SELECT name FROM sqlite_master")}
            before = [_count(kept, table) if table in known else 0 for table in WRITTEN]
    if now != before:
        raise Failure("bought_since", value=now[1] - before[1])


def _count(db: sqlite3.Connection, table: str) -> int:
    return int(db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])  # noqa: S608
