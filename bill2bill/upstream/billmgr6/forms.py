"""A form's fields, what they hold, and what may be put into them (upstream-billmanager6 2.3)."""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, Mapping, Tuple

from bill2bill.errors import Failure, Phrase
from bill2bill.upstream.api import OrderForm
from bill2bill.upstream.billmgr6 import types as wire
from bill2bill.upstream.billmgr6.envelope import Node

CONTROLS = ("input", "select", "slider", "textarea", "textdata", "checkbox")
ADDON = re.compile(r"addon_([1-9][0-9]{0,17})")
NUMBER = re.compile(r"-?[0-9]{1,9}")


def fields_of(form: Node) -> Dict[str, str]:
    """Field -> value of what a person could change and send: those with a control that is neither read-only
    nor for show.

    A form without a description of itself: what has a list of values, and add-ons, label, mark and automatic
    renewal (6.5). An empty check box is sent as off, for a missing one may be read so anyway (6.5 [I]).
    """
    described = {control.attributes.get("name", ""): (kind, control) for kind, control in _controls(form)}
    if not described:
        known = {wire.AUTO_RENEWAL, wire.MARK, "server_name", *_lists(form)}
        names = [name for name in form.children if name in known or ADDON.fullmatch(name)]
        return {name: form.get(name) for name in names}
    return {
        name: _value(form, name, control)
        for name, (kind, control) in described.items()
        if name and _writable(kind, control)
    }


def choices_of(form: Node, name: str) -> Dict[str, str]:
    """Key -> text of what may be chosen, in the form's order; {} if the field has no list."""
    return {val.attributes["key"]: val.text for val in _lists(form).get(name, ()) if "key" in val.attributes}


def off_word(form: Node, usual: str) -> str:
    """How this form says "no automatic renewal": by its own list, else as usual (4.4, 10 Q14)."""
    keys = choices_of(form, wire.AUTO_RENEWAL)
    return next((word for word in (usual, wire.NULL, wire.OFF, "0", "") if word in keys), usual)


def order_form_of(form: Node, func: str) -> OrderForm:
    """Raises upstream_answer if this is no form."""
    if wire.METADATA not in form and wire.SLIST not in form:
        raise Failure("upstream_answer", func=func, reason=Phrase("not_a_form"))
    lists = _lists(form)
    depends = {
        (name, val.attributes["key"]): val.attributes["depend"]
        for name, vals in lists.items()
        for val in vals
        if val.attributes.get("depend") and "key" in val.attributes
    }
    choices, fields = {name: list(choices_of(form, name)) for name in lists}, fields_of(form)
    known = filter(None, map(ADDON.fullmatch, {*form.children, *lists, *fields}))
    return OrderForm(choices, depends, fields, _ranges(form), {int(name.group(1)) for name in known})


def _lists(form: Node) -> Mapping[str, List[Node]]:
    found: Dict[str, List[Node]] = {}
    for slist in form.all(wire.SLIST):
        found.setdefault(slist.attributes.get("name", ""), []).extend(slist.all("val"))
    return found


def _ranges(form: Node) -> Dict[int, Tuple[int, int, int]]:
    found: Dict[int, Tuple[int, int, int]] = {}
    for kind, control in _controls(form):
        given = control.attributes
        addon = ADDON.fullmatch(given.get("name", ""))
        limits = (given.get("min", ""), given.get("max", ""), given.get("step", "1"))
        if kind == "slider" and addon and all(map(NUMBER.fullmatch, limits)):
            least, most, step = map(int, limits)
            found[int(addon.group(1))] = (least, most, max(step, 1))
    return found


def _controls(form: Node) -> Iterator[Tuple[str, Node]]:
    """The controls of all pages and fields, however deep (2.3)."""
    waiting: List[Node] = list(form.all(wire.METADATA))
    while waiting:
        node = waiting.pop()
        for kind, found in node.children.items():
            if kind in CONTROLS:
                yield from ((kind, control) for control in found)
            waiting += found


def _writable(kind: str, control: Node) -> bool:
    return kind != "textdata" and control.attributes.get("readonly") not in ("yes", wire.ON)


def _value(form: Node, name: str, control: Node) -> str:
    value = form.get(name)
    return wire.OFF if not value and control.attributes.get("type") == "checkbox" else value
