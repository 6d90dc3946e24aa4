"""The panel's tables in one file of SQLite."""

from __future__ import annotations

import sqlite3
from typing import Iterable, Tuple

from .db import Database


class Sqlite(Database):
    kind = "sqlite"

    def __init__(self, path: str) -> None:
        super().__init__()
        self._connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        self._connection.execute("PRAGMA synchronous = OFF")

    def close(self) -> None:
        self._connection.close()

    def _execute(self, sql: str, values: Tuple[object, ...]) -> sqlite3.Cursor:
        return self._connection.execute(sql, values)

    def _begin(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")  # the write lock at once

    def _end(self, word: str) -> None:
        self._connection.execute(word)

    def restart_numbers(self, tables: Iterable[str]) -> None:
        for table in tables:
            self.delete("sqlite_sequence", name=table)
