"""The tables of our file, and how a file of an earlier release gets them.

A release adds what it needs in one transaction, keeps a copy of the file as it was, and changes no number,
token or mark. Version 5 replaced sentences by data: its tables cannot be read by a release before it.
"""

from __future__ import annotations

import json
import re
import sqlite3
from typing import Any, Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple

VERSION = 5

PURCHASE = """
CREATE TABLE purchase (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  item INTEGER NOT NULL, kind TEXT NOT NULL, itemtype TEXT NOT NULL, module INTEGER NOT NULL,
  operation INTEGER, stage TEXT NOT NULL, name TEXT NOT NULL, months INTEGER NOT NULL,
  created REAL NOT NULL, changed REAL NOT NULL,
  token TEXT NOT NULL, question TEXT, evidence TEXT, detached INTEGER NOT NULL DEFAULT 0, before TEXT,
  remote INTEGER, tariff INTEGER, period INTEGER, bought INTEGER, cost TEXT NOT NULL DEFAULT '',
  attempts INTEGER NOT NULL DEFAULT 0, absences INTEGER NOT NULL DEFAULT 0, looked INTEGER NOT NULL DEFAULT 0,
  accepted INTEGER NOT NULL DEFAULT 0, account TEXT NOT NULL DEFAULT '', callback INTEGER,
  taken_over INTEGER NOT NULL DEFAULT 0, highest INTEGER, unpaid INTEGER, sent REAL,
  boot TEXT NOT NULL DEFAULT '', uptime REAL NOT NULL DEFAULT 0, noted INTEGER,
  noted_done INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX one_unsettled ON purchase (item, kind)
  WHERE stage IN ('intended', 'sent', 'confirmed') AND detached = 0;
CREATE INDEX by_item ON purchase (item, kind, id);
CREATE INDEX by_token ON purchase (token) WHERE token <> '';
CREATE TABLE event (
  purchase INTEGER NOT NULL, at REAL NOT NULL, event TEXT NOT NULL, stage TEXT NOT NULL,
  arguments TEXT NOT NULL
);
CREATE INDEX event_of ON event (purchase);
CREATE TABLE decision (
  purchase INTEGER NOT NULL, at REAL NOT NULL, who TEXT NOT NULL, answer TEXT NOT NULL, detail TEXT NOT NULL,
  why TEXT NOT NULL
);
"""
KEPT = """
CREATE TABLE failed (
  item INTEGER NOT NULL, kind TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (item, kind)
);
CREATE TABLE contact (
  account TEXT NOT NULL, name TEXT NOT NULL, remote INTEGER, state TEXT NOT NULL, PRIMARY KEY (account, name)
);
CREATE TABLE snapshot (
  account TEXT NOT NULL, what TEXT NOT NULL, taken REAL NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (account, what)
);
CREATE TABLE listed (
  account TEXT NOT NULL, remote INTEGER NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, expires TEXT,
  tariff INTEGER, PRIMARY KEY (account, remote)
);
CREATE TABLE pause (account TEXT PRIMARY KEY, settings TEXT NOT NULL, since REAL NOT NULL);
CREATE TABLE place (machine TEXT NOT NULL, root TEXT NOT NULL);
"""
SERVICES = """
CREATE TABLE listed_service (
  account TEXT NOT NULL, itemtype TEXT NOT NULL, remote INTEGER NOT NULL, name TEXT NOT NULL,
  mark TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (account, itemtype, remote)
);
CREATE TABLE binding (
  account TEXT NOT NULL, itemtype TEXT NOT NULL, remote INTEGER NOT NULL, item INTEGER NOT NULL,
  detached INTEGER NOT NULL DEFAULT 0, origin TEXT NOT NULL, UNIQUE (account, itemtype, remote)
);
CREATE INDEX bound_to ON binding (item);
CREATE TABLE login (
  key TEXT PRIMARY KEY, account TEXT NOT NULL, installation TEXT NOT NULL, customer TEXT NOT NULL
);
"""

# What the releases before version 5 added to their first tables, by the version that it leads to.
EARLY: Dict[int, str] = {
    2: """ALTER TABLE purchase ADD COLUMN highest INTEGER;
ALTER TABLE purchase ADD COLUMN unpaid INTEGER;
""",
    3: """ALTER TABLE purchase ADD COLUMN boot TEXT NOT NULL DEFAULT '';
ALTER TABLE purchase ADD COLUMN uptime REAL NOT NULL DEFAULT 0;
ALTER TABLE purchase ADD COLUMN token TEXT NOT NULL DEFAULT '';
ALTER TABLE purchase ADD COLUMN noted INTEGER;
ALTER TABLE purchase ADD COLUMN question TEXT NOT NULL DEFAULT '';
CREATE TABLE decision (
  purchase INTEGER NOT NULL, at REAL NOT NULL, who TEXT NOT NULL, answer TEXT NOT NULL, why TEXT NOT NULL
);
""",
    4: "ALTER TABLE purchase ADD COLUMN over_noted INTEGER NOT NULL DEFAULT 0",
}


def carry_out(db: sqlite3.Connection, script: str) -> None:
    """Statement by statement, inside of the caller's transaction: sqlite3's own way would commit first."""
    for statement in script.split(";\n"):
        if statement.strip():
            db.execute(statement)


def create(db: sqlite3.Connection) -> None:
    carry_out(db, PURCHASE + KEPT + SERVICES)
    db.execute(f"PRAGMA user_version = {VERSION}")


def migrate(db: sqlite3.Connection, version: int, types: Mapping[int, str]) -> None:
    """Bring a file of an earlier release to version 5, inside of the caller's transaction.

    types  number of a connection -> type of its items, as the panel knows it
    """
    for step in sorted(EARLY):
        if version < step:
            carry_out(db, EARLY[step])
    newest = "SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = 'purchase'"
    (last,) = db.execute(newest).fetchone()
    for index in ("one_unsettled", "by_item", "by_token"):
        db.execute(f"DROP INDEX IF EXISTS {index}")
    for table in ("purchase", "decision", "step"):
        db.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    db.execute("DROP TABLE IF EXISTS listed_service")  # a listing is read again
    db.execute("DELETE FROM snapshot WHERE what LIKE 'listing %'")
    carry_out(db, PURCHASE + SERVICES)
    db.execute("CREATE INDEX old_step_of ON old_step (purchase)")  # else each purchase reads all steps
    for row in _rows(db, "SELECT * FROM old_purchase ORDER BY id"):
        insert(db, "purchase", _new_row(row, _steps(db, row["id"]), types))
    for row in _rows(db, "SELECT purchase, at, state, note FROM old_step ORDER BY rowid"):
        event, arguments = _event(row["state"], row["note"])
        stage = row["state"] if row["state"] in STAGES else "sent"
        told = (row["purchase"], row["at"], event, stage, json.dumps(arguments, ensure_ascii=False))
        db.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?)", told)
    for row in _rows(db, "SELECT purchase, at, who, answer, why FROM old_decision ORDER BY rowid"):
        answer, _, detail = row["answer"].partition(" ")
        said = (row["purchase"], row["at"], row["who"], ANSWERS.get(answer, answer), detail, row["why"])
        db.execute("INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?)", said)
    _bind(db)
    for table in ("purchase", "decision", "step"):
        db.execute(f"DROP TABLE old_{table}")
    db.execute("DELETE FROM sqlite_sequence WHERE name = 'purchase'")
    if last:
        db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('purchase', ?)", (last,))
    db.execute(f"PRAGMA user_version = {VERSION}")


# -- one row -------------------------------------------------------------------------------------------------

Row = Dict[str, Any]
STAGES = ("intended", "sent", "confirmed", "refused", "reported")
ANSWERS = {
    "exists": "bought", "absent": "not-bought", "told": "new", "foreign": "other-item", "adopt:": "adopt",
}  # fmt: skip
LEAVES, PROVED = "request leaves", "a look proves that it was not carried out"
EARLY_LOOK = "a look does not show it yet"
UNCHANGED = (
    "id", "kind", "module", "operation", "name", "months", "before", "remote", "tariff", "cost", "accepted",
    "account", "taken_over", "highest", "unpaid", "sent", "boot", "uptime", "token", "noted", "created",
    "changed",
)  # fmt: skip


class Blocked(NamedTuple):
    stage: str
    question: Optional[str]
    evidence: Optional[str]


QUESTIONS = {  # of the old column `question`
    "lost": Blocked("sent", "same_renewal", "lost"),
    "older": Blocked("reported", "same_renewal", "restored"),
    "item": Blocked("reported", "same_item", "restored"),
    "moved": Blocked("intended", "same_renewal", "moved"),
}
# Of a row in doubt without such a question: how its last step but continuations began -> evidence.
DOUBTS = {
    "cannot be looked up": "timeout", "absent after": "accepted", "under way after": "working",
    "sent again and again": "attempts", "noted on the panel; the journal was lost": "lost",
}  # fmt: skip


def _blocked(row: Row, notes: List[str]) -> Blocked:
    """Where an old row stands. A row in doubt told the reason in its columns or in its steps."""
    state, question = str(row["state"]), str(row["question"] or "")
    if state != "in doubt":
        if question in QUESTIONS and state == "reported":
            # lost or moved, and over in a part of the journal that was lost: another one may be on its way
            return Blocked("reported", QUESTIONS[question].question, "restored")
        return Blocked(state, None, None)
    if question in QUESTIONS:
        return QUESTIONS[question]
    if row["told"] is not None:
        return Blocked("confirmed", "same_renewal", "callback")
    if row["taken_over"]:
        return Blocked("intended", "bought", "beforehand")
    for note in reversed(notes):
        for beginning, evidence in DOUBTS.items():
            if note.startswith(beginning):
                return Blocked("sent", "bought", evidence)
    return Blocked("sent", "bought", "accepted")


def _new_row(row: Row, notes: List[str], types: Mapping[int, str]) -> Row:
    blocked, item, period = _blocked(row, notes), int(row["item"]), row["period"]
    itemtype = types.get(int(row["module"]), "")
    return {
        **{name: row[name] for name in UNCHANGED},
        "item": abs(item), "detached": int(item < 0), "itemtype": itemtype, "callback": row["told"],
        "stage": blocked.stage, "question": blocked.question, "evidence": blocked.evidence,
        # which of the two it was, only the type tells; where that is not known any more, nobody asks
        "period": None if itemtype and itemtype != "domain" else period,
        "bought": None if itemtype == "domain" else period,
        "noted_done": row["over_noted"], "attempts": notes.count(LEAVES), "absences": notes.count(PROVED),
        "looked": int(bool(notes) and notes[-1] == EARLY_LOOK),
    }  # fmt: skip


def _bind(db: sqlite3.Connection) -> None:
    """Which service belongs to which item. Two rows that claim one service are both a question."""
    claims: Dict[Tuple[object, ...], List[Row]] = {}
    bought = "kind = 'open' AND stage IN ('confirmed', 'reported') AND remote IS NOT NULL"
    for row in _rows(db, f"SELECT * FROM purchase WHERE {bought} ORDER BY id"):  # noqa: S608
        account = row["account"] or f"connection-{row['module']}"  # of releases that noted no login
        claims.setdefault((account, row["itemtype"], row["remote"]), []).append(row)
    for (account, itemtype, remote), rows in claims.items():
        if len({(row["item"], row["detached"]) for row in rows}) == 1:
            values = (account, itemtype, remote, rows[-1]["item"], rows[-1]["detached"], "ordered")
            db.execute("INSERT INTO binding VALUES (?, ?, ?, ?, ?, ?)", values)
            continue
        for row in rows:
            if not row["detached"]:
                asks = "UPDATE purchase SET question = 'same_item', evidence = 'claimed'"
                db.execute(f"{asks} WHERE id = ? AND question IS NULL", (row["id"],))
                asked = (row["id"], row["changed"], "claimed_twice", row["stage"], "{}")
                db.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?)", asked)


# -- the history ---------------------------------------------------------------------------------------------

# A sentence that an old release wrote for people -> the event that it told. The groups are its arguments.
SENTENCES: Tuple[Tuple[str, str, Tuple[str, ...]], ...] = (
    (r"operation (\d+)", "begun", ("operation",)),
    (r"operation None", "begun", ()),
    (r"continued by operation (\d+)", "continued", ("operation",)),
    (LEAVES, "request_leaves", ()),
    (r"not sent: (\w+).*", "not_sent", ("code",)),
    (r"no answer: (\w+).*", "no_answer", ("code",)),
    (r"refused: (\w+).*", "refused", ("code",)),
    (r"accepted, but order (\d+) is not paid", "unpaid", ("unpaid",)),
    (r"a look shows that order (\d+) is not paid", "unpaid_seen", ("unpaid",)),
    (r"accepted", "accepted", ()),
    (PROVED, "absence_proved", ()),
    (EARLY_LOOK, "not_seen_yet", ()),
    (r"sent again and again without an answer", "unclear:attempts", ()),
    (r"cannot be looked up: (\w+)", "unclear:timeout", ("code",)),
    (r"absent after (\d+) s", "unclear:accepted", ("seconds",)),
    (r"under way after (\d+) s", "unclear:working", ("seconds",)),
    (r"seen at the upstream", "seen", ()),
    (r"was there before anything was sent", "already_there", ()),
    (r"it is there, and it may be what was begun before", "already_there", ()),
    (r"telling the panel", "callback_begins", ()),
    (r"the panel was not told: (\w+)", "callback_failed", ("code",)),
    (r"the panel was told", "callback_done", ()),
    (r"was the panel told\? Operation (\d+) asks, (\d+) has begun it", "callback_unclear", ("asks", "began")),
    (r"no operation of this kind waits on the panel", "no_operation_waits", ()),
    (r"counts as (\d+) months", "months_counted", ("bought",)),
    (r"the number of its operation came again", "operation_reused", ()),
    (r"it is there", "settled", ()),
    (r"withdrawn: .*", "withdrawn", ()),
    (r"the panel's note says that it was told", "note_says_over", ()),
    (r"the panel's note says that a request may have left", "note_says_sent", ()),
    (r"noted on the panel; the journal was lost or is older", "found_in_note", ()),
    (r"over in a part of the journal that was lost", "superseded", ()),
    (r"the panel knows nothing of it \(any more\)", "panel_forgot", ()),
    (r"the expiry date has moved by this very term since it was known last", "date_moved", ()),
    (r"noted on the panel", "end_noted", ()),
    (r"named for the panel's note", "named", ()),
    (r".* says: (?:is the same service|is the same renewal).*", "said_same", ()),
    (r".* says: is of another item.*", "said_other_item", ()),
    (r".* says: exists as (\d+).*", "said_bought", ("remote",)),
    (r".* says: does not exist.*", "said_not_bought", ()),
    (r".* says: the panel was told.*", "said_new", ()),
)


def _event(state: object, note: object) -> Tuple[str, Row]:
    for pattern, event, names in SENTENCES:
        found = re.fullmatch(pattern, str(note), re.DOTALL)
        if found:
            values = [int(word) if word.isdigit() else word for word in found.groups()]
            event, _, evidence = event.partition(":")
            return event, {**({"evidence": evidence} if evidence else {}), **dict(zip(names, values))}
    return "legacy", {"note": str(state)}


# -- SQL -----------------------------------------------------------------------------------------------------


def _steps(db: sqlite3.Connection, purchase: object) -> List[str]:
    found = db.execute("SELECT note FROM old_step WHERE purchase = ? ORDER BY rowid", (purchase,))
    return [str(note) for (note,) in found]


def _rows(db: sqlite3.Connection, sql: str) -> Iterator[Row]:
    found = db.execute(sql)
    names = [column[0] for column in found.description]
    for row in found.fetchall():
        yield dict(zip(names, row))


def insert(db: sqlite3.Connection, table: str, row: Row) -> int:
    """Returns the number of the new row."""
    marks = ", ".join("?" for _ in row)
    sql = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})"  # noqa: S608
    return int(db.execute(sql, list(row.values())).lastrowid or 0)


Types = Callable[[], Mapping[int, str]]
