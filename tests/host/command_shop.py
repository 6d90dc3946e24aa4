"""A shop: the registrar module run in this process, on a real sandbox panel, buying from a real sandbox provider.

Data of the panel is planted through the sandbox's own tables (a person's work, no process needed); what the module does goes the real way.
"""

from __future__ import annotations

import io
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from lxml import etree

from bill2bill.host import place
from bill2bill.journal.store import Store
from bill2bill.main import run
from bill2bill.sandbox.host import crypt, operations, profiles
from bill2bill.sandbox.host.functions import call
from bill2bill.sandbox.host.panel import Panel, Request
from bill2bill.sandbox.stage import HOME, Provider, read_lines

EXECUTABLE = "pmbill2billreg"
MODULE = 1
NS = ("ns1.example.net", "ns2.example.net")
OPTIONS = "pace 0\npanel_wait 0\nitem_wait 0\n"
TODAY = datetime.now().date()  # noqa: DTZ005 - the panel's dates are local
EXPIRES = date(TODAY.year + 1, 3, 14)

PERSON = {
    "firstname": "Ivan", "lastname": "Ivanov", "middlename": "I", "firstname_locale": "Иван", "lastname_locale": "Иванов",
    "middlename_locale": "Иванович", "birthdate": "1980-01-31", "passport": "3102 651241", "passport_org": "OVD", "passport_date": "2005-02-28",
    "email": "ivan@example.ru", "phone": "+7 (495) 123-45-67", "mobile": "+7 (495) 123-45-67", "location_country": "182",
    "location_state": "Moscow", "location_postcode": "101000", "location_city": "Moscow", "location_address": "Mira 1-2",
}  # fmt: skip


def in_years(day: date, years: int) -> date:
    leaps = (day.month, day.day) == (2, 29) and (day.year + years) % 4
    return day.replace(year=day.year + years, day=28 if leaps else day.day)


class Answer:
    """What one call of the module gave: exit status, stdout, and the error in it ("" if there is none)."""

    def __init__(self, status: int, out: bytes) -> None:
        self.status, self.out = status, out
        self.doc = etree.fromstring(out) if out else None
        error = self.doc.find("error") if self.doc is not None else None
        self.code = "" if error is None else error.get("type", "")
        self.text = "" if error is None else error.findtext("msg") or ""

    def value(self, name: str) -> str:
        """A param of the error."""
        return self.doc.findtext(f"error/param[@name='{name}']") or ""


def ask(root: Path, *argv: str, stdin: bytes = b"") -> Answer:
    """One call of the executable in `root`, in this process."""
    out, err = io.BytesIO(), io.StringIO()
    status = run("registrar", [str(root / "processing" / EXECUTABLE), *argv], io.BytesIO(stdin), out, err, {})
    assert err.getvalue() == ""
    return Answer(status, out.getvalue())


class Shop:
    def __init__(self, root: Path, up: Provider) -> None:
        self.root, self.up = root, up
        self.panel = Panel(str(root))
        self.db = self.panel.db
        self.options()

    # -- what a person does ----------------------------------------------------------------------------------------

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
            self.db.insert("processingparam", processingmodule=module, intname=row["intname"], value=row["value"])
        self.connection(module, password="secret", **values)
        return module

    def contact(self, item: int, *roles: str, profiletype: int = 1, without: Sequence[str] = (), **fields: str) -> int:
        known = {name: value for name, value in {**PERSON, **fields}.items() if name not in without}
        profile = profiles.create(self.panel, "Ivanov", profiletype, 2, known)
        for role in roles:
            self.db.insert("service_profile2item", service_profile=profile, item=item, type=role)
        return profile

    def item(self, domain: str = "example.ru", zone: str = "ru", owner: bool = True, ns: Sequence[str] = NS, **columns: Any) -> int:
        """An ordered domain of 12 months, nothing known at the provider."""
        tld = self.db.find("tld", name=zone)[0]["id"]
        plan = self.db.find("pricelist", intname=str(tld))[0]["id"]
        row = {
            "name": domain, "pricelist": plan, "account": 2, "subaccount": 1, "period": 12, "status": 1, "processingmodule": MODULE,
            "cost": "300.0000", "currency": 126, "costperiod": 12, **columns,
        }  # fmt: skip
        item = self.db.insert("item", **row)
        self.params(item, domain=domain, **{f"ns{number}": server for number, server in enumerate(ns)})
        if owner:
            self.contact(item, "owner")
        return item

    def sold(self, domain: str = "example.ru", zone: str = "ru", expires: Optional[date] = EXPIRES, panel: Optional[date] = EXPIRES,
             upstream: Optional[Mapping[str, Any]] = None, **columns: Any) -> int:  # fmt: skip
        """A domain that is registered on both sides and linked. expires: at the provider; panel: on the panel."""
        made = self.up.post("domain", **{"name": domain, "expire": str(expires) if expires else None, **(upstream or {})})
        assert "id" in made, made
        item = self.item(domain, zone, owner=False, **{"status": 2, "opendate": "2020-01-01", "expiredate": str(panel) if panel else None, **columns})
        self.params(item, bill2bill=f"id={made['id']};price={made['price']};period={made['period']}", service_status="2")
        return item

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

    # -- what the panel does ---------------------------------------------------------------------------------------

    def ask(self, command: str, *argv: object, stdin: bytes = b"", lang: str = "") -> Answer:
        words = ["--command", command, *map(str, argv), *(["--lang", lang] if lang else [])]
        return ask(self.root, *words, stdin=stdin)

    def attempt(self, operation: int, lang: str = "") -> Answer:
        """One run of an operation: trycount grows first (host-protocol 2.8)."""
        row = self.db.get("runningoperation", operation)
        self.db.update("runningoperation", operation, trycount=row["trycount"] + 1)
        return self.ask(row["intname"], "--item", row["item"], "--runningoperation", operation, lang=lang)

    def start(self, command: str, item: int, lang: str = "") -> Answer:
        """A new operation and its first run."""
        return self.attempt(self.operation(item, command), lang)

    # -- what came of it -------------------------------------------------------------------------------------------

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
        (row,) = [row for row in self.up.get("requests") if row["func"] == func and row["params"].get("sok") == "ok"]
        return row["params"]

    @property
    def charges(self) -> List[Tuple[str, str]]:
        return [(row["kind"], row["name"]) for row in self.up.get("ledger")]

    def at_provider(self, domain: str = "example.ru") -> Dict[str, Any]:
        (row,) = [row for row in self.up.get("state")["domains"] if row["name"] == domain]
        return row

    @property
    def remote_contacts(self) -> List[Dict[str, Any]]:
        return self.up.get("state")["contacts"]

    def at_once(self) -> None:
        """The registrar behind the provider is done before anybody looks."""
        self.up.post("switch", progress={"mode": "immediate"})

    def fault(self, func: str, kind: str, **more: object) -> None:
        self.up.post("faults", func=func, kind=kind, **more)

    @property
    def store(self) -> Store:
        return Store(self.root / "var" / "bill2bill", place.machine_id(), str(self.root.resolve()))

    @property
    def log(self) -> str:
        path = self.root / "var" / f"{EXECUTABLE}.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def aged(self, seconds: float) -> None:
        """As if every purchase had been sent so long ago."""
        with self.store.write() as db:
            db.execute("UPDATE purchase SET sent = sent - ?", (seconds,))


def template(root: Path, up: Provider) -> None:
    """A panel with the module, one connection (through the panel's own form: the executable runs), and four zones for sale."""
    from bill2bill.sandbox.stage import Panel as Stage

    stage = Stage.make(root)
    script = (HOME / "registrar_module" / EXECUTABLE).read_text().split("\n", 1)[1]
    executable = root / "processing" / EXECUTABLE
    executable.write_text(f"#!{sys.executable} -IXutf8\nimport sys; sys.path.insert(0, {str(HOME)!r})\n{script}")
    executable.chmod(0o755)
    described = f"etc/xml/billmgr_mod_{EXECUTABLE}.xml"
    (root / described).write_bytes((HOME / described).read_bytes())
    given = {"url": up.url, "username": "reseller", "project": "*.ru-tld.ru (Domains)"}
    assert stage.new("sandbox.module.add", {"password": "secret"}, module=EXECUTABLE, type="domain", name="My upstream", **given) == MODULE
    panel = Panel(str(root))
    for zone in ("ru", "com", "рф", "online"):
        call(panel, Request("sandbox.tld.add", {"name": zone, "whois_find_string": "not exist"}))
        tariff = {"itemtype": "domain", "name": f"Domain {zone}", "module": str(MODULE), "tld": zone, "annually": "300"}
        call(panel, Request("sandbox.tariff.add", tariff))
    panel.db.close()
