"""A process that is stopped in the middle of a purchase, longer than any of our times, and then goes on: it
alone holds the item meanwhile.

Everything that could give its purchase up is set to pass at once: the time to settle, the time after which a
person is asked, the waiting for a lock.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from contextlib import contextmanager
from typing import Iterator

import pytest
from kit.reseller import DomainReseller
from kit.waiting import wait_for

from bill2bill.sandbox.stage import HOME

from .purchases import Paid, each_with, only

pytestmark = pytest.mark.slow

IMPATIENT = {"settle": 0, "overdue": 0, "item_wait": 0}
SPEND_TIMEOUT = 1  # seconds
# The process stops itself when the purchase stands in the journal as sent, and nothing has left yet.
STOPS_BEFORE_IT_SENDS = """\
import os, signal, sys
def called(frame, event, value):
    if frame.f_code.co_name == "act" and frame.f_code.co_filename.startswith({ours!r}):
        sys.settrace(None)
        try:
            os.mkdir({mark!r})
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGSTOP)
sys.settrace(called)
"""


@contextmanager
def stopped(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Stop it and let it go on afterwards, whatever happens."""
    os.kill(child.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(child.pid, signal.SIGCONT)


def is_stopped(child: subprocess.Popen[bytes]) -> bool:
    with open(f"/proc/{child.pid}/stat", encoding="ascii") as file:
        return file.read().rpartition(")")[2].split()[0] == "T"


def nobody_else_buys(paid: Paid, requests: int) -> None:
    """Repeats, the same operation under a new number, the regular job: all of them leave the item alone."""
    shop = paid.shop
    shop.settings(spend_timeout=SPEND_TIMEOUT, **IMPATIENT)
    time.sleep(SPEND_TIMEOUT + 0.2)
    assert list(shop.tick().values()) == ["kept"]
    assert "item_busy" in shop.operations()[0]["errorxml"]
    assert json.loads(shop.cli("tick", "--json")) == []
    again = shop.restart(shop.operations()[0]["id"])
    assert shop.tick() == {again: "kept"}
    assert paid.requests == requests
    assert shop.tasks() == []


@each_with("ids", "recreated", "kept", "recreated", "reused", "recreated", "reused")
def test_stopped_while_its_request_was_carried_out(paid: Paid, ids: str):
    paid.shop.switch(operation_ids=ids)
    paid.shop.settings(spend_timeout=SPEND_TIMEOUT)
    paid.fault("slow", when="before", seconds=0.5)
    child = paid.run()
    paid.sent()
    with stopped(child):
        wait_for(lambda: paid.charges)
        nobody_else_buys(paid, requests=1)
    assert child.wait(60) in (0, 1)
    paid.shop.settings()
    paid.finished_once()
    assert paid.requests == 1


def test_stopped_while_its_request_was_refused_by_a_proxy_in_between(paid: Paid):
    """It is carried out by nobody, and its answer is a web page: the late process looks, and the next one
    sends it once more.
    """
    up = paid.shop.up
    paid.shop.settings(spend_timeout=SPEND_TIMEOUT)
    paid.fault("slow", when="before", seconds=0.5)
    child = paid.run()
    paid.sent()
    with stopped(child):
        up.switch(play="html")
        wait_for(lambda: paid.requests)
        up.switch(play=up.play)
        nobody_else_buys(paid, requests=1)
    assert child.wait(60) == 1
    paid.shop.settings()
    paid.finished_once()
    assert paid.requests == 2


def test_stopped_after_it_had_written_that_it_sends_and_before_it_did(paid: Paid, tmp_path):
    mark = tmp_path / "stopped"
    paid.shop.inside(STOPS_BEFORE_IT_SENDS.format(ours=f"{HOME}/bill2bill/commands/", mark=str(mark)))
    child = paid.run()
    wait_for(lambda: mark.exists() and is_stopped(child))
    assert paid.purchase.stage.value == "sent"
    with stopped(child):
        nobody_else_buys(paid, requests=0)
    assert child.wait(60) in (0, 1)
    paid.shop.settings()
    paid.finished_once()
    assert paid.requests == 1


@only("domain-prolong", "server-prolong")
def test_a_stopped_process_with_the_only_place_of_the_account_lets_no_item_pass_it_and_then_all_are_bought(
    paid: Paid,
):
    shop = paid.shop
    shop.settings(parallel=1)
    others = [paid.another(paid.name(number)) for number in (1, 2)]
    paid.fault("slow", when="before", seconds=0.3)
    child = paid.run()
    paid.sent()
    with stopped(child):
        waiting = [shop.run("prolong", *other) for other in others]
        time.sleep(2)
        assert [one.poll() for one in waiting] == [None, None]
        assert paid.requests == 1
    assert [one.wait(60) for one in (child, *waiting)] == [0, 0, 0]
    shop.tick_until_quiet()
    assert (paid.charges, paid.requests, shop.operations(), shop.tasks()) == (3, 3, [], [])


@pytest.mark.cold
@each_with("ids", "recreated", "kept", "kept")
def test_a_stopped_process_that_the_panel_kills_after_its_limit_leaves_the_purchase_to_the_next(
    paid: Paid, ids: str
):
    shop = paid.shop
    shop.switch(operation_ids=ids, limit_operations="2")
    paid.fault("slow", when="before", seconds=0.5)
    ticking = subprocess.Popen(
        [str(shop.panel.root / "sbin" / "mgrctl"), "-m", "billmgr", "sandbox.tick"], stdout=subprocess.DEVNULL
    )
    try:
        paid.sent()
        module = child_of_the_panel(shop)
        os.kill(module, signal.SIGSTOP)
    finally:
        assert ticking.wait(60) == 0
    wait_for(lambda: paid.charges)
    assert not os.path.exists(f"/proc/{module}")
    shop.switch(limit_operations="600")
    if ids == "recreated":
        shop.restart(shop.operations()[0]["id"])
    paid.finished_once()
    assert paid.requests == 1


def child_of_the_panel(shop: DomainReseller) -> int:
    """The process of the module that the panel has started."""
    executable = str(shop.panel.root / "processing" / shop.module).encode()
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            continue
        if executable in words:
            found.append(int(name))
    assert len(found) == 1, found
    return found[0]
