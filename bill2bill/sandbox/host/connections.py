"""The connection form of an instance (host-protocol 2.4): drawn by the module, filled by a person, checked,
stored.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Dict, List, Mapping, Tuple

from . import descriptions, forms, instances, modules
from .documents import Element, add
from .panel import Panel

ADDING, EDITING = "processing.add.user", "processing.edit"


def submitted(
    panel: Panel, name: str, instance: object, given: Mapping[str, str], lang: str
) -> Dict[str, str]:
    """What the form submits after tune_connection and check_connection agreed. Raises the module's error or
    the form's.

    `instance` is empty while adding; then the form has no stored values and no id.
    """
    stored = instances.values(panel, instance) if instance else {}
    block = f"processing.edit.{name}"
    metadata = descriptions.metadata(panel, block) or [
        forms.plain_fields(modules.declared(panel, name, "param"), block)
    ]
    doc = forms.document(panel, EDITING if instance else ADDING, metadata, [block], lang, stored)
    if instance:
        add(doc, "elid", instance)
    secrets = _secrets(panel, name, {**stored, **given})
    if "tune_connection" in modules.features(panel, name):
        doc = modules.ask(panel, name, "tune_connection", options(panel, lang), doc, secrets)
    values = forms.fill(doc, given)
    if "check_connection" in modules.features(panel, name):
        modules.ask(
            panel, name, "check_connection", options(panel, lang), _check_document(instance, values), secrets
        )
    return values


def options(panel: Panel, lang: str, instance: object = "") -> List[Tuple[str, object]]:
    """Options that accompany a form call or not (open question 13)."""
    if panel.switches["call_options"] == "bare":
        return []
    return [("lang", lang), ("level", 29)] + ([("module", instance)] if instance else [])


def _check_document(instance: object, values: Mapping[str, str]) -> Element:
    """`<doc><processingmodule><id/>…`: values as entered, passwords in clear."""
    doc = ET.Element("doc")
    box = add(doc, "processingmodule")
    add(box, "id", instance)
    for field, value in values.items():
        add(box, field, value)
    return doc


def _secrets(panel: Panel, name: str, values: Mapping[str, str]) -> List[str]:
    hidden = instances.hide(panel, name)
    return [value for field, value in values.items() if field in hidden]
