"""Contacts of domains: service_profile (upstream-billmanager6 5.8.3)."""

from __future__ import annotations

from typing import Dict, Mapping, Optional

from bill2bill.sandbox.upstream.billmgr6.call import Call
from bill2bill.sandbox.upstream.billmgr6.document import Node, ok
from bill2bill.sandbox.upstream.billmgr6.errors import Refusal, bad_value, missed
from bill2bill.sandbox.upstream.billmgr6.forms import Field, choices, form
from bill2bill.sandbox.upstream.billmgr6.lists import plain_table
from bill2bill.sandbox.upstream.billmgr6.models import Contact
from bill2bill.sandbox.upstream.engine.names import COUNTRIES, country_ids

TYPES = {
    "1": ("Person", "Физическое лицо"),
    "2": ("Company", "Юридическое лицо"),
    "3": ("Sole proprietor", "Индивидуальный предприниматель"),
}
_NAMES = ("firstname", "middlename", "lastname")
_PLACE = ("country", "state", "postcode", "city", "address")
FIELDS = (
    *_NAMES, *(f"{name}_locale" for name in _NAMES), "company", "company_locale", "email", "phone", "mobile",
    "fax", "birthdate", "passport",
    "passport_org", "passport_date", "inn", "kpp", "ogrn", *(f"location_{name}" for name in _PLACE),
    *(f"postal_{name}" for name in _PLACE),
    "postal_addressee", "private",
)  # fmt: skip
REQUIRED: Mapping[str, str] = {"1": "lastname", "2": "company", "3": "lastname"}


def table(call: Call) -> Node:
    """service_profile; name=… filters."""
    wanted = call.text("name")
    return plain_table(call, [
        {"id": str(row.id), "name": row.name, "profiletype": row.profiletype,
            "profiletype_name": call.say(*TYPES[row.profiletype])}
        for row in call.provider.contacts.values() if wanted in row.name
    ])  # fmt: skip


def edit(call: Call) -> Node:
    """Without elid a new contact, whose id comes back; with it the view or a change. The type
    cannot change.
    """
    contact = _contact(call) if call.text("elid") else None
    if not call.submitted:
        return _view(call, contact)
    if contact is None:
        return ok(Node("id", str(create(call, call.params).id)))
    fields = checked(call.params, contact.profiletype)
    contact.name = call.text("name") or contact.name
    contact.fields.update(fields)
    return ok(Node("id", str(contact.id)))


def create(call: Call, params: Mapping[str, str], prefix: str = "") -> Contact:
    """A contact of the parameters with that prefix. Raises the refusal `value` for the first bad one."""
    given = {name[len(prefix) :]: value for name, value in params.items() if name.startswith(prefix)}
    kind = given.get("profiletype", "")
    if kind not in TYPES:
        raise bad_value(f"{prefix}profiletype", kind)
    fields = checked(given, kind, prefix)
    if not fields.get(REQUIRED[kind]):
        raise bad_value(prefix + REQUIRED[kind])
    name = given.get("name") or f"{fields.get('firstname', '')} {fields[REQUIRED[kind]]}".strip()
    contact = Contact(call.provider.next_id("contact"), name, kind, fields)
    call.provider.contacts[contact.id] = contact
    return contact


def checked(given: Mapping[str, str], kind: str, prefix: str = "") -> Dict[str, str]:
    """The known fields that were sent. Raises `value` for a country that is none, an address that is none,
    another type.
    """
    fields = {name: given[name].strip() for name in FIELDS if name in given}
    if given.get("profiletype", kind) != kind:
        raise bad_value(f"{prefix}profiletype", given["profiletype"])
    for name in ("location_country", "postal_country"):
        if fields.get(name) and fields[name] not in country_ids():
            raise bad_value(prefix + name, fields[name])
    if "@" not in fields.get("email", "@"):
        raise bad_value(f"{prefix}email", fields["email"])
    return fields


def _contact(call: Call) -> Contact:
    number = call.text("elid")
    found = call.provider.contacts.get(int(number)) if number.isascii() and number.isdigit() else None
    if found is None:
        raise missed("service_profile", number)
    return found


def _view(call: Call, contact: Optional[Contact]) -> Node:
    values = contact.fields if contact else {}
    countries = tuple(
        (number, code, {"image": f"/manimg/flags/{code}.png"})
        for number, code in zip(country_ids(), COUNTRIES)
    )
    kinds = choices({number: call.say(*words) for number, words in TYPES.items()})
    fields = [
        *([Field("elid", str(contact.id), readonly=True)] if contact else []),
        Field("name", contact.name if contact else ""),
        Field("profiletype", contact.profiletype if contact else "1", "Type", "select", contact is not None,
            kinds),
        *[Field(name, values.get(name, ""), "", "select" if name.endswith("_country") else "input",
                choices=countries if name.endswith("_country") else ()) for name in FIELDS],
    ]  # fmt: skip
    return form(call, fields)


def delete(call: Call) -> Node:
    """Unused contacts only."""
    for number in call.ids():
        used = any(number in row.fields.values() for row in call.provider.of_type("domain"))
        if not number.isdigit() or int(number) not in call.provider.contacts:
            raise missed("service_profile", number)
        if used:
            raise Refusal("access", value=call.func)
    for number in call.ids():
        del call.provider.contacts[int(number)]
    return ok()


def chosen(call: Call, role: str) -> Dict[str, str]:
    """service_profile_<role> -> id for a domain order: an existing contact, or one made of role_XXX; {} if
    nothing was said.
    """
    said = call.text(role)
    if said:
        if not (said.isascii() and said.isdigit() and int(said) in call.provider.contacts):
            raise missed("service_profile", said)
        return {f"service_profile_{role}": said}
    if any(name.startswith(f"{role}_") for name in call.params):
        return {f"service_profile_{role}": str(create(call, call.params, f"{role}_").id)}
    return {}
