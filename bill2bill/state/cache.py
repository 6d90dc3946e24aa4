"""What was learned from an upstream and may be used again: listings, files, contact links, and which login is
refused.

`account` is a short name of one upstream login (address and user), never the login itself.
"""

from __future__ import annotations

import math
import secrets
import time
from typing import Iterable, List, NamedTuple, Optional, Tuple

from bill2bill.state.connection import StateFile


class Listed(NamedTuple):
    """One row of the last listing: state and expires as words, remote and tariff are the upstream's ids."""

    remote: int
    name: str
    state: str
    expires: Optional[str]
    tariff: Optional[int]


class ListedService(NamedTuple):
    """One row of the last listing of a type of service. mark: "" if it shows none; body: the whole row as
    JSON.
    """

    remote: int
    name: str
    mark: str
    body: str


class Cache:
    def __init__(self, store: StateFile) -> None:
        self.store = store

    # -- files and listings ----------------------------------------------------------------------------------

    def recall(self, account: str, what: str, fresh: float) -> Optional[str]:
        """What was kept, if it is at most `fresh` seconds old."""
        found = self.store.rows(
            "SELECT body, taken FROM snapshot WHERE account = ? AND what = ?", account, what
        )
        if not found:
            return None
        # what never grows old is not forgotten by a clock that went back, either
        if fresh != math.inf and not 0 <= time.time() - float(str(found[0][1])) <= fresh:
            return None
        return str(found[0][0])

    def keep(self, account: str, what: str, body: str) -> None:
        with self.store.write(durable=False) as db:
            db.execute("REPLACE INTO snapshot VALUES (?, ?, ?, ?)", (account, what, time.time(), body))

    def keep_listing(self, account: str, rows: Iterable[Listed]) -> None:
        """Replace the listing of an account; the rows are read before the transaction begins, for no
        transaction is open over the network.

        recall(account, "listing", ...) then gives a mark that no other listing has.
        """
        read = [(account, row.remote, row.name, row.state, row.expires, row.tariff) for row in rows]
        with self.store.write(durable=False) as db:
            db.execute("DELETE FROM listed WHERE account = ?", (account,))
            db.executemany("INSERT OR REPLACE INTO listed VALUES (?, ?, ?, ?, ?, ?)", read)
            db.execute(
                "REPLACE INTO snapshot VALUES (?, 'listing', ?, ?)",
                (account, time.time(), secrets.token_hex(8)),
            )

    def listed(self, account: str, remote: int) -> Optional[Listed]:
        found = self.store.rows(
            "SELECT remote, name, state, expires, tariff FROM listed WHERE account = ? AND remote = ?",
            account,
            remote,
        )
        if not found:
            return None
        number, name, state, expires, tariff = found[0]
        return Listed(
            int(str(number)),
            str(name),
            str(state),
            str(expires) if expires else None,
            int(str(tariff)) if tariff else None,
        )

    def keep_services(self, account: str, itemtype: str, rows: Iterable[ListedService]) -> None:
        """The same for services of one type; the mark is recalled as (account, "listing <itemtype>")."""
        read = [(account, itemtype, row.remote, row.name, row.mark, row.body) for row in rows]
        with self.store.write(durable=False) as db:
            db.execute("DELETE FROM listed_service WHERE account = ? AND itemtype = ?", (account, itemtype))
            db.executemany("INSERT OR REPLACE INTO listed_service VALUES (?, ?, ?, ?, ?, ?)", read)
            db.execute(
                "REPLACE INTO snapshot VALUES (?, ?, ?, ?)",
                (account, f"listing {itemtype}", time.time(), secrets.token_hex(8)),
            )

    def service(self, account: str, itemtype: str, remote: int) -> Optional[ListedService]:
        found = self.store.rows(
            "SELECT name, mark, body FROM listed_service WHERE account = ? AND itemtype = ? AND remote = ?",
            account,
            itemtype,
            remote,
        )
        return ListedService(remote, *map(str, found[0])) if found else None

    def services(self, account: str, itemtype: str) -> List[ListedService]:
        """The whole listing as it was kept last, at one moment."""
        found = self.store.rows(
            "SELECT remote, name, mark, body FROM listed_service WHERE account = ? AND itemtype = ?",
            account,
            itemtype,
        )
        return [ListedService(int(str(remote)), *map(str, texts)) for remote, *texts in found]

    # -- contacts: making one takes two calls, so each is a state: creating, created, filled -----------------

    def contact(self, account: str, name: str) -> Tuple[Optional[int], str]:
        """(upstream's id, state) of the contact with this name; (None, "") if we never made it."""
        found = self.store.rows(
            "SELECT remote, state FROM contact WHERE account = ? AND name = ?", account, name
        )
        return (
            (None if found[0][0] is None else int(str(found[0][0])), str(found[0][1]))
            if found
            else (None, "")
        )

    def keep_contact(self, account: str, name: str, remote: Optional[int], state: str) -> None:
        with self.store.write() as db:
            db.execute("REPLACE INTO contact VALUES (?, ?, ?, ?)", (account, name, remote, state))

    def forget_contact(self, account: str, remote: int) -> None:
        with self.store.write(durable=False) as db:
            db.execute("DELETE FROM contact WHERE account = ? AND remote = ?", (account, remote))

    # -- a login that was refused rests until its settings change --------------------------------------------

    def paused(self, account: str, settings: str) -> bool:
        return bool(
            self.store.rows("SELECT 1 FROM pause WHERE account = ? AND settings = ?", account, settings)
        )

    def pause(self, account: str, settings: str) -> None:
        with self.store.write() as db:
            db.execute("REPLACE INTO pause VALUES (?, ?, ?)", (account, settings, time.time()))

    def unpause(self, account: str) -> None:
        if self.store.rows("SELECT 1 FROM pause WHERE account = ?", account):
            with self.store.write(durable=False) as db:
                db.execute("DELETE FROM pause WHERE account = ?", (account,))
