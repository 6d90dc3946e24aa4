"""A panel on a MariaDB server: how it is made, what its tables are like, and what happens to values and calls
there.
"""

from __future__ import annotations

import json
import stat
import subprocess
import threading
import time

import pytest
from kit.databases import PASSWORD, USER, tables
from kit.sample_module import SamplePanel

from bill2bill.sandbox.host import db as sandbox_db
from bill2bill.sandbox.host import make, schema
from bill2bill.sandbox.host.address import BadAddress, config, of_panel, on_server
from bill2bill.sandbox.host.documents import PanelError


@pytest.fixture
def login(mariadb):
    login = mariadb.new()
    yield login
    mariadb.drop(login["name"])


@pytest.fixture
def surroundings(login, monkeypatch):
    """The address in the environment, as a person gives it."""
    for name, value in login.items():
        monkeypatch.setenv(f"SANDBOX_DB_{name.upper()}", value)


def made(root, *options):
    return make.main(["--root", str(root), "--database", "mysql", *options])


# -- making --------------------------------------------------------------------------------------------------


def test_the_login_is_kept_where_only_root_reads_it_and_paramlist_tells_the_same(
    login, surroundings, tmp_path, capsys
):
    assert made(tmp_path / "mgr5") == 0
    assert json.loads(capsys.readouterr().out)["ready"] is True
    path = tmp_path / "mgr5/etc/billmgr.conf.d/db.conf"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    said = dict(line.split(" ", 1) for line in path.read_text().splitlines())
    expected = {
        "DBName": login["name"],
        "DBHost": "localhost",
        "DBUser": USER,
        "DBPassword": PASSWORD,
        "DBSocket": login["socket"],
    }
    assert said == expected
    kit = SamplePanel(tmp_path / "mgr5")
    assert {name: value for row in kit.rows("paramlist") for name, value in row.items()} == expected
    assert not (tmp_path / "mgr5/var/sandbox/billmgr.sqlite3").exists()


def test_the_address_may_stand_in_a_defaults_file(login, mariadb, tmp_path):
    quoted = PASSWORD.replace("'", "?")
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.execute("GRANT ALL ON *.* TO file@'127.0.0.1' IDENTIFIED BY %s", (quoted,))
    file = tmp_path / "my.cnf"
    file.write_text(
        "!includedir /nowhere\n[mysqld]\nport = 1\n[client]\nquick\nhost = 127.0.0.1  # not the"
        f" socket\nport={mariadb.port}\nuser = file\npassword = '{quoted}'\ndatabase = {login['name']}\n"
    )
    assert made(tmp_path / "mgr5", "--defaults-file", str(file)) == 0
    address = of_panel(str(tmp_path / "mgr5"))
    assert (address.host, address.port, address.password, address.socket) == (
        "127.0.0.1",
        mariadb.port,
        quoted,
        "",
    )
    assert SamplePanel(tmp_path / "mgr5").row("currency", iso="RUB")["symbol"] == "₽"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NAME", "a`b"),
        ("NAME", "../x"),
        ("NAME", "x" * 65),
        ("PORT", "x"),
        ("PORT", "0"),
        ("PASSWORD", "a\nDBName other"),
        ("USER", " u"),
    ],
)
def test_an_address_that_does_not_fit_in_a_line_is_refused(name, value):
    with pytest.raises(BadAddress):
        on_server({f"SANDBOX_DB_{name}": value}, None)


def test_a_defaults_file_that_cannot_be_read_is_named(tmp_path, capsys):
    (tmp_path / "my.cnf").write_bytes(b"\xff\xfe")
    for name in ("my.cnf", "absent"):
        assert made(tmp_path / "mgr5", "--defaults-file", str(tmp_path / name)) == 1
        assert name in capsys.readouterr().err
    assert not (tmp_path / "mgr5").exists()


def test_what_is_written_of_an_address_is_read_again(tmp_path):
    address = on_server(
        {"SANDBOX_DB_HOST": "db.example", "SANDBOX_DB_PORT": "3307", "SANDBOX_DB_PASSWORD": "a b#c"}, None
    )
    (tmp_path / "etc/billmgr.conf.d").mkdir(parents=True)
    (tmp_path / "etc/billmgr.conf.d/db.conf").write_text(config(address))
    assert of_panel(str(tmp_path)) == address


def test_tables_of_somebody_else_are_never_touched(login, mariadb, surroundings, tmp_path, capsys):
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {login['name']}")
        cursor.execute(f"CREATE TABLE {login['name']}.item (id INT)")
    for options in ([], ["--force"]):
        assert made(tmp_path / "mgr5", *options) == 1
        assert "nothing was touched" in capsys.readouterr().err
    assert not (tmp_path / "mgr5").exists()
    with mariadb.connect(login["name"]) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW TABLES")
        assert cursor.fetchall() == (("item",),)


def test_a_sandbox_panels_tables_are_emptied_only_with_force(login, surroundings, tmp_path, capsys):
    assert made(tmp_path / "mgr5") == 0
    SamplePanel(tmp_path / "mgr5").call("sandbox.tld.add", name="test")
    assert made(tmp_path / "other") == 1
    assert "--force" in capsys.readouterr().err
    assert SamplePanel(tmp_path / "mgr5").rows("tld")
    assert made(tmp_path / "mgr5", "--force") == 0
    assert SamplePanel(tmp_path / "mgr5").rows("tld") == []


def test_a_login_for_one_database_is_enough(login, mariadb, tmp_path):
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {login['name']} CHARACTER SET latin1")
        cursor.execute(f"GRANT ALL ON {login['name']}.* TO one@localhost IDENTIFIED BY 'x'")
    kit = SamplePanel.new_in(tmp_path / "mgr5", {**login, "user": "one", "password": "x"})
    assert kit.row("currency", iso="RUB")["symbol"] == "₽"


def test_a_server_that_does_not_let_us_in_is_named_without_the_password(
    login, surroundings, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("SANDBOX_DB_PASSWORD", "wr0ng-word")
    assert made(tmp_path / "mgr5") == 1
    said = capsys.readouterr().err
    assert login["socket"] in said
    assert "wr0ng-word" not in said


def test_mgrctl_says_that_its_database_is_away(login, tmp_path):
    kit = SamplePanel.new_in(tmp_path / "mgr5", login)
    path = tmp_path / "mgr5/etc/billmgr.conf.d/db.conf"
    path.write_text(path.read_text().replace(login["socket"], "/no/such.sock"))
    done = kit.mgrctl("tld")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"ERROR: /no/such.sock")


# -- tables --------------------------------------------------------------------------------------------------


def test_the_tables_have_the_columns_and_types_of_the_description(login, mariadb, tmp_path):
    SamplePanel.new_in(tmp_path / "mgr5", login)
    with mariadb.connect(login["name"]) as connection, connection.cursor() as cursor:
        described = (
            "SELECT table_name, column_name, column_type FROM information_schema.columns WHERE table_schema ="
            " DATABASE()"
        )
        cursor.execute(f"{described} ORDER BY 1, ordinal_position")
        stored = {}
        for table, column, kind in cursor.fetchall():
            stored.setdefault(table, []).append((column, kind))
        cursor.execute(
            "SELECT DISTINCT engine, table_collation FROM information_schema.tables WHERE table_schema ="
            " DATABASE()"
        )
        assert cursor.fetchall() == (("InnoDB", "utf8mb4_bin"),)
    assert {table: [name for name, _ in columns] for table, columns in stored.items()} == {
        name: schema.columns(name) for name in schema.tables()
    }
    item = dict(stored["item"])
    assert (item["id"], item["pricelist"], item["expiredate"]) == (
        "int(10) unsigned",
        "int(10) unsigned",
        "date",
    )
    assert (item["cost"], item["autosuspend"], item["name"]) == (
        "decimal(14,4)",
        "enum('on','off')",
        "varchar(255)",
    )


@pytest.fixture
def kit(login, tmp_path):
    return SamplePanel.new_in(tmp_path / "mgr5", login)


def test_values_come_back_as_on_sqlite(kit, tmp_path):
    other = SamplePanel.new_in(tmp_path / "lite")
    row = {
        "name": "имя 😀 100%? \\ '",
        "cost": "300.0000",
        "expiredate": "2027-01-15",
        "autosuspend": "on",
        "period": 12,
        "parent": None,
    }
    for root in (kit.root, other.root):
        with tables(root) as db:
            assert db.get("item", db.insert("item", **row)) == {
                **dict.fromkeys(schema.columns("item")),
                **row,
                "id": 1,
            }
            assert (
                db.value("SELECT COUNT(*) FROM item WHERE name LIKE '%100\\%%' OR name = ?", row["name"]) == 1
            )


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", "x" * 256),
        ("expiredate", "2027-02-30"),
        ("expiredate", "x"),
        ("autosuspend", "yes"),
        ("period", "a year"),
        ("cost", "much"),
    ],
)
def test_a_value_that_its_column_does_not_take_is_the_panels_error(kit, column, value):
    with tables(kit.root) as db:
        with pytest.raises(PanelError) as caught:
            db.insert("item", **{column: value})
        assert (caught.value.type, caught.value.object) == ("value", column)
        assert db.find("item") == []


def test_a_name_that_is_too_long_is_answered_by_mgrctl(kit):
    assert kit.error("sandbox.client.add", name="x" * 300) == ("value", "name")


# -- calls at once -------------------------------------------------------------------------------------------


def test_of_many_who_want_the_same_name_one_gets_it(kit):
    call = [str(kit.root / "sbin/mgrctl"), "-o", "xml", "sandbox.client.add", "name=anna"]
    running = [subprocess.Popen(call, stdout=subprocess.PIPE) for _ in range(20)]
    answers = [process.communicate()[0] for process in running]
    assert sum(b"<ok" in answer for answer in answers) == 1
    assert sum(b'type="exists"' in answer for answer in answers) == 19
    assert len(kit.sql("SELECT id FROM user WHERE name = 'anna'")) == 1


def test_a_transaction_leaves_nothing_when_it_fails_and_lets_the_next_one_in(kit):
    with tables(kit.root) as db, tables(kit.root) as other:
        with pytest.raises(PanelError), db.transaction():
            db.insert("item", id=db.insert("item", name="half") + 1, cost="much")
        assert db.find("item") == []
        with other.transaction():
            other.insert("item", name="whole")
        with pytest.raises(RuntimeError), db.transaction(), db.transaction():
            pass
        assert [row["name"] for row in db.find("item")] == ["whole"]


def test_after_a_deadlock_the_work_is_done_again(kit, mariadb, login):
    """Somebody who writes to the tables without the panel holds a row that we want, and wants one that we
    hold.
    """
    with tables(kit.root) as db:
        first, second = db.insert("item", name="a"), db.insert("item", name="b")
        foreign = mariadb.connect(login["name"], autocommit=False)
        with foreign.cursor() as cursor:
            cursor.execute(
                "INSERT INTO itemparam (item, intname) SELECT id, iso2 FROM country"
            )  # its work is dearer than ours, so we are the victim
            cursor.execute("UPDATE item SET status = 9 WHERE id = %s", (second,))
        tries = []

        def foreign_wants_ours():
            with foreign.cursor() as cursor:
                cursor.execute("UPDATE item SET status = 9 WHERE id = %s", (first,))
            foreign.commit()

        def work():
            tries.append(1)
            db.update("item", first, period=12)
            if len(tries) == 1:
                thread.start()
                wait_for_waiting(mariadb)
            db.update("item", second, period=12)

        thread = threading.Thread(target=foreign_wants_ours)
        db.atomically(work)
        thread.join()
        foreign.close()
        assert len(tries) == 2
        assert [(row["status"], row["period"]) for row in db.find("item")] == [(9, 12), (9, 12)]


def wait_for_waiting(mariadb):
    with mariadb.connect() as connection, connection.cursor() as cursor:
        until = time.monotonic() + 20
        while not cursor.execute("SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"):
            assert time.monotonic() < until
            time.sleep(0.02)


def test_a_deadlock_is_not_repeated_for_ever():
    calls = []

    def work():
        calls.append(1)
        raise sandbox_db.Deadlock("again")

    with pytest.raises(sandbox_db.Deadlock):
        sandbox_db._repeated(work)
    assert len(calls) == sandbox_db.TRIES
