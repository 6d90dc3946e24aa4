"""Suspend and resume alike: bring a service at the upstream into a state, and see it there."""

from __future__ import annotations

import logging

from bill2bill.accounts.services import ServiceAccount
from bill2bill.commands import link, reporting
from bill2bill.commands.context import Context
from bill2bill.commands.permissions import must_live
from bill2bill.commands.processing import owned_service
from bill2bill.errors import Failure, NoAnswer, Phrase
from bill2bill.rules.statuses import NOT_OURS_TO_LIFT, ServiceState
from bill2bill.upstream.api import Service

LOG = logging.getLogger("bill2bill")


def bring(context: Context, wanted: ServiceState) -> None:
    """Nothing is sent if the connection does not send it (decision 10), or if the service is in this state
    already.

    Raises pending or upstream_slow while the upstream works on it; suspended_by_provider, not_ours,
    unpaid_order and what the request raises.
    """
    item = context.item
    must_live(item)
    account = context.account(ServiceAccount)
    if not account.connection.send_suspend:
        return
    known = link.required(context)
    service = owned_service.read(context, account, known).service
    if service.state is wanted:
        reporting.waits_no_more(context)
        return
    _may_be_changed(context, service)
    upstream = account.upstream
    act = upstream.suspend_service if wanted is ServiceState.SUSPENDED else upstream.resume_service
    try:
        act(item.itemtype, service.id)
    except NoAnswer as failure:
        LOG.warning("no answer to %s of %s: %s", context.call.command, service.id, failure)
    service = owned_service.read(context, account, known, why=False).service
    if service.state is ServiceState.WORKING:
        raise reporting.not_yet(context, service.id)
    if service.state is not wanted:
        unknown = Phrase("unknown_status", value=f"{service.state.value} {service.substate}".strip())
        raise Failure("upstream_answer", func=context.call.command, reason=unknown)


def _may_be_changed(context: Context, service: Service) -> None:
    if service.state is ServiceState.WORKING:  # on this very wish, or on another
        raise owned_service.busy(context, service)
    if service.state is ServiceState.UNPAID:
        raise Failure("unpaid_order", value=service.id)
    if service.state is ServiceState.SUSPENDED and service.substate in NOT_OURS_TO_LIFT:
        raise Failure("suspended_by_provider", value=service.id, reason=service.substate)
