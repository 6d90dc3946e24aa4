"""Contacts as rows: service_profile with its fields (host-protocol 6.1, 6.6)."""

from __future__ import annotations

from typing import Dict, Mapping

from .panel import Panel

KINDS = {"1": "person", "2": "company", "3": "sole proprietor"}  # host-protocol 6.5

NAMES = (
    "firstname",
    "middlename",
    "lastname",
    "firstname_locale",
    "middlename_locale",
    "lastname_locale",
    "birthdate",
)
PAPERS = ("passport", "passport_org", "passport_date", "inn", "kpp", "ogrn", "company", "company_locale")
PLACE = ("country", "state", "postcode", "city", "address")
ADDRESSES = tuple(f"{kind}_{part}" for kind in ("location", "postal") for part in PLACE) + (
    "postal_addressee",
)
REACH = ("email", "phone", "mobile", "fax")
FIELDS = NAMES + PAPERS + ADDRESSES + REACH
COUNTRIES = ("location_country", "postal_country")  # carry the id of a country


def fields(panel: Panel, profile: object) -> Dict[str, str]:
    return {
        row["intname"]: row["value"] or ""
        for row in panel.db.find("service_profileparam", service_profile=profile)
    }


def save_fields(panel: Panel, profile: object, values: Mapping[str, str]) -> None:
    """A corrected field loses its warning."""
    for name, value in values.items():
        panel.db.put(
            "service_profileparam",
            {"service_profile": profile, "intname": name},
            value=value,
            warning_message=None,
        )


def create(panel: Panel, name: str, kind: int, account: object, values: Mapping[str, str]) -> int:
    profile = panel.db.insert("service_profile", name=name, profiletype=kind, account=account)
    save_fields(panel, profile, values)
    return profile


def remember(
    panel: Panel, profile: object, module: object, type: str, externalid: str, externalpassword: str
) -> int:
    key = {"service_profile": profile, "processingmodule": module, "type": type}
    return panel.db.put(
        "service_profile2processingmodule", key, externalid=externalid, externalpassword=externalpassword
    )
