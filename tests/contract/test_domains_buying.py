"""Orders, renewals and changes of domains. Each step is applied twice: the second time must cost nothing, or
say so.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Dict

import pytest

from bill2bill.errors import NoAnswer, NotSent, Refused
from bill2bill.rules.contacts import Kind
from bill2bill.rules.statuses import DomainState

from .dialects import PERSON, RUBLES, Domains
from .transport import USER, http

pytestmark = pytest.mark.needs("domains")

# -- contacts: two calls, nothing is paid --------------------------------------------------------------------


def test_a_contact_is_made_filled_in_and_found_by_its_name(dialect: Domains) -> None:
    number = dialect.up.create_contact(Kind.PERSON, "sample-7-person")
    for _ in "twice":
        dialect.up.edit_contact(number, Kind.PERSON, "sample-7-person", PERSON)
        contact = dialect.up.contact(number)
        assert contact is not None
        assert not contact.locked
        assert {name: contact.fields[name] for name in PERSON} == PERSON
    assert dialect.up.contacts() == [(number, "sample-7-person")]


def test_a_contact_of_nobody_is_none(dialect: Domains) -> None:
    assert dialect.up.contact(99999) is None


def test_a_bad_field_is_named(dialect: Domains) -> None:
    number = dialect.up.create_contact(Kind.PERSON, "sample")
    with pytest.raises(Refused) as caught:
        dialect.up.edit_contact(number, Kind.PERSON, "sample", {**PERSON, "email": ""})
    assert (caught.value.params["code"], caught.value.params["value"]) == ("4", "email")


def test_a_locked_contact_exists_and_refuses_changes(dialect: Domains) -> None:
    number = dialect.contact()
    dialect.provider.post("contact/lock", {"id": number})
    dialect.provider.switch(locked_read="always")
    contact = dialect.up.contact(number)
    assert contact is not None
    assert contact.locked
    with pytest.raises(Refused) as caught:
        dialect.up.edit_contact(number, Kind.PERSON, "sample person", PERSON)
    assert caught.value.params["code"] == "8"


def test_a_lost_answer_to_a_new_contact_is_told(dialect: Domains) -> None:
    dialect.provider.fault("contcat.create.1", "cut", when="after")
    with pytest.raises(NoAnswer):
        dialect.up.create_contact(Kind.PERSON, "sample-7-person")
    assert [name for _, name in dialect.up.contacts()] == ["sample-7-person"]


# -- orders --------------------------------------------------------------------------------------------------


def test_an_order_is_paid_once_and_a_second_one_of_the_name_is_not(dialect: Domains) -> None:
    order = dialect.order("example.ru")
    number = dialect.up.order_domain(order)
    with pytest.raises((Refused, NoAnswer)):
        dialect.up.order_domain(order)
    assert dialect.provider.amounts() == ["199.00"]
    found = dialect.up.find_domain("example.ru")
    assert found is not None
    assert (found.id, found.state, found.expires) == (number, DomainState.REGISTERING, None)


def test_an_ordered_domain_becomes_active_with_a_date(dialect: Domains) -> None:
    number = dialect.up.order_domain(dialect.order("example.ru"))
    dialect.provider.post("progress")
    found = dialect.up.domain(number)
    assert found is not None
    assert found.state is DomainState.DELEGATED
    assert found.expires is not None
    assert found.expires.year == date.fromisoformat(dialect.provider.get("clock")["today"]).year + 1


def test_an_order_leaves_automatic_renewal_off(dialect: Domains) -> None:
    assert dialect.up.domain_form(dialect.up.order_domain(dialect.order())).auto_renewal == ""
    (sent,) = dialect.provider.requests("domain.order.4")
    assert {"autoprolong", "remoteid", "lang", "contact", "projectns", "domainpropind"}.isdisjoint(
        sent["params"]
    )


def test_an_order_sends_exactly_what_the_reference_recommends(dialect: Domains) -> None:
    owner = dialect.contact()
    dialect.up.order_domain(dialect.order("example.ru", contacts={"owner": owner}))
    (sent,) = dialect.provider.requests("domain.order.4")
    params = {name: value for name, value in sent["params"].items() if name != "authinfo"}
    assert sent["method"] == "POST"
    assert params == {
        "func": "domain.order.4", "out": "json", "sok": "ok", "operation": "register", "countdomain": "1",
        "domain": "example",
        "domainname_0": "example", "tld": "ru", "price": "565", "pricelist_0": "565", "period_0": "881",
        "registrar": "13",
        "payfrom": "account4411", "paynow": "on", "owner": str(owner),
        "nslist_0": "ns1.example.net ns2.example.net",
    }  # fmt: skip


def test_two_parameters_are_sent_only_on_request(dialect: Domains) -> None:
    up = dialect.make(
        http(dialect.provider.ca_file),
        dialect.provider.url,
        USER,
        "s3cret word/&=",
        send_contact=True,
        send_projectns=True,
    )
    order = dialect.order("example.ru")
    up.order_domain(order)
    (sent,) = dialect.provider.requests("domain.order.4")
    assert sent["params"]["contact"] == str(order.contacts["owner"])
    assert sent["params"]["projectns"] == "ns1.example.net ns2.example.net"


def test_an_order_without_name_servers_sends_none(dialect: Domains) -> None:
    number = dialect.up.order_domain(dialect.order(name_servers=()))
    dialect.provider.post("progress")
    found = dialect.up.domain(number)
    assert found is not None
    assert found.state is DomainState.UNDELEGATED
    assert "nslist_0" not in dialect.provider.requests("domain.order.4")[0]["params"]


def test_a_name_in_another_alphabet_travels_in_a_labels(dialect: Domains) -> None:
    dialect.up.order_domain(dialect.order("xn--e1afmkfd.xn--p1ai", tariff=dialect.tariff(566)))
    (sent,) = dialect.provider.requests("domain.order.4")
    assert (sent["params"]["domain"], sent["params"]["tld"]) == ("xn--e1afmkfd", "xn--p1ai")


def test_a_zone_outside_the_ru_group_takes_four_contacts(dialect: Domains) -> None:
    generic = dialect.contact(Kind.GENERIC)
    order = dialect.order(
        "example.com",
        tariff=dialect.tariff(601),
        period=931,
        contacts=dict.fromkeys(("owner", "admin", "bill", "tech"), generic),
    )
    dialect.up.order_domain(order)
    assert dialect.provider.amounts() == ["1980.00"]


def test_too_little_money_leaves_an_unpaid_order(dialect: Domains) -> None:
    dialect.provider.post("balance", {"account": RUBLES, "balance": "10"})
    found = dialect.up.domain(dialect.up.order_domain(dialect.order()))
    assert found is not None
    assert found.state is DomainState.UNPAID
    assert dialect.provider.amounts() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"period": 930}, "period_0"),
        ({"contacts": {"owner": 99999}}, "owner"),
        ({"account": 4412}, "payfrom"),
    ],
)
def test_a_refused_order_names_the_field_and_costs_nothing(
    dialect: Domains, changes: Dict[str, Any], field: str
) -> None:
    order = dialect.order(**changes)
    for _ in "twice":
        with pytest.raises(Refused) as caught:
            dialect.up.order_domain(order)
        assert (caught.value.params["code"], caught.value.params["value"]) == ("4", field)
    assert dialect.provider.amounts() == []
    assert dialect.up.find_domain(order.name) is None


@pytest.mark.parametrize(
    "changes", [{"name": "example.com"}, {"contacts": {"boss": 1}}, {"account": 0}, {"period": -1}]
)
def test_an_order_that_cannot_be_right_is_not_sent(dialect: Domains, changes: Dict[str, Any]) -> None:
    order = dialect.order(**changes)
    with pytest.raises(NotSent):
        dialect.up.order_domain(order)
    assert dialect.provider.requests("domain.order.4") == []


# -- renewals ------------------------------------------------------------------------------------------------


def test_a_renewal_moves_the_date_by_its_period(dialect: Domains) -> None:
    number = dialect.domain("example.ru")
    dialect.up.renew_domain(number, 881, RUBLES)
    (sent,) = dialect.provider.requests("domain.renew")
    assert {name: value for name, value in sent["params"].items() if name != "authinfo"} == {
        "func": "domain.renew", "out": "json", "elid": str(number), "autoperiod": "881", "sok": "ok",
        "paynow": "on", "payfrom": "account4411",
    }  # fmt: skip
    working = dialect.up.domain(number)
    dialect.provider.post("progress")
    done = dialect.up.domain(number)
    assert working is not None
    assert done is not None
    assert (working.state, done.state, done.expires) == (
        DomainState.RENEWING,
        DomainState.DELEGATED,
        date(2031, 3, 14),
    )
    assert dialect.provider.amounts() == ["199.00"]


def test_a_refused_renewal_costs_nothing(dialect: Domains) -> None:
    number = dialect.domain("example.ru")
    for _ in "twice":
        with pytest.raises(Refused):
            dialect.up.renew_domain(number, 930, RUBLES)
    with pytest.raises(Refused):
        dialect.up.renew_domain(99999, 881, RUBLES)
    assert dialect.provider.amounts() == []


# -- name servers --------------------------------------------------------------------------------------------


def test_name_servers_are_replaced_and_the_rest_stays(dialect: Domains) -> None:
    owner = dialect.contact()
    number = dialect.domain(
        contacts={"owner": owner},
        auto_period="881",
        ns=["ns1.example.net", "ns2.example.net", "ns3.example.net"],
    )
    for _ in "twice":
        dialect.up.change_name_servers(dialect.up.domain_form(number), ["ns1.example.org", "ns2.example.org"])
        form = dialect.up.domain_form(number)
        assert form.name_servers == ("ns1.example.org", "ns2.example.org", "", "")
        assert (form.owner, form.auto_renewal) == (owner, "881")
    assert dialect.provider.amounts() == []


def test_more_servers_than_slots_are_not_sent(dialect: Domains) -> None:
    form = dialect.up.domain_form(dialect.domain())
    with pytest.raises(NotSent) as caught:
        dialect.up.change_name_servers(form, [f"ns{n}.example.net" for n in range(5)])
    assert caught.value.code == "ns_bad"


def test_one_server_is_refused_and_changes_nothing(dialect: Domains) -> None:
    form = dialect.up.domain_form(dialect.domain())
    with pytest.raises(Refused):
        dialect.up.change_name_servers(form, ["ns1.example.org"])
    assert dialect.up.domain_form(form.id) == form


# -- what holds for everything -------------------------------------------------------------------------------


def test_reading_switches_travel_with_reads_only_and_passwords_in_bodies_only(dialect: Domains) -> None:
    number = dialect.up.order_domain(dialect.order())
    dialect.provider.post("progress")
    dialect.up.renew_domain(number, 881, RUBLES)
    dialect.up.change_name_servers(dialect.up.domain_form(number), ["ns1.example.org", "ns2.example.org"])
    for row in dialect.provider.get("requests"):
        assert not (row["params"].get("api") and row["params"].get("sok"))
        assert "set_autoperiod" not in row["params"]
        assert row["method"] == ("POST" if "authinfo" in row["params"] else "GET")
