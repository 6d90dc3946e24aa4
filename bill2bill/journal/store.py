"""The file of purchases: SQLite, committed to disk before a request leaves.

No transaction is open over the network: each method here is one short transaction of its own.
"""

from __future__ import annotations

import os
import sqlite3
import time
from dataclasses import replace
from datetime import date
from typing import Any, Dict, List, Optional, Tuple

from bill2bill.journal.states import Intent, Purchase, State
from bill2bill.state.connection import StateFile
from bill2bill.state.migrations import UNSETTLED_SQL

LEAVES = "request leaves"
COLUMNS = (
    "id, item, kind, module, operation, state, name, months, before, remote, tariff, period, cost,"
    " accepted, account, told, taken_over, sent, created, changed, highest, unpaid,"
    " boot, uptime, token, noted, question, over_noted"
)


def new_token() -> str:
    """What the panel's note calls a purchase: numbers of rows come again in a restored journal."""
    return os.urandom(8).hex()


class Store(StateFile):
    """The purchases. Raises Failure("state_unusable") for whatever SQLite or the disk refuses."""

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
