from __future__ import annotations

import base64
from datetime import date

import pytest
from kit.wall_panel import RESTARTING, WallPanel, encrypted, error, fails

from bill2bill.host import log
from bill2bill.host.data import Data, Module, Operation
from bill2bill.host.secrets import decrypt

pytestmark = pytest.mark.both_databases


@pytest.fixture
def wall(tmp_path, database):
    log._secrets.clear()
    wall = WallPanel(tmp_path / "mgr5", database)
    yield wall
    wall.close()
    log._secrets.clear()


@pytest.fixture
def data(wall):
    data = Data(wall.root, wall.mgrctl())
    yield data
    data.close()


# -- items ---------------------------------------------------------------------------------------------------


def test_a_domain_item_is_read_with_its_zone_and_its_name(data):
    item = data.item(1)
    assert (item.id, item.itemtype, item.module, item.pricelist, item.zone, item.period, item.status) == (
        1,
        "domain",
        7,
        31,
        "ru",
        12,
        5,
    )
    assert item.expires == date(2027, 1, 15)
    assert item.name == "пример.ru"
    assert item.params == {"domain": "пример.ru", "ns0": "ns1.example.com", "note": ""}


def test_the_zone_is_read_for_domains_only(data):
    item = data.item(2)
    assert (item.itemtype, item.zone, item.name, item.expires) == ("vds", "", "", None)


@pytest.mark.parametrize(
    ("stored", "expires"),
    [
        ("NULL", None),
        ("''", None),
        ("'0000-00-00'", None),
        ("'0000-00-00 00:00:00'", None),
        ("'2027-02-28 12:00:00'", date(2027, 2, 28)),
    ],
)
def test_dates_and_no_dates(wall, data, stored, expires):
    wall.sql(f"UPDATE item SET expiredate = {stored} WHERE id = 1;")
    assert data.item(1).expires == expires


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("DELETE FROM item WHERE id = 1;", "does not exist"),
        ("UPDATE item SET pricelist = NULL WHERE id = 1;", "empty"),
        ("UPDATE item SET pricelist = 999 WHERE id = 1;", "empty"),
        ("UPDATE item SET processingmodule = NULL WHERE id = 1;", "processingmodule is empty"),
        ("UPDATE item SET processingmodule = 'x' WHERE id = 1;", "processingmodule is not a number"),
        ("UPDATE item SET period = NULL WHERE id = 1;", "period is empty"),
        ("UPDATE item SET period = '1.5' WHERE id = 1;", "period is not a number"),
        ("UPDATE item SET status = '' WHERE id = 1;", "status is empty"),
        ("UPDATE item SET expiredate = 'soon' WHERE id = 1;", "expiredate is not a date"),
        ("UPDATE item SET expiredate = '2027-02-30' WHERE id = 1;", "expiredate is not a date"),
        ("UPDATE item SET expiredate = '20270228' WHERE id = 1;", "expiredate is not a date"),
        ("UPDATE item SET expiredate = '2027-00-00' WHERE id = 1;", "expiredate is not a date"),
        ("UPDATE pricelist SET intname = '13x' WHERE id = 31;", "not a number"),
        ("UPDATE pricelist SET intname = NULL WHERE id = 31;", "is empty"),
        ("UPDATE pricelist SET intname = 'ru' WHERE id = 31;", "not a number"),
        ("UPDATE pricelist SET itemtype = NULL WHERE id = 31;", "itemtype is empty"),
        ("UPDATE itemtype SET intname = NULL WHERE id = 61;", "itemtype is empty"),
        ("DELETE FROM tld;", "does not exist"),
        ("UPDATE tld SET name = NULL;", "name is empty"),
        ("DELETE FROM itemparam WHERE intname = 'domain';", "domain is empty"),
        ("UPDATE itemparam SET value = NULL WHERE intname = 'domain';", "domain is empty"),
        ("INSERT INTO itemparam VALUES (1, 'ns0', 'other');", "two values"),
        ("INSERT INTO itemparam VALUES (1, NULL, 'x');", "name is empty"),
    ],
)
def test_incomplete_or_contradictory_data_of_an_item_stop_us(wall, data, change, reason):
    wall.sql(change)
    params = fails("panel_data", data.item, 1)
    assert reason in params["reason"]
    assert params["object"] in ("item 1", "zone 13")


def test_the_same_parameter_twice_with_one_value_is_no_contradiction(wall, data):
    wall.sql("INSERT INTO itemparam VALUES (1, 'ns0', 'ns1.example.com');")
    assert data.item(1).params["ns0"] == "ns1.example.com"


def test_a_failure_of_a_broken_item_still_finds_its_connection(wall, data):
    wall.sql("DELETE FROM tld;")
    assert data.module_of(1) == data.module(7)
    fails("panel_data", data.module_of, 99)


# -- operations, tasks, expenses -----------------------------------------------------------------------------


def test_an_operation_is_read_and_its_absence_is_no_error(data):
    assert data.operation(77) == Operation(77, 1, "open", 1, False)
    assert data.operation(78) == Operation(78, 2, "prolong", 0, True)
    assert data.operation(79) is None


def test_an_operation_without_item_or_command_stops_us(wall, data):
    wall.sql(
        "UPDATE runningoperation SET item = NULL WHERE id = 77; UPDATE runningoperation SET intname = NULL"
        " WHERE id = 78;"
    )
    fails("panel_data", data.operation, 77)
    fails("panel_data", data.operation, 78)


def test_any_task_of_the_operation_counts(wall, data):
    assert not data.task_exists(77)
    wall.sql("INSERT INTO task VALUES (1, 77, 2);")
    assert data.task_exists(77)
    assert not data.task_exists(78)


def test_a_renewal_under_way_is_seen(data):
    assert data.operations(2, "prolong")
    assert not data.operations(1, "prolong")


@pytest.mark.parametrize(
    ("item", "day", "charged"),
    [(1, 23, True), (1, 22, False), (1, 24, False), (2, 23, False), (99, 23, False)],
)
def test_only_a_renewal_charged_today_counts(data, item, day, charged):
    assert data.prolong_expense_today(item, date(2026, 11, day)) is charged


def test_what_the_panel_writes_between_two_reads_is_seen(wall, data):
    assert data.operation(90) is None
    wall.sql("INSERT INTO runningoperation VALUES (90, 1, 'prolong', 1, 'off');")
    assert data.operation(90)


# -- connections ---------------------------------------------------------------------------------------------


def test_a_connection_is_read_with_its_department_if_it_has_one(data):
    assert data.module(7) == Module(7, "Реселлинг", "pmbill2billreg", 2, True)
    assert (data.module(8).department, data.module(8).active) == (None, False)
    assert data.module(9).department is None
    fails("panel_data", data.module, 10)


def test_only_active_connections_of_this_module_are_listed(data):
    assert data.active_modules("pmbill2billreg") == [7]
    assert data.active_modules("pmother") == []
    assert data.active_modules("' OR 1=1 --") == []


def test_secrets_are_decrypted_and_kept_out_of_the_log(wall, data):
    wall.sql(
        f"INSERT INTO processingcryptedparam VALUES (7, 'password', '{encrypted('пароль & more')}'), (7,"
        " 'none', ''), (7, 'null', NULL);"
    )
    assert data.connection_values(7) == {
        "username": "reseller7",
        "empty": "",
        "password": "пароль & more",
        "none": "",
        "null": "",
    }
    assert log.mask("login with пароль & more") == "login with ***"
    assert wall.calls == []


def test_if_a_secret_cannot_be_decrypted_the_panel_is_asked(wall, data):
    wall.sql("INSERT INTO processingcryptedparam VALUES (7, 'password', 'bm90IHJzYQ=='), (7, 'none', '');")
    wall.answer(
        "processing.edit", "<doc><id>7</id><username>other</username><password>s3cret-word</password></doc>"
    )
    values = data.connection_values(7)
    assert (values["password"], values["username"], values["none"]) == ("s3cret-word", "reseller7", "")
    assert wall.asked == [["processing.edit", "elid=7"]]
    assert log.mask("s3cret-word") == "***"


@pytest.mark.parametrize("answer", ["<doc/>", "<doc><password/></doc>", error(), "nonsense"])
def test_if_the_panel_cannot_tell_either_a_person_is_asked(wall, data, answer):
    wall.sql("INSERT INTO processingcryptedparam VALUES (7, 'password', 'bm90IHJzYQ==');")
    wall.answer("processing.edit", answer)
    fails("panel_key", data.connection_values, 7)


def test_a_restarting_panel_is_not_taken_for_a_wrong_key(wall, data):
    wall.sql("INSERT INTO processingcryptedparam VALUES (7, 'password', 'bm90IHJzYQ==');")
    wall.answer("processing.edit", RESTARTING)
    fails("panel_unreachable", data.connection_values, 7)


def test_values_are_decrypted_as_the_panel_encrypts_them(wall):
    key = wall.root / "etc" / "billmgr.pem"
    for text in ("x", "s3cret", "пароль", "a" * 200):
        assert decrypt(encrypted(text), key) == text
    sealed = encrypted("folded")
    assert decrypt("\n".join(sealed[i : i + 64] for i in range(0, 344, 64)) + "\n", key) == "folded"
    assert decrypt("", key.with_name("absent")) == ""


@pytest.mark.parametrize(
    "value",
    ["plain", "bm90IHJzYQ==", "!!!", "A" * 344, "é", encrypted("x")[:-8], encrypted("x") * 2],
    ids="abcdefg",
)
def test_a_value_that_was_not_encrypted_with_this_key_is_a_clear_failure(wall, value):
    fails("panel_key", decrypt, value, wall.root / "etc" / "billmgr.pem")


def test_a_value_of_another_key_never_becomes_a_random_password(wall):
    sealed = base64.b64decode(encrypted("s3cret"))
    for flip in range(0, 256, 16):
        other = sealed[:flip] + bytes([sealed[flip] ^ 1]) + sealed[flip + 1 :]
        fails("panel_key", decrypt, base64.b64encode(other).decode(), wall.root / "etc" / "billmgr.pem")


@pytest.mark.parametrize(
    "pem", [None, b"", b"-----BEGIN RSA PRIVATE KEY-----\nAA==\n-----END RSA PRIVATE KEY-----\n", b"\0\xff"]
)
def test_an_unusable_key_is_a_clear_failure(wall, pem):
    key = wall.root / "etc" / "billmgr.pem"
    key.unlink()
    if pem is not None:
        key.write_bytes(pem)
    fails("panel_key", decrypt, encrypted("x"), key)


def test_the_key_may_be_elsewhere(wall, data):
    (wall.root / "etc" / "billmgr.pem").rename(wall.root / "etc" / "other.pem")
    wall.configure(f"{wall.usual}CryptKey etc/other.pem\n")
    wall.sql(f"INSERT INTO processingcryptedparam VALUES (7, 'password', '{encrypted('s3cret')}');")
    assert data.connection_values(7)["password"] == "s3cret"


# -- contacts ------------------------------------------------------------------------------------------------


def test_contacts_come_with_their_role_and_country_codes(data):
    admin, owner = data.contacts(1)
    assert (owner.profile, owner.role, owner.profiletype, owner.name) == (5, "owner", 1, "Ivan")
    assert owner.fields == {
        "location_country": "182",
        "country": "RU",
        "postal_country": "DE",
        "firstname": "Ivan",
    }
    assert (admin.role, admin.profiletype) == ("admin", 2)
    assert admin.fields == {"country": "", "postal_country": ""}
    assert data.contacts(2) == []


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM service_profile WHERE id = 5;",
        "UPDATE service_profile SET profiletype = NULL WHERE id = 5;",
        "UPDATE service_profile SET profiletype = 'person' WHERE id = 5;",
        "INSERT INTO service_profile2item VALUES (6, 1, 'owner');",
        "INSERT INTO service_profile2item VALUES (6, 1, NULL);",
        "UPDATE service_profileparam SET value = 'RU' WHERE intname = 'location_country';",
        "UPDATE service_profileparam SET value = '999' WHERE intname = 'location_country';",
        "UPDATE service_profileparam SET value = '5' WHERE intname = 'location_country';",
        "UPDATE service_profileparam SET intname = NULL;",
        "INSERT INTO service_profileparam VALUES (5, 'firstname', 'Petr');",
    ],
)
def test_incomplete_or_contradictory_contacts_stop_us(wall, data, change):
    wall.sql(change)
    fails("panel_data", data.contacts, 1)


def test_the_id_of_a_contact_at_the_upstream_is_read(wall, data):
    assert data.external_id(5, 7, "owner") == "900"
    assert data.external_id(6, 7, "admin") == ""
    assert data.external_id(5, 7, "admin") == ""
    wall.sql("INSERT INTO service_profile2processingmodule VALUES (5, 7, 'owner', '901');")
    fails("panel_data", data.external_id, 5, 7, "owner")
