"""A reseller's panel and his provider, both as real processes, and the words in which the journeys speak of
them.

What is true is what the provider's ledger and the panel's tables say, never what our journal believes.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional

from kit import SMALL_KEY, warm
from kit.databases import Place, tables
from kit.journal_files import belongs_here
from kit.provider import Provider
from kit.waiting import wait_for

from bill2bill.host.place import machine_id
from bill2bill.journal.journal import Journal
from bill2bill.journal.purchase import Purchase
from bill2bill.sandbox.host.db import Database
from bill2bill.sandbox.host.schema import columns
from bill2bill.sandbox.stage import HOME, Panel

MODULE = "pmbill2billreg"
USER, PASSWORD = "reseller", "canary-word&=7+d1/f"
PASSPORT = "7719 604823"
PROJECT = "*.ru-tld.ru (Domains)"
NAME_SERVERS = {"ns0": "ns1.example.net", "ns1": "ns2.example.net"}
PERSON = {
    "profiletype": "1", "name": "Ivanov", "firstname": "Ivan", "lastname": "Ivanov", "middlename": "I",
    "firstname_locale": "Иван", "lastname_locale": "Иванов", "middlename_locale": "Иванович",
    "birthdate": "1980-01-31",
    "passport": PASSPORT, "passport_org": "OVD", "passport_date": "2005-02-28", "email": "ivan@example.ru",
    "phone": "+7 (495) 123-45-67", "mobile": "+7 (495) 123-45-67", "location_country": "182",
    "location_state": "Moscow",
    "location_postcode": "101000", "location_city": "Moscow", "location_address": "Mira 1-2",
}  # fmt: skip
ZONES = {"ru": "199.00", "com": "990.00", "рф": "199.00"}  # what a year costs at the provider

# Small times, so that a broken provider is seen soon. settle is what a test is about, so each that needs
# another says so.
OPTIONS: Mapping[str, object] = {
    "pace": 0, "parallel": 8, "settle": 0, "read_timeout": 2, "spend_timeout": 2, "connect_timeout": 5,
    "answer_limit": 1, "tries": 100,
    "panel_wait": 30,
}  # fmt: skip


class Shop:
    """Domains; servers are in servers.py."""

    module = MODULE

    def __init__(self, panel: Panel, up: Provider) -> None:
        self.panel, self.up = panel, up

    # -- what a person does ----------------------------------------------------------------------------------

    def settings(self, **changes: object) -> None:
        """etc/bill2bill.conf; the next process reads it."""
        lines = [f"{name} {value}" for name, value in {**OPTIONS, **changes}.items()]
        (self.panel.root / "etc" / "bill2bill.conf").write_text("\n".join(lines) + "\n")

    def switch(self, **values: str) -> None:
        self.panel.call("sandbox.set", **values)

    def order(self, name: str = "example.ru", **changes: object) -> int:
        zone = name.partition(".")[2]
        owners = {"owner": 1} if zone != "com" else dict.fromkeys(("owner", "admin", "tech", "bill"), 1)
        order = {
            "pricelist": list(ZONES).index(zone) + 1,
            "period": 12,
            "domain": name,
            **NAME_SERVERS,
            **owners,
            **changes,
        }
        return self.panel.new("sandbox.order", itemtype="domain", **order)

    def pay(self, item: int) -> int:
        return int(self.panel.call("sandbox.pay", elid=item).findtext("operation") or 0)

    def bought(self, name: str = "example.ru", **changes: object) -> int:
        """A paid order that the next tick carries out."""
        item = self.order(name, **changes)
        self.pay(item)
        return item

    def owned(self, name: str = "example.ru", expires: str = "") -> int:
        """A service that was opened long ago: the panel and the provider know it, our journal does not."""
        item = self.order(name)
        self._give(item, name, expires)
        return item

    def owned_many(self, names: Iterable[str]) -> Dict[str, int]:
        items = self.ordered_many(names)
        for name, item in items.items():
            self._give(item, name, "")
        return items

    def _give(self, item: int, name: str, expires: str) -> None:
        expires = expires or in_months(6)
        remote = self.up.post("domain", name=name, expire=expires)
        with tables(self.panel.root) as db, db.transaction():
            db.run(
                "UPDATE item SET status = 2, opendate = createdate, expiredate = ? WHERE id = ?",
                expires,
                item,
            )
            link = f"id={remote['id']};price={remote['price']};period={remote['period']}"
            db.run(
                "INSERT INTO itemparam (item, intname, value) VALUES (?, 'bill2bill', ?), (?,"
                " 'service_status', '2')",
                item,
                link,
                item,
            )

    def ordered_many(self, names: Iterable[str]) -> Dict[str, int]:
        """name -> item, unpaid. The first is ordered, the rest are copies of its rows: the panel would write
        the same.
        """
        first, *rest = names
        items = {first: self.order(first)}
        with tables(self.panel.root) as db, db.transaction():
            for name in rest:
                items[name] = _copy(db, "item", "id", items[first], name=name)
                for table in ("itemparam", "service_profile2item"):
                    _copy(db, table, "item", items[first], item=items[name])
                db.run(
                    "UPDATE itemparam SET value = ? WHERE item = ? AND intname = 'domain'", name, items[name]
                )
        return items

    def start(self, item: int, command: str, **options: object) -> int:
        return self.panel.new("sandbox.operation", item=item, command=command, **options)

    def tick(self, parallel: int = 1) -> Dict[int, str]:
        """One round of the panel's repeats: operation -> gone, kept or manual."""
        return {int(row["id"]): row["result"] for row in self.panel.rows("sandbox.tick", parallel=parallel)}

    def tick_until_quiet(self, parallel: int = 1, seconds: float = 30) -> None:
        """Ticks until nothing is automatic any more; between them the provider's registrar works."""
        until = time.monotonic() + seconds
        while any(result == "kept" for result in self.tick(parallel).values()):
            assert time.monotonic() < until, self.operations()
            self.up.post("progress")

    def restart(self, operation: int) -> int:
        return self.panel.new("sandbox.restart", elid=operation)

    def cli(self, *words: str, lang: str = "C") -> str:
        """The command line `bill2bill`; it must succeed."""
        command = [*warm.command_line(), *words, "--root", str(self.panel.root)]
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", env={"PATH": "/usr/bin:/bin", "LANG": lang}
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    # -- processes -------------------------------------------------------------------------------------------

    def inside(self, *lines: str) -> None:
        """From now on the module runs these lines before its own, in its own process; without any,
        as it is.
        """
        executable = self.panel.root / "processing" / self.module
        itself = executable.with_name(f".{self.module}")
        if not itself.exists():
            itself.write_text(executable.read_text())
        shebang, code = itself.read_text().split("\n", 1)
        executable.write_text("\n".join([shebang, *lines, code]))

    def run(
        self, command: str, item: int, operation: int, *, signalled: bool = True
    ) -> subprocess.Popen[bytes]:
        """The module as the panel starts it (the count of tries grows before, host-protocol 2.8), not waited
        for. signalled: the test may stop or kill it by its pid.
        """
        with tables(self.panel.root) as db:
            db.run("UPDATE runningoperation SET trycount = trycount + 1 WHERE id = ?", operation)
        executable = self.panel.root / "processing" / self.module
        words = [
            *(warm.mortal(executable) if signalled else [str(executable)]),
            "--command",
            command,
            "--item",
            str(item),
            "--runningoperation",
            str(operation),
        ]
        return subprocess.Popen(
            words,
            cwd=self.panel.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def killed_when(self, command: str, item: int, operation: int, reached: Callable[[], bool]) -> None:
        """Start the module and kill it, without any warning, as soon as `reached`."""
        child = self.run(command, item, operation)
        try:
            wait_for(lambda: reached() or child.poll() is not None)
            assert child.poll() is None, "it ended before it could be killed"
        finally:
            child.kill()
            child.wait()
        assert child.returncode == -signal.SIGKILL

    # -- what is true ----------------------------------------------------------------------------------------

    def rows(self, sql: str, *values: object) -> List[Dict[str, Any]]:
        """Rows of the panel's tables."""
        with tables(self.panel.root) as db:
            return db.rows(sql, *values)

    def item(self, item: int) -> Dict[str, Any]:
        """The item's row with its parameters."""
        params = {
            row["intname"]: row["value"]
            for row in self.rows("SELECT intname, value FROM itemparam WHERE item = ?", item)
        }
        return {**params, **self.rows("SELECT * FROM item WHERE id = ?", item)[0]}

    def operations(self) -> List[Dict[str, Any]]:
        return self.rows("SELECT * FROM runningoperation ORDER BY id")

    def tasks(self) -> List[Dict[str, Any]]:
        return self.rows("SELECT * FROM task ORDER BY id")

    def told(self, func: str) -> List[Dict[str, str]]:
        """Parameters of the module's successful calls of a function of the panel."""
        calls = [
            call
            for call in self.panel.calls()
            if call["ssh_connection"] == self.module and call["func"] == func
        ]
        return [call["params"] for call in calls if not call["error"]]

    def journal(self) -> Journal:
        return Journal(self.panel.root / "var" / "bill2bill", machine_id(), str(self.panel.root))

    def purchase(self, item: int, kind: str) -> Purchase:
        """The last one, as the journal knows it."""
        found = self.journal().latest(item, kind)
        assert found is not None
        return found


def _copy(db: Database, table: str, column: str, value: int, **changes: object) -> int:
    """Copy the rows of a table where `column` is `value`, with some columns changed; the new row's id."""
    names = [name for name in columns(table) if name != "id"]
    chosen = ", ".join("?" if name in changes else name for name in names)
    given = [changes[name] for name in names if name in changes]
    return (
        db.run(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table} WHERE {column} = ?",
            *given,
            value,
        ).lastrowid
        or 0
    )


def in_months(months: int, start: str = "") -> str:
    """A date as both sides count: the same day of a later month."""
    from bill2bill.sandbox.host.dates import after, today

    return after(start or today(), months)


# -- the template that every test copies ---------------------------------------------------------------------


def build(root: Path, up: Provider, login: Optional[Mapping[str, str]] = None) -> Shop:
    """A panel that sells .ru, .com and .рф of the provider through our module, with one contact, nothing
    ordered.
    """
    shop = Shop(Panel.make(root, login, *SMALL_KEY), up)
    warm.executables(shop.panel.root)
    shop.settings()
    install(shop.panel.root, f"registrar_module/{MODULE}")
    panel = shop.panel
    module = panel.new(
        "sandbox.module.add", {"password": PASSWORD},
        module=MODULE, type="domain", name="Provider", url=up.url, username=USER, project=PROJECT,
        ca_file=up.ca_file, send_close="on",
    )  # fmt: skip
    for zone, price in ZONES.items():
        panel.call("sandbox.tld.add", name=zone, whois_find_string="not exist")
        panel.call(
            "sandbox.tariff.add", itemtype="domain", name=f".{zone}", module=module, tld=zone, annually=price
        )
    panel.call(
        "sandbox.contact.add",
        {"passport": PASSPORT},
        **{name: value for name, value in PERSON.items() if name != "passport"},
    )
    return shop


def install(root: Path, executable: str) -> None:
    """The executable, run by this interpreter with the checkout's package; texts; the plugin's page."""
    name = executable.rpartition("/")[2]
    for source, target in ((executable, f"processing/{name}"), ("addon/bill2bill", "addon/bill2bill")):
        code = (HOME / source).read_text().split("\n", 1)[1]
        (root / target).write_text(
            f"#!{sys.executable} -IXutf8\nimport sys; sys.path.insert(0, {str(HOME)!r})\n{code}"
        )
        (root / target).chmod(0o755)
    shutil.copy(HOME / "etc" / "xml" / f"billmgr_mod_{name}.xml", root / "etc" / "xml")
    shutil.copy(HOME / "addon.xml", root / "etc" / "xml" / "billmgr_mod_bill2bill.xml")
    warm.executables(root)


def copied(template: Shop, root: Path, place: Place) -> Shop:
    """A panel of one's own; its journal belongs to the new folder."""
    shutil.copytree(template.panel.root, root)
    warm.executables(root)
    shop = type(template)(Panel(root), template.up)
    place.moved(root)
    for name in ("mgrctl", "runs"):
        (root / f"var/sandbox/{name}.jsonl").unlink()
    belongs_here(shop.journal())
    return shop
