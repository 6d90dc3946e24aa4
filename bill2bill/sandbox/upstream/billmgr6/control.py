"""Control URLs of dialect 6: its account, services, tariffs and the names that others own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Callable, Dict, List, Mapping, Tuple

from bill2bill.sandbox.upstream.billmgr6.catalogue import ItemType, Plan
from bill2bill.sandbox.upstream.billmgr6.fixtures import TYPES
from bill2bill.sandbox.upstream.billmgr6.models import ACTIVE, ORDERED, Service
from bill2bill.sandbox.upstream.engine.control import COMMON, Body, Route, money
from bill2bill.sandbox.upstream.engine.names import ascii_name
from bill2bill.sandbox.upstream.engine.site import Site

STATUSES = range(ORDERED, 6)


def state(site: Site, body: Body, query: Mapping[str, str]) -> Dict[str, Any]:
    """Everything; ?services=off leaves the services out."""
    provider = site.provider
    account = provider.account
    return {
        "today": provider.clock.today().isoformat(),
        "accounts": [{"id": account.id, "currency": account.currency, "balance": str(account.balance),
            "credit": str(account.credit)}],
        "services": []
            if query.get("services") == "off"
            else [_row(service) for service in provider.services.values()],
        "basket": [{"id": line.id, "billorder": provider.billorder, "kind": line.kind,
            "item": line.service.id, "amount": str(line.amount)}
                   for line in provider.basket],
        "cart": [{"id": line.id, "kind": line.kind,
            "amount": str(line.amount)} for line in provider.cart.values()],
        "contacts": [{"id": row.id, "name": row.name, "profiletype": row.profiletype,
            **row.fields} for row in provider.contacts.values()],
        "names": sorted(provider.taken),
    }  # fmt: skip


def _row(service: Service) -> Dict[str, Any]:
    return {
        "id": service.id, "itemtype": service.kind, "domain": service.name, "pricelist": service.plan.id,
        "status": service.status,
        "sub": service.sub, "expiredate": service.expire.isoformat() if service.expire else None,
        "autoprolong": service.autoprolong,
        "remoteid": service.remote_id, "ip": service.ip or service.fields.get("ip", ""),
        "period": service.months,
        "addons": {str(number): value for number, value in service.addons.items()},
        "scheduledclose": service.scheduledclose,
        "username": service.username, "password": service.password, "createdate": service.created.isoformat(),
        "fields": dict(service.fields),
    }  # fmt: skip


def progress(site: Site, body: Body, query: Mapping[str, str]) -> Dict[str, Any]:
    """Finish every operation, or the one of the service with that id."""
    chosen = [service for service in site.provider.working() if body.get("id") in (None, service.id)]
    for service in chosen:
        site.provider.finish(service)
    return {"finished": [service.id for service in chosen]}


def balance(site: Site, body: Body, query: Mapping[str, str]) -> Dict[str, Any]:
    """balance and credit of the only account; `account` may be said."""
    provider = site.provider
    if body.get("account", provider.account.id) != provider.account.id:
        raise KeyError("account")
    if "credit" in body:
        provider.account.credit = money(body["credit"])
    provider.set_balance(money(body["balance"]) if "balance" in body else provider.account.balance)
    return {
        "account": provider.account.id,
        "balance": str(provider.account.balance),
        "credit": str(provider.account.credit),
    }


# -- services ------------------------------------------------------------------------------------------------
def service(site: Site, body: Body, query: Mapping[str, str]) -> Any:
    """One object or a list of them: with an id it changes a service, without one it is a new service of the
    customer.
    """
    rows = body if isinstance(body, list) else [body]
    made = [_changed(site, row) if "id" in row else _planted(site, row) for row in rows]
    return [{"id": row.id} for row in made] if isinstance(body, list) else _row(made[0])


def _planted(site: Site, row: Mapping[str, Any]) -> Service:
    provider = site.provider
    plan = provider.plans[int(row["pricelist"])]
    if row.get("itemtype", plan.itemtype.intname) != plan.itemtype.intname:
        raise ValueError(f"tariff {plan.id} is of type {plan.itemtype.intname}")
    months = int(row.get("period", next(iter(plan.prices))))
    made = Service(
        0,
        plan,
        "",
        months,
        provider.account.id,
        provider.clock.today(),
        status=ACTIVE,
        addons=plan.defaults(),
    )
    _apply(made, row)
    return provider.add(made)  # type: ignore[no-any-return]


def _changed(site: Site, row: Mapping[str, Any]) -> Service:
    """Setting the status ends the running operation of the service."""
    provider = site.provider
    found: Service = provider.services[int(row["id"])]
    if "pricelist" in row:
        found.plan = provider.plans[int(row["pricelist"])]
    if "status" in row:
        provider.finish(found)
    _apply(found, row)
    if "status" in row:
        provider.add(found)
    return found


SETTERS: Mapping[str, Callable[[Service, Any], None]] = {
    "domain": lambda service, value: setattr(service, "name", str(value)),
    "expiredate": lambda service, value: setattr(
        service, "expire", date.fromisoformat(value) if value else None
    ),
    "createdate": lambda service, value: setattr(service, "created", date.fromisoformat(value)),
    "status": lambda service, value: setattr(service, "status", _status(value)),
    "sub": lambda service, value: setattr(service, "sub", str(value)),
    "autoprolong": lambda service, value: setattr(service, "autoprolong", str(value)),
    "remoteid": lambda service, value: setattr(service, "remote_id", str(value)),
    "ip": lambda service, value: setattr(service, "ip", str(value)),
    "period": lambda service, value: setattr(service, "months", int(value)),
    "username": lambda service, value: setattr(service, "username", str(value)),
    "password": lambda service, value: setattr(service, "password", str(value)),
    "scheduledclose": lambda service, value: setattr(service, "scheduledclose", bool(value)),
    "addons": lambda service, value: service.addons.update(
        {int(number): str(chosen) for number, chosen in value.items()}
    ),
    "fields": lambda service, value: service.fields.update(
        {str(name): str(text) for name, text in value.items()}
    ),
}


def _apply(target: Service, row: Mapping[str, Any]) -> None:
    unknown = set(row) - set(SETTERS) - {"id", "itemtype", "pricelist"}
    if unknown:
        raise ValueError(
            f"unknown keys: {', '.join(sorted(unknown))}; known are id, itemtype, pricelist,"
            f" {', '.join(SETTERS)}"
        )
    for name, value in row.items():
        if name in SETTERS:
            SETTERS[name](target, value)
    if target.kind == "soft" and "ip" in row:
        target.fields["ip"], target.ip = target.ip, ""


def _status(value: Any) -> int:
    if int(value) not in STATUSES:
        raise ValueError("status is a number from 1 to 5")
    return int(value)


# -- the world -----------------------------------------------------------------------------------------------
def domain(site: Site, body: Body, query: Mapping[str, str]) -> Any:
    """`check` taken or free is what the registrar says of a name; a list makes many."""
    rows: List[Mapping[str, Any]] = body if isinstance(body, list) else [body]
    for row in rows:
        if row.get("check") not in ("taken", "free"):
            raise ValueError(
                'say "check": "taken" or "free"; a domain of the customer is planted with POST service'
            )
        (site.provider.taken.add if row["check"] == "taken" else site.provider.taken.discard)(
            ascii_name(row["name"])
        )
    return {"names": sorted(site.provider.taken)}


def tariff(site: Site, body: Body, query: Mapping[str, str]) -> Dict[str, Any]:
    """Change prices, name or availability of a tariff, or sell a new one: {"id", "itemtype", "name",
    "prices": {"1": "9.00"}}.

    A type that is not known yet becomes a custom one. Services that are there already have the changed tariff
    from now on.
    """
    provider, number = site.provider, int(body["id"])
    prices: Dict[int, Decimal] = {int(months): money(cost) for months, cost in body.get("prices", {}).items()}
    known = provider.plans.get(number)
    if known is None:
        if not prices:
            raise ValueError('a new tariff needs prices, for example {"1": "9.00"}')
        known = Plan(
            number,
            _type(site, str(body["itemtype"])),
            str(body["name"]),
            prices,
            zone=str(body.get("zone", "")),
        )
    plan = replace(
        known, prices=prices or known.prices, name=str(body.get("name", known.name)),
        orderable=bool(body.get("orderable", known.orderable))
    )  # fmt: skip
    provider.plans[number] = plan
    for owned in provider.services.values():
        owned.plan = plan if owned.plan.id == number else owned.plan
    return {
        "id": plan.id,
        "itemtype": plan.itemtype.intname,
        "prices": {str(months): str(cost) for months, cost in plan.prices.items()},
    }


def _type(site: Site, intname: str) -> ItemType:
    if not intname.isidentifier():
        raise ValueError("itemtype is a name")
    known: ItemType = site.provider.types.setdefault(
        intname, ItemType(intname, TYPES[-1].id + len(site.provider.types), intname, "server_name")
    )
    return known


ROUTES: Mapping[Tuple[str, str], Route] = {
    **COMMON,
    ("GET", "state"): state,
    ("POST", "progress"): progress,
    ("POST", "balance"): balance,
    ("POST", "service"): service,
    ("POST", "domain"): domain,
    ("POST", "tariff"): tariff,
}
