"""Contacts at the sandbox provider."""

from __future__ import annotations

import pytest
from kit.provider4 import COMPANY, GENERIC, PERSON, error


def test_a_contact_is_created_empty_and_the_answer_repeats_the_credentials(provider):
    answer = provider.call("contcat.create.1", ctype="person", cname="Remote 42", sok="ok")
    assert answer == {
        "result": "OK",
        "domaincontact.id": "7001",
        "ok": "",
        "redirect": (
            "location=billmgr?func=contcat.create.2&authinfo=reseller:secret&cname=Remote%2042&contactid=7001&ctype=person;"
        ),
    }
    xml = provider.xml("contcat.create.1", ctype="generic", cname="Remote 42", sok="yes")
    assert "<doc><ok/><domaincontact.id>7002</domaincontact.id><redirect>location=" in xml
    assert provider.rows("domaincontact", lang="en")[1] == {
        "id": "7002",
        "name": "Remote 42",
        "type": "Generic",
    }
    assert provider.rows("domaincontact")[0]["type"] == "Персональный"


@pytest.mark.parametrize(
    ("change", "field"), [({"ctype": "human"}, "ctype"), ({"ctype": ""}, "ctype"), ({"cname": " "}, "cname")]
)
def test_a_bad_kind_or_name_creates_nothing(provider, change, field):
    assert error(
        provider.call("contcat.create.1", **{"ctype": "person", "cname": "x", "sok": "ok", **change})
    ) == ("4", field)
    assert provider.rows("domaincontact") == []


def test_without_sok_nothing_is_created_or_changed(provider):
    assert provider.call("contcat.create.1", ctype="person", cname="x") == {"ctype": "person", "cname": "x"}
    number = provider.contact()
    provider.call("domaincontact.edit", elid=number, **{**PERSON, "email": "other@example.ru"})
    assert provider.get("state")["contacts"][0]["fields"]["email"] == "ivan@example.ru"


@pytest.mark.parametrize("fields", [PERSON, COMPANY, GENERIC], ids=lambda fields: fields["ctype"])
def test_what_was_sent_is_read_back_with_api(provider, fields):
    number = provider.contact(fields)
    read = provider.call("domaincontact.edit", elid=number, api="on")
    assert {name: read[name] for name in fields} == fields
    assert set(provider.call("domaincontact.edit", elid=number)) == {"elid", "id", "ctype", "name"}


@pytest.mark.parametrize(
    ("base", "change", "field"),
    [
        (PERSON, {"email": ""}, "email"),
        (PERSON, {"email": "no address"}, "email"),
        (PERSON, {"phone": "+7 (495) 123-45-67"}, "phone"),
        (PERSON, {"mobile": None}, "mobile"),
        (PERSON, {"la_country": "RU"}, "la_country"),
        (PERSON, {"la_country": "247"}, "la_country"),
        (PERSON, {"middlename_ru": ""}, "middlename_ru"),
        (PERSON, {"firstname": "Иван"}, "firstname"),
        (PERSON, {"birthdate": "31.01.1980"}, "birthdate"),
        (PERSON, {"passport_date": "2005-02-30"}, "passport_date"),
        (PERSON, {"passport_series": ""}, "passport_series"),
        (PERSON, {"pa_city": ""}, "pa_city"),
        (PERSON, {"inn": "7701234567"}, "inn"),
        (PERSON, {"ctype": "company"}, "ctype"),
        (PERSON, {"ctype": None}, "ctype"),
        (COMPANY, {"inn": None}, "inn"),
        (COMPANY, {"inn": "123"}, "inn"),
        (COMPANY, {"kpp": "1"}, "kpp"),
        (COMPANY, {"ogrn": "1"}, "ogrn"),
        (COMPANY, {"company_ru": ""}, "company_ru"),
        (GENERIC, {"company": ""}, "company"),
        (GENERIC, {"la_country": "233"}, "la_state"),
    ],
)
def test_a_missing_or_malformed_field_is_named_and_nothing_is_stored(provider, base, change, field):
    number = provider.call("contcat.create.1", ctype=base["ctype"], cname="x", sok="ok")["domaincontact.id"]
    form = {name: value for name, value in {**base, **change}.items() if value is not None}
    assert error(provider.call("domaincontact.edit", elid=number, sok="ok", **form)) == ("4", field)
    assert provider.get("state")["contacts"][0]["fields"] == {}


def test_fields_that_clients_leave_out_are_not_demanded_and_unknown_ones_are_ignored(provider):
    fields = {
        name: value
        for name, value in COMPANY.items()
        if name not in ("name", "kpp", "ogrn", "pa_addressee", "la_state")
    }
    number = provider.call("contcat.create.1", ctype="company", cname="x", sok="ok")["domaincontact.id"]
    assert "ok" in provider.call("domaincontact.edit", elid=number, sok="ok", orgn="1", **fields)
    foreign = {**fields, "la_country": "81", "inn": "DE 123"}
    assert "ok" in provider.call("domaincontact.edit", elid=number, sok="ok", **foreign)


def test_stricter_formats_can_be_switched_on(provider):
    number = provider.contact(GENERIC)
    edit = {"elid": number, "sok": "ok", **GENERIC}
    provider.post("switch", fillers="refused")
    assert error(provider.call("domaincontact.edit", **edit)) == ("4", "company")
    provider.post("switch", fillers="accepted", phone_format="documented")
    assert error(provider.call("domaincontact.edit", **{**edit, "phone": "+7 495 1234567"})) == ("4", "phone")
    assert "ok" in provider.call("domaincontact.edit", **edit)


def test_a_registered_domain_locks_its_contact(provider):
    owner = provider.contact()
    provider.registered(owner=owner)
    assert error(provider.call("domaincontact.edit", elid=owner, sok="ok", **PERSON))[0] == "8"
    assert error(provider.call("domaincontact.delete", elid=owner))[0] == "8"
    assert error(provider.call("domaincontact.edit", elid=owner))[0] == "8"
    assert provider.call("domaincontact.edit", elid=owner, api="on")["lastname"] == "Ivanov"
    provider.post("switch", locked_read="always")
    assert error(provider.call("domaincontact.edit", elid=owner, api="on"))[0] == "8"
    assert "item.id" in provider.order("second", owner=owner)


def test_a_lock_can_be_set_and_lifted_by_hand(provider):
    number = provider.contact()
    provider.post("contact/lock", id=int(number))
    assert error(provider.call("domaincontact.edit", elid=number, sok="ok", **PERSON))[0] == "8"
    provider.post("contact/lock", id=int(number), locked=False)
    assert "ok" in provider.call("domaincontact.edit", elid=number, sok="ok", **PERSON)
    provider.post("switch", contacts_lock="manual")
    provider.registered(owner=number)
    assert "ok" in provider.call("domaincontact.edit", elid=number, sok="ok", **PERSON)


def test_a_foreign_contact_does_not_exist(provider):
    for number in ("6999", "7001", "-1", "7001 ", "x", "٧"):
        assert error(provider.call("domaincontact.edit", elid=number, api="on")) == ("3", "domaincontact")
    assert error(provider.call("domaincontact.delete", elid="7001")) == ("3", "domaincontact")


def test_the_old_way_creates_in_one_call(provider):
    number = provider.call("domaincontact.edit", sok="ok", **PERSON)["domaincontact.id"]
    assert provider.get("state")["contacts"][0]["fields"]["email"] == "ivan@example.ru"
    assert "ok" in provider.call("domaincontact.delete", elid=number)
    assert provider.rows("domaincontact") == []


def test_names_may_be_unique_and_the_edit_may_answer_with_the_id(provider):
    provider.post("switch", contact_names="unique", edit_gives="domaincontact.id", redirect_credentials="off")
    first = provider.call("contcat.create.1", ctype="person", cname="x", sok="ok")
    assert "secret" not in first["redirect"]
    assert error(provider.call("contcat.create.1", ctype="person", cname="x", sok="ok")) == ("2", "name")
    assert provider.call("domaincontact.edit", elid="7001", sok="ok", **PERSON)["domaincontact.id"] == "7001"


def test_control_characters_in_a_contact_do_not_break_the_xml(provider):
    number = provider.contact({**PERSON, "la_address": 'a\x00b\x0b<&>"\ud7ff'})
    assert "ab&lt;&amp;&gt;&quot;" in provider.xml("domaincontact.edit", elid=number, api="on")
