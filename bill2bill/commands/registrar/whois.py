"""Is a name free? Three answers: free, busy, or an error that says «try later» (decision 16)."""

from __future__ import annotations

import logging
from typing import List

from bill2bill.accounts.domains import DomainAccount
from bill2bill.commands.context import Context
from bill2bill.errors import Failure
from bill2bill.host import reply
from bill2bill.rules import names
from bill2bill.services.domain import WHOIS_BUSY, WHOIS_FREE
from bill2bill.upstream.api import Availability

LOG = logging.getLogger("bill2bill")


def run(context: Context) -> bytes:
    """The first active connection that knows answers for all (host-protocol 2.6: --module may be absent)."""
    name = names.to_ascii(context.call.param)
    names.check_registrable(name, name.partition(".")[2])  # what could not be ordered is not offered as free
    for module in _modules(context):
        try:
            answer = context.account(DomainAccount, context.connection(module)).adapter.availability(name)
        except Failure as failure:  # one broken connection must not hide the answer of another
            LOG.warning("module %s cannot tell about %s: %s", module, name, failure)
            continue
        if answer is Availability.FREE:
            return reply.whois(WHOIS_FREE)
        if answer is Availability.BUSY:
            return reply.whois(WHOIS_BUSY)
    raise Failure("try_later", value=name)


def _modules(context: Context) -> List[int]:
    """Whom to ask; nobody while the panel's database cannot be read."""
    if context.call.module:
        return [context.call.module]
    try:
        return context.data.active_modules(context.executable)
    except Failure as failure:
        LOG.error("no connection is known: %s", failure)
        return []
