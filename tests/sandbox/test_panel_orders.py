"""What a client does: is the name free, contacts, an order, its payment, changed name servers."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from kit.sample_module import ASKED, PLAIN, features

pytestmark = pytest.mark.both_databases


def contacts_of(panel, item):
    return {row["type"]: row["service_profile"] for row in panel.rows("service_profile2item", item=item)}


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ({"stdout": "<doc><whois>registered to somebody</whois></doc>"}, "busy"),
        ({"stdout": "<doc><whois>not exist</whois></doc>"}, "free"),
        ({"stdout": "<doc><error type='try_later'/></doc>", "code": 1}, "later"),
        ({"stdout": "<doc><error type='other'/></doc>", "code": 1}, "busy"),
    ],
)
def test_a_name_is_free_busy_or_to_be_asked_later(panel, answer, result):
    panel.plan(whois=answer)
    doc = panel.call("sandbox.check", domain="example.test")
    assert doc.findtext("result") == doc.findtext("elem/result") == result
    assert panel.seen("whois")[0]["options"] == {"command": "whois", "param": "example.test", "module": "1"}


def test_a_name_of_an_unknown_zone_cannot_be_checked(panel):
    assert panel.error("sandbox.check", domain="example.nowhere") == ("missed", "tld")


def test_an_order_asks_for_contacts_and_waits_for_money(panel):
    item = panel.ordered()
    stored = panel.item(item)
    assert (stored["status"], stored["domain"], stored["ns1"], stored["period"]) == (
        "1",
        "example.test",
        "ns2.example.net",
        "12",
    )
    assert (stored["cost"], stored["expiredate"], stored["processingmodule"]) == ("500.0000", "", "1")
    assert panel.rows("runningoperation") == []
    assert panel.seen("get_contact_type")[0]["argv"] == ["--command", "get_contact_type", "--tld", "test"]


def test_each_contact_type_is_tuned_and_validated(panel):
    panel.ordered(admin_firstname="Anna", admin_email="anna@example.com")
    assert [run["options"] for run in panel.seen("tune_service_profile")] == [
        {"command": "tune_service_profile", "param": "test", "value": "owner"},
        {"command": "tune_service_profile", "param": "test", "value": "admin"},
    ]
    form = ET.fromstring(panel.seen("tune_service_profile")[0]["stdin"])
    assert form.get("func") == "domain.order.contact"
    assert form.find(".//input[@name='owner_firstname']") is not None
    assert form.findtext("slist[@name='owner_location_country']/val[@key='182']") == "Russia"
    submitted = ET.fromstring(panel.seen("validate_service_profile")[1]["stdin"])
    assert (submitted.findtext("admin_firstname"), submitted.findtext("admin_email")) == (
        "Anna",
        "anna@example.com",
    )


def test_contacts_are_new_stored_or_the_same_as_the_first(panel):
    same = contacts_of(panel, panel.ordered())
    assert same["owner"] == same["admin"]
    profile = panel.new(
        "sandbox.contact.add",
        account=2,
        profiletype=1,
        name="Stored",
        firstname="Anna",
        email="anna@example.com",
    )
    mixed = contacts_of(panel, panel.ordered(admin=str(profile)))
    assert mixed["admin"] == str(profile) != mixed["owner"]
    asked = ET.fromstring(panel.seen("validate_service_profile")[-1]["stdin"])
    assert {node.tag: node.text for node in asked} == {"admin_contact_select": str(profile)}
    panel.call("sandbox.set", stored_contact="fields")
    panel.ordered(admin=str(profile))
    assert (
        ET.fromstring(panel.seen("validate_service_profile")[-1]["stdin"]).findtext("admin_firstname")
        == "Anna"
    )
    assert panel.form("service_profile.edit", elid=same["owner"])["location_country"] == "182"


def test_a_module_can_refuse_a_contact(panel):
    panel.plan(
        validate_service_profile={
            "stdout": "<doc><error type='value' object='owner_email'><msg>bad</msg></error></doc>"
        }
    )
    order = {
        "itemtype": "domain",
        "pricelist": 1,
        "period": 12,
        "domain": "example.test",
        "ns0": "ns1.example.net",
    }
    assert panel.error("sandbox.order", **order, owner_firstname="Ivan") == ("value", "owner_email")
    assert panel.rows("item") == panel.rows("service_profile") == []


def test_what_the_zone_requires_must_be_there(panel):
    order = {
        "itemtype": "domain",
        "pricelist": 1,
        "period": 12,
        "domain": "example.test",
        "owner_firstname": "Ivan",
    }
    assert panel.error("sandbox.order", **order) == ("missed", "ns0")
    assert panel.error("sandbox.order", **order, ns0="ns1.example.net", action="transfer") == (
        "missed",
        "auth_code",
    )
    assert panel.error(
        "sandbox.order", **{**order, "owner_firstname": ""}, ns0="ns1.example.net", owner="99"
    ) == ("value", "owner")
    assert panel.error("sandbox.order", **order, ns0="ns1.example.net", owner_shoesize="44") == (
        "value",
        "owner_shoesize",
    )
    assert panel.error("sandbox.order", **order, ns0="ns1.example.net", owner_location_country="999") == (
        "value",
        "owner_location_country",
    )
    assert panel.error("sandbox.order", **{**order, "period": 5}, ns0="ns1.example.net") == (
        "value",
        "period",
    )
    assert panel.error("sandbox.order", **{**order, "itemtype": "vds"}, ns0="ns1.example.net") == (
        "value",
        "pricelist",
    )


def test_extra_contact_fields_of_the_description_take_part(panel):
    description = panel.root / "etc/xml/billmgr_mod_pmsample.xml"
    field = '<form><field name="tax_number"><input name="tax_number" required="yes"/></field></form>'
    extra = f'<metadata name="service_profile.pmsample.owner.test" type="form">{field}</metadata>'
    description.write_text(description.read_text().replace("</mgrdata>", extra + "</mgrdata>"))
    panel.call("exit")
    order = {
        "itemtype": "domain",
        "pricelist": 1,
        "period": 12,
        "domain": "example.test",
        "ns0": "ns1.example.net",
        "owner_firstname": "Ivan",
    }
    assert panel.error("sandbox.order", **order) == ("missed", "owner_tax_number")
    item = panel.new("sandbox.order", **order, owner_tax_number="77")
    assert panel.form("service_profile.edit", elid=contacts_of(panel, item)["owner"])["tax_number"] == "77"


def test_payment_opens_the_service(panel):
    item = panel.ordered()
    operation = panel.new("sandbox.pay", elid=item)
    assert panel.item(item)["status"] == "5"
    assert panel.row("domain")["item_status"] == "5_open"
    assert panel.row("runningoperation")["desc"] == "open"
    assert panel.error("sandbox.pay", elid=item) == ("value", "elid")
    done = panel.row("sandbox.tick")
    assert (done["id"], done["item"], done["result"]) == (str(operation), str(item), "gone")
    assert panel.seen("open")[0]["options"] == {
        "command": "open",
        "item": str(item),
        "runningoperation": str(operation),
    }
    opened = panel.item(item)
    assert opened["status"] == "2"
    assert int(opened["expiredate"][:4]) == int(opened["opendate"][:4]) + 1
    assert panel.rows("runningoperation") == []


def test_a_transfer_is_paid_like_an_order_and_runs_as_a_transfer(panel):
    item = panel.ordered(action="transfer", auth_code="c0de")
    panel.call("sandbox.pay", elid=item)
    assert panel.row("sandbox.tick")["command"] == "transfer"
    assert panel.item(item)["status"] == "2"
    assert panel.item(item)["auth_code"] == "c0de"


def test_changed_name_servers_go_to_the_module(panel):
    item = panel.opened()
    panel.call("sandbox.change", item=item, ns0="ns9.example.net/192.0.2.1")
    assert panel.row("runningoperation")["desc"] == "update_ns"
    assert panel.row("sandbox.tick")["result"] == "gone"
    stored = panel.item(item)
    assert (stored["status"], stored["ns0"]) == ("2", "ns9.example.net/192.0.2.1")
    assert "ns1" not in stored
    panel.call("sandbox.set", update_ns="direct")
    panel.call("sandbox.change", item=item, ns0="ns8.example.net")
    assert panel.seen("update_ns")[-1]["argv"] == ["--command", "update_ns", "--item", str(item)]
    assert panel.rows("runningoperation") == []


def test_where_the_panel_has_no_end_of_update_ns_success_ends_it(panel):
    item = panel.opened()
    panel.call("sandbox.set", missing="service.postupdatens")
    panel.plan(update_ns={"code": 1})
    panel.call("sandbox.change", item=item, ns0="ns9.example.net")
    assert panel.row("sandbox.tick")["result"] == "kept"
    panel.plan(update_ns={})
    assert panel.row("sandbox.tick")["result"] == "gone"
    assert panel.item(item)["status"] == "2"


def test_other_parameters_change_in_the_panel_only(panel):
    item = panel.opened()
    panel.call("sandbox.change", item=item, comment="x")
    assert panel.item(item)["comment"] == "x"
    assert panel.rows("runningoperation") == []


def test_a_service_without_a_domain_needs_no_contacts(panel):
    plan = panel.new("sandbox.tariff.add", itemtype="vds", name="Small", intname="small", module=1, monthly=5)
    item = panel.new("sandbox.order", itemtype="vds", pricelist=plan, period=1, ostempl="debian")
    panel.plan(open={"calls": [["vds.open", "elid={item}", "ip=192.0.2.7", "sok=ok"]]})
    panel.call("sandbox.pay", elid=item)
    assert panel.row("sandbox.tick")["result"] == "gone"
    stored = panel.form("vds.edit", elid=item)
    assert (stored["status"], stored["ip"], stored["ostempl"], stored["name"]) == (
        "2",
        "192.0.2.7",
        "debian",
        "Small",
    )
    assert panel.error("domain.open", elid=item, sok="ok") == ("value", "elid")


def test_a_changed_contact_is_sent_where_it_is_known(panel):
    item = panel.opened()
    profile = contacts_of(panel, item)["owner"]
    panel.call(
        "service_profile2processingmodule.edit",
        service_profile=profile,
        processingmodule=1,
        type="owner",
        externalid="X1",
        sok="ok",
    )
    panel.call("sandbox.contact.set", elid=profile, phone="+7 (495) 123-45-67")
    assert panel.form("service_profile.edit", elid=profile)["phone"] == "+7 (495) 123-45-67"
    assert panel.seen("service_profile_update") == []  # not declared
    panel.plan(features={"stdout": features(*PLAIN, *ASKED, "service_profile_update")})
    panel.call("exit")
    panel.call("sandbox.contact.set", elid=profile, phone="+7 (495) 123-45-68")
    assert panel.seen("service_profile_update")[0]["options"] == {
        "command": "service_profile_update",
        "module": "1",
        "param": profile,
    }


def test_money_keeps_its_digits_in_the_database(panel):
    panel.ordered()
    assert panel.sql("SELECT cost FROM item") == [{"cost": "500.0000"}]
