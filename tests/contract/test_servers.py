"""Servers of a BILLmanager 5 or 6 in all the ways that its reference leaves open (upstream-billmanager6 10,
11).
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Dict

import pytest

from bill2bill import messages
from bill2bill.errors import Failure, NoAnswer, NotSent, Refused
from bill2bill.rules.statuses import ServiceState
from bill2bill.upstream.api import Receipt

from .dialects import NOBODY, Servers
from .transport import PASSWORD, USER

pytestmark = pytest.mark.needs("services")
TYPES = ["vds", "dedic", "vhost", "soft", "storage"]


def service(dialect: Servers, number: int) -> Any:
    found = dialect.up.service("vds", number)
    assert found is not None
    return found.service


# -- catalogue and forms -------------------------------------------------------------------------------------


def test_the_catalogue_prices_the_whole_period_and_each_unit(dialect: Servers) -> None:
    small, large = dialect.up.service_tariffs("vds")
    assert (small.id, small.name, small.currency, small.datacenters) == (277, "KVM-2", "EUR", (3,))
    assert small.prices == {1: Decimal("9.00"), 12: Decimal("97.20")}
    assert large.prices == {1: Decimal("18.00"), 12: Decimal("194.40")}
    assert [(addon.id, addon.intname, addon.included) for addon in small.addons] == [
        (101, "ncpu", 2),
        (102, "control_panel", 0),
        (103, "backup", 0),
    ]


@pytest.mark.parametrize("itemtype", TYPES)
def test_every_type_has_its_catalogue(dialect: Servers, itemtype: str) -> None:
    tariffs = dialect.up.service_tariffs(itemtype)
    assert tariffs
    assert all(tariff.prices for tariff in tariffs)


def test_an_order_form_offers_what_binds(dialect: Servers) -> None:
    form = dialect.up.order_form("vds", 277, 1, 3)
    assert form.choices["ostempl"] == ["ISPsystem__Debian-12", "ISPsystem__Ubuntu-24.04"]
    assert form.choices["addon_102"] == ["901", "902"]
    assert form.depends["recipe", "ISPsystem__lamp"] == "ISPsystem__Debian-12"
    assert form.ranges == {101: (1, 8, 1)}
    with pytest.raises(Refused):
        dialect.up.order_form("vds", NOBODY, 1, 3)


# -- orders --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("generation", ["b6", "b5"])
@pytest.mark.parametrize(("style", "told"), [("id", True), ("item.id", True), ("none", False)])
def test_an_order_is_known_by_its_number_or_found_by_its_mark(
    dialect: Servers, generation: str, style: str, told: bool
) -> None:
    dialect.provider.switch(generation=generation, order_id_style=style)
    receipt = dialect.up.order_service(dialect.order())
    assert dialect.provider.amounts() == ["9.00"]
    (found,) = dialect.up.services("vds")
    assert (found.mark, found.name, found.auto_renewal, found.tariff_name) == (
        "x-1",
        "vm1.example.net",
        "",
        "KVM-2",
    )
    assert receipt == Receipt(found.id if told else None)


@pytest.mark.parametrize("generation", ["auto", "new", "old"])
@pytest.mark.parametrize("autoprolong", ["onoff", "months"])
def test_an_order_leaves_automatic_renewal_off_in_every_spelling(
    dialect: Servers, generation: str, autoprolong: str
) -> None:
    dialect.provider.switch(v2_autoprolong=autoprolong)
    up = dialect.make(dialect.http, dialect.provider.url, USER, PASSWORD, generation=generation)
    number = up.order_service(dialect.order()).remote
    assert dialect.auto_renewal(number) == ""


def test_the_newer_order_form_of_an_older_provider_is_an_error(dialect: Servers) -> None:
    dialect.provider.switch(generation="b5")
    up = dialect.make(dialect.http, dialect.provider.url, USER, PASSWORD, generation="new")
    with pytest.raises(Refused):
        up.order_service(dialect.order())
    assert dialect.provider.amounts() == []


def test_the_same_order_twice_is_two_services(dialect: Servers) -> None:
    """There is no key of a purchase, and marks need not be unique (9.3)."""
    numbers = {dialect.up.order_service(dialect.order()).remote for _ in range(2)}
    assert len(numbers) == 2
    assert dialect.provider.amounts() == ["9.00", "9.00"]
    assert [found.mark for found in dialect.up.services("vds")] == ["x-1", "x-1"]


def test_add_ons_are_ordered_and_paid_above_what_is_included(dialect: Servers) -> None:
    number = dialect.up.order_service(dialect.order(addons={101: "4", 102: "902", 103: "on"})).remote
    assert dialect.provider.amounts() == ["21.00"]  # 9 + 2 units of 2 + 5 + 3
    assert dialect.up.service("vds", number).addons == {101: "4", 102: "902", 103: "on"}


@pytest.mark.parametrize(
    "changes",
    [{"tariff": 99999}, {"months": 5}, {"datacenter": 99}, {"addons": {101: "9"}}, {"addons": {102: "999"}}],
)
def test_a_refused_order_costs_nothing(dialect: Servers, changes: Dict[str, Any]) -> None:
    with pytest.raises(Refused):
        dialect.up.order_service(dialect.order(**changes))
    assert dialect.provider.amounts() == []
    assert list(dialect.up.services("vds")) == []


def test_too_little_money_is_refused_with_both_amounts(dialect: Servers) -> None:
    dialect.poor()
    with pytest.raises(Refused) as caught:
        dialect.up.order_service(dialect.order())
    assert (caught.value.code, caught.value.params["balance"], caught.value.params["value"]) == (
        "low_balance",
        "1.00 EUR",
        "9.00 EUR",
    )


def test_too_little_money_may_leave_an_unpaid_service(dialect: Servers) -> None:
    dialect.provider.switch(low_funds="unpaid", keep_deleted="off")
    dialect.poor()
    receipt = dialect.up.order_service(dialect.order())
    (found,) = dialect.up.services("vds")
    assert found.state is ServiceState.UNPAID
    assert receipt.remote in (None, found.id)
    assert dialect.provider.amounts() == []


def test_a_credit_is_money_too(dialect: Servers) -> None:
    dialect.provider.post("balance", {"balance": "1.00", "credit": "20.00"})
    assert str(dialect.up.identity().account.spendable) == "21.00 EUR"
    dialect.up.order_service(dialect.order())
    assert dialect.provider.amounts() == ["9.00"]


def test_an_opening_takes_its_time_and_is_seen_to_end(dialect: Servers) -> None:
    dialect.provider.switch(async_delay="never")
    number = dialect.up.order_service(dialect.order()).remote
    opening = service(dialect, number)
    assert (opening.state, opening.substate) == (ServiceState.WORKING, "open")
    dialect.provider.post("progress")
    opened = dialect.up.service("vds", number)
    assert opened.service.state is ServiceState.ACTIVE
    assert (opened.username, bool(opened.password), bool(opened.service.ip)) == ("root", True, True)
    assert opened.service.expires is not None


def test_an_opening_that_found_no_server_says_so(dialect: Servers) -> None:
    dialect.provider.switch(open_fails="service_nosuitable")
    number = dialect.up.order_service(dialect.order()).remote
    assert (service(dialect, number).state, service(dialect, number).substate) == (
        ServiceState.WORKING,
        "nosuitable",
    )


@pytest.mark.parametrize("itemtype", ["dedic", "vhost", "storage"])
def test_other_types_are_bought_and_renewed_the_same_way(dialect: Servers, itemtype: str) -> None:
    tariff = dialect.up.service_tariffs(itemtype)[0]
    months, place = min(tariff.prices), next(iter(tariff.datacenters), None)
    form = dialect.up.order_form(itemtype, tariff.id, months, place)
    fields = {name: form.choices[name][0] for name in ("ostempl", "recipe") if form.choices.get(name)}
    order = dialect.order(
        itemtype=itemtype, tariff=tariff.id, months=months, datacenter=place, fields=fields, addons={}
    )
    number = dialect.up.order_service(order).remote
    before = dialect.up.service(itemtype, number).service.expires
    dialect.up.renew_service(number, months)
    after = dialect.up.service(itemtype, number).service.expires
    assert before < after
    assert len(dialect.provider.amounts()) == 2


# -- what a list may look like -------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["sub", "orig", "plain", "real"])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_states_are_read_in_every_style_and_language(dialect: Servers, style: str, lang: str) -> None:
    dialect.provider.switch(status_style=style, lang_texts=lang)
    states = {
        1: ServiceState.UNPAID,
        2: ServiceState.ACTIVE,
        3: ServiceState.SUSPENDED,
        4: ServiceState.DELETED,
        5: ServiceState.WORKING,
    }
    numbers = {
        dialect.server(domain=f"vm{status}.example.net", status=status): state
        for status, state in states.items()
    }
    assert {found.id: found.state for found in dialect.up.services("vds")} == numbers


def test_who_suspended_a_service_is_told(dialect: Servers) -> None:
    number = dialect.server(status=3, sub="employeesuspend")
    assert service(dialect, number).substate == "employeesuspend"
    assert next(dialect.up.services("vds")).substate == "employeesuspend"


@pytest.mark.parametrize("style", ["9.00 EUR", "€9.00", "9,00 EUR"])
def test_money_is_read_in_every_style(dialect: Servers, style: str) -> None:
    dialect.provider.switch(
        money_style=style, rights={"allowed": ["dashboard.info", "notify", "subaccount", "whoami"]}
    )
    assert str(dialect.up.identity().account.balance) == "500.00 EUR"


@pytest.mark.parametrize("cap", [0, 7, 50])
@pytest.mark.parametrize("order", ["any", "id", "-id"])
def test_a_list_is_whole_whatever_the_pages(dialect: Servers, cap: int, order: str) -> None:
    numbers = dialect.plant(*[f"a{n}.example.net" for n in range(60)])
    dialect.provider.switch(page_cap=cap, list_order=order)
    assert sorted(found.id for found in dialect.up.services("vds")) == numbers


@pytest.mark.parametrize("order", ["any", "id", "-id"])
def test_the_newest_services_are_those_with_the_greatest_numbers(dialect: Servers, order: str) -> None:
    numbers = dialect.plant(*[f"a{n}.example.net" for n in range(60)])
    dialect.provider.switch(list_order=order)
    newest = dialect.up.newest_services("vds")
    assert newest is not None
    assert [service.id for service in newest.services] == sorted(numbers, reverse=True)[:50]
    assert newest.total == 60


def test_a_filter_that_a_person_left_behind_hides_nothing(dialect: Servers) -> None:
    numbers = dialect.plant("vm1.example.net", "vm2.example.net")
    dialect.provider.switch(sticky_filter="on")
    form = {
        "func": "vds.filter",
        "authinfo": f"{USER}:{PASSWORD}",
        "out": "xml",
        "domain": "vm2",
        "sok": "ok",
    }
    session = dialect.provider.http
    assert session.post(dialect.provider.url, data=form, timeout=10).status_code == 200
    form.update(func="vds")
    assert session.post(dialect.provider.url, data=form, timeout=10).text.count("<elem>") == 1
    assert sorted(found.id for found in dialect.up.services("vds")) == numbers


def test_a_date_in_words_is_looked_up_where_it_is_a_date(dialect: Servers) -> None:
    number = dialect.server(expires="2030-03-14")
    dialect.provider.switch(expiredate_phrase="Daily charges")
    assert service(dialect, number).expires == date(2030, 3, 14)
    assert next(dialect.up.services("vds")).expires == date(2030, 3, 14)


def test_a_mark_that_lists_do_not_show_is_in_the_form(dialect: Servers) -> None:
    dialect.provider.switch(remoteid_in_list="off")
    number = dialect.server(remoteid="x-7")
    assert next(dialect.up.services("vds")).mark is None
    assert service(dialect, number).mark == "x-7"


@pytest.mark.parametrize(("switch", "listed"), [("on", [ServiceState.DELETED]), ("off", [])])
def test_a_closed_service_is_gone_whether_lists_keep_it_or_not(
    dialect: Servers, switch: str, listed: Any
) -> None:
    dialect.provider.switch(keep_deleted=switch)
    number = dialect.server()
    dialect.up.delete_service("vds", number)
    assert dialect.up.service("vds", number) is None
    assert [found.state for found in dialect.up.services("vds")] == listed


def test_ten_thousand_services_are_never_held_at_once(dialect: Servers) -> None:
    dialect.provider.switch(page_cap=0)
    dialect.plant(*[f"a{n}.example.net" for n in range(10_000)])
    code = (
        "import resource, sys\nfrom contextlib import nullcontext\nfrom bill2bill.upstream.billmgr6.adapter"
        " import Billmgr6, Client\nfrom bill2bill.upstream.http import Http\nhttp = Http(secrets=[],"
        " ca_file='',"
        " proxy='', connect_timeout=2, read_timeout=60, spend_timeout=5, answer_limit=2**20,"
        " gate=nullcontext)\nservices = Billmgr6(Client(http, *sys.argv[1:])).services('vds')\npeak = lambda:"
        " resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\nnext(services)\nbefore = peak()\nprint(1 +"
        " sum(1 for _ in services), peak() - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, dialect.provider.url, USER, PASSWORD],
        capture_output=True,
        text=True,
        check=True,
    )
    count, kib = map(int, done.stdout.split())
    assert count == 10_000
    assert kib < 8 * 1024
    assert len(dialect.provider.requests("vds")) == 20


# -- renewals and changes ------------------------------------------------------------------------------------


def test_a_service_renewed_too_early_is_refused_with_the_day(dialect: Servers) -> None:
    dialect.provider.switch(too_early_prolong_days=30)
    with pytest.raises(Refused) as caught:
        dialect.up.renew_service(dialect.server(expires="2030-03-14"), 1)
    assert (caught.value.code, caught.value.params["value"]) == ("too_soon", "2030-02-12")
    assert dialect.provider.amounts() == []


def test_a_renewal_is_charged_even_where_the_cart_is_the_default(dialect: Servers) -> None:
    dialect.provider.switch(prolong_default="cart")
    number = dialect.server()
    assert dialect.up.renew_service(number, 1) == Receipt(number)
    assert service(dialect, number).expires == date(2030, 4, 14)


def test_a_closed_service_is_not_renewed(dialect: Servers) -> None:
    with pytest.raises(Refused):
        dialect.up.renew_service(dialect.server(status=4), 1)
    assert dialect.provider.amounts() == []


def test_a_service_that_is_being_worked_on_was_not_sent_anything(dialect: Servers) -> None:
    dialect.provider.switch(async_delay="never")
    number = dialect.up.order_service(dialect.order()).remote
    up = dialect.up
    for act in (lambda: up.renew_service(number, 1), lambda: up.suspend_service("vds", number)):
        with pytest.raises(NotSent) as caught:
            act()
        assert caught.value.code == "upstream_busy"
    assert dialect.provider.amounts() == ["9.00"]


@pytest.mark.parametrize(("pays", "unpaid"), [("always", False), ("with_skipbasket", False), ("never", True)])
def test_a_change_is_paid_or_waits_in_the_cart_and_says_which(
    dialect: Servers, pays: str, unpaid: bool
) -> None:
    dialect.provider.switch(edit_pays=pays)
    number = dialect.server(expires=dialect.in_a_month())
    receipt = dialect.up.change_addons("vds", number, {101: "4"})
    assert (receipt.unpaid is not None) == unpaid
    assert dialect.provider.amounts() == ([] if unpaid else ["4.00"])
    assert dialect.up.service("vds", number).addons[101] == ("2" if unpaid else "4")


def test_a_change_leaves_everything_else_as_it_was(dialect: Servers) -> None:
    dialect.provider.switch(absent_boolean="off", edit_ostempl="reinstall")
    number = dialect.up.order_service(dialect.order(addons={101: "2", 102: "902", 103: "on"})).remote
    before = dialect.up.service("vds", number)
    dialect.up.change_addons("vds", number, {101: "3"})
    after = dialect.up.service("vds", number)
    assert after.addons == {101: "3", 102: "902", 103: "on"}
    assert (after.service, after.username, after.password) == (
        before.service,
        before.username,
        before.password,
    )


def test_automatic_renewal_that_somebody_switched_on_is_switched_off(dialect: Servers) -> None:
    number = dialect.server(autoprolong="1")
    assert dialect.auto_renewal(number) == "1"
    for _ in range(2):
        dialect.up.switch_auto_renewal_off("vds", number)
        assert dialect.auto_renewal(number) == ""
    assert dialect.provider.amounts() == []


def test_a_tariff_is_changed_to_what_the_provider_offers(dialect: Servers) -> None:
    number = dialect.server(expires=dialect.in_a_month())
    assert dialect.up.tariff_targets(number) == {278: "KVM-4"}
    assert dialect.up.change_tariff(number, 278) == Receipt(number)
    assert service(dialect, number).tariff == 278
    assert next(dialect.up.services("vds")).tariff_name == "KVM-4"
    assert [row["kind"] for row in dialect.provider.get("ledger")] == ["changepricelist"]
    with pytest.raises((Refused, NotSent)):
        dialect.up.change_tariff(number, NOBODY)


# -- suspend, resume, close ----------------------------------------------------------------------------------


def test_a_service_is_suspended_and_resumed(dialect: Servers) -> None:
    number = dialect.server()
    dialect.up.suspend_service("vds", number)
    assert service(dialect, number).state is ServiceState.SUSPENDED
    dialect.up.resume_service("vds", number)
    assert service(dialect, number).state is ServiceState.ACTIVE


def test_a_missing_right_is_named_and_nothing_happens(dialect: Servers) -> None:
    number = dialect.server()
    dialect.provider.switch(rights={"allowsuspenditem": "off", "allowdeleteitem": "off"})
    identity = dialect.up.identity()
    assert (identity.may_suspend, identity.may_delete) == (False, False)
    acts = {"vds.suspend": dialect.up.suspend_service, "vds.delete": dialect.up.delete_service}
    for func, act in acts.items():
        with pytest.raises(Refused) as caught:
            act("vds", number)
        assert (caught.value.code, caught.value.params["value"]) == ("rights_missing", func)
    assert service(dialect, number).state is ServiceState.ACTIVE


def test_a_service_may_be_closed_when_its_term_ends(dialect: Servers) -> None:
    dialect.provider.switch(delete_outcome="scheduled")
    number = dialect.server()
    dialect.up.delete_service("vds", number)
    assert next(dialect.up.services("vds")).closing
    assert service(dialect, number).state is ServiceState.ACTIVE


def test_a_service_within_its_minimum_order_period_is_not_closed(dialect: Servers) -> None:
    dialect.provider.switch(min_order_days=30)
    number = dialect.up.order_service(dialect.order()).remote
    with pytest.raises(Refused) as caught:
        dialect.up.delete_service("vds", number)
    assert caught.value.code == "min_order"


# -- faults of these versions (11) ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "kinds", "code"),
    [
        ("badip", Refused, "address_closed"), ("captcha", Refused, "captcha"),
        ("busy", NoAnswer, "lost_answer"),
        ("http_403_html", NotSent, "upstream_wall"), ("long_url", NoAnswer, "lost_answer"),
        ("totp", NoAnswer, "lost_answer"),
        ("timeout_before_commit", NoAnswer, "lost_answer"), ("timeout_after_commit", NoAnswer, "lost_answer"),
    ],
)  # fmt: skip
def test_a_fault_in_the_middle_of_a_purchase_is_what_the_ledger_says(
    dialect: Servers, kind: str, kinds: Any, code: str
) -> None:
    step = dialect.ordering()
    step.act()  # the generation is known from now on
    dialect.provider.fault(
        step.func,
        kind,
        when="before" if kind not in ("long_url", "timeout_after_commit") else "after",
        match={"sok": "ok"},
        seconds=1,
    )
    dialect.http.spend_timeout = 0.3
    with pytest.raises(kinds) as caught:
        step.act()
    assert caught.value.code == code
    assert dialect.provider.amounts() == ["9.00"] * (2 if kind in ("long_url", "timeout_after_commit") else 1)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("badip", "address_closed"),
        ("captcha", "captcha"),
        ("busy", "upstream_trouble"),
        ("http_403_html", "upstream_wall"),
        ("totp", "two_factor"),
    ],
)
def test_why_a_login_does_not_work_is_told_exactly(dialect: Servers, kind: str, code: str) -> None:
    dialect.provider.fault("*", kind, when="before", sticky=True)
    with pytest.raises(Failure) as caught:
        dialect.up.identity()
    assert caught.value.code == code
    assert "__" not in messages.text(caught.value, "en") + messages.text(caught.value, "ru")


def test_a_login_that_was_tried_too_often_is_blocked_for_a_while(dialect: Servers) -> None:
    dialect.provider.switch(ban_after=2)
    wrong = dialect.made(password="wrong")
    codes = []
    for _ in range(3):
        with pytest.raises(Refused) as caught:
            wrong.identity()
        codes.append(caught.value.code)
    assert codes[0] == "invalid_login_or_passwd"
    assert codes[-1] == "login_blocked"


def test_what_was_planted_is_what_was_looked_at(dialect: Servers) -> None:
    """The usual order and the usual service agree, so that the tests above compare like with like."""
    planted = service(dialect, dialect.server(remoteid="x-1", expires=dialect.in_a_month()))
    ordered = service(dialect, dialect.up.order_service(dialect.order()).remote)
    assert replace(ordered, id=0, ip="") == replace(planted, id=0, ip="", expires=ordered.expires)
