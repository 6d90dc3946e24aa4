"""Forms: the document that a module adjusts, and the values that the form submits (host-protocol 2.4,
2.6, 7.2).
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, Set

from . import descriptions
from .documents import Element, PanelError, add
from .panel import Panel

CONTROLS = ("input", "select", "textarea")


class Field(NamedTuple):
    name: str
    kind: str  # text, password, checkbox, ... of an input; or select, textarea
    required: bool
    options: Optional[List[str]]  # keys that may be chosen; None: any text


def document(
    panel: Panel,
    func: str,
    metadata: Sequence[Element],
    texts: Sequence[str],
    lang: str,
    values: Mapping[str, str],
) -> Element:
    """The complete panel document of a form: metadata, messages of the given blocks, function, values."""
    doc = ET.Element("doc", {"lang": lang, "func": func})
    meta = ET.SubElement(doc, "metadata", {"name": func, "type": "form"})
    for part in metadata:
        meta.extend(list(part))
    block = ET.SubElement(doc, "messages", {"name": func})
    for name in texts:
        for key, text in descriptions.messages(panel, name, lang).items():
            add(block, "msg", text, name=key)
    add(doc, "func", func)
    for name, value in values.items():
        add(doc, name, value)
    return doc


def fields(doc: Element) -> List[Field]:
    """The controls of a form with the choices that its option lists offer."""
    found = []
    for meta in doc.findall("metadata"):
        for control in meta.iter():
            if control.tag in CONTROLS and control.get("name"):
                name = control.get("name") or ""
                kind = control.tag if control.tag != "input" else control.get("type") or "text"
                options = _options(doc, control) if control.tag == "select" else None
                found.append(Field(name, kind, control.get("required") == "yes", options))
    return found


def _options(doc: Element, select: Element) -> List[str]:
    """`<msg key="K">N</msg>` sends K, without key N; `<val key="K">` the same (host-protocol 2.4)."""
    lists = [select] + [found for found in doc.findall("slist") if found.get("name") == select.get("name")]
    return [node.get("key", node.text or "") for one in lists for node in one if node.tag in {"msg", "val"}]


def fill(doc: Element, given: Mapping[str, str]) -> Dict[str, str]:
    """What the panel would submit: the given values, else those in the document, else what the control shows.

    Raises PanelError: `missed` for an empty required field, `value` for a choice that is not offered or a
    field that is not there.
    """
    known = fields(doc)
    for name in given:
        if name not in {field.name for field in known}:
            raise PanelError("value", name, "the form has no such field")
    values = {field.name: given.get(field.name, doc.findtext(field.name) or _shown(field)) for field in known}
    hidden = _hidden(doc, values)
    for field in known:
        value = values[field.name]
        if field.required and not value and field.name not in hidden:
            raise PanelError("missed", field.name)
        if field.options is not None and value and value not in field.options:
            raise PanelError("value", field.name, value)
    return values


def _shown(field: Field) -> str:
    if field.kind == "checkbox":
        return "off"
    return field.options[0] if field.options else ""


def _hidden(doc: Element, values: Mapping[str, str]) -> Set[str]:
    """Fields that `<if value="X" hide="field"/>` hides (host-protocol 7.2)."""
    hidden = set()
    for control in doc.iter():
        if control.tag in CONTROLS:
            value = values.get(control.get("name") or "", "")
            for rule in control.findall("if"):
                meets = not value if rule.get("empty") == "yes" else rule.get("value") == value
                if meets and rule.get("hide"):
                    hidden.add(rule.get("hide") or "")
    return hidden


def plain_fields(names: Sequence[str], title: str, selects: Sequence[str] = ()) -> Element:
    """Metadata of a form with one control per name: a select, or a text field."""
    metadata = ET.Element("metadata", {"name": title, "type": "form"})
    page = ET.SubElement(ET.SubElement(metadata, "form", {"title": "name"}), "page", {"name": title})
    for name in names:
        field = ET.SubElement(page, "field", {"name": name})
        (
            ET.SubElement(field, "select", {"name": name})
            if name in selects
            else ET.SubElement(field, "input", {"type": "text", "name": name})
        )
    return metadata
