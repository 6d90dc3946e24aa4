"""What the two modules sell in a benchmark."""

from __future__ import annotations

from typing import Iterator, List, Tuple

from rehearsal import FAILURE, Module

SERVERS = 10  # that are compared with one listing
REPEATED = f"sync_item of {SERVERS - 1} more"
KVM2, KVM4 = 277, 278  # tariffs of the provider
PERSON = {
    "profiletype": "1", "firstname": "Ivan", "lastname": "Ivanov", "middlename": "I",
    "firstname_locale": "Иван", "lastname_locale": "Иванов",
    "middlename_locale": "Иванович", "birthdate": "1980-01-31", "passport": "3102 651241",
    "passport_org": "OVD", "passport_date": "2005-02-28",
    "email": "ivan@example.ru", "phone": "+7 (495) 123-45-67", "mobile": "+7 (495) 123-45-67",
    "location_country": "182",
    "location_state": "Moscow", "location_postcode": "101000", "location_city": "Moscow",
    "location_address": "Mira 1-2",
}  # fmt: skip


class Domains(Module):
    """The same contact orders them all, so the provider knows it."""

    executable, dialect = "pmbill2billreg", "4"
    commands = slow = ("open", "prolong")
    limits = {
        "open": (5, 4), "open, later": (5, 3), "open, at once": (5, 4), "prolong": (4, 3),
        "prolong, later": (4, 3), "prolong, at once": (4, 3),
        FAILURE: (1, 6),
    }  # fmt: skip

    def set_up(self) -> None:
        """The connection is checked when it is made, which also fetches the price and country files."""
        self.provider.post("balance", account=4411, balance="1000000.00", credit="0")
        instance = self.panel.new(
            "sandbox.module.add", {"password": "secret"}, module=self.executable, type="domain",
            name="Domains", url=self.provider.url,
            username="reseller", project="*.ru-tld.ru (Domains)", department=1, ca_file=self.authorities(),
        )  # fmt: skip
        self.panel.call("sandbox.tld.add", name="ru", whois_find_string="not exist")
        self.tariff = self.panel.new(
            "sandbox.tariff.add", itemtype="domain", name="RU", module=instance, tld="ru", annually="300"
        )
        self.contact = self.panel.new("sandbox.contact.add", None, name="Ivanov", **PERSON)
        self.quick(quick=True)

    def ordered(self) -> int:
        self._made += 1
        return self.panel.new(
            "sandbox.order", itemtype="domain", pricelist=self.tariff, period=12,
            domain=f"example-{self._made}.ru", owner=self.contact,
            ns0="ns1.example.net", ns1="ns2.example.net",
        )  # fmt: skip

    def quick(self, *, quick: bool) -> None:
        self.provider.post("switch", progress={"mode": "immediate"} if quick else {"mode": "clock", "n": 1})


class Servers(Module):
    executable, dialect = "pmbill2bill", "6"
    commands, slow = ("open", "prolong", "setparam", "suspend", "sync_item"), ("open",)
    limits = {
        "open": (11, 2), "open, later": (1, 2), "open, at once": (8, 4), "prolong": (3, 3),
        "prolong, at once": (3, 3), "setparam": (4, 1),
        "setparam, tariff": (10, 2), "suspend": (3, 1), "sync_item": (3, 0), REPEATED: (0, 0),
        FAILURE: (1, 6),
    }  # fmt: skip

    def set_up(self) -> None:
        """The check of the connection fetches the tariffs. One page holds all servers, however many a
        benchmark has ordered.
        """
        self.provider.post("switch", page_cap=0)
        self.provider.post("balance", balance="1000000.00")
        instance = self.panel.new(
            "sandbox.module.add", {"password": "secret"}, module=self.executable, type="vds", name="Servers",
            url=self.provider.url,
            username="reseller", department=1, ca_file=self.authorities(),
        )  # fmt: skip
        self.small, self.large = (
            self._tariff(instance, name, remote) for name, remote in (("Small", KVM2), ("Large", KVM4))
        )
        self.quick(quick=True)
        self.listed = [self.bought()]  # servers that every later order finds in the listing

    def _tariff(self, instance: int, name: str, remote: int) -> int:
        tariff = self.panel.new(
            "sandbox.tariff.add",
            itemtype="vds",
            name=name,
            module=instance,
            monthly=10,
            b2b_tariff=remote,
            b2b_datacenter=3,
        )
        self.panel.call(
            "sandbox.addon.add",
            pricelist=tariff,
            intname="ncpu",
            addontype="int",
            limit=2,
            min=1,
            max=8,
            step=1,
            monthly=3,
        )
        self.panel.call("sandbox.addon.add", pricelist=tariff, intname="backup", addontype="bool", monthly=4)
        return tariff

    def ordered(self) -> int:
        self._made += 1
        return self.panel.new(
            "sandbox.order",
            itemtype="vds",
            pricelist=self.small,
            period=1,
            domain=f"vm{self._made}.example.net",
            ostempl="ISPsystem__Debian-12",
        )

    def item_for(self, command: str) -> int:
        return self.listed[0] if command == "sync_item" else super().item_for(command)

    def operation(self, command: str, item: int) -> int:
        if command == "setparam":
            return int(self.panel.call("sandbox.change", item=item, addon_ncpu=4).findtext("operation") or 0)
        return 0 if command == "sync_item" else super().operation(command, item)

    def quick(self, *, quick: bool) -> None:
        self.provider.post("switch", async_delay=0 if quick else "never")

    def runs(self) -> Iterator[Tuple[str, List[str]]]:
        yield from super().runs()
        for command in ("setparam", "suspend"):
            yield command, self.words(command)
        item = self.bought()
        operation = self.panel.new("sandbox.operation", item=item, command="setparam", pricelist=self.large)
        yield (
            "setparam, tariff",
            [self.path, "--command", "setparam", "--item", str(item), "--runningoperation", str(operation)],
        )
        self.listed += [self.bought() for _ in range(SERVERS - 1)]
        self.stage.settings("listing_fresh 0")  # as if its time were over
        for item in self.listed:
            yield (
                "sync_item" if item == self.listed[0] else REPEATED,
                [self.path, "--command", "sync_item", "--item", str(item)],
            )
            self.stage.settings()
