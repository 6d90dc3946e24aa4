"""Whatever becomes of the answer to a purchase, it is paid exactly once, and sent again only when a look has
proved that it was not carried out.

One panel holds one item for each way to lose an answer; settle is so long that nothing may be proved, and
then so short that it is.
"""

from __future__ import annotations

from typing import Dict

import pytest
from kit.reseller import DomainReseller
from kit.waiting import wait_for

PATIENT, READY = 3600, 0  # settle
SPENDS = {"open": "domain.order.4", "prolong": "domain.renew"}
KIND = {"open": "order", "prolong": "renew"}

# Nothing can be concluded from such an answer, whether the request was carried out or not.
UNREADABLE = {
    **{kind: {} for kind in ("cut", "502", "html_200", "empty", "truncated", "short_body", "wrong_envelope",
        "redirect", "doctype")},
    **{kind: {} for kind in ("bad_encoding", "code_1")},
    "slow": {"seconds": 3}, "huge": {"mib": 2},
    **{f"error-{code}": {"kind": "error", "code": code} for code in (2, 7, 8, 9)},
}  # fmt: skip
# An answer that may be in order; when nothing was carried out it is a plain «ok» without an id.
PLAIN_OK = ("without_id", "wrong_content_type", "duplicate_elements")
# upstream-billmanager4 9.1: certainly not carried out
REFUSED = {f"error-{code}": {"kind": "error", "code": code} for code in (3, 4, 5, 6)}
EXISTS = {"error-2": {"kind": "error", "code": 2}}


def prepared(shop: DomainReseller, command: str, names: Dict[str, str]) -> Dict[str, int]:
    """name -> item, each with an operation that the next tick carries out."""
    items = shop.ordered_many(names.values()) if command == "open" else shop.owned_many(names.values())
    for item in items.values():
        shop.pay(item) if command == "open" else shop.start(item, command)
    shop.up.progress("immediate")
    return items


def named(kinds: Dict[str, Dict[str, object]]) -> Dict[str, str]:
    return {kind: f"{kind.replace('_', '-')}-x.ru" for kind in kinds}


def spoil(
    shop: DomainReseller, command: str, name: str, kind: str, when: str, more: Dict[str, object]
) -> None:
    """The answer to the next purchase of this very name goes wrong."""
    one = {"domain": name[:-3]} if command == "open" else {"elid": str(shop.up.domain(name)["id"])}
    shop.up.fault(SPENDS[command], **{"kind": kind, "when": when, "match": {"sok": "ok", **one}, **more})


@pytest.mark.both_databases
@pytest.mark.parametrize("command", SPENDS)
def test_a_purchase_that_was_carried_out_is_not_sent_again_whatever_the_answer(
    shop: DomainReseller, command: str
):
    kinds = {**UNREADABLE, **{kind: {} for kind in PLAIN_OK}}
    names = named(kinds)
    items = prepared(shop, command, names)
    for kind, more in kinds.items():
        spoil(shop, command, names[kind], kind, "after", more)
    shop.settings(settle=PATIENT)
    shop.tick(parallel=4)
    shop.tick(parallel=4)
    assert shop.up.charged() == dict.fromkeys(items, 1)
    assert shop.operations() == []
    assert shop.tasks() == []
    assert {shop.item(item)["status"] for item in items.values()} == {2}
    assert len(shop.up.requests(SPENDS[command])) == len(items)


@pytest.mark.parametrize("command", SPENDS)
def test_a_purchase_that_was_not_carried_out_is_sent_again_only_when_a_look_has_proved_it(
    shop: DomainReseller, command: str
):
    kinds = {**UNREADABLE, **{kind: {} for kind in PLAIN_OK}}
    wrong = (
        ("error-2",) if command == "open" else PLAIN_OK
    )  # «it exists» of others' names, «ok» of a renewal: both are believed, see below
    for kind in ("slow", *wrong):  # slow is carried out, only late
        del kinds[kind]
    names = named(kinds)
    items = prepared(shop, command, names)
    for kind, more in kinds.items():
        spoil(shop, command, names[kind], kind, "before", more)
    shop.settings(settle=PATIENT)
    for _ in range(2):
        assert set(shop.tick(parallel=4).values()) == {"kept"}
        assert shop.up.charged() == {}
        assert len(shop.up.requests(SPENDS[command])) == len(items)
    shop.settings(settle=READY)
    assert set(shop.tick(parallel=4).values()) == {"gone"}
    assert shop.up.charged() == dict.fromkeys(items, 1)
    assert len(shop.up.requests(SPENDS[command])) == 2 * len(items)
    assert shop.tasks() == []


@pytest.mark.parametrize("command", SPENDS)
@pytest.mark.parametrize(("kind", "seconds"), [("commit_later", 2), ("slow_before", 3)])
def test_a_request_that_is_carried_out_after_the_connection_broke_is_paid_once(
    shop: DomainReseller, command: str, kind: str, seconds: int
):
    items = prepared(shop, command, {kind: "late.ru"})
    spoil(
        shop,
        command,
        "late.ru",
        kind.partition("_before")[0],
        "after" if kind == "commit_later" else "before",
        {"seconds": seconds},
    )
    shop.settings(settle=PATIENT, spend_timeout=1)
    assert list(shop.tick().values()) == ["kept"]
    assert list(shop.tick().values()) == ["kept"], (
        "the repeat came before the provider carried the request out"
    )
    wait_for(lambda: shop.up.charged() == {"late.ru": 1})
    shop.settings(settle=READY)
    shop.tick_until_quiet()
    assert shop.up.charged() == {"late.ru": 1}
    assert len(shop.up.requests(SPENDS[command])) == 1
    assert shop.item(items["late.ru"])["status"] == 2


@pytest.mark.parametrize("command", SPENDS)
def test_a_refused_purchase_waits_for_a_person_and_then_is_paid_once(shop: DomainReseller, command: str):
    kinds = {**REFUSED, **(EXISTS if command == "open" else {})}
    names = named(kinds)
    items = prepared(shop, command, names)
    for kind, more in kinds.items():
        spoil(shop, command, names[kind], kind, "before", more)
    assert set(shop.tick(parallel=4).values()) == {"manual"}
    assert shop.up.charged() == {}
    assert sorted(task["item"] for task in shop.tasks()) == sorted(items.values())
    for task in shop.tasks():
        shop.panel.call("task.start", elid=task["id"])
    assert set(shop.tick(parallel=4).values()) == {"gone"}
    assert shop.up.charged() == dict.fromkeys(items, 1)


@pytest.mark.parametrize("command", SPENDS)
def test_a_refused_login_stops_every_request_until_a_person_has_corrected_it(
    shop: DomainReseller, command: str
):
    items = prepared(shop, command, {"wrong_password": "refused.ru", "": "other.ru"})
    spoil(shop, command, "refused.ru", "wrong_password", "before", {})
    assert list(shop.tick().values()) == ["manual", "manual"]
    assert shop.up.charged() == {}
    assert len(shop.up.requests(SPENDS[command])) == 1, "nothing is sent with a refused login"
    shop.panel.call("sandbox.module.set", elid=1)
    for task in shop.tasks():
        shop.panel.call("task.start", elid=task["id"])
    assert list(shop.tick().values()) == ["gone", "gone"]
    assert shop.up.charged() == dict.fromkeys(items, 1)


def test_a_renewal_that_was_accepted_but_never_carried_out_is_a_question_for_a_person(shop: DomainReseller):
    """An answer «ok» is believed: such a renewal is never sent again, and after `overdue` somebody has to
    look.
    """
    kinds: Dict[str, Dict[str, object]] = {kind: {} for kind in PLAIN_OK}
    names = named(kinds)
    items = prepared(shop, "prolong", names)
    for kind, more in kinds.items():
        spoil(shop, "prolong", names[kind], kind, "before", more)
    assert set(shop.tick(parallel=2).values()) == {"kept"}
    assert set(shop.tick(parallel=2).values()) == {"kept"}
    shop.settings(overdue=0)
    assert set(shop.tick(parallel=2).values()) == {"manual"}
    assert shop.up.charged() == {}
    assert sorted(task["item"] for task in shop.tasks()) == sorted(items.values())
    assert len(shop.up.requests("domain.renew")) == len(items)
