"""A reseller's panel and his provider, both as real processes, and the words in which tests speak of them.

What is true is what the provider's ledger and the panel's tables say, never what our journal believes.
"""

from __future__ import annotations

import copy
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, Callable, ClassVar, Dict, Iterable, List, Mapping, Optional, Tuple, TypeVar

from bill2bill.host.place import machine_id
from bill2bill.journal.journal import Journal
from bill2bill.journal.purchase import Purchase
from bill2bill.sandbox.host.dates import after, today

from . import warm
from .databases import Place, tables
from .journal_files import belongs_here
from .panel import Panel, copy_rows
from .provider import Provider
from .waiting import wait_for

USER, PASSWORD = "reseller", "canary-word&=7+d1/f"
PASSPORT = "7719 604823"
PROJECT = "*.ru-tld.ru (Domains)"
NAME_SERVERS = {"ns0": "ns1.example.net", "ns1": "ns2.example.net"}
PERSON = {
    "profiletype": "1", "name": "Ivanov", "firstname": "Ivan", "lastname": "Ivanov", "middlename": "I",
    "firstname_locale": "Иван", "lastname_locale": "Иванов", "middlename_locale": "Иванович",
    "birthdate": "1980-01-31",
    "passport_org": "OVD", "passport_date": "2005-02-28", "email": "ivan@example.ru",
    "phone": "+7 (495) 123-45-67", "mobile": "+7 (495) 123-45-67", "location_country": "182",
    "location_state": "Moscow",
    "location_postcode": "101000", "location_city": "Moscow", "location_address": "Mira 1-2",
}  # fmt: skip
ZONES = {"ru": "199.00", "com": "990.00", "рф": "199.00"}  # what a year costs at the provider

NAME = "vm1.example.net"
SMALL, LARGE = 1, 2  # tariff plans of the panel
KVM2, KVM4 = 277, 278  # what they are at the provider

# Small times, so that a broken provider is seen soon. settle is what a test is about, so each that needs
# another says so.
OPTIONS: Mapping[str, object] = {
    "pace": 0, "parallel": 8, "settle": 0, "read_timeout": 2, "spend_timeout": 2, "connect_timeout": 5,
    "answer_limit": 1, "tries": 100,
    "panel_wait": 30,
}  # fmt: skip


Same = TypeVar("Same", bound="Reseller")


class Reseller:
    """What all of them have. module: the executable that buys."""

    module: str
    options: ClassVar[Mapping[str, object]] = OPTIONS

    def __init__(self, panel: Panel, up: Provider) -> None:
        self.panel, self.up = panel, up

    @property
    def root(self) -> Path:
        return self.panel.root

    def copied(self: Same, root: Path, place: Optional[Place] = None) -> Same:
        """With a panel of one's own; its journal belongs to the new folder."""
        made = copy.copy(self)
        made.panel = self.panel.copied(root, place)
        belongs_here(made.journal())
        return made

    # -- what a person does ----------------------------------------------------------------------------------

    def settings(self, **changes: object) -> None:
        """etc/bill2bill.conf; the next process reads it."""
        lines = [f"{name} {value}" for name, value in {**self.options, **changes}.items()]
        (self.root / "etc" / "bill2bill.conf").write_text("\n".join(lines) + "\n")

    def switch(self, **values: str) -> None:
        self.panel.call("sandbox.set", **values)

    def order(self, *name: str, **changes: object) -> int:
        raise NotImplementedError

    def pay(self, item: int) -> int:
        return int(self.panel.call("sandbox.pay", elid=item).findtext("operation") or 0)

    def bought(self, *name: str, **changes: object) -> int:
        """A paid order that the next tick carries out."""
        item = self.order(*name, **changes)
        self.pay(item)
        return item

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
        command = [*warm.command_line(), *words, "--root", str(self.root)]
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
        executable = self.root / "processing" / self.module
        itself = executable.with_name(f".{self.module}")
        if not itself.exists():
            itself.write_text(executable.read_text())
        shebang, code = itself.read_text().split("\n", 1)
        executable.write_text("\n".join([shebang, *lines, code]))

    def counted(self, operation: int) -> None:
        """The panel counts a try before it starts the module (host-protocol 2.8)."""
        self.panel.change("UPDATE runningoperation SET trycount = trycount + 1 WHERE id = ?", operation)

    def run(
        self, command: str, item: int, operation: int, *, signalled: bool = True
    ) -> subprocess.Popen[bytes]:
        """The module as the panel starts it, not waited for.

        signalled: the test may stop or kill it by its pid.
        """
        self.counted(operation)
        executable = self.root / "processing" / self.module
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
            cwd=self.root,
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
        return self.panel.sql(sql, *values)

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
        return Journal(self.root / "var" / "bill2bill", machine_id(), str(self.root))

    def purchase(self, item: int, kind: str) -> Purchase:
        """The last one, as the journal knows it."""
        found = self.journal().latest(item, kind)
        assert found is not None
        return found


class DomainReseller(Reseller):
    """Domains of a provider of version 4."""

    module = "pmbill2billreg"

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
        with tables(self.root) as db, db.transaction():
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
        with tables(self.root) as db, db.transaction():
            for name in rest:
                items[name] = copy_rows(db, "item", "id", items[first], name=name)
                for table in ("itemparam", "service_profile2item"):
                    copy_rows(db, table, "item", items[first], item=items[name])
                db.run(
                    "UPDATE itemparam SET value = ? WHERE item = ? AND intname = 'domain'", name, items[name]
                )
        return items


class ServerReseller(Reseller):
    """Servers of a provider of version 5 or 6."""

    module = "pmbill2bill"

    def order(self, name: str = NAME, **changes: object) -> int:
        order = {
            "pricelist": SMALL,
            "period": 1,
            "domain": name,
            "ostempl": "ISPsystem__Debian-12",
            **changes,
        }
        return self.panel.new("sandbox.order", itemtype="vds", **order)

    def owned(self, name: str = NAME, expires: str = "") -> int:
        """A server that was opened long ago: the panel and the provider know it, our journal does not."""
        item, expires = self.order(name), expires or in_months(6)
        remote = self.up.post(
            "service", itemtype="vds", domain=name, pricelist=KVM2, expiredate=expires, status=2
        )
        with tables(self.root) as db, db.transaction():
            db.run(
                "UPDATE item SET status = 2, opendate = createdate, expiredate = ? WHERE id = ?",
                expires,
                item,
            )
            db.insert(
                "itemparam", item=item, intname="bill2bill", value=f"id={remote['id']};price={KVM2};period=1"
            )
        return item

    def change(self, item: int, **values: object) -> int:
        """The client changes add-ons."""
        return int(self.panel.call("sandbox.change", item=item, **values).findtext("operation") or 0)

    def change_tariff(self, item: int, pricelist: int = LARGE) -> int:
        return self.start(item, "setparam", pricelist=pricelist)

    @property
    def service(self) -> Dict[str, Any]:
        (found,) = self.up.services
        return found

    @property
    def bills(self) -> List[Tuple[str, str]]:
        """(kind, amount) of every charge."""
        return [(row["kind"], row["amount"]) for row in self.up.get("ledger")]


def in_months(months: int, start: str = "") -> str:
    """A date as both sides count: the same day of a later month."""
    return after(start or today(), months)


# -- templates that every test copies ------------------------------------------------------------------------


def sells_domains(root: Path, up: Provider, login: Optional[Mapping[str, str]] = None) -> DomainReseller:
    """A panel that sells .ru, .com and .рф of the provider through our module, with one contact, nothing
    ordered.
    """
    panel = Panel.new_in(root, login)
    shop = DomainReseller(panel, up)
    shop.settings()
    panel.plug_in(f"registrar_module/{shop.module}", "addon/bill2bill")
    module = panel.new(
        "sandbox.module.add", {"password": PASSWORD},
        module=shop.module, type="domain", name="Provider", url=up.url, username=USER, project=PROJECT,
        ca_file=up.ca_file, send_close="on",
    )  # fmt: skip
    for zone, price in ZONES.items():
        panel.call("sandbox.tld.add", name=zone, whois_find_string="not exist")
        panel.call(
            "sandbox.tariff.add", itemtype="domain", name=f".{zone}", module=module, tld=zone, annually=price
        )
    panel.call("sandbox.contact.add", {"passport": PASSPORT}, **PERSON)
    return shop


def sells_servers(root: Path, up: Provider, login: Optional[Mapping[str, str]] = None) -> ServerReseller:
    """A panel that sells two servers of the provider, with its add-ons; nothing ordered."""
    panel = Panel.new_in(root, login)
    shop = ServerReseller(panel, up)
    shop.settings()
    panel.plug_in("processing/pmbill2bill", "addon/bill2bill")
    connection = {"url": up.url, "username": USER, "ca_file": up.ca_file, "send_close": "on"}
    module = panel.new(
        "sandbox.module.add",
        {"password": PASSWORD},
        module=shop.module,
        type="vds",
        name="Provider",
        **connection,
    )
    for name, tariff, price in (("Small", KVM2, 10), ("Large", KVM4, 20)):
        panel.call(
            "sandbox.tariff.add",
            itemtype="vds",
            name=name,
            module=module,
            monthly=price,
            b2b_tariff=tariff,
            b2b_datacenter=3,
        )
    for plan, included in ((SMALL, 2), (LARGE, 4)):
        panel.call(
            "sandbox.addon.add",
            pricelist=plan,
            intname="ncpu",
            addontype="int",
            limit=included,
            min=1,
            max=8,
            step=1,
            monthly=3,
        )
        panel.call("sandbox.addon.add", pricelist=plan, intname="backup", addontype="bool", monthly=4)
    return shop
