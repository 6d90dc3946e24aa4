"""The six kinds of purchases, each as an operation that a client has paid for: for what must hold whichever
it is.

A test that asks for `paid` runs for every kind; one that is about some of them is parametrised with `only`.
"""

from __future__ import annotations

import itertools
import subprocess
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, Tuple

import pytest
from kit.reseller import Reseller
from kit.waiting import wait_for

from bill2bill.journal.purchase import Purchase

Prepared = Tuple[int, int]  # item, operation


@dataclass(frozen=True)
class Kind:
    """spends: the provider's function that buys; charge: what its ledger calls that; journal: what our
    journal calls it.
    """

    shop: str  # the fixture
    command: str
    journal: str
    spends: str
    charge: str
    prepare: Callable[[Any, str], Prepared]


def _open(shop: Any, name: str) -> Prepared:
    item = shop.order(name)
    return item, shop.pay(item)


def _of_owned(start: Callable[[Any, int], int]) -> Callable[[Any, str], Prepared]:
    def prepare(shop: Any, name: str) -> Prepared:
        item = shop.owned(name)
        return item, start(shop, item)

    return prepare


def _prolong(shop: Any, item: int) -> int:
    return int(shop.start(item, "prolong"))


KINDS: Mapping[str, Kind] = {
    "domain-open": Kind("shop", "open", "open", "domain.order.4", "order", _open),
    "domain-prolong": Kind("shop", "prolong", "prolong", "domain.renew", "renew", _of_owned(_prolong)),
    "server-open": Kind("servers", "open", "open", "v2.vds.order.param", "order", _open),
    "server-prolong": Kind("servers", "prolong", "prolong", "service.prolong", "prolong",
        _of_owned(_prolong)),
    "server-addons": Kind(
        "servers", "setparam", "setparam", "vds.edit", "addon",
        _of_owned(lambda shop, item: int(shop.change(item, addon_ncpu=4)))
    ),
    "server-tariff": Kind(
        "servers", "setparam", "changepricelist", "service.changepricelist.getmoney", "changepricelist",
        _of_owned(lambda shop, item: int(shop.change_tariff(item))),
    ),
}  # fmt: skip
OPENINGS = ("domain-open", "server-open")
RENEWALS = ("domain-prolong", "server-prolong")


def only(*kinds: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("paid", kinds, indirect=True)


def each_with(name: str, *values: object) -> pytest.MarkDecorator:
    """Every kind with one of the values, all values by turns."""
    return pytest.mark.parametrize(
        ("paid", name), list(zip(KINDS, itertools.cycle(values))), indirect=["paid"]
    )


class Paid:
    """An operation that waits to be carried out, and what becomes of it."""

    def __init__(self, shop: Any, kind: Kind) -> None:
        self.shop: Reseller = shop
        self.kind = kind
        self.item, self.operation = self.another(self.name(0))
        if kind.shop == "shop":
            shop.up.progress("immediate")

    def name(self, number: int) -> str:
        return f"example{number}.ru" if self.kind.shop == "shop" else f"vm{number}.example.net"

    def another(self, name: str) -> Prepared:
        return self.kind.prepare(self.shop, name)

    # -- what happens ----------------------------------------------------------------------------------------

    def fault(self, kind: str, **more: Any) -> None:
        """The next request that buys goes wrong."""
        self.shop.up.fault(self.kind.spends, kind, match={"sok": "ok"}, **more)

    def run(self) -> subprocess.Popen[bytes]:
        return self.shop.run(self.kind.command, self.item, self.operation)

    def lose(self, *, carried_out: bool) -> None:
        """The process is killed while its request is on the way, and from then on every look fails: nobody
        knows what became of it.
        """
        up, before, charges = self.shop.up, self.requests, self.charges
        self.fault("slow", when="before", seconds=1)
        child = self.run()
        self.sent()
        child.kill()
        child.wait()
        up.switch(play=up.play if carried_out else "html")  # what arrives at a web site is not carried out
        wait_for(lambda: self.requests == before + 1)
        up.switch(play=up.play)
        assert self.charges == charges + int(carried_out)
        up.fault("*", "502", when="before", sticky=True)

    def sent(self) -> None:
        """Wait until the provider has read the request that buys: its only fault is used up."""
        wait_for(lambda: self.shop.up.get("faults") == [])

    # -- what is true ----------------------------------------------------------------------------------------

    @property
    def charges(self) -> int:
        """How often the provider took money for such a purchase, for whomever."""
        return self.shop.up.charges().count(self.kind.charge)

    @property
    def requests(self) -> int:
        """How often it was asked to."""
        asked = self.shop.up.requests(self.kind.spends)
        return len([row for row in asked if row["params"].get("sok") == "ok"])

    @property
    def purchase(self) -> Purchase:
        return self.shop.purchase(self.item, self.kind.journal)

    def finished_once(self) -> None:
        """After some repeats: paid once, told to the panel, nobody was asked."""
        self.shop.tick_until_quiet()
        assert (self.charges, self.shop.operations(), self.shop.tasks()) == (1, [], [])
        assert self.shop.item(self.item)["status"] == 2

    def finished_or_asked(self, charges: int = 1) -> None:
        """After some repeats: paid once at most, and done or a person's question; never silent."""
        self.shop.tick_until_quiet()
        assert self.charges == charges
        left: List[Dict[str, Any]] = self.shop.operations()
        if left:
            assert [row["manual"] for row in left] == ["on"] * len(left)
            assert all(row["errorxml"] for row in left)
            assert len(self.shop.tasks()) >= 1
        else:
            assert self.shop.item(self.item)["status"] == 2
