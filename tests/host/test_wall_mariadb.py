"""What only a MariaDB server shows: types, dates, collations, connections that are lost."""

from __future__ import annotations

from datetime import date

import pytest
from kit.wall_panel import WallPanel, fails

from bill2bill.host import database
from bill2bill.host.data import Data


@pytest.fixture
def served(tmp_path, mariadb):
    """A panel whose tables are on a MariaDB server."""
    wall = WallPanel(tmp_path / "mgr5", mariadb)
    yield wall
    wall.close()


def reader(wall):
    return Data(wall.root, wall.mgrctl())


def located(wall):
    return database.locate(wall.root, wall.mgrctl())


def test_on_a_server_nothing_is_ever_written_either(served):
    base = database.Database(lambda: located(served))
    reason = fails("panel_database", base.rows, "UPDATE item SET status = 4")["reason"]
    assert "READ ONLY" in reason
    assert base.rows("SELECT status FROM item ORDER BY id") == [("5",), ("2",)]
    base.close()


def test_a_connection_that_the_server_gave_up_is_made_again(served):
    data = reader(served)
    assert data.item(1).id == 1
    with served.server.connect() as root, root.cursor() as cursor:
        cursor.execute("SELECT id FROM information_schema.processlist WHERE db = %s", (served.login["name"],))
        (idle,) = cursor.fetchall()
        cursor.execute(f"KILL {idle[0]}")
    assert data.item(1).id == 1
    data.close()


def test_a_table_in_use_is_waited_for_and_then_a_clear_failure(served, monkeypatch):
    monkeypatch.setattr(database, "READ_TIMEOUT", 1)
    data = reader(served)
    with served.server.connect(served.login["name"]) as other, other.cursor() as cursor:
        cursor.execute("LOCK TABLES item WRITE")
        assert "timed out" in fails("panel_database", data.item, 1)["reason"]
        cursor.execute("UNLOCK TABLES")
    assert data.item(1).id == 1
    data.close()


def test_a_port_of_its_own_is_reached_over_tcp(served):
    login = served.login
    address = (
        f"DBHost 127.0.0.1\nDBPort {served.server.port}\nDBUser {login['user']}\nDBPassword"
        f" {login['password']}\nDBName {login['name']}\n"
    )
    served.configure(address)
    data = reader(served)
    assert data.item(1).name == "пример.ru"
    data.close()
    served.configure(address.replace(str(served.server.port), "many"))
    assert "DBPort" in fails("panel_database", reader(served).item, 1)["reason"]


@pytest.mark.parametrize(("kind", "stored", "expires"), [
    ("DATE", "'0000-00-00'", None), ("DATE", "''", None), ("DATE", "'soon'", None), ("DATE", "NULL", None),
    ("DATETIME", "'0000-00-00'", None), ("DATETIME", "'2027-02-28 23:59:59'", date(2027, 2, 28)),
    ("DATETIME(6)", "'2027-02-28'", date(2027, 2, 28)),
    ("TIMESTAMP NULL", "'2027-02-28 12:00:00'", date(2027, 2, 28)),
])  # fmt: skip
def test_dates_of_every_type_and_zero_dates_of_a_lenient_server(served, kind, stored, expires):
    served.sql(
        f"SET SESSION sql_mode = ''; ALTER TABLE item MODIFY expiredate {kind}; UPDATE item SET expiredate ="
        f" ({stored}) WHERE id = 1;"
    )
    data = reader(served)
    assert data.item(1).expires == expires
    data.close()


def test_a_date_without_a_day_stops_us(served):
    served.sql(
        "SET SESSION sql_mode = 'ALLOW_INVALID_DATES'; UPDATE item SET expiredate = ('2027-00-00') WHERE id"
        " = 1;"
    )
    data = reader(served)
    assert "not a date" in fails("panel_data", data.item, 1)["reason"]
    data.close()


@pytest.mark.parametrize("kind", ["DATE", "DATETIME", "VARCHAR(255)"])
def test_a_charge_of_today_is_found_whatever_the_type_of_its_date(served, kind):
    served.sql(f"SET SESSION sql_mode = ''; ALTER TABLE expense MODIFY realdate {kind};")
    data = reader(served)
    assert [data.prolong_expense_today(1, date(2026, 11, day)) for day in (22, 23, 24)] == [
        False,
        True,
        False,
    ]
    data.close()


def test_numbers_flags_and_money_come_as_they_are_written(served):
    served.sql(
        "CREATE TABLE kinds (a DECIMAL(14,4), b ENUM('on', 'off'), c BIGINT UNSIGNED, d DOUBLE, e BLOB, f"
        " TINYINT(1), g BIT, h TEXT);"
    )
    served.sql("INSERT INTO kinds VALUES (300, 'on', 18446744073709551615, 0.5, 'я😀', 1, NULL, '😀');")
    base = database.Database(lambda: located(served))
    assert base.rows("SELECT * FROM kinds") == [
        ("300.0000", "on", "18446744073709551615", "0.5", "я😀", "1", None, "😀")
    ]
    base.close()


def test_bytes_that_are_no_text_are_a_clear_failure(served):
    served.sql("ALTER TABLE itemparam MODIFY value BLOB; INSERT INTO itemparam VALUES (1, 'x', X'FF00');")
    data = reader(served)
    fails("panel_database", data.item, 1)
    data.close()


def test_another_spelling_is_another_module_and_another_role(served):
    """To a collation like general_ci letters of both cases are one, and so is a space at the end."""
    served.sql(
        "INSERT INTO processingmodule VALUES (11, 'x', 'PMbill2billREG', 'on', NULL), (12, 'x',"
        " 'pmbill2billreg ', 'on', NULL);"
    )
    served.sql("INSERT INTO service_profile2processingmodule VALUES (5, 7, 'OWNER', '901');")
    data = reader(served)
    assert data.active_modules("pmbill2billreg") == [7]
    assert data.external_id(5, 7, "owner") == "900"
    data.close()


def test_a_password_beyond_latin_letters_opens_the_database(served):
    assert any(ord(letter) > 255 for letter in served.login["password"])
    data = reader(served)
    assert data.item(1).id == 1
    data.close()


def test_a_login_that_is_refused_is_told_without_the_password(served):
    served.configure(served.usual.replace(served.login["password"], "wr0ng-word"))
    reason = fails("panel_database", reader(served).item, 1)["reason"]
    assert "1045" in reason
    assert "wr0ng-word" not in reason
