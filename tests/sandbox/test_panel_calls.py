"""Whatever host-protocol 5.4 to 5.8 says that modules call is answered, in every format."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET

import pytest
from kit import warm
from kit.sample_module import FEATURES, PLAIN

from bill2bill.sandbox.host import formats
from bill2bill.sandbox.host.dispatch import call, load_all
from bill2bill.sandbox.host.panel import Panel, Request
from bill2bill.sandbox.host.registry import FUNCTIONS

SERVICES = (
    "domain.open vds.open certificate.open service.postopen service.postreopen service.postresume"
    " service.postsuspend service.postclose service.postsetparam service.postprolong service.poststart"
    " service.poststop service.postreboot service.posthardreboot service.postchangepassword"
    " service.postopeninterrupt service.postupdatens service.poststat service.saveparam service.dropparam"
    " service.setstatus service.setexpiredate service.changepricelist.rollback service.getnextmodule"
    " service.ip.add service.ip.add.commit service.ip.del service.ip service.ip.edit service.prolong"
    " service.start service.stop service.reboot service.hardreboot service.stat certificate.save"
    " certificate.failed domain domain.edit domain.delete domain.ns domain.whois"
)
CONTACTS = (
    "service_profile2processingmodule.edit service_profile2processingmodule service_profile2item.edit"
    " service_profile service_profile.edit service_profile.delete service_profile.error"
)
WORK = (
    "runningoperation runningoperation.edit runningoperation.setmanual runningoperation.delete"
    " runningoperation.taskcreate runningoperation.errorhistory errorhistory.showlog task.gettype task.edit"
    " task task.simple.create task.delete task.start ticket.write.task ticket_all.edit notification.edit"
)
INSTANCES = (
    "processing processing.edit processing.add.settings processing.setconfig processing.customparam"
    " processing.customparam.edit processing.savebalance processing.saveparam processing.checkbalance"
    " processing.syncserver.cron itemtype.param.value.sync itemtype.param.value.processing.suspend"
    " itemtype.param.value itemtype.param.value.edit"
)
REST = (
    "processing.import.service processing.import.profile processing.import.assign problems.register paramlist"
    " paramlist.edit tld tool.clearcache expense expense.edit expense.delete account project datacenter.edit"
    " enumeration.edit enumerationitem.edit itemtype.edit crontask pricelist pricelist.edit"
    " pricelist.add.step2 pricelist.resume pricelist.suspend pricelist.detail pricelist.detail.edit country"
    " currency"
)
READS = {
    "domain": {}, "domain.edit": {"elid": 1}, "domain.ns": {"elid": 1}, "service.prolong": {"elid": 1},
    "service.stat": {"elid": 1},
    "service.ip": {"elid": 1}, "service_profile": {}, "service_profile.edit": {"elid": 1},
    "service_profile2processingmodule": {},
    "runningoperation": {}, "task": {"filter": "on", "status": 0}, "task.gettype": {"operation": "open"},
    "processing": {},
    "processing.edit": {"elid": 1}, "processing.customparam": {"plid": 1}, "paramlist": {}, "tld": {},
    "country": {}, "pricelist": {},
    "pricelist.edit": {"elid": 1}, "pricelist.detail": {"elid": 1}, "expense": {}, "account": {},
    "datacenter.edit": {"elid": 1},
    "paramlist.edit": {"elid": "DBName"}, "itemtype": {}, "itemtype.edit": {"elid": 1},
    "enumeration.edit": {}, "vds": {},
}  # fmt: skip


@pytest.mark.parametrize("name", " ".join((SERVICES, CONTACTS, WORK, INSTANCES, REST)).split())
def test_a_function_that_modules_call_is_there(name):
    load_all()
    itemtype, dot, action = name.partition(".")
    assert name in FUNCTIONS or (
        itemtype in {"domain", "vds", "certificate"} and f"*{dot}{action}" in FUNCTIONS
    )


def test_every_read_is_answered_in_every_format(panel):
    panel.opened()
    inside = Panel(str(panel.root))
    for func, params in READS.items():
        document = call(inside, Request(func, {name: str(value) for name, value in params.items()}))
        assert ET.fromstring(formats.render(document, "xml")).find("error") is None, func
        assert ET.fromstring(formats.render(document, "devel")).tag == "doc", func
        for out in ("json", "xjson", "sjson"):
            assert set(json.loads(formats.render(document, out))) == {"doc"}, func
        brief = json.loads(formats.render(document, "bjson"))
        assert ("elem" in brief) == (document.find("p_elems") is not None), func
        lines = formats.render(document, "text").decode().splitlines()
        assert len(lines) == len(document.findall("elem")) or "elem" not in brief, func
    inside.db.close()


WRITES = {
    "processing.import.service": {
        "module": 1, "status": 2, "expiredate": "2031-01-01", "import_pricelist_intname": 1,
        "import_service_name": "a.test",
    },
    "processing.import.profile": {"type": "owner", "name": "A", "module": 1, "externalid": "X",
        "profiletype": 1},
    "service_profile2item.edit": {"service_profile": 1, "item": 1, "type": "tech"},
    "problems.register": {"name": "x", "id": 1},
    "task.simple.create": {"elid": 1, "specification": "x"}, "domain.open": {"elid": 1},
    "service.dropparam": {"elid": 1, "name": "ns0"},
    "service.changepricelist.rollback": {"elid": 1}, "notification.edit": {"user": 1, "message": "x"},
}  # fmt: skip
TABLES = (
    "item",
    "itemparam",
    "service_profile",
    "service_profile2item",
    "task",
    "sandbox_problem",
    "sandbox_message",
    "history_item",
)


@pytest.mark.parametrize("func", WRITES)
def test_a_write_without_its_word_writes_nothing(panel, func):
    panel.ordered()
    before = {table: panel.sql(f"SELECT * FROM {table}") for table in TABLES}
    answer = panel.call(func, **WRITES[func])
    assert answer.find("ok") is None
    assert {table: panel.sql(f"SELECT * FROM {table}") for table in TABLES} == before


def test_a_client_sees_and_changes_only_his_own_charges(panel):
    panel.new("sandbox.client.add", name="anna")
    panel.call("sandbox.operation", item=panel.opened(), command="prolong")
    charge = panel.row("expense", su="client")["id"]
    assert panel.rows("expense", su="anna") == []
    assert panel.error("expense.edit", elid=charge, amount=1, su="anna", sok="ok") == (
        "access",
        "expense.edit",
    )
    panel.call("expense.edit", elid=charge, amount=1, su="client", sok="ok")
    assert panel.row("expense")["amount"] == "1.0000"


def test_a_parameter_saved_without_a_value_is_gone(panel):
    item = panel.ordered()
    panel.call("service.saveparam", elid=item, name="externalid", value="A1", sok="ok")
    panel.call("service.saveparam", elid=item, name="externalid", sok="ok")
    assert "externalid" not in panel.item(item)


def test_a_list_tells_the_code_of_a_status_beside_its_text(panel):
    panel.opened()
    shown = json.loads(panel.mgrctl("domain", "out=json").stdout)["doc"]["elem"][0]["item_status"]
    assert shown == {"$orig": "2", "$": "2"}


def test_a_client_renews_switches_and_deletes_only_what_is_his(panel):
    item = panel.opened()
    panel.new("sandbox.client.add", name="anna")
    assert panel.error("service.prolong", elid=item, period=12, su="anna", sok="ok")[0] == "access"
    assert [row["period"] for row in panel.rows("service.prolong", elid=item, su="client")] == ["1", "12"]
    assert panel.error("service.prolong", elid=item, period=3, su="client", sok="ok") == ("value", "period")
    panel.new("service.prolong", elid=item, period=1, su="client", sok="ok")
    assert panel.row("domain")["item_status"] == "5_prolong"
    assert panel.row("expense")["amount"] == "50.0000"
    panel.call("sandbox.tick")
    assert panel.error("service.reboot", elid=item, su="client", sok="ok") == (
        "missed",
        "reboot",
    )  # not declared
    panel.new("domain.suspend", elid=item, sok="ok")
    panel.call("sandbox.tick")
    assert panel.row("domain")["item_status"] == "3_employeesuspend"
    unpaid = panel.ordered()
    panel.call("domain.delete", elid=f"{item}, {unpaid}")
    assert {row["id"]: row["item_status"] for row in panel.rows("domain")} == {
        str(item): "5_close",
        str(unpaid): "4",
    }


def test_name_servers_are_read_and_changed_by_their_own_form(panel):
    item = panel.opened()
    panel.call(
        "domain.ns",
        elid=item,
        ns0="ns8.example.net",
        ns1="",
        ns2="ns9.example.net",
        ns_additional="nsa.example.net nsb.example.net",
        sok="ok",
    )
    assert [row["value"] for row in panel.rows("domain.ns", elid=item)] == [
        f"ns{name}.example.net" for name in "89ab"
    ]
    assert panel.row("sandbox.tick")["command"] == "update_ns"
    assert panel.form("domain.whois", elid=item)["whois"] == "registered to somebody"


def test_an_instance_offers_systems_and_withdraws_them(panel):
    offer = {"itemtype": "vds", "module": 1, "param": "ostempl", "disablepricelists": "on", "sok": "ok"}
    value = panel.new("itemtype.param.value.sync", **offer, value="debian-12", name="Debian 12")
    assert (
        panel.new("itemtype.param.value.sync", **offer, value="debian-12", name="Debian 12 (bookworm)")
        == value
    )
    links = "SELECT processingmodule FROM processingmodule2itemtypeparamvalue WHERE itemtypeparamvalue = ?"
    assert panel.sql(links, value) == [{"processingmodule": 1}]
    param = panel.sql("SELECT itemtypeparam FROM itemtypeparamvalue WHERE id = ?", value)[0]["itemtypeparam"]
    assert panel.row("itemtype.param.value", elid=param)["name"] == "Debian 12 (bookworm)"
    other = panel.new(
        "itemtype.param.value.edit", plid=param, intname="alma-9", name="AlmaLinux 9", module=1, sok="ok"
    )
    assert panel.form("itemtype.param.value.edit", elid=other)["intname"] == "alma-9"
    panel.call("itemtype.param.value.processing.suspend", elid=1, plid=value)
    assert panel.sql(links, value) == []
    assert panel.error("itemtype.param.value.sync", **{**offer, "itemtype": "vpn"}, value="x") == (
        "value",
        "itemtype",
    )


def test_people_are_written_to(panel):
    item = panel.opened()
    panel.call(
        "ticket_all.edit",
        subject="Documents",
        message="Send a copy",
        client_department=1,
        ticket_account=2,
        item=item,
        sok="ok",
    )
    panel.call("notification.edit", user=1, subject="Money", message="Top up", sok="ok")
    task = panel.new("task.edit", item=item, type="postopen", sok="ok")
    panel.call("ticket.write.task", elid=task, message="We are working on it", sok="ok")
    assert [(row["kind"], row["reader"], row["text"]) for row in panel.rows("sandbox.messages")] == [
        ("ticket", "2", "Send a copy"), ("notification", "1", "Top up"),
        ("ticket", "2", "We are working on it"),
    ]  # fmt: skip
    assert panel.row("sandbox.messages", kind="notification")["subject"] == "Money"
    assert panel.error("notification.edit", user=99, message="x", sok="ok") == ("value", "user")


def test_a_certificate_is_kept_or_fails(panel):
    plan = panel.new("sandbox.tariff.add", itemtype="certificate", name="DV", module=1, annually=9)
    item = panel.new("sandbox.order", itemtype="certificate", pricelist=plan, period=12)
    panel.call("certificate.save", elid=item, crt="-----BEGIN CERTIFICATE-----", sok="ok")
    assert panel.sql("SELECT crt FROM certificate WHERE item = ?", item) == [
        {"crt": "-----BEGIN CERTIFICATE-----"}
    ]
    panel.call("certificate.failed", elid=item, sok="ok")
    assert panel.form("certificate.edit", elid=item)["service_status"] == "6"


def test_instances_and_their_custom_parameters_can_be_made_by_calls(panel):
    declared = FEATURES.replace("</params>", "<customparam name='rack' unique='yes'/></params>")
    panel.plan(features={"stdout": declared.format("".join(f"<feature name='{name}'/>" for name in PLAIN))})
    panel.call("exit")
    made = {
        "module": "pmsample",
        "type": "vds",
        "name": "Second",
        "username": "u",
        "password": "s3cret-word",
        "clicked_button": "finish",
    }
    number = panel.new("processing.add.settings", **made, sok="ok")
    assert panel.form("processing.edit", elid=number)["password"] == "s3cret-word"
    assert "s3cret-word" not in (panel.root / "var/sandbox/mgrctl.jsonl").read_text()
    assert panel.error("processing.add.settings", **{**made, "type": "vpn"}, sok="ok") == ("value", "type")
    row = panel.new("processing.customparam.edit", plid=number, param="rack", value="A1", sok="ok")
    panel.call("processing.customparam.edit", plid=number, elid=row, param="rack", value="B2", sok="ok")
    assert panel.row("processing.customparam", plid=number) == {
        "id": str(row),
        "param": "rack",
        "value": "B2",
    }
    assert panel.error("processing.customparam.edit", plid=number, param="shelf", value="1", sok="ok") == (
        "value",
        "param",
    )


def test_the_panels_configuration_charges_and_directories_can_be_changed(panel):
    panel.call("paramlist.edit", elid="CryptKey", value="etc/billmgr.pem", sok="ok")
    panel.call("paramlist.edit", elid="CryptKey", value="etc/other.pem", sok="ok")
    assert [row for row in panel.rows("paramlist") if "CryptKey" in row] == [{"CryptKey": "etc/other.pem"}]
    assert panel.error("paramlist.edit", elid="Crypt\nKey", value="x", sok="ok") == ("value", "elid")
    item = panel.opened()
    panel.call("sandbox.operation", item=item, command="prolong")
    charge = panel.row("expense")["id"]
    panel.call("expense.edit", elid=charge, amount="1.5", sok="ok")
    assert panel.row("expense")["amount"] == "1.5000"
    panel.call("expense.delete", elid=charge)
    assert panel.rows("expense") == []
    place = panel.new("datacenter.edit", name="Second", sok="ok")
    panel.call("datacenter.edit", elid=place, name_ru="Второй", sok="ok")
    assert panel.row("datacenter", elid=place)["name_ru"] == "Второй"
    group = panel.new("enumeration.edit", intname="panels", name="Panels", sok="ok")
    entry = panel.new("enumerationitem.edit", plid=group, intname="lite", name="Lite", sok="ok")
    assert panel.form("enumerationitem.edit", elid=entry)["enumeration"] == str(group)


def test_cron_actions_ask_the_modules(panel):
    panel.plan(
        getbalance={
            "calls": [
                ["processing.savebalance", "processingmodule={module}", "balance=7", "currency=EUR", "sok=ok"]
            ]
        }
    )
    assert panel.row("crontask", action="processing.checkbalance")["module"] == "1"
    assert panel.row("processing")["balance_info"].startswith("7")
    assert panel.rows("processing.syncserver.cron") == []  # not declared
    assert panel.error("crontask", action="wash.cron") == ("value", "action")


def test_the_panel_is_suspended_and_resumed_by_the_control_tool(panel):
    assert panel.mgrctl("-l").returncode == 0
    assert panel.error("tld") == ("client", "open")
    assert panel.mgrctl("-u").stdout == b"OK\n"
    assert panel.row("tld")["name"] == "test"


def test_a_zones_further_fields_are_drawn_by_the_module(panel):
    description = panel.root / "etc/xml/billmgr_mod_pmsample.xml"
    field = '<form><field name="purpose"><input name="purpose" required="yes"/></field></form>'
    extra = f'<metadata name="domain.pmsample.test" type="form">{field}</metadata>'
    description.write_text(description.read_text().replace("</mgrdata>", extra + "</mgrdata>"))
    panel.plan(
        features={"stdout": FEATURES.format("<feature name='tune_service'/>")}, tune_service={"echo": True}
    )
    panel.call("exit")
    order = {"itemtype": "domain", "pricelist": 1, "period": 12, "domain": "example.test"}
    prefix = "domainparam_example____________test_"
    assert panel.error("sandbox.order", **order) == ("missed", prefix + "purpose")
    item = panel.new("sandbox.order", **order, purpose="shop")
    assert panel.item(item)["purpose"] == "shop"
    asked = panel.seen("tune_service")[0]
    assert asked["options"] == {"command": "tune_service", "param": "test", "value": "example.test"}
    assert ET.fromstring(asked["stdin"]).find(f".//input[@name='{prefix}purpose']") is not None


HANDLER = """#!{python} -IXutf8
import os, subprocess, sys
stage = os.environ["EVENT_TYPE"]
told = sys.stdin.read()
with open("var/events", "a") as seen:
    handler, query = sys.argv[0].rsplit("/", 1)[1], os.environ.get("QUERY_STRING", "")
    seen.write(" ".join([handler, stage, os.environ["ACTION_NAME"], query, str(len(told) > 0)]) + "\\n")
if os.environ.get("PARAM_note") == "call":
    words = ["sbin/mgrctl", "-m", "billmgr", "-o", "xml", "tld"]
    sys.stdout.write(subprocess.run(words, capture_output=True, text=True).stdout)
elif os.environ.get("PARAM_note") == stage:
    sys.stdout.write("<doc><error type='forbidden' object='note'/></doc>")
else:
    sys.stdout.write("<doc><seen_%s>1</seen_%s></doc>" % (stage, stage))
"""
EVENTS = """<mgrdata>
  <handler name="late.py" type="xml"><event name="domain.edit" after="yes" final="yes"/></handler>
  <handler name="first.py" type="cgi"><event name="domain.edit" before="yes" priority="hi"/></handler>
  <handler name="early.py" type="xml"><event name="domain.edit" before="yes"/></handler>
</mgrdata>"""


@pytest.fixture
def listened(panel):
    for name in ("late.py", "first.py", "early.py"):
        script = panel.root / "addon" / name
        script.write_text(HANDLER.replace("{python}", sys.executable))
        script.chmod(0o750)
        warm.executables(panel.root)
    (panel.root / "etc/xml/billmgr_mod_listener.xml").write_text(EVENTS)
    panel.call("exit")
    return panel


def stages(panel):
    return [tuple(line.split(" ")[:2]) for line in (panel.root / "var/events").read_text().splitlines()]


def test_handlers_run_around_a_function_and_add_to_its_answer(listened):
    item = listened.ordered()
    answer = listened.form("domain.edit", elid=item)
    assert (answer["domain"], answer["seen_after"]) == ("example.test", "1")
    assert stages(listened) == [
        ("first.py", "before"),
        ("early.py", "before"),
        ("late.py", "after"),
        ("late.py", "final"),
    ]
    lines = (listened.root / "var/events").read_text().splitlines()
    assert lines[0] == f"first.py before domain.edit func=domain.edit&elid={item} False"
    assert lines[1].endswith("domain.edit  True")


def test_an_error_before_or_after_a_function_is_its_error_and_final_comes_all_the_same(listened):
    item = listened.ordered()
    assert listened.error("domain.edit", elid=item, note="before", sok="ok") == ("forbidden", "note")
    assert stages(listened) == [("first.py", "before"), ("late.py", "final")]
    assert listened.sql("SELECT note FROM item WHERE id = ?", item) == [{"note": None}]
    assert listened.error("domain.edit", elid=item, note="after", sok="ok") == ("forbidden", "note")
    assert listened.sql("SELECT note FROM item WHERE id = ?", item) == [{"note": "after"}]


def test_a_handlers_call_of_the_panel_is_answered_or_refused(listened):
    item = listened.ordered()
    assert listened.call("domain.edit", elid=item, note="call").findtext("elem/name") == "test"
    listened.call("sandbox.set", handler_calls="refused")
    assert listened.error("domain.edit", elid=item, note="call") == ("client", "open")
