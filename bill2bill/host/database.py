"""Where the panel's database is; MariaDB and SQLite are asked alike (host-protocol 1.2, 6; design 1)."""

from __future__ import annotations

import re
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple, Type
from urllib.parse import quote

from bill2bill.errors import Failure, Phrase, Raw
from bill2bill.host.mgrctl import Mgrctl

Row = Tuple[Optional[str], ...]

CONFIG_FILES = ("etc/billmgr.conf", "etc/billmgr.conf.d/db.conf")
SOCKETS = ("/var/run/mysqld/mysqld.sock", "/var/lib/mysql/mysql.sock", "/tmp/mysql.sock")  # noqa: S108
CONNECT_TIMEOUT, READ_TIMEOUT = 10, 30  # s
MOST_ROWS, LONGEST = 10_000, 65_536  # rows of one answer; characters of one cell, a TEXT has no more


@dataclass(frozen=True, repr=False)
class Location:
    """kind is "sqlite" (name: a path) or "mysql"; key: the panel's private key."""

    kind: str
    name: str
    host: str
    port: int
    user: str
    password: str
    socket: str  # "" = over TCP
    key: Path


def locate(root: Path, mgrctl: Mgrctl) -> Location:
    """From the panel's files or, where these name no database, its `paramlist`. Raises panel_database."""
    values = _files(root)
    if not any(name.startswith("DB") for name in values):
        values = {**values, **_paramlist(mgrctl)}
    kind = values.get("DBType", "mysql").lower()
    if kind not in ("sqlite", "mysql", "mariadb"):
        raise Failure("panel_database", reason=Phrase("db_type", value=kind))
    host = values.get("DBHost", "localhost")
    return Location(
        kind="sqlite" if kind == "sqlite" else "mysql",
        name=values.get("DBName", "billmgr"),
        host=host,
        # DBPort is the sandbox's word, like DBType: host-protocol 1.2 knows none
        port=_port(values.get("DBPort", "3306")),
        user=values.get("DBUser", "root"),
        password=values.get("DBPassword", ""),
        socket=values.get("DBSocket") or (_first_socket() if host == "localhost" else ""),
        key=root / values.get("CryptKey", "etc/billmgr.pem"),
    )


class Database:
    """One connection, opened when first asked and again when lost. Every value is text or None, dates too."""

    def __init__(self, find: Callable[[], Location]) -> None:
        self._find = find
        self._location: Optional[Location] = None
        self._connection: Any = None
        self._errors: Tuple[Type[Exception], ...] = (OSError, UnicodeDecodeError)

    @property
    def location(self) -> Location:
        if self._location is None:
            self._location = self._find()
        return self._location

    def rows(self, sql: str, *params: object) -> List[Row]:
        """All rows of a SELECT without LIMIT, `?` for params. Raises panel_database; too many: panel_data."""
        may_be_lost = self._connection is not None and self.location.kind == "mysql"
        if self._connection is None:
            self._open()
        try:
            return self._ask(sql, params)
        except self._errors as error:
            self.close()
            if may_be_lost:  # a server gives up a connection that says nothing while the provider is asked
                return self.rows(sql, *params)
            raise _unreadable(error) from error

    def _ask(self, sql: str, params: Tuple[object, ...]) -> List[Row]:
        cursor = self._connection.cursor()
        bounded = f"{sql} LIMIT {MOST_ROWS + 1}"
        cursor.execute(bounded if self.location.kind == "sqlite" else bounded.replace("?", "%s"), params)
        rows = [tuple(_as_text(value) for value in row) for row in cursor.fetchall()]
        longest = max((len(value) for row in rows for value in row if value), default=0)
        if len(rows) > MOST_ROWS or longest > LONGEST:
            table = re.sub(r".*? FROM (\w+).*", r"\1", sql)
            reason = Phrase("db_large", rows=MOST_ROWS, characters=LONGEST)
            raise Failure("panel_data", object=Phrase("table", name=table), reason=reason)
        return rows

    def close(self) -> None:
        if self._connection is not None:
            with suppress(*self._errors):
                self._connection.close()
            self._connection = None

    def _open(self) -> None:
        sqlite = self.location.kind == "sqlite"
        self._errors += (sqlite3.Error,) if sqlite else _mysql_errors()
        try:
            self._connection = _open_sqlite(self.location) if sqlite else _open_mysql(self.location)
        except self._errors as error:
            raise _unreadable(error) from error


def _files(root: Path) -> Dict[str, str]:
    """Lines `Name value`; `#` starts a comment only at a line's beginning, for a password may hold one."""
    values: Dict[str, str] = {}
    for name in CONFIG_FILES:
        try:
            lines = (root / name).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError) as error:
            why = Phrase("of", value=name, reason=Raw(type(error).__name__))
            raise Failure("panel_database", reason=why, detail=str(error)) from error
        words = [line.split(None, 1) for line in lines if not line.lstrip().startswith("#")]
        values.update({pair[0]: pair[1].strip() for pair in words if len(pair) == 2})
    return values


def _paramlist(mgrctl: Mgrctl) -> Mapping[str, str]:
    """`<elem><Name>value</Name></elem>`, host-protocol 5.8."""
    try:
        answer = mgrctl.call("paramlist", {})
    except Failure as error:
        why = Phrase("of", value="paramlist", reason=Raw(error.code))
        raise Failure("panel_database", reason=why, detail=str(error)) from error
    return {str(node.tag): (node.text or "").strip() for node in answer.findall("elem/*")}


def _port(text: str) -> int:
    if not re.fullmatch("[1-9][0-9]{0,4}", text):
        raise Failure("panel_database", reason=Phrase("db_port", value=text))
    return int(text)


def _first_socket() -> str:
    return next((path for path in SOCKETS if Path(path).exists()), "")


def _open_sqlite(location: Location) -> sqlite3.Connection:
    address = f"file:{quote(str(Path(location.name).absolute()))}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=CONNECT_TIMEOUT, isolation_level=None)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _open_mysql(location: Location) -> Any:
    import pymysql  # only a real panel needs it
    from pymysql.converters import encoders

    return pymysql.connect(
        host=location.host,
        port=location.port,
        user=location.user,
        password=location.password.encode(),  # of a str it takes Latin-1 only
        database=location.name,
        unix_socket=location.socket or None,
        charset="utf8mb4",
        autocommit=True,
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=READ_TIMEOUT,
        write_timeout=READ_TIMEOUT,
        conv=encoders,  # type: ignore[arg-type]  # no decoders: everything is read as text
        init_command="SET SESSION TRANSACTION READ ONLY",
        ssl_disabled=bool(location.socket),  # reading the certificates of the world takes 30 ms
    )


def _mysql_errors() -> Tuple[Type[Exception], ...]:
    try:
        import pymysql
    except ImportError as error:
        raise Failure("panel_database", reason=Phrase("no_pymysql")) from error
    return (pymysql.MySQLError, RuntimeError)  # the latter: a login that wants `cryptography`


def _as_text(value: object) -> Optional[str]:
    if value is None:
        return None
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def _unreadable(error: Exception) -> Failure:
    said = " ".join(f"{type(error).__name__}: {error}".split())
    return Failure("panel_database", reason=Raw(said[:200]))
