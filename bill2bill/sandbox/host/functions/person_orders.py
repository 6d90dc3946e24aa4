"""What a client does: a contact, a look whether a name is free, an order, its payment, a change."""

from __future__ import annotations

from typing import Dict, List

from .. import addons, modules, operations, orders, profiles, services, tariffs
from ..dates import today
from ..db import Row
from ..documents import Element, PanelError, add, ok
from ..orders import OrderContact
from ..panel import Panel, Request
from ..registry import function
from ..seeds import CLIENT

SELLERS = (
    "SELECT DISTINCT m.* FROM processingmodule m JOIN processingmodule2pricelist l ON l.processingmodule ="
    " m.id JOIN pricelist p ON p.id = l.pricelist JOIN itemtype t ON t.id = p.itemtype WHERE p.intname = ?"
    " AND t.intname = 'domain' AND p.active = 'on' AND m.active = 'on' ORDER BY m.orderpriority, m.id"
)


@function("sandbox.contact.add", "account profiletype name <contact field>=", writes=True)
def contact_add(panel: Panel, request: Request) -> Element:
    """Add a contact; answers its id."""
    kind = request.get("profiletype", "1")
    if kind not in profiles.KINDS:
        raise PanelError("value", "profiletype", kind)
    account = services.need_row(panel, "account", request.number("account", CLIENT), "account")
    values = request.others("account", "profiletype", "name")
    return ok(id=profiles.create(panel, request.need("name"), int(kind), account["id"], values))


@function("sandbox.contact.set", "elid <contact field>=")
def contact_set(panel: Panel, request: Request) -> Element:
    """Change a contact and send it to the instances that know it and declare service_profile_update."""
    number = services.need_row(panel, "service_profile", request.need("elid"))["id"]
    with panel.db.transaction():
        profiles.save_fields(panel, number, request.others("elid"))
    for link in panel.db.find("service_profile2processingmodule", service_profile=number):
        instance = services.need_row(panel, "processingmodule", link["processingmodule"])
        if "service_profile_update" in modules.features(panel, instance["module"]):
            modules.ask(
                panel,
                instance["module"],
                "service_profile_update",
                [("module", instance["id"]), ("param", number)],
            )
    return ok()


@function("sandbox.check", "domain")
def check(panel: Panel, request: Request) -> Element:
    """Is a name free? Asks whois of every instance that sells the zone; answers free, busy or later."""
    domain = request.need("domain")
    zone = orders.zone_of_name(panel, domain)
    if not zone:
        raise PanelError("missed", "tld", domain)
    sellers = panel.db.rows(SELLERS, str(zone["id"]))
    answers = [
        _ask(panel, seller, zone, domain)
        for seller in sellers
        if "whois" in modules.features(panel, seller["module"])
    ]
    if not answers:
        raise PanelError("missed", "whois", zone["name"])
    doc = Element("doc")
    add(doc, "result", answers[0]["result"])
    for answer in answers:
        elem = add(doc, "elem")
        for name, value in answer.items():
            add(elem, name, value)
    return doc


def _ask(panel: Panel, seller: Row, zone: Row, domain: str) -> Row:
    run = modules.run(panel, seller["module"], "whois", [("param", domain), ("module", seller["id"])])
    text = (run.document.findtext("whois") or "") if run.document is not None else ""
    if run.failure:
        result = "later" if run.failure.type == "try_later" else "busy"
    else:
        result = "free" if zone["whois_find_string"] and zone["whois_find_string"] in text else "busy"
    return {
        "module": seller["id"],
        "result": result,
        "whois": text,
        "error": str(run.failure) if run.failure else "",
    }


@function(
    "sandbox.order",
    "itemtype pricelist period [domain action=register|transfer auth_code ns0 ns1 ... account autoprolong"
    " addon_<intname>= <type>=<contact id> <type>_<field>= <parameter>=]",
)
def order(panel: Panel, request: Request) -> Element:
    """Order a service, not yet paid; answers the item's id."""
    tariff = _tariff(panel, request)
    instance = _seller(panel, tariff)
    account = services.need_row(panel, "account", request.number("account", CLIENT), "account")
    given = request.others("itemtype", "pricelist", "period", "account", "action", "autoprolong")
    chosen = addons.take(panel, tariff["id"], given)
    contacts: List[OrderContact] = []
    if request.get("itemtype") == "domain":
        request.need("domain")
        contacts = _contacts(panel, request, tariff, instance, given)
    with panel.db.transaction():
        item = _new_item(panel, request, tariff, instance, account)
        services.save_params(panel, item, given)
        addons.put(panel, services.item(panel, item), chosen)
        _link(panel, item, account, contacts)
    return ok(id=item)


def _tariff(panel: Panel, request: Request) -> Row:
    tariff = services.need_row(panel, "pricelist", request.need("pricelist"), "pricelist")
    itemtype = services.need_row(panel, "itemtype", tariff["itemtype"], "itemtype")
    if tariff["parent"] or itemtype["intname"] != request.need("itemtype") or tariff["active"] != "on":
        raise PanelError("value", "pricelist", request.get("pricelist"))
    return tariff


def _seller(panel: Panel, tariff: Row) -> Row:
    found = services.instances_of(panel, tariff["id"])
    if not found:
        raise PanelError("missed", "processingmodule", str(tariff["id"]))
    modules.ready(panel, found[0]["module"])
    return found[0]


def _contacts(
    panel: Panel, request: Request, tariff: Row, instance: Row, given: Dict[str, str]
) -> List[OrderContact]:
    """The contact of every type that the zone wants and the zone's parameters, checked by the module; takes
    the contacts out of `given`.
    """
    tld = orders.tld_of(panel, tariff)
    types = orders.wanted_contacts(panel, instance, tld, request.get("action"), given, request.lang)
    contacts: List[OrderContact] = []
    for type in types:
        contact = orders.contact_from(type, given)
        if not contact.profile and not contact.fields:
            if not contacts:
                raise PanelError("missed", type)
            contact = contacts[0]._replace(type=type, same=True)
        contacts.append(orders.check_contact(panel, instance, tld, contact, request.lang))
    orders.check_parameters(panel, instance, tld, given, request.lang)
    return contacts


def _link(panel: Panel, item: int, account: Row, contacts: List[OrderContact]) -> None:
    first = 0
    for contact in contacts:
        number = first if contact.same else orders.save_contact(panel, account["id"], contact)
        first = first or number
        panel.db.insert("service_profile2item", service_profile=number, item=item, type=contact.type)


def _new_item(panel: Panel, request: Request, tariff: Row, instance: Row, account: Row) -> int:
    subaccount = panel.db.find("subaccount", account=account["id"])
    if not subaccount:
        raise PanelError("missed", "subaccount", str(account["id"]))
    period, currency = request.number("period"), subaccount[0]["currency"]
    return panel.db.insert(
        "item", name=request.get("domain") or tariff["name"], pricelist=tariff["id"], account=account["id"],
        subaccount=subaccount[0]["id"],
        period=period, currency=currency, status=services.ORDERED, createdate=today(),
        processingmodule=instance["id"],
        cost=tariffs.cost(panel, tariff["id"], currency, period), costperiod=period,
        autoprolong=request.get("autoprolong") or None, project=tariff["project"],
        specialstatus="transfer" if request.get("action") == "transfer" else None,
        **dict.fromkeys(services.REASONS, "off"),
    )  # fmt: skip


@function("sandbox.pay", "elid=<item>", writes=True)
def pay(panel: Panel, request: Request) -> Element:
    """Pay an ordered service: status 5 and operation open, or transfer; answers the operation's id."""
    item = services.item(panel, request.need("elid"))
    if item["status"] != services.ORDERED:
        raise PanelError("value", "elid", str(item["id"]))
    command = "transfer" if item["specialstatus"] == "transfer" else "open"
    return ok(operation=operations.create(panel, item, command))


@function("sandbox.change", "item [ns0 ns1 ...] [addon_<intname>=] [<parameter>=]")
def change(panel: Panel, request: Request) -> Element:
    """Change parameters and add-ons of a service: add-ons start setparam, name servers update_ns where that
    is declared.
    """
    item = services.item(panel, request.need("item"), "item")
    changes = request.others("item")
    chosen = addons.take(panel, item["pricelist"], changes)
    servers = {name: changes.pop(name) for name in list(changes) if services.is_name_server(name)}
    operation: object = ""
    with panel.db.transaction():
        services.save_params(panel, item["id"], changes)
        if chosen:
            addons.put(panel, item, chosen)
            operation = operations.create(panel, item, "setparam", {"userid": services.staff(panel)})
    return ok(
        operation=operations.change_name_servers(panel, item, servers, request.lang) if servers else operation
    )
