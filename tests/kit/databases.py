"""The two databases that a panel may keep its tables in: SQLite, and a private MariaDB server that a test
process starts for itself.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

import pymysql
import pytest

from bill2bill.sandbox.host.address import Address, config, of_panel
from bill2bill.sandbox.host.db import Database
from bill2bill.sandbox.host.panel import connect
from kit import folders

PROGRAMS = ("mariadb-install-db", "mariadbd")
USER, PASSWORD = "billmgr", "p#ss \\'word\"; я"
QUICK = (  # nothing has to outlive the tests
    "--skip-log-bin", "--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0",
    "--innodb-buffer-pool-size=32M", "--skip-sync-frm",
    "--performance-schema=off", "--skip-networking=0", "--max-connections=200",
)  # fmt: skip


def why_not() -> str:
    """The reason why there can be no MariaDB here; "" if there can."""
    missing = [name for name in PROGRAMS if not program(name)]
    if missing:
        return f"no {' and no '.join(missing)} (Debian, Ubuntu: mariadb-server)"
    if os.geteuid() == 0 and not any(user.pw_name == "mysql" for user in pwd.getpwall()):
        return "a server is not run as root, and there is no user mysql"
    return ""


def program(name: str) -> str:
    return (
        shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))
        or ""
    )


def require() -> None:
    """Skips the test where MariaDB cannot be had; on a build server that is a failure."""
    reason = why_not()
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


class MariaDB:
    """A server of one's own, reached by a socket and on 127.0.0.1. It ends with stop() or with the process
    that started it.
    """

    def __init__(self) -> None:
        home = folders.in_memory(folders.GIB // 2) or tempfile.gettempdir()
        _sweep(Path(home))
        self.folder = Path(tempfile.mkdtemp(prefix=f"mariadb-{os.getpid()}-", dir=home))
        self.socket, self.port, self._numbers = str(self.folder / "sock"), _free_port(), itertools.count(1)
        self.log = self.folder / "log"
        owner = "mysql" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            shutil.chown(self.folder, "mysql")
        data = [f"--datadir={self.folder / 'data'}", f"--user={owner}", "--innodb-log-file-size=16M"]
        try:
            self._install(data)
            self.process = self._start(data)
            self._wait()
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def _install(self, data: List[str]) -> None:
        words = [
            program("mariadb-install-db"),
            "--no-defaults",
            *data,
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ]
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    def _start(self, data: List[str]) -> subprocess.Popen[bytes]:
        words = [
            program("mariadbd"),
            "--no-defaults",
            *data,
            f"--socket={self.socket}",
            f"--port={self.port}",
            "--bind-address=127.0.0.1",
        ]
        words += [*QUICK, f"--pid-file={self.folder / 'pid'}", f"--tmpdir={self.folder}"]
        with open(self.log, "wb") as log:
            return subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=_end_with_parent
            )

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while not os.path.exists(self.socket):  # made when the server listens
            if self.process.poll() is not None or time.monotonic() > until:
                self.process.kill()
                raise AssertionError(self.log.read_text(errors="replace"))
            time.sleep(0.02)
        with (
            pymysql.connect(unix_socket=self.socket, user="root", autocommit=True) as root,
            root.cursor() as cursor,
        ):
            for host in ("localhost", "127.0.0.1"):
                cursor.execute(
                    "GRANT ALL ON *.* TO %s@%s IDENTIFIED BY %s WITH GRANT OPTION", (USER, host, PASSWORD)
                )

    def stop(self) -> None:
        self.process.kill()  # there is nothing to save
        self.process.wait()
        shutil.rmtree(self.folder)

    def new(self) -> Dict[str, str]:
        """Login with the name of a database that nobody has used; it is not made yet."""
        name = f"panel_{next(self._numbers)}"
        return {"host": "localhost", "socket": self.socket, "user": USER, "password": PASSWORD, "name": name}

    def connect(self, name: str = "", **more: Any) -> pymysql.Connection:
        login = {
            "user": USER,
            "password": PASSWORD.encode(),
            "unix_socket": self.socket,
            "charset": "utf8mb4",
            "autocommit": True,
        }
        return pymysql.connect(**{**login, "database": name or None, **more})

    def copy(self, source: str, target: str) -> None:
        """All tables with their rows."""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {target} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
            cursor.execute(f"SHOW TABLES IN {source}")
            for (table,) in cursor.fetchall():
                cursor.execute(f"CREATE TABLE {target}.`{table}` LIKE {source}.`{table}`")
                cursor.execute(f"INSERT INTO {target}.`{table}` SELECT * FROM {source}.`{table}`")

    def drop(self, name: str) -> None:
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")


def _sweep(home: Path) -> None:
    """What test processes that were killed have left: their servers ended with them, their folders
    did not.
    """
    for folder in home.glob("mariadb-[0-9]*-*"):
        try:
            os.kill(int(folder.name.split("-")[1]), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except PermissionError:
            continue  # somebody else's, and alive


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _end_with_parent() -> None:
    """Linux: the server is killed when the process that started it is gone, even without a farewell."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "prctl"):
        libc.prctl(1, signal.SIGKILL)


class Place:
    """Where a test's panels keep their tables: files of their own, or databases of their own on one
    server.
    """

    def __init__(self, server: Optional[MariaDB]) -> None:
        self._server, self._names = server, []

    def login(self) -> Optional[Dict[str, str]]:
        """What a new panel needs to know; None means a file."""
        if not self._server:
            return None
        login = self._server.new()
        self._names.append(login["name"])
        return login

    def moved(self, root: Path) -> None:
        """A panel's folder was copied to `root`: it gets a copy of the tables, and a db.conf that says so."""
        if not self._server:
            write_config(root, Address("sqlite", f"{root}/var/sandbox/billmgr.sqlite3"))
            return
        before, login = of_panel(str(root)), self._server.new()
        self._names.append(login["name"])
        self._server.copy(before.name, login["name"])
        write_config(root, before._replace(name=login["name"]))

    def forget(self) -> None:
        for name in self._names:
            self._server.drop(name)
        self._names = []


def write_config(root: Path, address: Address) -> None:
    path = root / "etc/billmgr.conf.d/db.conf"
    path.write_text(config(address), encoding="utf-8")
    path.chmod(0o600)


@contextmanager
def tables(root: Path) -> Iterator[Database]:
    """A panel's tables, to look into and to plant rows with the SQL that both databases share."""
    db = connect(of_panel(str(root)))
    try:
        yield db
    finally:
        db.close()
