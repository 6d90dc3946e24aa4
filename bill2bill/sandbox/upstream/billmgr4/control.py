"""Control URLs of dialect 4: its accounts, domains, contacts and tariffs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any, Dict, Mapping, Optional, Tuple

from bill2bill.sandbox.upstream.billmgr4.models import (
    ACTIVE,
    IN_PROGRESS,
    RENEWING,
    SLOTS,
    Domain,
    Item,
    Name,
    Period,
    Service,
    Tariff,
)
from bill2bill.sandbox.upstream.engine.control import COMMON, Body, Route, money
from bill2bill.sandbox.upstream.engine.names import ascii_name
from bill2bill.sandbox.upstream.engine.site import Site

STATUSES = range(1, 8)
CHECKS = ("taken", "free", "empty_status", "no_status", "error", "html", "502", "slow")


def state(site: Site, body: Body, query: Mapping[str, str]) -> Dict[str, Any]:
    provider = site.provider
    return {
        "today": provider.clock.today().isoformat(),
        "accounts": [
            {**asdict(row), "balance": str(row.balance), "credit": str(row.credit or 0)}
            for row in provider.accounts.values()
        ],
        "domains": [_domain_row(row) for row in provider.domains()],
        "services": [
            {**_item_row(row), **row.fields} for row in provider.items.values() if isinstance(row, Service)
        ],
        "contacts": [asdict(row) for row in provider.contacts.values()],
        "names": [{"name": row.name, "check": row.check} for row in provider.names.values()],
    }


def _item_row(item: Item) -> Dict[str, Any]:
    return {
        "id": item.id,
        "name": item.name,
        "status": item.status,
        "expire": item.expire.isoformat() if item.expire else None,
        "price": item.tariff.id,
        "period": item.period.id,
        "account": item.account,
        "auto_period": item.auto_period,
        "remoteid": item.remote_id,
    }


def _domain_row(domain: Domain) -> Dict[str, Any]:
    return {
        **_item_row(domain),
        "ns": [server for server in domain.servers if server],
        "contacts": domain.contacts,
        "transfer": domain.transfer,
    }


def progress(site: Site, body: Body, query: Mapping[str, str]) -> Dict[str, Any]:
    """Finish everything in progress, or the item with that id only."""
    chosen = [item for item in site.provider.working() if body.get("id") in (None, item.id)]
    for item in chosen:
        site.provider.finish(item)
    return {"finished": [item.id for item in chosen]}


def balance(site: Site, body: Body, query: Mapping[str, str]) -> Dict[str, Any]:
    account = site.provider.accounts[int(body["account"])]
    site.provider.set_balance(account, money(body["balance"]))
    if "credit" in body:
        account.credit = money(body["credit"])
    return {"account": account.id, "balance": str(account.balance)}


def domain(site: Site, body: Body, query: Mapping[str, str]) -> Any:
    """One fixture or a list of them: `check` says what others know of the name, otherwise it is the
    customer's.
    """
    rows = body if isinstance(body, list) else [body]
    made = [_known_name(site, row) if "check" in row else _owned(site, row) for row in rows]
    return made if isinstance(body, list) else made[0]


def _known_name(site: Site, row: Mapping[str, Any]) -> Dict[str, Any]:
    if row["check"] not in CHECKS:
        raise ValueError(f"check is one of {', '.join(CHECKS)}")
    name = Name(ascii_name(row["name"]), row["check"], _date(row.get("expire")), float(row.get("seconds", 3)))
    site.provider.names[name.name] = name
    return {"name": name.name, "check": name.check}


def _date(text: Optional[str]) -> Optional[date]:
    return date.fromisoformat(text) if text else None


def _owned(site: Site, row: Mapping[str, Any]) -> Dict[str, Any]:
    provider, name = site.provider, ascii_name(row["name"])
    zones = [
        plan for plan in provider.tariffs.values() if plan.tld and name.endswith("." + ascii_name(plan.tld))
    ]
    chosen = provider.tariffs[int(row["price"])] if "price" in row else next(iter(zones), None)
    if chosen not in zones or chosen is None:
        raise ValueError(f"no tariff for {name}")
    period = chosen.period(str(row.get("period", chosen.periods[0].id))) or chosen.periods[0]
    account = next(number for number, one in provider.accounts.items() if one.currency == chosen.currency)
    servers = [str(server) for server in row.get("ns", ["ns1.example.net", "ns2.example.net"])][:SLOTS]
    status = int(row.get("status", ACTIVE))
    if status not in STATUSES or provider.domain_named(name) is not None:
        raise ValueError(
            f"{name} is there already" if status in STATUSES else "status is a number from 1 to 7"
        )
    domain = Domain(
        provider.next_item(),
        name,
        chosen,
        period,
        account,
        ACTIVE if status == RENEWING else status,
        _date(row.get("expire")),
        servers=servers + [""] * (SLOTS - len(servers)),
        contacts={role: int(number) for role, number in row.get("contacts", {}).items()},
        auto_period=str(row.get("auto_period", "")),
        remote_id=str(row.get("remoteid", "")),
    )
    provider.add(domain)
    if status in IN_PROGRESS:
        provider.start(domain, status, period)
    return _domain_row(domain)


def contact_lock(site: Site, body: Body, query: Mapping[str, str]) -> Dict[str, Any]:
    contact = site.provider.contacts[int(body["id"])]
    contact.locked = bool(body.get("locked", True))
    return {"id": contact.id, "locked": contact.locked}


def tariff(site: Site, body: Body, query: Mapping[str, str]) -> Dict[str, Any]:
    """Add or replace a domain tariff; ordered items keep the one that they were ordered with."""
    rows = [
        Period(int(row["id"]), int(row["p_length"]), row.get("per_type", "year"), money(row["price_num"]))
        for row in body["period"]
    ]
    made = Tariff(
        int(body["id"]),
        "domain",
        body.get("name", ""),
        tuple(rows),
        tld=body["tld"],
        registrar=int(body["registrar_id"]),
        priority=str(body.get("priority", "")),
    )
    site.provider.tariffs[made.id] = made
    return {"id": made.id, "tld": made.tld, "periods": [row.id for row in made.periods]}


ROUTES: Mapping[Tuple[str, str], Route] = {
    **COMMON,
    ("GET", "state"): state,
    ("POST", "progress"): progress,
    ("POST", "balance"): balance,
    ("POST", "domain"): domain,
    ("POST", "contact/lock"): contact_lock,
    ("POST", "tariff"): tariff,
}
