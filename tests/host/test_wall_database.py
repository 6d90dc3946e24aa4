"""Where the panel's database is, how it is opened, and what a reader of it must never do."""

from __future__ import annotations

import sqlite3
import sys
from types import SimpleNamespace

import pymysql
import pytest
from kit.wall_panel import WallPanel, error, fails

from bill2bill.host import database
from bill2bill.host.data import Data


@pytest.fixture
def wall(tmp_path):
    return WallPanel(tmp_path / "mgr5")


def reader(wall):
    return Data(wall.root, wall.mgrctl())


@pytest.fixture
def data(wall):
    data = reader(wall)
    yield data
    data.close()


def test_nothing_is_opened_before_it_is_asked_and_nothing_is_ever_written(wall):
    wall.configure("DBType oracle\n")
    reader(wall).close()
    wall.configure(wall.usual)
    before = wall.database.read_bytes()
    base = database.Database(lambda: database.locate(wall.root, wall.mgrctl()))
    assert base.rows("SELECT id FROM item ORDER BY id") == [("1",), ("2",)]
    assert "readonly" in fails("panel_database", base.rows, "INSERT INTO itemtype SELECT 99, 'x'")["reason"]
    fails("panel_database", base.rows, "SELECT nothing FROM nowhere")
    base.close()
    assert wall.database.read_bytes() == before


@pytest.mark.parametrize(
    "config",
    [
        "DBType oracle\nDBName x\n",
        "DBType sqlite\nDBName /no/such/file\n",
        "DBType sqlite\nDBName {root}\n",
        "DBType sqlite\nDBName {root}/etc/billmgr.pem\n",
    ],
)
def test_an_unusable_database_is_a_clear_failure(wall, data, config):
    wall.configure(config.format(root=wall.root))
    assert fails("panel_database", data.item, 1)["reason"]
    fails("panel_database", data.task_exists, 77)


def test_a_database_in_use_is_waited_for_and_then_a_clear_failure(wall, data, monkeypatch):
    monkeypatch.setattr(database, "CONNECT_TIMEOUT", 0.1)
    blocker = sqlite3.connect(wall.database, isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    fails("panel_database", data.item, 1)
    blocker.execute("ROLLBACK")
    blocker.close()
    assert data.item(1).id == 1


def test_a_file_that_cannot_be_read_is_a_clear_failure(wall, data):
    path = wall.root / "etc/billmgr.conf.d/db.conf"
    path.write_bytes(b"DBPassword \xff\n")
    fails("panel_database", data.item, 1)
    path.unlink()
    path.mkdir()
    fails("panel_database", data.item, 1)


def located(wall):
    return database.locate(wall.root, wall.mgrctl())


def test_the_panels_files_say_where_the_database_is(wall):
    (wall.root / "etc/billmgr.conf").write_text("# comment\nDBHost old\nOther\nCryptKey /etc/key.pem\n")
    wall.configure("DBHost db.example.com\n DBUser bill \n#DBUser root\nDBPassword a#b c\nDBName bills\n")
    place = located(wall)
    assert (place.kind, place.host, place.user, place.password, place.name, place.socket) == (
        "mysql",
        "db.example.com",
        "bill",
        "a#b c",
        "bills",
        "",
    )
    assert str(place.key) == "/etc/key.pem"
    assert "a#b c" not in repr(place)
    assert wall.calls == []


def test_files_that_say_nothing_make_us_ask_the_panel(wall):
    (wall.root / "etc/billmgr.conf.d/db.conf").unlink()
    params = {"DBHost": "127.0.0.1", "DBPassword": "p w", "DBName": "", "Other": "1"}
    wall.answer(
        "paramlist",
        "<doc>"
        + "".join(f"<elem><{name}>{value}</{name}></elem>" for name, value in params.items())
        + "</doc>",
    )
    place = located(wall)
    assert (place.host, place.user, place.password) == ("127.0.0.1", "root", "p w")
    assert wall.asked == [["paramlist"]]
    wall.answer("paramlist", error("access", "paramlist", ""))
    assert fails("panel_database", located, wall)["reason"].startswith("paramlist")


def test_a_local_server_is_reached_by_the_first_socket_that_exists(wall, tmp_path, monkeypatch):
    here = tmp_path / "second.sock"
    here.touch()
    monkeypatch.setattr(database, "SOCKETS", (str(tmp_path / "first.sock"), str(here)))
    wall.configure("DBName bills\n")
    assert located(wall).socket == str(here)
    wall.configure("DBName bills\nDBSocket /run/own.sock\n")
    assert located(wall).socket == "/run/own.sock"
    wall.configure("DBName bills\nDBHost 127.0.0.1\n")
    assert located(wall).socket == ""


def test_a_mariadb_that_does_not_answer_is_a_clear_failure_without_the_password(wall, data):
    wall.configure("DBHost localhost\nDBSocket /no/such.sock\nDBUser bill\nDBPassword s3cret\nDBName bills\n")
    assert "s3cret" not in fails("panel_database", data.item, 1)["reason"]


def test_mariadb_is_asked_in_its_own_placeholders_and_read_as_text(wall, monkeypatch):
    seen = SimpleNamespace(options={}, asked=[])

    class Cursor:
        def execute(self, sql, params):
            seen.asked.append((sql, params))

        def fetchall(self):
            return [("5", None, b"\xd1\x8f", "10.0000")]

    def connect(**options):
        seen.options = options
        return SimpleNamespace(cursor=Cursor, close=lambda: None)

    monkeypatch.setattr(pymysql, "connect", connect)
    wall.configure("DBHost 127.0.0.1\nDBName bills\n")
    base = database.Database(lambda: located(wall))
    assert base.rows("SELECT a FROM b WHERE c = ? AND d = ?", 1, "x") == [("5", None, "я", "10.0000")]
    base.close()
    assert seen.asked == [("SELECT a FROM b WHERE c = %s AND d = %s LIMIT 10001", (1, "x"))]
    assert (seen.options["autocommit"], seen.options["charset"]) == (True, "utf8mb4")
    assert not [
        kind for kind in seen.options["conv"] if isinstance(kind, int)
    ]  # no decoder: dates and money stay text


def test_a_panel_without_pymysql_hears_what_is_missing(wall, data, monkeypatch):
    monkeypatch.setitem(sys.modules, "pymysql", None)
    wall.configure("DBHost 127.0.0.1\nDBName bills\n")
    assert "PyMySQL" in fails("panel_database", data.item, 1)["reason"]


def test_a_command_without_mariadb_does_not_load_its_driver():
    import subprocess

    code = (
        "import sys; import bill2bill.host.data; print([m for m in ('pymysql', 'cryptography') if m in"
        " sys.modules])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
        == "[]\n"
    )


def test_only_select_is_ever_written_in_the_file_with_sql():
    import inspect
    import re

    from bill2bill.host import data as module

    source = inspect.getsource(module)
    assert re.findall(r'"(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|SET) ', source)
    assert set(re.findall(r'"([A-Z]{3,}) ', source)) == {"SELECT"}
    assert "%" not in re.sub(r"#.*", "", source)


def test_a_socket_is_used_without_tls_and_a_remote_server_with_it(wall, monkeypatch):
    seen = []
    monkeypatch.setattr(
        pymysql, "connect", lambda **options: seen.append(options) or SimpleNamespace(close=lambda: None)
    )
    for address in ("DBHost localhost\nDBSocket /run/x.sock\n", "DBHost db.example\n"):
        wall.configure(address)
        base = database.Database(lambda: located(wall))
        base._open()
    assert [options["ssl_disabled"] for options in seen] == [True, False]
