"""Where one run after the other takes place: a panel in a folder, a provider of each version, the warm
launcher; all as on their first day.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import sqlite3
import ssl
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Dict, List, Mapping, Optional, Tuple, Type
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bill2bill.sandbox.stage import HOME, Panel, Provider

from .forked import DEVNULL, PIPE, Forked, connected
from .launcher import SOCKET
from .mortal import FOLDER, PLAN, TRACE

USER, PASSWORD = "reseller", "secret"
DOMAINS, SERVERS = "pmbill2billreg", "pmbill2bill"
RU, COM, SMALL, LARGE = 1, 2, 3, 4  # tariff plans of the panel
KVM2, KVM4 = 277, 278  # what the last two are at the provider
MOST_ITEMS = 3  # of one run
PERSON = {
    "profiletype": "1", "name": "Ivanov", "firstname": "Ivan", "lastname": "Ivanov", "middlename": "I",
    "firstname_locale": "Иван",
    "lastname_locale": "Иванов", "middlename_locale": "Иванович", "birthdate": "1980-01-31",
    "passport": "7719 604823", "passport_org": "OVD",
    "passport_date": "2005-02-28", "email": "ivan@example.ru", "phone": "+7 (495) 123-45-67",
    "mobile": "+7 (495) 123-45-67",
    "location_country": "182", "location_state": "Moscow", "location_postcode": "101000",
    "location_city": "Moscow", "location_address": "Mira 1-2",
}  # fmt: skip
# Waits in seconds: what takes minutes and hours on a panel.
SETTLE, OVERDUE = 2.0, 10.0
OPTIONS: Mapping[str, object] = {
    "settle": SETTLE, "overdue": OVERDUE, "read_timeout": 1, "spend_timeout": 1, "connect_timeout": 1,
    "answer_limit": 1, "pace": 0, "parallel": 4,
    "item_wait": 1, "panel_wait": 3, "tries": 10, "listing_fresh": 1,
}  # fmt: skip
COLD = """#!{python} -IXutf8
import sys

sys.path.insert(0, {benchmarks!r})
from crash.launcher import started

sys.exit(started({root!r}, {name!r}, sys.argv))
"""


class Site:
    """A provider's control URLs, over one connection that is kept."""

    def __init__(self, provider: Provider) -> None:
        self.url, self.ca_file, self.folder = provider.url, provider.ca_file, provider.folder
        address = urlsplit(provider.control)
        self._host, self._port = address.hostname or "", address.port or 0
        self._trust = ssl.create_default_context(cafile=provider.ca_file) if provider.ca_file else None
        self._kept: Optional[http.client.HTTPConnection] = None

    def ask(self, method: str, name: str, data: Optional[Mapping[str, object]] = None) -> Any:
        for last in (False, True):
            try:
                return self._asked(method, name, data)
            except (http.client.HTTPException, OSError):
                self._kept = None
                if last:
                    raise
        return None

    def _asked(self, method: str, name: str, data: Optional[Mapping[str, object]]) -> Any:
        if self._kept is None:
            kind: Any = http.client.HTTPSConnection if self._trust else http.client.HTTPConnection
            self._kept = kind(
                self._host, self._port, timeout=30, **({"context": self._trust} if self._trust else {})
            )
        self._kept.request(
            method,
            f"/_sandbox/{name}",
            None if data is None else json.dumps(data),
            {"Content-Type": "application/json"},
        )
        answer = self._kept.getresponse()
        said = json.loads(answer.read())
        if answer.status != 200:
            raise ValueError(f"{method} {name}: {said}")
        return said

    def get(self, name: str) -> Any:
        return self.ask("GET", name)

    def post(self, control: str, /, **data: object) -> Any:
        return self.ask("POST", control, data)


class Place:
    """Use as a context manager. folder: of its own; template: see make_template; tls: are the providers asked
    over TLS?
    """

    def __init__(self, folder: Path, template: Path, *, tls: bool) -> None:
        self.folder, self.template, self.tls = folder, template, tls
        self.root = folder / "mgr5"
        self.cold = False
        self._open = ExitStack()

    def __enter__(self) -> Place:
        self.folder.mkdir(parents=True)
        with self._open:
            options = ["--tls"] if self.tls else []
            self.four = Site(
                self._open.enter_context(Provider(self.folder / "four", "--dialect", "4", *options))
            )
            self.six = Site(
                self._open.enter_context(Provider(self.folder / "six", "--dialect", "6", *options))
            )
            self.sites = {"4": self.four, "6": self.six}
            self._copy_panel()
            self._launch()
            self._open = self._open.pop_all()
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self._open.close()

    # -- once ------------------------------------------------------------------------------------------------

    def _copy_panel(self) -> None:
        """The template's panel, with connections to these providers."""
        shutil.copytree(self.template / "mgr5", self.root)
        for name in ("processing/" + DOMAINS, "processing/" + SERVERS, "sbin/mgrctl", "sbin/tick"):
            _executable(self.root / name, str(self.root))
        database = self.root / "var" / "sandbox" / "billmgr.sqlite3"
        (self.root / "etc" / "billmgr.conf.d" / "db.conf").write_text(
            f"DBType sqlite\nDBName {database}\n", encoding="utf-8"
        )
        for module, site in ((DOMAINS, self.four), (SERVERS, self.six)):
            for name, value in (("url", site.url), ("ca_file", site.ca_file)):
                where = (
                    "intname = ? AND processingmodule = (SELECT id FROM processingmodule WHERE module = ?)"
                )
                self.run((f"UPDATE processingparam SET value = ? WHERE {where}", (value, name, module)))
        shutil.copytree(self.root / "var", self.folder / "var")

    def _launch(self) -> None:
        words = [
            sys.executable,
            "-IXutf8",
            str(HOME / "benchmarks" / "crash" / "launcher.py"),
            str(self.root),
        ]
        launcher = subprocess.Popen(words, stdin=PIPE, stdout=PIPE)
        assert launcher.stdin is not None
        assert launcher.stdout is not None
        self._open.callback(launcher.stdout.close)
        self._open.callback(launcher.wait)
        self._open.callback(launcher.stdin.close)
        if launcher.stdout.readline() != b"ready\n":
            raise RuntimeError("the launcher did not start")

    # -- before each run -------------------------------------------------------------------------------------

    def reset(self, *, cold: bool) -> None:
        """Nothing of the last run lives on: no process, no file, no charge."""
        self.cold = cold
        self.end()
        var = self.root / "var"
        for name in ("sandbox", "bill2bill", "crash"):
            shutil.rmtree(var / name, ignore_errors=True)
        for path in var.glob("*.log"):
            path.unlink()
        for name in ("sandbox", "crash"):
            shutil.copytree(self.folder / "var" / name, var / name)
        for name in ("mgrctl", "runs"):
            (var / "sandbox" / f"{name}.jsonl").unlink(missing_ok=True)
        for site in self.sites.values():
            site.post("reset")

    def end(self) -> None:
        """Kill what is left of a run."""
        with connected(str(self.root / SOCKET)) as launcher:
            launcher.send(b"{}")
            launcher.recv(100)
        for line in self.trace():
            if (
                self.cold
                and line["event"] == "starts"
                and _cmdline(line["pid"]).startswith(str(self.root / "processing"))
            ):
                os.kill(line["pid"], signal.SIGKILL)

    def fates(self, fates: List[Mapping[str, object]], *, without_look: bool) -> None:
        path = self.root / FOLDER / PLAN
        path.write_text(json.dumps({"fates": fates, "without_look": without_look}), encoding="utf-8")

    # -- processes -------------------------------------------------------------------------------------------

    def start(self, *argv: str) -> Any:
        """The panel's tool (`sbin/mgrctl`), a module (`processing/…`) or the plugin's own regular job
        (`sbin/tick`).
        """
        words = [str(self.root / argv[0]), *argv[1:]]
        more: Dict[str, Any] = {
            "cwd": self.root,
            "stdin": DEVNULL,
            "stdout": PIPE,
            "stderr": PIPE,
            "start_new_session": True,
        }
        env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/", "LANG": "C"}
        return (
            subprocess.Popen(words, env=env, **more)
            if self.cold
            else Forked(str(self.root / SOCKET), words, env=env, **more)
        )

    def call(self, func: str, **params: object) -> ET.Element:
        """A person's call of the panel; it must succeed."""
        return answer_of(self.start(*tool(func, **params)))

    def new(self, func: str, **params: object) -> int:
        return int(self.call(func, **params).findtext("id") or 0)

    # -- what is true ----------------------------------------------------------------------------------------

    def rows(self, sql: str, *values: object) -> List[Dict[str, Any]]:
        """Rows of the panel's tables."""
        return _rows(self.root / "var" / "sandbox" / "billmgr.sqlite3", sql, values)

    def run(self, *statements: Tuple[str, Tuple[object, ...]]) -> None:
        """What is planted in the panel's tables."""
        with (
            closing(
                sqlite3.connect(str(self.root / "var" / "sandbox" / "billmgr.sqlite3"), timeout=30)
            ) as db,
            db,
        ):
            for sql, values in statements:
                db.execute(sql, values)

    def journal(self, sql: str, *values: object) -> List[Dict[str, Any]]:
        """Rows of the journal; [] as long as there is no file, or it is still that of an earlier release."""
        path = self.root / "var" / "bill2bill" / "state.sqlite3"
        ours = "SELECT 1 FROM sqlite_master WHERE name = 'event'"
        if not path.exists() or not _rows(path, ours, ()):
            return []
        return _rows(path, sql, values)

    def trace(self) -> List[Dict[str, Any]]:
        return lines(self.root / FOLDER / TRACE)


# -- what every place begins with ----------------------------------------------------------------------------


def make_template(folder: Path) -> None:
    """A panel that sells what both providers have, with everything ordered that a plan may want."""
    with (
        Provider(folder / "four", "--dialect", "4") as four,
        Provider(folder / "six", "--dialect", "6") as six,
    ):
        panel = Panel.make(folder / "mgr5")
        root = panel.root
        _small_key(root / "etc" / "billmgr.pem")
        for source in (HOME / "registrar_module" / DOMAINS, HOME / "processing" / SERVERS):
            _executable(root / "processing" / source.name, str(root))
            shutil.copy(HOME / "etc" / "xml" / f"billmgr_mod_{source.name}.xml", root / "etc" / "xml")
        (root / "etc" / "bill2bill.conf").write_text(
            "".join(f"{name} {value}\n" for name, value in OPTIONS.items()), encoding="utf-8"
        )
        (root / FOLDER).mkdir()
        _sell(panel, four, six)
        _order(panel)
    shutil.rmtree(root / "var" / "bill2bill", ignore_errors=True)


def _sell(panel: Panel, four: Provider, six: Provider) -> None:
    project = {"project": "*.ru-tld.ru (Domains)"}
    domains, servers = (
        panel.new(
            "sandbox.module.add",
            {"password": PASSWORD},
            module=module,
            type=kind,
            name=module,
            url=url,
            username=USER,
            ca_file="",
            **more,
        )
        for module, kind, url, more in ((DOMAINS, "domain", four.url, project), (SERVERS, "vds", six.url, {}))
    )
    for zone, price in {"ru": 199, "com": 990}.items():
        panel.call("sandbox.tld.add", name=zone, whois_find_string="not exist")
        panel.call(
            "sandbox.tariff.add", itemtype="domain", name=f".{zone}", module=domains, tld=zone, annually=price
        )
    for name, tariff, price in (("Small", KVM2, 10), ("Large", KVM4, 20)):
        panel.call(
            "sandbox.tariff.add",
            itemtype="vds",
            name=name,
            module=servers,
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
    panel.call(
        "sandbox.contact.add",
        {"passport": PERSON["passport"]},
        **{name: value for name, value in PERSON.items() if name != "passport"},
    )


def _order(panel: Panel) -> None:
    """One item for each name that a plan may use, not paid; a run takes those that it wants."""
    for place in range(MOST_ITEMS):
        for zone, pricelist in (("ru", RU), ("com", COM)):
            owners = dict.fromkeys(("owner",) if zone == "ru" else ("owner", "admin", "tech", "bill"), 1)
            servers = {"ns0": "ns1.example.net", "ns1": "ns2.example.net"}
            domain = {
                "itemtype": "domain",
                "pricelist": pricelist,
                "period": 12,
                "domain": f"run{place}.{zone}",
            }
            panel.call("sandbox.order", None, **domain, **servers, **owners)
        server = {"itemtype": "vds", "pricelist": SMALL, "period": 1, "domain": f"vm{place}.example.net"}
        panel.call("sandbox.order", None, **server, ostempl="ISPsystem__Debian-12")


def _small_key(path: Path) -> None:
    """A panel's key as it is not on a real one: with 1024 bits it takes a fifth of the time, which most
    processes would spend on nothing else.
    """
    key = rsa.generate_private_key(65537, 1024)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    path.unlink()
    path.touch(0o600)
    path.write_bytes(pem)


def _executable(path: Path, root: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(
        COLD.format(python=sys.executable, benchmarks=str(HOME / "benchmarks"), root=root, name=path.name),
        encoding="utf-8",
    )
    path.chmod(0o755)


def tool(func: str, **params: object) -> Tuple[str, ...]:
    return (
        "sbin/mgrctl",
        "-m",
        "billmgr",
        "-o",
        "xml",
        func,
        *(f"{name}={value}" for name, value in params.items()),
    )


def answer_of(process: Any) -> ET.Element:
    out, err = process.communicate()
    try:
        found = ET.fromstring(out)
    except ET.ParseError:
        raise RuntimeError(f"mgrctl: {process.returncode} {out!r} {err.decode(errors='replace')}") from None
    if found.find("error") is not None:
        raise RuntimeError(out.decode())
    return found


def lines(path: Path) -> List[Dict[str, Any]]:
    """A file of JSON lines; one that a killed process could not finish is left out."""
    if not path.exists():
        return []
    found: List[Dict[str, Any]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        with suppress(json.JSONDecodeError):
            found.append(json.loads(line))
    return found


def _rows(path: Path, sql: str, values: Tuple[object, ...]) -> List[Dict[str, Any]]:
    for tries in range(50):
        try:
            with closing(sqlite3.connect(str(path), timeout=30)) as db:
                db.row_factory = sqlite3.Row
                return [dict(row) for row in db.execute(sql, values)]
        except sqlite3.OperationalError:
            if tries == 49:
                raise
            time.sleep(0.05)  # being made just now
    return []


def _cmdline(pid: int) -> str:
    try:
        return (
            Path(f"/proc/{pid}/cmdline")
            .read_bytes()
            .replace(b"\0", b" ")
            .decode(errors="replace")
            .partition(" ")[2]
            .partition(" ")[2]
        )
    except OSError:
        return ""
