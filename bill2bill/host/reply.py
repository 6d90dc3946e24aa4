"""What we answer: one XML document (host-protocol 2.3, 2.4, 2.6, 4.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Dict, Iterable, Mapping, Sequence, Tuple

from lxml import etree

from bill2bill import messages
from bill2bill.errors import Failure
from bill2bill.host.document import printable, to_bytes
from bill2bill.host.log import mask

ERROR_LIMIT = 32 * 1024  # bytes of an errorxml: it travels as one word of mgrctl's command line


def ok() -> bytes:
    """The answer of a command that worked and has nothing to tell."""
    return to_bytes(etree.Element("doc"))


def error_document(failure: Failure, lang: str) -> bytes:
    """The simple shape of host-protocol 4.1, with every param of the failure and the ready text in `lang`.

    The panel need not say who reads it (host-protocol 9, 13): then the text is in both languages.
    """
    doc = etree.Element("doc")
    languages = [lang.lower()[:2]] if lang else ["ru", "en"]
    params = _safe(messages.for_panel(failure, languages[-1]))
    error = etree.SubElement(doc, "error", _attributes(failure.code, params, ("object",)))
    _add_params(error, params)
    etree.SubElement(error, "msg").text = " / ".join(_sentence(failure, language) for language in languages)
    return to_bytes(doc)


def operation_error(failure: Failure, module_id: int, module_name: str, now: datetime) -> str:
    """What is stored with the operation: the C++ form of host-protocol 4.1, an inner and a global error.

    Carries both languages as valueRU and valueEN, no detail of the failure, no registered secret; at most 32
    KiB of UTF-8 on one line. `now` is local time.
    """
    for longest in (2000, 300, 30):
        params = _safe(messages.for_panel(failure, "en"), longest)
        doc = etree.Element("doc")
        when = now.strftime("%Y-%m-%d %H:%M:%S")
        module = {"date": when, "id": str(module_id), "name": _line(module_name, longest)}
        box = etree.SubElement(doc, "processingmodule", module)
        attributes = {"date": when, **_attributes(failure.code, params, ("object", "value"))}
        for parent in (box, doc):
            error = etree.SubElement(parent, "error", attributes)
            _add_params(error, params)
            for lang in ("ru", "en"):
                text = _sentence(failure, lang, longest)
                told = {"name": f"value{lang.upper()}", "type": "msg", "msg": text}
                etree.SubElement(error, "param", told).text = text
        text = etree.tostring(doc, encoding="unicode")
        if len(text.encode("utf-8")) <= ERROR_LIMIT:
            break
    return text


def contact_types(roles: Sequence[str], **flags: str) -> bytes:
    """The answer to get_contact_type, in the form's order; flags such as ns="require" (host-protocol 2.6)."""
    doc = etree.Element("doc", dict(flags))
    for role in roles:
        etree.SubElement(doc, "contact_type").text = role
    return to_bytes(doc)


def whois(text: str) -> bytes:
    """The answer to whois: what the panel searches for the zone's "not found" string (host-protocol 2.6)."""
    doc = etree.Element("doc")
    etree.SubElement(doc, "whois").text = printable(text)
    return to_bytes(doc)


def features(itemtypes: Iterable[str], params: Iterable[Tuple[str, bool]], commands: Iterable[str]) -> bytes:
    """What a module can do (host-protocol 3). params: (name, secret), the panel encrypts secret ones."""
    doc = etree.Element("doc")
    served = etree.SubElement(doc, "itemtypes")
    for itemtype in itemtypes:
        etree.SubElement(served, "itemtype", name=itemtype)
    stored = etree.SubElement(doc, "params")
    for name, secret in params:
        etree.SubElement(stored, "param", {"name": name, "crypted": "yes"} if secret else {"name": name})
    able = etree.SubElement(doc, "features")
    for command in commands:
        etree.SubElement(able, "feature", name=command)
    return to_bytes(doc)


def slist(document: etree._Element, field: str, options: Iterable[Tuple[str, str]]) -> None:
    """Replace the options of the select `field`: (key sent, text shown) (host-protocol 2.4)."""
    for old in [node for node in document.findall("slist") if node.get("name") == field]:
        document.remove(old)
    box = etree.SubElement(document, "slist", {"name": field})
    for key, text in options:
        etree.SubElement(box, "val", {"key": printable(key)}).text = printable(text)


def _attributes(code: str, params: Mapping[str, str], names: Sequence[str]) -> Dict[str, str]:
    return {"type": code, **{name: params[name] for name in names if name in params}}


def _add_params(error: etree._Element, params: Mapping[str, str]) -> None:
    for name, value in params.items():
        # the object's name is a text to show (V-PHP)
        more = {"type": "msg", "msg": value} if name == "object" else {}
        etree.SubElement(error, "param", {"name": name, **more}).text = value


def _sentence(failure: Failure, lang: str, longest: int = 2000) -> str:
    return messages.sentence(failure.code, _safe(messages.params(failure, lang), longest), lang)


def _safe(params: Mapping[str, str], longest: int = 2000) -> Dict[str, str]:
    return {name: _line(value, longest) for name, value in params.items()}


def _line(text: str, longest: int) -> str:
    """One line without secrets, at most `longest` characters."""
    text = " ".join(printable(mask(text)).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"
