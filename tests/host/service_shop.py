"""A shop for servers: the processing module, buying from a sandbox provider of version 5 or 6."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import requests
from kit.provider import Provider
from panel_shop import EXPIRES, MODULE, PanelShop, install

from bill2bill.rules.periods import add_months
from bill2bill.sandbox.host.dispatch import call
from bill2bill.sandbox.host.panel import Panel, Request

NAME = "vm1.example.net"
SMALL, LARGE = 1, 2  # tariff plans of the panel, in the order in which template() makes them
KVM2, KVM4 = 277, 278  # what they are at the provider
DEBIAN = "ISPsystem__Debian-12"


class ServiceShop(PanelShop):
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
        return list(self.up.get("state")["services"])

    @property
    def service(self) -> Dict[str, Any]:
        (found,) = self.services
        return found

    @property
    def bills(self) -> List[Tuple[str, str]]:
        """(kind, amount) of every charge."""
        return [(row["kind"], row["amount"]) for row in self.up.get("ledger")]

    def switch(self, **values: object) -> None:
        self.up.post("switch", **values)

    def submitted(self, func: str) -> List[Dict[str, str]]:
        """Parameters of the requests of a form function that acted."""
        return [
            row["params"]
            for row in self.up.get("requests")
            if row["func"] == func and row["params"].get("sok")
        ]

    def secret(self, item: int, name: str) -> Optional[str]:
        from bill2bill.host.secrets import decrypt

        found = self.db.find("itemcryptedparam", item=item, intname=name)
        return decrypt(found[0]["value"], Path(self.panel.key)) if found else None


def later(months: int, start: date = EXPIRES) -> date:
    return add_months(start, months)


def template(root: Path, up: Provider) -> None:
    """A panel with the module, one connection, and two tariff plans with the add-ons of the provider's."""
    stage = install(root, "processing")
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
    panel = Panel(str(root))

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
