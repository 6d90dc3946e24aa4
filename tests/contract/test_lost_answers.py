"""What a spending request may end in, fault by fault: the class of the outcome, the ledger, and that nothing
was sent twice.
"""

from __future__ import annotations

import time
from typing import Callable

import pytest

from bill2bill.errors import Failure, NoAnswer, NotSent, Refused

from .dialects import Dialect, Domains, Step
from .transport import http

UNREADABLE = [
    "cut", "502", "html_200", "empty", "truncated", "short_body", "code_1", "wrong_envelope", "redirect",
    "huge", "doctype", "bad_encoding",
]  # fmt: skip


@pytest.fixture(params=["ordering", "renewing", "changing"])
def step(request: pytest.FixtureRequest, dialect: Dialect) -> Step:
    made: Step = getattr(dialect, request.param)()
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
    dialect: Dialect, step: Step, kind: str, when: str
) -> None:
    dialect.arm(step, kind, when, sticky=True, mib=2)
    with pytest.raises(NoAnswer) as caught:
        step.act()
    assert caught.value.code == "lost_answer"
    assert dialect.provider.amounts() == (step.charges if when == "after" else [])
    assert dialect.sent(step) == 1
    assert step.done() == (when == "after")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_wait_without_an_answer_is_doubt(dialect: Dialect, step: Step, when: str) -> None:
    dialect.arm(step, "slow", when, seconds=0.5)
    dialect.http.spend_timeout = 0.2
    with pytest.raises(NoAnswer):
        step.act()
    assert comes(step.done)  # a request can commit after the cut
    assert dialect.provider.amounts() == step.charges
    assert dialect.sent(step) == 1


def test_a_request_may_be_carried_out_after_its_answer_was_lost(dialect: Dialect, step: Step) -> None:
    dialect.arm(step, "commit_later", "after", seconds=0.6)
    with pytest.raises(NoAnswer):
        step.act()
    assert not step.done()
    assert comes(step.done)
    assert dialect.provider.amounts() == step.charges


def test_a_refused_login_is_a_refusal_of_the_purchase(dialect: Dialect, step: Step) -> None:
    dialect.arm(step, "wrong_password", "before")
    with pytest.raises(Refused) as caught:
        step.act()
    assert caught.value.code == "invalid_login_or_passwd"
    assert dialect.provider.amounts() == []


def test_a_wrong_content_type_hides_nothing(dialect: Dialect, step: Step) -> None:
    dialect.arm(step, "wrong_content_type", "after")
    step.act()
    assert dialect.provider.amounts() == step.charges
    assert step.done()


def test_a_number_that_is_there_twice_is_told_or_doubted_but_the_purchase_stands(dialect: Dialect) -> None:
    step = dialect.ordering()
    dialect.arm(step, "duplicate_elements", "after")
    try:
        number = step.act()
    except NoAnswer:
        number = None
    (found,) = dialect.named(dialect.names[0])
    assert number in (None, found.id)
    assert dialect.provider.amounts() == step.charges


@pytest.mark.over_tls
def test_a_provider_that_is_down_was_not_sent_anything(dialect: Dialect) -> None:
    up = dialect.made("http://127.0.0.1:9/manager/billmgr")
    (number,) = dialect.plant(dialect.names[1])
    for step in (dialect.ordering(up), dialect.renewing(up, number), dialect.changing(up)):
        with pytest.raises(NotSent) as caught:
            step.act()
        assert caught.value.code == "upstream_unreachable"


@pytest.mark.over_tls("alone")
def test_an_untrusted_certificate_stops_a_purchase_before_it_is_sent(dialect: Dialect) -> None:
    up = dialect.make(http(), dialect.provider.url, "reseller", "x")
    step = dialect.renewing(up)
    with pytest.raises(NotSent) as caught:
        step.act()
    assert caught.value.code == "upstream_certificate"
    assert dialect.sent(step) == 0


def test_a_lock_that_is_not_got_means_that_nothing_was_sent(dialect: Dialect) -> None:
    def gate() -> None:
        raise Failure("account_paused")

    up = dialect.made(gate=gate)
    (number,) = dialect.plant(dialect.names[1])
    for step in (dialect.ordering(up), dialect.renewing(up, number), dialect.changing(up)):
        with pytest.raises(NotSent) as caught:
            step.act()
        assert caught.value.code == "account_paused"
        assert dialect.sent(step) == 0


# -- numbers of version 4 (its 9.1); the types of 5 and 6 are in test_billmgr6_answers -----------------------


@pytest.fixture(params=["ordering", "renewing"])
def purchase(request: pytest.FixtureRequest, dialect: Domains) -> Step:
    made: Step = getattr(dialect, request.param)()
    return made


@pytest.mark.needs("domains")
@pytest.mark.parametrize("code", [2, 7, 8, 9, 42])
def test_a_code_that_may_mean_our_own_purchase_is_doubt(dialect: Domains, purchase: Step, code: int) -> None:
    dialect.arm(purchase, "error", "after", code=code)
    with pytest.raises(NoAnswer):
        purchase.act()


@pytest.mark.needs("domains")
@pytest.mark.parametrize("code", [3, 4, 5, 6])
def test_a_code_that_means_no_is_a_refusal(dialect: Domains, purchase: Step, code: int) -> None:
    dialect.arm(purchase, "error", "before", code=code, val="owner", msg="Invalid value")
    with pytest.raises(Refused) as caught:
        purchase.act()
    assert (caught.value.code, caught.value.params["code"], caught.value.params["value"]) == (
        "upstream_refused",
        str(code),
        "owner",
    )


@pytest.mark.needs("domains")
@pytest.mark.parametrize("kind", ["duplicate_elements", "without_id"])
def test_an_order_of_a_domain_without_one_clear_number_is_doubt(dialect: Domains, kind: str) -> None:
    step = dialect.ordering()
    dialect.arm(step, kind, "after")
    with pytest.raises(NoAnswer):
        step.act()
    assert dialect.up.find_domain("example.ru") is not None
