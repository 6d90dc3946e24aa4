"""Functions that modules and plugins call: parameters, contacts, import, tariff plans, problems, addons."""

from __future__ import annotations

import base64
import sys
import xml.etree.ElementTree as ET

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from kit import warm
from kit.databases import tables

pytestmark = pytest.mark.both_databases


def test_item_parameters_are_saved_in_both_forms_and_dropped(panel):
    item = panel.ordered()
    panel.call("service.saveparam", elid=item, name="externalid", value="A1", sok="ok")
    panel.call("service.saveparam", elid=item, remote_id="B2", crypted="off", sok="ok")
    stored = panel.item(item)
    assert (stored["externalid"], stored["remote_id"]) == ("A1", "B2")
    panel.call("service.dropparam", elid=item, name="externalid", sok="ok")
    assert "externalid" not in panel.item(item)
    assert panel.error("service.saveparam", elid=item, sok="ok") == ("missed", "name")


def test_an_encrypted_parameter_can_be_read_with_the_panels_key(panel):
    item = panel.ordered()
    panel.call("service.saveparam", elid=item, name="userpassword", value="пароль", crypted="on", sok="ok")
    (value,) = [
        row["value"]
        for row in panel.sql(
            "SELECT value FROM itemcryptedparam WHERE item = ? AND intname = 'userpassword'", item
        )
    ]
    key = load_pem_private_key((panel.root / "etc/billmgr.pem").read_bytes(), None)
    assert key.decrypt(base64.b64decode(value), PKCS1v15()).decode() == "пароль"
    assert "userpassword" not in panel.item(item)


def test_status_and_date_can_be_set_without_sok(panel):
    item = panel.ordered()
    panel.call("service.setstatus", elid=item, service_status=6)
    panel.call("service.setexpiredate", elid=item, expiredate="2030-01-31")
    assert (panel.item(item)["service_status"], panel.item(item)["expiredate"]) == ("6", "2030-01-31")
    assert panel.error("service.setexpiredate", elid=item, expiredate="31.01.2030") == ("value", "expiredate")
    assert panel.error("service.setstatus", elid=item, service_status="two") == ("value", "service_status")


def test_opening_stores_further_parameters(panel):
    item = panel.ordered()
    panel.call("domain.open", elid=item, service_status=5, sok="ok")
    assert (panel.item(item)["status"], panel.item(item)["service_status"]) == ("2", "5")
    panel.call("service.postopeninterrupt", elid=item, sok="ok")
    assert panel.item(item)["status"] == "1"


def test_a_service_moves_to_the_next_instance_that_sells_it(panel):
    second = panel.instance()
    plan = panel.new(
        "sandbox.tariff.add", itemtype="domain", name="Two", tld="test", module=f"1,{second}", annually=1
    )
    item = panel.new(
        "sandbox.order",
        itemtype="domain",
        pricelist=plan,
        period=12,
        domain="a.test",
        ns0="ns1.example.net",
        owner_firstname="I",
    )
    assert panel.form("service.getnextmodule", elid=item)["processingmodule"] == str(second)
    assert panel.item(item)["processingmodule"] == str(second)
    assert panel.error("service.getnextmodule", elid=item) == ("missed", "processingmodule")
    panel.call("processing.suspend", elid=1)
    assert [row["id"] for row in panel.rows("processing", active="on")] == [str(second)]


def test_an_instance_keeps_configuration_parameters_and_balance(panel):
    panel.call("processing.saveparam", elid=1, param="currency", value="EUR")
    panel.call("processing.setconfig", elid=1, config="<doc/>")
    panel.call("processing.edit", elid=1, username="other", password="new-s3cret", sok="ok")
    stored = panel.form("processing.edit", elid=1)
    assert (stored["currency"], stored["username"], stored["password"]) == ("EUR", "other", "new-s3cret")
    assert "new-s3cret" not in (panel.root / "var/sandbox/mgrctl.jsonl").read_text()
    assert panel.error("processing.edit", elid=99) == ("value", "elid")


def test_contacts_are_kept_with_links_numbers_and_warnings(panel):
    item = panel.ordered()
    profile = panel.new(
        "service_profile.edit",
        name="Anna",
        profiletype=1,
        account=2,
        firstname="Anna",
        email="a@example.com",
        sok="ok",
    )
    for external in ("X1", "X2"):
        panel.call(
            "service_profile2processingmodule.edit",
            service_profile=profile,
            processingmodule=1,
            type="tech",
            externalid=external,
            sok="ok",
        )
    assert panel.row("service_profile2processingmodule", service_profile=profile)["externalid"] == "X2"
    panel.call("service_profile2item.edit", service_profile=profile, item=item, type="owner", sok="ok")
    panel.call(
        "service_profile.error", item=item, type="owner", param="email", warning_message="bounces", sok="ok"
    )
    warned = [
        row for row in panel.rows("service_profileparam", service_profile=profile) if row["warning_message"]
    ]
    assert [(row["intname"], row["value"]) for row in warned] == [("email", "a@example.com")]
    panel.call("service_profile.edit", elid=profile, email="b@example.com", sok="ok")
    assert not [
        row for row in panel.rows("service_profileparam", service_profile=profile) if row["warning_message"]
    ]
    assert panel.error("service_profile.delete", elid=profile) == ("exists", "item")
    assert panel.row("service_profile", name="Anna")["id"] == str(profile)


def test_an_import_needs_a_tariff_of_that_instance_and_is_then_assigned(panel):
    service = {
        "module": 1,
        "status": 2,
        "expiredate": "2030-01-31",
        "import_service_name": "old.test",
        "domain": "old.test",
        "sok": "ok",
    }
    assert (
        panel.form("processing.import.service", **service, import_pricelist_intname="77")["service_id"] == ""
    )
    item = panel.form(
        "processing.import.service",
        **service,
        import_pricelist_intname="1",
        service_status="2",
        ns0="ns1.example.net",
    )["service_id"]
    contact = {
        "type": "owner",
        "name": "Anna",
        "module": 1,
        "externalid": "X1",
        "profiletype": 1,
        "firstname": "Anna",
        "sok": "ok",
    }
    profile = panel.form("processing.import.profile", **contact)["profile_id"]
    assert panel.form("processing.import.profile", **contact)["profile_id"] == profile
    panel.call("service_profile2item.edit", service_profile=profile, item=item, type="owner", sok="ok")
    panel.call("processing.import.assign", elid=item, account=2, sok="ok")
    stored = panel.item(int(item))
    assert (stored["account"], stored["status"], stored["ns0"], stored["service_status"],
        stored["expiredate"]) == (
        "2", "2", "ns1.example.net", "2", "2030-01-31",
    )  # fmt: skip
    assert panel.row("service_profile", elid=profile)["account"] == "2"


def test_tariff_plans_can_be_made_by_the_wizards_last_step(panel):
    domain = panel.row("itemtype", intname="domain")["id"]
    zone = {"custom_tld": "on", "tld_name": "example", "tld_whois_find_string": "not exist"}
    fields = {
        "name": "Example",
        "itemtype": domain,
        "activate": "on",
        "processingmodule": "1",
        "annually126": "700",
        "setup126": "10",
    }
    panel.call("pricelist.add.step2", **fields, **zone, sok="ok")
    plan = panel.row("pricelist", name="Example")
    tld = panel.row("tld", name="example")
    assert (plan["intname"], plan["status"], plan["processingmodules"]) == (tld["id"], "active", "1")
    assert tld["whois_find_string"] == "not exist"
    panel.call("pricelist.edit", elid=plan["id"], annually126="800", name="Renamed", sok="ok")
    stored = panel.form("pricelist.edit", elid=plan["id"])
    assert (stored["annually126"], stored["setup126"], stored["name"]) == ("800.0000", "10.0000", "Renamed")
    panel.call("pricelist.suspend", elid=plan["id"])
    assert panel.row("pricelist", elid=plan["id"])["status"] == "suspended"
    assert panel.error("pricelist.edit", elid=plan["id"], annually126="much", sok="ok") == (
        "value",
        "annually",
    )


def test_task_types_can_be_empty_and_free_tasks_are_possible(panel):
    assert panel.form("task.gettype", operation="open") == {"task_type": "postopen"}
    panel.call("sandbox.set", task_type="empty")
    assert panel.form("task.gettype", operation="open") == {"task_type": ""}
    panel.call("task.simple.create", elid=1, specification="Top up the account", sok="ok")
    task = panel.row("task", type="simple")
    assert (task["department"], task["specification"], task["status"]) == ("1", "Top up the account", "0")
    panel.call("task.delete", elid=task["id"])
    assert panel.rows("task") == []


def test_problems_are_registered_for_the_dashboard(panel):
    params = {"param_pm_name": "Sample", "param_pm_id": 1, "param_errormsg": "no route"}
    panel.call("problems.register", name="processingmodule_connect", id=1, **params, level="error", sok="ok")
    problem = panel.row("sandbox.problems", kind="registered")
    assert (problem["name"], problem["object"], problem["level"]) == (
        "processingmodule_connect",
        "1",
        "error",
    )
    assert "no route" in problem["text"]


def test_product_types_zones_and_clients_can_be_added(panel):
    panel.call("itemtype.edit", intname="vpn", name="VPN", name_ru="ВПН", sok="ok")
    assert panel.rows("vpn") == []
    assert panel.error("sandbox.tld.add", name=".test") == ("exists", "tld")
    client = panel.new("sandbox.client.add", name="anna", email="anna@example.com", currency="EUR")
    assert panel.row("user", account=client)["email"] == "anna@example.com"
    assert panel.row("subaccount", account=client)["currency"] == "200"
    assert panel.error("sandbox.client.add", name="anna") == ("exists", "user")
    assert panel.error("sandbox.client.add", name="boris", currency="XXX") == ("value", "currency")


def test_address_slots_are_filled_and_released(panel):
    with tables(panel.root) as db:
        db.insert("ip", item=1, status=1)
    answer = panel.form(
        "service.ip.add",
        elid=1,
        ip="192.0.2.7",
        mask="255.255.255.0",
        gateway="192.0.2.1",
        domain="a.test",
        sok="ok",
    )
    assert answer["ip.id"] == "1"
    panel.call("service.ip.add.commit", elid=1, sok="ok")
    assert panel.sql("SELECT name, status FROM ip") == [{"name": "192.0.2.7", "status": 2}]
    panel.call("service.ip.del", elid=1, sok="ok")
    assert panel.sql("SELECT * FROM ip") == []


ADDON = """#!{python} -IXutf8
import os, sys
with open("var/addon.seen", "wb") as seen:
    seen.write(sys.stdin.buffer.read())
names = ("PARAM_func", "PARAM_elid", "AUTH_USER", "AUTH_LEVEL", "EVENT_TYPE", "ACTION_NAME")
seen = "|".join(os.environ.get(name, "") for name in names)
answer = os.environ.get("PARAM_answer") or "<doc><ok/><seen>" + seen + "</seen></doc>"
print(answer)
sys.exit(int(os.environ.get("PARAM_code", "0")))
"""
PLUGIN = """<mgrdata>
  <handler name="sample.py" type="xml"><func name="sample.page"/></handler>
  <mainmenu level="admin"><node name="sample">
    <node name="sample.page" action="sample.page" type="form"/>
  </node></mainmenu>
  <metadata name="sample.page" type="form"><form title="name">
    <field name="note"><input type="text" name="note"/></field>
  </form></metadata>
  <lang name="en"><messages name="sample.page"><msg name="note">Note</msg></messages>
    <messages name="desktop"><msg name="menu_sample.page">Sample page</msg></messages></lang>
  <lang name="ru"><messages name="sample.page"><msg name="note">Заметка</msg></messages></lang>
</mgrdata>"""


def plugged(panel):
    script = panel.root / "addon/sample.py"
    script.write_text(ADDON.replace("{python}", sys.executable))
    script.chmod(0o750)
    warm.executables(panel.root)
    (panel.root / "etc/xml/billmgr_mod_sample.xml").write_text(PLUGIN)
    panel.call("exit")


def test_a_plugins_script_answers_for_its_function(panel):
    plugged(panel)
    answer = panel.form("sample.page", elid=5, lang="ru", su="admin")
    assert answer["seen"] == "sample.page|5|admin|29|action|sample.page"
    session = ET.fromstring((panel.root / "var/addon.seen").read_bytes())
    assert (session.get("lang"), session.findtext("func"), session.findtext("elid")) == (
        "ru",
        "sample.page",
        "5",
    )
    assert session.findtext("messages[@name='sample.page']/msg[@name='note']") == "Заметка"
    assert session.find("metadata[@name='sample.page']//input").get("name") == "note"
    assert [row["text"] for row in panel.rows("sandbox.menu") if row["action"]] == ["Sample page"]
    assert "sample.page" in {row["function"] for row in panel.rows("-i")}


def test_a_plugins_error_is_passed_on_and_bad_xml_is_an_error(panel):
    plugged(panel)
    assert panel.error("sample.page", answer="<doc><error type='denied' object='x'/></doc>", code=1) == (
        "denied",
        "x",
    )
    assert panel.error("sample.page", answer="Traceback") == ("xml", "sample.py")
    assert panel.error("sample.page", code=3) == ("xml", "sample.py")


def test_a_plugin_without_its_script_is_a_problem_and_not_a_function(panel):
    (panel.root / "etc/xml/billmgr_mod_sample.xml").write_text(PLUGIN)
    panel.call("exit")
    assert panel.error("sample.page") == ("missed", "func")
    assert "addon/sample.py" in panel.row("sandbox.problems", kind="start")["text"]
