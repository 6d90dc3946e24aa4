"""Close a server at the upstream, at once or at the end of its term, as the provider likes."""

from __future__ import annotations

import logging

from bill2bill.accounts.services import ServiceAccount
from bill2bill.commands import link, reporting
from bill2bill.commands.context import Context
from bill2bill.commands.permissions import must_be_on, nothing_unsettled
from bill2bill.commands.processing import owned_service
from bill2bill.errors import Failure, NoAnswer, Phrase
from bill2bill.rules.statuses import ServiceState

LOG = logging.getLogger("bill2bill")


def run(context: Context) -> None:
    with context.item_locked() as item:
        connection = context.connection(item.module)
        known = link.link_of(context)
        nothing_unsettled(context)
        if known:
            must_be_on(on=connection.send_close, what="close")
            _close(context, context.account(ServiceAccount, connection), known)
            reporting.waits_no_more(context)
        context.panel.closed(item.id)


def _close(context: Context, account: ServiceAccount, known: link.Link) -> None:
    """Nothing is called for what is closed already. Raises pending while the upstream works on it."""
    if _is_over(context, account, known):
        return
    try:
        account.upstream.delete_service(context.item.itemtype, known.id)
    except NoAnswer as failure:
        LOG.warning("no answer to the closing of %s: %s", known.id, failure)
    if not _is_over(context, account, known):
        raise Failure("upstream_answer", func="delete", reason=Phrase("still_there", id=known.id))


def _is_over(context: Context, account: ServiceAccount, known: link.Link) -> bool:
    """Is it gone, closed, or planned to be closed when its term ends (upstream-billmanager6 6.7)?"""
    form = account.upstream.service(context.item.itemtype, known.id)
    if form is None or form.service.state is ServiceState.DELETED:
        _was_in_this_account(context, account)
        return True
    owned_service.check(context, account, known, form.service)
    if form.service.state is ServiceState.WORKING:
        raise owned_service.busy(context, form.service)
    return form.service.closing


def _was_in_this_account(context: Context, account: ServiceAccount) -> None:
    """What another login bought is not shown to this one, and may be charged. Raises other_account."""
    bought = context.journal.opening(context.item.id)
    if bought and bought.account not in ("", context.account_of(account)):
        raise Failure("other_account", id=bought.id)
