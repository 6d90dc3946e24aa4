"""The two modules, each on a panel of its own with a provider of its kind behind a middleman, and the words
in which the attacks speak of them.

What is true is what the provider's ledger and the panel's tables say.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, ClassVar, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple, TypeVar

from kit.databases import tables
from kit.journal_files import numbers_come_again
from kit.panel import Panel, copy_rows
from kit.provider import Provider
from kit.reseller import OPTIONS, PASSPORT, PASSWORD, PERSON, USER, Reseller
from kit.wire import Asked, Middleman

from bill2bill.errors import CODES
from bill2bill.journal.journal import Happened

CLEAN = {"PATH": "/usr/bin:/bin", "HOME": "/root", "LANG": "C"}


@dataclass(frozen=True)
class Kind:
    """What differs between the two modules. spends: the call that buys; reads: a call whose answer every
    purchase needs.
    """

    name: str
    executable: str
    folder: str
    dialect: str
    itemtype: str
    spends: str
    reads: str
    zone: str
    months: int
    choices: Mapping[str, object]

    def __str__(self) -> str:
        return self.name


REGISTRAR = Kind("registrar", "pmbill2billreg", "registrar_module", "4", "domain", "domain.order.4",
    "accountinfo", "ru", 12,
                 {"ns0": "ns1.example.net", "ns1": "ns2.example.net", "owner": 1})  # fmt: skip
PROCESSING = Kind("processing", "pmbill2bill", "processing", "6", "vds", "v2.vds.order.param", "whoami",
    "example.net", 1,
                  {"ostempl": "ISPsystem__Debian-12"})  # fmt: skip
KINDS = (REGISTRAR, PROCESSING)
Anything = TypeVar("Anything")


def share(kind: Kind, many: Iterable[Anything]) -> List[Anything]:
    """Every second one, for what both modules share: each is tried with one of the two."""
    return list(many)[KINDS.index(kind) :: 2]


@dataclass(frozen=True)
class Ran:
    """One process that has ended. peak: its largest resident memory in MiB, 0 if it was not measured."""

    status: int
    out: bytes
    err: bytes
    peak: float

    @property
    def code(self) -> str:
        """The error that it printed; "" for none."""
        error = ET.fromstring(self.out).find("error") if self.out else None
        return "" if error is None else error.get("type", "?")

    def failed_clearly(self) -> str:
        """The code of the error; the process ended as the panel wants it to (host-protocol 2.1), and nothing
        fell through.
        """
        assert (self.status, self.err) == (1, b""), self
        assert self.code in CODES, self.out.decode()
        assert self.code != "internal", self.out.decode()
        return self.code


class Stage(Reseller):
    options: ClassVar[Mapping[str, object]] = {**OPTIONS, "connect_timeout": 2, "listing_fresh": 0}

    def __init__(self, kind: Kind, panel: Panel, up: Provider, man: Middleman) -> None:
        super().__init__(panel, up)
        self.kind, self.man, self.module = kind, man, kind.executable

    # -- what a person does ----------------------------------------------------------------------------------

    def paid(self, *names: str) -> Dict[str, Job]:
        """Paid orders that wait to be opened. The first is ordered, the others are copies of its rows: the
        panel would write the same.
        """
        first, *rest = names
        item = self.panel.new(
            "sandbox.order", itemtype=self.kind.itemtype, pricelist=1, period=self.kind.months, domain=first,
            **self.kind.choices
        )  # fmt: skip
        jobs = {first: Job(item, self.pay(item))}
        with tables(self.root) as db, db.transaction():
            for name in rest:
                copy = copy_rows(db, "item", "id", item, name=name)
                for table in ("itemparam", "service_profile2item"):
                    copy_rows(db, table, "item", item, item=copy)
                db.run("UPDATE itemparam SET value = ? WHERE item = ? AND intname = 'domain'", name, copy)
                jobs[name] = Job(copy, copy_rows(db, "runningoperation", "item", item, item=copy))
        return jobs

    # -- processes -------------------------------------------------------------------------------------------

    def call(self, *argv: str, stdin: bytes = b"", **how: Any) -> Ran:
        return run([str(self.root / "processing" / self.kind.executable), *argv], stdin, self.root, **how)

    def ask(self, command: str, *argv: str, stdin: bytes = b"", **how: Any) -> Ran:
        return self.call("--command", command, *argv, stdin=stdin, **how)

    def carry_out(self, command: str, job: Job, **how: Any) -> Ran:
        """As the panel repeats an operation."""
        self.counted(job.operation)
        return self.ask(command, "--item", str(job.item), "--runningoperation", str(job.operation), **how)

    def check(self, measured: bool = False, **fields: str) -> Ran:
        """check_connection with these fields in place of the right ones."""
        return self.ask("check_connection", stdin=self.form(**fields), measured=measured)

    def form(self, **fields: str) -> bytes:
        right = {
            "url": self.man.url,
            "dialect": self.kind.dialect,
            "username": USER,
            "password": PASSWORD,
            "ca_file": self.man.ca_file,
        }
        if self.kind is REGISTRAR:
            right["project"] = "*.ru-tld.ru (Domains)"
        doc = ET.Element("doc")
        box = ET.SubElement(doc, "processingmodule")
        for name, value in {**right, **fields}.items():
            ET.SubElement(box, name).text = value
        return ET.tostring(doc, encoding="utf-8")

    def is_spending(self, asked: Asked, name: str = "") -> bool:
        """Is this the call that buys (this name)? Version 4 is told the label and the zone apart."""
        told = asked.params.get("domain", "")
        named = f"{told}.{asked.params['tld']}" if "tld" in asked.params else told
        return asked.func == self.kind.spends and asked.params.get("sok") == "ok" and name in ("", named)

    # -- what is true ----------------------------------------------------------------------------------------

    def charged(self, *names: str) -> List[str]:
        """The names that were charged, each as often as it was; without names, all."""
        return sorted(row["name"] for row in self.up.get("ledger") if not names or row["name"] in names)

    def running(self) -> Dict[int, Dict[str, Any]]:
        return {row["id"]: row for row in self.operations()}

    def history(self, job: Job) -> List[Happened]:
        """The events of the purchase that opens the item."""
        purchase = self.journal().latest(job.item, "open")
        return self.journal().history(purchase.id) if purchase else []

    def log(self) -> str:
        return (self.root / "var" / f"{self.kind.executable}.log").read_text(encoding="utf-8")

    def counts(self) -> Dict[str, int]:
        """Rows of every table that nobody but the panel may fill or empty."""
        names = (
            "account",
            "pricelist",
            "processingmodule",
            "processingparam",
            "itemtype",
            "user",
            "tld",
            "department",
        )
        return {name: self.rows(f"SELECT COUNT(*) AS n FROM {name}")[0]["n"] for name in names}


@dataclass(frozen=True)
class Job:
    item: int
    operation: int


# Starts a program from a small process: the kernel counts the memory of the one that starts it, too.
MEASURED = """
import os, sys
child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(child, 0)
os.write(int(sys.argv[1]), str(used.ru_maxrss).encode())
os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 200)
"""


def run(
    words: Sequence[str],
    stdin: bytes,
    folder: Path,
    *,
    env: Mapping[str, str] = CLEAN,
    seconds: float = 60,
    before: Optional[Callable[[], None]] = None,
    measured: bool = False,
) -> Ran:
    """Run to the end. before: in the new process, before the program begins; measured: tell its peak of
    cache.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as used:
        given.write(stdin)
        given.seek(0)
        launch = [sys.executable, "-IS", "-c", MEASURED, str(used.fileno())] if measured else []
        done = subprocess.run(
            [*launch, *words], stdin=given, capture_output=True, cwd=folder, env=dict(env), preexec_fn=before,
            timeout=seconds,
            pass_fds=[used.fileno()] if measured else [],
        )  # fmt: skip
        used.seek(0)
        return Ran(done.returncode, done.stdout, done.stderr, int(used.read() or 0) / 1024)


def at_once(work: Callable[[Any], Ran], many: Sequence[Any], workers: int = 4) -> List[Ran]:
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(work, many))


# -- building ------------------------------------------------------------------------------------------------


def provider(kind: Kind, folder: Path) -> Provider:
    """Without TLS: the middleman in front of it has that."""
    return Provider(folder, "--dialect", kind.dialect, user=USER, password=PASSWORD)


def build(kind: Kind, root: Path, up: Provider, man: Middleman) -> Stage:
    """A panel that sells what the provider has. Its first order has been carried out: prices are kept, the
    contact is made.
    """
    stage = Stage(kind, Panel.new_in(root), up, man)
    stage.settings()
    stage.panel.plug_in(f"{kind.folder}/{kind.executable}")
    module = stage.panel.new(
        "sandbox.module.add", {"password": PASSWORD}, module=kind.executable, type=kind.itemtype,
        name="Provider", url=man.url, username=USER,
        ca_file=man.ca_file, send_close="on",
        **({"project": "*.ru-tld.ru (Domains)"} if kind is REGISTRAR else {}),
    )  # fmt: skip
    sell(stage, module)
    rich(stage)
    job = stage.paid(f"first.{kind.zone}")[f"first.{kind.zone}"]
    up.post("switch", **READY[kind.name])
    done = stage.carry_out("open", job)
    assert (done.status, done.out) == (0, b""), done
    return stage


READY: Mapping[str, Mapping[str, Any]] = {"registrar": {"progress": {"mode": "immediate"}}, "processing": {}}


def sell(stage: Stage, module: int) -> None:
    panel = stage.panel
    if stage.kind is REGISTRAR:
        panel.call("sandbox.tld.add", name="ru", whois_find_string="not exist")
        panel.call(
            "sandbox.tariff.add", itemtype="domain", name=".ru", module=module, tld="ru", annually="199.00"
        )
        panel.call("sandbox.contact.add", {"passport": PASSPORT}, **PERSON)
        return
    panel.call(
        "sandbox.tariff.add",
        itemtype="vds",
        name="KVM-2",
        module=module,
        monthly="10",
        b2b_tariff="277",
        b2b_datacenter="3",
    )
    panel.call(
        "sandbox.addon.add",
        pricelist=1,
        intname="ncpu",
        addontype="int",
        billtype="2",
        limit=2,
        min=1,
        max=8,
        step=1,
        monthly="3",
    )


def rich(stage: Stage) -> None:
    """Money enough that no purchase fails for it."""
    stage.up.post("balance", balance="900000.00", **({"account": 4411} if stage.kind is REGISTRAR else {}))


def copied(template: Stage, root: Path) -> Stage:
    """A panel of one's own; the provider is as on its first day."""
    stage = template.copied(root)
    numbers_come_again(stage.journal())
    return stage


def names_of(kind: Kind, word: str, count: int) -> Tuple[str, ...]:
    return tuple(f"{word}{number}.{kind.zone}" for number in range(count))
