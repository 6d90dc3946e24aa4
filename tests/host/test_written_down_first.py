"""What costs money is on disk before it leaves, whatever command sends it; and no other command costs
anything.

Watched from outside: the provider's ledger tells which request was charged, the journal's file on disk what
was known at that moment.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, NamedTuple, Set

import pytest
from kit import spending

from bill2bill.commands import COMMANDS
from bill2bill.journal.purchase import Stage
from bill2bill.upstream.http import Http


class Charged(NamedTuple):
    """A request that the provider charged. rows: the purchases that the journal showed as sent when it was
    about to leave.
    """

    func: str
    spends: bool
    rows: Set[tuple]


@pytest.fixture
def charged(monkeypatch) -> Callable[[Any], List[Charged]]:
    """Watches every request from now on."""

    def watching(shop) -> List[Charged]:
        found: List[Charged] = []
        post = Http.post

        def watched(self, url, func, form, *, spends=False):
            rows, before = on_disk(shop), len(shop.up.get("ledger"))
            body = post(self, url, func, form, spends=spends)
            if len(shop.up.get("ledger")) > before:
                found.append(Charged(func, spends, rows))
            return body

        monkeypatch.setattr(Http, "post", watched)
        return found

    return watching


def on_disk(shop) -> Set[tuple]:
    """What was committed: another connection sees nothing else."""
    journal = shop.store
    try:
        return {(row.item, row.kind) for row in journal.in_stages(Stage.SENT)}
    finally:
        journal.db.close()


# -- every operation of both modules, prepared so that it has something to do --------------------------------


def order_of_a_domain(shop) -> int:
    return shop.operation(shop.item(), "open")


def order_of_a_server(servers) -> int:
    return servers.operation(servers.order(), "open")


def new_name_servers(shop) -> int:
    item = shop.sold()
    shop.params(item, ns0="ns7.example.net", ns1="ns8.example.net")
    return shop.operation(item, "update_ns")


def everything_changed(servers) -> int:
    """Another tariff, and more processors than it includes."""
    item = servers.bought()
    servers.change(item, addon_ncpu=6)
    return servers.change_tariff(item)


def suspended(servers) -> int:
    return servers.operation(servers.owned(status=3), "resume")


def anything(command: str) -> Callable[[Any], int]:
    """On what both sides know already."""
    return lambda shop: shop.operation(shop.sold() if shop.kind == "registrar" else shop.owned(), command)


PREPARED: Dict[tuple, Callable[[Any], int]] = {
    ("registrar", "open"): order_of_a_domain,
    ("registrar", "update_ns"): new_name_servers,
    ("processing", "open"): order_of_a_server,
    ("processing", "setparam"): everything_changed,
    ("processing", "resume"): suspended,
}
BUYS: Dict[tuple, Set[str]] = {
    ("registrar", "open"): {"open"},
    ("registrar", "prolong"): {"prolong"},
    ("processing", "open"): {"open"},
    ("processing", "prolong"): {"prolong"},
    ("processing", "setparam"): {"changepricelist", "setparam"},
}
OPERATIONS = [
    (kind, name) for kind, table in COMMANDS.items() for name, command in table.items() if command.operation
]


def test_every_command_that_spends_is_watched_here():
    """The commands are found in the source, so one that is added later is missed here until it has
    its case.
    """
    files = {f"commands/{COMMANDS[kind][name].file.replace('.', '/')}.py" for kind, name in BUYS}
    assert files == spending.spending_files(spending.package())


@pytest.mark.parametrize("operation", OPERATIONS, ids="-".join)
def test_what_is_charged_was_written_down_before_it_left(operation, request, charged):
    kind, command = operation
    shop = request.getfixturevalue("shop" if kind == "registrar" else "servers")
    shop.connection(send_close="on")
    if kind == "registrar":
        shop.at_once()
    number = PREPARED.get(operation, anything(command))(shop)
    item = shop.db.get("runningoperation", number)["item"]
    seen = charged(shop)
    answer = shop.attempt(number)
    assert (answer.status, answer.code) == (0, ""), answer.text
    assert all(one.spends for one in seen)
    assert [one.rows for one in seen] == [{(item, bought)} for bought in sorted(BUYS.get(operation, ()))]
    assert {row.kind for row in shop.store.in_stages(*Stage) if row.item == item} >= BUYS.get(
        operation, set()
    )
