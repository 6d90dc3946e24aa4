"""From the host's contact to the fields of the upstream's (upstream-billmanager4 5.4 to 5.5.2)."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from enum import Enum
from typing import Dict, Mapping

from bill2bill.errors import Failure, Phrase
from bill2bill.rules.names import ru_group
from bill2bill.rules.profile import PHONE_FORMS, Contact
from bill2bill.rules.words import UnknownWord

PERSON_TYPE, COMPANY_TYPE, SOLE_PROPRIETOR = 1, 2, 3  # the host's `profiletype` (host-protocol 6.5)
ROLES = frozenset(["customer", "owner", "admin", "tech", "bill"])
NONE = "-"  # a person without a middle name (upstream-billmanager4 11, question 5)
NO_COMPANY = "N/A"  # a person's company in a generic contact, same place

EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
RUSSIAN_PASSPORT = re.compile(r"([0-9]{4})([0-9]{6})")

PLACE = ("postcode", "city", "address")  # what every address needs
# the upstream's field -> the host's (host-protocol 6.6); fields of one name on both sides are not listed
LOCAL_FIELDS = {
    **{f"la_{part}": f"location_{part}" for part in ("country", "state", *PLACE)},
    **{f"pa_{part}": f"postal_{part}" for part in ("country", "state", *PLACE, "addressee")},
    **{f"{part}_ru": f"{part}_locale" for part in ("firstname", "middlename", "lastname", "company")},
    "passport_series": "passport",
    "ctype": "profiletype",
    "cname": "name",
}


class Kind(Enum):
    """Type of a contact at the upstream, its `ctype`."""

    PERSON = "person"
    COMPANY = "company"
    GENERIC = "generic"


def kind_for(profiletype: int, role: str, zone: str) -> Kind:
    """The type for a role: generic outside the RU group, except for the customer (upstream-billmanager4 5.4).

    Raises UnknownWord on another role than ROLES, Failure("contact_bad") on another profiletype than 1, 2, 3.
    """
    if role not in ROLES:
        raise UnknownWord("contact role", role)
    if profiletype not in (PERSON_TYPE, COMPANY_TYPE, SOLE_PROPRIETOR):
        reason = Phrase("unknown_profiletype", value=profiletype)
        raise Failure("contact_bad", object=Phrase("unnamed"), value="profiletype", reason=reason)
    if role != "customer" and not ru_group(zone):
        return Kind.GENERIC
    return Kind.COMPANY if profiletype == COMPANY_TYPE else Kind.PERSON


def remote_fields(
    profile: Mapping[str, str], profiletype: int, kind: Kind, countries: Mapping[str, str], phone_form: str
) -> Dict[str, str]:
    """The filled fields of upstream-billmanager4 5.5.1 (formats 5.5.2) for a contact, without ctype and name.

    profile     the host's fields by their own names (host-protocol 6.6), plus `country` and perhaps
                `postal_country` as ISO 3166 alpha-2
    countries   ISO 3166 alpha-2 -> the upstream's country id
    phone_form  "canonical", or "plain" as the provider's own module sends phones
    Raises Failure("contact_bad"), `value` is the host's name of a missing or malformed field.
    """
    if phone_form not in PHONE_FORMS:
        raise Failure("bad_input", reason=Phrase("bad_setting", name="phone_form", value=phone_form))
    contact = Contact(profile, profiletype, countries, phone_form)
    fields = _communication(contact, kind)
    if kind is Kind.GENERIC:
        fields.update(_generic(contact))
    else:
        fields.update(_place(contact, "location"), **_postal(contact))
        fields.update(_person(contact) if kind is Kind.PERSON else _company(contact))
    return {name: value for name, value in fields.items() if value}


def _communication(contact: Contact, kind: Kind) -> Dict[str, str]:
    email = contact.required("email")
    if not EMAIL.fullmatch(email):
        raise contact.bad("email", Phrase("email_expected"))
    generic = kind is Kind.GENERIC
    fields = {"email": email, "phone": contact.phone("phone", dotted=generic)}
    if not generic:
        fields["mobile"] = contact.phone("mobile", "phone", dotted=False)
    return fields


def _place(contact: Contact, local: str) -> Dict[str, str]:
    """The address whose fields begin with `local`, location or postal."""
    remote = "la" if local == "location" else "pa"
    fields = {f"{remote}_{part}": contact.required(f"{local}_{part}") for part in PLACE}
    fields[f"{remote}_state"] = contact.text(f"{local}_state")
    own = ("postal_country",) if local == "postal" else ()
    fields[f"{remote}_country"] = contact.country(f"{local}_country", *own, "country")
    return fields


def _postal(contact: Contact) -> Dict[str, str]:
    """The postal address, whole or not at all: a half of it is never filled up with the other address."""
    if contact.text("postal_postcode", "postal_city", "postal_address"):
        fields = _place(contact, "postal")
    else:
        fields = {f"pa_{name[3:]}": value for name, value in _place(contact, "location").items()}
    fields["pa_addressee"] = contact.text("postal_addressee")
    return fields


def _person(contact: Contact) -> Dict[str, str]:
    fields = {f"{name}_ru": contact.required(f"{name}_locale", name) for name in ("firstname", "lastname")}
    fields.update({name: contact.latin_name(name, f"{name}_locale") for name in ("firstname", "lastname")})
    middle = [name for name in ("middlename", "middlename_locale") if contact.text(name) not in ("", NONE)]
    fields["middlename_ru"] = contact.text(*reversed(middle)) or NONE
    # the vendor wants the first letter
    fields["middlename"] = contact.latin_name(*middle)[0].upper() if middle else NONE
    fields["birthdate"] = contact.day("birthdate")
    fields["passport_series"] = _passport(contact)
    fields["passport_org"] = contact.required("passport_org")
    fields["passport_date"] = contact.day("passport_date")
    if contact.profiletype == SOLE_PROPRIETOR:
        fields["inn"] = _inn(contact, 12)
    return fields


def _company(contact: Contact) -> Dict[str, str]:
    russian = contact.russian
    return {
        "company": contact.latin("company", "company_locale"),
        "company_ru": contact.required("company_locale", "company"),
        "inn": _inn(contact, 10),
        "kpp": contact.digits("kpp", 9) if russian else contact.text("kpp"),
        "ogrn": contact.digits("ogrn", 13) if russian else contact.text("ogrn"),
    }


def _generic(contact: Contact) -> Dict[str, str]:
    """All in Latin letters, the address too: contacts of this type go to registries abroad."""
    fields = {name: contact.latin_name(name, f"{name}_locale") for name in ("firstname", "lastname")}
    if contact.profiletype == COMPANY_TYPE:
        fields["company"] = contact.latin("company", "company_locale")
    else:
        sole = contact.profiletype == SOLE_PROPRIETOR
        fields["company"] = f"IP {fields['firstname']} {fields['lastname']}" if sole else NO_COMPANY
    fields.update({f"la_{part}": contact.latin(f"location_{part}") for part in PLACE})
    if contact.text("country") in ("US", "CA"):
        fields["la_state"] = contact.latin("location_state")
    fields["la_country"] = contact.country("location_country", "country")
    return fields


def _inn(contact: Contact, size: int) -> str:
    """Taxpayer number: needed in Russia and `size` digits long there, any text elsewhere."""
    if not contact.russian:
        return contact.text("inn")
    contact.required("inn")
    return contact.digits("inn", size)


def _passport(contact: Contact) -> str:
    """Series, space, number. Only a Russian one has a known length; papers with letters go as written."""
    text = contact.required("passport")
    compact = re.sub("[ №-]", "", text)
    found = RUSSIAN_PASSPORT.fullmatch(compact)
    if contact.russian and found:
        return f"{found.group(1)} {found.group(2)}"
    if not re.search("[0-9]", text) or (contact.russian and compact.isdigit()):
        raise contact.bad("passport", Phrase("passport_expected"))
    return text


def local_field(remote_field: str) -> str:
    """The host's name of a field that the upstream complains about (code 4); an unknown one as it came."""
    return LOCAL_FIELDS.get(remote_field, remote_field)


def digest(fields: Mapping[str, str], key: bytes) -> str:
    """8 hex digits that change with any field; without `key` nobody can test guesses of a passport."""
    text = json.dumps(sorted(fields.items()), ensure_ascii=True, separators=(",", ":"))
    return hmac.new(key, text.encode("ascii"), hashlib.sha256).hexdigest()[:8]


def contact_name(installation: str, profile_id: int, kind: Kind, digest: str) -> str:
    """The name under which a contact of ours is found again at the upstream."""
    return f"{installation}-{profile_id}-{kind.value}-{digest}"


def same_fields(wanted: Mapping[str, str], stored: Mapping[str, str]) -> bool:
    """Does the stored contact say what is wanted? Blanks around values and other fields do not count."""
    return all(value.strip() == stored.get(name, "").strip() for name, value in wanted.items())
