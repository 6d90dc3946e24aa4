"""Lists: X and its filter, pages, and the columns of every type (upstream-billmanager6 2.2, 6.1)."""

from __future__ import annotations

from typing import Callable, Dict, Iterable, List, Mapping, Sequence, Tuple, TypeVar

from bill2bill.sandbox.upstream.billmgr6.call import Call, dates
from bill2bill.sandbox.upstream.billmgr6.catalogue import ItemType
from bill2bill.sandbox.upstream.billmgr6.document import Node, named, ok, row, texts
from bill2bill.sandbox.upstream.billmgr6.forms import slist
from bill2bill.sandbox.upstream.billmgr6.models import (
    ACTIVE,
    DELETED,
    PROCESSING,
    SUSPENDED,
    Service,
    service_status,
    status_name,
)

Row = TypeVar("Row")
PAGE = 50  # rows of a page until somebody asks for another size
FILTERS = ("id", "name", "ip", "pricelist", "item_status", "remoteid")
BUTTONS = ("edit", "suspend", "resume", "delete")  # X.edit …
OF_SERVICE = ("prolong", "changepricelist", "history")  # service.prolong …
OF_MACHINE = ("ip", "reboot", "start", "stop", "changepassword")  # of types with an address


def table(call: Call, itemtype: ItemType) -> Node:
    """The customer's services of one type."""
    wanted = _filter_of(call, itemtype)
    chosen = [service for service in call.provider.of_type(itemtype.intname) if _passes(service, wanted)]
    return paged(call, _sorted(call, chosen), lambda service: _row(call, service), toolbar(call, itemtype))


def paged(
    call: Call, rows: Sequence[Row], shown: Callable[[Row], Node], metadata: Sequence[Node] = ()
) -> Node:
    """One page of rows, with p_num, p_cnt and p_elems; the page size is remembered per list (2.2)."""
    cap = call.switches.number("page_cap")
    size = call.number("p_cnt", call.provider.pages.get(call.func, PAGE)) or PAGE
    size = min(size, cap) if cap else size
    call.provider.pages[call.func] = size
    number = max(1, call.number("p_num", 1))
    page = [shown(service) for service in rows[(number - 1) * size : number * size]]
    return Node(
        "doc", children=(*metadata, call.echo(), *page, *texts(p_cnt=size, p_num=number, p_elems=len(rows)))
    )


def plain_table(call: Call, rows: Sequence[Mapping[str, str]]) -> Node:
    """A list without buttons; rows are flat."""
    return paged(call, rows, lambda line: row(named(line)))


def _sorted(call: Call, services: List[Service]) -> List[Service]:
    """By p_col (+name, -name), else by list_order; `any` is an arbitrary but stable order."""
    column = call.text("p_col")
    if column:
        keys: Dict[str, Callable[[Service], Tuple[str, int]]] = {
            "expiredate": lambda row: (row.expire.isoformat() if row.expire else "", row.id),
            "createdate": lambda row: (row.created.isoformat(), row.id),
            "domain": lambda row: (row.name, row.id),
        }  # fmt: skip
        return sorted(
            services,
            key=keys.get(column.lstrip("+-"), lambda row: ("", row.id)),
            reverse=column.startswith("-"),
        )
    order = call.switches.word("list_order")
    if order == "any":
        return sorted(services, key=lambda row: row.id * 2654435761 % 2**32)
    return sorted(services, key=lambda row: row.id, reverse=order == "-id")


def _row(call: Call, service: Service) -> Node:
    itemtype, switches = service.plan.itemtype, call.switches
    values = {"id": str(service.id), itemtype.label: service.name}
    if itemtype.has_ip:
        values.update({"ip": service.ip, "username": service.username})
    values.update({name: service.fields.get(name, "") for name in itemtype.order})
    values.update(
        {"pricelist": service.plan.name, "pricelist_id": str(service.plan.id), "period": str(service.months)}
    )
    phrase = switches.word("expiredate_phrase")
    if phrase != "off":
        expiry = texts(expiredate=phrase, real_expiredate=service.expire or "", billdaily="on")
    else:
        expiry = (*dates("expiredate", service.expire), *texts(real_expiredate=service.expire or ""))
    more = texts(
        service_status=service_status(service), autoprolong=service.autoprolong,
        remoteid=service.remote_id if switches.on("remoteid_in_list") else None,
        scheduledclose="on" if service.scheduledclose else None,
    )  # fmt: skip
    cost = Node("cost", call.cost(service))
    return row(
        (
            *named(values),
            *state_columns(call, service),
            cost,
            *dates("createdate", service.created),
            *expiry,
            *more,
        )
    )


def state_columns(call: Call, service: Service) -> Tuple[Node, ...]:
    """The state as status_style says (2.2, 6.2)."""
    style, shown = call.switches.word("status_style"), status_name(service, call.lang)
    code = str(service.status)
    if style == "sub":
        return (Node("item_status", shown, {"orig": service.state}), Node("status", code))
    if style == "orig":
        return (Node("item_status", shown, {"orig": code}),)
    return (Node("item_status" if style == "plain" else "item_real_status", code),)


# -- filters -------------------------------------------------------------------------------------------------
def keep_filter(call: Call, itemtype: ItemType) -> Node:
    """X.filter: with sok it is stored and shortens later lists, empty fields reset it; without it is shown
    with what it allows (2.2).
    """
    key = (_owner(call), itemtype.intname)
    if call.submitted:
        wanted = {
            name: call.text(name) or (call.text(itemtype.label) if name == "name" else "") for name in FILTERS
        }
        call.provider.filters[key] = {name: value for name, value in wanted.items() if value}
        return ok()
    stored = call.provider.filters.get(key, {})
    plans = {str(plan.id): plan.name for plan in call.provider.plans_of(itemtype)}
    states = {str(code): str(code) for code in (1, ACTIVE, SUSPENDED, DELETED, PROCESSING)}
    fields = named({name: stored.get(name, "") for name in FILTERS})
    return Node(
        "doc", children=(*fields, slist("pricelist", plans), slist("item_status", states), call.echo())
    )


def _owner(call: Call) -> str:
    """Whose filter: the user's where sticky_filter is on, else the session's; calls with authinfo are no
    session.
    """
    return "" if call.switches.on("sticky_filter") else call.session or "authinfo"


def _filter_of(call: Call, itemtype: ItemType) -> Mapping[str, str]:
    owner = _owner(call)
    return {} if owner == "authinfo" else call.provider.filters.get((owner, itemtype.intname), {})


def _passes(service: Service, wanted: Mapping[str, str]) -> bool:
    if not wanted:
        return True
    values = {
        "id": str(service.id), "ip": service.ip, "pricelist": str(service.plan.id),
        "item_status": str(service.status), "remoteid": service.remote_id,
    }  # fmt: skip
    return wanted.get("name", "") in service.name and all(
        values[name] == value for name, value in wanted.items() if name != "name"
    )


# -- buttons -------------------------------------------------------------------------------------------------
def toolbar(call: Call, itemtype: ItemType) -> Tuple[Node, ...]:
    """metadata: the buttons that this login may press, and the columns (2.2)."""
    kind = itemtype.intname
    buttons = [
        Node("toolbtn", attrs={"func": func, "name": name}, many=True)
        for name, func in _functions(itemtype)
        if call.may(func)
    ]
    columns = [
        Node("col", attrs={"name": name, "type": "data"}, many=True)
        for name in ("id", *itemtype.columns, "expiredate", "item_status")
    ]
    group = Node("toolgrp", attrs={"name": "main"}, children=tuple(buttons), many=True)
    inside = (
        Node("toolbar", attrs={"view": "buttontext"}, children=(group,)),
        Node("coldata", children=tuple(columns)),
    )
    return (
        Node(
            "metadata",
            attrs={"name": kind, "type": "list", "key": "id", "keyname": itemtype.label, "mgr": "billmgr"},
            children=inside,
        ),
    )


def _functions(itemtype: ItemType) -> Iterable[Tuple[str, str]]:
    yield from ((name, f"{itemtype.intname}.{name}") for name in BUTTONS)
    yield from ((name, f"service.{name}") for name in (*OF_SERVICE, *(OF_MACHINE if itemtype.has_ip else ())))
    yield "instruction", "service.instruction.html"
