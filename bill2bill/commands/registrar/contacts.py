"""The contacts of an order at the upstream: found again by their name, compared, made when missing.

A contact is named after what is sent, so a local change makes a new contact and never edits one that other
domains share. Making one takes two calls (upstream-billmanager4 5.5); each is a state in the journal's file,
so a crash between them loses nothing.
"""

from __future__ import annotations

from typing import Dict, Mapping

from bill2bill.accounts.domains import DomainAccount
from bill2bill.commands.context import Context
from bill2bill.errors import Failure, Phrase, Refused
from bill2bill.host import log, place
from bill2bill.host.data import Contact
from bill2bill.rules import contacts as rules
from bill2bill.rules import names
from bill2bill.rules.contacts import Kind
from bill2bill.upstream.api import DomainOrder

CREATING, CREATED, FILLED = "creating", "created", "filled"
LOCKED, WRONG_VALUE = "8", "4"  # upstream-billmanager4 2.4, 5.6
PAPERS = ("passport_series", "inn")
SPARES = 9  # how many contacts of one name may be locked before a person is asked


def for_order(context: Context, account: DomainAccount, zone: str, registrar: int) -> Dict[str, int]:
    """Role -> the upstream's contact id, for all that are needed. Raises contact_bad, panel_data."""
    people = {contact.role: contact for contact in context.data.contacts(context.item.id)}
    roles = list(names.contact_roles(zone))
    if registrar in context.options.customer_registrars:
        roles.append("customer")
        if "owner" in people:
            people.setdefault("customer", people["owner"])
    missing = [role for role in roles if role not in people]
    if missing:
        reason = Phrase("no_contacts", names=", ".join(missing))
        raise Failure("panel_data", object=Phrase("item", id=context.item.id), reason=reason)
    return {role: _linked(context, account, role, people[role], zone) for role in roles}


def forget_refused(context: Context, account: DomainAccount, order: DomainOrder, failure: Failure) -> None:
    """An order that was refused because of a contact: the next try looks for that contact anew."""
    role = failure.params.get("value", "")
    if isinstance(failure, Refused) and role in order.contacts:
        context.cache.forget_contact(account.account_key, order.contacts[role])


def _linked(context: Context, account: DomainAccount, role: str, person: Contact, zone: str) -> int:
    kind = rules.kind_for(person.profiletype, role, zone)
    module = context.item.module
    fields = rules.remote_fields(
        person.fields, person.profiletype, kind, account.countries(), context.options.phone_form
    )
    log.hide(fields[name] for name in PAPERS if name in fields)  # an upstream may repeat them in an error
    name = rules.contact_name(
        place.installation_id(context.key), person.profile, kind, rules.digest(fields, context.key)
    )
    remote, state = context.cache.contact(account.account_key, name)
    if remote is None or state != FILLED:
        remote = _filled(context, account, person, kind, name, fields)
        context.cache.keep_contact(account.account_key, name, remote, FILLED)
    if context.data.external_id(person.profile, module, role) != str(remote):
        context.panel.link_contact(person.profile, module, role, str(remote))
    return remote


def _filled(
    context: Context,
    account: DomainAccount,
    person: Contact,
    kind: Kind,
    name: str,
    fields: Mapping[str, str],
) -> int:
    """The id of a contact that holds exactly these fields: found by its name, mended, or made."""
    known = context.cache.contact(account.account_key, name)[0]
    named = (
        {spare: remote for remote, spare in account.upstream.contacts()} if known is None else {name: known}
    )
    for spare in [name, *(f"{name}-{number}" for number in range(2, SPARES))]:
        if spare in named:
            found = account.upstream.contact(named[spare])
            if found and not found.locked and rules.same_fields(fields, found.fields):
                return found.id
            remote = named[spare] if found and not found.locked else None
        else:
            remote = _created(context, account, kind, name, spare)
        if remote is not None and _edited(account, person, kind, spare, remote, fields):
            return remote
    raise Failure("contact_bad", object=person.name, value=name, reason=Phrase("locked"))


def _created(context: Context, account: DomainAccount, kind: Kind, name: str, spare: str) -> int:
    context.cache.keep_contact(account.account_key, name, None, CREATING)
    remote = account.upstream.create_contact(kind, spare)
    context.cache.keep_contact(account.account_key, name, remote, CREATED)
    return remote


def _edited(
    account: DomainAccount, person: Contact, kind: Kind, name: str, remote: int, fields: Mapping[str, str]
) -> bool:
    """False if the contact is locked. Raises contact_bad with the local name of the refused field."""
    try:
        account.upstream.edit_contact(remote, kind, name, fields)
    except Refused as refusal:
        if refusal.params.get("code") == LOCKED:
            return False
        if refusal.params.get("code") == WRONG_VALUE:
            field, reason = rules.local_field(refusal.params.get("value", "")), Phrase("refused_there")
            raise Failure("contact_bad", object=person.name, value=field, reason=reason) from refusal
        raise
    return True
