"""The connection of the processing module: its form, and a check that tells one cause from another."""

from __future__ import annotations

import pytest
from lxml import etree

from bill2bill.config import CONNECTIONS, TARIFF
from bill2bill.services.modules import MODULES


def check(servers, **changes):
    values = {
        "url": servers.up.url,
        "username": "reseller",
        "password": "secret",
        "dialect": "auto",
        **changes,
    }
    doc = etree.Element("doc")
    module = etree.SubElement(doc, "processingmodule")
    for name, value in values.items():
        etree.SubElement(module, name).text = value
    return servers.ask("check_connection", stdin=etree.tostring(doc), lang="en")


def test_a_good_connection_costs_nothing(servers):
    answer = check(servers)
    assert (answer.status, servers.bills) == (0, [])


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("wrong_password", "invalid_login_or_passwd"), ("badip", "address_closed"), ("totp", "two_factor"),
        ("captcha", "captcha"),
        ("http_403_html", "upstream_wall"), ("502", "upstream_answer"), ("busy", "upstream_trouble"),
    ],
)  # fmt: skip
def test_each_cause_is_told_from_the_others(servers, fault, code):
    servers.options("read_timeout 2\n")
    servers.fault("whoami", fault, when="before", sticky=True)
    answer = check(servers)
    assert (answer.status, answer.code) == (1, code)
    assert answer.text


def test_a_wrong_password_is_told(servers):
    assert check(servers, password="wrong").code == "invalid_login_or_passwd"


def test_an_address_with_no_billmanager_is_told(servers):
    servers.switch(play="html")
    assert check(servers).code in ("not_billmanager", "upstream_wall")


def test_an_address_where_nothing_answers_is_told(servers):
    assert check(servers, url="http://127.0.0.1:1/billmgr").code == "upstream_unreachable"


def test_a_provider_of_version_4_is_told(servers):
    servers.switch(play="bm4")
    assert check(servers, url=servers.up.url.replace("/billmgr", "/manager/billmgr")).code == "other_dialect"


@pytest.mark.parametrize(
    ("right", "switch", "code"),
    [
        ("allowsuspenditem", "send_suspend", "rights_missing"),
        ("allowdeleteitem", "send_close", "rights_missing"),
    ],
)
def test_a_missing_right_is_told_only_where_it_is_needed(servers, right, switch, code):
    servers.switch(rights={"allowsuspenditem": "on", "allowdeleteitem": "on", "allowed": ["*"], right: "off"})
    answer = check(servers, **{switch: "on"})
    assert (answer.code, answer.value("value")) == (code, right)
    assert check(servers, **{switch: "off"}).status == 0


def test_a_function_that_the_login_may_not_call_is_named(servers):
    servers.switch(
        rights={"allowsuspenditem": "on", "allowdeleteitem": "on", "allowed": ["whoami", "pricelist.export"]}
    )
    answer = check(servers)
    assert answer.code == "rights_missing"
    assert "vds" in answer.text


@pytest.mark.parametrize(
    ("fault", "code"),
    [("wrong_password", "invalid_login_or_passwd"), ("badip", "address_closed"), ("captcha", "captcha")],
)
def test_a_refused_login_rests_until_a_person_checks_it(servers, fault, code):
    item = servers.owned()
    servers.fault("vds.edit", fault, when="before")
    assert servers.start("prolong", item).code == code
    before = len(servers.asked)
    assert servers.attempt(servers.running(item, "prolong")["id"]).code == "account_paused"
    assert len(servers.asked) == before
    assert check(servers).status == 0
    assert servers.attempt(servers.running(item, "prolong")["id"]).status == 0


@pytest.mark.parametrize(
    "stdin", [b"", b"<doc/>", b"<!DOCTYPE doc []><doc><processingmodule/></doc>", b"\xff\xfe", b"<doc>"]
)
def test_a_form_that_cannot_be_read_is_told(servers, stdin):
    assert servers.ask("check_connection", stdin=stdin).code == "bad_input"


def test_features_name_commands_settings_and_the_fields_of_tariff_plans(servers):
    doc = servers.ask("features").doc
    names = {one.get("name") for one in doc.iter("feature")}
    assert names >= {
        "open",
        "prolong",
        "setparam",
        "suspend",
        "resume",
        "close",
        "sync_item",
        "check_connection",
        "pricelist_dynamic_settings",
    }
    assert {one.get("name") for one in doc.iter("itemtype")} == {"vds"}
    assert [one.get("name") for one in doc.iter("param")] == [
        field.name for field in CONNECTIONS["processing"]
    ]
    assert {one.get("name") for one in doc.iter("param") if one.get("crypted") == "yes"} == {"password"}


def test_the_form_of_a_tariff_plan_has_the_fields_that_are_read(servers):
    described = etree.parse(
        str(servers.root / "etc/xml" / f"billmgr_mod_{MODULES['processing'].executable}.xml")
    )
    fields = described.xpath("//metadata[@name='pricelist.pmbill2bill']//input/@name")
    assert fields == [field.name for field in TARIFF]


def test_the_choices_of_the_form_are_filled_without_a_network(servers):
    servers.up.post("switch", play="html")
    answer = servers.ask("tune_connection", stdin=b"<doc lang='ru'><dialect/></doc>")
    assert answer.status == 0
    options = {slist.get("name"): [val.get("key") for val in slist] for slist in answer.doc.iter("slist")}
    assert options == {"dialect": ["auto", "6"], "generation": ["auto", "new", "old"]}
    assert servers.asked == []
