"""The panel's database: one connection per process, autocommit, explicit short transactions.

A transaction must never be open while a child process runs: the child calls mgrctl, which writes to the same file.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Optional

Row = Dict[str, Any]


class Database:
    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        self._connection.row_factory = lambda cursor, row: {column[0]: value for column, value in zip(cursor.description, row)}
        self._connection.execute("PRAGMA synchronous = OFF")

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; the write lock is taken at once, so that a read inside cannot go stale."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    def run(self, sql: str, *values: object) -> sqlite3.Cursor:
        return self._connection.execute(sql, values)

    def rows(self, sql: str, *values: object) -> List[Row]:
        return self.run(sql, *values).fetchall()

    def row(self, sql: str, *values: object) -> Optional[Row]:
        found: Optional[Row] = self.run(sql, *values).fetchone()
        return found

    def value(self, sql: str, *values: object) -> Any:
        """First column of the first row, or None."""
        found = self.row(sql, *values)
        return next(iter(found.values())) if found else None

    def get(self, table: str, row_id: object) -> Optional[Row]:
        return self.row(f"SELECT * FROM {table} WHERE id = ?", row_id)

    def find(self, table: str, **where: object) -> List[Row]:
        """Rows whose columns equal the given values, in order of id; no condition gives all rows."""
        return self.rows(f"SELECT * FROM {table}{_condition(where)} ORDER BY id", *where.values())

    def insert(self, table: str, **values: object) -> int:
        marks = ", ".join("?" for _ in values)
        return self.run(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", *values.values()).lastrowid or 0

    def update(self, table: str, row_id: object, **values: object) -> None:
        changes = ", ".join(f"{name} = ?" for name in values)
        self.run(f"UPDATE {table} SET {changes} WHERE id = ?", *values.values(), row_id)

    def delete(self, table: str, **where: object) -> None:
        self.run(f"DELETE FROM {table}{_condition(where)}", *where.values())

    def put(self, table: str, key: Row, **values: object) -> int:
        """Update the row with this key or insert it; returns its id. Portable, unlike ON CONFLICT."""
        found = self.row(f"SELECT id FROM {table}{_condition(key)}", *key.values())
        if not found:
            return self.insert(table, **key, **values)
        if values:
            self.update(table, found["id"], **values)
        return int(found["id"])


def _condition(where: Row) -> str:
    return " WHERE " + " AND ".join(f"{name} = ?" for name in where) if where else ""
