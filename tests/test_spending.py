"""Money leaves through one door: whatever spends is a purchase of the journal, also what is added later.

The rules are in spending.py; each is shown to hold for the product and to see what breaks it.
"""

from __future__ import annotations

import ast
import re
from typing import Dict

import pytest
from kit import spending
from kit.spending import API, BUYER, ENGINE

from bill2bill.commands import COMMANDS
from bill2bill.journal.kinds import KINDS

SOURCES = spending.package()
ADAPTER4, ADAPTER6 = "upstream/billmgr4/adapter.py", "upstream/billmgr6/adapter.py"
RENEW = "commands/registrar/prolong.py"
NEW = "commands/registrar/gift.py"

# They cost nothing, but are as little repeated as what does: a lost answer is read back by the command that
# sent them.
COSTS_NOTHING = {
    "create_contact", "edit_contact", "change_name_servers", "switch_auto_renewal_off", "suspend_service",
    "resume_service", "delete_service",
}  # fmt: skip
SPENDS = {"order_domain", "renew_domain", "order_service", "renew_service", "change_addons", "change_tariff"}


def with_file(name: str, text: str) -> Dict[str, str]:
    assert name not in SOURCES
    return {**SOURCES, name: text}


def changed(name: str, old: str, new: str) -> Dict[str, str]:
    text, times = re.subn(old, new, SOURCES[name], count=1, flags=re.MULTILINE)
    assert times, (name, old)
    return {**SOURCES, name: text}


def with_method(name: str, text: str) -> Dict[str, str]:
    """One method more in the first class of a file."""
    return changed(name, r"^(?=    (?:@|def ))", f"    {text}\n\n")


def with_function(name: str, text: str) -> Dict[str, str]:
    return {**SOURCES, name: f"{SOURCES[name]}\n\n{text}\n"}


def test_what_spends_and_what_only_cannot_be_repeated_is_known():
    assert spending.spending(SOURCES) == SPENDS
    assert spending.promised(SOURCES, spending.UNREPEATABLE) == COSTS_NOTHING
    assert spending.acting(SOURCES) == SPENDS | COSTS_NOTHING


@pytest.mark.parametrize(
    "rule",
    [
        spending.unmarked,
        spending.said_elsewhere,
        spending.called_elsewhere,
        spending.acted_elsewhere,
        spending.unclear,
        spending.beside_the_journal,
    ],
)
def test_the_product_keeps_to_the_rule(rule):
    assert rule(SOURCES) == []


# -- each rule sees what breaks it ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sources",
    [
        with_method(ADAPTER4, "def bid(self): self._client.call('domain.bid', {}, spends=True)"),
        with_method(ADAPTER6, "def upgrade(self): return self._change('x', 1, {})"),
        with_method(ADAPTER6, "def late(self): return lambda: self._edit('x', 1, {})"),
        with_method(ADAPTER6, "def by(self, yes): self._client.call('x', {}, spends=yes)"),
        with_method(ADAPTER6, "def more(self): return [self.renew_service(1, 1)]"),
        changed(API, r"(one period\.) \*Spends\.\*", r"\1"),
        with_method(API, 'def gift(self) -> None:\n        """*Spends.*"""'),
    ],
)
def test_an_adapter_cannot_spend_without_saying_so(sources):
    assert spending.unmarked(sources)


@pytest.mark.parametrize(
    "sources",
    [
        with_file(NEW, "def run(world): world.provider.http.request('u', 'f', {}, spends=True)"),
        with_file(NEW, "def run(world): world.provider.http.post('u', 'f', {})"),
        with_file(NEW, "def run(world): world.provider.public._client.call('f', {})"),
        with_file(NEW, "from bill2bill.upstream.billmgr4.client import Client"),
        with_file(NEW, "def run(world, call): call('f', **{'spends': True})"),
        with_file("upstream/gift.py", "def gift(client): client.call('domain.renew', {}, spends=True)"),
        with_file(
            "upstream/gift.py",
            "def gift(client, spends=True):\n    def now(): client.call('domain.renew', {}, spends=spends)\n "
            "   now()",
        ),
    ],
)
def test_nobody_but_an_adapter_says_that_a_request_spends(sources):
    assert spending.said_elsewhere(sources)


ACT = (
    "class Gift:\n    def look(self, row): ...\n    def terms(self, row): ...\n    def act(self, row):\n   "
    "     "
)


@pytest.mark.parametrize(
    "sources",
    [
        with_file(NEW, "def run(world): world.provider.upstream.renew_domain(1, 2, 3)"),
        with_file(NEW, "def run(world): renew = world.provider.upstream.renew_domain; renew(1, 2, 3)"),
        with_file(NEW, "def run(world): later(world.provider.upstream.order_service)"),
        with_file(NEW, "def run(world): getattr(world.provider.upstream, 'change_tariff')(1, 2)"),
        with_file(NEW, "NAMES = {'prolong': 'renew_domain'}"),
        with_file(NEW, "def run(renew_domain): renew_domain(1, 2, 3)"),
        with_file(NEW, "class Gift:\n    def act(self, row): self.upstream.renew_domain(1, 2, 3)"),
        with_file(NEW, f"{ACT}return lambda: self.upstream.renew_domain(1, 2, 3)"),
        with_file(NEW, f"{ACT}for _ in range(3): self.upstream.renew_domain(1, 2, 3)"),
        with_file(NEW, f"{ACT}self.upstream.renew_domain(1, 2, 3); self.upstream.renew_domain(1, 2, 3)"),
        with_file(NEW, f"{ACT}return self.upstream.renew_domain"),
        with_file(NEW, f"{ACT}...\n    def help(self): self.upstream.renew_domain(1, 2, 3)"),
        with_file("admin/gift.py", "def gift(upstream): upstream.order_domain(None)"),
        with_method(RENEW, "def twice(self): self.provider.upstream.renew_domain(1, 2, 3)"),
    ],
)
def test_a_call_that_spends_is_seen_outside_of_the_one_act(sources):
    assert spending.called_elsewhere(sources)


def test_an_act_that_spends_once_is_allowed():
    assert spending.called_elsewhere(with_file(NEW, f"{ACT}return self.upstream.renew_domain(1, 2, 3)")) == []


@pytest.mark.parametrize(
    "sources",
    [
        with_file(NEW, "def run(deal, row): deal.act(row)"),
        with_file(NEW, "def run(deal): return deal.act"),
        with_file(NEW, "def run(deal): return getattr(deal, 'act')"),
        with_file(NEW, "from bill2bill.journal.engine import spend_once"),
        with_file(NEW, "from bill2bill.journal import engine\n\ndef run(*all): engine.spend_once(*all)"),
        changed(BUYER, r"^(from bill2bill\.journal\.engine import .*spend_once)", r"\1 as buy_it"),
        with_function(BUYER, "def gift(*all): spend_once(*all)"),
        with_function(ENGINE, "def again(*all): return spend_once(*all)"),
    ],
)
def test_an_act_beside_the_journal_is_seen(sources):
    assert spending.acted_elsewhere(sources)


@pytest.mark.parametrize(
    "text",
    [
        "def run(upstream): getattr(upstream, 'renew_' + 'domain')(1, 2, 3)",
        "from operator import methodcaller",
        "import operator",
        "def run(upstream): upstream.__dict__",
        "def run(upstream): vars(upstream)",
        "def run(upstream): eval('upstream.renew_' + 'domain')",
    ],
)
def test_names_that_are_made_up_are_seen(text):
    assert spending.unclear(with_file(NEW, text))


def test_a_deal_that_no_command_buys_is_seen():
    assert spending.beside_the_journal(with_file(NEW, f"{ACT}return self.upstream.renew_domain(1, 2, 3)"))
    assert spending.beside_the_journal(
        with_file(NEW, f"def run(world): Gift()\n\n{ACT}return self.upstream.renew_domain(1, 2, 3)")
    )
    assert not spending.beside_the_journal(
        with_file(
            NEW, f"def run(world): world.buy(Gift())\n\n{ACT}return self.upstream.renew_domain(1, 2, 3)"
        )
    )


# -- the table of commands -----------------------------------------------------------------------------------


def kinds_bought(file: str) -> set:
    """The kinds of purchase that the functions of a command name to purchases.buy."""
    ways = spending.Ways(SOURCES)
    nodes = [ways.spots[spot] for spot in ways.reached(spending.Spot(file, "run"))]
    calls = [
        call
        for node in nodes
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
    ]
    return {ast.literal_eval(call.args[1]) for call in calls if call.func.attr == "buy"}


def test_every_command_that_spends_buys_under_a_kind_that_is_its_own():
    """What begins a purchase must find it again: by the kind the journal knows whose operation
    waits for it.
    """
    files = spending.spending_files(SOURCES)
    known = {
        f"commands/{command.file.replace('.', '/')}.py": name
        for table in COMMANDS.values()
        for name, command in table.items()
    }
    assert files <= set(known)
    for file in files:
        kinds = kinds_bought(file)
        assert kinds
        assert kinds <= set(KINDS)
        assert {KINDS[kind].command for kind in kinds} == {known[file]}
    assert set().union(*map(kinds_bought, files)) == set(KINDS)
