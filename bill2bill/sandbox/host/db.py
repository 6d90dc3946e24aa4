"""The panel's database: one connection per process, autocommit, explicit short transactions.

One SQL text, with `?` for each value, serves SQLite and MariaDB. A transaction must never be open while a
child process runs: the child calls mgrctl, which writes to the same tables.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Tuple, TypeVar

Row = Dict[str, Any]
T = TypeVar("T")

TRIES = 20  # after a deadlock


class Deadlock(Exception):
    """The server rolled the statement back because of a lock; it may be repeated."""


class Unreachable(Exception):
    """The database does not answer, refuses the login, or keeps us waiting for too long."""


class Database(ABC):
    """Numbers are read as int; texts, flags, money and dates as text; NULL as None."""

    kind: str

    def __init__(self) -> None:
        self.in_transaction = False

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def _execute(self, sql: str, values: Tuple[object, ...]) -> Any:
        """The cursor of an executed statement. Raises Deadlock, and PanelError for a value that does not fit
        its column.
        """

    @abstractmethod
    def _begin(self) -> None:
        """Transactions of the panel run one at a time, so what one reads cannot change under it."""

    @abstractmethod
    def _end(self, word: str) -> None:
        """word: COMMIT or ROLLBACK."""

    @abstractmethod
    def restart_numbers(self, tables: Iterable[str]) -> None:
        """Ids of these empty tables begin with 1 again. Not inside a transaction."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        if self.in_transaction:
            raise RuntimeError("a transaction inside a transaction")
        self._begin()
        self.in_transaction = True
        try:
            yield
        except BaseException:
            self._finish("ROLLBACK")
            raise
        self._finish("COMMIT")

    def _finish(self, word: str) -> None:
        self.in_transaction = False
        self._end(word)

    def atomically(self, work: Callable[[], T]) -> T:
        """A transaction that is repeated after a deadlock; `work` may only read and write the database."""

        def once() -> T:
            with self.transaction():
                return work()

        return _repeated(once)

    def run(self, sql: str, *values: object) -> Any:
        if self.in_transaction:
            return self._execute(sql, values)
        return _repeated(lambda: self._execute(sql, values))

    def rows(self, sql: str, *values: object) -> List[Row]:
        cursor = self.run(sql, *values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor.fetchall()]

    def row(self, sql: str, *values: object) -> Optional[Row]:
        return next(iter(self.rows(sql, *values)), None)

    def value(self, sql: str, *values: object) -> Any:
        """First column of the first row, or None."""
        found = self.row(sql, *values)
        return next(iter(found.values())) if found else None

    def get(self, table: str, row_id: object) -> Optional[Row]:
        return self.row(f"SELECT * FROM {quoted(table)} WHERE id = ?", row_id)

    def find(self, table: str, **where: object) -> List[Row]:
        """Rows whose columns equal the given values, in order of id; no condition gives all rows."""
        return self.rows(f"SELECT * FROM {quoted(table)}{_condition(where)} ORDER BY id", *where.values())

    def insert(self, table: str, **values: object) -> int:
        names, marks = ", ".join(map(quoted, values)), ", ".join("?" for _ in values)
        return (
            self.run(f"INSERT INTO {quoted(table)} ({names}) VALUES ({marks})", *values.values()).lastrowid
            or 0
        )

    def update(self, table: str, row_id: object, **values: object) -> None:
        changes = ", ".join(f"{quoted(name)} = ?" for name in values)
        self.run(f"UPDATE {quoted(table)} SET {changes} WHERE id = ?", *values.values(), row_id)

    def delete(self, table: str, **where: object) -> None:
        self.run(f"DELETE FROM {quoted(table)}{_condition(where)}", *where.values())

    def put(self, table: str, key: Row, **values: object) -> int:
        """Update the row with this key or insert it; returns its id. Portable, unlike ON CONFLICT."""
        found = self.row(f"SELECT id FROM {quoted(table)}{_condition(key)}", *key.values())
        if not found:
            return self.insert(table, **key, **values)
        if values:
            self.update(table, found["id"], **values)
        return int(found["id"])


def quoted(name: str) -> str:
    """A table or column whose name may be a word of SQL; both databases take backticks."""
    return f"`{name}`"


def _condition(where: Row) -> str:
    return " WHERE " + " AND ".join(f"{quoted(name)} = ?" for name in where) if where else ""


def _repeated(work: Callable[[], T]) -> T:
    for _ in range(TRIES - 1):
        try:
            return work()
        except Deadlock:
            continue
    return work()
