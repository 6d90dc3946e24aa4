"""The domain behind an item, as the upstream shows it now: only what is certainly owned_domain is touched
(decision 7).
"""

from __future__ import annotations

from typing import Optional

from bill2bill.accounts.domains import DomainAccount
from bill2bill.commands.context import Context
from bill2bill.errors import Failure, Phrase
from bill2bill.host.data import Item
from bill2bill.rules import names
from bill2bill.upstream.api import Domain


def check_name(domain: Domain, item: Item) -> None:
    """Raises not_ours when the service at the upstream bears another name than the item: then nothing may be
    sent.
    """
    wanted = names.to_ascii(item.name)
    if domain.name != wanted:
        raise Failure("not_ours", value=domain.id, reason=Phrase("differs", found=domain.name, wanted=wanted))


def check(context: Context, account: DomainAccount, item: Item, domain: Domain) -> None:
    """The name fits, and no other item holds the service. Raises not_ours, held_by_other."""
    check_name(domain, item)
    context.claim(account, domain.id)


def auto_renewal(account: DomainAccount, domain: Domain) -> Optional[Failure]:
    """What is wrong with the upstream's automatic renewal of a domain: it is on, or it cannot be told. None:
    it is off.
    """
    word = account.upstream.domain_form(domain.id).auto_renewal
    if word == "":
        return None
    return Failure("auto_renewal_unseen" if word is None else "auto_renewal_on", value=domain.name)


def read_ours(context: Context, account: DomainAccount, item: Item, remote: int) -> Domain:
    """The service behind an item, read now. Raises remote_gone, or not_ours when it bears another name: then
    nothing may be sent.
    """
    domain = account.upstream.domain(remote)
    if domain is None:
        raise Failure("remote_gone", value=remote)
    check(context, account, item, domain)
    return domain
