"""A look-up that fails proves nothing: whatever it answers, nothing is bought a second time, and all is
finished when it answers again.
"""

from __future__ import annotations

from typing import Dict, Iterable, List, Tuple

import pytest
from kit.reseller import DomainReseller
from kit.waiting import wait_for

from .test_lost_answers import PATIENT, PLAIN_OK, READY, SPENDS, UNREADABLE, named, prepared

Kinds = Dict[str, Dict[str, object]]

# The right answer to a look-up, spoilt; of codes that are read alike one stands for all. The last one: the
# login rests afterwards.
ALIKE = ("error-7", "error-8")
BROKEN: Kinds = {
    **{kind: {"when": "after", **more} for kind,
        more in {**UNREADABLE, "slow": {"seconds": 2}}.items() if kind not in ALIKE},
    "absent": {"kind": "error", "when": "after", "code": 3, "obj": "domain"},
    "wrong_password": {"when": "after"},
}  # fmt: skip
# Besides: refusals, answers that may be in order, and a plain «ok», which is no answer to a question and no
# empty list.
ODD: Kinds = {
    **{f"error-{code}": {"kind": "error", "when": "after", "code": code} for code in (3, 5, 8)},
    **{kind: {"when": "after"} for kind in PLAIN_OK},
    "ok": {"kind": "without_id", "when": "before"},
}  # fmt: skip
TRIED_AGAIN = ("cut", "502", "short_body", "slow")  # they take seconds, so they run at the same time


def runs(shop: DomainReseller, kinds: Kinds, items: Dict[str, int], *funcs: str) -> None:
    """One run of each item's operation while these functions answer wrongly, in the item's own way."""
    groups: List[Tuple[str, ...]] = [TRIED_AGAIN, *((kind,) for kind in kinds if kind not in TRIED_AGAIN)]
    for group in groups:
        for func in funcs:
            for kind in group:
                last = {"sticky": True} if kind == group[-1] else {"times": 3}
                shop.up.fault(func, **{"kind": kind, **kinds[kind], **last})
        children = [child for kind in group for child in start(shop, items[kind])]
        for child in children:
            child.wait(60)
        shop.up.heal()


def start(shop: DomainReseller, item: int) -> list:
    return [shop.run(row["intname"], item, row["id"]) for row in shop.operations() if row["item"] == item]


def finish(shop: DomainReseller, items: Iterable[int]) -> None:
    """A person saves the connection again and starts what waits; everything is healthy now."""
    shop.panel.call("sandbox.module.set", elid=1)
    for row in shop.operations():
        if row["manual"] == "on":
            shop.restart(row["id"])
    assert set(shop.tick(parallel=4).values()) <= {"gone"}
    assert {shop.item(item)["status"] for item in items} == {2}


def sent_twice(shop: DomainReseller, command: str) -> List[str]:
    sent = [row["params"].get("domain") or row["params"]["elid"] for row in shop.up.requests(SPENDS[command])]
    return sorted({name for name in sent if sent.count(name) > 1})


@pytest.mark.slow
@pytest.mark.parametrize("command", SPENDS)
def test_when_only_a_look_can_tell_and_every_look_fails_nothing_is_sent_again(
    shop: DomainReseller, command: str
):
    kinds = {**ODD, **BROKEN}
    names = named(kinds)
    items = prepared(shop, command, names)
    shop.up.fault(SPENDS[command], "commit_later", seconds=0.3, match={"sok": "ok"}, times=len(items))
    shop.settings(settle=PATIENT)
    assert set(shop.tick(parallel=4).values()) == {"kept"}
    wait_for(lambda: shop.up.charged() == dict.fromkeys(names.values(), 1))
    shop.settings(settle=READY, read_timeout=1)
    runs(shop, kinds, {kind: items[name] for kind, name in names.items()}, "domain.getinfo", "domain")
    assert sent_twice(shop, command) == []
    finish(shop, items.values())
    assert sent_twice(shop, command) == []
    assert shop.up.charged() == dict.fromkeys(names.values(), 1)


@pytest.mark.slow
def test_nothing_is_bought_before_the_account_is_known(shop: DomainReseller):
    names = named(BROKEN)
    items = prepared(shop, "prolong", names)
    shop.settings(read_timeout=1)
    runs(shop, BROKEN, {kind: items[name] for kind, name in names.items()}, "accountinfo")
    assert shop.up.requests("domain.renew") == []
    finish(shop, items.values())
    assert shop.up.charged() == dict.fromkeys(names.values(), 1)


@pytest.mark.slow
def test_an_order_is_not_repeated_when_the_form_that_is_read_after_it_fails(shop: DomainReseller):
    """The form tells whether the domain renews itself; until that is known the order is not over."""
    names = named(BROKEN)
    items = prepared(shop, "open", names)
    shop.settings(read_timeout=1)
    runs(shop, BROKEN, {kind: items[name] for kind, name in names.items()}, "domain.edit")
    assert shop.up.charged() == dict.fromkeys(names.values(), 1)
    assert {shop.item(item)["status"] for item in items.values()} == {5}
    finish(shop, items.values())
    assert shop.up.charged() == dict.fromkeys(names.values(), 1)
    assert sent_twice(shop, "open") == []


@pytest.mark.parametrize(
    ("kind", "when"), [("cut", "before"), ("cut", "after"), ("error-9", "after"), ("without_id", "before")]
)
def test_new_name_servers_arrive_whatever_becomes_of_the_answer(shop: DomainReseller, kind: str, when: str):
    item = shop.owned()
    more = {"kind": "error", "code": 9} if kind == "error-9" else {"kind": kind}
    shop.up.fault("domain.edit", **{**more, "when": when, "match": {"sok": "ok"}})
    shop.panel.call("sandbox.change", item=item, ns0="ns3.example.net", ns1="ns4.example.net")
    shop.tick_until_quiet()
    assert shop.up.domain("example.ru")["ns"] == ["ns3.example.net", "ns4.example.net"]
    assert shop.operations() == []
    assert shop.up.charges() == []
