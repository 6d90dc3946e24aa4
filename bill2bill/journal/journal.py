"""The journal of purchases: the one writer of table `purchase`, and what is asked of it.

Each write is one short transaction: the row and its event. No transaction is open over the network.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from dataclasses import asdict, fields, replace
from datetime import date
from enum import Enum
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Optional, Tuple

from bill2bill.errors import Failure, Raw
from bill2bill.journal import bindings
from bill2bill.journal.kinds import KINDS
from bill2bill.journal.purchase import OPEN, Evidence, Intent, Purchase, Question, Stage
from bill2bill.journal.transitions import Event
from bill2bill.state.connection import StateFile
from bill2bill.state.migrations import insert

COLUMNS = tuple(field.name for field in fields(Purchase))
READ: Dict[str, Callable[[Any], Any]] = {
    "stage": Stage, "question": Question, "evidence": Evidence, "before": date.fromisoformat,
    "detached": bool, "looked": bool, "accepted": bool, "taken_over": bool, "noted_done": bool,
}  # fmt: skip


def _listed(names: Iterable[str]) -> str:
    return "({})".format(", ".join(f"'{name}'" for name in names))


OPEN_SQL = _listed(stage.value for stage in OPEN)
OPENS = _listed(name for name, kind in KINDS.items() if kind.opens)
COUNTS = _listed(name for name, kind in KINDS.items() if kind.counts)
RENEWS = _listed(name for name, kind in KINDS.items() if kind.repeatable)
UNSETTLED = f"(stage IN {OPEN_SQL} OR question IS NOT NULL)"
BOUGHT = "stage IN ('confirmed', 'reported')"


def new_token() -> str:
    """What the panel's note calls a purchase: numbers of rows come again in a restored journal."""
    return os.urandom(8).hex()


class Happened(NamedTuple):
    """at: seconds since the epoch; arguments: as Transition.told names them."""

    at: float
    event: Event
    stage: Stage
    arguments: Dict[str, Any]


class Holder(NamedTuple):
    """Who holds a service. purchase: its number, if it was ordered; detached: as in bindings.Binding."""

    item: int
    purchase: Optional[int]
    detached: bool


class Decision(NamedTuple):
    """answer: a word of questions.Answer, or "adopt"; detail: an id, or what differed."""

    at: float
    who: str
    answer: str
    detail: str
    why: str


ABOUT_THE_PLACE = 0  # a decision that is about no purchase, but about the machine and the folder


class Journal(StateFile):
    """Raises Failure("state_unusable") for whatever SQLite or the disk refuses."""

    # -- writing ---------------------------------------------------------------------------------------------

    def begin(self, intent: Intent, event: Optional[Event] = None, **values: Any) -> Purchase:
        """Write down what shall be bought: nothing is sent yet. event: happens to it in the same write."""
        now = time.time()
        row = Purchase(
            id=0, item=intent.item, kind=intent.kind, itemtype=intent.itemtype, module=intent.module,
            operation=intent.operation, stage=Stage.INTENDED, name=intent.name, months=intent.months,
            before=intent.before, taken_over=intent.inherited, token=new_token(), created=now, changed=now,
        )  # fmt: skip
        columns = {name: _plain(value) for name, value in asdict(row).items() if name != "id"}
        with self.write(event is not None and event.rule.durable) as db:
            row = replace(row, id=insert(db, "purchase", columns))
            self._remember(row, Event.BEGUN, {"operation": intent.operation})
            return row if event is None else self._applied(row, event, None, values)

    def record(self, row: Purchase, event: Event, to: Optional[Stage] = None, **values: Any) -> Purchase:
        """Commit what happened to a purchase. Returns the row as it is now.

        to      the stage, where the event may lead to several
        values  columns that the event sets and arguments that the history keeps (transitions.py)
        Raises ValueError for what the machine does not allow, and item_busy if the row is not as it was read.
        """
        with self.write(event.rule.durable):
            return self._applied(row, event, to, values)

    def decide(
        self, row: Purchase, decision: Decision, event: Event, to: Optional[Stage] = None, **values: Any
    ) -> Purchase:
        """A person's answer with who gave it and why, and what becomes of the purchase: one transaction."""
        with self.write(event.rule.durable) as db:
            _decided(db, row.id, decision)
            return self._applied(row, event, to, values)

    def adopted(self, decision: Decision) -> None:
        """A person says that this machine and this folder are the real panel."""
        with self.write() as db:
            _decided(db, ABOUT_THE_PLACE, decision)
            self.place_here(db)

    def identify(self, login: str, installation: str, customer: str) -> None:
        """The provider has told whose login this is. All logins of one customer are one account from now on.

        Items that hold one service by two logins of one customer are asked about: neither is dropped, and
        neither buys.
        """
        same = "SELECT 1 FROM login WHERE key = ? AND installation = ? AND customer = ?"
        if not customer or self.rows(same, login, installation, customer):
            return
        asks: Dict[str, Any] = {"question": Question.SAME_ITEM, "evidence": Evidence.CLAIMED}
        with self.write() as db:  # also what is read: another process may be told of another login just now
            told_before = bool(self.rows("SELECT 1 FROM login WHERE key = ?", login))
            known = self.first(
                "SELECT account FROM login WHERE installation = ? AND customer = ?", installation, customer
            )
            # a customer whose number changed is still the one that bought with this login
            account = str(known[0]) if known else bindings.account_of(self, login)
            db.execute("REPLACE INTO login VALUES (?, ?, ?, ?)", (login, account, installation, customer))
            if told_before or account == login:  # what it has bought is another customer's, or there already
                return
            for item in bindings.claimed_twice(self, login, account):
                order = self.opening(item)
                if order and order.question is None:
                    self._applied(order, Event.CLAIMED_TWICE, None, asks)
            db.execute("UPDATE purchase SET account = ? WHERE account = ?", (account, login))
            bindings.merge(db, login, account)

    def detach(self, item: int) -> None:
        """The number of this item was given to another one: what was bought under it is not the new one's."""
        with self.write() as db:
            db.execute("UPDATE purchase SET detached = 1 WHERE item = ?", (item,))
            db.execute("UPDATE binding SET detached = 1 WHERE item = ?", (item,))
            db.execute("DELETE FROM failed WHERE item = ?", (item,))
            db.execute("DELETE FROM snapshot WHERE account = ?", (f"item-{item}",))

    # -- reading ---------------------------------------------------------------------------------------------

    def purchase(self, number: int) -> Optional[Purchase]:
        return self._one("id = ?", number)

    def unsettled(self, item: int, kind: str) -> Optional[Purchase]:
        """What is on its way, or else in question: the one that is answered first (is_next)."""
        where = f"item = ? AND kind = ? AND detached = 0 AND {UNSETTLED}"
        return self._one(where, item, kind, order=f"stage IN {OPEN_SQL} DESC, id")

    def latest(self, item: int, kind: str) -> Optional[Purchase]:
        return self._one("item = ? AND kind = ? AND detached = 0", item, kind)

    def opening(self, item: int) -> Optional[Purchase]:
        """The purchase that opened this item, if the journal knows it."""
        return self._one(f"item = ? AND kind IN {OPENS} AND detached = 0 AND {BOUGHT}", item)

    def last_renewal(self, item: int) -> Optional[Purchase]:
        """The newest renewal of this item that was bought, with the expiry date before it."""
        where = f"item = ? AND kind IN {RENEWS} AND detached = 0 AND {BOUGHT} AND before IS NOT NULL"
        return self._one(where, item)

    def months_left(self, item: int) -> int:
        """Months that were bought for an item and not sold to the client yet (decision 8)."""
        left = "SELECT COALESCE(SUM(COALESCE(bought, 0) - months), 0) FROM purchase"
        where = f"item = ? AND kind IN {COUNTS} AND detached = 0 AND {BOUGHT}"
        return int(self.rows(f"{left} WHERE {where}", item)[0][0])

    def held_by_other(
        self, item: int, itemtype: str, remote: int, account: str, module: int
    ) -> Optional[Holder]:
        """Another item that holds this service. Where no account is noted, the connection counts."""
        for one in (account, f"connection-{module}"):
            bound = bindings.holder(self, one, itemtype, remote)
            if bound and (bound.item != item or bound.detached):
                where = f"remote = ? AND item = ? AND kind IN {OPENS} AND {BOUGHT}"
                bought = self._one(where, remote, bound.item)
                return Holder(bound.item, bought.id if bought else None, bound.detached)
        row = self._one(
            f"remote = ? AND (item <> ? OR detached = 1) AND kind IN {OPENS} AND {BOUGHT}"
            " AND (account = ? OR (module = ? AND (account = '' OR ? = '')))",
            remote, item, account, module, account,
        )  # fmt: skip
        return Holder(row.item, row.id, row.detached) if row else None

    def rivals(self, order: Purchase) -> List[Purchase]:
        """Orders of other items, with the same login, that were sent and are not settled either."""
        others = f"(item <> ? OR detached = 1) AND kind IN {OPENS}"
        where = f"{others} AND (stage = 'sent' OR question IS NOT NULL) AND account = ?"
        return self._many(where, order.item, order.account)

    def called(self, item: int, token: str) -> Optional[Purchase]:
        """The purchase of this item that the panel's note names."""
        return self._one("item = ? AND detached = 0 AND token = ?", item, token)

    def forgotten(self, item: int, known: int) -> List[Purchase]:
        """What was reported after `known`, the last that the panel has a note of, and is not asked about."""
        where = "stage = 'reported' AND noted IS NOT NULL AND question IS NULL"
        return self._many(f"item = ? AND detached = 0 AND id > ? AND {where} ORDER BY id", item, known)

    def next_question(self, item: int, kind: str) -> Optional[Purchase]:
        """The oldest question of this item that no look can answer; about its order, whoever asks."""
        asked = "question IN ('same_renewal', 'same_item') AND evidence <> 'callback'"
        where = f"item = ? AND detached = 0 AND (kind IN {OPENS} OR kind = ?) AND {asked}"
        return self._one(where, item, kind, order="id")

    def is_next(self, row: Purchase) -> bool:
        """Of an item's purchases that the panel does not know any more, the oldest is answered first, and
        none while another one of its kind is on its way.
        """
        if row.stage is not Stage.REPORTED or row.question is None or row.detached:
            return True
        first, other = self.next_question(row.item, row.kind), self.unsettled(row.item, row.kind)
        return first is not None and first.id == row.id and other is not None and other.stage not in OPEN

    def all_unsettled(self) -> List[Purchase]:
        return self._many(f"{UNSETTLED} ORDER BY id")

    def in_stages(self, *stages: Stage) -> List[Purchase]:
        marks = ", ".join("?" for _ in stages)
        return self._many(f"stage IN ({marks}) ORDER BY id", *[stage.value for stage in stages])

    def history(self, number: int) -> List[Happened]:
        sql = "SELECT at, event, stage, arguments FROM event WHERE purchase = ? ORDER BY rowid"
        return [
            Happened(float(at), Event(event), Stage(stage), dict(json.loads(arguments)))  # type: ignore[call-arg]
            for at, event, stage, arguments in self.rows(sql, number)
        ]

    def callback_began(self, row: Purchase) -> float:
        """When the panel was told of a purchase for the first time, or might have been."""
        sql = "SELECT MIN(at) FROM event WHERE purchase = ? AND event = ?"
        (at,) = self.rows(sql, row.id, Event.CALLBACK_BEGINS.value)[0]
        return row.created if at is None or at > time.time() else float(at)  # the clock was wrong then

    def decisions(self, number: int) -> List[Decision]:
        sql = "SELECT at, who, answer, detail, why FROM decision WHERE purchase = ? ORDER BY rowid"
        return [Decision(float(at), *map(str, texts)) for at, *texts in self.rows(sql, number)]

    def _one(self, where: str, *values: object, order: str = "id DESC") -> Optional[Purchase]:
        return next(iter(self._many(f"{where} ORDER BY {order} LIMIT 1", *values)), None)

    def _many(self, where: str, *values: object) -> List[Purchase]:
        sql = f"SELECT {', '.join(COLUMNS)} FROM purchase WHERE {where}"  # noqa: S608
        return [_purchase(row) for row in self.rows(sql, *values)]

    # -- failures: the limit of tries counts these, not the panel's own counter ------------------------------

    def failures(self, item: int, command: str) -> int:
        found = self.first("SELECT times FROM failed WHERE item = ? AND kind = ?", item, command)
        return int(found[0]) if found else 0

    def count_failure(self, item: int, command: str) -> int:
        with self.write(durable=False) as db:
            db.execute(
                "INSERT INTO failed VALUES (?, ?, 1)"
                " ON CONFLICT (item, kind) DO UPDATE SET times = times + 1",
                (item, command),
            )
        return self.failures(item, command)

    def forget_failures(self, item: int, command: str) -> None:
        if self.failures(item, command):
            with self.write(durable=False) as db:
                db.execute("DELETE FROM failed WHERE item = ? AND kind = ?", (item, command))

    # -- one step of the machine -----------------------------------------------------------------------------

    def _applied(self, row: Purchase, event: Event, to: Optional[Stage], values: Dict[str, Any]) -> Purchase:
        """Part of the caller's transaction."""
        stage = _target(row, event, to)
        asked: Optional[Question] = values.get("question", row.question if event.rule.keeps else None)
        told = {name: values[name] for name in event.rule.told if name in values}
        _must_be_allowed(event, asked, told, values)
        columns: Dict[str, Any] = {name: value for name, value in values.items() if name in COLUMNS}
        if "account" in columns:  # whose login it is may have been told since it was asked for
            columns["account"] = bindings.account_of(self, columns["account"])
        columns.update(stage=stage, question=asked, changed=time.time())
        if asked is None:
            columns["evidence"] = None
        names = ", ".join(f"{name} = ?" for name in columns)
        written = self.db.execute(
            f"UPDATE purchase SET {names} WHERE id = ? AND stage = ? AND question IS ?",  # noqa: S608
            (*map(_plain, columns.values()), row.id, row.stage.value, _plain(row.question)),
        ).rowcount
        if not written:
            raise Failure("item_busy", detail=f"purchase {row.id} is not {row.stage.value} any more")
        changed = replace(row, **columns)
        if _gives_a_service(changed) and (row.stage, row.remote) != (changed.stage, changed.remote):
            bindings.ordered(self, changed)
        self._remember(changed, event, told)
        return changed

    def _remember(self, row: Purchase, event: Event, told: Dict[str, Any]) -> None:
        arguments = json.dumps({name: _plain(value) for name, value in told.items()}, ensure_ascii=False)
        values = (row.id, row.changed, event.value, row.stage.value, arguments)
        self.db.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?)", values)


def _gives_a_service(row: Purchase) -> bool:
    given = row.stage in (Stage.CONFIRMED, Stage.REPORTED) and row.remote is not None
    return row.rules.opens and given and not row.detached


def _target(row: Purchase, event: Event, to: Optional[Stage]) -> Stage:
    rule = event.rule
    if row.stage not in rule.sources:
        raise ValueError(f"{event.value} of a purchase that is {row.stage.value}")
    if to is None and len(rule.targets) < 2:
        return rule.targets[0] if rule.targets else row.stage
    if to not in rule.targets:
        raise ValueError(f"{event.value} does not lead to {to.value if to else 'one stage'}")
    return to


def _must_be_allowed(
    event: Event, asked: Optional[Question], told: Dict[str, Any], values: Dict[str, Any]
) -> None:
    """A typing mistake must not become a row that nobody can read."""
    rule = event.rule
    strange = set(values) - set(rule.sets) - set(rule.told) - {"question"}
    wrong = {
        name for name, value in told.items() if not isinstance(_plain(value), (rule.told[name], type(None)))
    }
    if strange or wrong:
        raise ValueError(f"{event.value} with {sorted(strange | wrong)}")
    evidence = values.get("evidence")
    if "question" in values and asked is not None and (asked not in rule.asks or evidence is None):
        raise ValueError(f"{event.value} asks {asked.value} with {evidence}")


def _decided(db: sqlite3.Connection, number: int, decision: Decision) -> None:
    db.execute("INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?)", (number, *decision))


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bool):
        return int(value)
    return value.isoformat() if isinstance(value, date) else value


def _purchase(row: Tuple[object, ...]) -> Purchase:
    """Raises Failure("state_unusable") for a row that cannot be ours."""
    try:
        return Purchase(**{name: _read(name, value) for name, value in zip(COLUMNS, row)})
    except (TypeError, ValueError) as error:
        raise Failure("state_unusable", reason=Raw(f"{row[0]}: {error}")) from error


def _read(name: str, value: object) -> Any:
    return READ[name](value) if name in READ and value is not None else value
