"""What modules tell the panel about a service (host-protocol 5.4): ends of operations, parameters, status,
dates, certificates.
"""

from __future__ import annotations

from typing import Tuple

from .. import addons, services
from ..crypt import encrypt
from ..db import Row
from ..documents import Element, PanelError, form, ok, rows
from ..panel import Panel, Request
from ..registry import Implementation, function

# post function -> commands whose running operation it ends
ENDS = {
    "service.postopen": ("open", "transfer"),
    "service.postreopen": ("reopen",),
    "service.postresume": ("resume",),
    "service.postsuspend": ("suspend",),
    "service.postclose": ("close",),
    "service.postsetparam": ("setparam",),
    "service.postprolong": ("prolong",),
    "service.poststart": ("start",),
    "service.poststop": ("stop",),
    "service.postreboot": ("reboot",),
    "service.posthardreboot": ("hardreboot",),
    "service.postchangepassword": ("changepassword",),
    "service.postupdatens": ("update_ns",),
}
CERTIFICATE_FAILED = "6"  # service_status of certificates, host-protocol 6.5


def _post(commands: Tuple[str, ...]) -> Implementation:
    def post(panel: Panel, request: Request) -> Element:
        """The operation is done: set the item's status and remove the running operation."""
        services.finish(panel, services.item(panel, request.need("elid")), commands)
        return ok()

    return post


for _name, _commands in ENDS.items():
    function(_name, "elid sok", writes=True)(_post(_commands))


@function("service.postopeninterrupt", "elid sok", writes=True)
def postopeninterrupt(panel: Panel, request: Request) -> Element:
    """Opening was interrupted: the item is ordered again, the operation goes."""
    item = services.item(panel, request.need("elid"))
    services.drop_operations(panel, item["id"], ("open", "transfer"))
    panel.db.update("item", item["id"], status=services.ORDERED)
    return ok()


@function("service.poststat", "elid date [sok]", writes=True)
def poststat(panel: Panel, request: Request) -> Element:
    """Statistics of one date are complete."""
    services.need_row(panel, "processingmodule", request.need("elid"))
    request.date("date")
    return ok()


@function("service.saveparam", "elid name value [crypted sok]", writes=True)
def saveparam(panel: Panel, request: Request) -> Element:
    """Store item parameters: name= value=, or <param>=<value> (host-protocol 5.4, forms A and B); a name
    without a value is deleted.
    """
    item = services.item(panel, request.need("elid"))
    if "name" in request.params and "value" not in request.params:
        services.drop_param(panel, item["id"], request.need("name"))
        return ok()
    if "name" in request.params:
        values = {request.need("name"): request.raw("value")}
        from_params = {"value"}
    else:
        values = request.others("elid", "crypted")
        from_params = set(values)
    if not values:
        raise PanelError("missed", "name")
    crypted = request.flag("crypted")
    if crypted:
        request.secrets |= from_params
    for name, value in values.items():
        services.save_param(panel, item["id"], name, encrypt(panel.key, value) if crypted else value, crypted)
    return ok()


@function("service.dropparam", "elid name sok", writes=True)
def dropparam(panel: Panel, request: Request) -> Element:
    """Delete one item parameter."""
    item = services.item(panel, request.need("elid"))
    services.drop_param(panel, item["id"], request.need("name"))
    return ok()


@function("service.setstatus", "elid service_status [sok]", writes=True)
def setstatus(panel: Panel, request: Request) -> Element:
    """Second-level status (host-protocol 6.5), kept as item parameter service_status."""
    item = services.item(panel, request.need("elid"))
    services.save_param(panel, item["id"], "service_status", str(request.number("service_status")))
    return ok()


@function("service.setexpiredate", "elid expiredate [sok]", writes=True)
def setexpiredate(panel: Panel, request: Request) -> Element:
    """Set the date until which the service is paid."""
    item = services.item(panel, request.need("elid"))
    panel.db.update("item", item["id"], expiredate=request.date("expiredate"))
    return ok()


@function("service.changepricelist.rollback", "elid [userid] sok", writes=True)
def rollback(panel: Panel, request: Request) -> Element:
    """Undo a tariff change: the old tariff plan comes back with its add-ons."""
    item = services.item(panel, request.need("elid"))
    if not item["lastpricelist"]:
        raise PanelError("missed", "lastpricelist")
    panel.db.update("item", item["id"], pricelist=item["lastpricelist"], lastpricelist=None)
    notes = services.finish(panel, {**item, "lastpricelist": None}, ("setparam",))
    before = next((note["before"] for note in notes if note.get("before")), None)
    if before:
        addons.restore(panel, item["id"], before)
    else:
        addons.move(panel, item, item["lastpricelist"])
    return ok()


@function("service.getnextmodule", "elid", writes=True)
def getnextmodule(panel: Panel, request: Request) -> Element:
    """Move the item to the next instance that sells its tariff plan."""
    item = services.item(panel, request.need("elid"))
    sellers = services.instances_of(panel, item["pricelist"])
    later = [seller for seller in sellers if _after(seller, item["processingmodule"], sellers)]
    if not later:
        raise PanelError("missed", "processingmodule")
    panel.db.update("item", item["id"], processingmodule=later[0]["id"])
    return ok(processingmodule=later[0]["id"])


def _after(seller: Row, current: object, sellers: list[Row]) -> bool:
    ids = [row["id"] for row in sellers]
    return current not in ids or ids.index(seller["id"]) > ids.index(current)


@function("service.ip", "elid=<item>")
def ip_list(panel: Panel, request: Request) -> Element:
    """List of a service's address slots."""
    return rows(addons.slots(panel, services.item(panel, request.need("elid"))["id"]))


@function("service.ip.edit", "elid=<ip> plid=<item>")
def ip_edit(panel: Panel, request: Request) -> Element:
    """Read one address slot of a service."""
    found = [
        slot
        for slot in addons.slots(panel, request.number("plid"))
        if str(slot["id"]) == request.need("elid")
    ]
    if not found:
        raise PanelError("value", "elid", request.get("elid"))
    return form(found[0])


@function("service.ip.add", "elid ip [mask gateway domain] sok", writes=True)
def ip_add(panel: Panel, request: Request) -> Element:
    """Fill an address slot; answers its id as ip.id."""
    slot = services.need_row(panel, "ip", request.need("elid"))
    panel.db.update(
        "ip",
        slot["id"],
        name=request.need("ip"),
        mask=request.get("mask"),
        gateway=request.get("gateway"),
        domain=request.get("domain"),
    )
    return ok(ip__id=slot["id"])


@function("service.ip.add.commit", "elid sok", writes=True)
def ip_commit(panel: Panel, request: Request) -> Element:
    """The address is in use."""
    slot = services.need_row(panel, "ip", request.need("elid"))
    panel.db.update("ip", slot["id"], status=2)
    _end_of_address(panel, slot, ("addip", "add_ip"))
    return ok()


@function("service.ip.del", "elid sok", writes=True)
def ip_del(panel: Panel, request: Request) -> Element:
    """Release an address slot."""
    slot = services.need_row(panel, "ip", request.need("elid"))
    addons.release(panel, slot)
    _end_of_address(panel, slot, ("delip", "del_ip"))
    return ok()


def _end_of_address(panel: Panel, slot: Row, commands: Tuple[str, ...]) -> None:
    """Ends the operation on the slot's service, if there is one: an opening fills slots too."""
    row = panel.db.get("item", slot["item"]) or {}
    if row.get("parent") and services.operations(panel, row["parent"], commands):
        services.finish(panel, services.item(panel, row["parent"]), commands)


@function("certificate.save", "elid crt=<PEM> [crt_type=zip] sok", writes=True)
def save_certificate(panel: Panel, request: Request) -> Element:
    """Store the certificate that was issued."""
    item = services.item(panel, request.need("elid"))
    panel.db.put("certificate", {"item": item["id"]}, crt=request.need("crt"))
    return ok()


@function("certificate.failed", "elid sok", writes=True)
def certificate_failed(panel: Panel, request: Request) -> Element:
    """The certificate will not be issued."""
    item = services.item(panel, request.need("elid"))
    services.save_param(panel, item["id"], "service_status", CERTIFICATE_FAILED)
    return ok()
