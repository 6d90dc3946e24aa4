"""What happens to a service when its time is over; asked once a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bill2bill.sandbox.upstream.billmgr6.models import ACTIVE, DELETED, SUSPENDED, Service

if TYPE_CHECKING:
    from bill2bill.sandbox.upstream.billmgr6.provider import Provider


def come_to_term(provider: Provider, service: Service) -> None:
    """Closed if that was planned, renewed if it renews itself and money is there, else suspended the day
    after.
    """
    today = provider.clock.today()
    if service.status not in (ACTIVE, SUSPENDED) or service.expire is None or service.expire > today:
        return
    if service.scheduledclose:
        provider.start(service, "close", DELETED)
    elif service.status == ACTIVE and not _renewed(provider, service) and service.expire < today:
        provider.start(service, "suspend", SUSPENDED, "autosuspend")


def _renewed(provider: Provider, service: Service) -> bool:
    """By its autoprolong, as often as a customer could."""
    if service.autoprolong not in map(str, service.plan.prices):
        return False
    months = int(service.autoprolong)
    line = provider.line(
        "prolong",
        service,
        months,
        service.plan.cost(months, service.addons),
        lambda: provider.extend(service, months),
    )
    if not provider.account.covers(line.amount):
        return False
    provider.carry_out([line])
    return True
