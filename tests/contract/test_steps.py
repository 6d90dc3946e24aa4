"""The steps that every dialect can take, taken in each of them. Questions are asked twice: they change
nothing.
"""

from __future__ import annotations

from typing import Any, Optional

import pytest

from bill2bill import messages
from bill2bill.errors import Failure, NotSent, Refused
from bill2bill.upstream.capabilities import STEPS

from .dialects import DRIVERS, NOBODY, Dialect
from .transport import http

# -- log in --------------------------------------------------------------------------------------------------


@pytest.mark.over_tls
@pytest.mark.needs("login")
def test_a_login_has_a_balance_with_its_currency(dialect: Dialect) -> None:
    balance = dialect.balance()
    assert balance.currency in ("RUB", "EUR")
    assert balance.amount > 0
    assert dialect.balance() == balance
    dialect.poor()
    assert dialect.balance() < balance


@pytest.mark.over_tls
@pytest.mark.needs("login")
def test_a_wrong_password_is_told_apart_from_everything_else(dialect: Dialect) -> None:
    (number,) = dialect.plant(dialect.names[0])
    up = dialect.made(password="wrong")
    steps = (dialect.ordering(up), dialect.renewing(up, number), dialect.changing(up))
    questions = (
        lambda: dialect.balance(up),
        lambda: dialect.thing(number, up),
        lambda: list(dialect.things(up)),
    )
    for call in (*questions, *(step.act for step in steps)):
        with pytest.raises(Refused) as caught:
            call()
        assert caught.value.code == "invalid_login_or_passwd"
    assert dialect.provider.amounts() == []


def test_a_password_travels_in_bodies_only(dialect: Dialect) -> None:
    for step in (dialect.ordering(), dialect.renewing(), dialect.changing()):
        step.act()
    assert list(dialect.things())
    for row in dialect.provider.get("requests"):
        assert row["method"] == ("POST" if "authinfo" in row["params"] else "GET")


# -- list and find -------------------------------------------------------------------------------------------


@pytest.mark.needs("list")
@pytest.mark.parametrize("count", [0, 1, 2, 120])
def test_a_listing_holds_everything_once(dialect: Dialect, count: int) -> None:
    numbers = dialect.plant(*[f"a{n}.{dialect.names[0].partition('.')[2]}" for n in range(count)])
    found = list(dialect.things())
    assert sorted(thing.id for thing in found) == sorted(numbers)
    assert sorted(found, key=lambda thing: thing.id) == sorted(dialect.things(), key=lambda thing: thing.id)


@pytest.mark.needs("find")
def test_one_thing_is_found_by_its_number_and_reads_as_in_the_listing(dialect: Dialect) -> None:
    first, second = dialect.plant(*dialect.names)
    found = dialect.thing(second)
    assert found is not None
    assert (found.id, found.name, found.active, str(found.expires)) == (
        second,
        dialect.names[1],
        True,
        "2030-03-14",
    )
    assert dialect.thing(second) == found
    assert found in list(dialect.things())
    assert dialect.thing(first) != found


@pytest.mark.needs("find")
def test_what_the_provider_does_not_have_is_none(dialect: Dialect) -> None:
    dialect.plant(dialect.names[0])
    assert dialect.thing(NOBODY) is None
    assert dialect.thing(NOBODY) is None


@pytest.mark.needs("find")
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
        "wrong_envelope",
    ],
)
def test_what_could_not_be_looked_at_is_neither_there_nor_gone(dialect: Dialect, kind: str) -> None:
    (number,) = dialect.plant(dialect.names[0])
    dialect.provider.fault("*", kind, when="after", sticky=True, mib=2)
    looks = (lambda: dialect.thing(number), lambda: dialect.thing(NOBODY), lambda: list(dialect.things()))
    for look in looks:
        with pytest.raises(Failure) as caught:
            look()
        assert not isinstance(caught.value, (NotSent, Refused))


@pytest.mark.needs("find")
@pytest.mark.parametrize("number", [0, -1, True])
def test_an_id_is_one_positive_number_or_nothing_is_sent(dialect: Dialect, number: int) -> None:
    with pytest.raises(NotSent) as caught:
        dialect.thing(number)
    assert caught.value.code == "bad_input"
    assert dialect.provider.get("requests") == []


def test_the_envelope_of_another_version_is_recognised_before_it_is_misread(dialect: Dialect) -> None:
    dialect.provider.fault("*", "wrong_envelope", when="before", sticky=True)
    with pytest.raises(Failure) as caught:
        dialect.balance()
    assert caught.value.code == "other_dialect"


# -- what spends ---------------------------------------------------------------------------------------------


@pytest.mark.over_tls
@pytest.mark.needs("order")
def test_an_order_is_paid_once_and_its_number_is_known(dialect: Dialect) -> None:
    step = dialect.ordering()
    number = step.act()
    assert dialect.provider.amounts() == step.charges
    (found,) = dialect.named(dialect.names[0])
    assert found.id == number
    assert not found.unpaid


@pytest.mark.needs("order")
def test_a_refused_order_costs_nothing_and_leaves_nothing(dialect: Dialect) -> None:
    step = dialect.bad_order()
    for _ in "twice":
        with pytest.raises(Refused) as caught:
            step.act()
        assert caught.value.code == "upstream_refused"
    assert dialect.provider.amounts() == []
    assert not step.done()


@pytest.mark.needs("order")
def test_an_order_without_enough_money_is_refused_or_waits_unpaid_and_costs_nothing(dialect: Dialect) -> None:
    step = dialect.ordering()
    dialect.poor()
    try:
        step.act()
    except Refused as refused:
        refusal: Optional[str] = refused.code
    else:
        refusal = None
    assert (refusal, [thing.unpaid for thing in dialect.named(dialect.names[0])]) in (
        ("low_balance", []),
        (None, [True]),
    )
    assert dialect.provider.amounts() == []


@pytest.mark.over_tls
@pytest.mark.needs("renew")
def test_a_renewal_is_paid_once_and_its_date_is_read_back(dialect: Dialect) -> None:
    step = dialect.renewing()
    assert not step.done()
    step.act()
    assert dialect.provider.amounts() == step.charges
    assert step.done()


@pytest.mark.needs("renew")
def test_two_renewals_are_two_purchases(dialect: Dialect) -> None:
    """There is no key of a purchase: that nothing is bought twice is the caller's to see (the step `key`)."""
    step = dialect.renewing()
    for _ in range(2):
        step.act()
        dialect.provider.post("progress")
    assert dialect.provider.amounts() == step.charges * 2


@pytest.mark.needs("renew")
def test_what_does_not_exist_cannot_be_renewed(dialect: Dialect) -> None:
    with pytest.raises(Refused):
        dialect.renewing(number=NOBODY).act()
    assert dialect.provider.amounts() == []


@pytest.mark.needs("change")
def test_a_change_is_carried_out_and_read_back_and_a_second_one_costs_nothing(dialect: Dialect) -> None:
    step = dialect.changing()
    assert not step.done()
    for _ in "twice":
        step.act()
        assert step.done()
    assert dialect.provider.amounts() == step.charges


@pytest.mark.needs("auto_renewal")
def test_an_order_leaves_automatic_renewal_off(dialect: Dialect) -> None:
    assert dialect.auto_renewal(dialect.ordering().act()) == ""


# -- repetition and time -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["cut", "502"])
def test_a_question_survives_two_bad_moments_and_no_third(dialect: Dialect, kind: str) -> None:
    (number,) = dialect.plant(dialect.names[0])
    dialect.provider.fault(dialect.look, kind, when="before", times=2)
    assert dialect.thing(number) is not None
    assert len(dialect.provider.requests(dialect.look)) == 3
    dialect.provider.fault(dialect.listing, kind, when="before", times=3)
    with pytest.raises(Failure):
        list(dialect.things())
    assert len(dialect.provider.requests(dialect.listing)) == 3


def test_a_provider_that_says_nothing_is_not_waited_for(dialect: Dialect) -> None:
    (number,) = dialect.plant(dialect.names[0])
    dialect.provider.fault("*", "slow", when="after", seconds=0.6, sticky=True)
    up = dialect.made(read_timeout=0.15)
    with pytest.raises(Failure) as caught:
        dialect.thing(number, up)
    assert caught.value.code == "upstream_answer"


def test_an_answer_over_the_limit_is_not_read(dialect: Dialect) -> None:
    dialect.plant(*[f"a{n}.{dialect.names[0].partition('.')[2]}" for n in range(40)])
    with pytest.raises(Failure) as caught:
        list(dialect.things(dialect.made(answer_limit=2000)))
    assert caught.value.code == "upstream_answer"
    assert "more than 2000 bytes" in messages.text(caught.value, "en")


@pytest.mark.over_tls("alone")
def test_a_provider_that_cannot_be_trusted_is_shown_no_password(dialect: Dialect) -> None:
    with pytest.raises(Failure) as caught:
        dialect.balance(dialect.make(http(), dialect.provider.url, "reseller", "x"))
    assert caught.value.code == "upstream_certificate"
    assert dialect.provider.get("requests") == []


# -- declarations --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: driver.version)
def test_what_a_dialect_cannot_do_is_a_known_step_with_a_reason(driver: Any) -> None:
    assert driver.adapter.dialect == driver.version
    assert set(driver.adapter.cannot) <= set(STEPS)
    assert all(len(reason) > 10 for reason in driver.adapter.cannot.values())


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: driver.version)
def test_a_colon_in_a_user_name_would_move_the_password(driver: Any) -> None:
    with pytest.raises(Failure) as caught:
        driver.make(http(), "https://provider.example/billmgr", "a:b", "x")
    assert caught.value.code == "bad_input"
