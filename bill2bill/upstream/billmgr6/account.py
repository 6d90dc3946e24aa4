"""Who is logged in and what money there is (upstream-billmanager6 3.1, 3.2)."""

from __future__ import annotations

import logging
from decimal import Decimal
from typing import Callable, Iterator, Optional

from bill2bill.errors import Failure, Phrase
from bill2bill.rules.money import Money, parse_amount
from bill2bill.rules.words import shown
from bill2bill.upstream.api import Identity, PayerAccount
from bill2bill.upstream.asking import POSITIVE
from bill2bill.upstream.billmgr6 import types as wire
from bill2bill.upstream.billmgr6.envelope import Node
from bill2bill.upstream.billmgr6.reading import money_of

log = logging.getLogger("bill2bill.upstream")

NOT_FOR_ALL = frozenset(["upstream_refused", "upstream_trouble", "upstream_answer", "rights_missing"])
Ask = Callable[[str], Node]


def identity_of(ask: Ask, project: str) -> Identity:
    """ask: a function without parameters -> its answer. project: "" = the only one.

    The allowed overdraft stands in `subaccount` alone, which not every customer may read: without it there is
    none (10 Q15). Raises upstream_answer if no balance is told.
    """
    whoami = ask(wire.WHOAMI)
    user = whoami.first("user").attributes
    number = user.get("account") or user.get("id", "")
    row = _subaccount(_optional(ask, wire.SUBACCOUNT), project)
    name, credit = row.first("project").text, _credit(row)
    balance = _row_balance(row) if project else None
    balance = balance or _balance(user.get("balance", ""), user.get("currency", ""))
    balance = balance or _tile_balance(ask) or _row_balance(row)
    if balance is None or not POSITIVE.fullmatch(number):
        found = Phrase("account_unknown" if balance else "balance_unknown", number=shown(number, 40) or "-")
        raise Failure("upstream_answer", func=wire.WHOAMI, reason=found)
    account = PayerAccount(int(number), user.get("name", ""), name, balance, credit)
    may_suspend, may_delete = _right(user.get("allowsuspenditem")), _right(user.get("allowdeleteitem"))
    return Identity(account, user.get("account", ""), version_of(whoami), may_suspend, may_delete)


def version_of(whoami: Node) -> str:
    """Such as 6.94.1; "" if it is not told."""
    return whoami.first("version").get("billmgr") or whoami.first("mgr").attributes.get("version", "")


def _optional(ask: Ask, func: str) -> Node:
    try:
        return ask(func)
    except Failure as failure:
        if failure.code not in NOT_FOR_ALL:
            raise
        log.info("%s is of no use: %s", func, failure)
        return Node()


def _subaccount(answer: Node, project: str) -> Node:
    """The row of the project, by number or name; without a project the only row."""
    rows = answer.all(wire.ROW)
    if project:
        rows = [row for row in rows if project in (row.first("project").code, row.get("project"))]
    return rows[0] if len(rows) == 1 else Node()


def _tile_balance(ask: Ask) -> Optional[Money]:
    """From what the panel shows to people (3.1)."""
    found = _balance(_optional(ask, wire.TILES).first(wire.ROW).get("realbalance"))
    return found or next(filter(None, map(_balance, _notes(_optional(ask, wire.NOTIFY)))), None)


def _notes(answer: Node) -> Iterator[str]:
    yield answer.get("realbalance")
    for item in answer.first("notify").all("item"):
        if item.attributes.get("balance") == "yes":
            yield item.get("value") or item.attributes.get("value", "")


def _row_balance(row: Node) -> Optional[Money]:
    return _balance(row.get("balance"), row.get("currency")) or _balance(row.get("balance"))


def _balance(amount: str, currency: str = "") -> Optional[Money]:
    """No currency recognised, no balance (3.1)."""
    try:
        return money_of(f"{amount} {currency}".strip())
    except ValueError as error:
        if amount:
            log.info("no balance: %s", error)
        return None


def _credit(row: Node) -> Decimal:
    try:
        return max(parse_amount(row.get("creditlimit") or "0"), Decimal(0))
    except ValueError as error:
        log.warning("%s: creditlimit: %s", wire.SUBACCOUNT, error)
        return Decimal(0)


def _right(word: Optional[str]) -> Optional[bool]:
    """on, or off, which may be empty (1.2); None: not told."""
    return None if word is None else word == wire.ON
