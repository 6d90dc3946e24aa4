"""The reseller's panel selling servers of a provider of version 5 or 6, both as real processes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple

from kit import SMALL_KEY
from kit.databases import tables
from kit.provider import Provider

from bill2bill.sandbox.stage import Panel

from .shop import PASSWORD, USER, Shop, in_months, install

NAME = "vm1.example.net"
SMALL, LARGE = 1, 2  # tariff plans of the panel
KVM2, KVM4 = 277, 278  # what they are at the provider


class ServerShop(Shop):
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

    def bought(self, name: str = NAME, **changes: object) -> int:
        return super().bought(name, **changes)

    def owned(self, name: str = NAME, expires: str = "") -> int:
        """A server that was opened long ago: the panel and the provider know it, our journal does not."""
        item, expires = self.order(name), expires or in_months(6)
        remote = self.up.post(
            "service", itemtype="vds", domain=name, pricelist=KVM2, expiredate=expires, status=2
        )
        with tables(self.panel.root) as db, db.transaction():
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


def build(root: Path, up: Provider, login: Optional[Mapping[str, str]] = None) -> ServerShop:
    """A panel that sells two servers of the provider, with its add-ons; nothing ordered."""
    shop = ServerShop(Panel.make(root, login, *SMALL_KEY), up)
    shop.settings()
    install(shop.panel.root, "processing/pmbill2bill")
    panel = shop.panel
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
