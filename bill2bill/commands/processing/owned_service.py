"""The service behind an item, as the upstream shows it now: only what is certainly ours is touched
(decision 7).
"""

from __future__ import annotations

import math
from typing import Callable, Set

from bill2bill.accounts.services import ServiceAccount
from bill2bill.commands import reporting
from bill2bill.commands.context import Context
from bill2bill.commands.link import Link
from bill2bill.errors import Failure, Phrase
from bill2bill.host import place
from bill2bill.journal.engine import Finding, Sight
from bill2bill.journal.purchase import Purchase, Stage
from bill2bill.rules import names
from bill2bill.rules.plans import Plan, plan_of
from bill2bill.rules.statuses import ServiceState
from bill2bill.upstream.api import Service, ServiceForm


def mark_of(context: Context, purchase: int) -> str:
    """What the upstream keeps as `remoteid`, one for each purchase (upstream-billmanager6 9.3 #7)."""
    return f"{prefix_of(context)}{purchase}"


def prefix_of(context: Context) -> str:
    """How the marks of all purchases of the item begin."""
    return f"{place.installation_id(context.key)}-{context.item.id}-"


def of_former_item(context: Context, service: Service) -> bool:
    """Does its mark name a purchase of an item that had this number before (Journal.detach)?"""
    number = (service.mark or "")[len(prefix_of(context)) :]
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return False
    row = context.journal.purchase(int(number))
    return row is not None and row.item == context.item.id and row.detached


def plan(context: Context, pricelist: int) -> Plan:
    return plan_of(pricelist, context.data.tariff_settings(pricelist))


def months_to_buy(context: Context, sold: int) -> int:
    """What is bought at a time; by a tariff plan that is not linked any more, what was sold."""
    linked = context.data.tariff_settings(context.item.pricelist).get("b2b_tariff")
    return plan(context, context.item.pricelist).months_for(sold) if linked else sold


def read(context: Context, account: ServiceAccount, known: Link, *, why: bool = True) -> ServiceForm:
    """The service, read now, on request with why it is so (its substate).

    Raises remote_gone, or not_ours when it is not certainly the item's: then nothing may be sent.
    """
    form = account.upstream.service(context.item.itemtype, known.id, why=why)
    if form is None or form.service.state is ServiceState.DELETED:
        raise Failure("remote_gone", value=known.id)
    check(context, account, known, form.service)
    return form


def check(context: Context, account: ServiceAccount, known: Link, service: Service) -> None:
    """Our mark decides; where the upstream shows none, name and tariff must both fit or, without a name, our
    order or a person must have named it.

    Raises not_ours, or held_by_other for one that another item holds which is not closed.
    """
    _check_evidence(context, account, known, service)
    context.claim(account, service.id)


def _check_evidence(context: Context, account: ServiceAccount, known: Link, service: Service) -> None:
    item = context.item
    if service.mark:
        if not service.mark.startswith(prefix_of(context)) or of_former_item(context, service):
            raise Failure("not_ours", value=service.id, reason=Phrase("other_mark", value=service.mark))
        return
    holder = context.other_holder(account, service.id)
    if holder and not (holder.detached or context.data.is_closed(holder.item)):
        raise Failure("held_by_other", value=service.id, object=holder.item, id=holder.purchase or "-")
    bought = context.journal.opening(item.id)
    if not item.name and bought and bought.remote == service.id:
        return
    if not item.name or service.name != names.host_name(item.name):
        differs = Phrase("differs", found=service.name or "-", wanted=item.name or "-")
        raise Failure("not_ours", value=service.id, reason=differs)
    tariffs = _tariffs(context, known)
    if not any(account.has_tariff(item.itemtype, service, tariff) for tariff in tariffs):
        other_tariff = Phrase("other_tariff", name=service.tariff or service.tariff_name)
        raise Failure("not_ours", value=service.id, reason=other_tariff)


def _tariffs(context: Context, known: Link) -> Set[int]:
    """What the item may be sold by: as noted, and as its tariff plans say, during a change both."""
    found = {known.price} if known.price else set()
    for pricelist in (context.item.pricelist, context.item.lastpricelist):
        if pricelist and context.data.tariff_settings(pricelist).get("b2b_tariff", "").strip():
            found.add(plan(context, pricelist).tariff)
    return found


def busy(context: Context, service: Service) -> Failure:
    """The upstream works on a service: on this very wish, or on another."""
    if service.substate == context.call.command:
        return reporting.not_yet(context, service.id)
    return Failure("upstream_busy", value=service.id)


def must_not_be_on_its_way(context: Context, kind: str, within: float = math.inf) -> None:
    """A change of tariff may move the date by which a renewal is recognised (upstream-billmanager6 6.4), so
    neither begins while the other is looked for. within: seconds since its request left, after which it is
    not waited for. Raises item_busy.
    """
    row = context.journal.unsettled(context.item.id, kind)
    if row and row.stage is Stage.SENT and row.age < within:
        raise Failure("item_busy", detail=f"purchase {row.id}, {kind}, is on its way")


def look(
    context: Context, account: ServiceAccount, known: Link, row: Purchase, sees: Callable[[], Finding]
) -> Finding:
    """What `sees` finds of a renewal or a change; one that is not there may wait in the cart, and only its
    answer was lost.

    The cart is read just where absence would mean that the request is sent again. Without the service it is
    followed by one more glance, for what was paid in between is in the cart no more.
    """
    found = sees()
    if found.sight is not Sight.ABSENT or not _may_wait_in_cart(context, row):
        return found
    unpaid = account.upstream.in_cart(known.id)
    return sees() if unpaid is None else found._replace(unpaid=unpaid)


def _may_wait_in_cart(context: Context, row: Purchase) -> bool:
    """A request has left, without a yes, and so long ago that it will not be carried out any more
    (upstream-billmanager6 6.6, the rule).
    """
    return (
        row.sent is not None
        and not row.accepted
        and row.age >= context.options.settle
        and context.options.cart_witness
    )
