"""Questions about domains. Each is asked twice: a question changes nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bill2bill.errors import Failure, NotSent, Refused
from bill2bill.rules.money import Money
from bill2bill.rules.statuses import DomainState
from bill2bill.upstream.api import Availability

from .dialects import Domains

pytestmark = pytest.mark.needs("domains")


def test_accounts_of_two_currencies_stay_apart(dialect: Domains) -> None:
    rubles, euros = dialect.up.accounts()
    assert (rubles.id, rubles.project, rubles.balance) == (
        4411,
        "*.ru-tld.ru (Domains)",
        Money(Decimal("15204.00"), "RUB"),
    )
    assert (euros.balance, euros.spendable) == (Money(Decimal("0.00"), "EUR"), Money(Decimal("0.00"), "EUR"))
    assert dialect.up.accounts() == [rubles, euros]


def test_the_allowed_overdraft_counts_as_money(dialect: Domains) -> None:
    dialect.provider.post("balance", {"account": 4411, "balance": "-10.50", "credit": "100"})
    account = dialect.up.accounts()[0]
    assert (account.balance.amount, account.spendable.amount) == (Decimal("-10.50"), Decimal("89.50"))


def test_a_login_without_projects_still_has_accounts(dialect: Domains) -> None:
    dialect.provider.switch(project_column="off")
    assert [(account.name, account.project) for account in dialect.up.accounts()] == [
        ("*.ru-tld.ru (Domains)", ""),
        ("*.ru-tld.ru (Servers)", ""),
    ]


def test_tariffs_have_zones_in_a_labels_and_periods_in_months(dialect: Domains) -> None:
    tariffs = {tariff.id: tariff for tariff in dialect.up.domain_tariffs()}
    assert tariffs[566].zone == "xn--p1ai"
    assert [(row.id, row.months, row.price) for row in tariffs[601].periods] == [
        (930, 12, Decimal("990")),
        (931, 24, Decimal("1980")),
    ]
    assert (tariffs[601].registrar, tariffs[601].priority, tariffs[602].priority) == (19, 5, 0)
    assert 603 not in tariffs  # sold by the month


def test_china_is_not_hong_kong(dialect: Domains) -> None:
    countries = dialect.up.countries()
    assert (countries["RU"], countries["CN"], countries["HK"]) == ("182", "45", "98")


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("nobody-has-this.ru", Availability.FREE),
        ("taken.ru", Availability.BUSY),
        ("empty-status.ru", Availability.LATER),
        ("no-status.ru", Availability.LATER),
        ("error.ru", Availability.LATER),
        ("html.ru", Availability.LATER),
    ],
)
def test_only_the_word_free_is_free_and_no_word_is_neither(
    dialect: Domains, name: str, answer: Availability
) -> None:
    assert [dialect.up.availability(name), dialect.up.availability(name)] == [answer, answer]
    assert all(
        "authinfo" not in row["params"] and row["method"] == "GET"
        for row in dialect.provider.requests("domaininfo")
    )


@pytest.mark.parametrize(
    "kind", ["cut", "502", "empty", "truncated", "short_body", "redirect", "doctype", "bad_encoding", "huge"]
)
def test_a_check_that_goes_wrong_says_neither_free_nor_busy(dialect: Domains, kind: str) -> None:
    dialect.provider.fault("domaininfo", kind, when="after", sticky=True, mib=2)
    assert dialect.up.availability("nobody-has-this.ru") is Availability.LATER


def test_the_root_of_a_check_may_have_any_name(dialect: Domains) -> None:
    dialect.provider.switch(domaininfo_root="answer", taken_word="занят")
    assert dialect.up.availability("nobody-has-this.ru") is Availability.FREE
    assert dialect.up.availability("taken.ru") is Availability.BUSY


def test_a_check_of_a_dead_provider_never_raises(dialect: Domains) -> None:
    up = dialect.made("http://127.0.0.1:9/manager/billmgr", connect_timeout=0.5)
    assert up.availability("example.ru") is Availability.LATER


def test_domains_come_with_their_tariff_state_and_date(dialect: Domains) -> None:
    first, second = (
        dialect.domain("example.ru"),
        dialect.domain("xn--e1afmkfd.xn--p1ai", status=3, expire="2031-01-02"),
    )
    domains = list(dialect.up.domains())
    assert [(row.id, row.name, row.state, row.expires, row.tariff) for row in domains] == [
        (first, "example.ru", DomainState.DELEGATED, date(2030, 3, 14), 565),
        (second, "xn--e1afmkfd.xn--p1ai", DomainState.UNDELEGATED, date(2031, 1, 2), 566),
    ]
    assert list(dialect.up.domains()) == domains


def test_one_domain_is_found_by_id_and_by_name(dialect: Domains) -> None:
    number = dialect.domain("xn--e1afmkfd.xn--p1ai")
    dialect.provider.switch(unicode_names="on")
    by_id, by_name = dialect.up.domain(number), dialect.up.find_domain("xn--e1afmkfd.xn--p1ai")
    assert by_id == by_name
    assert by_id is not None
    assert (by_id.id, by_id.name) == (number, "xn--e1afmkfd.xn--p1ai")


def test_a_name_that_nobody_ordered_is_not_found(dialect: Domains) -> None:
    dialect.domain("example.ru")
    assert dialect.up.find_domain("example.com") is None
    assert dialect.up.domain(99999) is None


@pytest.mark.parametrize("word", ["code3", "code1"])
def test_without_the_look_up_function_the_listing_decides(dialect: Domains, word: str) -> None:
    number = dialect.domain("example.ru")
    dialect.provider.switch(getinfo="off", unknown_func=word)
    assert dialect.up.domain(number) == dialect.up.find_domain("example.ru")
    assert dialect.up.find_domain("example.com") is None
    with pytest.raises(Failure) as caught:  # a missing row is unseen, not gone
        dialect.up.domain(99999)
    assert caught.value.code == "upstream_answer"


def test_an_unpaid_order_has_no_date(dialect: Domains) -> None:
    found = dialect.up.domain(dialect.domain(status=1, expire=None))
    assert found is not None
    assert (found.state, found.expires) == (DomainState.UNPAID, None)


def test_a_date_that_is_not_loaded_yet_is_no_date(dialect: Domains) -> None:
    found = dialect.up.domain(dialect.domain(status=5, expire=None))
    assert found is not None
    assert (found.state, found.expires) == (DomainState.REGISTERING, None)


def test_a_removed_domain_does_not_hide_the_one_registered_anew(dialect: Domains) -> None:
    dialect.domain("example.ru", status=4)
    alive = dialect.domain("example.ru")
    found = dialect.up.find_domain("example.ru")
    assert found is not None
    assert found.id == alive


def test_a_form_tells_servers_owner_and_automatic_renewal(dialect: Domains) -> None:
    owner = dialect.contact()
    form = dialect.up.domain_form(dialect.domain(contacts={"owner": owner}, auto_period="881"))
    assert form.name_servers == ("ns1.example.net", "ns2.example.net", "", "")
    assert (form.name, form.owner, form.auto_renewal) == ("example.ru", owner, "881")
    assert dialect.up.domain_form(dialect.domain("example.com")).auto_renewal == ""


def test_a_form_that_does_not_say_gives_none(dialect: Domains) -> None:
    dialect.provider.switch(api_columns="never")
    assert dialect.up.domain_form(dialect.domain()).auto_renewal is None


def test_a_form_of_an_unknown_domain_is_refused(dialect: Domains) -> None:
    with pytest.raises(Refused):
        dialect.up.domain_form(99999)


def test_a_wrong_password_is_told_apart_from_everything_else(dialect: Domains) -> None:
    up = dialect.made(password="wrong")
    for question in (up.accounts, lambda: up.domain(1), lambda: list(up.domains())):
        with pytest.raises(Failure) as caught:
            question()
        assert caught.value.code == "invalid_login_or_passwd"


@pytest.mark.parametrize("number", [0, -1, True])
def test_an_id_is_one_positive_number_or_nothing_is_sent(dialect: Domains, number: int) -> None:
    for question in (dialect.up.domain, dialect.up.domain_form, dialect.up.contact):
        with pytest.raises(NotSent):
            question(number)
    assert dialect.provider.get("requests") == []


@pytest.mark.parametrize(
    "kind",
    [
        "code_1",
        "html_200",
        "empty",
        "truncated",
        "duplicate_elements",
        "without_id",
        "doctype",
        "bad_encoding",
        "huge",
    ],
)
def test_a_spoilt_look_up_falls_back_on_the_listing(dialect: Domains, kind: str) -> None:
    number = dialect.domain()
    dialect.provider.fault("domain.getinfo", kind, when="after", sticky=True, mib=2)
    found = dialect.up.domain(number)
    assert found is not None
    assert found.id == number


@pytest.mark.parametrize(
    "kind",
    [
        "truncated",
        "short_body",
        "html_200",
        "empty",
        "doctype",
        "bad_encoding",
        "huge",
        "redirect",
        "502",
        "cut",
    ],
)
def test_a_spoilt_listing_never_means_that_a_name_is_absent(dialect: Domains, kind: str) -> None:
    dialect.domain()
    dialect.provider.fault(
        "domain.getinfo", "error", when="before", sticky=True, code=3, obj="domain.getinfo"
    )  # an upstream without the single look-up
    assert dialect.up.find_domain("example.com") is None
    dialect.provider.fault("domain", kind, when="after", sticky=True, mib=2)
    with pytest.raises(Failure):
        dialect.up.find_domain("example.com")


def test_another_version_is_recognised_before_it_is_misread(dialect: Domains) -> None:
    dialect.provider.fault("accountinfo", "wrong_envelope", when="after", sticky=True)
    with pytest.raises(Failure) as caught:
        dialect.up.accounts()
    assert caught.value.code == "other_dialect"
