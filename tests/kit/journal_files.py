"""What a journal's file looks like otherwise: time that has passed, another boot, earlier releases, damage.

No other test writes SQL into the journal.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional, Tuple

from bill2bill.journal.journal import Journal
from bill2bill.journal.purchase import Purchase, Stage
from bill2bill.journal.transitions import Event

DAMAGED = (
    b"this is no database, only text that is long enough" * 100,
    b"SQLite format 3\0" + b"\xff" * 4096,
)


def age(journal: Journal, seconds: float) -> None:
    """As if every request had left so many seconds earlier."""
    with journal.write() as db:
        db.execute("UPDATE purchase SET sent = sent - ?, uptime = uptime - ?", (seconds, seconds))


def rebooted(journal: Journal) -> None:
    """As if every request had left before the last start of this machine, or on another one."""
    with journal.write() as db:
        db.execute("UPDATE purchase SET boot = 'the one before', uptime = 0")


def sent_with(journal: Journal, account: str) -> None:
    """As if every request had left with this login."""
    with journal.write() as db:
        db.execute("UPDATE purchase SET account = ?", (account,))


def age_snapshots(journal: Journal, seconds: float, what: str = "%") -> None:
    """As if the cache had been filled so many seconds earlier; negative: by a clock that was set back since.

    what  a pattern of SQL; "listing" is the listing of domains
    """
    with journal.write() as db:
        db.execute("UPDATE snapshot SET taken = taken - ? WHERE what LIKE ?", (seconds, what))


def snapshot(journal: Journal, what: str) -> str:
    return str(journal.rows("SELECT body FROM snapshot WHERE what = ?", what)[0][0])


def kept_otherwise(journal: Journal, what: str, body: Optional[str]) -> None:
    """As if the cache held this text, or none."""
    with journal.write() as db:
        if body is None:
            db.execute("DELETE FROM snapshot WHERE what = ?", (what,))
        else:
            db.execute("UPDATE snapshot SET body = ? WHERE what = ?", (body, what))


def contacts_otherwise(journal: Journal, remote: Optional[int] = None) -> None:
    """As if every contact had this id at the provider; None: as if none was known."""
    with journal.write() as db:
        if remote is None:
            db.execute("DELETE FROM contact")
        else:
            db.execute("UPDATE contact SET remote = ?", (remote,))


def belongs_here(journal: Journal) -> None:
    """A copy of a panel whose folder is the right one from now on."""
    with closing(journal.db), journal.write() as db:  # a test may put another file in its place
        journal.place_here(db)


def made_elsewhere(journal: Journal, **place: str) -> None:
    """As if the file came from another machine or another root."""
    names = ", ".join(f"{name} = ?" for name in place)
    with journal.write() as db:
        db.execute(f"UPDATE place SET {names}", tuple(place.values()))


def killed_when_confirmed(journal: Journal, number: int, operation: int) -> None:
    """As if the process of this operation had been killed after it saw what it had bought."""
    with journal.write() as db:
        db.execute("UPDATE purchase SET stage = 'confirmed', operation = ? WHERE id = ?", (operation, number))


def numbers_come_again(journal: Journal) -> None:
    """As if no item held a service: for a provider that was made anew and gives its numbers again."""
    with closing(journal.db), journal.write() as db:
        db.execute("DELETE FROM binding")


# -- files of earlier releases -------------------------------------------------------------------------------

FIRST = """
CREATE TABLE purchase (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  item INTEGER NOT NULL, kind TEXT NOT NULL, module INTEGER NOT NULL, operation INTEGER,
  state TEXT NOT NULL, name TEXT NOT NULL, months INTEGER NOT NULL, before TEXT,
  remote INTEGER, tariff INTEGER, period INTEGER, cost TEXT NOT NULL DEFAULT '',
  accepted INTEGER NOT NULL DEFAULT 0, account TEXT NOT NULL DEFAULT '', told INTEGER,
  taken_over INTEGER NOT NULL DEFAULT 0, sent REAL, created REAL NOT NULL, changed REAL NOT NULL
);
CREATE UNIQUE INDEX one_unsettled ON purchase (item, kind)
  WHERE state IN ('intended', 'sent', 'confirmed', 'in doubt');
CREATE INDEX by_item ON purchase (item, kind, id);
CREATE TABLE step (purchase INTEGER NOT NULL, at REAL NOT NULL, state TEXT NOT NULL, note TEXT NOT NULL);
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
ADDED = {
    2: """
ALTER TABLE purchase ADD COLUMN highest INTEGER;
ALTER TABLE purchase ADD COLUMN unpaid INTEGER;
CREATE TABLE listed_service (
  account TEXT NOT NULL, itemtype TEXT NOT NULL, remote INTEGER NOT NULL, name TEXT NOT NULL, mark TEXT
  NOT NULL, body TEXT NOT NULL, PRIMARY KEY (account, itemtype, remote)
);
CREATE INDEX listed_by_name ON listed_service (account, itemtype, name);
CREATE INDEX listed_by_mark ON listed_service (account, itemtype, mark);
""",
    3: """
ALTER TABLE purchase ADD COLUMN boot TEXT NOT NULL DEFAULT '';
ALTER TABLE purchase ADD COLUMN uptime REAL NOT NULL DEFAULT 0;
ALTER TABLE purchase ADD COLUMN token TEXT NOT NULL DEFAULT '';
ALTER TABLE purchase ADD COLUMN noted INTEGER;
ALTER TABLE purchase ADD COLUMN question TEXT NOT NULL DEFAULT '';
CREATE INDEX by_token ON purchase (token) WHERE token <> '';
CREATE TABLE decision (
  purchase INTEGER NOT NULL, at REAL NOT NULL, who TEXT NOT NULL, answer TEXT NOT NULL, why TEXT NOT NULL
);
""",
    4: "ALTER TABLE purchase ADD COLUMN over_noted INTEGER NOT NULL DEFAULT 0;",
}
OLD_ROW: Dict[str, Any] = {
    "item": 7, "kind": "open", "module": 3, "operation": 5, "state": "sent", "name": "example.ru",
    "months": 12, "sent": 1.0, "created": 1.0, "changed": 1.0,
}  # fmt: skip
OldRow = Dict[str, Any]
OldStep = Tuple[int, str, str]  # purchase, state, note


def old_file(
    folder: Path,
    version: int,
    rows: Iterable[OldRow],
    steps: Iterable[OldStep] = (),
    place: Tuple[str, str] = ("machine", "root"),
) -> None:
    """A journal as a release before version 5 has left it. rows: what differs from OLD_ROW."""
    folder.mkdir(exist_ok=True, mode=0o700)
    db = sqlite3.connect(str(folder / "state.sqlite3"))
    db.execute("PRAGMA journal_mode = WAL")
    db.executescript(FIRST + "".join(sql for step, sql in ADDED.items() if step <= version))
    db.execute(f"PRAGMA user_version = {version}")
    db.execute("INSERT INTO place VALUES (?, ?)", place)
    for row in rows:
        values = {**OLD_ROW, **row}
        marks = ", ".join("?" for _ in values)
        db.execute(f"INSERT INTO purchase ({', '.join(values)}) VALUES ({marks})", list(values.values()))
    for purchase, state, note in steps:
        db.execute("INSERT INTO step VALUES (?, 1.0, ?, ?)", (purchase, state, note))
    db.commit()
    db.close()


def as_before(journal: Journal, version: int) -> None:
    """The same purchases in the file of an earlier release, which knew less of them; no questions."""
    rows = [row for row in journal.in_stages(*Stage)]
    place, steps = journal.place(), [step for row in rows for step in _old_steps(journal, row)]
    with journal.write() as db:
        snapshots = db.execute("SELECT * FROM snapshot WHERE what NOT LIKE 'listing %'").fetchall()
    journal.db.close()
    for name in ("state.sqlite3", "state.sqlite3-wal", "state.sqlite3-shm"):
        (journal.folder / name).unlink(missing_ok=True)
    old_file(journal.folder, version, [_old_row(row, version) for row in rows], steps, place)
    db = sqlite3.connect(str(journal.folder / "state.sqlite3"))
    db.executemany("INSERT INTO snapshot VALUES (?, ?, ?, ?)", snapshots)
    db.commit()
    db.close()


def _old_row(row: Purchase, version: int) -> OldRow:
    assert row.question is None and not row.detached  # noqa: PT018
    old: OldRow = {
        "id": row.id, "item": row.item, "kind": row.kind, "module": row.module, "operation": row.operation,
        "state": row.stage.value, "name": row.name, "months": row.months,
        "before": row.before and row.before.isoformat(), "remote": row.remote, "tariff": row.tariff,
        "period": row.term, "cost": row.cost, "accepted": int(row.accepted), "account": row.account,
        "told": row.callback, "taken_over": int(row.taken_over), "sent": row.sent, "created": row.created,
        "changed": row.changed,
    }  # fmt: skip
    if version >= 2:
        old.update(highest=row.highest, unpaid=row.unpaid)
    if version >= 3:
        old.update(boot=row.boot, uptime=row.uptime, token=row.token, noted=row.noted)
    if version >= 4:
        old.update(over_noted=int(row.noted_done))
    return old


def _old_steps(journal: Journal, row: Purchase) -> List[OldStep]:
    notes = {Event.BEGUN: f"operation {row.operation}", Event.REQUEST_LEAVES: "request leaves"}
    return [
        (row.id, step.stage.value, notes.get(step.event, step.event.value.replace("_", " ")))
        for step in journal.history(row.id)
    ]
