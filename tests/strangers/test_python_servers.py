"""A module for servers in plain Python that we could have got from anybody, on either database."""

from __future__ import annotations

import pytest
from kit.panel import Panel
from strangers import hoster, need, order_server, pay


@pytest.fixture
def shop(tmp_path, place, database):
    need("openssl")
    if database:
        need("mysql", "mariadb")
    kit = Panel.new_in(tmp_path / "mgr5", place.login())
    return kit, hoster(kit, tmp_path)


def operate(kit: Panel, item: int, command: str, **more: object) -> str:
    kit.call("sandbox.operation", item=item, command=command, **more)
    return kit.row("sandbox.tick")["result"]


def big(kit: Panel) -> str:
    return kit.row("pricelist", name="big")["id"]


@pytest.mark.both_databases
def test_a_server_lives_from_its_order_to_its_end(shop):
    kit, supplier = shop
    item = order_server(kit, addon_ncpu=4, addon_control_panel="lite", addon_ip=2)
    assert pay(kit, item)["result"] == "gone"
    server = supplier.read()["servers"]["70"]
    assert server["addons"] == {"ncpu": 4, "control_panel": "lite", "backup": "off", "ip": 2}
    assert (server["plan"], server["ostempl"], server["ips"]) == (
        "small",
        "debian-12",
        ["192.0.2.10", "192.0.2.11"],
    )
    listed = kit.row("vds")
    assert (listed["status"], listed["ip"], listed["domain"]) == ("2", "192.0.2.10", "vps.example.test")
    assert kit.form("vds.edit", elid=item)["serverid"] == "70"

    kit.call("sandbox.change", item=item, addon_backup="on")
    assert kit.row("sandbox.tick")["result"] == "gone"
    assert supplier.read()["servers"]["70"]["addons"]["backup"] == "on"
    assert operate(kit, item, "prolong") == "gone"
    assert supplier.read()["servers"]["70"]["months"] == 2
    assert operate(kit, item, "stop") == "gone"
    assert supplier.read()["servers"]["70"]["power"] is False
    assert operate(kit, item, "changepassword", password="n3w-пароль") == "gone"
    assert supplier.read()["servers"]["70"]["password"] == "n3w-пароль"
    assert operate(kit, item, "suspend") == operate(kit, item, "resume") == "gone"
    assert operate(kit, item, "close") == "gone"
    assert (kit.row("vds")["status"], supplier.read()["servers"]) == ("4", {})


@pytest.mark.both_databases
def test_another_tariff_is_taken_over_or_rolled_back(shop):
    kit, supplier = shop
    item = order_server(kit, addon_ncpu=4)
    pay(kit, item)
    supplier.change(plans={"small": {"title": "Small"}})
    assert operate(kit, item, "setparam", pricelist=big(kit)) == "gone"
    stored = kit.form("vds.edit", elid=item)
    assert (stored["pricelist"], stored["lastpricelist"], stored["status"]) == ("1", "", "2")
    supplier.change(plans={"small": {"title": "Small"}, "big": {"title": "Big"}})
    assert operate(kit, item, "setparam", pricelist=big(kit)) == "gone"
    assert kit.form("vds.edit", elid=item)["pricelist"] == big(kit)
    server = supplier.read()["servers"]["70"]
    assert (server["plan"], server["addons"]["ncpu"]) == ("big", 4)


def test_addresses_come_and_go(shop):
    kit, supplier = shop
    item = order_server(kit)
    pay(kit, item)
    assert operate(kit, item, "addip") == "gone"
    assert (
        [row["name"] for row in kit.rows("service.ip", elid=item)]
        == supplier.read()["servers"]["70"]["ips"]
        == ["192.0.2.10", "192.0.2.11"]
    )
    assert operate(kit, item, "delip", ip="192.0.2.10") == "gone"
    assert supplier.read()["servers"]["70"]["ips"] == ["192.0.2.11"]


def test_the_same_opening_twice_at_once_makes_one_server(shop):
    kit, supplier = shop
    item = order_server(kit)
    kit.call("sandbox.set", missing="vds.open")  # the module cannot say that it is done
    assert pay(kit, item)["result"] == "kept"
    kit.call("sandbox.set", missing="")
    assert kit.row("sandbox.tick")["result"] == "gone"
    assert list(supplier.read()["servers"]) == ["70"]


@pytest.mark.both_databases
def test_what_the_supplier_says_reaches_the_panel(shop):
    kit, supplier = shop
    item = order_server(kit)
    pay(kit, item)
    servers = supplier.read()["servers"]
    supplier.change(servers={"70": {**servers["70"], "active": False, "traffic": 12}})
    for name in ("sync_item", "sync_server", "get_server_config", "stat", "getbalance"):
        assert kit.row("sandbox.cron", name=name)["error"] == "", name
    assert kit.row("vds")["status"] == "3"
    assert kit.sql("SELECT intname, name FROM itemtypeparamvalue") == [
        {"intname": "debian-12", "name": "Debian 12"}
    ]
    assert kit.sql("SELECT config FROM processingmodule")[0]["config"] == "<doc><plans>2</plans></doc>"
    kit.call("sandbox.cron", name="stat")
    assert [(row["param"], float(row["value"])) for row in kit.rows("service.stat", elid=item)] == [
        ("traffic", 12)
    ]
    supplier.change(servers={})
    kit.call("sandbox.cron", name="sync_item")
    assert kit.row("sandbox.problems", kind="registered")["name"] == "server_missing"


@pytest.mark.both_databases
def test_servers_of_the_supplier_are_imported(shop):
    kit, supplier = shop
    old = {"plan": "small", "domain": "old.example.test", "active": True}
    supplier.change(
        servers={
            "5": old,
            "6": {**old, "domain": "older.example.test", "active": False},
            "7": {**old, "plan": "huge"},
        }
    )
    assert (
        kit.form("sandbox.call", module=1, command="import", itemtype="vds", searchstring="")["failure"] == ""
    )
    assert {row["domain"]: row["status"] for row in kit.rows("vds")} == {
        "old.example.test": "2",
        "older.example.test": "3",
    }
    imported = kit.row("vds", status=2)
    kit.call("processing.import.assign", elid=imported["id"], account=2, sok="ok")
    assert operate(kit, int(imported["id"]), "reboot") == "gone"
    assert supplier.read()["servers"]["5"]["power"] is True


def test_a_tariff_offers_the_plans_of_the_supplier(shop):
    kit, _ = shop
    plan = {"itemtype": "vds", "name": "huge", "module": 1, "monthly": 1}
    assert kit.error("sandbox.tariff.add", **plan, remote_plan="huge") == ("value", "remote_plan")


def test_a_panel_that_ends_with_an_exit_code_is_understood(shop):
    kit, supplier = shop
    item = order_server(kit)
    kit.call("sandbox.set", error_mode=1, missing="service.saveparam")
    assert pay(kit, item)["result"] == "kept"
    assert (
        "not_zero_code"
        in kit.rows("runningoperation.errorhistory", elid=kit.row("runningoperation")["id"])[0]["errorxml"]
    )
    assert list(supplier.read()["servers"]) == []


def test_passwords_are_read_with_the_panels_key_and_stay_out_of_its_logs(shop):
    kit, supplier = shop
    item = order_server(kit)
    pay(kit, item)
    operate(kit, item, "changepassword", password="n3w-secret")
    for name in ("mgrctl", "runs"):
        assert "n3w-secret" not in (kit.root / f"var/sandbox/{name}.jsonl").read_text()
    assert supplier.read()["servers"]["70"]["password"] == "n3w-secret"
