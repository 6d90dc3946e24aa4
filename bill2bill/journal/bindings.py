"""Which service of a provider belongs to which item, and which logins lead to one customer of a provider.

An account is the provider's installation and the customer number that it tells us. Until it has told one, the
login stands for the account. Two items never hold one service, however they came to it (decision 27).
"""

from __future__ import annotations

import sqlite3
from typing import Callable, List, NamedTuple, Optional, Tuple

from bill2bill.errors import Failure
from bill2bill.journal.purchase import Purchase
from bill2bill.state.connection import StateFile

# How an item came to its service; linked: a person named it in the panel.
ORDERED, LINKED = "ordered", "linked"


class Binding(NamedTuple):
    """The holder of a service. detached: the item's number belongs to another item now."""

    item: int
    detached: bool


def account_of(file: StateFile, login: str) -> str:
    """The account that a login leads to. login: a short name, as account.account_key."""
    found = file.first("SELECT account FROM login WHERE key = ?", login)
    return str(found[0]) if found else login


def claimed_twice(file: StateFile, account: str, other: str) -> List[int]:
    """Items that hold one service each, if the two accounts are one."""
    found = file.rows(
        "SELECT a.item, b.item FROM binding a JOIN binding b"
        " ON a.itemtype = b.itemtype AND a.remote = b.remote"
        " WHERE a.account = ? AND b.account = ? AND a.item <> b.item AND a.detached = 0 AND b.detached = 0",
        account, other,
    )  # fmt: skip
    return sorted({int(item) for pair in found for item in pair})


def merge(db: sqlite3.Connection, account: str, into: str) -> None:
    """Where both hold a service, the one that was there stays."""
    db.execute("UPDATE OR IGNORE binding SET account = ? WHERE account = ?", (into, account))
    db.execute("DELETE FROM binding WHERE account = ?", (account,))


def holder(file: StateFile, account: str, itemtype: str, remote: int) -> Optional[Binding]:
    """itemtype: "" of a purchase whose connection is gone: it may be of any."""
    types = "itemtype IN (?, '')" if itemtype else "itemtype >= ?"
    sql = f"SELECT item, detached FROM binding WHERE account = ? AND {types} AND remote = ?"  # noqa: S608
    found = file.first(sql, account, itemtype, remote)
    return Binding(int(found[0]), bool(found[1])) if found else None


def claim(
    file: StateFile, account: str, itemtype: str, remote: int, item: int, is_closed: Callable[[int], bool]
) -> None:
    """An item uses a service that it did not order: a person linked it.

    is_closed(item)  the service of a closed item may be linked to another one
    Raises held_by_other.
    """
    held = holder(file, account, itemtype, remote)
    if held and held.item == item and not held.detached:
        return
    if held and not (held.detached or is_closed(held.item)):
        raise Failure("held_by_other", value=remote, object=held.item, id="-")
    with file.write() as db:
        given_up = "DELETE FROM binding WHERE account = ? AND itemtype IN (?, '') AND remote = ? AND item = ?"
        db.execute(given_up, (account, itemtype, remote, held.item if held else 0))
        # a person has corrected the link: what was named before is free for the item that it is of
        db.execute("DELETE FROM binding WHERE item = ? AND detached = 0 AND origin = ?", (item, LINKED))
        _bind(db, (account, itemtype, remote), item, LINKED)


def ordered(file: StateFile, order: Purchase) -> None:
    """An order has given its item a service: part of the transaction that says so. Raises held_by_other."""
    # whose login it is may have been told since the order was read
    account = account_of(file, order.account) if order.account else f"connection-{order.module}"
    file.db.execute(
        "DELETE FROM binding WHERE item = ? AND account = ? AND remote <> ? AND detached = 0",
        (order.item, account, order.remote),
    )
    _bind(file.db, (account, order.itemtype, order.remote), order.item, ORDERED)


def _bind(db: sqlite3.Connection, service: Tuple[object, ...], item: int, origin: str) -> None:
    """service: account, type, remote id. Raises held_by_other, also if another process was faster."""
    try:
        db.execute("INSERT INTO binding VALUES (?, ?, ?, ?, 0, ?)", (*service, item, origin))
    except sqlite3.IntegrityError:
        (other, detached) = db.execute(
            "SELECT item, detached FROM binding WHERE account = ? AND itemtype = ? AND remote = ?", service
        ).fetchone()
        if (other, detached) != (item, 0):
            raise Failure("held_by_other", value=service[2], object=other, id="-") from None
