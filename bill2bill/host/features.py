"""The features document: what a module can do and which settings it has (host-protocol 3)."""

from __future__ import annotations

from typing import Iterable, Tuple

from lxml import etree

from bill2bill.host.document import to_bytes


def features(itemtypes: Iterable[str], params: Iterable[Tuple[str, bool]], commands: Iterable[str]) -> bytes:
    """params: (name, secret): secret ones are stored encrypted by the panel."""
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
