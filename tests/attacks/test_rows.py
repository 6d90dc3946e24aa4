"""Rows of the panel that cannot be right: a clear error, never a guess, and no purchase for them."""

from __future__ import annotations

from typing import Dict, List, Tuple

from kit.databases import tables

from .stages import PROCESSING, Stage, at_once, share

Row = Tuple[str, Tuple[object, ...]]
HUGE = "9" * 5000
ITEM: Dict[str, Tuple[str, object]] = {  # column of the item -> what stands there
    **{f"period {value!r}": ("period", value) for value in (None, "", "x", -1, 10**12, "1; DROP", b"\xff\xfe",
        0.5, "\u0661", "-100 ")},
    **{f"status {value!r}": ("status", value) for value in (None, "two", b"\x00", "2 3")},
    **{f"processingmodule {value!r}": ("processingmodule", value) for value in (0, -1, 4711, "one",
        "1 OR 1=1")},
    **{f"pricelist {value!r}": ("pricelist", value) for value in (None, 0, -3, 4711, "x")},
    **{f"expiredate {value!r}": ("expiredate", value) for value in ("2030-02-31", "soon", "9999999-01-01",
        b"\xff")},
    **{f"lastpricelist {value!r}": ("lastpricelist", value) for value in ("x", "-", HUGE)},
}  # fmt: skip


def test_an_item_that_cannot_be_right_is_not_bought_for(stage: Stage):
    mine = share(stage.kind, ITEM.items())
    names = {what: f"row{number}.{stage.kind.zone}" for number, (what, _) in enumerate(mine)}
    jobs = stage.paid(*names.values())
    for what, (column, value) in mine:
        stage.panel.change(f"UPDATE item SET {column} = ? WHERE id = ?", value, jobs[names[what]].item)
    for what, ran in zip(
        names, at_once(lambda what: stage.carry_out("open", jobs[names[what]]), list(names))
    ):
        assert ran.failed_clearly() in (
            "panel_data",
            "panel_database",
            "period_bad",
            "bad_input",
            "period_not_found",
            "panel_key",
        ), what
    assert stage.charged(*names.values()) == []


CONNECTION = "INSERT INTO processingparam (processingmodule, intname, value) VALUES (1, ?, ?)"


def spoilt(stage: Stage, item: int, operation: int) -> Dict[str, List[Row]]:
    """What contradicts what -> the changes that make it so. Each is undone before the next."""
    param = "INSERT INTO itemparam (item, intname, value) VALUES (?, ?, ?)"
    found: Dict[str, List[Row]] = {
        "a name twice": [(param, (item, "domain", "other.ru"))],
        "a link of ours that is none": [(param, (item, "bill2bill", "id=1 OR 1;price=;period="))],
        "a link to two": [(param, (item, "bill2bill", "id=1, 2;price=;period="))],
        "a link to nothing": [(param, (item, "bill2bill", "id=0;price=;period="))],
        "a parameter without a name": [(param, (item, None, "x"))],
        "the operation of another item": [("UPDATE runningoperation SET item = 4711 WHERE id = ?",
            (operation,))],
        "the operation of another command": [("UPDATE runningoperation SET intname = 'close' WHERE id = ?",
            (operation,))],
        "an operation without a command": [("UPDATE runningoperation SET intname = NULL WHERE id = ?",
            (operation,))],
        "an operation tried x times": [("UPDATE runningoperation SET trycount = 'x' WHERE id = ?",
            (operation,))],
        "a tariff without a type": [("UPDATE pricelist SET itemtype = NULL WHERE id = 1", ())],
        "a tariff of another type": [
            ("UPDATE itemtype SET intname = 'soft' WHERE id = (SELECT itemtype FROM pricelist WHERE id = 1)",
             ())],
        "another executable": [("UPDATE processingmodule SET module = 'pmother'", ())],
        "an executable on a path": [("UPDATE processingmodule SET module = '../../bin/sh'", ())],
        "a connection without an executable": [("UPDATE processingmodule SET module = NULL", ())],
        "a password that is no base64": [("UPDATE processingcryptedparam SET value = '$(id)'", ())],
        "a password of another key": [("UPDATE processingcryptedparam SET value = ?", ("QUJD" * 86,))],
        "a password that is huge": [("UPDATE processingcryptedparam SET value = ?", ("QUJD" * 9000,))],
        "an unknown version": [("UPDATE processingparam SET value = '7' WHERE intname = 'dialect'", ()),
                               (CONNECTION, ("dialect", "7"))],
        "an address twice": [(CONNECTION, ("url", "https://evil.example/billmgr"))],
        "text that is no UTF-8": [("UPDATE itemparam SET value = CAST(x'ff00' AS TEXT) WHERE item = ?",
            (item,))],
    }  # fmt: skip
    found = dict(share(stage.kind, found.items()))
    if stage.kind is PROCESSING:
        found.update({
            "a tariff that sells nothing": [("DELETE FROM pricelistparam", ())],
            "a provider's tariff that is none": [
                ("UPDATE pricelistparam SET value = '277, 278' WHERE intname = 'b2b_tariff'", ())],
            "a negative tariff": [("UPDATE pricelistparam SET value = '-277' WHERE intname = 'b2b_tariff'",
                ())],
            "a data centre that is none": [
                ("UPDATE pricelistparam SET value = '3 OR 1' WHERE intname = 'b2b_datacenter'", ())],
            "an add-on twice": [
                ("INSERT INTO pricelist (parent, intname, itemtype, active, addontype, billtype)"
                 " SELECT parent, intname, itemtype, active, addontype, billtype"
                 " FROM pricelist WHERE parent = 1", ())],
            "an add-on without a name": [
                ("UPDATE pricelist SET intname = NULL, itemtype = NULL WHERE parent = 1", ())],
            "an add-on that is no number": [("UPDATE pricelist SET addonlimit = 'many' WHERE parent = 1",
                ())],
            "an add-on below nothing": [("UPDATE pricelist SET addonlimit = -5 WHERE parent = 1", ())],
            "an add-on without a choice": [("UPDATE pricelist SET addontype = 3 WHERE parent = 1", ())],
        })  # fmt: skip
    else:
        found.update({
            "a zone that is not there": [("DELETE FROM tld", ())],
            "a zone without a name": [("UPDATE tld SET name = NULL", ())],
            "a tariff whose zone is a text": [("UPDATE pricelist SET intname = '1x' WHERE id = 1", ())],
            "a contact that is gone": [("DELETE FROM service_profile", ())],
            "two owners": [
                ("INSERT INTO service_profile2item (service_profile, item, type) VALUES (2, ?, 'owner')",
                 (item,))],
            "a country that is not there": [
                ("UPDATE service_profileparam SET value = '4711' WHERE intname = 'location_country'", ())],
            "a contact of no kind": [("UPDATE service_profile SET profiletype = 'x'", ())],
            "a registrar that is none": [(CONNECTION, ("registrar", "13 OR 1"))],
        })  # fmt: skip
    return found


EXPECTED = {
    "panel_data", "panel_database", "panel_key", "not_an_operation", "bad_input", "addon_bad", "not_ours",
    "tariff_unlinked", "contact_bad",
}  # fmt: skip


def test_rows_that_contradict_each_other_stop_the_purchase(stage: Stage):
    name = f"contradiction.{stage.kind.zone}"
    job = stage.paid(name)[name]
    with tables(stage.root) as db:
        kept = {table: db.rows(f"SELECT * FROM {table}") for table in TABLES}
    for what, changes in spoilt(stage, job.item, job.operation).items():
        for sql, values in changes:
            stage.panel.change(sql, *values)
        about = (
            ["--runningoperation", str(job.operation)] if "operation" in what else []
        )  # without one, the panel is not told: that takes longest
        ran = stage.ask("open", "--item", str(job.item), *about)
        assert (what, ran.status) == (what, 1)
        assert ran.failed_clearly() in EXPECTED, what
        restore(stage, kept)
    assert stage.charged(name) == []
    assert [asked for asked in stage.man.asked if "evil" in str(asked)] == []


TABLES = (
    "item", "itemparam", "runningoperation", "pricelist", "pricelistparam", "itemtype", "processingmodule",
    "processingparam",
    "processingcryptedparam", "tld", "service_profile", "service_profile2item", "service_profileparam",
)  # fmt: skip


def restore(stage: Stage, kept: Dict[str, List[Dict[str, object]]]) -> None:
    with tables(stage.root) as db, db.transaction():
        for table, rows in kept.items():
            db.run(f"DELETE FROM {table}")
            for row in rows:
                db.run(
                    f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
                    *row.values(),
                )
