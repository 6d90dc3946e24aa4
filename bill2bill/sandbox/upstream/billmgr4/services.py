"""Everything that is not a domain, as far as 6.1 of upstream-billmanager4 shows it: hosting, licences, custom
services.
"""

from __future__ import annotations

import re
from typing import Dict, Tuple

from bill2bill.sandbox.upstream.billmgr4.call import Call
from bill2bill.sandbox.upstream.billmgr4.document import Document, form, listing, success
from bill2bill.sandbox.upstream.billmgr4.errors import EXISTS, Refusal, bad_value, missing
from bill2bill.sandbox.upstream.billmgr4.models import (
    ACTIVE,
    REGISTERING,
    SUSPENDED,
    UNPAID,
    Domain,
    Item,
    Period,
    Service,
    Tariff,
)
from bill2bill.sandbox.upstream.billmgr4.order import IPV4

BACKORDER_STATUS = {UNPAID: "2", REGISTERING: "13", ACTIVE: "10"}  # id_status of 6.1, a scale of its own


def _chosen(call: Call, kind: str) -> Tuple[Tariff, Period]:
    tariff = call.provider.tariff(call.text("price"))
    if tariff is None or tariff.kind != kind:
        raise missing("pricelist")
    period = tariff.period(call.text("period"))
    if period is None:
        raise bad_value("period")
    return tariff, period


def _order(call: Call, kind: str, name: str, fields: Dict[str, str], pays: bool) -> Service:
    tariff, period = _chosen(call, kind)
    automatic = call.text("autoprolong")
    if automatic and tariff.period(automatic) is None:
        raise bad_value("autoprolong")
    account = call.payer(tariff)
    service = Service(
        call.provider.next_item(),
        name,
        tariff,
        period,
        account.id,
        remote_id=call.text("remoteid"),
        auto_period=automatic,
        fields=fields,
    )
    call.provider.add(service)
    if pays:
        call.provider.pay(service, "order")
    return service


def _required(call: Call, name: str) -> str:
    value = call.text(name).strip()
    if not value:
        raise bad_value(name)
    return value


def _row(call: Call, item: Item) -> Dict[str, str]:
    call.provider.look(item)
    return {
        "id": str(item.id),
        "name": item.name,
        "price": str(item.tariff.id),
        "period": str(item.period.id),
        "expiredate": item.expire.isoformat() if item.expire else "",
        "status": str(item.status),
    }


def hosting_order(call: Call) -> Document:
    """vhost.order.5"""
    if not call.submitted:
        return form(
            price=call.text("price"), period=call.text("period"), domain=call.text("domain"), totalinfo=""
        )
    name = _required(call, "domain")
    fields = {"domain": name, "username": re.sub("[^a-z0-9]", "", name.lower())[:12]}
    service = _order(call, "vhost", name, fields, call.pays_now)
    return success(("item.id", str(service.id)))


def hostings(call: Call) -> Document:
    return listing(
        [
            {**_row(call, row), **row.fields, "account": str(row.account)}
            for row in call.provider.services("vhost")
        ]
    )


def hosting_delete(call: Call) -> Document:
    for item in call.group("vhost"):
        call.provider.remove(item)
    return success()


def licence_edit(call: Call) -> Document:
    """software.edit: without elid a new licence, paid at once; with elid another address or name."""
    if call.text("elid"):
        return _licence_change(call)
    if not call.submitted:
        return form(
            price=call.text("price"),
            period=call.text("period"),
            licname=call.text("licname"),
            ip=call.text("ip"),
        )
    address = _licensable(call)
    name = _required(call, "licname")
    service = _order(call, "software", name, {"licname": name, "ip": address}, pays=True)
    return success(("id", str(service.id)))


def _licence_change(call: Call) -> Document:
    licence = call.group("software")[0]
    if not isinstance(licence, Service):
        raise missing("software")
    if not call.submitted:
        return form(elid=str(licence.id), id=str(licence.id), **licence.fields)
    changed = {name: call.text(name) or old for name, old in licence.fields.items()}
    if changed["ip"] != licence.fields["ip"]:
        _licensable(call)
    licence.fields, licence.name = changed, changed["licname"]
    return success()


def _licensable(call: Call) -> str:
    address = _required(call, "ip")
    if not IPV4.fullmatch(address):
        raise bad_value("ip")
    if any(row.fields["ip"] == address for row in call.provider.services("software")):
        raise Refusal(EXISTS, obj="ip")
    return address


def licence_check(call: Call) -> Document:
    """software.licinfo: an error if the address cannot be licensed."""
    _chosen(call, "software")
    _licensable(call)
    return success()


def licences(call: Call) -> Document:
    first, last = call.provider.licence_filter
    rows = [{**_row(call, row), **row.fields} for row in call.provider.services("software")]
    return listing(
        [row for row in rows if first <= row["expiredate"] and (not last or row["expiredate"] <= last)]
    )


def licence_filter(call: Call) -> Document:
    """software.filter: stored, and hides rows from every later list (1.3)."""
    if call.submitted:
        call.provider.licence_filter = (call.text("expires"), call.text("expiree"))
        return success()
    return form(expires=call.provider.licence_filter[0], expiree=call.provider.licence_filter[1])


def licence_enable(call: Call) -> Document:
    return _switch(call, SUSPENDED, ACTIVE)


def licence_disable(call: Call) -> Document:
    return _switch(call, ACTIVE, SUSPENDED)


def _switch(call: Call, before: int, after: int) -> Document:
    for item in call.group("software"):
        item.status = after if item.status == before else item.status
    return success()


def custom_order(call: Call) -> Document:
    """uniservice.order, with the one custom type that has a public client: clientbackorder."""
    if not call.submitted:
        return form(itype=call.text("itype"), price=call.text("price"), period=call.text("period"))
    _required(call, "itype")
    name = _required(call, "domainname")
    service = _order(call, "uniservice", name, {"domainname": name}, call.pays_now)
    return success((call.provider.switches.word("uniservice_id"), str(service.id)))


def customs(call: Call) -> Document:
    """The list named after the custom service, with its own scale of states."""
    rows = []
    for row in call.provider.services("uniservice"):
        call.provider.look(row)
        rows.append(
            {
                "id": str(row.id),
                **row.fields,
                "id_status": BACKORDER_STATUS[row.status],
                "price": row.tariff.name,
            }
        )
    return listing(rows)


def custom_edit(call: Call) -> Document:
    """clientbackorder.edit: another tariff of the same kind."""
    item = call.group("uniservice")[0]
    tariff = call.provider.tariff(call.text("price"))
    if not call.submitted:
        return form(elid=str(item.id), id=str(item.id), price=str(item.tariff.id))
    if tariff is None or tariff.kind != "uniservice":
        raise missing("pricelist")
    item.tariff = tariff
    return success()


def everything(call: Call) -> Document:
    """item: all services of the customer."""
    items = list(call.provider.items.values())
    return listing(
        [
            {**_row(call, item), "type": "domain" if isinstance(item, Domain) else item.tariff.kind}
            for item in items
        ]
    )
