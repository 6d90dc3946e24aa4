"""X.edit: the view of a service, what may be changed, and what a change costs (upstream-billmanager6 6.5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Callable, Dict, List, Mapping, Tuple

from bill2bill.sandbox.upstream.billmgr6 import licences
from bill2bill.sandbox.upstream.billmgr6.call import Call
from bill2bill.sandbox.upstream.billmgr6.catalogue import BOOLEAN, ItemType
from bill2bill.sandbox.upstream.billmgr6.document import Node, named, ok, texts
from bill2bill.sandbox.upstream.billmgr6.errors import bad_value, missed
from bill2bill.sandbox.upstream.billmgr6.forms import (
    Field,
    addon_fields,
    addon_values,
    choices,
    form,
    system,
    system_fields,
)
from bill2bill.sandbox.upstream.billmgr6.models import ACTIVE, SUSPENDED, Service, new_key, service_status
from bill2bill.sandbox.upstream.billmgr6.order import renewal, renewal_choices


def edit(call: Call, itemtype: ItemType) -> Node:
    service = call.service(itemtype.intname)
    return _save(call, service) if call.submitted else view(call, service)


def view(call: Call, service: Service) -> Node:
    """Everything about one service; fields without readonly may be sent back."""
    itemtype, plan = service.plan.itemtype, service.plan
    editable = call.switches.word("edit_ostempl") == "reinstall"
    renewals = choices(renewal_choices(call, plan))
    fields = [
        *[Field(name, value, readonly=True) for name, value in _facts(call, service)],
        *([] if itemtype.label in itemtype.edit else [Field(itemtype.label, service.name, readonly=True)]),
        *[Field(name, _editable(service, name)) for name in itemtype.edit],
        Field("remoteid", service.remote_id),
        Field("autoprolong", service.autoprolong, "Auto renewal", "select", choices=renewals),
        *system_fields(
            plan, service.fields.get("ostempl", ""), service.fields.get("recipe", ""), readonly=not editable
        ),
        *addon_fields(call, plan, service.addons, service.months),
        *[
            Field(f"addon_{addon.id}_current_value", service.current.get(addon.id, ""), readonly=True)
            for addon in plan.addons
        ],
    ]
    return form(call, fields, texts(orderinfo=f"{plan.name}: {call.cost(service)}"))


def _facts(call: Call, service: Service) -> List[Tuple[str, str]]:
    facts = {
        "id": str(service.id), "elid": str(service.id), "pricelist": str(service.plan.id),
        "period": str(service.months),
        "createdate": service.created.isoformat(),
        "expiredate": service.expire.isoformat() if service.expire else "",
        "cost": call.cost(service), "status": str(service.status), "stored_method": "",
    }  # fmt: skip
    if service.plan.itemtype.has_ip:
        facts.update(ip=service.ip, username=service.username, password=service.password)
    if service.kind == "soft":
        facts["lickey"] = service.fields.get("lickey", "")
    if (code := service_status(service)) is not None:
        facts["service_status"] = code
    if service.scheduledclose:
        facts["scheduledclose"] = "on"
    return list(facts.items())


def _editable(service: Service, name: str) -> str:
    return service.name if name == service.plan.itemtype.label else service.fields.get(name, "")


# -- saving --------------------------------------------------------------------------------------------------
def _save(call: Call, service: Service) -> Node:
    """One error rejects all (9.2). What costs nothing is saved; a paid change is charged or waits in the
    cart.
    """
    if call.button == "newkey" and service.kind == "soft":
        service.fields["lickey"] = new_key()
        return ok(*texts(lickey=service.fields["lickey"]))
    call.provider.changeable(service)
    addons = _addons(call, service)
    autoprolong = (
        renewal(service.plan, call.text("autoprolong")) if call.sent("autoprolong") else service.autoprolong
    )
    fields = _fields(call, service)
    systems = _systems(call, service)
    done = _change_addons(call, service, addons) if addons != service.addons else ok()
    service.autoprolong = autoprolong
    service.remote_id = call.text("remoteid") if call.sent("remoteid") else service.remote_id
    service.name = fields.pop(service.plan.itemtype.label, "") or service.name
    service.fields.update(fields)
    if systems != {name: service.fields.get(name) for name in systems}:
        service.fields.update(systems)
        call.provider.start(service, "reinstall")
    return done


def _addons(call: Call, service: Service) -> Mapping[int, str]:
    values = dict(addon_values(call, service.plan, service.addons))
    if call.switches.word("absent_boolean") == "off":
        absent = [
            addon.id
            for addon in service.plan.addons
            if addon.kind == BOOLEAN and not call.sent(f"addon_{addon.id}")
        ]
        values.update(dict.fromkeys(absent, "off"))
    return values


def _fields(call: Call, service: Service) -> Dict[str, str]:
    """The type's own fields as they were sent. Raises `value`, `exists`, `missed`."""
    sent = {name: call.text(name).strip() for name in service.plan.itemtype.edit if call.sent(name)}
    if service.kind == "soft" and "ip" in sent and sent["ip"] != service.fields.get("ip"):
        licences.check_address(call, sent["ip"], but=service.id)
    for name, value in sent.items():
        if name.startswith("service_profile_") and value not in map(str, call.provider.contacts):
            raise missed("service_profile", value)
        if name == service.plan.itemtype.label and not value:
            raise bad_value(name)
    return sent


def _systems(call: Call, service: Service) -> Mapping[str, str]:
    if call.switches.word("edit_ostempl") == "ignored" or not (call.sent("ostempl") or call.sent("recipe")):
        return {}
    return system(
        call,
        service.plan,
        service.fields.get("ostempl", ""),
        "" if call.sent("ostempl") else service.fields.get("recipe", ""),
    )


def _change_addons(call: Call, service: Service, addons: Mapping[int, str]) -> Node:
    """The difference for a whole period is charged; what becomes cheaper is not paid back (10,
    question 20).
    """
    if service.status not in (ACTIVE, SUSPENDED):
        raise bad_value("status", str(service.status))
    more = service.plan.cost(service.months, addons) - service.plan.cost(service.months, service.addons)

    def change() -> None:
        service.addons = dict(addons)
        call.provider.start(service, "", service.status, service.sub)

    return paid_change(call, "addon", service, more, change)


def paid_change(call: Call, kind: str, service: Service, net: Decimal, change: Callable[[], None]) -> Node:
    """Done at once if it costs nothing or is charged now; else billorder (edit_pays; 10, question 7)."""
    if net <= 0:
        change()
        return ok()
    rule = call.switches.word("edit_pays")
    at_once = call.button != "basket" and (rule == "always" or (rule == "with_skipbasket" and call.pays_now))
    waits = call.provider.buy([call.provider.line(kind, service, service.months, net, change)], at_once)
    return ok() if waits is None else ok(*named({"billorder": str(waits)}))
