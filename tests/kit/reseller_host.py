"""A reseller whose module runs in this process, on a real sandbox panel, and what is true afterwards.

Data of the panel is planted through the sandbox's own tables (a person's work, no process needed); what the
module does goes the real way.
"""

from __future__ import annotations

import io
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

import requests
from lxml import etree

from bill2bill.host import place
from bill2bill.host.secrets import decrypt
from bill2bill.journal.journal import Journal
from bill2bill.main import run
from bill2bill.rules.periods import add_months
from bill2bill.sandbox.host import crypt, operations, profiles
from bill2bill.sandbox.host import panel as inside
from bill2bill.sandbox.host.dispatch import call
from bill2bill.sandbox.host.panel import Request
from bill2bill.sandbox.stage import read_lines
from bill2bill.services.modules import MODULES

from .journal_files import age
from .panel import Panel
from .provider import Provider
from .reseller import KVM2, KVM4, LARGE, NAME, SMALL

MODULE = 1
OPTIONS = "pace 0\npanel_wait 0\nitem_wait 0\n"
TODAY = datetime.now().date()  # noqa: DTZ005 - the panel's dates are local
EXPIRES = date(TODAY.year + 1, 3, 14)
DEBIAN = "ISPsystem__Debian-12"
NS = ("ns1.example.net", "ns2.example.net")

PERSON = {
    "firstname": "Ivan", "lastname": "Ivanov", "middlename": "I", "firstname_locale": "Иван",
    "lastname_locale": "Иванов",
    "middlename_locale": "Иванович", "birthdate": "1980-01-31", "passport": "3102 651241",
    "passport_org": "OVD", "passport_date": "2005-02-28",
    "email": "ivan@example.ru", "phone": "+7 (495) 123-45-67", "mobile": "+7 (495) 123-45-67",
    "location_country": "182",
    "location_state": "Moscow", "location_postcode": "101000", "location_city": "Moscow",
    "location_address": "Mira 1-2",
}  # fmt: skip


def in_years(day: date, years: int) -> date:
    leaps = (day.month, day.day) == (2, 29) and (day.year + years) % 4
    return day.replace(year=day.year + years, day=28 if leaps else day.day)


def later(months: int, start: date = EXPIRES) -> date:
    return add_months(start, months)


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


class HostReseller:
    kind: str

    def __init__(self, root: Path, up: Provider) -> None:
        self.root, self.up = root, up
        self.panel = inside.Panel(str(root))
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
        self.up.progress("immediate")

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
        self.up.fault(func, kind, **more)

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


class HostDomainReseller(HostReseller):
    """Domains of a provider of version 4."""

    kind = "registrar"

    def contact(
        self, item: int, *roles: str, profiletype: int = 1, without: Sequence[str] = (), **fields: str
    ) -> int:
        known = {name: value for name, value in {**PERSON, **fields}.items() if name not in without}
        profile = profiles.create(self.panel, "Ivanov", profiletype, 2, known)
        for role in roles:
            self.db.insert("service_profile2item", service_profile=profile, item=item, type=role)
        return profile

    def item(
        self,
        domain: str = "example.ru",
        zone: str = "ru",
        owner: bool = True,
        ns: Sequence[str] = NS,
        **columns: Any,
    ) -> int:
        """An ordered domain of 12 months, nothing known at the provider."""
        tld = self.db.find("tld", name=zone)[0]["id"]
        plan = self.db.find("pricelist", intname=str(tld))[0]["id"]
        row = {
            "name": domain, "pricelist": plan, "account": 2, "subaccount": 1, "period": 12, "status": 1,
            "processingmodule": MODULE,
            "cost": "300.0000", "currency": 126, "costperiod": 12, **columns,
        }  # fmt: skip
        item = self.db.insert("item", **row)
        self.params(item, domain=domain, **{f"ns{number}": server for number, server in enumerate(ns)})
        if owner:
            self.contact(item, "owner")
        return item

    def sold(self, domain: str = "example.ru", zone: str = "ru", expires: Optional[date] = EXPIRES,
        panel: Optional[date] = EXPIRES,
             upstream: Optional[Mapping[str, Any]] = None, **columns: Any) -> int:  # fmt: skip
        """A domain that is registered on both sides and linked. expires: at the provider; panel: on the
        panel.
        """
        made = self.up.post(
            "domain", **{"name": domain, "expire": str(expires) if expires else None, **(upstream or {})}
        )
        assert "id" in made, made
        item = self.item(
            domain,
            zone,
            owner=False,
            **{"status": 2, "opendate": "2020-01-01", "expiredate": str(panel) if panel else None, **columns},
        )
        self.params(
            item,
            bill2bill=f"id={made['id']};price={made['price']};period={made['period']}",
            service_status="2",
        )
        return item

    def at_provider(self, domain: str = "example.ru") -> Dict[str, Any]:
        (row,) = [row for row in self.up.get("state")["domains"] if row["name"] == domain]
        return row

    @property
    def remote_contacts(self) -> List[Dict[str, Any]]:
        return self.up.get("state")["contacts"]


class HostServerReseller(HostReseller):
    """Servers of a provider of version 5 or 6."""

    kind = "processing"

    # -- what a person does ----------------------------------------------------------------------------------

    def order(self, domain: str = NAME, pricelist: int = SMALL, period: int = 1, **more: object) -> int:
        params: Dict[str, object] = {
            "itemtype": "vds",
            "pricelist": pricelist,
            "period": period,
            "domain": domain,
            "ostempl": DEBIAN,
            **more,
        }
        params = {name: value for name, value in params.items() if value != ""}
        return int(self.person("sandbox.order", **params).findtext("id"))

    def bought(self, **order: object) -> int:
        """An item whose order was opened by the module."""
        item = self.order(**order)
        answer = self.start("open", item)
        assert (answer.status, answer.code) == (0, ""), answer.text
        return item

    def owned(self, domain: str = NAME, expires: date = EXPIRES, link: str = "", **remote: Any) -> int:
        """A service that was opened long ago: both sides know it, our journal does not. remote: how the
        provider has it.
        """
        item = self.order(domain)
        self.db.update("item", item, status=2, opendate="2020-01-01", expiredate=str(expires))
        made = self.up.post(
            "service",
            **{
                "itemtype": "vds",
                "domain": domain,
                "pricelist": KVM2,
                "expiredate": str(expires),
                "status": 2,
                **remote,
            },
        )
        self.params(item, bill2bill=link or f"id={made['id']};price={KVM2};period=1", ip=made["ip"])
        return item

    def tariff(self, pricelist: int, **settings: str) -> None:
        for name, value in settings.items():
            self.db.put("pricelistparam", {"pricelist": pricelist, "intname": name}, value=value)

    def change(self, item: int, **values: object) -> int:
        """The client changes add-ons: the operation `setparam`."""
        return int(self.person("sandbox.change", item=item, **values).findtext("operation"))

    def change_tariff(self, item: int, pricelist: int = LARGE) -> int:
        return int(
            self.person("sandbox.operation", item=item, command="setparam", pricelist=pricelist).findtext(
                "id"
            )
        )

    def by_hand(self, func: str, **params: object) -> None:
        """What somebody does in the provider's cabinet with the same login."""
        requests.post(
            self.up.url,
            data={"func": func, "authinfo": "reseller:secret", "out": "xml", **params},
            timeout=10,
        ).raise_for_status()

    # -- what came of it -------------------------------------------------------------------------------------

    @property
    def services(self) -> List[Dict[str, Any]]:
        return self.up.services

    @property
    def service(self) -> Dict[str, Any]:
        (found,) = self.services
        return found

    @property
    def bills(self) -> List[Tuple[str, str]]:
        """(kind, amount) of every charge."""
        return [(row["kind"], row["amount"]) for row in self.up.get("ledger")]

    def switch(self, **values: object) -> None:
        self.up.switch(**values)

    def submitted(self, func: str) -> List[Dict[str, str]]:
        """Parameters of the requests of a form function that acted."""
        return [
            row["params"]
            for row in self.up.get("requests")
            if row["func"] == func and row["params"].get("sok")
        ]

    def secret(self, item: int, name: str) -> Optional[str]:
        found = self.db.find("itemcryptedparam", item=item, intname=name)
        return decrypt(found[0]["value"], Path(self.panel.key)) if found else None


def with_module(root: Path, kind: str) -> Panel:
    """A new panel in `root` with the executable and the description of one kind."""
    panel, module = Panel.new_in(root), MODULES[kind]
    panel.plug_in(f"{module.folder}/{module.executable}")
    return panel


def sells_domains(root: Path, up: Provider) -> None:
    """A panel with the module, one connection (through the panel's own form: the executable runs), and four
    zones for sale.
    """
    stage = with_module(root, "registrar")
    given = {"url": up.url, "username": "reseller", "project": "*.ru-tld.ru (Domains)"}
    assert (
        stage.new(
            "sandbox.module.add",
            {"password": "secret"},
            module="pmbill2billreg",
            type="domain",
            name="My upstream",
            **given,
        )
        == MODULE
    )
    panel = inside.Panel(str(root))
    for zone in ("ru", "com", "рф", "online"):
        call(panel, Request("sandbox.tld.add", {"name": zone, "whois_find_string": "not exist"}))
        tariff = {
            "itemtype": "domain",
            "name": f"Domain {zone}",
            "module": str(MODULE),
            "tld": zone,
            "annually": "300",
        }
        call(panel, Request("sandbox.tariff.add", tariff))
    panel.db.close()


def sells_servers(root: Path, up: Provider) -> None:
    """A panel with the module, one connection, and two tariff plans with the add-ons of the provider's."""
    stage = with_module(root, "processing")
    given = {"url": up.url, "username": "reseller", "send_close": "on"}
    assert (
        stage.new(
            "sandbox.module.add",
            {"password": "secret"},
            module="pmbill2bill",
            type="vds",
            name="My upstream",
            **given,
        )
        == MODULE
    )
    panel = inside.Panel(str(root))

    def person(func: str, **params: object) -> int:
        return int(
            call(panel, Request(func, {name: str(value) for name, value in params.items()})).findtext("id")
            or 0
        )

    for number, name, tariff in ((SMALL, "Small", KVM2), (LARGE, "Large", KVM4)):
        plan = {
            "itemtype": "vds",
            "name": name,
            "module": MODULE,
            "monthly": 10 * number,
            "annually": 100 * number,
        }
        assert person("sandbox.tariff.add", **plan, b2b_tariff=tariff, b2b_datacenter=3) == number
    for number, included in ((SMALL, 2), (LARGE, 4)):
        person(
            "sandbox.addon.add",
            pricelist=number,
            intname="ncpu",
            addontype="int",
            limit=included,
            min=1,
            max=8,
            step=1,
            monthly=3,
        )
        person(
            "sandbox.addon.add",
            pricelist=number,
            intname="control_panel",
            addontype="enum",
            items="901,902",
            default="901",
            monthly=6,
        )
        person("sandbox.addon.add", pricelist=number, intname="backup", addontype="bool", monthly=4)
    panel.db.close()
