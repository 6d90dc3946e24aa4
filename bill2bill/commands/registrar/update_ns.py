"""Send the name servers of a domain to the upstream and read them back."""

from __future__ import annotations

import logging
from typing import Tuple

from bill2bill.accounts.domains import DomainAccount
from bill2bill.commands import link
from bill2bill.commands.context import Context
from bill2bill.commands.permissions import must_be_on, must_live
from bill2bill.commands.registrar import owned_domain
from bill2bill.errors import Failure, NoAnswer, Phrase
from bill2bill.rules import names
from bill2bill.upstream.api import DomainForm

LOG = logging.getLogger("bill2bill")


def run(context: Context) -> None:
    with context.item_locked() as item:
        must_live(item)
        connection = context.connection(item.module)
        must_be_on(on=connection.send_setparam, what="update_ns")
        known = link.required(context)
        name = names.to_ascii(item.name)
        wanted = names.name_servers(owned_domain.name_servers_of(item), name)
        if not wanted:
            raise Failure("ns_bad", reason=Phrase("ns_missing"))
        account = context.account(DomainAccount, connection)
        owned_domain.read_ours(context, account, known.id)
        _change(account, known.id, name, wanted)
        if context.call.operation:
            context.panel.name_servers_changed(item.id)


def _change(account: DomainAccount, remote: int, name: str, wanted: Tuple[str, ...]) -> None:
    """Read, send, read again, compare (upstream-billmanager4 5.8). To send the same twice does no harm."""
    form = account.upstream.domain_form(remote)
    if _stands(form, name, wanted):
        return
    try:
        account.upstream.change_name_servers(form, wanted)
    except NoAnswer as failure:
        LOG.warning("%s: no answer to new name servers: %s", name, failure)
    now = account.upstream.domain_form(remote)
    if not _stands(now, name, wanted):
        differs = Phrase("differs", found=" ".join(now.name_servers), wanted=" ".join(wanted))
        raise Failure("upstream_answer", func="domain.edit", reason=differs)


def _stands(form: DomainForm, name: str, wanted: Tuple[str, ...]) -> bool:
    """In whatever order. What the form shows may be older than our rules for name servers."""
    given = [server for server in form.name_servers if server]
    try:
        return set(names.name_servers(given, name)) == set(wanted)
    except Failure:
        return False
