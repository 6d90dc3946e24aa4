"""domain.order.4 of the sandbox provider: money, the order of refusals, and how an order goes on."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from kit.provider4 import COMPANY, GENERIC, error
from kit.waiting import wait_for


def year_after(day: str) -> str:
    return (
        day.replace(day[:4], str(int(day[:4]) + 1), 1)
        if not day.endswith("02-29")
        else f"{int(day[:4]) + 1}-02-28"
    )


def test_a_paid_order_is_charged_once_and_is_registered_after_a_day(provider):
    number = provider.ordered()
    assert provider.balance() == "15005.00"
    (charge,) = provider.get("ledger")
    assert {**charge, "time": ""} == {
        "id": 1,
        "time": "",
        "account": 4411,
        "amount": "199.00",
        "currency": "Russian Ruble",
        "kind": "order",
        "item": int(number),
        "name": "example.ru",
        "period": 881,
        "balance": "15005.00",
    }
    assert [json.loads(line) for line in (provider.folder / "ledger.jsonl").read_text().splitlines()] == [
        charge
    ]
    assert provider.rows("domain") == [{"id": number, "name": "example.ru", "domainstatus": "5"}]
    assert provider.call("domain.getinfo", elid=number)["expire"] == "on"
    today = provider.post("clock", advance_days=1)["today"]
    assert today == (datetime.now().astimezone() + timedelta(days=1)).date().isoformat()
    assert provider.rows("domain", api="on") == [
        {
            "id": number,
            "name": "example.ru",
            "domainstatus": "2",
            "expire": year_after(today),
            "registrarId": "13",
            "price_id": "565",
        }
    ]


@pytest.mark.parametrize("changes", [{"paynow": None}, {"payfrom": "neworder"}, {}])
def test_an_order_without_payment_or_money_is_accepted_and_stays_unpaid(provider, changes):
    if not changes:
        provider.post("balance", account=4411, balance="198.99")
    number = provider.ordered(**changes)
    provider.post("progress")
    assert provider.rows("domain") == [{"id": number, "name": "example.ru", "domainstatus": "1"}]
    assert provider.get("ledger") == []


def test_the_credit_limit_counts_as_money(provider):
    provider.post("balance", account=4411, balance="0.00", credit="199.00")
    provider.ordered()
    assert provider.balance() == "-199.00"


def test_an_unpaid_order_may_be_paid_when_money_arrives(provider):
    provider.post("switch", pay_when_money_arrives="on")
    number = provider.ordered(paynow=None)
    provider.post("balance", account=4411, balance="500")
    assert provider.ledger() == [("autopay", int(number), "199.00")]
    assert provider.numbered(number)["status"] == 5


REFUSALS = [  # in the order in which the provider looks
    ({"authinfo": "reseller:wrong"}, ("100", "")),
    ({"operation": "buy"}, ("4", "operation")),
    ({"tld": "com"}, ("3", "pricelist")),
    ({"pricelist_0": "9999", "price": "9999"}, ("3", "pricelist")),
    ({"period_0": "884"}, ("4", "period_0")),
    ({"registrar": "5"}, ("4", "registrar")),
    ({"owner": "6999"}, ("4", "owner")),
    ({"domain": "taken", "domainname_0": "taken"}, ("2", "domain")),
    ({"nslist_0": "ns1.example.net"}, ("4", "nslist_0")),
    ({"payfrom": "account1"}, ("4", "payfrom")),
]


@pytest.mark.parametrize(("change", "expected"), REFUSALS)
def test_a_wrong_order_is_refused_and_nothing_exists(provider, change, expected):
    assert error(provider.order(**change)) == expected
    assert provider.get("ledger") == []
    assert provider.get("state")["domains"] == []


def test_of_several_mistakes_the_first_in_the_documented_order_is_named(provider):
    wrong = {}
    for change, expected in reversed(REFUSALS):
        wrong.update(change)
        if "tld" in change:
            wrong.pop("pricelist_0", None)
        assert error(provider.order(**wrong)) == expected


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"countdomain": "2"}, "countdomain"),
        ({"countdomain": None}, "countdomain"),
        ({"domainname_0": "other"}, "domainname_0"),
        ({"domain": "a"}, "domain"),
        ({"domain": "-ab"}, "domain"),
        ({"domain": "ab--cd"}, "domain"),
        ({"domain": "example.ru"}, "domain"),
        ({"domain": "пример"}, "domain"),
        ({"price": "566"}, "price"),
        ({"price": None}, "price"),
        ({"tld": None}, "tld"),
        ({"period_0": None}, "period_0"),
        ({"payfrom": "account4412"}, "payfrom"),
        ({"payfrom": "4411"}, "payfrom"),
        ({"nslist_0": "a.example.net b.example.net c.example.net d.example.net e.example.net"}, "nslist_0"),
        ({"nslist_0": "ns1.example.ru/2001:db8::1 ns2.example.net"}, "nslist_0"),
        ({"autoprolong": "930"}, "autoprolong"),
    ],
)
def test_each_bad_parameter_is_named(provider, change, field):
    assert error(provider.order(**change)) == ("4", field)


def test_a_looser_provider_takes_one_parameter_of_each_pair(provider):
    provider.post("switch", strict_order="off")
    loose = dict.fromkeys(
        ("countdomain", "domainname_0", "tld", "pricelist_0", "period_0", "registrar", "payfrom", "nslist_0")
    )
    number = provider.ordered(**loose, period="881", ns0="ns1.example.net", ns1="ns2.example.net")
    assert provider.numbered(number)["ns"] == ["ns1.example.net", "ns2.example.net"]
    assert provider.ledger() == [("order", int(number), "199.00")]


def test_zones_want_their_own_kinds_of_contacts(provider):
    com = {"tld": "com", "price": "601", "pricelist_0": "601", "period_0": "931", "registrar": "19"}
    generic = provider.contact(GENERIC)
    assert error(provider.order(**com)) == ("4", "owner")
    assert error(provider.order(**com, owner=generic)) == ("4", "admin")
    assert error(provider.order(owner=generic)) == ("4", "owner")
    number = provider.ordered(**com, owner=generic, admin=generic, bill=generic, tech=generic)
    assert provider.ledger() == [("order", int(number), "1980.00")]
    rucenter = {"price": "567", "pricelist_0": "567", "period_0": "885", "registrar": "5"}
    assert error(provider.order(**rucenter)) == ("4", "customer")
    assert "item.id" in provider.order(**rucenter, customer=provider.contact(COMPANY))


def test_a_contact_that_was_never_filled_in_cannot_own_a_domain(provider):
    empty = provider.call("contcat.create.1", ctype="person", cname="Remote 1", sok="ok")["domaincontact.id"]
    assert error(provider.order(owner=empty)) == ("4", "owner")
    provider.post("switch", empty_contacts_refused="off")
    assert "item.id" in provider.order(owner=empty)


def test_the_same_name_cannot_be_ordered_twice_even_unpaid(provider):
    provider.ordered(paynow=None)
    assert error(provider.order()) == ("2", "domain")
    provider.post("switch", taken_code="code8")
    assert error(provider.order())[0] == "8"


def test_without_sok_the_form_comes_back_and_nothing_happens(provider):
    form = provider.order(sok=None)
    assert "199.00" in form["totalinfo"]
    assert error(provider.order(sok="", period_0="1")) == ("4", "period_0")
    provider.post("switch", form_validates="off")
    assert provider.call("domain.order.4")["operation"] == ""
    assert provider.get("state")["domains"] == []


def test_without_name_servers_a_domain_is_registered_but_not_delegated(provider):
    assert provider.numbered(provider.registered(nslist_0=None))["status"] == 3


def test_a_cyrillic_zone_is_ordered_in_punycode(provider):
    form = {"tld": "xn--p1ai", "price": "566", "pricelist_0": "566", "period_0": "884"}
    provider.ordered("xn--e1afmkfd", **form)
    assert provider.call("domain.getinfo", dname="пример.рф")["tld"] == "xn--p1ai"
    provider.post("switch", unicode_names="on")
    assert provider.rows("domain")[0]["name"] == "пример.рф"
    assert error(provider.order("xn--90a", **{**form, "tld": "рф"})) == ("3", "pricelist")


def test_a_transfer_needs_a_name_that_somebody_else_owns(provider):
    provider.post("domain", name="theirs.ru", check="taken", expire="2031-05-06")
    assert error(provider.order("free-one", operation="transfer")) == ("2", "domain")
    number = provider.ordered("theirs", operation="transfer", auth_code="code")
    assert provider.numbered(number)["status"] == 7
    assert provider.call("domain.getinfo", elid=number)["expire"] == "on"
    provider.post("progress")
    assert (provider.numbered(number)["status"], provider.numbered(number)["expire"]) == (2, "2032-05-06")


def test_a_transfer_can_be_rejected_and_may_need_a_code(provider):
    provider.post("switch", transfer_outcome="rejected", auth_code_required="on")
    assert error(provider.order("taken", operation="transfer")) == ("4", "auth_code")
    assert (
        provider.numbered(provider.registered("taken", operation="transfer", auth_code="code"))["status"] == 4
    )


@pytest.mark.parametrize(
    "rule",
    [
        {"mode": "immediate"},
        {"mode": "looks", "n": 2},
        {"mode": "seconds", "n": 0.3},
        {"mode": "clock", "n": 3},
    ],
)
def test_the_registrar_is_as_fast_as_the_switch_says(provider, rule):
    provider.post("switch", progress=rule)
    number = provider.ordered()

    def status() -> str:
        return provider.call("domain.getinfo", elid=number)["domainstatus"]

    if rule["mode"] == "immediate":
        assert status() == "2"
    elif rule["mode"] == "looks":
        assert [status(), status(), status()] == ["5", "5", "2"]
    elif rule["mode"] == "seconds":
        assert status() == "5"
        wait_for(lambda: status() == "2")
    else:
        provider.post("clock", advance_days=2)
        assert status() == "5"
        provider.post("clock", advance_days=1)
        assert status() == "2"


def test_a_monthly_tariff_lasts_a_month_and_vat_is_charged_if_switched_on(provider):
    provider.post("switch", vat_percent="20")
    generic = provider.contact(GENERIC)
    roles = dict.fromkeys(("owner", "admin", "bill", "tech"), generic)
    year = int(provider.get("clock")["today"][:4]) + 1
    provider.post("clock", today=f"{year}-01-31")
    number = provider.registered(
        tld="online", price="603", pricelist_0="603", period_0="940", registrar="30", **roles
    )
    assert provider.numbered(number)["expire"] in (f"{year}-02-28", f"{year}-02-29")
    assert provider.ledger() == [("order", int(number), "108.00")]


def test_one_progress_request_can_finish_one_item_only(provider):
    first, second = provider.ordered("one-1"), provider.ordered("two-2")
    assert provider.post("progress", id=int(second)) == {"finished": [int(second)]}
    assert [provider.numbered(number)["status"] for number in (first, second)] == [5, 2]
