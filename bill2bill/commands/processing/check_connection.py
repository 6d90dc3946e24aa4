"""Try a connection before it is saved: is it a BILLmanager of our version, does it let us in, may we do what
is switched on? It costs nothing.
"""

from __future__ import annotations

import logging

from bill2bill.accounts.services import ServiceAccount
from bill2bill.commands.context import Context
from bill2bill.config import Connection
from bill2bill.errors import Failure
from bill2bill.host import reply
from bill2bill.services.sold import SOLD
from bill2bill.upstream.api import Identity

LOG = logging.getLogger("bill2bill")


def run(context: Context) -> bytes:
    entered = context.entered_connection()
    account = context.account(ServiceAccount, entered)
    account.check_dialect()
    identity = account.try_identity()
    account.login_accepted()  # a person asks, so a paused login is tried once more
    LOG.info(
        "account %s holds %s; version %s", identity.account.name, identity.account.balance, identity.version
    )
    _has_rights(entered, identity)
    for itemtype in SOLD:
        account.refresh_tariffs(itemtype)
        account.refresh_listing(itemtype)
    return reply.ok()


def _has_rights(entered: Connection, identity: Identity) -> None:
    """What the login certainly may not do must not be switched on; what is not told is tried when it is
    needed (upstream-billmanager6 6.7).
    """
    if entered.send_suspend and identity.may_suspend is False:
        raise Failure("rights_missing", value="allowsuspenditem")
    if entered.send_close and identity.may_delete is False:
        raise Failure("rights_missing", value="allowdeleteitem")
