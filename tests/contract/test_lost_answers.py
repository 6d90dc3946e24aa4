"""What a spending request may end in, fault by fault: the class of the outcome, the ledger, and that nothing
was sent twice.
"""

from __future__ import annotations

import time
from typing import Callable

import pytest

from bill2bill.errors import Failure, NoAnswer, NotSent, Refused

from .dialects import Domains, Step, World
from .provider import http

UNREADABLE = [
    "cut", "502", "html_200", "empty", "truncated", "short_body", "code_1", "wrong_envelope", "redirect",
    "huge", "doctype", "bad_encoding",
]  # fmt: skip


@pytest.fixture(params=["ordering", "renewing", "changing"])
def step(request: pytest.FixtureRequest, world: World) -> Step:
    made: Step = getattr(world, request.param)()
    return made


def comes(done: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5
    while not done() and time.monotonic() < deadline:
        time.sleep(0.02)
    return done()


@pytest.mark.over_tls
@pytest.mark.parametrize("kind", UNREADABLE)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_spoilt_answer_is_doubt_and_the_request_is_sent_once(
    world: World, step: Step, kind: str, when: str
) -> None:
    world.arm(step, kind, when, sticky=True, mib=2)
    with pytest.raises(NoAnswer) as caught:
        step.act()
    assert caught.value.code == "lost_answer"
    assert world.provider.charges() == (step.charges if when == "after" else [])
    assert world.sent(step) == 1
    assert step.done() == (when == "after")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_wait_without_an_answer_is_doubt(world: World, step: Step, when: str) -> None:
    world.arm(step, "slow", when, seconds=0.5)
    world.http.spend_timeout = 0.2
    with pytest.raises(NoAnswer):
        step.act()
    assert comes(step.done)  # a request can commit after the cut
    assert world.provider.charges() == step.charges
    assert world.sent(step) == 1


def test_a_request_may_be_carried_out_after_its_answer_was_lost(world: World, step: Step) -> None:
    world.arm(step, "commit_later", "after", seconds=0.6)
    with pytest.raises(NoAnswer):
        step.act()
    assert not step.done()
    assert comes(step.done)
    assert world.provider.charges() == step.charges


def test_a_refused_login_is_a_refusal_of_the_purchase(world: World, step: Step) -> None:
    world.arm(step, "wrong_password", "before")
    with pytest.raises(Refused) as caught:
        step.act()
    assert caught.value.code == "invalid_login_or_passwd"
    assert world.provider.charges() == []


def test_a_wrong_content_type_hides_nothing(world: World, step: Step) -> None:
    world.arm(step, "wrong_content_type", "after")
    step.act()
    assert world.provider.charges() == step.charges
    assert step.done()


def test_a_number_that_is_there_twice_is_told_or_doubted_but_the_purchase_stands(world: World) -> None:
    step = world.ordering()
    world.arm(step, "duplicate_elements", "after")
    try:
        number = step.act()
    except NoAnswer:
        number = None
    (found,) = world.named(world.names[0])
    assert number in (None, found.id)
    assert world.provider.charges() == step.charges


@pytest.mark.over_tls
def test_a_provider_that_is_down_was_not_sent_anything(world: World) -> None:
    up = world.made("http://127.0.0.1:9/manager/billmgr")
    (number,) = world.plant(world.names[1])
    for step in (world.ordering(up), world.renewing(up, number), world.changing(up)):
        with pytest.raises(NotSent) as caught:
            step.act()
        assert caught.value.code == "upstream_unreachable"


@pytest.mark.over_tls("alone")
def test_an_untrusted_certificate_stops_a_purchase_before_it_is_sent(world: World) -> None:
    up = world.make(http(), world.provider.url, "reseller", "x")
    step = world.renewing(up)
    with pytest.raises(NotSent) as caught:
        step.act()
    assert caught.value.code == "upstream_certificate"
    assert world.sent(step) == 0


def test_a_lock_that_is_not_got_means_that_nothing_was_sent(world: World) -> None:
    def gate() -> None:
        raise Failure("account_paused")

    up = world.made(gate=gate)
    (number,) = world.plant(world.names[1])
    for step in (world.ordering(up), world.renewing(up, number), world.changing(up)):
        with pytest.raises(NotSent) as caught:
            step.act()
        assert caught.value.code == "account_paused"
        assert world.sent(step) == 0


# -- numbers of version 4 (its 9.1); the types of 5 and 6 are in test_billmgr6_answers -----------------------


@pytest.fixture(params=["ordering", "renewing"])
def purchase(request: pytest.FixtureRequest, world: Domains) -> Step:
    made: Step = getattr(world, request.param)()
    return made


@pytest.mark.needs("domains")
@pytest.mark.parametrize("code", [2, 7, 8, 9, 42])
def test_a_code_that_may_mean_our_own_purchase_is_doubt(world: Domains, purchase: Step, code: int) -> None:
    world.arm(purchase, "error", "after", code=code)
    with pytest.raises(NoAnswer):
        purchase.act()


@pytest.mark.needs("domains")
@pytest.mark.parametrize("code", [3, 4, 5, 6])
def test_a_code_that_means_no_is_a_refusal(world: Domains, purchase: Step, code: int) -> None:
    world.arm(purchase, "error", "before", code=code, val="owner", msg="Invalid value")
    with pytest.raises(Refused) as caught:
        purchase.act()
    assert (caught.value.code, caught.value.params["code"], caught.value.params["value"]) == (
        "upstream_refused",
        str(code),
        "owner",
    )


@pytest.mark.needs("domains")
@pytest.mark.parametrize("kind", ["duplicate_elements", "without_id"])
def test_an_order_of_a_domain_without_one_clear_number_is_doubt(world: Domains, kind: str) -> None:
    step = world.ordering()
    world.arm(step, kind, "after")
    with pytest.raises(NoAnswer):
        step.act()
    assert world.up.find_domain("example.ru") is not None
