"""The steps that every dialect can take, taken in each of them. Questions are asked twice: they change
nothing.
"""

from __future__ import annotations

from typing import Any, Optional

import pytest

from bill2bill import messages
from bill2bill.errors import Failure, NotSent, Refused
from bill2bill.upstream.capabilities import STEPS

from .dialects import DRIVERS, NOBODY, World
from .provider import http

# -- log in --------------------------------------------------------------------------------------------------


@pytest.mark.over_tls
@pytest.mark.needs("login")
def test_a_login_has_a_balance_with_its_currency(world: World) -> None:
    balance = world.balance()
    assert balance.currency in ("RUB", "EUR")
    assert balance.amount > 0
    assert world.balance() == balance
    world.poor()
    assert world.balance() < balance


@pytest.mark.over_tls
@pytest.mark.needs("login")
def test_a_wrong_password_is_told_apart_from_everything_else(world: World) -> None:
    (number,) = world.plant(world.names[0])
    up = world.made(password="wrong")
    steps = (world.ordering(up), world.renewing(up, number), world.changing(up))
    questions = (lambda: world.balance(up), lambda: world.thing(number, up), lambda: list(world.things(up)))
    for call in (*questions, *(step.act for step in steps)):
        with pytest.raises(Refused) as caught:
            call()
        assert caught.value.code == "invalid_login_or_passwd"
    assert world.provider.charges() == []


def test_a_password_travels_in_bodies_only(world: World) -> None:
    for step in (world.ordering(), world.renewing(), world.changing()):
        step.act()
    assert list(world.things())
    for row in world.provider.get("requests"):
        assert row["method"] == ("POST" if "authinfo" in row["params"] else "GET")


# -- list and find -------------------------------------------------------------------------------------------


@pytest.mark.needs("list")
@pytest.mark.parametrize("count", [0, 1, 2, 120])
def test_a_listing_holds_everything_once(world: World, count: int) -> None:
    numbers = world.plant(*[f"a{n}.{world.names[0].partition('.')[2]}" for n in range(count)])
    found = list(world.things())
    assert sorted(thing.id for thing in found) == sorted(numbers)
    assert sorted(found, key=lambda thing: thing.id) == sorted(world.things(), key=lambda thing: thing.id)


@pytest.mark.needs("find")
def test_one_thing_is_found_by_its_number_and_reads_as_in_the_listing(world: World) -> None:
    first, second = world.plant(*world.names)
    found = world.thing(second)
    assert found is not None
    assert (found.id, found.name, found.active, str(found.expires)) == (
        second,
        world.names[1],
        True,
        "2030-03-14",
    )
    assert world.thing(second) == found
    assert found in list(world.things())
    assert world.thing(first) != found


@pytest.mark.needs("find")
def test_what_the_provider_does_not_have_is_none(world: World) -> None:
    world.plant(world.names[0])
    assert world.thing(NOBODY) is None
    assert world.thing(NOBODY) is None


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
def test_what_could_not_be_looked_at_is_neither_there_nor_gone(world: World, kind: str) -> None:
    (number,) = world.plant(world.names[0])
    world.provider.arm("*", kind, "after", sticky=True, mib=2)
    for look in (lambda: world.thing(number), lambda: world.thing(NOBODY), lambda: list(world.things())):
        with pytest.raises(Failure) as caught:
            look()
        assert not isinstance(caught.value, (NotSent, Refused))


@pytest.mark.needs("find")
@pytest.mark.parametrize("number", [0, -1, True])
def test_an_id_is_one_positive_number_or_nothing_is_sent(world: World, number: int) -> None:
    with pytest.raises(NotSent) as caught:
        world.thing(number)
    assert caught.value.code == "bad_input"
    assert world.provider.get("requests") == []


def test_the_envelope_of_another_version_is_recognised_before_it_is_misread(world: World) -> None:
    world.provider.arm("*", "wrong_envelope", "before", sticky=True)
    with pytest.raises(Failure) as caught:
        world.balance()
    assert caught.value.code == "other_dialect"


# -- what spends ---------------------------------------------------------------------------------------------


@pytest.mark.over_tls
@pytest.mark.needs("order")
def test_an_order_is_paid_once_and_its_number_is_known(world: World) -> None:
    step = world.ordering()
    number = step.act()
    assert world.provider.charges() == step.charges
    (found,) = world.named(world.names[0])
    assert found.id == number
    assert not found.unpaid


@pytest.mark.needs("order")
def test_a_refused_order_costs_nothing_and_leaves_nothing(world: World) -> None:
    step = world.bad_order()
    for _ in "twice":
        with pytest.raises(Refused) as caught:
            step.act()
        assert caught.value.code == "upstream_refused"
    assert world.provider.charges() == []
    assert not step.done()


@pytest.mark.needs("order")
def test_an_order_without_enough_money_is_refused_or_waits_unpaid_and_costs_nothing(world: World) -> None:
    step = world.ordering()
    world.poor()
    try:
        step.act()
    except Refused as refused:
        refusal: Optional[str] = refused.code
    else:
        refusal = None
    assert (refusal, [thing.unpaid for thing in world.named(world.names[0])]) in (
        ("low_balance", []),
        (None, [True]),
    )
    assert world.provider.charges() == []


@pytest.mark.over_tls
@pytest.mark.needs("renew")
def test_a_renewal_is_paid_once_and_its_date_is_read_back(world: World) -> None:
    step = world.renewing()
    assert not step.done()
    step.act()
    assert world.provider.charges() == step.charges
    assert step.done()


@pytest.mark.needs("renew")
def test_two_renewals_are_two_purchases(world: World) -> None:
    """There is no key of a purchase: that nothing is bought twice is the caller's to see (the step `key`)."""
    step = world.renewing()
    for _ in range(2):
        step.act()
        world.provider.post("progress")
    assert world.provider.charges() == step.charges * 2


@pytest.mark.needs("renew")
def test_what_does_not_exist_cannot_be_renewed(world: World) -> None:
    with pytest.raises(Refused):
        world.renewing(number=NOBODY).act()
    assert world.provider.charges() == []


@pytest.mark.needs("change")
def test_a_change_is_carried_out_and_read_back_and_a_second_one_costs_nothing(world: World) -> None:
    step = world.changing()
    assert not step.done()
    for _ in "twice":
        step.act()
        assert step.done()
    assert world.provider.charges() == step.charges


@pytest.mark.needs("auto_renewal")
def test_an_order_leaves_automatic_renewal_off(world: World) -> None:
    assert world.auto_renewal(world.ordering().act()) == ""


# -- repetition and time -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["cut", "502"])
def test_a_question_survives_two_bad_moments_and_no_third(world: World, kind: str) -> None:
    (number,) = world.plant(world.names[0])
    world.provider.arm(world.look, kind, "before", times=2)
    assert world.thing(number) is not None
    assert len(world.provider.requests(world.look)) == 3
    world.provider.arm(world.listing, kind, "before", times=3)
    with pytest.raises(Failure):
        list(world.things())
    assert len(world.provider.requests(world.listing)) == 3


def test_a_provider_that_says_nothing_is_not_waited_for(world: World) -> None:
    (number,) = world.plant(world.names[0])
    world.provider.arm("*", "slow", "after", seconds=0.6, sticky=True)
    up = world.made(read_timeout=0.15)
    with pytest.raises(Failure) as caught:
        world.thing(number, up)
    assert caught.value.code == "upstream_answer"


def test_an_answer_over_the_limit_is_not_read(world: World) -> None:
    world.plant(*[f"a{n}.{world.names[0].partition('.')[2]}" for n in range(40)])
    with pytest.raises(Failure) as caught:
        list(world.things(world.made(answer_limit=2000)))
    assert caught.value.code == "upstream_answer"
    assert "more than 2000 bytes" in messages.text(caught.value, "en")


@pytest.mark.over_tls("alone")
def test_a_provider_that_cannot_be_trusted_is_shown_no_password(world: World) -> None:
    with pytest.raises(Failure) as caught:
        world.balance(world.make(http(), world.provider.url, "reseller", "x"))
    assert caught.value.code == "upstream_certificate"
    assert world.provider.get("requests") == []


# -- declarations --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: driver.dialect)
def test_what_a_dialect_cannot_do_is_a_known_step_with_a_reason(driver: Any) -> None:
    assert driver.make.dialect == driver.dialect
    assert set(driver.make.cannot) <= set(STEPS)
    assert all(len(reason) > 10 for reason in driver.make.cannot.values())


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: driver.dialect)
def test_a_colon_in_a_user_name_would_move_the_password(driver: Any) -> None:
    with pytest.raises(Failure) as caught:
        driver.make(http(), "https://provider.example/billmgr", "a:b", "x")
    assert caught.value.code == "bad_input"
