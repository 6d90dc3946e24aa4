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
from .provider import USER, http

pytestmark = pytest.mark.needs("domains")

# -- contacts: two calls, nothing is paid --------------------------------------------------------------------


def test_a_contact_is_made_filled_in_and_found_by_its_name(world: Domains) -> None:
    number = world.up.create_contact(Kind.PERSON, "sample-7-person")
    for _ in "twice":
        world.up.edit_contact(number, Kind.PERSON, "sample-7-person", PERSON)
        contact = world.up.contact(number)
        assert contact is not None
        assert not contact.locked
        assert {name: contact.fields[name] for name in PERSON} == PERSON
    assert world.up.contacts() == [(number, "sample-7-person")]


def test_a_contact_of_nobody_is_none(world: Domains) -> None:
    assert world.up.contact(99999) is None


def test_a_bad_field_is_named(world: Domains) -> None:
    number = world.up.create_contact(Kind.PERSON, "sample")
    with pytest.raises(Refused) as caught:
        world.up.edit_contact(number, Kind.PERSON, "sample", {**PERSON, "email": ""})
    assert (caught.value.params["code"], caught.value.params["value"]) == ("4", "email")


def test_a_locked_contact_exists_and_refuses_changes(world: Domains) -> None:
    number = world.contact()
    world.provider.post("contact/lock", {"id": number})
    world.provider.switch(locked_read="always")
    contact = world.up.contact(number)
    assert contact is not None
    assert contact.locked
    with pytest.raises(Refused) as caught:
        world.up.edit_contact(number, Kind.PERSON, "sample person", PERSON)
    assert caught.value.params["code"] == "8"


def test_a_lost_answer_to_a_new_contact_is_told(world: Domains) -> None:
    world.provider.arm("contcat.create.1", "cut", "after")
    with pytest.raises(NoAnswer):
        world.up.create_contact(Kind.PERSON, "sample-7-person")
    assert [name for _, name in world.up.contacts()] == ["sample-7-person"]


# -- orders --------------------------------------------------------------------------------------------------


def test_an_order_is_paid_once_and_a_second_one_of_the_name_is_not(world: Domains) -> None:
    order = world.order("example.ru")
    number = world.up.order_domain(order)
    with pytest.raises((Refused, NoAnswer)):
        world.up.order_domain(order)
    assert world.provider.charges() == ["199.00"]
    found = world.up.find_domain("example.ru")
    assert found is not None
    assert (found.id, found.state, found.expires) == (number, DomainState.REGISTERING, None)


def test_an_ordered_domain_becomes_active_with_a_date(world: Domains) -> None:
    number = world.up.order_domain(world.order("example.ru"))
    world.provider.post("progress")
    found = world.up.domain(number)
    assert found is not None
    assert found.state is DomainState.DELEGATED
    assert found.expires is not None
    assert found.expires.year == date.fromisoformat(world.provider.get("clock")["today"]).year + 1


def test_an_order_leaves_automatic_renewal_off(world: Domains) -> None:
    assert world.up.domain_form(world.up.order_domain(world.order())).auto_renewal == ""
    (sent,) = world.provider.requests("domain.order.4")
    assert {"autoprolong", "remoteid", "lang", "contact", "projectns", "domainpropind"}.isdisjoint(
        sent["params"]
    )


def test_an_order_sends_exactly_what_the_reference_recommends(world: Domains) -> None:
    owner = world.contact()
    world.up.order_domain(world.order("example.ru", contacts={"owner": owner}))
    (sent,) = world.provider.requests("domain.order.4")
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


def test_two_parameters_are_sent_only_on_request(world: Domains) -> None:
    up: Any = type(world.up)(
        http(world.provider.ca_file),
        world.provider.url,
        USER,
        "s3cret word/&=",
        send_contact=True,
        send_projectns=True,
    )
    order = world.order("example.ru")
    up.order_domain(order)
    (sent,) = world.provider.requests("domain.order.4")
    assert sent["params"]["contact"] == str(order.contacts["owner"])
    assert sent["params"]["projectns"] == "ns1.example.net ns2.example.net"


def test_an_order_without_name_servers_sends_none(world: Domains) -> None:
    number = world.up.order_domain(world.order(name_servers=()))
    world.provider.post("progress")
    found = world.up.domain(number)
    assert found is not None
    assert found.state is DomainState.UNDELEGATED
    assert "nslist_0" not in world.provider.requests("domain.order.4")[0]["params"]


def test_a_name_in_another_alphabet_travels_in_a_labels(world: Domains) -> None:
    world.up.order_domain(world.order("xn--e1afmkfd.xn--p1ai", tariff=world.tariff(566)))
    (sent,) = world.provider.requests("domain.order.4")
    assert (sent["params"]["domain"], sent["params"]["tld"]) == ("xn--e1afmkfd", "xn--p1ai")


def test_a_zone_outside_the_ru_group_takes_four_contacts(world: Domains) -> None:
    generic = world.contact(Kind.GENERIC)
    order = world.order(
        "example.com",
        tariff=world.tariff(601),
        period=931,
        contacts=dict.fromkeys(("owner", "admin", "bill", "tech"), generic),
    )
    world.up.order_domain(order)
    assert world.provider.charges() == ["1980.00"]


def test_too_little_money_leaves_an_unpaid_order(world: Domains) -> None:
    world.provider.post("balance", {"account": RUBLES, "balance": "10"})
    found = world.up.domain(world.up.order_domain(world.order()))
    assert found is not None
    assert found.state is DomainState.UNPAID
    assert world.provider.charges() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"period": 930}, "period_0"),
        ({"contacts": {"owner": 99999}}, "owner"),
        ({"account": 4412}, "payfrom"),
    ],
)
def test_a_refused_order_names_the_field_and_costs_nothing(
    world: Domains, changes: Dict[str, Any], field: str
) -> None:
    order = world.order(**changes)
    for _ in "twice":
        with pytest.raises(Refused) as caught:
            world.up.order_domain(order)
        assert (caught.value.params["code"], caught.value.params["value"]) == ("4", field)
    assert world.provider.charges() == []
    assert world.up.find_domain(order.name) is None


@pytest.mark.parametrize(
    "changes", [{"name": "example.com"}, {"contacts": {"boss": 1}}, {"account": 0}, {"period": -1}]
)
def test_an_order_that_cannot_be_right_is_not_sent(world: Domains, changes: Dict[str, Any]) -> None:
    order = world.order(**changes)
    with pytest.raises(NotSent):
        world.up.order_domain(order)
    assert world.provider.requests("domain.order.4") == []


# -- renewals ------------------------------------------------------------------------------------------------


def test_a_renewal_moves_the_date_by_its_period(world: Domains) -> None:
    number = world.domain("example.ru")
    world.up.renew_domain(number, 881, RUBLES)
    (sent,) = world.provider.requests("domain.renew")
    assert {name: value for name, value in sent["params"].items() if name != "authinfo"} == {
        "func": "domain.renew", "out": "json", "elid": str(number), "autoperiod": "881", "sok": "ok",
        "paynow": "on", "payfrom": "account4411",
    }  # fmt: skip
    working = world.up.domain(number)
    world.provider.post("progress")
    done = world.up.domain(number)
    assert working is not None
    assert done is not None
    assert (working.state, done.state, done.expires) == (
        DomainState.RENEWING,
        DomainState.DELEGATED,
        date(2031, 3, 14),
    )
    assert world.provider.charges() == ["199.00"]


def test_a_refused_renewal_costs_nothing(world: Domains) -> None:
    number = world.domain("example.ru")
    for _ in "twice":
        with pytest.raises(Refused):
            world.up.renew_domain(number, 930, RUBLES)
    with pytest.raises(Refused):
        world.up.renew_domain(99999, 881, RUBLES)
    assert world.provider.charges() == []


# -- name servers --------------------------------------------------------------------------------------------


def test_name_servers_are_replaced_and_the_rest_stays(world: Domains) -> None:
    owner = world.contact()
    number = world.domain(
        contacts={"owner": owner},
        auto_period="881",
        ns=["ns1.example.net", "ns2.example.net", "ns3.example.net"],
    )
    for _ in "twice":
        world.up.change_name_servers(world.up.domain_form(number), ["ns1.example.org", "ns2.example.org"])
        form = world.up.domain_form(number)
        assert form.name_servers == ("ns1.example.org", "ns2.example.org", "", "")
        assert (form.owner, form.auto_renewal) == (owner, "881")
    assert world.provider.charges() == []


def test_more_servers_than_slots_are_not_sent(world: Domains) -> None:
    form = world.up.domain_form(world.domain())
    with pytest.raises(NotSent) as caught:
        world.up.change_name_servers(form, [f"ns{n}.example.net" for n in range(5)])
    assert caught.value.code == "ns_bad"


def test_one_server_is_refused_and_changes_nothing(world: Domains) -> None:
    form = world.up.domain_form(world.domain())
    with pytest.raises(Refused):
        world.up.change_name_servers(form, ["ns1.example.org"])
    assert world.up.domain_form(form.id) == form


# -- what holds for everything -------------------------------------------------------------------------------


def test_reading_switches_travel_with_reads_only_and_passwords_in_bodies_only(world: Domains) -> None:
    number = world.up.order_domain(world.order())
    world.provider.post("progress")
    world.up.renew_domain(number, 881, RUBLES)
    world.up.change_name_servers(world.up.domain_form(number), ["ns1.example.org", "ns2.example.org"])
    for row in world.provider.get("requests"):
        assert not (row["params"].get("api") and row["params"].get("sok"))
        assert "set_autoperiod" not in row["params"]
        assert row["method"] == ("POST" if "authinfo" in row["params"] else "GET")
