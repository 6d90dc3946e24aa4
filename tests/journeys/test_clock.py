"""The wall clock is moved by a day, forwards or backwards, while a purchase is under way: nothing is paid
twice, and nothing waits a day for it.
"""

from __future__ import annotations

import time

import pytest
from kit.reseller import DomainReseller
from kit.waiting import wait_for

from .purchases import OPENINGS, RENEWALS, Paid, each_with, only

pytestmark = pytest.mark.slow

DAY = 86400
LATE = 6  # seconds until a lost request is carried out
# What a process sees when somebody has set the machine's clock; the clock since the start of the machine goes
# on as it did.
MOVED = """\
import datetime, time
def moved(seconds, now=time.time, kind=datetime.datetime):
    class Moved(kind):
        @classmethod
        def now(cls, tz=None):
            return kind.now(tz) + datetime.timedelta(seconds=seconds)
    time.time, datetime.datetime = lambda: now() + seconds, Moved
moved({})"""


def move_clock(shop: DomainReseller, days: int) -> None:
    shop.inside(MOVED.format(days * DAY))


def test_the_module_sees_the_clock_that_a_test_moves(shop: DomainReseller):
    item = shop.owned()
    move_clock(shop, 3)
    shop.panel.call("sandbox.cron", name="sync_item", item=item)
    stamp = shop.journal().rows("SELECT MAX(taken) FROM snapshot")[0][0]
    assert 2.9 * DAY < float(str(stamp)) - time.time() < 3.1 * DAY


def test_a_lost_request_that_is_carried_out_late_is_paid_once_though_the_clock_was_moved(paid: Paid):
    """The look comes before the provider carries it out, and by the clock a day after it was sent."""
    paid.fault("commit_later", seconds=LATE)
    paid.shop.settings(settle=3600)
    assert list(paid.shop.tick().values()) == ["kept"]
    assert paid.charges == 0
    move_clock(paid.shop, 1)
    assert list(paid.shop.tick().values()) == ["kept"]
    wait_for(lambda: paid.charges)
    paid.shop.settings(settle=0)
    paid.finished_once()
    assert paid.requests == 1


@each_with("days", 1, -1, -1, 1)
def test_a_lost_request_that_was_not_carried_out_is_sent_again_after_settling_whatever_the_clock_says(
    paid: Paid, days: int
):
    paid.fault("cut", when="before")
    paid.shop.settings(settle=3600)
    assert list(paid.shop.tick().values()) == ["kept"]
    move_clock(paid.shop, days)
    assert list(paid.shop.tick().values()) == ["kept"]
    time.sleep(1)
    paid.shop.settings(settle=1)
    paid.finished_once()
    assert paid.requests == 2


@only(*OPENINGS, *RENEWALS)
def test_nobody_is_asked_about_a_purchase_under_way_only_because_the_clock_was_moved(paid: Paid):
    paid.shop.up.switch(
        **(
            {"async_delay": "never"}
            if paid.kind.shop == "servers"
            else {"progress": {"mode": "clock", "n": 30}}
        )
    )
    if paid.kind.journal == "prolong":
        paid.fault("cut", when="after")
    paid.shop.tick()
    move_clock(paid.shop, 2)
    paid.shop.tick()
    assert paid.shop.tasks() == []
    paid.shop.up.post("progress")
    paid.finished_once()


@each_with("days", 1, -1, -1, 1)
def test_a_purchase_on_a_machine_whose_clock_is_a_day_wrong_is_made_once(paid: Paid, days: int):
    move_clock(paid.shop, days)
    paid.fault("cut", when="after")
    paid.finished_once()
    assert paid.requests == 1
