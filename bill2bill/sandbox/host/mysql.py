"""The panel's tables on a MariaDB or MySQL server, as a real panel has them (host-protocol 6)."""

from __future__ import annotations

import re
from typing import Any, Dict, Iterable, Optional, Tuple

import pymysql
from pymysql.constants import FIELD_TYPE
from pymysql.converters import encoders

from .address import Address
from .db import Database, Deadlock, Unreachable, quoted
from .documents import PanelError

NUMBERS = (FIELD_TYPE.TINY, FIELD_TYPE.SHORT, FIELD_TYPE.INT24, FIELD_TYPE.LONG, FIELD_TYPE.LONGLONG)
CONVERSIONS: Dict[Any, Any] = {
    **encoders,
    **dict.fromkeys(NUMBERS, int),
}  # money and dates stay text, as in SQLite
STRICT = "STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION"
DEADLOCKS = {1213, 1020}  # 1020: a row changed since it was read, the same to newer servers
BAD_VALUES = {1264, 1265, 1292, 1366, 1406}
FORBIDDEN = {1044, 1227}
WAIT = 60  # s for the transactions of other calls


class Mysql(Database):
    kind = "mysql"

    def __init__(self, address: Address, database: Optional[str] = None) -> None:
        """database: instead of the one that the address names; "" for none."""
        super().__init__()
        try:
            self._connection = pymysql.connect(
                host=address.host, port=address.port, unix_socket=address.socket or None, user=address.user,
                password=address.password.encode(),
                database=(address.name if database is None else database) or None, charset="utf8mb4",
                sql_mode=STRICT, autocommit=True,
                # reading the certificates of the world takes 30 ms
                conv=CONVERSIONS, connect_timeout=10, ssl_disabled=bool(address.socket),
            )  # fmt: skip
        except (
            pymysql.MySQLError,
            OSError,
            RuntimeError,
        ) as error:  # RuntimeError: the login needs a package that is not there
            raise Unreachable(f"{address.socket or f'{address.host}:{address.port}'}: {error}") from None
        self._turn = f"sandbox {address.name}"[:64]

    @classmethod
    def create_database(cls, address: Address) -> None:
        """If it is not there and the login may; where it may not, connecting will tell. Raises
        Unreachable.
        """
        db = cls(address, "")
        try:
            db._execute(
                f"CREATE DATABASE IF NOT EXISTS {quoted(address.name)} CHARACTER SET utf8mb4 COLLATE"
                " utf8mb4_bin",
                (),
            )
        except pymysql.OperationalError as error:
            if error.args[0] not in FORBIDDEN:
                raise
        finally:
            db.close()

    def close(self) -> None:
        self._connection.close()

    def _execute(self, sql: str, values: Tuple[object, ...]) -> Any:
        cursor = self._connection.cursor()
        try:
            cursor.execute(sql.replace("%", "%%").replace("?", "%s"), values)
        except pymysql.MySQLError as error:
            code, text = (*error.args, "", "")[:2]
            if code in DEADLOCKS:
                raise Deadlock(text) from None
            if code in BAD_VALUES:
                raise PanelError("value", _column(str(text))) from None
            raise
        return cursor

    def _begin(self) -> None:
        if self.value("SELECT GET_LOCK(?, ?)", self._turn, WAIT) != 1:
            raise Unreachable(f"another call has kept the panel's tables for {WAIT} s")
        self._execute("BEGIN", ())

    def _end(self, word: str) -> None:
        self._execute(word, ())
        self._execute("DO RELEASE_LOCK(?)", (self._turn,))

    def restart_numbers(self, tables: Iterable[str]) -> None:
        for table in tables:
            self._execute(f"ALTER TABLE {quoted(table)} AUTO_INCREMENT = 1", ())


def _column(text: str) -> str:
    """`Data too long for column 'name' at row 1`, ``Incorrect date value: 'x' for column
    `db`.`item`.`expiredate` at row 1``.
    """
    found = re.search(r"column [^ ]*?['`]?(\w+)['`]? at row", text)
    return found.group(1) if found else "value"
