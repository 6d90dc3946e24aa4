"""`bill2bill sandbox panel`: make a folder that plays /usr/local/mgr5."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import List, Optional

from . import crypt, schema, seeds
from .db import Database
from .panel import DATABASE

FOLDERS = (
    "addon", "bin", "cgi", "etc/billmgr.conf.d", "etc/xml", "include/php", "lib/python", "processing", "sbin",
    "skins/common/plugin-logo", "src", "tmp", "var/logs", "var/sandbox",
)  # fmt: skip
PACKAGE_HOME = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
SHEBANG_LIMIT = 127  # bytes of the first line that every kernel reads

MGRCTL = """{shebang}
# The control tool of a bill2bill sandbox panel; not a BILLmanager.
import os
import sys

sys.path.insert(0, {home!r})

from bill2bill.sandbox.host.mgrctl import main

sys.exit(main(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), sys.argv[1:]))
"""


class CannotMake(Exception):
    """The folder must not be touched."""


def main(argv: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(prog="bill2bill sandbox panel", description="Make a folder that plays /usr/local/mgr5, to plug modules into.")
    parser.add_argument("--root", required=True, help="the folder; made if it is not there")
    parser.add_argument("--database", choices=["sqlite"], default="sqlite", help="where the panel keeps its tables")
    parser.add_argument("--force", action="store_true", help="start anew where a sandbox panel is already; modules and plugins stay")
    options = parser.parse_args(argv)
    try:
        mgrctl = make(options.root, options.force)
    except (CannotMake, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(json.dumps({"ready": True, "root": os.path.realpath(options.root), "mgrctl": mgrctl}) + "\n")
    return 0


def make(root: str, force: bool = False) -> str:
    """Returns the path of mgrctl. Raises CannotMake where something else lives, above all a real panel."""
    root = os.path.realpath(root)
    _refuse_strangers(root, force)
    for folder in FOLDERS:
        os.makedirs(os.path.join(root, folder), exist_ok=True)
    _forget(root)
    _configure(root)
    crypt.make_key(os.path.join(root, "etc/billmgr.pem"))
    _fill(os.path.join(root, DATABASE))
    return _write(root, "sbin/mgrctl", MGRCTL.format(shebang=_shebang(sys.executable), home=PACKAGE_HOME), 0o755)


def _refuse_strangers(root: str, force: bool) -> None:
    ours = os.path.exists(os.path.join(root, DATABASE))
    if ours and not force:
        raise CannotMake(f"{root} is a sandbox panel already; --force starts it anew")
    if not ours and os.path.exists(os.path.join(root, "sbin/mgrctl")):
        raise CannotMake(f"{root} holds a panel that is not a sandbox; nothing was touched")


def _forget(root: str) -> None:
    folder = os.path.join(root, "var/sandbox")
    for name in os.listdir(folder):
        os.unlink(os.path.join(folder, name))


def _configure(root: str) -> None:
    """db.conf in the shape of host-protocol 1.2; `sqlite` is this sandbox's own word."""
    _write(root, "etc/billmgr.conf", "# sandbox panel\n")
    _write(root, "etc/billmgr.conf.d/db.conf", f"DBType sqlite\nDBName {os.path.join(root, DATABASE)}\n", 0o600)
    _write(root, "etc/debug.conf", "# <log>[.<part>] <level>\nbillmgr.* 6\n")


def _fill(path: str) -> None:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    db = Database(path)
    try:
        with db.transaction():
            for statement in schema.statements():
                db.run(statement)
            seeds.plant(db)
    finally:
        db.close()


def _shebang(interpreter: str) -> str:
    """The interpreter that makes the panel, isolated from the caller's environment and in UTF-8."""
    line = f"#!{interpreter} -IXutf8"
    if " " not in interpreter and len(line.encode()) <= SHEBANG_LIMIT:
        return line
    return f"#!/bin/sh\n'''exec' \"{interpreter}\" -IXutf8 \"$0\" \"$@\"\n' '''"  # a comment for Python, a command for the shell


def _write(root: str, name: str, text: str, mode: int = 0o644) -> str:
    path = os.path.join(root, name)
    with open(path, "w", encoding="utf-8") as target:
        target.write(text)
    os.chmod(path, mode)
    return path


if __name__ == "__main__":
    sys.exit(main())
