"""Where the panel's tables are: a file of SQLite, or a MariaDB server and its login (host-protocol 1.2)."""

from __future__ import annotations

import configparser
import os
import re
from typing import Any, Dict, Mapping, NamedTuple, Optional

CONFIG = "etc/billmgr.conf.d/db.conf"
SQLITE_FILE = "var/sandbox/billmgr.sqlite3"
SOCKETS = ("/var/run/mysqld/mysqld.sock", "/var/lib/mysql/mysql.sock", "/tmp/mysql.sock")  # host-protocol 1.2
PORT = 3306
# Field -> word of db.conf. DBType and DBPort are this sandbox's own words.
WORDS = {
    "kind": "DBType",
    "host": "DBHost",
    "port": "DBPort",
    "user": "DBUser",
    "password": "DBPassword",
    "name": "DBName",
    "socket": "DBSocket",
}


class BadAddress(ValueError):
    """What was given cannot be the address of a database."""


class Address(NamedTuple):
    """kind: sqlite, name is a path; or mysql, name is that of the database, an empty socket means TCP."""

    kind: str
    name: str
    host: str = "localhost"
    port: int = PORT
    user: str = "root"
    password: str = ""
    socket: str = ""


def in_file(root: str) -> Address:
    return Address("sqlite", os.path.join(root, SQLITE_FILE))


def on_server(environment: Mapping[str, str], defaults_file: Optional[str]) -> Address:
    """From SANDBOX_DB_HOST, …_PORT, …_SOCKET, …_USER, …_PASSWORD, …_NAME, or from [client] of a file. Raises
    BadAddress.
    """
    if defaults_file:
        given = _client_section(defaults_file)
    else:
        given = {name: environment.get(f"SANDBOX_DB_{name.upper()}", "") for name in Address._fields[1:]}
    return _address({"kind": "mysql", **{name: value for name, value in given.items() if value}})


def of_panel(root: str) -> Address:
    """The file of a panel on SQLite, else what its db.conf says. Raises BadAddress."""
    if os.path.exists(os.path.join(root, SQLITE_FILE)):
        return in_file(root)
    try:
        with open(os.path.join(root, CONFIG), encoding="utf-8") as source:
            said = dict(line.rstrip("\n").split(" ", 1) for line in source if " " in line)
    except OSError as error:
        raise BadAddress(f"{CONFIG}: {error.strerror}") from None
    return _address({name: said[word] for name, word in WORDS.items() if word in said})


def config(address: Address) -> str:
    """The text of db.conf. What is understood on a panel, mysql on its usual port, is left out."""
    if address.kind == "sqlite":
        return f"DBType sqlite\nDBName {address.name}\n"
    understood = {"kind": "mysql", "port": PORT, "socket": ""}
    return "".join(
        f"{WORDS[name]} {value}\n"
        for name, value in address._asdict().items()
        if value != understood.get(name)
    )


def _address(given: Mapping[str, str]) -> Address:
    port = given.get("port", str(PORT))
    if not re.fullmatch(r"[1-9][0-9]{0,4}", port):
        raise BadAddress(f"{port!r} is not a port")
    known: Dict[str, Any] = {"kind": "mysql", "name": "billmgr", **given, "port": int(port)}
    found = Address(**known)
    if not re.fullmatch(r"[A-Za-z0-9_]{1,64}", found.name):
        raise BadAddress(f"{found.name!r} is not a name for a database: letters, digits and _")
    if any(
        value != value.strip() or re.search(r"[\x00-\x1f]", value)
        for value in found
        if isinstance(value, str)
    ):
        raise BadAddress(
            "neither the address nor the login may begin or end with a space, or hold a line break: db.conf"
            " has a line for each"
        )
    if found.host == "localhost" and "port" not in given and not found.socket:
        return found._replace(socket=next((path for path in SOCKETS if os.path.exists(path)), ""))
    return found


def _client_section(path: str) -> Dict[str, str]:
    """[client] of a my.cnf. A value may stand in quotes; without them `#` begins a comment."""
    parser = configparser.RawConfigParser(allow_no_value=True, strict=False)
    try:
        with open(path, encoding="utf-8") as source:
            parser.read_file(line for line in source if not line.startswith("!"))
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        raise BadAddress(f"{path}: {error}") from None
    section = parser["client"] if parser.has_section("client") else {}
    names = {"database": "name", **{name: name for name in ("host", "port", "socket", "user", "password")}}
    return {name: _unquoted(section[word] or "") for word, name in names.items() if word in section}


def _unquoted(value: str) -> str:
    quoted = re.match(r"""(["'])(.*?)\1""", value)
    return quoted.group(2) if quoted else value.partition("#")[0].strip()
