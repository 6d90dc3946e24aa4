"""A small stand-in for the panel: a mgrctl that writes down its calls and answers as told, and a database to
read.
"""

from __future__ import annotations

import base64
import json
import re
import sqlite3
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pymysql.constants import CLIENT

from bill2bill import messages
from bill2bill.errors import Failure
from bill2bill.host.mgrctl import Mgrctl
from kit.databases import MariaDB

MGRCTL = """#!{python} -IS
import json, os, pathlib, sys, time
root = pathlib.Path({root!r})
func = sys.argv[5]
with open(root / "calls", "a") as calls:
    kept = ("SSH_CONNECTION", "PATH")
    env = {{k: v for k, v in os.environ.items() if k.startswith("BILL2BILL_") or k in kept}}
    calls.write(json.dumps({{"argv": sys.argv[1:], "cwd": os.getcwd(), "env": env}}) + "\\n")
told = root / "answers" / func
answer = json.loads(told.read_text()) if told.exists() else {{}}
if "left" in answer:
    if answer["left"] > 0:
        told.write_text(json.dumps({{**answer, "left": answer["left"] - 1}}))
    else:
        answer = {{}}
time.sleep(answer.get("sleep", 0))
charset = "latin-1" if answer.get("latin") else "utf-8"
sys.stdout.buffer.write(answer.get("out", "<doc><ok/></doc>").encode(charset))
sys.stderr.write(answer.get("err", ""))
sys.stdout.flush()
sys.exit(answer.get("code", 0))
"""

# host-protocol 6.1, the columns that are read, in the types that are proposed there
TABLES = """
CREATE TABLE item (id KEY, pricelist REF, processingmodule REF, period INT, status INT, expiredate DAY,
  lastpricelist REF);
CREATE TABLE itemparam (item REF, intname NAME, value TEXT);
CREATE TABLE pricelist (id KEY, itemtype REF, intname NAME);
CREATE TABLE itemtype (id KEY, intname NAME);
CREATE TABLE tld (id KEY, name NAME);
CREATE TABLE country (id KEY, iso2 NAME);
CREATE TABLE processingmodule (id KEY, name NAME, module NAME, active FLAG, department REF);
CREATE TABLE processingparam (processingmodule REF, intname NAME, value TEXT);
CREATE TABLE processingcryptedparam (processingmodule REF, intname NAME, value TEXT);
CREATE TABLE service_profile (id KEY, profiletype INT, name NAME);
CREATE TABLE service_profileparam (service_profile REF, intname NAME, value TEXT);
CREATE TABLE service_profile2item (service_profile REF, item REF, type NAME);
CREATE TABLE service_profile2processingmodule (service_profile REF, processingmodule REF, type NAME,
  externalid NAME);
CREATE TABLE runningoperation (id KEY, item REF, intname NAME, trycount INT, manual FLAG);
CREATE TABLE task (id KEY, runningoperation REF, status INT);
CREATE TABLE expense (id KEY, item REF, operation NAME, realdate TIME);
"""

TYPES = {
    "sqlite": {"KEY": "INTEGER PRIMARY KEY", "REF": "INT", "NAME": "TEXT", "FLAG": "TEXT", "DAY": "TEXT",
        "TIME": "TEXT"},
    "mariadb": {
        "KEY": "INT UNSIGNED AUTO_INCREMENT PRIMARY KEY", "REF": "INT UNSIGNED", "NAME": "VARCHAR(255)",
        "FLAG": "ENUM('on', 'off')", "DAY": "DATE",
        "TIME": "DATETIME",
    },
}  # fmt: skip

SAMPLE = """
INSERT INTO itemtype VALUES (61, 'domain'), (3, 'vds');
INSERT INTO tld VALUES (13, 'ru');
INSERT INTO country VALUES (182, 'RU'), (81, 'de'), (5, NULL);
INSERT INTO pricelist VALUES (31, 61, '13'), (32, 3, '13');
INSERT INTO processingmodule VALUES (7, 'Реселлинг', 'pmbill2billreg', 'on', 2);
INSERT INTO processingmodule VALUES (8, 'off', 'pmbill2billreg', 'off', NULL);
INSERT INTO processingmodule VALUES (9, 'vds', 'pmbill2bill', 'on', 0);
INSERT INTO item VALUES (1, 31, 7, 12, 5, '2027-01-15', NULL), (2, 32, 9, 1, 2, NULL, NULL);
INSERT INTO itemparam VALUES (1, 'domain', 'пример.ru'), (1, 'ns0', 'ns1.example.com'), (1, 'note', NULL);
INSERT INTO runningoperation VALUES (77, 1, 'open', 1, 'off'), (78, 2, 'prolong', NULL, 'on');
INSERT INTO processingparam VALUES (7, 'username', 'reseller7'), (7, 'empty', NULL);
INSERT INTO service_profile VALUES (5, 1, 'Ivan'), (6, 2, 'Example');
INSERT INTO service_profile2item VALUES (5, 1, 'owner'), (6, 1, 'admin');
INSERT INTO service_profileparam VALUES (5, 'location_country', '182'), (5, 'postal_country', '81');
INSERT INTO service_profileparam VALUES (5, 'firstname', 'Ivan'), (6, 'postal_country', 'null');
INSERT INTO service_profile2processingmodule VALUES (5, 7, 'owner', '900'), (6, 7, 'admin', NULL);
INSERT INTO expense VALUES (1, 1, 'prolong', '2026-11-23 10:00:00'), (2, 2, 'open', '2026-11-23');
"""

KEY = rsa.generate_private_key(65537, 2048)


class WallPanel:
    def __init__(self, root: Path, server: Optional[MariaDB] = None) -> None:
        self.root, self.server = root, server
        for folder in ("sbin", "etc/billmgr.conf.d", "var", "answers"):
            (root / folder).mkdir(parents=True)
        self.tool = root / "sbin" / "mgrctl"
        self.tool.write_text(MGRCTL.format(python=sys.executable, root=str(root)))
        self.tool.chmod(0o755)
        self.database = root / "var" / "billmgr.sqlite3"
        self.usual = f"DBType sqlite\nDBName {self.database}\n"
        if server:
            self.login = server.new()
            self.usual = "".join(f"DB{name.capitalize()} {value}\n" for name, value in self.login.items())
            with server.connect() as connection, connection.cursor() as cursor:
                cursor.execute(
                    f"CREATE DATABASE {self.login['name']} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"
                )
        types = TYPES["mariadb" if server else "sqlite"]
        self.sql(re.sub(r"\b[A-Z]+\b", lambda word: types.get(word.group(), word.group()), TABLES) + SAMPLE)
        self.configure(self.usual)
        pem = KEY.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        (root / "etc" / "billmgr.pem").write_bytes(pem)

    def configure(self, text: str) -> None:
        (self.root / "etc/billmgr.conf.d/db.conf").write_text(text, encoding="utf-8")

    def sql(self, script: str) -> None:
        if self.server:
            with (
                self.server.connect(self.login["name"], client_flag=CLIENT.MULTI_STATEMENTS) as connection,
                connection.cursor() as cursor,
            ):
                cursor.execute(loosened(script))
                while cursor.nextset():
                    pass
            return
        connection = sqlite3.connect(self.database)
        connection.executescript(f"PRAGMA synchronous = OFF; BEGIN; {script} COMMIT;")
        connection.close()

    def close(self) -> None:
        if self.server:
            self.server.drop(self.login["name"])

    def answer(self, func: str, out: str = "<doc><ok/></doc>", **more: Any) -> None:
        (self.root / "answers" / func).write_text(json.dumps({"out": out, **more}))

    @property
    def calls(self) -> List[Dict[str, Any]]:
        path = self.root / "calls"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    @property
    def asked(self) -> List[List[str]]:
        """[function, param=value, …] of each call; what came through the environment is read from there."""
        return [
            [_said(word, call["env"]) for word in call["argv"][4:] if word != "-e"] for call in self.calls
        ]

    def mgrctl(self, wait: float = 0.0, **more: Any) -> Mgrctl:
        return Mgrctl(self.root, "pmbill2billreg", wait, **more)


def loosened(script: str) -> str:
    """As in another version of the panel: a column that is to hold some text becomes a text, for MariaDB
    would not store it as a number or a date.
    """
    return re.sub(r"UPDATE (\w+) SET (\w+) = '", r"ALTER TABLE \1 MODIFY \2 TEXT; \g<0>", script)


def fails(code, ask, *args):
    with pytest.raises(Failure) as caught:
        ask(*args)
    assert caught.value.code == code
    return messages.params(caught.value, "en")


def _said(word: str, env: Dict[str, str]) -> str:
    name, _, value = word.partition("=$")
    return f"{name}={env[value]}" if value in env else word


def encrypted(text: str) -> str:
    return base64.b64encode(KEY.public_key().encrypt(text.encode(), padding.PKCS1v15())).decode()


def error(kind: str = "value", obj: str = "elid", value: str = "77") -> str:
    return (
        f'<doc><error type="{kind}" object="{obj}" lang="en" code="1"><param'
        f' name="value">{value}</param><msg>no</msg></error></doc>'
    )


RESTARTING = error("client", "open", "billmgr")
