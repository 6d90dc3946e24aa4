"""What the provider starts with: one customer, and at least one tariff of every type of product."""

from __future__ import annotations

from decimal import Decimal
from typing import Dict, List, Tuple

from bill2bill.sandbox.upstream.billmgr6.catalogue import (
    BOOLEAN,
    ENUMERATION,
    INTEGER,
    TRIAL,
    Addon,
    Choice,
    ItemType,
    Plan,
    Template,
)

FIRST_SERVICE, FIRST_CONTACT, FIRST_ORDER, FIRST_LINE = 5001, 41, 9050, 7421
ACCOUNT, SUBACCOUNT, USER = 3, 88, 4
TAKEN = ("taken.test", "taken.com")
OS = ("ostempl", "recipe")

TYPES = (
    ItemType(
        "domain",
        2,
        "Domain names",
        place=False,
        v2=False,
        edit=("service_profile_owner", "service_profile_customer"),
    ),
    ItemType("vds", 3, "Virtual private servers", order=OS, has_ip=True),
    ItemType("dedic", 4, "Dedicated servers", order=OS, has_ip=True),
    ItemType(
        "vhost",
        5,
        "Shared hosting",
        has_ip=True,
        edit=("nameserver1", "nameserver2", "nameserver3", "nameserver4"),
    ),
    ItemType("soft", 6, "Licences", label="licname", order=("ip",), edit=("ip", "licname"), place=False),
    ItemType("certificate", 7, "SSL certificates", label="CN", edit=(), place=False, v2=False),
    ItemType("storage", 8, "Backup storage", label="server_name"),
    ItemType("vpn", 66192, "VPN", label="server_name"),
)


def prices(**per: str) -> Dict[int, Decimal]:
    """month="9.00", year="97.20" and trial="0.00" as a table of prices."""
    months = {"month": 1, "quarter": 3, "year": 12, "two_years": 24, "trial": TRIAL}
    return {months[name]: Decimal(amount) for name, amount in per.items()}


def _server_addons(first: int, included: int) -> Tuple[Addon, ...]:
    """ncpu, control_panel and backup, numbered from first."""
    panels = (Choice(901, "Without", {}), Choice(902, "ispmanager lite", prices(month="5.00", year="60.00")))
    return (
        Addon(
            first,
            "ncpu",
            "CPU count",
            INTEGER,
            prices(month="2.00", year="24.00"),
            included,
            least=1,
            most=8,
            measure="pcs",
        ),
        Addon(first + 1, "control_panel", "Control panel", ENUMERATION, {}, choices=panels),
        Addon(first + 2, "backup", "Backup", BOOLEAN, prices(month="3.00", year="36.00")),
    )


_DEBIAN = Template("ISPsystem__Debian-12", "Debian-12", ("null", "ISPsystem__lamp"))
_UBUNTU = Template("ISPsystem__Ubuntu-24.04", "Ubuntu-24.04")


def plans() -> List[Plan]:
    kind = {itemtype.intname: itemtype for itemtype in TYPES}
    disk = Addon(
        141,
        "disk",
        "Disk space",
        INTEGER,
        prices(month="1.00", year="12.00"),
        10,
        least=10,
        most=1000,
        step=10,
        measure="GiB",
    )
    systems = (_DEBIAN, _UBUNTU)
    return [
        Plan(
            277,
            kind["vds"],
            "KVM-2",
            prices(month="9.00", year="97.20"),
            _server_addons(101, 2),
            templates=systems,
            description="2 cores, 4 GB",
        ),
        Plan(
            278,
            kind["vds"],
            "KVM-4",
            prices(month="18.00", year="194.40"),
            _server_addons(111, 4),
            templates=systems,
            description="4 cores, 8 GB",
        ),
        Plan(
            301,
            kind["dedic"],
            "Xeon E3",
            prices(month="60.00", year="648.00"),
            templates=systems,
            most_at_once=1,
        ),
        Plan(302, kind["vhost"], "Hosting Start", prices(month="3.00", year="30.00"), most_at_once=1),
        Plan(303, kind["vhost"], "Hosting Pro", prices(month="6.00", year="60.00"), most_at_once=1),
        Plan(
            304,
            kind["soft"],
            "ispmanager lite",
            prices(month="4.00", year="40.00", trial="0.00"),
            datacenters=(),
            most_at_once=1,
        ),
        Plan(305, kind["storage"], "Backup 10", prices(month="1.50", year="16.20"), (disk,)),
        Plan(
            306,
            kind["certificate"],
            "Domain Validation SSL",
            prices(year="12.00", two_years="22.00"),
            datacenters=(),
            most_at_once=1,
        ),
        Plan(307, kind["vpn"], "VPN Basic", prices(month="2.50", quarter="7.00", year="25.00")),
        Plan(
            310,
            kind["domain"],
            "Domain .TEST",
            prices(year="10.00", two_years="20.00"),
            datacenters=(),
            zone="test",
            most_at_once=1,
        ),
        Plan(
            311,
            kind["domain"],
            "Domain .COM",
            prices(year="12.50"),
            datacenters=(),
            zone="com",
            most_at_once=1,
        ),
    ]
