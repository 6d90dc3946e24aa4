"""What was learned from an upstream and may be used again: listings, files, contacts, and refused logins.

`account` is a short name of one upstream login (address and user), never the login itself.
"""

from __future__ import annotations

import math
import secrets
import time
from typing import Any, Iterable, List, NamedTuple, Optional, Tuple

from bill2bill.state.connection import StateFile


class Listed(NamedTuple):
    """One row of the last listing: state and expires as words, remote and tariff are the upstream's ids."""

    remote: int
    name: str
    state: str
    expires: Optional[str]
    tariff: Optional[int]


class ListedService(NamedTuple):
    """The same of a type of service. mark: "" if it shows none; body: the whole row as JSON."""

    remote: int
    name: str
    mark: str
    body: str


KEPT = "SELECT body, taken FROM snapshot WHERE account = ? AND what = ?"
KEEP = "REPLACE INTO snapshot VALUES (?, ?, ?, ?)"
LISTED = "SELECT remote, name, state, expires, tariff FROM listed WHERE account = ? AND remote = ?"
SERVICES = "SELECT remote, name, mark, body FROM listed_service WHERE account = ? AND itemtype = ?"
CONTACT = "SELECT remote, state FROM contact WHERE account = ? AND name = ?"


class Cache:
    def __init__(self, store: StateFile) -> None:
        self.store = store

    # -- files and listings ----------------------------------------------------------------------------------

    def recall(self, account: str, what: str, fresh: float) -> Optional[str]:
        """What was kept, if it is at most `fresh` seconds old."""
        found = self.store.first(KEPT, account, what)
        # what never grows old is not forgotten by a clock that went back, either
        if not found or (fresh != math.inf and not 0 <= time.time() - float(found[1]) <= fresh):
            return None
        return str(found[0])

    def keep(self, account: str, what: str, body: str) -> None:
        with self.store.write(durable=False) as db:
            db.execute(KEEP, (account, what, time.time(), body))

    def keep_listing(self, account: str, rows: Iterable[Listed]) -> None:
        """Replace the listing of an account; the rows are read before the transaction begins, for no
        transaction is open over the network.

        recall(account, "listing", ...) then gives a mark that no other listing has.
        """
        read = [(account, row.remote, row.name, row.state, row.expires, row.tariff) for row in rows]
        with self.store.write(durable=False) as db:
            db.execute("DELETE FROM listed WHERE account = ?", (account,))
            db.executemany("INSERT OR REPLACE INTO listed VALUES (?, ?, ?, ?, ?, ?)", read)
            db.execute(KEEP, (account, "listing", time.time(), secrets.token_hex(8)))

    def listed(self, account: str, remote: int) -> Optional[Listed]:
        found = self.store.first(LISTED, account, remote)
        if not found:
            return None
        number, name, state, expires, tariff = found
        return Listed(int(number), str(name), str(state), expires or None, int(tariff) if tariff else None)

    def keep_services(self, account: str, itemtype: str, rows: Iterable[ListedService]) -> None:
        """The same for services of one type; the mark is recalled as (account, "listing <itemtype>")."""
        read = [(account, itemtype, row.remote, row.name, row.mark, row.body) for row in rows]
        with self.store.write(durable=False) as db:
            db.execute("DELETE FROM listed_service WHERE account = ? AND itemtype = ?", (account, itemtype))
            db.executemany("INSERT OR REPLACE INTO listed_service VALUES (?, ?, ?, ?, ?, ?)", read)
            db.execute(KEEP, (account, f"listing {itemtype}", time.time(), secrets.token_hex(8)))

    def service(self, account: str, itemtype: str, remote: int) -> Optional[ListedService]:
        found = self.store.first(f"{SERVICES} AND remote = ?", account, itemtype, remote)
        return _service(found) if found else None

    def services(self, account: str, itemtype: str) -> List[ListedService]:
        """The whole listing as it was kept last, at one moment."""
        return [_service(row) for row in self.store.rows(SERVICES, account, itemtype)]

    # -- contacts: making one takes two calls, so each is a state: creating, created, filled -----------------

    def contact(self, account: str, name: str) -> Tuple[Optional[int], str]:
        """(upstream's id, state) of the contact with this name; (None, "") if we never made it."""
        remote, state = self.store.first(CONTACT, account, name) or (None, "")
        return None if remote is None else int(remote), str(state)

    def keep_contact(self, account: str, name: str, remote: Optional[int], state: str) -> None:
        with self.store.write() as db:
            db.execute("REPLACE INTO contact VALUES (?, ?, ?, ?)", (account, name, remote, state))

    def forget_contact(self, account: str, remote: int) -> None:
        with self.store.write(durable=False) as db:
            db.execute("DELETE FROM contact WHERE account = ? AND remote = ?", (account, remote))

    # -- a login that was refused rests until its settings change --------------------------------------------

    def paused(self, account: str, settings: str) -> bool:
        sql = "SELECT 1 FROM pause WHERE account = ? AND settings = ?"
        return bool(self.store.rows(sql, account, settings))

    def pause(self, account: str, settings: str) -> None:
        with self.store.write() as db:
            db.execute("REPLACE INTO pause VALUES (?, ?, ?)", (account, settings, time.time()))

    def unpause(self, account: str) -> None:
        if self.store.rows("SELECT 1 FROM pause WHERE account = ?", account):
            with self.store.write(durable=False) as db:
                db.execute("DELETE FROM pause WHERE account = ?", (account,))


def _service(row: Tuple[Any, ...]) -> ListedService:
    remote, *texts = row
    return ListedService(int(remote), *map(str, texts))
