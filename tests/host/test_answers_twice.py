"""Money when a person answers twice, late, from a form that is out of date, or about another service."""

from __future__ import annotations

import io
import threading
import time
from contextlib import contextmanager
from typing import Any, Iterator, List, Tuple

import pytest
from kit.purchases import says
from kit.reseller_host import KVM2, NAME, SMALL
from test_restored_money import forgotten

from bill2bill.admin import page, start
from bill2bill.commands import purchases
from bill2bill.journal.journal import Journal
from bill2bill.journal.purchase import Stage
from bill2bill.journal.questions import Answer, answers_to
from bill2bill.state.locks import Locks

WHY = "compared with the cabinet"
Reply = Tuple[int, bytes]


def clicks(shop: Any, number: int, answer: str, remote: object = "", who: str = "maria") -> Reply:
    """The form of the admin interface is sent."""
    params = {
        "func": page.RESOLVE,
        "elid": number,
        "sok": "ok",
        "lang": "en",
        "answer": answer,
        "remote": remote,
        "why": WHY,
    }
    env = {
        "AUTH_LEVEL": "30",
        "AUTH_USER": who,
        **{f"PARAM_{name}": str(value) for name, value in params.items()},
    }
    status, out = page.answer(str(shop.root), io.BytesIO(b"<doc/>"), env)
    return status, out or b""


@contextmanager
def forms_wait(shop: Any, item: int, *answers: str) -> Iterator[List[Reply]]:
    """Forms that were sent while somebody else holds the item's lock; answered when the block ends."""
    shop.options("item_wait 20\n")
    replies: List[Reply] = []
    forms = [threading.Thread(target=lambda one=one: replies.append(clicks(shop, 1, one))) for one in answers]
    with Locks(shop.root / "var" / "bill2bill" / "locks").item(item, 0):
        for form in forms:
            form.start()
        time.sleep(1.5)
        yield replies
    for form in forms:
        form.join()


@contextmanager
def killed(monkeypatch: Any, owner: Any, method: str) -> Iterator[None]:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(owner, method, die)
        with pytest.raises(KeyboardInterrupt):
            yield


def given_away(servers: Any) -> Tuple[int, int]:
    """(item, operation) of another client under the number of an item that was opened by this journal."""
    item = servers.bought()
    forgotten(servers, item)
    operation = servers.operation(item, "open")
    assert servers.attempt(operation).question == "in_doubt_same_item/restored"
    return item, operation


def test_foreign_said_again_after_a_kill_does_not_bring_the_former_items_months_back(servers, monkeypatch):
    servers.tariff(SMALL, b2b_periods="1=12")
    item, operation = given_away(servers)
    with killed(monkeypatch, Journal, "decide"):
        says(servers.store, 1, Answer.OTHER_ITEM)
    servers.tariff(SMALL, b2b_periods="")
    assert servers.attempt(operation).status == 0, "the new client has a server of his own"
    assert answers_to(servers.store.purchase(1)) == (Answer.OTHER_ITEM,)
    clicks(servers, 1, "other-item")
    assert servers.store.purchase(1).stage is Stage.REPORTED
    bills = len(servers.bills)
    assert servers.start("prolong", item).status == 0
    assert len(servers.bills) == bills + 1, "what the client paid for is bought"


def test_a_double_click_on_foreign_counts_once(servers):
    item, operation = given_away(servers)
    with forms_wait(servers, item, "other-item", "other-item") as replies:
        pass
    assert sorted(status for status, _ in replies) == [0, 1]
    assert servers.store.opening(item) is None
    assert servers.attempt(operation).status == 0


def test_foreign_after_somebody_said_the_same_does_not_order_twice(servers):
    item, operation = given_away(servers)
    servers.params(item, domain=NAME)
    with forms_wait(servers, item, "other-item") as replies:
        says(servers.store, 1, Answer.SAME, noting=start.noting(servers.root, servers.store))
    assert b"no_question" in replies[0][1]
    servers.attempt(operation)
    assert len(servers.bills) == 1


def test_told_from_an_old_form_does_not_follow_upon_the_same(shop, monkeypatch):
    shop.at_once()
    item = shop.sold()
    operation = shop.operation(item, "prolong")
    with killed(monkeypatch, purchases, "reported"):
        shop.attempt(operation)
    again = shop.operation(item, "prolong")
    again = shop.operation(item, "prolong") if again == operation else again
    assert shop.attempt(again).question == "in_doubt_same_renewal/callback"
    assert clicks(shop, 1, "same")[0] == 0
    assert b"no_question" in clicks(shop, 1, "new")[1]
    assert (shop.attempt(again).status, len(shop.charges)) == (0, 1)


@pytest.mark.parametrize("kind", ["servers", "shop"])
def test_exists_said_again_after_the_panel_was_told_swallows_no_renewal(kind, request, monkeypatch):
    shop = request.getfixturevalue(kind)
    item = shop.owned() if kind == "servers" else shop.sold()
    if kind == "shop":
        shop.at_once()
    operation = shop.operation(item, "prolong")
    with killed(monkeypatch, purchases, "reported"):
        shop.attempt(operation)
    (row,) = shop.store.in_stages(Stage.CONFIRMED)
    says(shop.store, row.id, Answer.BOUGHT, row.remote)
    again = shop.operation(item, "prolong")
    assert shop.attempt(again).question == "in_doubt_same_renewal/callback", "a further renewal was paid for"


def test_a_renewal_is_not_said_to_exist_as_another_service(servers):
    item = servers.owned()
    other = servers.up.post(
        "service",
        itemtype="vds",
        domain="other.example.net",
        pricelist=KVM2,
        expiredate="2028-01-01",
        status=2,
    )
    operation = servers.operation(item, "prolong")
    servers.fault("service.prolong", "cut", when="before", match={"sok": "ok"})
    servers.attempt(operation)
    servers.aged(700)
    assert b"not_ours" in clicks(servers, 1, "bought", other["id"])[1]
    assert servers.store.purchase(1).stage is Stage.SENT
    assert servers.running(item, "prolong"), "nothing was bought, and the panel was not told otherwise"


def test_the_name_of_who_answers_may_hold_anything(servers):
    item = servers.bought()
    status, out = clicks(servers, 1, "bought", servers.remote(item), who="\udcff\x1b[31m")
    assert b"Traceback" not in out
    assert servers.store.decisions(1)[-1].who == "\\udcff\\x1b[31m"
