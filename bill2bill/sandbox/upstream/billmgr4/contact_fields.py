"""Which fields a contact must have and how they look: upstream-billmanager4 5.5.1 and 5.5.2."""

from __future__ import annotations

import re
from datetime import date
from typing import Callable, Dict, Mapping, Tuple

from bill2bill.sandbox.upstream.billmgr4.errors import Refusal, bad_value
from bill2bill.sandbox.upstream.engine.names import country_ids
from bill2bill.sandbox.upstream.engine.switches import Switches

KINDS = ("person", "company", "generic")
RUSSIA, STATES = "182", ("233", "39")  # country ids; the United States and Canada need la_state (generic)

_ADDRESS = ("la_country", "la_postcode", "la_city", "la_address")
_POSTAL = ("pa_postcode", "pa_city", "pa_address")
REQUIRED: Mapping[str, Tuple[str, ...]] = {
    "person": (
        "email",
        "phone",
        "mobile",
        *_ADDRESS,
        *_POSTAL,
        "firstname_ru",
        "lastname_ru",
        "middlename_ru",
        "firstname",
        "lastname",
        "birthdate",
        "passport_series",
        "passport_org",
        "passport_date",
    ),
    "company": ("email", "phone", "mobile", *_ADDRESS, *_POSTAL, "company", "company_ru"),
    "generic": ("email", "phone", *_ADDRESS, "firstname", "lastname", "company"),
}
OPTIONAL = (
    "fax",
    "la_state",
    "pa_country",
    "pa_state",
    "pa_addressee",
    "middlename",
    "inn",
    "kpp",
    "ogrn",
    "private",
)
FIELDS = tuple(dict.fromkeys(field for fields in (*REQUIRED.values(), OPTIONAL) for field in fields))

_IDS = frozenset(country_ids())
_PLAIN_PHONE = re.compile(r"\+?[0-9](?:[0-9. ]*[0-9])?")
_DOCUMENTED = {
    "generic": re.compile(r"\+[0-9]{1,3}\.[0-9]+"),
    "other": re.compile(r"\+[0-9](?:[0-9 ]*[0-9])?"),
}


def _is_date(value: str) -> bool:
    try:
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _digits(count: int) -> Callable[[str], bool]:
    return lambda value: bool(re.fullmatch(rf"[0-9]{{{count}}}", value))


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "email": lambda value: bool(re.fullmatch(r"[^@\s,;]+@[^@\s,;]+", value)),
    "la_country": _IDS.__contains__,
    "pa_country": _IDS.__contains__,
    "firstname": str.isascii,
    "lastname": str.isascii,
    "middlename": str.isascii,
    "company": str.isascii,
    "birthdate": _is_date,
    "passport_date": _is_date,
}


def check(kind: str, fields: Mapping[str, str], switches: Switches) -> None:
    """Raises code 4 with the first field that is missing or has the wrong form; fields of other kinds are not
    looked at.
    """
    required = _required(kind, fields)
    for field in (*required, *OPTIONAL):
        value = fields.get(field, "").strip()
        if not value and field in required:
            raise bad_value(field, "Required field is empty")
        if value and not _well_formed(kind, field, value, fields, switches):
            raise bad_value(field)


def _required(kind: str, fields: Mapping[str, str]) -> Tuple[str, ...]:
    country = fields.get("la_country")
    if kind == "company" and country == RUSSIA:
        return (*REQUIRED[kind], "inn")
    if kind == "generic" and country in STATES:
        return (*REQUIRED[kind], "la_state")
    return REQUIRED[kind]


def _well_formed(kind: str, field: str, value: str, fields: Mapping[str, str], switches: Switches) -> bool:
    if value in ("N/A", "-"):
        return switches.word("fillers") == "accepted" and field not in ("email", "la_country")
    if field in ("phone", "mobile", "fax"):
        form = (
            _DOCUMENTED.get(kind, _DOCUMENTED["other"])
            if switches.word("phone_format") == "documented"
            else _PLAIN_PHONE
        )
        return bool(form.fullmatch(value))
    if fields.get("la_country") == RUSSIA and kind != "generic":
        numbers = {"inn": _digits(12 if kind == "person" else 10), "kpp": _digits(9), "ogrn": _digits(13)}
        if field in numbers:
            return numbers[field](value)
    return field not in FORMATS or FORMATS[field](value)


def known(params: Mapping[str, str]) -> Dict[str, str]:
    """The contact fields among the parameters; unknown ones are ignored (5.5.1)."""
    return {name: value for name, value in params.items() if name in FIELDS}


def check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise bad_value("ctype")


def locked() -> Refusal:
    """Code 8: the contact exists but cannot be edited any more (5.6)."""
    return Refusal(8, msg="The contact is used by registered domains and cannot be edited")
