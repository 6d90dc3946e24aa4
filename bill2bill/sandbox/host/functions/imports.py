"""Import of services that exist at the supplier (host-protocol 5.8)."""

from __future__ import annotations

from typing import Optional

from .. import profiles, services
from ..dates import today
from ..db import Row
from ..documents import Element, ok
from ..panel import Panel, Request
from ..registry import function

TARIFF = (
    "SELECT p.* FROM pricelist p JOIN processingmodule2pricelist l ON l.pricelist = p.id JOIN itemtype t ON"
    " t.id = p.itemtype WHERE l.processingmodule = ? AND p.intname = ? AND p.active = 'on' AND t.intname = ?"
    " ORDER BY p.orderpriority, p.id"
)


@function(
    "processing.import.service",
    "module status expiredate import_pricelist_intname import_service_name [import_itemtype_intname period"
    " service_status <item parameter>=] sok",
    writes=True,
)
def service(panel: Panel, request: Request) -> Element:
    """An imported service without a client; answers service_id, empty without an active tariff plan of this
    instance.
    """
    module = services.need_row(panel, "processingmodule", request.need("module"), "module")
    tariff = _tariff(panel, request, module)
    if not tariff:
        return ok(service_id="")
    item = panel.db.insert(
        "item", name=request.need("import_service_name"), pricelist=tariff["id"],
        processingmodule=module["id"], status=request.number("status"),
        expiredate=request.date("expiredate"), period=request.number("period", 12), createdate=today(),
        opendate=today(),
    )  # fmt: skip
    known = (
        "module",
        "status",
        "expiredate",
        "import_pricelist_intname",
        "import_service_name",
        "import_itemtype_intname",
        "period",
    )
    services.save_params(panel, item, request.others(*known))
    return ok(service_id=item)


def _tariff(panel: Panel, request: Request, module: Row) -> Optional[Row]:
    """Of the named type, else of the instance's own."""
    own = panel.db.value("SELECT intname FROM itemtype WHERE id = ?", module["itemtype"])
    return panel.db.row(
        TARIFF,
        module["id"],
        request.need("import_pricelist_intname"),
        request.get("import_itemtype_intname", str(own or "domain")),
    )


@function(
    "processing.import.profile",
    "type name module externalid [externalpassword] profiletype [<contact field>=] sok",
    writes=True,
)
def profile(panel: Panel, request: Request) -> Element:
    """An imported contact; answers profile_id. The same number at the same instance is the same contact."""
    module = services.need_row(panel, "processingmodule", request.need("module"), "module")
    values = request.others("type", "name", "module", "externalid", "externalpassword", "profiletype")
    link = {
        "processingmodule": module["id"],
        "externalid": request.need("externalid"),
        "type": request.get("type"),
    }
    known = panel.db.find("service_profile2processingmodule", **link)
    if known:
        profiles.save_fields(panel, known[0]["service_profile"], values)
        return ok(profile_id=known[0]["service_profile"])
    number = profiles.create(panel, request.need("name"), request.number("profiletype"), None, values)
    profiles.remember(
        panel,
        number,
        module["id"],
        request.get("type"),
        request.need("externalid"),
        request.raw("externalpassword"),
    )
    return ok(profile_id=number)


@function("processing.import.assign", "elid account [project_<item>= pricelist_<item>=] sok", writes=True)
def assign(panel: Panel, request: Request) -> Element:
    """Give imported services and their contacts to a client."""
    account = services.need_row(panel, "account", request.need("account"), "account")
    subaccount = panel.db.find("subaccount", account=account["id"])
    for number in request.ids():
        item = services.item(panel, number)
        changes = {name: request.get(f"{name}_{number}") or item[name] for name in ("pricelist", "project")}
        panel.db.update(
            "item",
            number,
            account=account["id"],
            subaccount=subaccount[0]["id"] if subaccount else None,
            **changes,
        )
        for link in panel.db.find("service_profile2item", item=number):
            panel.db.update("service_profile", link["service_profile"], account=account["id"])
    return ok()
