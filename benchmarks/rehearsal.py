"""A panel with the plugin installed by install.sh, and a provider that answers at once: where the benchmark runs the module."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import List, NamedTuple, Optional, Type

HOME = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HOME))

from bill2bill.sandbox.stage import Panel, Provider  # noqa: E402

WHEELS = HOME / ".cache" / "wheels"
MODULE = "pmbill2billreg"
AT_ONCE, QUEUED = {"mode": "immediate"}, {"mode": "clock", "n": 1}  # when the registrar is done
PERSON = {
    "profiletype": "1", "firstname": "Ivan", "lastname": "Ivanov", "middlename": "I", "firstname_locale": "Иван", "lastname_locale": "Иванов",
    "middlename_locale": "Иванович", "birthdate": "1980-01-31", "passport": "3102 651241", "passport_org": "OVD", "passport_date": "2005-02-28",
    "email": "ivan@example.ru", "phone": "+7 (495) 123-45-67", "mobile": "+7 (495) 123-45-67", "location_country": "182",
    "location_state": "Moscow", "location_postcode": "101000", "location_city": "Moscow", "location_address": "Mira 1-2",
}  # fmt: skip


class Task(NamedTuple):
    """One running operation that waits for the module."""

    command: str
    item: int
    operation: int


class Rehearsal:
    """Use as a context manager. folder: an empty one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.panel = Panel.make(folder / "mgr5")
        self.root = str(self.panel.root)
        self.module = f"{self.root}/processing/{MODULE}"
        self.release = f"{self.root}/src/pmbill2bill/current"
        self.python = f"{self.release}/venv/bin/python"
        self._names = 0

    def __enter__(self) -> Rehearsal:
        self._install()
        self.provider = Provider(self.folder / "provider")
        try:
            self._set_up()
        except BaseException:
            self.provider.stop()
            raise
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.provider.stop()

    def _install(self) -> None:
        """From the packages that script/bootstrap collected; without them, as this machine's pip is set up."""
        wheels = ["--wheels", str(WHEELS)] if WHEELS.is_dir() else []
        subprocess.run([HOME / "install.sh", "--root", self.root, *wheels], check=True, stdout=subprocess.DEVNULL)
        (self.panel.root / "etc" / "bill2bill.conf").write_text("pace 0\n", encoding="utf-8")

    def _set_up(self) -> None:
        """The connection is checked when it is made, which also fetches the price and country files."""
        self.provider.post("balance", account=4411, balance="1000000.00", credit="0")
        instance = self.panel.new(
            "sandbox.module.add", {"password": "secret"}, module=MODULE, type="domain", name="Upstream", url=self.provider.url,
            username="reseller", project="*.ru-tld.ru (Domains)", department=1,
        )  # fmt: skip
        self.panel.call("sandbox.tld.add", name="ru", whois_find_string="not exist")
        self.tariff = self.panel.new("sandbox.tariff.add", itemtype="domain", name="RU", module=instance, tld="ru", annually="300")
        self.contact = self.panel.new("sandbox.contact.add", None, name="Ivanov", **PERSON)

    # -- operations and what they called ---------------------------------------------------------------------------------

    def order(self) -> Task:
        """A new domain, ordered and paid; always for the same contact."""
        self._names += 1
        item = self.panel.new(
            "sandbox.order", itemtype="domain", pricelist=self.tariff, period=12, domain=f"example-{self._names}.ru", owner=self.contact,
            ns0="ns1.example.net", ns1="ns2.example.net",
        )  # fmt: skip
        return Task("open", item, int(self.panel.call("sandbox.pay", elid=item).findtext("operation") or 0))

    def renewal(self, item: int) -> Task:
        return Task("prolong", item, self.panel.new("sandbox.operation", item=item, command="prolong"))

    def words(self, task: Task) -> List[str]:
        """How the panel calls the module for it (host-protocol 2.2)."""
        return [self.module, "--command", task.command, "--item", str(task.item), "--runningoperation", str(task.operation)]

    def mgrctl_calls(self) -> List[str]:
        """The functions of the panel that the module called so far."""
        return [str(call["func"]) for call in self.panel.calls() if call["ssh_connection"] == MODULE]

    def remote_calls(self) -> List[str]:
        """The functions of the provider that were called so far."""
        return [str(request["func"]) for request in self.provider.get("requests")]

    def registrar(self, progress: object) -> None:
        self.provider.post("switch", progress=progress)
