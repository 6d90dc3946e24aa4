"""Contact functions: upstream-billmanager4 5.5 and 5.6."""

from __future__ import annotations

from urllib.parse import quote

from bill2bill.sandbox.upstream.billmgr4 import contact_fields
from bill2bill.sandbox.upstream.billmgr4.call import Call
from bill2bill.sandbox.upstream.billmgr4.contact_fields import FIELDS
from bill2bill.sandbox.upstream.billmgr4.document import Document, form, listing, success
from bill2bill.sandbox.upstream.billmgr4.errors import EXISTS, Refusal, bad_value, missing
from bill2bill.sandbox.upstream.billmgr4.models import Contact

TYPE_WORDS = {
    "person": "Персональный",
    "company": "Организация",
    "generic": "Общий",
}  # a translated word, 5.5


def create(call: Call) -> Document:
    """contcat.create.1 (sic): an empty contact."""
    kind, name = call.text("ctype"), call.text("cname")
    if not call.submitted:
        return form(ctype=kind, cname=name)
    contact_fields.check_kind(kind)
    if not name.strip():
        raise bad_value("cname")
    _check_unique(call, name)
    contact = call.provider.add_contact(kind, name)
    return success(("domaincontact.id", str(contact.id)), ("redirect", _redirect(call, contact)))


def _redirect(call: Call, contact: Contact) -> str:
    """The next step of the wizard; it repeats the credentials in clear text (2.3)."""
    repeated = call.text("authinfo") if call.provider.switches.on("redirect_credentials") else ""
    authinfo = f"&authinfo={repeated}" if repeated else ""
    fields = f"cname={quote(contact.name)}&contactid={contact.id}&ctype={contact.kind}"
    return f"location=billmgr?func=contcat.create.2{authinfo}&{fields};"


def _check_unique(call: Call, name: str) -> None:
    if call.provider.switches.word("contact_names") == "unique" and any(
        row.name == name for row in call.provider.contacts.values()
    ):
        raise Refusal(EXISTS, obj="name")


def edit(call: Call) -> Document:
    """domaincontact.edit: the form, the fields, or (without elid) the old way of creating."""
    if not call.text("elid"):
        return _create_whole(call) if call.submitted else form(elid="", ctype=call.text("ctype"))
    contact = call.provider.contact(call.text("elid"))
    if contact is None:
        raise missing("domaincontact")
    if not call.submitted:
        return _read(call, contact)
    if contact.locked:
        raise contact_fields.locked()
    if call.text("ctype") != contact.kind:
        raise bad_value("ctype")
    fields = {**contact.fields, **contact_fields.known(call.params)}
    contact_fields.check(contact.kind, fields, call.provider.switches)
    contact.fields, contact.name = fields, call.text("name") or contact.name
    given = call.provider.switches.word("edit_gives")
    return success() if given == "ok" else success((given, str(contact.id)))


def _create_whole(call: Call) -> Document:
    kind, fields = call.text("ctype"), contact_fields.known(call.params)
    contact_fields.check_kind(kind)
    contact_fields.check(kind, fields, call.provider.switches)
    _check_unique(call, call.text("name"))
    contact = call.provider.add_contact(kind, call.text("name"))
    contact.fields = fields
    return success(("domaincontact.id", str(contact.id)))


def _read(call: Call, contact: Contact) -> Document:
    rule = call.provider.switches.word("locked_read")
    if contact.locked and (rule == "always" or (rule == "without_api" and call.text("api") != "on")):
        raise contact_fields.locked()
    head = {"elid": str(contact.id), "id": str(contact.id), "ctype": contact.kind, "name": contact.name}
    return form(
        **head, **({name: contact.fields.get(name, "") for name in FIELDS} if call.with_api_columns else {})
    )


def table(call: Call) -> Document:
    english = call.text("lang") == "en"
    return listing(
        [
            {
                "id": str(row.id),
                "name": row.name,
                "type": row.kind.capitalize() if english else TYPE_WORDS[row.kind],
            }
            for row in call.provider.contacts.values()
        ]
    )


def delete(call: Call) -> Document:
    numbers = [number.strip() for number in call.text("elid").split(",")]
    found = [call.provider.contact(number) for number in numbers]
    if any(contact is not None and contact.locked for contact in found):
        raise contact_fields.locked()
    gone = [contact.id for contact in found if contact is not None]
    if len(gone) != len(numbers):
        raise missing("domaincontact")
    for number in set(gone):
        del call.provider.contacts[number]
    return success()
