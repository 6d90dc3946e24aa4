"""The file of purchases: SQLite, committed to disk before a request leaves.

No transaction is open over the network: each method here is one short transaction of its own.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

from bill2bill.errors import Failure
from bill2bill.journal.private import check_file, private_folder
from bill2bill.journal.states import UNSETTLED, Intent, Purchase, State

UNSETTLED_SQL = "({})".format(", ".join(f"'{state.value}'" for state in UNSETTLED))

SCHEMA = f"""
CREATE TABLE purchase (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  item INTEGER NOT NULL, kind TEXT NOT NULL, module INTEGER NOT NULL, operation INTEGER,
  state TEXT NOT NULL, name TEXT NOT NULL, months INTEGER NOT NULL, before TEXT,
  remote INTEGER, tariff INTEGER, period INTEGER, cost TEXT NOT NULL DEFAULT '',
  accepted INTEGER NOT NULL DEFAULT 0, account TEXT NOT NULL DEFAULT '', told INTEGER, taken_over INTEGER NOT NULL DEFAULT 0,
  sent REAL, created REAL NOT NULL, changed REAL NOT NULL
);
CREATE UNIQUE INDEX one_unsettled ON purchase (item, kind) WHERE state IN {UNSETTLED_SQL};
CREATE INDEX by_item ON purchase (item, kind, id);
CREATE TABLE step (purchase INTEGER NOT NULL, at REAL NOT NULL, state TEXT NOT NULL, note TEXT NOT NULL);
CREATE TABLE failed (item INTEGER NOT NULL, kind TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (item, kind));
CREATE TABLE contact (
  account TEXT NOT NULL, name TEXT NOT NULL, remote INTEGER, state TEXT NOT NULL, PRIMARY KEY (account, name)
);
CREATE TABLE snapshot (account TEXT NOT NULL, what TEXT NOT NULL, taken REAL NOT NULL, body TEXT NOT NULL, PRIMARY KEY (account, what));
CREATE TABLE listed (
  account TEXT NOT NULL, remote INTEGER NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, expires TEXT, tariff INTEGER,
  PRIMARY KEY (account, remote)
);
CREATE TABLE pause (account TEXT PRIMARY KEY, settings TEXT NOT NULL, since REAL NOT NULL);
CREATE TABLE place (machine TEXT NOT NULL, root TEXT NOT NULL);
PRAGMA user_version = 1;
"""
# What later releases added, by the version that it leads to. Older releases can still work with the result:
# --rollback of the installer.
ADDED = {
    2: (
        """
ALTER TABLE purchase ADD COLUMN highest INTEGER;
ALTER TABLE purchase ADD COLUMN unpaid INTEGER;
CREATE TABLE listed_service (
  account TEXT NOT NULL, itemtype TEXT NOT NULL, remote INTEGER NOT NULL, name TEXT NOT NULL, mark TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (account, itemtype, remote)
);
CREATE INDEX listed_by_name ON listed_service (account, itemtype, name);
CREATE INDEX listed_by_mark ON listed_service (account, itemtype, mark);
PRAGMA user_version = 2;
"""
    ),
    3: (
        """
ALTER TABLE purchase ADD COLUMN boot TEXT NOT NULL DEFAULT '';
ALTER TABLE purchase ADD COLUMN uptime REAL NOT NULL DEFAULT 0;
ALTER TABLE purchase ADD COLUMN token TEXT NOT NULL DEFAULT '';
ALTER TABLE purchase ADD COLUMN noted INTEGER;
ALTER TABLE purchase ADD COLUMN question TEXT NOT NULL DEFAULT '';
CREATE INDEX by_token ON purchase (token) WHERE token <> '';
CREATE TABLE decision (purchase INTEGER NOT NULL, at REAL NOT NULL, who TEXT NOT NULL, answer TEXT NOT NULL, why TEXT NOT NULL);
PRAGMA user_version = 3;
"""
    ),
    4: (
        """
ALTER TABLE purchase ADD COLUMN over_noted INTEGER NOT NULL DEFAULT 0;
PRAGMA user_version = 4;
"""
    ),
}
VERSION = max(ADDED)
LEAVES = "request leaves"
# Pages of SQLite's log before it is brought into the file. A command leaves the log as it is, and the next
# one reads it all when it opens the file.
LOG_PAGES = 200
COLUMNS = (
    "id, item, kind, module, operation, state, name, months, before, remote, tariff, period, cost,"
    " accepted, account, told, taken_over, sent, created, changed, highest, unpaid,"
    " boot, uptime, token, noted, question, over_noted"
)


def new_token() -> str:
    """What the panel's note calls a purchase: numbers of rows come again in a restored journal."""
    return os.urandom(8).hex()


def _open(folder: Path) -> sqlite3.Connection:
    private_folder(folder)
    path = folder / "state.sqlite3"
    for name in (
        path.name,
        f"{path.name}-wal",
        f"{path.name}-shm",
    ):  # the last two are SQLite's, which follows links
        check_file(folder / name)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600))
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        path.chmod(0o600)
    db = sqlite3.connect(str(path), timeout=30, isolation_level=None)
    db.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
    return db


class Store:
    """Opened once per command. Raises Failure("state_unusable") for whatever SQLite or the disk refuses."""

    def __init__(self, folder: Path, machine: str, root: str) -> None:
        self.folder = folder
        self._here = (machine, root)
        with self._trouble():
            self.db = _open(folder)
            if self._version() < VERSION:
                self._bring_up_to_date()

    def _version(self) -> int:
        return int(self.db.execute("PRAGMA user_version").fetchone()[0])

    def _bring_up_to_date(self) -> None:
        if self._version() == 0:
            self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("BEGIN IMMEDIATE")
        if self._version() == 0:  # nobody else was faster
            self._carry_out(SCHEMA)
            self.db.execute("INSERT INTO place VALUES (?, ?)", self._here)
        for version, script in sorted(ADDED.items()):
            if self._version() < version:
                self._carry_out(script)
        self.db.execute("COMMIT")

    def _carry_out(self, script: str) -> None:
        """Statement by statement: sqlite3's own way to run a script would commit before it."""
        for statement in script.split(";\n"):
            if statement.strip():
                self.db.execute(statement)

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise Failure("state_unusable", reason=str(error)) from error

    @contextmanager
    def write(self, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction, which outlives this process however that ends.

        durable: also a failure of the power, from now on. Else from the next durable one on, of whatever
        command: enough for what is only more careful without it, or is learned again.
        """
        with self._trouble():
            self.db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")

    def rows(self, sql: str, *values: object) -> List[Tuple[object, ...]]:
        with self._trouble():
            return self.db.execute(sql, values).fetchall()

    # -- where we are ----------------------------------------------------------------------------------------

    def is_copy(self) -> bool:
        """Was this state made on another machine or in another folder (a copied panel)?"""
        return self.rows("SELECT machine, root FROM place") != [self._here]

    def adopt(self) -> None:
        """A person says: this is the real panel."""
        with self.write() as db:
            db.execute("DELETE FROM place")
            db.execute("INSERT INTO place VALUES (?, ?)", self._here)

    # -- purchases -------------------------------------------------------------------------------------------

    def purchase(self, number: int) -> Optional[Purchase]:
        return self._one("id = ?", number)

    def unsettled(self, item: int, kind: str) -> Optional[Purchase]:
        return self._one(f"item = ? AND kind = ? AND state IN {UNSETTLED_SQL}", item, kind)

    def latest(self, item: int, kind: str) -> Optional[Purchase]:
        return self._one("item = ? AND kind = ?", item, kind)

    def bought(self, item: int) -> Optional[Purchase]:
        """The purchase that opened this item, if the journal knows it."""
        return self._one("item = ? AND kind = 'open' AND state IN ('confirmed', 'reported')", item)

    def last_renewal(self, item: int) -> Optional[Purchase]:
        """The newest renewal of this item that was bought, with the expiry date before it."""
        return self._one(
            "item = ? AND kind = 'prolong' AND state IN ('confirmed', 'reported') AND before IS NOT NULL",
            item,
        )

    def months_left(self, item: int) -> int:
        """Months that were bought for an item and not sold to the client yet (decision 8). `period` of a
        service's purchase is its months.
        """
        found = self.rows(
            "SELECT COALESCE(SUM(COALESCE(period, 0) - months), 0) FROM purchase"
            " WHERE item = ? AND kind IN ('open', 'prolong') AND state IN ('confirmed', 'reported')",
            item,
        )
        return int(str(found[0][0]))

    def holder(self, remote: int, account: str, module: int, but_not: int) -> Optional[Purchase]:
        """The purchase of another item that gave this service of the upstream. Where no login is noted, the
        connection counts.
        """
        where = (
            "remote = ? AND item <> ? AND kind = 'open' AND state IN ('confirmed', 'reported')"
            " AND (account = ? OR (module = ? AND (account = '' OR ? = '')))"
        )
        return self._one(where, remote, but_not, account, module, account)

    def rivals(self, order: Purchase) -> List[Purchase]:
        """Orders of other items, with the same login, that were sent and are not settled either."""
        return self._many(
            "item <> ? AND kind = 'open' AND state IN ('sent', 'in doubt') AND account = ?",
            order.item,
            order.account,
        )

    def called(self, item: int, token: str) -> Optional[Purchase]:
        """The purchase of this item that the panel's note names."""
        return self._one("item = ? AND token = ?", item, token)

    def ask_about_forgotten(self, item: int, known: int) -> None:
        """What was reported after purchase `known`, the last that the panel has a note of, is asked about: it
        is older, or the item another.
        """
        where = "item = ? AND id > ? AND state = 'reported' AND noted IS NOT NULL AND question = ''"
        if self._one(where, item, known):
            with self.write() as db:
                db.execute(
                    "UPDATE purchase SET question = CASE kind WHEN 'open' THEN 'item' ELSE 'older' END WHERE"  # noqa: S608
                    f" {where}",
                    (item, known),
                )

    def next_question(self, item: int, kind: str) -> Optional[Purchase]:
        """The oldest purchase of this item with a question that only a person answers; about the order of an
        item, whoever asks.
        """
        where = "item = ? AND kind IN ('open', ?) AND state IN ('reported', 'in doubt') AND question <> ''"
        found = self._many(f"{where} ORDER BY id LIMIT 1", item, kind)
        return found[0] if found else None

    def disown(self, item: int) -> None:
        """The number of this item was given to another one: what was bought under it stays in the journal
        with the number below zero.

        Unsettled stays what it is, unless an earlier item of this number left something unsettled, too.
        """
        former = f"SELECT 1 FROM purchase f WHERE f.item = -purchase.item AND f.kind = purchase.kind AND f.state IN {UNSETTLED_SQL}"  # noqa: S608
        with self.write() as db:
            db.execute(
                f"UPDATE purchase SET state = 'reported' WHERE item = ? AND state IN {UNSETTLED_SQL} AND"  # noqa: S608
                f" EXISTS ({former})",
                (item,),
            )
            db.execute("UPDATE purchase SET item = -item WHERE item = ?", (item,))
            db.execute("DELETE FROM failed WHERE item = ?", (item,))
            db.execute("DELETE FROM snapshot WHERE account = ?", (f"item-{item}",))

    def sent_times(self, number: int) -> int:
        """How often a request of this purchase has left."""
        return len(self.rows("SELECT 1 FROM step WHERE purchase = ? AND note = ?", number, LEAVES))

    def purchases(self, *states: State) -> List[Purchase]:
        marks = ", ".join("?" for _ in states)
        return self._many(f"state IN ({marks}) ORDER BY id", *[state.value for state in states])

    def _one(self, where: str, *values: object) -> Optional[Purchase]:
        found = self._many(f"{where} ORDER BY id DESC LIMIT 1", *values)
        return found[0] if found else None

    def _many(self, where: str, *values: object) -> List[Purchase]:
        return [_purchase(row) for row in self.rows(f"SELECT {COLUMNS} FROM purchase WHERE {where}", *values)]  # noqa: S608

    def insert(
        self, intent: Intent, state: State = State.INTENDED, note: str = "", **columns: Any
    ) -> Purchase:
        """Begin a purchase: nothing is sent yet, so the next durable commit is early enough. Or write down at
        once what it is, as move does.
        """
        row = self._begun(intent, time.time(), new_token())
        with self.write(durable=state is not State.INTENDED) as db:
            number = db.execute(
                "INSERT INTO purchase (item, kind, module, operation, state, name, months, before,"
                " taken_over, token, created, changed) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
                (
                    row.item,
                    row.kind,
                    row.module,
                    row.operation,
                    row.state.value,
                    row.name,
                    row.months,
                    row.before.isoformat() if row.before else None,
                    row.taken_over,
                    row.token,
                    row.created,
                    row.changed,
                ),
            ).lastrowid
            row = replace(row, id=int(number or 0))
            db.execute(
                "INSERT INTO step VALUES (?, ?, ?, ?)",
                (row.id, row.created, row.state.value, f"operation {row.operation}"),
            )
            return row if state is State.INTENDED else _moved(db, row, state, note, columns)

    @staticmethod
    def _begun(intent: Intent, now: float, token: str) -> Purchase:
        return Purchase(
            id=0, item=intent.item, kind=intent.kind, module=intent.module, operation=intent.operation,
            state=State.INTENDED,
            name=intent.name, months=intent.months, before=intent.before, remote=None, tariff=None,
            period=None, cost="", accepted=False,
            account="", told=None, taken_over=intent.inherited, highest=None, unpaid=None, sent=None, boot="",
            uptime=0.0, token=token, noted=None,
            question="", over_noted=False, created=now, changed=now,
        )  # fmt: skip

    def move(
        self, row: Purchase, state: State, note: str = "", *, durable: bool = True, **columns: Any
    ) -> Purchase:
        """Commit the next state of a purchase with what became known; columns are fields of Purchase.
        durable: see write.
        """
        with self.write(durable) as db:
            return _moved(db, row, state, note, columns)

    def steps(self, number: int) -> List[Tuple[object, ...]]:
        return self.rows("SELECT at, state, note FROM step WHERE purchase = ? ORDER BY rowid", number)

    def last_note(self, number: int) -> str:
        found = self.rows("SELECT note FROM step WHERE purchase = ? ORDER BY rowid DESC LIMIT 1", number)
        return str(found[0][0]) if found else ""

    # -- failures: the limit of tries counts these, not the panel's own counter ------------------------------

    def failures(self, item: int, kind: str) -> int:
        found = self.rows("SELECT times FROM failed WHERE item = ? AND kind = ?", item, kind)
        return int(str(found[0][0])) if found else 0

    def count_failure(self, item: int, kind: str) -> int:
        with self.write(durable=False) as db:
            db.execute(
                "INSERT INTO failed VALUES (?, ?, 1) ON CONFLICT (item, kind) DO UPDATE SET times ="
                " times + 1",
                (item, kind),
            )
        return self.failures(item, kind)

    def forget_failures(self, item: int, kind: str) -> None:
        if self.failures(item, kind):
            with self.write(durable=False) as db:
                db.execute("DELETE FROM failed WHERE item = ? AND kind = ?", (item, kind))


def _moved(
    db: sqlite3.Connection, row: Purchase, state: State, note: str, columns: Dict[str, Any]
) -> Purchase:
    now = time.time()
    names = "".join(f", {name} = ?" for name in columns)
    db.execute(
        f"UPDATE purchase SET state = ?, changed = ?{names} WHERE id = ?",  # noqa: S608
        (state.value, now, *columns.values(), row.id),
    )
    db.execute("INSERT INTO step VALUES (?, ?, ?, ?)", (row.id, now, state.value, note))
    return replace(row, state=state, changed=now, **columns)


def _purchase(row: Tuple[object, ...]) -> Purchase:
    number, item, kind, module, operation, state, name, months, before, remote, tariff, period, cost = row[
        :13
    ]
    (
        accepted,
        account,
        told,
        taken_over,
        sent,
        created,
        changed,
        highest,
        unpaid,
        boot,
        uptime,
        token,
        noted,
        question,
        over,
    ) = row[13:]
    return Purchase(
        id=int(str(number)), item=int(str(item)), kind=str(kind), module=int(str(module)),
        operation=_int(operation),
        state=State(str(state)), name=str(name), months=int(str(months)),
        before=date.fromisoformat(str(before)) if before else None,
        remote=_int(remote), tariff=_int(tariff), period=_int(period), cost=str(cost),
        accepted=bool(accepted),
        account=str(account), told=_int(told), taken_over=bool(taken_over), sent=_float(sent),
        created=float(str(created)), changed=float(str(changed)), highest=_int(highest), unpaid=_int(unpaid),
        boot=str(boot), uptime=float(str(uptime)), token=str(token), noted=_int(noted),
        question=str(question),
        over_noted=bool(over),
    )  # fmt: skip


def _float(value: object) -> Optional[float]:
    return None if value is None else float(str(value))


def _int(value: object) -> Optional[int]:
    return None if value is None else int(str(value))
