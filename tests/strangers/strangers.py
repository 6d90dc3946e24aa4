"""The two sample modules of strangers in a sandbox panel, with their toy suppliers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Dict

import pytest
from kit.panel import Panel

HERE = Path(__file__).parent
REAL = "/usr/local/mgr5"
PASSWORD = "geheim & <пароль>"
PHP, PYTHON = "pmphpsample.php", "pmpysample"


def need(*programs: str) -> None:
    """Skips the test without one of these programs; on a build server that is a failure."""
    if not any(map(shutil.which, programs)):
        _do_without(f"no {' nor '.join(programs)}")


def need_php() -> None:
    need("php")
    there = subprocess.run(
        ["php", "-r", "exit(extension_loaded('simplexml') && extension_loaded('mysqli') ? 0 : 1);"],
        stdin=subprocess.DEVNULL,
    )
    if there.returncode:
        _do_without("php has no simplexml or no mysqli (Debian: php-xml php-mysql)")


def _do_without(what: str) -> None:
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(what)


def plug_in(kit: Panel, name: str) -> None:
    """As docs/plug-in-your-module.md says. In another folder than the real one the hard-coded path is
    replaced, as its author would.
    """
    for source, target in (
        (HERE / name, kit.root / "processing" / name),
        (HERE / "samplelib.py", kit.root / f"src/{PYTHON}/samplelib.py"),
    ):
        target.parent.mkdir(exist_ok=True)
        target.write_text(source.read_text(encoding="utf-8").replace(REAL, str(kit.root)), encoding="utf-8")
    (kit.root / "processing" / name).chmod(0o755)
    shutil.copy(HERE / f"billmgr_mod_{name}.xml", kit.root / "etc/xml")
    kit.call("exit")
    assert kit.rows("sandbox.problems", kind="start") == []


class Supplier:
    def __init__(self, path: Path, **more: Any) -> None:
        self.path = path
        self.write({"password": PASSWORD, "money": 10, **more})

    def read(self) -> Dict[str, Any]:
        return json.loads(self.path.read_text(encoding="utf-8"))

    def write(self, state: Dict[str, Any]) -> None:
        self.path.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")

    def change(self, **more: Any) -> None:
        self.write({**self.read(), **more})


def registrar(kit: Panel, folder: Path) -> Supplier:
    """The PHP module sells .test as instance 1, tariff plan 1."""
    supplier = Supplier(folder / "registrar.json", domains={}, contacts={})
    plug_in(kit, PHP)
    kit.new(
        "sandbox.module.add",
        module=PHP,
        type="domain",
        name="Registrar",
        backend=supplier.path,
        password=PASSWORD,
        mode="live",
    )
    kit.call("sandbox.tld.add", name="test", whois_find_string="not exist")
    kit.call("sandbox.tariff.add", itemtype="domain", name="Test", tld="test", module=1, annually=500)
    return supplier


def hoster(kit: Panel, folder: Path) -> Supplier:
    """The Python module sells servers as instance 1: plans small (1) and big (the last one)."""
    plans = {"small": {"title": "Small"}, "big": {"title": "Big"}}
    supplier = Supplier(
        folder / "hoster.json",
        plans=plans,
        servers={},
        next_id=70,
        next_ip=10,
        systems={"debian-12": "Debian 12"},
    )
    plug_in(kit, PYTHON)
    kit.new(
        "sandbox.module.add",
        module=PYTHON,
        type="vds",
        name="Hoster",
        backend=supplier.path,
        password=PASSWORD,
        region="eu",
    )
    for name in plans:
        plan = kit.new(
            "sandbox.tariff.add",
            itemtype="vds",
            name=name,
            intname=name,
            module=1,
            monthly=9,
            remote_plan=name,
        )
        kit.call(
            "sandbox.addon.add",
            pricelist=plan,
            intname="ncpu",
            addontype="int",
            limit=2,
            max=8,
            step=1,
            monthly=2,
        )
        kit.call(
            "sandbox.addon.add",
            pricelist=plan,
            intname="control_panel",
            addontype="enum",
            items="none,lite",
            default="none",
            monthly=5,
        )
        kit.call("sandbox.addon.add", pricelist=plan, intname="backup", addontype="bool", monthly=3)
        kit.call(
            "sandbox.addon.add", pricelist=plan, intname="ip", addontype="int", limit=1, max=4, itemtype="ip"
        )
    return supplier


def order_domain(kit: Panel, name: str = "example.test", **more: object) -> int:
    contact = {"owner_firstname": "Иван", "owner_lastname": "Иванов", "owner_email": "ivan@example.com"}
    servers = {"ns0": "ns1.example.net", "ns1": "ns2.example.net"}
    return kit.new(
        "sandbox.order",
        itemtype="domain",
        pricelist=1,
        period=12,
        domain=name,
        **servers,
        **{**contact, **more},
    )


def order_server(kit: Panel, **more: object) -> int:
    return kit.new(
        "sandbox.order",
        itemtype="vds",
        pricelist=1,
        period=1,
        domain="vps.example.test",
        ostempl="debian-12",
        **more,
    )


def pay(kit: Panel, item: int) -> Dict[str, str]:
    kit.call("sandbox.pay", elid=item)
    return kit.row("sandbox.tick")
