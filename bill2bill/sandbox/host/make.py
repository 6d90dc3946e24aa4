"""`bill2bill sandbox panel`: make a folder that plays /usr/local/mgr5."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from typing import List, Optional

from . import address, crypt, schema, seeds
from .address import Address, BadAddress
from .db import Database, Unreachable, quoted
from .panel import connect
from .start import STARTED

FOLDERS = (
    "addon", "bin", "cgi", "etc/billmgr.conf.d", "etc/xml", "include/php", "lib/python", "processing", "sbin",
    "skins/common/plugin-logo", "src", "tmp", "var/logs", "var/sandbox",
)  # fmt: skip
PACKAGE_HOME = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
A_PANEL = ("sbin/mgrctl", "bin/core", "etc/billmgr.pem")  # each of them says that somebody has a panel there
SHEBANG_LIMIT = 127  # bytes of the first line that every kernel reads

MARK = "The control tool of a bill2bill sandbox panel; not a BILLmanager."
MGRCTL = """{shebang}
# {mark}
import os
import sys

sys.path.insert(0, {home!r})

from bill2bill.sandbox.host.mgrctl import main

sys.exit(main(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), sys.argv[1:]))
"""


class CannotMake(Exception):
    """The folder or the database must not be touched."""


def main(argv: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(
        prog="bill2bill sandbox panel",
        description="Make a folder that plays /usr/local/mgr5, to plug modules into.",
    )
    parser.add_argument("--root", required=True, help="the folder; made if it is not there")
    parser.add_argument(
        "--database",
        choices=["sqlite", "mysql"],
        default="sqlite",
        help="where the panel keeps its tables; mysql is MariaDB too",
    )
    parser.add_argument(
        "--defaults-file",
        metavar="FILE",
        help="[client] of a my.cnf instead of SANDBOX_DB_HOST, _USER, … in the environment",
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="start anew where a sandbox panel is already; modules and plugins stay",
    )
    parser.add_argument(
        "--key-size", type=int, default=crypt.KEY_SIZE, metavar="BITS", help="of the panel's RSA key"
    )
    options = parser.parse_args(argv)
    try:
        server = address.on_server(os.environ, options.defaults_file) if options.database == "mysql" else None
        mgrctl = make(options.root, options.force, server, options.key_size)
    except (CannotMake, BadAddress, Unreachable, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(
        json.dumps({"ready": True, "root": os.path.realpath(options.root), "mgrctl": mgrctl}) + "\n"
    )
    return 0


def make(
    root: str, force: bool = False, server: Optional[Address] = None, key_size: int = crypt.KEY_SIZE
) -> str:
    """Returns the path of mgrctl. server: where to keep the tables instead of a file.

    Raises CannotMake for a folder or database that something else uses, above all a real panel;
    Unreachable.
    """
    root = os.path.realpath(root)
    _refuse_foreign_folder(root, force)
    if server:
        _empty_database(server, force)
    for folder in FOLDERS:
        os.makedirs(os.path.join(root, folder), exist_ok=True)
    _forget(root)
    mgrctl = _write(
        root,
        "sbin/mgrctl",
        MGRCTL.format(shebang=_shebang(sys.executable), mark=MARK, home=PACKAGE_HOME),
        0o755,
    )
    place = server or address.in_file(root)
    _configure(root, place)
    crypt.make_key(os.path.join(root, "etc/billmgr.pem"), key_size)
    _fill(place)
    return mgrctl


def _refuse_foreign_folder(root: str, force: bool) -> None:
    sandbox = _is_sandbox(os.path.join(root, "sbin/mgrctl"))
    if sandbox and not force:
        raise CannotMake(f"{root} is a sandbox panel already; --force starts it anew")
    if not sandbox and any(os.path.lexists(os.path.join(root, name)) for name in A_PANEL):
        raise CannotMake(f"{root} holds a panel that is not a sandbox; nothing was touched")


def _is_sandbox(mgrctl: str) -> bool:
    try:
        with open(mgrctl, "rb") as source:
            return MARK.encode() in source.read(1024)
    except OSError:
        return False


def _empty_database(server: Address, force: bool) -> None:
    """Create the database if it is missing and the login may. --force drops the tables of a sandbox panel;
    other tables are never dropped.
    """
    from .mysql import Mysql

    Mysql.create_database(server)
    db = Mysql(server)
    try:
        found = {next(iter(row.values())) for row in db.rows("SHOW TABLES")}
        if found and "sandbox_setting" not in found:
            raise CannotMake(
                f"database {server.name} holds tables that are not a sandbox panel's; nothing was touched"
            )
        if found and not force:
            raise CannotMake(f"database {server.name} holds a sandbox panel already; --force starts it anew")
        for table in found & set(schema.tables()):
            db.run(f"DROP TABLE {quoted(table)}")
    finally:
        db.close()


def _forget(root: str) -> None:
    folder = os.path.join(root, "var/sandbox")
    for name in os.listdir(folder):
        os.unlink(os.path.join(folder, name))


def _configure(root: str, place: Address) -> None:
    """db.conf in the shape of host-protocol 1.2."""
    _write(root, "etc/billmgr.conf", "# sandbox panel\n")
    _write(root, address.CONFIG, address.config(place), 0o600)
    _write(root, "etc/debug.conf", "# <log>[.<part>] <level>\nbillmgr.* 6\n")


def _fill(place: Address) -> None:
    if place.kind == "sqlite":
        os.close(os.open(place.name, os.O_WRONLY | os.O_CREAT, 0o600))
    db: Database = connect(place)
    try:
        with db.transaction():
            for statement in schema.statements(db.kind):
                db.run(statement)
        with db.transaction():  # a server of its own accord ends a transaction with each new table
            seeds.plant(db)
            db.insert("sandbox_setting", name=STARTED, value="off")
    finally:
        db.close()


def _shebang(interpreter: str) -> str:
    """The interpreter that makes the panel, isolated from the caller's environment and in UTF-8."""
    line = f"#!{interpreter} -IXutf8"
    if " " not in interpreter and len(line.encode()) <= SHEBANG_LIMIT:
        return line
    # a comment for Python, a command for the shell
    return f"#!/bin/sh\n'''exec' \"{interpreter}\" -IXutf8 \"$0\" \"$@\"\n' '''"


def _write(root: str, name: str, text: str, mode: int = 0o644) -> str:
    """Never for a moment readable by more than `mode` says, for the text may hold a password."""
    path = os.path.join(root, name)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as target:
        target.write(text)
    os.chmod(path, mode)
    return path


if __name__ == "__main__":
    sys.exit(main())
