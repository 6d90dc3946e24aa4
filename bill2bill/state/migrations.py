"""The tables of our file, and how a file of an earlier release gets them."""

from __future__ import annotations

UNSETTLED_SQL = "('intended', 'sent', 'confirmed', 'in doubt')"

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
