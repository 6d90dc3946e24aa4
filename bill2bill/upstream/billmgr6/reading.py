"""From rows and forms of a BILLmanager 5 or 6 to our words; what the reference lacks is upstream_answer."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Dict, Iterator, List, Optional, Tuple

from bill2bill.errors import Failure, NoAnswer, Phrase
from bill2bill.rules.money import Money, currency_code
from bill2bill.rules.periods import parse_date
from bill2bill.rules.statuses import ServiceState, service_state
from bill2bill.rules.words import UnknownWord, shown
from bill2bill.upstream.api import Receipt, Service, ServiceForm
from bill2bill.upstream.asking import ELID, POSITIVE
from bill2bill.upstream.billmgr6 import types as wire
from bill2bill.upstream.billmgr6.envelope import Doc, Node
from bill2bill.upstream.billmgr6.forms import ADDON, choices_of, fields_of

AMOUNT = re.compile(
    r"(-?)([^\s0-9.,-]*)\s*(-?)([0-9]{1,3}(?:\s[0-9]{3})+|[0-9]{1,15})(?:\.([0-9]{1,12})|,([0-9]{1,2}))?\s*([^\s0-9.,-]*)"
)


def money_of(text: str) -> Money:
    """Such as "123.45 EUR", "€9.00", "1 234,50 €" (3.1, 9.1). Raises ValueError for anything else."""
    found = AMOUNT.fullmatch(text.strip())
    if not found:
        raise ValueError(f"not an amount of money: {shown(text)}")
    minus, before, sign, whole, cents, comma, after = found.groups()
    if bool(before) == bool(after):
        raise ValueError(f"not one currency: {shown(text)}")
    amount = Decimal(re.sub(r"\s", "", whole) + "." + (cents or comma or "0"))
    return Money(-amount if minus or sign else amount, currency_code(before or after))


# -- services ------------------------------------------------------------------------------------------------


def service_of(node: Node, func: str) -> Service:
    """An edit form (6.5). Raises upstream_answer without an id or a known state."""
    state = state_of(node)
    if state is None:
        unknown = Phrase("unknown_status", value=shown(" ".join(_states(node))) or "-")
        raise Failure("upstream_answer", func=func, reason=unknown)
    return _service(node, func, state)


def listed_service_of(node: Node, func: str) -> Service:
    """A row of a list (6.1), in an unknown state too. Raises upstream_answer without an id."""
    return _service(node, func, state_of(node) or (ServiceState.UNKNOWN, ""))


def _service(node: Node, func: str, state: Tuple[ServiceState, str]) -> Service:
    number = node.get("id") or node.get(ELID)
    if not POSITIVE.fullmatch(number):
        raise Failure("upstream_answer", func=func, reason=Phrase("bad_id", value=shown(number) or "-"))
    tariff, tariff_name = _tariff(node)
    return Service(
        id=int(number),
        name=next((node.get(name).lower() for name in wire.NAMES if node.get(name)), ""),
        state=state[0],
        substate=state[1],
        expires=expires_of(node),
        tariff=tariff,
        tariff_name=tariff_name,
        mark=node.get(wire.MARK) if wire.MARK in node else None,
        auto_renewal=_auto_renewal(node),
        ip=node.get(wire.IP),
        closing=node.get(wire.CLOSING) == wire.ON,
    )


def service_form_of(node: Node, func: str) -> ServiceForm:
    """An edit form (6.5)."""
    password = next((node.get(name) for name in wire.PASSWORDS if node.get(name)), "")
    return ServiceForm(service_of(node, func), addons_of(node), node.get(wire.USERNAME), password)


def tells_enough(form: Node, why: bool) -> bool:
    """False: a row of the list may know what this form does not say, or says in words such as "Daily charges"
    (6.1).

    why: is it also asked why a service is suspended or what is being done to it? A suspension by the provider
    is not ours to lift (6.2).
    """
    state, substate = state_of(form) or (None, "")
    if state is None or (why and not substate and state in (ServiceState.SUSPENDED, ServiceState.WORKING)):
        return False
    return expires_of(form) is not None or any(name in form and not form.get(name) for name in wire.DATES)


def completed(form: Node, row: Node) -> Node:
    """The form, with state and dates as the row has them."""
    better = {name: row.children[name] for name in (*wire.STATES, *wire.DATES) if name in row}
    return Node(children={**row.children, **form.children, **better})


def state_of(node: Node) -> Optional[Tuple[ServiceState, str]]:
    """State and substate from the first column that has a code: which one differs by host (2.2, 6.1)."""
    for word in _states(node):
        try:
            return service_state(word)
        except UnknownWord:
            continue
    return None


def expires_of(node: Node) -> Optional[date]:
    return next((found for found in (parse_date(node.get(name)) for name in wire.DATES) if found), None)


def same_object(node: Node, remote_id: int, func: str) -> None:
    """Is this certainly the form that was asked for? Raises upstream_answer."""
    ids = {one.text for name in ("id", ELID) for one in node.all(name)}
    if ids != {str(remote_id)}:
        raise Failure("upstream_answer", func=func, reason=Phrase("other_form", id=remote_id))


# -- what a spending call came back with ---------------------------------------------------------------------


def receipt_of(doc: Doc, func: str) -> Receipt:
    """Of an order (5.6). Raises NoAnswer if it is no clear yes: the form once more, a number that is none."""
    node = doc.node
    remote = next((_number(node, name, func) for name in wire.SERVICE_IDS if name in node), None)
    if remote is None and doc.accepted and ELID in node:  # 5.6 [I]: an order sends none, so it is a new one
        remote = _number(node, ELID, func)
    unpaid = unpaid_of(doc, func)
    # 2.4: the wizard moved on, nothing was carried out
    form_again = wire.METADATA in node or wire.SLIST in node
    if not doc.accepted and (form_again or (remote is None and unpaid is None)):
        raise NoAnswer("lost_answer", func=func, detail=f"no yes, but {sorted(node.children)[:20]}")
    return Receipt(remote, unpaid)


def unpaid_of(doc: Doc, func: str) -> Optional[int]:
    """The order or line of the cart that now waits for payment, if there is one (5.6). Raises NoAnswer."""
    return next((_number(doc.node, name, func) for name in wire.UNPAID_IDS if name in doc.node), None)


def accepted(doc: Doc, func: str, *signs: str) -> None:
    """Raises NoAnswer unless the upstream said ok, or one of the signs is in a doc inside doc (2.4)."""
    if not doc.accepted and not any(sign in doc.root.first("doc") for sign in signs):
        said = sorted(doc.node.children)[:20]
        raise NoAnswer("lost_answer", func=func, detail=f"neither ok nor error, but {said}")


def _number(node: Node, name: str, func: str) -> int:
    texts = {one.text for one in node.all(name)}
    text = texts.pop() if len(texts) == 1 else ""
    if not POSITIVE.fullmatch(text):
        raise NoAnswer("lost_answer", func=func, detail=f"{name}: {shown(text)}")
    return int(text)


# -- what waits for payment ----------------------------------------------------------------------------------


def waiting_of(node: Node, remote_id: int, func: str) -> Optional[int]:
    """Number of the order in the cart that has a line for this service, else of the line (5.4 [T]). None: the
    cart has none.

    Raises upstream_answer if a line does not tell which service it is for, or this is not a cart
    with all its lines.
    """
    lines = _cart_lines(node, func)
    ours = [line for line in lines if any(one.text == str(remote_id) for one in line.all(wire.CART_SERVICE))]
    if ours:
        number = next((text for text in (node.get(wire.CART_ORDER), ours[0].get("id")) if text), "")
        if not POSITIVE.fullmatch(number):
            raise Failure("upstream_answer", func=func, reason=Phrase("bad_id", value=shown(number) or "-"))
        return int(number)
    for line in lines:
        services = line.all(wire.CART_SERVICE)
        if not services or not all(POSITIVE.fullmatch(one.text) for one in services):
            unclear = Phrase("cart_line", id=shown(line.get("id")) or "-")
            raise Failure("upstream_answer", func=func, reason=unclear)
    return None


def _cart_lines(node: Node, func: str) -> List[Node]:
    """A view that says ok has acted; one that counts more lines than it shows has further pages (2.2)."""
    lists = [one for one in node.all(wire.LIST) if one.attributes.get("name") == wire.CART_LINES]
    lines = [line for one in lists for line in one.all(wire.ROW)]
    counted = [one.text for part in (node, *lists) for one in part.all(wire.TOTAL)]
    known = lists and all(wire.LIST_PARTS.issuperset(one.children) for one in lists)
    if not known or wire.OK in node or any(count != str(len(lines)) for count in counted):
        raise Failure("upstream_answer", func=func, reason=Phrase("not_a_cart", count=len(lines)))
    return lines


# -- parts of a service --------------------------------------------------------------------------------------


def _states(node: Node) -> Iterator[str]:
    for name in wire.STATES:
        yield from filter(None, dict.fromkeys((node.first(name).code, node.get(name))))


def _tariff(node: Node) -> Tuple[Optional[int], str]:
    """Lists show the name, forms the number, some hosts both (6.1, 6.5)."""
    text = node.get(wire.TARIFF)
    words = (node.get(wire.TARIFF_ID), node.first(wire.TARIFF).code, text)
    number = next(filter(POSITIVE.fullmatch, words), "")
    name = choices_of(node, wire.TARIFF).get(text, "") if text == number else text
    return int(number) if number else None, name


def _auto_renewal(node: Node) -> Optional[str]:
    if wire.AUTO_RENEWAL not in node:
        return None
    word = node.first(wire.AUTO_RENEWAL).code
    return "" if word in wire.NOT_RENEWED else word


def addons_of(node: Node) -> Dict[int, str]:
    """The current value of an add-on stands in its field, else in addon_<id>_current_value."""
    found: Dict[int, str] = {}
    fields = fields_of(node)
    for name in node.children:
        addon = ADDON.fullmatch(name[: -len(wire.CURRENT)] if name.endswith(wire.CURRENT) else name)
        if addon:
            field, current = node.first(addon.group()), node.first(addon.group() + wire.CURRENT)
            found[int(addon.group(1))] = fields.get(addon.group()) or field.code or current.code
    return found
