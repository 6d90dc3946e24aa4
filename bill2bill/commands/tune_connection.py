"""Fill the form of a connection: choices, and defaults of a new one. No network: the form must open at once
(host-protocol 2.4).
"""

from __future__ import annotations

from typing import Iterable

from lxml import etree

from bill2bill.commands.context import Context
from bill2bill.config import CONNECTIONS, Field
from bill2bill.host import document, reply
from bill2bill.messages.forms import CHOICES


def run(context: Context) -> bytes:
    form = document.read_document(context.stdin)
    lang = context.call.lang or form.get("lang", "")
    fields = CONNECTIONS[context.kind]
    for field in fields:
        if field.choices:
            names = [(value, CHOICES[field.name, value].of(lang)) for value in field.choices]
            reply.slist(form, field.name, names)
    if not form.findtext("elid") and not form.findtext("sv_field"):
        _fill_defaults(form, fields)
    return document.to_bytes(form)


def _fill_defaults(form: etree._Element, fields: Iterable[Field]) -> None:
    for field in fields:
        if field.default and form.find(field.name) is None:
            etree.SubElement(form, field.name).text = field.default
