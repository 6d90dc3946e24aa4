"""Domains with their contacts, licences and certificates of dialect 6."""

from __future__ import annotations

import pytest
from cryptography import x509
from kit.provider6 import error

PERSON = {
    "name": "client-778", "profiletype": "1", "firstname": "Anna", "lastname": "Tamm",
    "email": "anna@example.net", "phone": "+372 5550000",
    "location_country": "68", "location_city": "Tallinn", "location_address": "Pikk 1", "private": "on",
}  # fmt: skip
LICENCE = {
    "pricelist": "304", "period": "1", "ip": "203.0.113.9", "licname": "cl-778", "remoteid": "lic-778",
    "skipbasket": "on",
    "clicked_button": "finish", "sok": "ok",
}  # fmt: skip
REQUEST = {
    "pricelist": "306", "period": "12", "crt_type": "generate", "CN": "shop.example.net", "O": "Example",
    "L": "Tallinn", "ST": "Harju", "OU": "IT",
    "field_country": "EE", "emailAddress": "anna@example.net", "altname": "www.example.net api.example.net",
    "sok": "ok", "snext": "ok",
}  # fmt: skip


def contact(provider6) -> str:
    return provider6.done("service_profile.edit", sok="ok", **PERSON)["id"]["$"]


def domain(provider6, name: str = "my-shop.test", **changes):
    form = {
        "domain": name,
        "period": "12",
        "ns0": "ns1.example.net",
        "ns1": "ns2.example.net/198.51.100.5",
        "remoteid": "d-1",
        **changes,
    }
    if "owner" not in form:
        form["owner"] = contact(provider6)
    return provider6.call("domain.order.api", **form)


# -- contacts ------------------------------------------------------------------------------------------------
def test_a_contact_is_made_read_changed_and_found_by_name(provider6):
    number = contact(provider6)
    form = provider6.xml("service_profile.edit", elid=number)
    assert {name: form.findtext(name) for name in PERSON} == PERSON
    assert form.find("slist[@name='location_country']/val[@key='68']").text == "EE"
    provider6.done("service_profile.edit", elid=number, sok="ok", lastname="Kask")
    assert provider6.xml("service_profile.edit", elid=number).findtext("lastname") == "Kask"
    assert [row["id"] for row in provider6.rows("service_profile", name="client-778")] == [number]
    assert provider6.rows("service_profile", name="nobody") == []


@pytest.mark.parametrize(("changes", "field"), [
    ({"profiletype": "4"}, "profiletype"), ({"profiletype": "2"}, "company"), ({"lastname": ""}, "lastname"),
    ({"email": "anna"}, "email"),
    ({"location_country": "EE"}, "location_country"),
])  # fmt: skip
def test_a_bad_contact_is_refused(provider6, changes, field):
    assert error(provider6.call("service_profile.edit", sok="ok", **{**PERSON, **changes})) == (
        "value",
        field,
    )
    assert provider6.get("state")["contacts"] == []


def test_the_type_of_a_contact_stays_and_a_used_one_cannot_go(provider6):
    number = contact(provider6)
    assert error(provider6.call("service_profile.edit", elid=number, sok="ok", profiletype="2")) == (
        "value",
        "profiletype",
    )
    domain(provider6, owner=number)
    assert error(provider6.call("service_profile.delete", elid=number))[0] == "access"
    free = contact(provider6)
    provider6.done("service_profile.delete", elid=free)
    assert error(provider6.call("service_profile.edit", elid=free)) == ("missed", "service_profile")


# -- domains -------------------------------------------------------------------------------------------------
def test_a_domain_is_ordered_and_charged(provider6):
    number = domain(provider6)["id"]["$"]
    row = provider6.rows("domain")[0]
    assert (row["domain"], row["status"], row["service_status"], row["autoprolong"]) == (
        "my-shop.test",
        "2",
        "2",
        "null",
    )
    assert provider6.ledger() == [("order", int(number), "10.00")]
    assert provider6.xml("domain.edit", elid=number).findtext("service_profile_owner") == "41"
    assert "ns1.example.net" in provider6.call("domain.whois", elid=number)["whois_data"]["$"]


@pytest.mark.parametrize(
    ("reply", "keys", "charges"),
    [("id", {"id", "ok"}, 1), ("ok", {"ok"}, 1), ("billorder", {"billorder", "ok"}, 0)],
)
def test_what_the_order_answers_is_as_switched(provider6, reply, keys, charges):
    provider6.post("switch", domain_api_reply=reply)
    assert {name for name in domain(provider6) if not name.startswith("$")} == keys
    assert len(provider6.get("ledger")) == charges
    assert provider6.rows("domain")[0]["status"] == ("2" if charges else "1")


@pytest.mark.parametrize(("name", "changes", "refused"), [
    ("taken.test", {}, ("exists", "domain")), ("free.nowhere", {}, ("missed", "pricelist")),
    ("my-shop.test", {"pricelist": "311"}, ("missed", "pricelist")),
    ("my-shop.test", {"period": "36"}, ("value", "period")),
    ("my-shop.test", {"owner": "7"}, ("missed", "service_profile")),
    ("my-shop.test", {"owner": ""}, ("value", "owner")),
    ("my-shop.test", {"ns0": "not a server"}, ("value", "ns0")),
    ("my-shop.test", {"ns0": "ns1.my-shop.test/1.2.3"}, ("value", "ns0")),
    ("my-shop.test", {"action": "steal"}, ("value", "action")),
    ("taken.test", {"action": "transfer"}, ("value", "auth_code")), ("-.test", {}, ("value", "domain")),
])  # fmt: skip
def test_a_wrong_domain_order_is_refused(provider6, name, changes, refused):
    assert error(domain(provider6, name, **changes)) == refused
    assert provider6.get("ledger") == []
    assert provider6.rows("domain") == []


def test_a_name_is_sold_once_and_only_if_it_is_free(provider6):
    domain(provider6)
    assert error(domain(provider6)) == ("exists", "domain")
    provider6.post("domain", name="theirs.test", check="taken")
    assert error(domain(provider6, "theirs.test")) == ("exists", "domain")
    provider6.post("domain", name="theirs.test", check="free")
    assert "ok" in domain(provider6, "theirs.test")


def test_a_contact_can_be_made_inside_the_order(provider6):
    fields = {f"owner_{name}": value for name, value in PERSON.items()}
    number = domain(provider6, owner=None, **fields)["id"]["$"]
    owner = provider6.service(number)["fields"]["service_profile_owner"]
    assert provider6.xml("service_profile.edit", elid=owner).findtext("lastname") == "Tamm"


def test_the_registrars_states_are_told_while_it_works(provider6):
    provider6.post("switch", async_delay="never")
    first = domain(provider6, ns0="", ns1="")["id"]["$"]
    second = domain(provider6, "taken.test", action="transfer", auth_code="c0de")["id"]["$"]

    def states():
        return {row["id"]: row["service_status"] for row in provider6.rows("domain")}

    assert states() == {first: "5", second: "6"}
    provider6.post("progress", {})
    assert states() == {first: "3", second: "2"}
    provider6.done("service.prolong", elid=first, period="12", sok="ok")
    assert states()[first] == "7"
    provider6.post("progress", {})
    provider6.done(
        "domain.ns", elid=first, sok="ok", ns0="ns1.example.net", ns1="ns2.example.net", ns2="", ns3=""
    )
    assert states()[first] == "2"


def test_name_servers_are_read_and_replaced(provider6):
    number = domain(provider6)["id"]["$"]
    assert provider6.xml("domain.ns", elid=number).findtext("ns1") == "ns2.example.net/198.51.100.5"
    provider6.done(
        "domain.ns",
        elid=number,
        sok="ok",
        ns0="a.example.net",
        ns1="b.example.net",
        ns2="c.example.net",
        ns3="",
    )
    provider6.done(
        "domain.ns", elid=number, sok="ok", ns0="a.example.net", ns1="b.example.net", ns2="", ns3=""
    )
    form = provider6.xml("domain.ns", elid=number)
    assert [form.findtext(f"ns{slot}") for slot in range(4)] == ["a.example.net", "b.example.net", "", ""]
    assert error(provider6.call("domain.ns", elid=number, sok="ok", ns0="-")) == ("value", "ns0")


# -- licences ------------------------------------------------------------------------------------------------
def test_a_licence_has_its_key_when_it_is_active(provider6):
    provider6.post("switch", async_delay="never")
    number = provider6.done("soft.order.param", **LICENCE)["id"]["$"]
    assert provider6.xml("soft.edit", elid=number).findtext("lickey") == ""
    provider6.post("progress", {})
    form = provider6.xml("soft.edit", elid=number)
    assert {name: form.findtext(name) for name in ("ip", "licname", "remoteid")} == {
        "ip": "203.0.113.9", "licname": "cl-778", "remoteid": "lic-778",
    }  # fmt: skip
    key = form.findtext("lickey")
    assert key
    assert provider6.done("soft.edit", elid=number, clicked_button="newkey", sok="ok")["lickey"]["$"] != key
    assert provider6.rows("soft")[0]["licname"] == "cl-778"


def test_an_address_is_licensed_once(provider6):
    number = provider6.done("soft.order.param", **LICENCE)["id"]["$"]
    check = {"pricelist": "304", "period": "1"}
    assert error(provider6.call("soft.checkip", ip="203.0.113.9", **check)) == ("exists", "ip")
    assert error(provider6.call("soft.checkip", ip="10.10.10.300", **check)) == ("value", "ip")
    provider6.done("soft.checkip", ip="203.0.113.10", **check)
    assert error(provider6.call("soft.order.param", **LICENCE)) == ("exists", "ip")
    provider6.done("soft.edit", elid=number, sok="ok", ip="0.0.0.0", licname="free")
    second = provider6.done("soft.order.param", **LICENCE)["id"]["$"]
    provider6.done("soft.edit", elid=second, sok="ok", ip="0.0.0.0", licname="free too")


def test_a_licence_is_busy_for_nobody(provider6):
    number = provider6.done("soft.order.param", **LICENCE)["id"]["$"]
    provider6.post("switch", async_delay="never")
    provider6.done("soft.suspend", elid=number)
    provider6.done("soft.edit", elid=number, sok="ok", licname="other")
    provider6.done("soft.resume", elid=number)
    assert provider6.xml("service.prolong", elid=number, period="1", sok="ok").findtext("doc/newexpiredate")
    provider6.post("progress", {})
    assert provider6.service(number)["status"] == 2


# -- certificates --------------------------------------------------------------------------------------------
def test_a_certificate_takes_two_steps_and_is_issued(provider6):
    made = provider6.send("certificate.order.csr", out="bjson", **REQUEST).json()["model"]
    assert made["key"].startswith("-----BEGIN PRIVATE KEY-----")
    order = {
        **REQUEST,
        "csr": made["csr"],
        "key": made["key"],
        "skipbasket": "on",
        "approver_email_1": "admin@example.net",
    }
    number = provider6.done("certificate.order.param", **order)["id"]["$"]
    row = provider6.rows("certificate")[0]
    assert (row["CN"], row["service_status"]) == ("shop.example.net", "5")
    assert provider6.ledger() == [("order", int(number), "12.00")]
    issued = x509.load_pem_x509_certificate(
        provider6.rows("certificate.file", elid=number)[0]["data"].encode()
    )
    request = x509.load_pem_x509_csr(made["csr"].encode())
    assert issued.public_key() == request.public_key()
    assert request.extensions[0].value.get_values_for_type(x509.DNSName) == [
        "www.example.net",
        "api.example.net",
    ]


def test_a_certificate_has_no_file_before_it_is_issued_and_can_be_issued_anew(provider6):
    provider6.post("switch", async_delay="never")
    made = provider6.send("certificate.order.csr", out="bjson", **REQUEST).json()["model"]
    order = {**REQUEST, **made, "skipbasket": "on", "approver_method": "auth_dnstxt"}
    number = provider6.done("certificate.order.param", **order)["id"]["$"]
    assert provider6.rows("certificate")[0]["service_status"] == "4"
    assert provider6.rows("certificate.file", elid=number) == []
    provider6.post("progress", {})
    first = provider6.rows("certificate.file", elid=number)[0]["data"]
    other = provider6.send("certificate.order.csr", out="bjson", **REQUEST).json()["model"]
    provider6.done(
        "certificate.reissue", elid=number, csr=other["csr"], approver_email_1="a@example.net", sok="ok"
    )
    provider6.post("progress", {})
    assert provider6.rows("certificate.file", elid=number)[0]["data"] != first
    assert len(provider6.get("ledger")) == 1


@pytest.mark.parametrize(("changes", "field"), [
    ({"csr": "nonsense"}, "csr"), ({"CN": "other.example.net"}, "CN"),
    ({"approver_email_1": "nobody"}, "approver_email_1"),
    ({"approver_method": "smoke"}, "approver_method"), ({"period": "1"}, "period"),
])  # fmt: skip
def test_a_wrong_certificate_order_is_refused(provider6, changes, field):
    made = provider6.send("certificate.order.csr", out="bjson", **REQUEST).json()["model"]
    order = {**REQUEST, **made, "skipbasket": "on", "approver_email_1": "admin@example.net", **changes}
    assert error(provider6.call("certificate.order.param", **order)) == ("value", field)
    assert provider6.get("ledger") == []
