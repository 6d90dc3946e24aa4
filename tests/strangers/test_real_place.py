"""Both modules, byte for byte as their authors wrote them, where a panel really lives: /usr/local/mgr5 with
its tables on MariaDB.
"""

from __future__ import annotations

from pathlib import Path

from kit.panel import Panel
from strangers import (
    HERE,
    PHP,
    PYTHON,
    REAL,
    hoster,
    need,
    need_php,
    order_domain,
    order_server,
    pay,
    registrar,
)


def test_modules_of_strangers_run_unchanged_in_the_panels_own_place(real_place, tmp_path):
    need_php()
    need("mysql", "mariadb")
    kit = Panel.new_in(Path(REAL), real_place.login())
    domains = registrar(kit, tmp_path)
    assert pay(kit, order_domain(kit))["result"] == "gone"
    assert "example.test" in domains.read()["domains"]

    kit.call("sandbox.reset")
    servers = hoster(kit, tmp_path)
    assert pay(kit, order_server(kit, addon_ncpu=3))["result"] == "gone"
    assert servers.read()["servers"]["70"]["addons"]["ncpu"] == 3
    for name in (PHP, PYTHON):
        assert (kit.root / "processing" / name).read_bytes() == (HERE / name).read_bytes()
