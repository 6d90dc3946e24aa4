"""Rows that nobody should have written: they stop us clearly, on either database."""

from __future__ import annotations

import pytest
from kit.wall_panel import WallPanel, fails

from bill2bill.host.data import Data
from bill2bill.host.database import MOST_ROWS

pytestmark = pytest.mark.both_databases


@pytest.fixture
def wall(tmp_path, database):
    wall = WallPanel(tmp_path / "mgr5", database)
    yield wall
    wall.close()


@pytest.fixture
def data(wall):
    data = Data(wall.root, wall.mgrctl())
    yield data
    data.close()


def test_letters_of_four_bytes_are_read_as_they_were_written(wall, data):
    wall.sql("UPDATE itemparam SET value = 'имя 😀' WHERE intname = 'note';")
    assert data.item(1).params["note"] == "имя 😀"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE itemparam SET value = REPLACE('exa?mple.ru', '?', CHAR(0)) WHERE intname = 'domain';",
        "UPDATE itemparam SET intname = REPLACE('ns0?', '?', CHAR(10, 65)) WHERE intname = 'ns0';",
        "UPDATE itemtype SET intname = REPLACE('dom?ain', '?', CHAR(27)) WHERE id = 61;",
        "UPDATE tld SET name = REPLACE('r?u', '?', CHAR(0));",
        "UPDATE pricelist SET intname = REPLACE('1?3', '?', CHAR(0)) WHERE id = 31;",
    ],
)
def test_a_control_character_where_a_word_belongs_stops_us(wall, data, change):
    wall.sql(change)
    assert "control character" in fails("panel_data", data.item, 1)["reason"]


def test_a_value_of_monstrous_length_stops_us_and_is_not_repeated_to_anybody(wall, data):
    wall.sql("ALTER TABLE itemparam MODIFY value MEDIUMTEXT;" if wall.server else "")
    wall.sql(f"INSERT INTO itemparam VALUES (1, 'x', '{'s3cret' * 11_000}');")
    params = fails("panel_data", data.item, 1)
    assert params["object"] == "table itemparam"
    assert "s3cret" not in str(params)
    assert data.operation(77), "what comes after it can be read"


def test_a_table_with_rows_without_end_stops_us(wall, data):
    rows = ", ".join(f"(1, 'p{number}', 'x')" for number in range(MOST_ROWS + 1))
    wall.sql(f"INSERT INTO itemparam VALUES {rows};")
    assert fails("panel_data", data.item, 1)["object"] == "table itemparam"
    assert data.operation(77), "what comes after it can be read"
