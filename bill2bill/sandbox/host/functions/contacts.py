"""Contacts of domains (host-protocol 5.5)."""

from __future__ import annotations

from typing import Dict

from .. import profiles, services
from ..documents import Element, PanelError, form, ok, rows
from ..panel import CLIENT_LEVEL, Panel, Request
from ..registry import function


@function("service_profile", "[elid name profiletype account]", level=CLIENT_LEVEL)
def listed(panel: Panel, request: Request) -> Element:
    """List of contacts."""
    wanted = {name: request.get(name) for name in ("name", "profiletype", "account") if request.get(name)}
    if request.get("elid"):
        wanted["id"] = request.get("elid")
    if request.account and request.level <= CLIENT_LEVEL:
        wanted["account"] = str(request.account)
    return rows(
        row
        for row in panel.db.find("service_profile")
        if all(str(row[name]) == value for name, value in wanted.items())
    )


@function(
    "service_profile.edit",
    "[elid] name profiletype account [<contact field>= sok]",
    writes=True,
    level=CLIENT_LEVEL,
)
def edit(panel: Panel, request: Request) -> Element:
    """Read, create (without elid) or change a contact with the fields of host-protocol 6.6."""
    number = request.get("elid")
    found = services.need_row(panel, "service_profile", number) if number else None
    if found and request.level <= CLIENT_LEVEL and found["account"] != request.account:
        raise PanelError("access", request.func)
    if not request.sok:
        return form({**(found or {}), **(profiles.fields(panel, number) if found else {})})
    values = request.others("elid", "name", "profiletype", "account")
    if found:
        base: Dict[str, object] = {
            name: request.get(name) for name in ("name", "profiletype") if request.get(name)
        }
        if base:
            panel.db.update("service_profile", number, **base)
        profiles.save_fields(panel, number, values)
        return ok(id=number)
    account = request.account or request.number("account")
    services.need_row(panel, "account", account, "account")
    return ok(id=profiles.create(panel, request.need("name"), request.number("profiletype"), account, values))


@function("service_profile.delete", "elid", writes=True)
def delete(panel: Panel, request: Request) -> Element:
    """Delete contacts that no service uses."""
    for number in request.ids():
        services.need_row(panel, "service_profile", number)
        if panel.db.find("service_profile2item", service_profile=number):
            raise PanelError("exists", "item", number)
        panel.db.delete("service_profile", id=number)
        panel.db.delete("service_profileparam", service_profile=number)
    return ok()


@function("service_profile.error", "item type param warning_message sok", writes=True)
def error(panel: Panel, request: Request) -> Element:
    """Mark one field of a service's contact as wrong; the client must correct it."""
    links = panel.db.find("service_profile2item", item=request.number("item"), type=request.need("type"))
    if not links:
        raise PanelError("missed", "service_profile2item", request.need("type"))
    key = {"service_profile": links[0]["service_profile"], "intname": request.need("param")}
    panel.db.put("service_profileparam", key, warning_message=request.raw("warning_message"))
    return ok()


@function("service_profile2item", "[item service_profile]")
def links(panel: Panel, request: Request) -> Element:
    """Which contact serves which service as what."""
    wanted = {name: request.number(name) for name in ("item", "service_profile") if request.get(name)}
    return rows(panel.db.find("service_profile2item", **wanted))


@function("service_profile2item.edit", "service_profile item type sok", writes=True)
def link(panel: Panel, request: Request) -> Element:
    """Link a contact to a service; one per service and type."""
    profile = services.need_row(panel, "service_profile", request.need("service_profile"), "service_profile")
    item = services.item(panel, request.need("item"), "item")
    return ok(
        id=panel.db.put(
            "service_profile2item",
            {"item": item["id"], "type": request.need("type")},
            service_profile=profile["id"],
        )
    )


@function("service_profile2processingmodule", "[service_profile processingmodule type]")
def remote(panel: Panel, request: Request) -> Element:
    """Numbers of contacts at the registrars."""
    wanted: Dict[str, object] = {
        name: request.get(name)
        for name in ("service_profile", "processingmodule", "type")
        if request.get(name)
    }
    return rows(panel.db.find("service_profile2processingmodule", **wanted))


@function(
    "service_profile2processingmodule.edit",
    "service_profile processingmodule type externalid [externalpassword] sok",
    writes=True,
)
def remember(panel: Panel, request: Request) -> Element:
    """Remember a registrar's number of a contact; one per contact, instance and type."""
    profile = services.need_row(panel, "service_profile", request.need("service_profile"), "service_profile")
    module = services.need_row(
        panel, "processingmodule", request.need("processingmodule"), "processingmodule"
    )
    external = request.raw("externalid"), request.raw("externalpassword")
    return ok(id=profiles.remember(panel, profile["id"], module["id"], request.get("type"), *external))
