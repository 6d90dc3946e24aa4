"""Control URLs under /_sandbox/: JSON, no login, for this machine only. docs/sandbox-upstream.md shows each
with curl.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Callable, Dict, List, Mapping, Tuple

from bill2bill.sandbox.upstream.engine import faults
from bill2bill.sandbox.upstream.engine.site import Site

PREFIX = "/_sandbox/"
Body = Any
Route = Callable[[Site, Body, Mapping[str, str]], Any]


def ledger(site: Site, body: Body, query: Mapping[str, str]) -> List[Dict[str, Any]]:
    return list(site.provider.ledger.rows)


def requests(site: Site, body: Body, query: Mapping[str, str]) -> List[Dict[str, Any]]:
    """All requests, or those of ?func=."""
    return [row for row in site.provider.requests.rows if query.get("func") in (None, row["func"])]


def clock(site: Site, body: Body, query: Mapping[str, str]) -> Dict[str, Any]:
    """Show the clock, or move it: advance_days, advance_seconds, or today (a later date)."""
    provider = site.provider
    if body:
        if "today" in body:
            provider.clock.move_to(date.fromisoformat(body["today"]))
        provider.clock.advance(
            days=float(body.get("advance_days", 0)), seconds=float(body.get("advance_seconds", 0))
        )
        provider.settle()
    return {"today": provider.clock.today().isoformat(), "now": provider.clock.stamp()}


def switch(site: Site, body: Body, query: Mapping[str, str]) -> Any:
    """List the switches, or set those that are named; a rule of progress takes effect at once."""
    if body:
        site.provider.switches.set(body)
        site.provider.settle()
    return site.provider.switches.listed()


def list_faults(site: Site, body: Body, query: Mapping[str, str]) -> List[Dict[str, Any]]:
    return site.faults.listed()


def arm(site: Site, body: Body, query: Mapping[str, str]) -> Dict[str, Any]:
    dialect = site.dialect
    return asdict(site.faults.arm(faults.parse(body, dialect.spoilers, dialect.short, dialect.error_keys)))


def disarm(site: Site, body: Body, query: Mapping[str, str]) -> Dict[str, Any]:
    """All faults, or the one of ?id=."""
    return {"disarmed": site.faults.clear(int(query["id"]) if "id" in query else None)}


def reset(site: Site, body: Body, query: Mapping[str, str]) -> Dict[str, Any]:
    site.reset()
    return {"reset": True}


def money(text: object) -> Decimal:
    """An amount in a control request; raises InvalidOperation for what is none."""
    amount = Decimal(str(text))
    if not amount.is_finite():
        raise InvalidOperation
    return amount


COMMON: Mapping[Tuple[str, str], Route] = {
    ("GET", "ledger"): ledger,
    ("GET", "requests"): requests,
    ("GET", "clock"): clock,
    ("POST", "clock"): clock,
    ("GET", "switch"): switch,
    ("POST", "switch"): switch,
    ("GET", "faults"): list_faults,
    ("POST", "faults"): arm,
    ("DELETE", "faults"): disarm,
    ("POST", "reset"): reset,
}


def control(site: Site, method: str, path: str, body: Body, query: Mapping[str, str]) -> Tuple[int, Any]:
    """(HTTP status, JSON) of one control request; 400 with a reason for an invalid request."""
    routes = site.dialect.routes
    handler = routes.get((method, path))
    if handler is None:
        return 404, {
            "error": "no such control URL",
            "known": sorted(f"{verb} {PREFIX}{name}" for verb, name in routes),
        }
    with site.provider.lock:
        try:
            return 200, handler(site, body, query)
        except KeyError as lacking:
            return 400, {"error": f"unknown or missing: {lacking.args[0]}"}
        except (ValueError, TypeError, AttributeError, InvalidOperation) as wrong:
            return 400, {"error": str(wrong) or type(wrong).__name__}
