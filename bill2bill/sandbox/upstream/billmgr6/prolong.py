"""service.prolong (upstream-billmanager6 6.6). It is not idempotent: two calls extend twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Sequence

from bill2bill.sandbox.upstream.billmgr6.call import Call
from bill2bill.sandbox.upstream.billmgr6.document import Node, ok, texts
from bill2bill.sandbox.upstream.billmgr6.errors import Refusal, bad_value
from bill2bill.sandbox.upstream.billmgr6.forms import Field, choices, form
from bill2bill.sandbox.upstream.billmgr6.models import ORDERED, Service, period_after


def prolong(call: Call) -> Node:
    """The view, or one more period: charged at once, or in the cart with clicked_button=basket or
    prolong_default=cart.
    """
    service = call.service()
    months = _period(call, service)
    if not call.submitted:
        return _view(call, service, months)
    _check(call, service)
    before = service.expire
    line = call.provider.line(
        "prolong",
        service,
        months,
        service.plan.cost(months, service.addons),
        lambda: call.provider.extend(service, months),
    )
    charges = call.pays_now or call.switches.word("prolong_default") == "charge"
    waits = call.provider.buy([line], at_once=charges and call.button != "basket")
    if waits is not None:
        return ok(*texts(billorder=waits))
    inner = texts(elid=service.id, expiredate=before or "", newexpiredate=service.expire or "")
    return ok(Node("doc", children=inner))


def _period(call: Call, service: Service) -> int:
    sold = [months for months in service.plan.prices if months > 0]
    sent = call.text("period") or str(service.months if service.months in sold else sold[0])
    chosen = next((months for months in sold if str(months) == sent), None)
    if chosen is None:
        raise bad_value("period", sent)
    return chosen


def _check(call: Call, service: Service) -> None:
    """Raises the refusal for an unpaid or busy service, and for a renewal that is too early (6.6)."""
    if service.status == ORDERED:
        raise Refusal("value", "status", str(service.status))
    call.provider.changeable(service)
    days = call.switches.number("too_early_prolong_days")
    if days and service.expire and service.expire - timedelta(days=days) > call.provider.clock.today():
        raise Refusal(
            "value", "expiredate", (service.expire - timedelta(days=days)).isoformat(), text="too_early"
        )


def _view(call: Call, service: Service, months: int) -> Node:
    base = service.expire or call.provider.clock.today()
    periods: Sequence[int] = [number for number in service.plan.prices if number > 0]
    fields = [
        Field("elid", str(service.id), readonly=True), Field("title_name", service.name, readonly=True),
        Field("status", str(service.status), readonly=True),
        Field("expiredate", base.isoformat(), readonly=True),
        Field("newexpiredate", period_after(base, months).isoformat(), readonly=True),
        Field("period", str(months), "Period", "select",
            choices=choices({str(number): call.period(number) for number in periods})),
    ]  # fmt: skip
    cost = call.money(call.provider.gross(service.plan.cost(months, service.addons)))
    return form(call, fields, texts(orderinfo=f"Total amount: <b>{cost}</b>"))
