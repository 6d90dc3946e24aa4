"""A registrar module in PHP that we could have got from anybody, from an empty panel through a domain's whole
life.
"""

from __future__ import annotations

import pytest
from kit.databases import Place
from kit.panel import Panel
from strangers import need_php, order_domain, pay, registrar


@pytest.fixture
def shop(tmp_path, mariadb):
    """mysqli knows no SQLite, so the panel keeps its tables on MariaDB."""
    need_php()
    place = Place(mariadb)
    kit = Panel.new_in(tmp_path / "mgr5", place.login())
    yield kit, registrar(kit, tmp_path)
    place.forget()


def operate(kit: Panel, item: int, command: str, **more: object) -> str:
    kit.call("sandbox.operation", item=item, command=command, **more)
    return kit.row("sandbox.tick")["result"]


def test_a_domain_lives_from_its_order_to_its_end(shop):
    kit, supplier = shop
    assert kit.call("sandbox.check", domain="example.test").findtext("result") == "free"
    item = order_domain(kit)
    assert pay(kit, item)["result"] == "gone"
    bought = supplier.read()["domains"]["example.test"]
    assert (bought["ns"], bought["kind"], supplier.read()["money"]) == (
        ["ns1.example.net", "ns2.example.net"],
        "open",
        9,
    )
    assert supplier.read()["contacts"]["C1"]["firstname"] == "Иван"
    stored = kit.item(item)
    assert (stored["status"], stored["service_status"], stored["expiredate"]) == ("2", "2", bought["expires"])
    assert kit.row("service_profile2processingmodule")["externalid"] == "C1"
    assert kit.call("sandbox.check", domain="example.test").findtext("result") == "busy"

    assert operate(kit, item, "prolong", period=12) == "gone"
    assert (
        supplier.read()["domains"]["example.test"]["expires"]
        == kit.item(item)["expiredate"]
        > bought["expires"]
    )
    kit.call("sandbox.change", item=item, ns0="ns9.example.net")
    assert kit.row("sandbox.tick")["command"] == "update_ns"
    assert supplier.read()["domains"]["example.test"]["ns"] == ["ns9.example.net"]
    assert operate(kit, item, "suspend") == "gone"
    assert (kit.item(item)["status"], supplier.read()["domains"]["example.test"]["active"]) == ("3", False)
    assert operate(kit, item, "resume") == "gone"
    assert operate(kit, item, "setparam") == "gone"
    kit.call("sandbox.cron", name="cancel_prolong", item=item)
    assert supplier.read()["domains"]["example.test"]["cancelled"] is True
    assert operate(kit, item, "close") == "gone"
    assert kit.item(item)["status"] == "4"
    assert not supplier.read()["domains"]


def test_what_the_registrar_changed_comes_to_the_panel(shop):
    kit, supplier = shop
    item = order_domain(kit)
    pay(kit, item)
    seen = {"expires": "2031-05-06", "ns": ["ns7.example.net"], "active": False, "kind": "open"}
    supplier.change(domains={"example.test": seen})
    assert kit.row("sandbox.cron", name="sync_item")["error"] == ""
    stored = kit.item(item)
    assert (stored["status"], stored["expiredate"], stored["service_status"], stored["ns0"]) == (
        "3",
        "2031-05-06",
        "3",
        "ns7.example.net",
    )


def test_domains_of_the_registrar_are_imported_and_given_to_a_client(shop):
    kit, supplier = shop
    old = {"expires": "2031-05-06", "ns": ["ns1.example.net"], "active": True}
    contacts = {"C1": {"firstname": "Анна", "lastname": "Ким", "email": "anna@example.com"}}
    supplier.change(domains={"old.test": old, "other.test": old, "foreign.zone": old}, contacts=contacts)
    done = kit.form(
        "sandbox.call", module=1, command="import", itemtype="domain", searchstring="old.test nothing.test"
    )
    assert (done["code"], done["failure"]) == ("0", "")
    found = kit.row("domain")
    assert (found["domain"], found["expiredate"], found["status"]) == ("old.test", "2031-05-06", "2")
    kit.call("processing.import.assign", elid=found["id"], account=2, sok="ok")
    contact = kit.row("service_profile", account=2)
    assert kit.form("service_profile.edit", elid=contact["id"])["firstname"] == "Анна"
    assert (
        kit.form("sandbox.call", module=1, command="import", itemtype="domain", searchstring="")["failure"]
        == ""
    )
    assert {row["domain"] for row in kit.rows("domain")} == {"old.test", "other.test"}


def test_a_refusal_becomes_a_task_and_silence_a_repeat(shop):
    kit, supplier = shop
    item = order_domain(kit)
    supplier.change(down=True)
    assert pay(kit, item)["result"] == "kept"
    assert "no answer" in kit.row("sandbox.problems", kind="registered")["text"]
    supplier.change(down=False, money=0)
    assert kit.row("sandbox.tick")["result"] == "manual"
    assert (kit.row("task")["type"], kit.row("runningoperation")["trycount"]) == ("postopen", "2")
    supplier.change(money=5)
    kit.call("task.start", elid=kit.row("task")["id"])
    assert kit.row("sandbox.tick")["result"] == "gone"
    assert supplier.read()["money"] == 4


def test_the_panel_may_be_away_when_the_module_calls_back_and_the_next_run_ends_it(shop):
    kit, supplier = shop
    item = order_domain(kit)
    kit.call("sandbox.pay", elid=item)
    kit.call("sandbox.set", restarting="on")
    assert kit.row("sandbox.tick")["result"] == "kept"
    kit.call("sandbox.set", restarting="off")
    assert kit.row("sandbox.tick")["result"] == "gone"
    assert (kit.item(item)["status"], supplier.read()["money"]) == ("2", 9)


def test_forms_are_drawn_and_refused_by_the_module(shop):
    kit, supplier = shop
    connection = {
        "module": "pmphpsample.php",
        "type": "domain",
        "name": "Second",
        "backend": supplier.path,
        "mode": "live",
    }
    assert kit.error("sandbox.module.add", **connection, password="wrong") == (
        "invalid_login_or_passwd",
        "password",
    )
    assert kit.error("sandbox.module.add", **{**connection, "mode": "wild"}, password="x") == (
        "value",
        "mode",
    )
    wrong = {"owner_firstname": "I", "owner_email": "nowhere"}
    order = {"itemtype": "domain", "pricelist": 1, "period": 12, "domain": "a.test", "ns0": "ns1.example.net"}
    assert kit.error("sandbox.order", **order, **wrong) == ("value", "owner_email")
    assert kit.rows("domain") == []


def test_the_balance_is_shown(shop):
    kit, _ = shop
    kit.call("crontask", action="processing.checkbalance")
    assert kit.row("processing")["balance_info"] == "10.0000 EUR"


def test_the_modules_log_is_where_a_panel_has_it(shop):
    kit, _ = shop
    pay(kit, order_domain(kit))
    assert "pmphpsample INFO panel: domain.open" in (kit.root / "var/pmphpsample.log").read_text()
