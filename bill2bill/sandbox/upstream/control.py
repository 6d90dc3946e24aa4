"""The control URLs under /_sandbox/: JSON in, JSON out, from this machine only. docs/sandbox-upstream.md shows each with curl."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

from bill2bill.sandbox.upstream import faults
from bill2bill.sandbox.upstream.models import (
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
    ascii_name,
)
from bill2bill.sandbox.upstream.site import Site

PREFIX = "/_sandbox/"
STATUSES = range(1, 8)
CHECKS = ("taken", "free", "empty_status", "no_status", "error", "html", "502", "slow")
Body = Any
Handler = Callable[[Site, Body, Mapping[str, str]], Any]


def ledger(site: Site, body: Body, query: Mapping[str, str]) -> List[Dict[str, Any]]:
    return list(site.provider.ledger.rows)


def requests(site: Site, body: Body, query: Mapping[str, str]) -> List[Dict[str, Any]]:
    """All requests, or those of ?func=."""
    return [row for row in site.provider.requests.rows if query.get("func") in (None, row["func"])]


def state(site: Site, body: Body, query: Mapping[str, str]) -> Dict[str, Any]:
    provider = site.provider
    return {
        "today": provider.clock.today().isoformat(),
        "accounts": [{**asdict(row), "balance": str(row.balance), "credit": str(row.credit or 0)} for row in provider.accounts.values()],
        "domains": [_domain_row(row) for row in provider.domains()],
        "services": [{**_item_row(row), **row.fields} for row in provider.items.values() if isinstance(row, Service)],
        "contacts": [asdict(row) for row in provider.contacts.values()],
        "names": [{"name": row.name, "check": row.check} for row in provider.names.values()],
    }


def _item_row(item: Item) -> Dict[str, Any]:
    return {
        "id": item.id, "name": item.name, "status": item.status, "expire": item.expire.isoformat() if item.expire else None,
        "price": item.tariff.id, "period": item.period.id, "account": item.account, "auto_period": item.auto_period, "remoteid": item.remote_id,
    }


def _domain_row(domain: Domain) -> Dict[str, Any]:
    return {**_item_row(domain), "ns": [server for server in domain.servers if server], "contacts": domain.contacts, "transfer": domain.transfer}


def clock(site: Site, body: Body, query: Mapping[str, str]) -> Dict[str, Any]:
    """Show the clock, or move it: advance_days, advance_seconds, or today (a later date)."""
    provider = site.provider
    if body:
        if "today" in body:
            provider.clock.move_to(date.fromisoformat(body["today"]))
        provider.clock.advance(days=float(body.get("advance_days", 0)), seconds=float(body.get("advance_seconds", 0)))
        provider.settle()
    return {"today": provider.clock.today().isoformat(), "now": provider.clock.stamp()}


def progress(site: Site, body: Body, query: Mapping[str, str]) -> Dict[str, Any]:
    """Finish everything in progress, or the item with that id only."""
    chosen = [item for item in site.provider.working() if body.get("id") in (None, item.id)]
    for item in chosen:
        site.provider.finish(item)
    return {"finished": [item.id for item in chosen]}


def balance(site: Site, body: Body, query: Mapping[str, str]) -> Dict[str, Any]:
    account = site.provider.accounts[int(body["account"])]
    site.provider.set_balance(account, _money(body["balance"]))
    if "credit" in body:
        account.credit = _money(body["credit"])
    return {"account": account.id, "balance": str(account.balance)}


def _money(text: object) -> Decimal:
    amount = Decimal(str(text))
    if not amount.is_finite():
        raise InvalidOperation
    return amount


def domain(site: Site, body: Body, query: Mapping[str, str]) -> Any:
    """One fixture or a list of them: `check` says what others know of the name, otherwise it is the customer's."""
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
    zones = [plan for plan in provider.tariffs.values() if plan.tld and name.endswith("." + ascii_name(plan.tld))]
    chosen = provider.tariffs[int(row["price"])] if "price" in row else next(iter(zones), None)
    if chosen not in zones or chosen is None:
        raise ValueError(f"no tariff for {name}")
    period = chosen.period(str(row.get("period", chosen.periods[0].id))) or chosen.periods[0]
    account = next(number for number, one in provider.accounts.items() if one.currency == chosen.currency)
    servers = [str(server) for server in row.get("ns", ["ns1.example.net", "ns2.example.net"])][:SLOTS]
    status = int(row.get("status", ACTIVE))
    if status not in STATUSES or provider.domain_named(name) is not None:
        raise ValueError(f"{name} is there already" if status in STATUSES else "status is a number from 1 to 7")
    domain = Domain(
        provider.next_item(), name, chosen, period, account, ACTIVE if status == RENEWING else status, _date(row.get("expire")),
        servers=servers + [""] * (SLOTS - len(servers)), contacts={role: int(number) for role, number in row.get("contacts", {}).items()},
        auto_period=str(row.get("auto_period", "")), remote_id=str(row.get("remoteid", "")),
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
    rows = [Period(int(row["id"]), int(row["p_length"]), row.get("per_type", "year"), _money(row["price_num"])) for row in body["period"]]
    made = Tariff(
        int(body["id"]), "domain", body.get("name", ""), tuple(rows), tld=body["tld"], registrar=int(body["registrar_id"]),
        priority=str(body.get("priority", "")),
    )
    site.provider.tariffs[made.id] = made
    return {"id": made.id, "tld": made.tld, "periods": [row.id for row in made.periods]}


def switch(site: Site, body: Body, query: Mapping[str, str]) -> List[Dict[str, object]]:
    """List the switches, or set those that are named; a rule of progress takes effect at once."""
    if body:
        site.provider.switches.set(body)
        site.provider.settle()
    return site.provider.switches.listed()


def list_faults(site: Site, body: Body, query: Mapping[str, str]) -> List[Dict[str, Any]]:
    return site.faults.listed()


def arm(site: Site, body: Body, query: Mapping[str, str]) -> Dict[str, Any]:
    return asdict(site.faults.arm(faults.parse(body)))


def disarm(site: Site, body: Body, query: Mapping[str, str]) -> Dict[str, Any]:
    """All faults, or the one of ?id=."""
    return {"disarmed": site.faults.clear(int(query["id"]) if "id" in query else None)}


def reset(site: Site, body: Body, query: Mapping[str, str]) -> Dict[str, Any]:
    site.reset()
    return {"reset": True}


ROUTES: Mapping[Tuple[str, str], Handler] = {
    ("GET", "ledger"): ledger, ("GET", "requests"): requests, ("GET", "state"): state, ("GET", "clock"): clock, ("POST", "clock"): clock,
    ("POST", "progress"): progress, ("POST", "balance"): balance, ("POST", "domain"): domain, ("POST", "contact/lock"): contact_lock,
    ("POST", "tariff"): tariff, ("GET", "switch"): switch, ("POST", "switch"): switch, ("GET", "faults"): list_faults,
    ("POST", "faults"): arm, ("DELETE", "faults"): disarm, ("POST", "reset"): reset,
}


def control(site: Site, method: str, path: str, body: Body, query: Mapping[str, str]) -> Tuple[int, Any]:
    """(HTTP status, JSON) of one control request; 400 with a reason when the request makes no sense."""
    handler = ROUTES.get((method, path))
    if handler is None:
        return 404, {"error": "no such control URL", "known": sorted(f"{verb} {PREFIX}{name}" for verb, name in ROUTES)}
    with site.provider.lock:
        try:
            return 200, handler(site, body, query)
        except KeyError as lacking:
            return 400, {"error": f"unknown or missing: {lacking.args[0]}"}
        except (ValueError, TypeError, AttributeError, InvalidOperation) as wrong:
            return 400, {"error": str(wrong) or type(wrong).__name__}
