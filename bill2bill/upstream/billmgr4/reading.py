"""From rows and forms of a BILLmanager 4 to our words; what the reference lacks is upstream_answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Mapping

from bill2bill.errors import Failure, NoAnswer, Phrase
from bill2bill.rules.money import Money, currency_code, parse_amount
from bill2bill.rules.names import to_ascii
from bill2bill.rules.periods import parse_date
from bill2bill.rules.statuses import domain_state_4
from bill2bill.upstream.api import Domain, PayerAccount
from bill2bill.upstream.asking import ELID, POSITIVE, positive
from bill2bill.upstream.billmgr4 import types as wire
from bill2bill.upstream.billmgr4.envelope import Doc


def account_of(row: Mapping[str, str]) -> PayerAccount:
    """A row of `accountinfo` (3.1). Raises upstream_answer."""
    try:
        credit = parse_amount(row.get("creditlimit") or "0")
        balance = Money(parse_amount(row["balance"]), currency_code(row["currency"]))
        number = positive(row["id"])
    except (KeyError, ValueError) as error:
        raise _unreadable(wire.ACCOUNTS, error) from error
    return PayerAccount(number, row.get("name", ""), row.get("project", ""), balance, max(credit, Decimal(0)))


def domain_of(row: Mapping[str, str], name: str) -> Domain:
    """A row of `domain` or answer of `domain.getinfo` (5.10, 5.11); name: in full. Raises upstream_answer."""
    price = row.get("price_id", "")
    try:
        return Domain(
            id=positive(row.get("id", "")),
            name=to_ascii(name),
            state=domain_state_4(row.get("domainstatus", "")),
            expires=parse_date(row.get("expire")),  # "on" and stale dates occur (5.11)
            tariff=int(price) if POSITIVE.fullmatch(price) else None,
        )
    except (ValueError, Failure) as error:
        raise _unreadable(wire.DOMAINS, error) from error


def has_name(row: Mapping[str, str], name: str) -> bool:
    """Is this the row of `name` (A-labels)? Both sides are compared encoded (1.5)."""
    try:
        return to_ascii(row.get("name", "")) == name
    except Failure:
        return False


def full_name(form: Mapping[str, str]) -> str:
    """`name` (without the zone) and `tld` of a form (2.2, 5.11), in A-labels; "" if one is missing."""
    name, zone = form.get("name", ""), form.get("tld", "")
    try:
        return to_ascii(f"{name}.{zone}") if name and zone else ""
    except Failure:
        return ""


def id_of(doc: Doc, func: str) -> int:
    """The id of a form, `elid` or `id` (2.2). Raises upstream_answer, also if they differ."""
    ids = {doc.fields[key] for key in (ELID, "id") if key in doc.fields}
    text = ids.pop() if len(ids) == 1 else ""
    if not POSITIVE.fullmatch(text):
        raise Failure("upstream_answer", func=func, reason=Phrase("no_single_id"))
    return int(text)


def accepted(doc: Doc, func: str) -> None:
    """Raises NoAnswer unless the upstream said ok (2.4: neither error nor ok is an unknown outcome)."""
    if not doc.accepted:
        said = sorted(doc.fields)[:20]
        raise NoAnswer("lost_answer", func=func, detail=f"neither ok nor error, but {said}")


def new_id(doc: Doc, key: str, func: str) -> int:
    """The id under `key` of what was made (2.3). Raises NoAnswer, also on ok without it (5.2 rule 1)."""
    text = doc.fields.get(key, "")
    if not POSITIVE.fullmatch(text):
        raise NoAnswer("lost_answer", func=func, detail=f"no {key}, but {sorted(doc.fields)[:20]}")
    return int(text)


def _unreadable(func: str, error: Exception) -> Failure:
    said = f"{type(error).__name__}: {error}"[:200]
    return Failure("upstream_answer", func=func, reason=Phrase("bad_row"), detail=said)
