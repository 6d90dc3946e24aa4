"""What every shop has: a module run in this process on a real sandbox panel, and what is true afterwards.

Data of the panel is planted through the sandbox's own tables (a person's work, no process needed); what the
module does goes the real way.
"""

from __future__ import annotations

import io
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

from kit import SMALL_KEY, warm
from kit.journal_files import age
from kit.provider import Provider
from lxml import etree

from bill2bill.host import place
from bill2bill.journal.journal import Journal
from bill2bill.main import run
from bill2bill.sandbox.host import crypt, operations
from bill2bill.sandbox.host.dispatch import call
from bill2bill.sandbox.host.panel import Panel, Request
from bill2bill.sandbox.stage import HOME, read_lines
from bill2bill.sandbox.stage import Panel as Stage
from bill2bill.services.modules import MODULES

MODULE = 1
OPTIONS = "pace 0\npanel_wait 0\nitem_wait 0\n"
TODAY = datetime.now().date()  # noqa: DTZ005 - the panel's dates are local
EXPIRES = date(TODAY.year + 1, 3, 14)


class Answer:
    """What one call of the module gave: exit status, stdout, and the error in it ("" if there is none)."""

    def __init__(self, status: int, out: bytes) -> None:
        self.status, self.out = status, out
        self.doc = etree.fromstring(out) if out else None
        error = self.doc.find("error") if self.doc is not None else None
        self.code = "" if error is None else error.get("type", "")
        self.text = "" if error is None else error.findtext("msg") or ""

    @property
    def question(self) -> str:
        """in_doubt_bought/timeout: what is asked, and on which evidence; the code of any other error."""
        evidence = self.value("evidence") if self.code else ""
        return f"{self.code}/{evidence}" if evidence else self.code

    def value(self, name: str) -> str:
        """A param of the error."""
        return self.doc.findtext(f"error/param[@name='{name}']") or ""


def ask(root: Path, *argv: str, stdin: bytes = b"", kind: str = "registrar") -> Answer:
    """One call of a kind's executable in `root`, in this process."""
    out, err = io.BytesIO(), io.StringIO()
    status = run(
        kind, [str(root / "processing" / MODULES[kind].executable), *argv], io.BytesIO(stdin), out, err, {}
    )
    assert err.getvalue() == ""
    return Answer(status, out.getvalue())


class PanelShop:
    kind: str

    def __init__(self, root: Path, up: Provider) -> None:
        self.root, self.up = root, up
        self.panel = Panel(str(root))
        self.db = self.panel.db
        self.options()

    # -- what a person does ----------------------------------------------------------------------------------

    def options(self, text: str = "") -> None:
        (self.root / "etc" / "bill2bill.conf").write_text(OPTIONS + text)

    def person(self, func: str, **params: object) -> Any:
        return call(self.panel, Request(func, {name: str(value) for name, value in params.items()}))

    def connection(self, module: int = MODULE, **values: str) -> None:
        """Other settings, stored as the panel stores them."""
        for name, value in values.items():
            table = "processingcryptedparam" if name == "password" else "processingparam"
            stored = crypt.encrypt(self.panel.key, value) if name == "password" else value
            self.db.put(table, {"processingmodule": module, "intname": name}, value=stored)

    def second_connection(self, **values: str) -> int:
        base = {**self.db.get("processingmodule", MODULE), "name": "Second"}
        del base["id"]
        module = self.db.insert("processingmodule", **base)
        for row in self.db.find("processingparam", processingmodule=MODULE):
            self.db.insert(
                "processingparam", processingmodule=module, intname=row["intname"], value=row["value"]
            )
        self.connection(module, password="secret", **values)
        return module

    def remote(self, item: int) -> int:
        """The id at the provider that the panel knows."""
        return int(self.param(item, "bill2bill").split(";")[0][3:])

    def params(self, item: int, **values: str) -> None:
        for name, value in values.items():
            self.db.put("itemparam", {"item": item, "intname": name}, value=value)

    def drop(self, item: int, *names: str) -> None:
        for name in names:
            self.db.delete("itemparam", item=item, intname=name)

    def operation(self, item: int, command: str) -> int:
        with self.db.transaction():
            return operations.create(self.panel, self.db.get("item", item), command)

    # -- what the panel does ---------------------------------------------------------------------------------

    def ask(self, command: str, *argv: object, stdin: bytes = b"", lang: str = "") -> Answer:
        words = ["--command", command, *map(str, argv), *(["--lang", lang] if lang else [])]
        return ask(self.root, *words, stdin=stdin, kind=self.kind)

    def attempt(self, operation: int, lang: str = "") -> Answer:
        """One run of an operation: trycount grows first (host-protocol 2.8)."""
        row = self.db.get("runningoperation", operation)
        self.db.update("runningoperation", operation, trycount=row["trycount"] + 1)
        return self.ask(row["intname"], "--item", row["item"], "--runningoperation", operation, lang=lang)

    def start(self, command: str, item: int, lang: str = "") -> Answer:
        """A new operation and its first run."""
        return self.attempt(self.operation(item, command), lang)

    # -- what came of it -------------------------------------------------------------------------------------

    def row(self, item: int) -> Dict[str, Any]:
        return self.db.get("item", item)

    def param(self, item: int, name: str) -> str:
        found = self.db.find("itemparam", item=item, intname=name)
        return found[0]["value"] if found else ""

    def running(self, item: int, command: str) -> Optional[Dict[str, Any]]:
        found = self.db.find("runningoperation", item=item, intname=command)
        return found[0] if found else None

    def is_manual(self, item: int, command: str) -> bool:
        return self.running(item, command)["manual"] == "on"

    def stored_error(self, item: int, command: str) -> Any:
        return etree.fromstring((self.running(item, command)["errorxml"] or "<none/>").encode())

    @property
    def tasks(self) -> List[Dict[str, Any]]:
        return self.db.find("task")

    @property
    def told(self) -> List[Tuple[str, Dict[str, str]]]:
        """(function, parameters) of every mgrctl call so far; elid and sok are left in."""
        return [(line["func"], line["params"]) for line in read_lines(Path(self.panel.log("mgrctl")))]

    @property
    def told_funcs(self) -> List[str]:
        return [func for func, _ in self.told]

    @property
    def asked(self) -> List[str]:
        """The functions that the provider was asked for so far."""
        return [row["func"] for row in self.up.get("requests")]

    def request(self, func: str) -> Dict[str, str]:
        """Parameters of the only such request that was submitted."""
        (row,) = [
            row for row in self.up.get("requests") if row["func"] == func and row["params"].get("sok") == "ok"
        ]
        return row["params"]

    @property
    def charges(self) -> List[Tuple[str, str]]:
        return [(row["kind"], row["name"]) for row in self.up.get("ledger")]

    def at_once(self) -> None:
        """The registrar behind the provider is done before anybody looks."""
        self.up.post("switch", progress={"mode": "immediate"})

    @contextmanager
    def panel_away_once_charged(self, func: str) -> Iterator[None]:
        """The panel goes away while the provider keeps us waiting for its answer to `func`."""
        self.fault(func, "slow", when="after", seconds=1)

        def go_away() -> None:
            while not self.charges:
                time.sleep(0.01)
            subprocess.run(
                [self.root / "sbin" / "mgrctl", "-m", "billmgr", "sandbox.set", "restarting=on"],
                check=True,
                capture_output=True,
            )

        with ThreadPoolExecutor() as apart:
            away = apart.submit(go_away)
            yield
            away.result()

    def fault(self, func: str, kind: str, **more: object) -> None:
        self.up.post("faults", func=func, kind=kind, **more)

    @property
    def store(self) -> Journal:
        return Journal(self.root / "var" / "bill2bill", place.machine_id(), str(self.root.resolve()))

    @property
    def log(self) -> str:
        path = self.root / "var" / f"{MODULES[self.kind].executable}.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def aged(self, seconds: float) -> None:
        """As if every purchase had been sent so long ago."""
        age(self.store, seconds)


def install(root: Path, kind: str) -> Stage:
    """A new panel in `root` with the executable and the description of one kind."""
    stage, module = Stage.make(root, None, *SMALL_KEY), MODULES[kind]
    script = (HOME / module.folder / module.executable).read_text().split("\n", 1)[1]
    executable = root / "processing" / module.executable
    executable.write_text(
        f"#!{sys.executable} -IXutf8\nimport sys; sys.path.insert(0, {str(HOME)!r})\n{script}"
    )
    executable.chmod(0o755)
    warm.executables(root)
    described = f"etc/xml/billmgr_mod_{module.executable}.xml"
    (root / described).write_bytes((HOME / described).read_bytes())
    return stage
