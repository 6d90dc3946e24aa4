"""Try a connection before it is saved. It costs nothing (upstream-billmanager4, connection test at
the end).
"""

from __future__ import annotations

import logging

from bill2bill.accounts.account import pick_payer
from bill2bill.accounts.domains import DomainAccount
from bill2bill.commands.context import Context
from bill2bill.errors import Failure, Phrase
from bill2bill.host import reply
from bill2bill.services.domain import SURELY_TAKEN
from bill2bill.upstream.api import Availability

LOG = logging.getLogger("bill2bill")


def run(context: Context) -> bytes:
    entered = context.entered_connection()
    account = context.account(DomainAccount, entered)
    account.check_dialect()
    payer = pick_payer(account.payers(), entered.project)
    account.login_accepted()  # a person asks, so a paused login is tried once more
    LOG.info("account %s (%s) holds %s", payer.id, payer.project or payer.name, payer.balance)
    account.refresh_files()
    if "RU" not in account.countries():
        raise Failure("upstream_answer", func="country.json", reason=Phrase("no_country", name="RU"))
    account.refresh_listing()
    if account.adapter.availability(SURELY_TAKEN) is Availability.FREE:
        raise Failure("upstream_answer", func="domaininfo", reason=Phrase("shown_free", name=SURELY_TAKEN))
    return reply.ok()
