"""A shop for domains: the registrar module, buying from a sandbox provider of version 4."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence

from kit.provider import Provider
from panel_shop import EXPIRES, MODULE, OPTIONS, TODAY, Answer, PanelShop, ask, install

from bill2bill.sandbox.host import profiles
from bill2bill.sandbox.host.dispatch import call
from bill2bill.sandbox.host.panel import Panel, Request

__all__ = ["EXPIRES", "MODULE", "OPTIONS", "TODAY", "Answer", "Shop", "ask", "in_years", "template"]

EXECUTABLE = "pmbill2billreg"
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


class Shop(PanelShop):
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


def template(root: Path, up: Provider) -> None:
    """A panel with the module, one connection (through the panel's own form: the executable runs), and four
    zones for sale.
    """
    stage = install(root, "registrar")
    given = {"url": up.url, "username": "reseller", "project": "*.ru-tld.ru (Domains)"}
    assert (
        stage.new(
            "sandbox.module.add",
            {"password": "secret"},
            module=EXECUTABLE,
            type="domain",
            name="My upstream",
            **given,
        )
        == MODULE
    )
    panel = Panel(str(root))
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
