"""The full life of a domain, in each zone and in each way a panel and a provider may behave."""

from __future__ import annotations

import pytest
from kit.reseller import DomainReseller, in_months

# zone: a name, as the provider writes it, its price for a year, its contacts
LIVES = {
    "ru": ("example.ru", "example.ru", "199.00", ["owner"]),
    "com": ("example.com", "example.com", "990.00", ["admin", "bill", "owner", "tech"]),
    "рф": ("пример.рф", "xn--e1afmkfd.xn--p1ai", "199.00", ["owner"]),
}
WAYS = [
    # zone, progress of the provider, error_mode, expiredate_moved, operation_ids
    ("ru", ("looks", 2), "1", "after", "recreated"),
    ("com", ("clock", 1), "1", "before", "reused"),
    ("рф", ("immediate", 1), "0", "after", "kept"),
]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("zone", "progress", "errors", "moved", "ids"),
    WAYS,
    ids=lambda value: str(value[0]) if isinstance(value, tuple) else value,
)
def test_a_domain_lives_from_order_to_close_and_each_step_is_paid_once(
    shop: DomainReseller, zone, progress, errors, moved, ids
):
    name, remote_name, price, roles = LIVES[zone]
    shop.switch(error_mode=errors, expiredate_moved=moved, operation_ids=ids)
    shop.up.progress(*progress)
    assert shop.panel.call("sandbox.check", domain=name).findtext("result") == "free"

    item = shop.bought(name)
    live(shop)
    there = shop.up.domain(remote_name)
    assert shop.item(item)["status"] == 2
    assert shop.item(item)["bill2bill"].startswith(f"id={there['id']};")
    assert there["status"] == 2
    assert sorted(there["contacts"]) == roles
    assert there["ns"] == ["ns1.example.net", "ns2.example.net"]
    assert there["auto_period"] == ""
    assert shop.item(item)["expiredate"] == there["expire"]
    assert shop.panel.call("sandbox.check", domain=name).findtext("result") == "busy"
    opened = there["expire"]

    shop.start(item, "prolong")
    live(shop)
    assert shop.up.domain(remote_name)["expire"] == shop.item(item)["expiredate"] == in_months(12, opened)

    shop.panel.call("sandbox.change", item=item, ns0="ns3.example.net", ns1="ns4.example.net")
    live(shop)
    assert shop.up.domain(remote_name)["ns"] == ["ns3.example.net", "ns4.example.net"]

    shop.start(item, "suspend")
    live(shop)
    assert shop.item(item)["status"] == 3
    shop.start(item, "resume")
    live(shop)
    assert shop.item(item)["status"] == 2

    assert [row["code"] for row in shop.panel.rows("sandbox.cron", name="sync_item")] == ["0"]
    shop.start(item, "close")
    live(shop)
    assert shop.item(item)["status"] == 4

    assert [(row["kind"], row["name"], row["amount"]) for row in shop.up.get("ledger")] == [
        ("order", remote_name, price), ("renew", remote_name, price),
    ]  # fmt: skip
    assert shop.tasks() == []


def live(shop: DomainReseller) -> None:
    """Ticks until the operation is over; days pass at the provider."""
    for _ in range(12):
        if not shop.operations():
            return
        shop.tick()
        if shop.operations():
            shop.up.post("clock", advance_days=1)
    raise AssertionError(shop.operations())
