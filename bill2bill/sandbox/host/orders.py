"""An order as a client's browser makes it (host-protocol 2.6, Appendix B): first the contact forms, then the
item.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Dict, Iterable, List, Mapping, NamedTuple, Optional

from . import connections, descriptions, forms, modules, profiles
from .db import Row
from .documents import Element, PanelError, add
from .panel import Panel

FORM = "domain.order.contact"


class OrderContact(NamedTuple):
    """The contact of one type: a stored one (its id), or fields to make a new one."""

    type: str
    profile: str
    fields: Dict[str, str]  # without prefix
    same: bool = False  # "same as the first": copied, and the same row in the end


def wanted_contacts(
    panel: Panel, instance: Row, tld: str, action: str, given: Mapping[str, str], lang: str
) -> List[str]:
    """Contact types of a zone. Raises PanelError when the answer's ns or auth_code is required and
    not given.
    """
    if "get_contact_type" not in modules.features(panel, instance["module"]):
        return []
    doc = modules.ask(
        panel,
        instance["module"],
        "get_contact_type",
        [("tld", tld), *connections.options(panel, lang, instance["id"])],
    )
    if doc.get("ns") == "require" and not given.get("ns0"):
        raise PanelError("missed", "ns0")
    if doc.get("auth_code") == "require" and action == "transfer" and not given.get("auth_code"):
        raise PanelError("missed", "auth_code")
    return [(node.text or "").strip() for node in doc.iterfind("contact_type")]


def contact_from(type: str, given: Dict[str, str]) -> OrderContact:
    """Takes the parameters of one contact type out of the order: `owner=<id>` or `owner_firstname=…`."""
    profile = given.pop(type, "") or given.pop(type + "_contact_select", "")
    names = [name for name in given if name.startswith(type + "_")]
    return OrderContact(type, profile, {name[len(type) + 1 :]: given.pop(name) for name in names})


def check_contact(panel: Panel, instance: Row, tld: str, contact: OrderContact, lang: str) -> OrderContact:
    """tune_service_profile and validate_service_profile where declared. Raises the module's error; returns
    what the form submits.
    """
    name, prefix = instance["module"], contact.type + "_"
    options = [("param", tld), ("value", contact.type), *connections.options(panel, lang, instance["id"])]
    if contact.profile and not panel.db.find("service_profile", id=int(contact.profile)):
        raise PanelError("value", contact.type, contact.profile)
    doc = _form(panel, name, tld, contact.type, lang)
    if "tune_service_profile" in modules.features(panel, name):
        doc = modules.ask(panel, name, "tune_service_profile", options, doc)
    submitted = _stored(panel, contact) if contact.profile else forms.fill(doc, _entered(doc, contact))
    if "validate_service_profile" in modules.features(panel, name):
        modules.ask(panel, name, "validate_service_profile", options, _submitted(submitted))
    fields = {
        field[len(prefix) :]: value for field, value in submitted.items() if value and not contact.profile
    }
    return contact._replace(fields=fields)


def _entered(doc: Element, contact: OrderContact) -> Dict[str, str]:
    """What is typed into the form; of a copied contact only the fields that this type's form has."""
    typed = {f"{contact.type}_{field}": value for field, value in contact.fields.items()}
    if not contact.same:
        return typed
    known = {field.name for field in forms.fields(doc)}
    return {name: value for name, value in typed.items() if name in known}


def _stored(panel: Panel, contact: OrderContact) -> Dict[str, str]:
    """How a stored contact reaches the module (open question 15)."""
    chosen = {contact.type + "_contact_select": contact.profile}
    if panel.switches["stored_contact"] == "fields":
        chosen.update(
            {
                f"{contact.type}_{name}": value
                for name, value in profiles.fields(panel, contact.profile).items()
            }
        )
    return chosen


def check_parameters(panel: Panel, instance: Row, tld: str, given: Dict[str, str], lang: str) -> None:
    """Further fields of a domain: those of metadata domain.<NAME>.<tld> and what tune_service adds
    (host-protocol 2.6).

    Puts what the form submits under the fields' own names into `given`. Raises the module's error or the
    form's.
    """
    block, domain = f"domain.{instance['module']}.{tld}", given["domain"]
    metadata = descriptions.metadata(panel, block)
    tunes = "tune_service" in modules.features(panel, instance["module"])
    if not metadata and not tunes:
        return
    prefix = f"domainparam_{domain[: -len(tld) - 1]}{'_' * 12}{tld}_"
    _add_prefix(metadata, prefix)
    doc = forms.document(panel, "domain.order.param", metadata, [block], lang, {})
    if tunes:
        options = [("param", tld), ("value", domain), *connections.options(panel, lang, instance["id"])]
        doc = modules.ask(panel, instance["module"], "tune_service", options, doc)
    names = [field.name for field in forms.fields(doc) if field.name.startswith(prefix)]
    submitted = forms.fill(
        doc, {name: given[name[len(prefix) :]] for name in names if name[len(prefix) :] in given}
    )
    given.update({name[len(prefix) :]: submitted[name] for name in names if submitted[name]})


def _add_prefix(metadata: Iterable[Element], prefix: str) -> None:
    for part in metadata:
        for control in part.iter():
            if control.get("name") and control.tag in {*forms.CONTROLS, "field"}:
                control.set("name", prefix + str(control.get("name")))


def _submitted(values: Mapping[str, str]) -> Element:
    doc = ET.Element("doc")
    for name, value in values.items():
        add(doc, name, value)
    return doc


def _form(panel: Panel, name: str, tld: str, type: str, lang: str) -> Element:
    """Standard fields plus the module's own of metadata service_profile.<NAME>[.<type>.<tld>], all with the
    type's prefix.
    """
    own = descriptions.metadata(panel, f"service_profile.{name}") + descriptions.metadata(
        panel, f"service_profile.{name}.{type}.{tld}"
    )
    metadata = [forms.plain_fields(("profiletype", "name", *profiles.FIELDS), FORM, profiles.COUNTRIES), *own]
    _add_prefix(metadata, type + "_")
    doc = forms.document(
        panel,
        FORM,
        metadata,
        [FORM, f"service_profile.{name}", f"service_profile.{name}.{type}.{tld}"],
        lang,
        {},
    )
    for field in profiles.COUNTRIES:
        options = add(doc, "slist", name=f"{type}_{field}")
        add(options, "val", key="")
        for country in panel.db.find("country"):
            add(options, "val", country["name"], key=country["id"])
    return doc


def save_contact(panel: Panel, account: object, contact: OrderContact) -> int:
    """Id of the contact's row, made now unless it was a stored one. Call inside a transaction."""
    if contact.profile:
        return int(contact.profile)
    fields = dict(contact.fields)
    kind, name = fields.pop("profiletype", "") or "1", fields.pop("name", "")
    if kind not in profiles.KINDS:
        raise PanelError("value", contact.type + "_profiletype", kind)
    name = (
        name
        or " ".join(fields[part] for part in ("firstname", "lastname", "company") if fields.get(part))
        or contact.type
    )
    return profiles.create(panel, name, int(kind), account, fields)


def tld_of(panel: Panel, tariff: Row) -> str:
    """The zone of a domain tariff (host-protocol 6.1: its internal name is the zone's id)."""
    found = panel.db.get("tld", tariff["intname"])
    if not found:
        raise PanelError("missed", "tld", str(tariff["intname"]))
    return str(found["name"])


def zone_of_name(panel: Panel, domain: str) -> Optional[Row]:
    """The longest known zone that a domain name ends with."""
    zones = [zone for zone in panel.db.find("tld") if domain.lower().rstrip(".").endswith("." + zone["name"])]
    return max(zones, key=lambda zone: len(zone["name"]), default=None)
