"""Servers: tariff plans with add-ons, their orders and changes, addresses, power, and what a module reads of
it all.
"""

from __future__ import annotations

import pytest
from kit.sample_module import FEATURES, PLAIN

pytestmark = pytest.mark.both_databases

# The value of each add-on as host-protocol 6.3 tells readers to find it.
VALUES = (
    "SELECT p.intname, p.addontype, p.billtype, p.addonlimit, p.addonbool, p.addonmax, a.id AS row,"
    " a.intvalue, a.boolvalue, a.addonmax AS most, e.intname AS chosen, d.intname AS usual, m.intname AS"
    " measure FROM item i JOIN pricelist p ON p.parent = i.pricelist LEFT JOIN item a ON a.parent = i.id AND"
    " a.pricelist = p.id LEFT JOIN enumerationitem e ON e.id = a.enumerationitem LEFT JOIN enumerationitem d"
    " ON d.id = p.enumerationitem LEFT JOIN measure m ON m.id = p.measure WHERE i.id = ? AND p.active = 'on'"
)


def tariff(panel, name: str, limit: int, price: int) -> int:
    plan = panel.new(
        "sandbox.tariff.add", itemtype="vds", name=name, intname=name.lower(), module=1, monthly=price
    )
    cores = {"limit": limit, "min": 1, "max": 8, "step": 1, "monthly": 2}
    panel.call("sandbox.addon.add", pricelist=plan, intname="ncpu", addontype="int", **cores)
    panel.call(
        "sandbox.addon.add",
        pricelist=plan,
        intname="control_panel",
        addontype="enum",
        items="none,lite,pro",
        default="none",
        monthly=5,
    )
    panel.call("sandbox.addon.add", pricelist=plan, intname="backup", addontype="bool", monthly=3)
    panel.call(
        "sandbox.addon.add",
        pricelist=plan,
        intname="mem",
        addontype=2,
        billtype=1,
        limit=limit * 1024,
        measure="mib",
    )
    return plan


@pytest.fixture
def small(panel) -> int:
    return tariff(panel, "KVM-2", 2, 9)


@pytest.fixture
def big(panel) -> int:
    """Has more cores, other panels, traffic by statistics, and no backup."""
    plan = panel.new(
        "sandbox.tariff.add", itemtype="vds", name="KVM-4", intname="kvm-4", module=1, monthly=18
    )
    panel.call(
        "sandbox.addon.add",
        pricelist=plan,
        intname="ncpu",
        addontype="int",
        limit=4,
        min=1,
        max=6,
        step=1,
        monthly=2,
    )
    panel.call(
        "sandbox.addon.add",
        pricelist=plan,
        intname="control_panel",
        addontype="enum",
        items="none,pro",
        monthly=5,
    )
    panel.call("sandbox.addon.add", pricelist=plan, intname="traffic", addontype="int", billtype=3, max=100)
    return plan


def ordered(panel, plan: int, **more) -> int:
    return panel.new(
        "sandbox.order",
        itemtype="vds",
        pricelist=plan,
        period=1,
        domain="vps.example.test",
        ostempl="debian-12",
        **more,
    )


def opened(panel, plan: int, **more) -> int:
    panel.plan(open={"calls": [["vds.open", "elid={item}", "ip=192.0.2.7", "sok=ok"]]})
    item = ordered(panel, plan, **more)
    panel.call("sandbox.pay", elid=item)
    assert panel.row("sandbox.tick")["result"] == "gone"
    return item


def values(panel, item: int) -> dict:
    found = {}
    for row in panel.sql(VALUES, item):
        if row["addontype"] == 3:
            found[row["intname"]] = row["chosen"] or row["usual"]
        elif row["addontype"] == 1:
            found[row["intname"]] = row["boolvalue"] or row["addonbool"]
        elif row["billtype"] == 3:
            found[row["intname"]] = row["most"] or row["addonmax"]
        else:
            found[row["intname"]] = (row["addonlimit"] or 0) + (row["intvalue"] or 0)
    return found


def test_an_order_without_words_about_add_ons_has_what_the_tariff_includes(panel, small):
    item = ordered(panel, small)
    assert values(panel, item) == {"ncpu": 2, "control_panel": "none", "backup": "off", "mem": 2048}
    rows = {row["intname"]: row for row in panel.sql(VALUES, item)}
    assert {name: bool(row["row"]) for name, row in rows.items()} == {
        "ncpu": True,
        "control_panel": True,
        "backup": True,
        "mem": False,
    }
    assert rows["mem"]["measure"] == "mib"


@pytest.mark.both_databases
def test_what_is_ordered_beyond_the_limit_stands_in_the_services_rows(panel, small):
    item = ordered(panel, small, addon_ncpu=5, addon_control_panel="pro", addon_backup="on")
    assert values(panel, item) == {"ncpu": 5, "control_panel": "pro", "backup": "on", "mem": 2048}
    rows = {row["intname"]: row for row in panel.sql(VALUES, item)}
    assert rows["ncpu"]["intvalue"] == 3
    costs = {
        row["name"]: str(row["cost"])
        for row in panel.sql("SELECT name, cost FROM item WHERE parent = ?", item)
    }
    assert costs == {"ncpu": "6.0000", "control_panel": "5.0000", "backup": "3.0000"}
    stored = panel.form("vds.edit", elid=item)
    assert (stored["ostempl"], stored["domain"]) == ("debian-12", "vps.example.test")
    assert not [name for name in stored if name == "addon_ncpu"]
    addons = {row["intname"]: row["id"] for row in panel.rows("pricelist.detail", elid=small)}
    assert stored[f"addon_{addons['ncpu']}"] == "5"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ncpu", "9"), ("ncpu", "1"), ("ncpu", "-3"), ("ncpu", "many"), ("ncpu", "9" * 30), ("backup", "yes"),
        ("control_panel", "plesk"),
        ("mem", "4096"), ("gpu", "1"),
    ],
)  # fmt: skip
def test_a_value_that_is_not_sold_cannot_be_ordered(panel, small, name, value):
    order = {"itemtype": "vds", "pricelist": small, "period": 1, f"addon_{name}": value}
    assert panel.error("sandbox.order", **order) == ("value", f"addon_{name}")
    assert panel.rows("item") == []


def test_an_add_on_is_not_a_tariff_plan_and_not_a_service(panel, small):
    addon = panel.rows("pricelist.detail", elid=small)[0]
    assert panel.error("sandbox.order", itemtype="vds", pricelist=addon["id"], period=1)[0] == "value"
    assert panel.error("sandbox.addon.add", pricelist=addon["id"], intname="x", addontype="bool") == (
        "value",
        "pricelist",
    )
    assert str(small) in {row["id"] for row in panel.rows("pricelist")}
    assert addon["id"] not in {row["id"] for row in panel.rows("pricelist")}
    item = opened(panel, small)
    listed = panel.row("vds")
    assert (listed["id"], listed["name"], listed["domain"], listed["pricelist"], listed["status"],
        listed["ip"]) == (
        str(item), "vps.example.test", "vps.example.test", str(small), "2", "192.0.2.7",
    )  # fmt: skip
    assert listed["expiredate"]
    assert panel.rows("sandbox.cron", name="sync_item") == [
        {"module": "pmsample", "item": str(item), "code": "0", "error": ""}
    ]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"addontype": "number"}, "addontype"), ({"addontype": "int", "billtype": "7"}, "billtype"),
        ({"addontype": "int", "step": "0"}, "step"),
        ({"addontype": "int", "measure": "furlong"}, "measure"),
        ({"addontype": "enum", "items": "a,b", "default": "c"}, "items"),
        ({"addontype": "bool", "default": "maybe"}, "default"),
        ({"addontype": "int", "limit": "two"}, "limit"),
    ],
)  # fmt: skip
def test_an_add_on_that_makes_no_sense_is_refused(panel, small, fields, wrong):
    assert panel.error("sandbox.addon.add", pricelist=small, intname="x", **fields) == ("value", wrong)
    assert panel.error("sandbox.addon.add", pricelist=small, intname="ncpu", addontype="int") == (
        "exists",
        "intname",
    )


def test_add_ons_follow_their_service_through_opening_and_closing(panel, small):
    item = opened(panel, small)
    assert {row["status"] for row in panel.sql("SELECT status FROM item WHERE parent = ?", item)} == {2}
    panel.call("sandbox.operation", item=item, command="close")
    panel.call("sandbox.tick")
    assert {row["status"] for row in panel.sql("SELECT status FROM item WHERE parent = ?", item)} == {4}


def test_a_changed_add_on_is_carried_out_by_setparam(panel, small):
    item = opened(panel, small)
    operation = panel.new("sandbox.change", item=item, addon_ncpu=4, addon_backup="on", note_of_client="x")
    assert values(panel, item) == {"ncpu": 4, "control_panel": "none", "backup": "on", "mem": 2048}
    assert panel.row("vds")["item_status"] == "5_setparam"
    assert panel.form("vds.edit", elid=item)["note_of_client"] == "x"
    done = panel.row("sandbox.tick")
    assert (done["id"], done["command"], done["result"]) == (str(operation), "setparam", "gone")
    assert panel.seen("setparam")[0]["options"] == {
        "command": "setparam", "item": str(item), "runningoperation": str(operation), "userid": "1",
    }  # fmt: skip
    assert (panel.row("vds")["item_status"], panel.form("vds.edit", elid=item)["lastpricelist"]) == ("2", "")
    assert panel.error("sandbox.change", item=item, addon_ncpu=99) == ("value", "addon_ncpu")


def test_a_new_tariff_takes_the_add_ons_along_by_name(panel, small, big):
    item = opened(panel, small, addon_ncpu=7, addon_control_panel="pro", addon_backup="on")
    panel.call("sandbox.operation", item=item, command="setparam", pricelist=big)
    stored = panel.form("vds.edit", elid=item)
    assert (stored["pricelist"], stored["lastpricelist"]) == (str(big), str(small))
    assert values(panel, item) == {
        "ncpu": 6,
        "control_panel": "pro",
        "traffic": 100,
    }  # five more than included do not fit into six
    assert len(panel.sql("SELECT id FROM item WHERE parent = ?", item)) == 2
    panel.call("sandbox.tick")
    assert panel.form("vds.edit", elid=item)["lastpricelist"] == ""
    assert values(panel, item) == {"ncpu": 6, "control_panel": "pro", "traffic": 100}


@pytest.mark.both_databases
def test_a_rolled_back_tariff_change_leaves_the_service_as_it_was(panel, small, big):
    item = opened(panel, small, addon_ncpu=7, addon_control_panel="lite", addon_backup="on")
    before = panel.sql("SELECT * FROM item WHERE parent = ? ORDER BY id", item)
    panel.plan(
        setparam={
            "calls": [["service.changepricelist.rollback", "elid={item}", "userid={userid}", "sok=ok"]],
            "code": 1,
        }
    )
    operation = panel.new("sandbox.operation", item=item, command="setparam", pricelist=big)
    assert values(panel, item)["control_panel"] == "none"  # lite is not sold there
    panel.call("runningoperation.setmanual", elid=operation)
    panel.call("sandbox.set", operation_ids="recreated")
    panel.call("sandbox.restart", elid=operation)
    panel.call("sandbox.tick")
    stored = panel.form("vds.edit", elid=item)
    assert (stored["pricelist"], stored["lastpricelist"], stored["status"]) == (str(small), "", "2")
    assert panel.sql("SELECT * FROM item WHERE parent = ? ORDER BY id", item) == before
    assert panel.rows("runningoperation") == []


def test_a_tariff_of_another_type_is_no_new_tariff(panel, small):
    item = opened(panel, small)
    assert panel.error("sandbox.operation", item=item, command="setparam", pricelist=1) == (
        "value",
        "pricelist",
    )
    assert panel.form("vds.edit", elid=item)["status"] == "2"


@pytest.mark.both_databases
def test_a_renewal_charges_the_service_and_its_add_ons(panel, small):
    item = opened(panel, small, addon_ncpu=4, addon_backup="on")
    panel.call("sandbox.operation", item=item, command="prolong")
    assert [str(row["amount"]) for row in panel.sql("SELECT amount FROM expense WHERE item = ?", item)] == [
        "16.0000"
    ]


@pytest.mark.parametrize("command", ["start", "stop", "reboot", "hardreboot"])
def test_power_is_switched_by_operations(panel, small, command):
    item = opened(panel, small)
    panel.plan(**{command: {"calls": [[f"service.post{command}", "elid={item}", "sok=ok"]]}})
    panel.call("sandbox.operation", item=item, command=command)
    assert panel.row("vds")["item_status"] == f"5_{command}"
    assert panel.row("sandbox.tick")["result"] == "gone"
    assert panel.row("vds")["item_status"] == "2"


def test_a_server_has_a_slot_for_each_of_its_addresses(panel, small):
    panel.call(
        "sandbox.addon.add",
        pricelist=small,
        intname="ip",
        addontype="int",
        limit=1,
        max=4,
        itemtype="ip",
        monthly=1,
    )
    item = opened(panel, small, addon_ip=2)
    free = (
        "SELECT ip.id FROM ip JOIN item a ON a.id = ip.item JOIN pricelist p ON p.id = a.pricelist JOIN"
        " itemtype t ON t.id = p.itemtype WHERE a.parent = ? AND t.intname = 'ip' AND ip.status = 1 ORDER BY"
        " ip.id"
    )
    first, second = (row["id"] for row in panel.sql(free, item))
    for slot, address in ((first, "192.0.2.8"), (second, "192.0.2.9")):
        number = panel.form(
            "service.ip.add",
            elid=slot,
            ip=address,
            mask="255.255.255.0",
            gateway="192.0.2.1",
            domain="a.test",
            sok="ok",
        )["ip.id"]
        panel.call("service.ip.add.commit", elid=number, sok="ok")
    assert panel.sql(free, item) == []
    assert [(row["id"], row["name"]) for row in panel.rows("service.ip", elid=item)] == [
        (str(first), "192.0.2.8"),
        (str(second), "192.0.2.9"),
    ]
    assert panel.form("service.ip.edit", elid=first, plid=item)["gateway"] == "192.0.2.1"


@pytest.mark.both_databases
def test_addresses_are_added_and_taken_away_by_operations(panel, small):
    panel.call(
        "sandbox.addon.add", pricelist=small, intname="ip", addontype="int", limit=1, max=4, itemtype="ip"
    )
    item = opened(panel, small)
    add = [
        ["service.ip.add", "elid={id}", "ip=192.0.2.10", "sok=ok"],
        ["service.ip.add.commit", "elid={id}", "sok=ok"],
    ]
    panel.plan(addip={"calls": add}, delip={"calls": [["service.ip.del", "elid={ipid}", "sok=ok"]]})
    panel.call("sandbox.operation", item=item, command="addip")
    assert panel.row("sandbox.tick")["result"] == "gone"
    assert (values(panel, item)["ip"], panel.row("vds")["item_status"]) == (2, "2")
    panel.call("sandbox.set", ip_option="ipid")
    panel.call("sandbox.operation", item=item, command="delip", ip="192.0.2.10")
    assert panel.row("sandbox.tick")["result"] == "gone"
    assert values(panel, item)["ip"] == 1
    assert panel.error("sandbox.operation", item=item, command="delip", ip="192.0.2.10") == ("value", "ip")


def test_a_tariff_without_addresses_has_none_to_add(panel, small):
    assert panel.error("sandbox.operation", item=opened(panel, small), command="addip") == ("missed", "ip")


@pytest.mark.both_databases
def test_dynamic_settings_of_a_tariff_are_kept_and_changed(panel):
    panel.plan(pricelist_dynamic_settings_tune={"stdout": tuned()})
    plan = panel.new("sandbox.tariff.add", itemtype="vds", name="T", module=1, monthly=1, remote_tariff="277")
    assert panel.form("pricelist.edit", elid=plan)["remote_tariff"] == "277"
    panel.call("sandbox.tariff.set", elid=plan, monthly=2, name="Renamed")
    stored = panel.form("pricelist.edit", elid=plan)
    assert (stored["remote_tariff"], stored["monthly126"], stored["name"]) == ("277", "2.0000", "Renamed")
    panel.call("sandbox.tariff.set", elid=plan, remote_tariff="278")
    assert panel.form("pricelist.edit", elid=plan)["remote_tariff"] == "278"
    asked = panel.seen("pricelist_dynamic_settings_tune")[-1]
    assert (asked["options"]["itemtype"], "<remote_tariff>277</remote_tariff>" in asked["stdin"]) == (
        "vds",
        True,
    )
    assert panel.error("sandbox.tariff.set", elid=plan, remote_tariff="279") == ("value", "remote_tariff")
    assert [row["processingmodules"] for row in panel.rows("pricelist", elid=plan)] == ["1"]


def test_without_the_feature_a_tariff_has_no_settings_of_the_module(panel):
    panel.plan(features={"stdout": FEATURES.format("".join(f"<feature name='{name}'/>" for name in PLAIN))})
    panel.call("exit")
    tariff = {"itemtype": "vds", "name": "T", "module": 1, "monthly": 1}
    assert panel.error("sandbox.tariff.add", **tariff, remote_tariff="277") == ("value", "remote_tariff")
    plan = panel.new("sandbox.tariff.add", **tariff)
    assert panel.error("sandbox.tariff.set", elid=plan, remote_tariff="277") == ("value", "remote_tariff")


def tuned() -> str:
    form = '<form><field name="remote_tariff"><select name="remote_tariff"/></field></form>'
    options = '<slist name="remote_tariff"><val key="277">KVM-2</val><val key="278">KVM-4</val></slist>'
    return (
        '<doc><metadata name="pricelist.edit"'
        f' type="form">{form}</metadata><remote_tariff>277</remote_tariff>{options}</doc>'
    )


@pytest.mark.both_databases
def test_add_ons_can_be_made_by_the_panels_own_form(panel, small):
    fields = {
        "name": "Disk",
        "intname": "disk",
        "addontype": 2,
        "billtype": 2,
        "addonlimit": 10,
        "addonmax": 100,
        "monthly126": "0.5",
    }
    addon = panel.form("pricelist.detail.edit", plid=small, **fields, sok="ok")["id"]
    listed = {row["intname"]: row for row in panel.rows("pricelist.detail", elid=small)}
    assert (listed["disk"]["id"], listed["disk"]["price"], listed["disk"]["status"]) == (
        addon,
        "monthly126=0.5000",
        "active",
    )
    panel.call("pricelist.detail.edit", plid=small, elid=addon, addonmax=50, sok="ok")
    stored = panel.form("pricelist.detail.edit", plid=small, elid=addon)
    assert (stored["addonmax"], stored["addonlimit"], stored["intname"]) == ("50", "10", "disk")
    assert panel.error("pricelist.detail.edit", plid=small, **{**fields, "billtype": 8}, sok="ok") == (
        "value",
        "billtype",
    )
    assert values(panel, ordered(panel, small, addon_disk=30))["disk"] == 30
