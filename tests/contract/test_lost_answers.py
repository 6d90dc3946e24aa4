"""What a spending request may end in, fault by fault: the class of the outcome, the ledger, and that nothing was sent twice."""

from __future__ import annotations

import time
from typing import Callable, Tuple

import pytest

from bill2bill.errors import Failure, NoAnswer, NotSent, Refused

from .conftest import RUBLES, World
from .provider import PASSWORD, USER, http

UNREADABLE = [
    "cut", "502", "html_200", "empty", "truncated", "short_body", "code_1", "wrong_envelope", "redirect", "huge", "doctype", "bad_encoding",
]  # fmt: skip
Step = Callable[[], object]


def ordering(world: World) -> Tuple[str, Step]:
    order = world.order("example.ru")
    return "domain.order.4", lambda: world.up.order_domain(order)


def renewing(world: World) -> Tuple[str, Step]:
    number = world.domain("example.ru")
    return "domain.renew", lambda: world.up.renew_domain(number, 881, RUBLES)


@pytest.fixture(params=[ordering, renewing])
def purchase(request: pytest.FixtureRequest, world: World) -> Tuple[str, Step]:
    return request.param(world)


@pytest.mark.parametrize("kind", UNREADABLE)
@pytest.mark.parametrize(("when", "charges"), [("before", []), ("after", ["199.00"])])
def test_a_spoilt_answer_is_doubt_and_the_request_is_sent_once(world: World, purchase: Tuple[str, Step], kind: str, when: str, charges: list) -> None:
    func, buy = purchase
    world.provider.arm(func, kind, when, sticky=True, mib=2)
    with pytest.raises(NoAnswer) as caught:
        buy()
    assert caught.value.code == "lost_answer"
    assert world.provider.charges() == charges
    assert len(world.provider.requests(func)) == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_wait_without_an_answer_is_doubt(world: World, purchase: Tuple[str, Step], when: str) -> None:
    func, buy = purchase
    world.provider.arm(func, "slow", when, seconds=0.5)
    world.http.spend_timeout = 0.2
    with pytest.raises(NoAnswer):
        buy()
    deadline = time.monotonic() + 5
    while not world.provider.charges() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert world.provider.charges() == ["199.00"]  # a request can commit after the cut


def test_a_request_may_be_carried_out_after_its_answer_was_lost(world: World, purchase: Tuple[str, Step]) -> None:
    func, buy = purchase
    world.provider.arm(func, "commit_later", "after", seconds=0.3)
    with pytest.raises(NoAnswer):
        buy()
    assert world.provider.charges() == []
    deadline = time.monotonic() + 5
    while not world.provider.charges() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert world.provider.charges() == ["199.00"]


@pytest.mark.parametrize("code", [2, 7, 8, 9, 42])
def test_a_code_that_may_mean_our_own_purchase_is_doubt(world: World, purchase: Tuple[str, Step], code: int) -> None:
    func, buy = purchase
    world.provider.arm(func, "error", "after", code=code)
    with pytest.raises(NoAnswer):
        buy()


@pytest.mark.parametrize("code", [3, 4, 5, 6])
def test_a_code_that_means_no_is_a_refusal(world: World, purchase: Tuple[str, Step], code: int) -> None:
    func, buy = purchase
    world.provider.arm(func, "error", "before", code=code, val="owner", msg="Invalid value")
    with pytest.raises(Refused) as caught:
        buy()
    assert (caught.value.code, caught.value.params["code"], caught.value.params["value"]) == ("upstream_refused", str(code), "owner")


def test_a_refused_login_is_a_refusal_of_the_purchase(world: World, purchase: Tuple[str, Step]) -> None:
    func, buy = purchase
    world.provider.arm(func, "wrong_password", "before")
    with pytest.raises(Refused) as caught:
        buy()
    assert caught.value.code == "invalid_login_or_passwd"
    assert world.provider.charges() == []


def test_a_wrong_content_type_hides_nothing(world: World, purchase: Tuple[str, Step]) -> None:
    func, buy = purchase
    world.provider.arm(func, "wrong_content_type", "after")
    buy()
    assert world.provider.charges() == ["199.00"]


@pytest.mark.parametrize("kind", ["duplicate_elements", "without_id"])
def test_an_order_without_one_clear_number_is_doubt(world: World, kind: str) -> None:
    func, buy = ordering(world)
    world.provider.arm(func, kind, "after")
    with pytest.raises(NoAnswer):
        buy()
    found = world.up.find_domain("example.ru")
    assert found is not None


def test_a_provider_that_is_down_was_not_sent_anything(world: World) -> None:
    order = world.order("example.ru")
    up = world.dialect.make(http(), "http://127.0.0.1:9/manager/billmgr", USER, PASSWORD)
    for buy in (lambda: up.order_domain(order), lambda: up.renew_domain(10501, 881, RUBLES)):
        with pytest.raises(NotSent) as caught:
            buy()
        assert caught.value.code == "upstream_unreachable"


def test_an_untrusted_certificate_stops_a_purchase_before_it_is_sent(world: World, purchase: Tuple[str, Step]) -> None:
    if not world.provider.ca_file:
        pytest.skip("this provider speaks plain http on this machine")
    func, _ = purchase
    up = world.dialect.make(http(), world.provider.url, USER, PASSWORD)
    with pytest.raises(NotSent) as caught:
        up.renew_domain(10501, 881, RUBLES)
    assert caught.value.code == "upstream_certificate"
    assert world.provider.requests(func) == []


def test_a_lock_that_is_not_got_means_that_nothing_was_sent(world: World, purchase: Tuple[str, Step]) -> None:
    def gate() -> None:
        raise Failure("account_paused")

    with pytest.raises(NotSent) as caught:
        world.made(gate=gate).renew_domain(10501, 881, RUBLES)
    assert caught.value.code == "account_paused"
    assert world.provider.requests("domain.renew") == []
