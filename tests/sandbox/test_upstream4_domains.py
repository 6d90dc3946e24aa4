"""Ordered domains at the sandbox provider: renewal, changes, reading."""

from __future__ import annotations

import pytest
from kit.provider4 import error

from .test_upstream4_orders import year_after

RENEWAL = {"autoperiod": "881", "paynow": "on", "payfrom": "account4411", "sok": "ok"}


def owned(provider, **changes) -> str:
    return str(provider.post("domain", name="example.ru", expire="2030-03-14", **changes)["id"])


def test_a_renewal_is_charged_and_the_date_moves_when_the_registrar_is_done(provider):
    number = owned(provider)
    assert provider.call("domain.renew", elid=number, **RENEWAL) == {"result": "OK", "ok": ""}
    row = {"id": number, "name": "example.ru", "domainstatus": "6", "expire": "2030-03-14"}
    assert provider.rows("domain") == [row]
    provider.post("progress")
    assert provider.rows("domain") == [{**row, "domainstatus": "2", "expire": "2031-03-14"}]
    assert provider.ledger() == [("renew", int(number), "199.00")]


def test_two_renewals_are_two_charges_and_two_years(provider):
    number = owned(provider)
    for _ in range(2):
        assert "ok" in provider.call("domain.renew", elid=number, **RENEWAL)
    provider.post("progress")
    assert provider.ledger() == [("renew", int(number), "199.00")] * 2
    assert provider.numbered(number)["expire"] == "2032-03-14"
    assert provider.balance() == "14806.00"


@pytest.mark.parametrize("way", ["no paynow", "no money", "neworder"])
def test_a_renewal_that_is_not_paid_is_accepted_and_not_done(provider, way):
    number = owned(provider)
    changes = {"paynow": ""} if way == "no paynow" else {"payfrom": "neworder"} if way == "neworder" else {}
    if way == "no money":
        provider.post("balance", account=4411, balance="0")
    assert "ok" in provider.call("domain.renew", elid=number, **{**RENEWAL, **changes})
    provider.post("progress")
    assert provider.get("ledger") == []
    assert (provider.numbered(number)["status"], provider.numbered(number)["expire"]) == (2, "2030-03-14")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"elid": "999"}, ("3", "domain")),
        ({"elid": "10501, 10501"}, ("3", "domain")),
        ({"autoperiod": "884"}, ("4", "autoperiod")),
        ({"autoperiod": ""}, ("4", "autoperiod")),
        ({"payfrom": "account4412"}, ("4", "payfrom")),
    ],
)
def test_a_wrong_renewal_is_refused(provider, change, expected):
    number = owned(provider)
    assert error(provider.call("domain.renew", **{"elid": number, **RENEWAL, **change})) == expected
    assert provider.get("ledger") == []


@pytest.mark.parametrize("status", [1, 4, 5, 7])
def test_only_registered_domains_can_be_renewed(provider, status):
    assert error(provider.call("domain.renew", elid=owned(provider, status=status), **RENEWAL)) == (
        "6",
        "domain",
    )


def test_the_renewal_form_costs_nothing_and_shows_the_renewal_price(provider):
    provider.post("switch", renewal_factor="1.50", renew_in_renewal="refused")
    number = owned(provider)
    assert provider.call("domain.renew", elid=number)["totalinfo"] == "881: 1 year, 298.50"
    assert provider.get("ledger") == []
    provider.call("domain.renew", elid=number, **RENEWAL, set_autoperiod="on")
    assert error(provider.call("domain.renew", elid=number, **RENEWAL)) == ("6", "domain")
    assert provider.ledger() == [("renew", int(number), "298.50")]
    assert provider.numbered(number)["auto_period"] == "881"


def test_name_servers_change_only_with_changens(provider):
    number = owned(provider)
    new = {"ns0": "a.example.org", "ns1": "b.example.org", "ns2": "", "ns3": ""}
    provider.call("domain.edit", elid=number, sok="ok", **new)
    assert provider.numbered(number)["ns"] == ["ns1.example.net", "ns2.example.net"]
    provider.call("domain.edit", elid=number, changens="on", **new)
    assert provider.numbered(number)["ns"] == ["ns1.example.net", "ns2.example.net"]
    assert "ok" in provider.call("domain.edit", elid=number, changens="on", sok="ok", **new)
    assert provider.numbered(number)["ns"] == ["a.example.org", "b.example.org"]


def test_a_missing_slot_stays_an_empty_one_is_cleared_and_two_must_be_left(provider):
    number = owned(provider, ns=["a.example.org", "b.example.org", "c.example.org"])
    provider.call("domain.edit", elid=number, changens="on", sok="ok", ns1="")
    assert provider.numbered(number)["ns"] == ["a.example.org", "c.example.org"]
    assert error(provider.call("domain.edit", elid=number, changens="on", sok="ok", ns0="")) == ("4", "ns1")
    assert error(provider.call("domain.edit", elid=number, changens="on", sok="ok", ns0="no host")) == (
        "4",
        "ns0",
    )


def test_a_domain_with_new_servers_becomes_delegated_and_glue_is_kept(provider):
    number = owned(provider, status=3, ns=[])
    glue = {"ns0": "ns1.example.ru/203.0.113.5,203.0.113.6", "ns1": "ns2.example.net"}
    assert "ok" in provider.call("domain.edit", elid=number, changens="on", sok="ok", **glue)
    assert provider.rows("domain")[0]["domainstatus"] == "2"
    assert provider.call("domain.getinfo", dname="EXAMPLE.ru")["ns0"] == glue["ns0"]


def test_the_edit_form_shows_contacts_and_automatic_renewal_with_api_only(provider):
    number = owned(provider, auto_period="881", contacts={"owner": 7001})
    plain = provider.call("domain.edit", elid=number)
    assert (plain["elid"], plain["name"], plain["tld"], plain["ns0"], plain["ns3"]) == (
        number,
        "example",
        "ru",
        "ns1.example.net",
        "",
    )
    full = provider.call("domain.edit", elid=number, api="on")
    assert {name: full[name] for name in set(full) - set(plain)} == {"owner": "7001", "autoperiod": "881"}
    provider.call("domain.edit", elid=number, sok="ok", autoperiod="")
    assert provider.numbered(number)["auto_period"] == ""
    assert error(provider.call("domain.edit", elid=number, sok="ok", autoperiod="930")) == ("4", "autoperiod")
    assert "<ns2/>" in provider.xml("domain.edit", elid=number)


def test_another_owner_is_ignored_or_refused(provider):
    number = owned(provider, contacts={"owner": 7001})
    assert "ok" in provider.call("domain.edit", elid=number, sok="ok", owner="7002")
    provider.post("switch", owner_change="refused")
    assert error(provider.call("domain.edit", elid=number, sok="ok", owner="7002")) == ("6", "owner")
    assert provider.numbered(number)["contacts"] == {"owner": 7001}


def test_rerun_shows_the_cost_and_pays_an_unpaid_order(provider):
    number = provider.ordered(paynow=None)
    assert provider.call("domain.rerun", elid=number)["cost"] == "199.00"
    assert provider.get("ledger") == []
    assert "ok" in provider.call("domain.rerun", elid=number, sok="ok", cost="199.00", promocode="")
    assert provider.ledger() == [("rerun", int(number), "199.00")]
    assert provider.numbered(number)["status"] == 5
    assert error(provider.call("domain.rerun", elid=number, sok="ok")) == ("6", "domain")


def test_only_unpaid_requests_can_be_deleted_and_then_the_name_is_free(provider):
    active, unpaid = owned(provider), provider.ordered("other", paynow=None)
    assert error(provider.call("domain.delete", elid=f"{unpaid}, {active}", sok="ok")) == ("6", "domain")
    assert error(provider.call("domain.delete", elid=f"{unpaid}, 999", sok="ok")) == ("3", "domain")
    assert len(provider.rows("domain")) == 2
    provider.post("switch", delete_needs_sok="on")
    assert provider.call("domain.delete", elid=unpaid) == {"elid": unpaid}
    assert "ok" in provider.call("domain.delete", elid=unpaid, sok="ok")
    assert "<status>free</status>" in provider.check("other.ru").text


def test_getinfo_finds_by_name_or_id_and_can_be_stale_or_missing(provider):
    number = owned(provider)
    assert provider.call("domain.getinfo", dname="example.ru", sok="ok") == {
        "elid": number,
        "name": "example",
        "tld": "ru",
        "ns0": "ns1.example.net",
        "ns1": "ns2.example.net",
        "expire": "2030-03-14",
        "domainstatus": "2",
    }
    assert error(provider.call("domain.getinfo", dname="taken.ru")) == ("3", "domain")
    assert error(provider.call("domain.getinfo", dname="\x00" + "x" * 300)) == ("3", "domain")
    provider.post("switch", stale_expire_days=400)
    assert provider.call("domain.getinfo", elid=number)["expire"] == "2029-02-07"
    provider.post("switch", getinfo="off")
    assert error(provider.call("domain.getinfo", elid=number)) == ("3", "domain.getinfo")


def test_columns_of_the_list_follow_the_switches(provider):
    number = provider.ordered(remoteid="shop-1", paynow=None)
    assert set(provider.rows("domain")[0]) == {"id", "name", "domainstatus"}
    provider.post("switch", api_columns="always", remoteid_shown="on")
    assert provider.rows("domain")[0]["remoteid"] == "shop-1"
    assert provider.rows("domain")[0]["price_id"] == "565"
    provider.post("domain", name="gone.ru", status=4)
    assert len(provider.rows("domain")) == 2
    provider.post("switch", removed_listed="off")
    assert [row["id"] for row in provider.rows("domain")] == [number]


def test_new_domains_may_come_with_automatic_renewal(provider):
    provider.post("switch", auto_renewal_default="on")
    assert provider.numbered(provider.ordered())["auto_period"] == "881"


def test_many_domains_are_made_at_once_and_listed_whole(provider):
    rows = [{"name": f"name-{number}.ru", "expire": "2030-01-01"} for number in range(3000)]
    answer = provider.http.post(provider.control + "domain", json=rows, timeout=10).json()
    assert len(answer) == len(provider.rows("domain")) == 3000


def test_a_renewal_in_leap_day_falls_on_the_last_day_of_february(provider):
    number = provider.post("domain", name="leap.ru", expire="2028-02-29")["id"]
    provider.call("domain.renew", elid=str(number), **RENEWAL)
    provider.post("progress")
    assert provider.numbered(str(number))["expire"] == year_after("2028-02-29") == "2029-02-28"
