"""Pages of the admin interface, answered by `addon/bill2bill` (host-protocol 7.4 to 7.6)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Mapping, Optional, Tuple

from lxml import etree

from bill2bill.errors import Failure
from bill2bill.host import document, place, reply
from bill2bill.journal.states import Purchase, State
from bill2bill.journal.store import Store

ADMIN = 29  # access levels: 30 root, 29 administrator (host-protocol 7.5)
DOUBTS = "bill2bill.doubt"


def answer(root: str, stdin: BinaryIO, env: Mapping[str, str]) -> Tuple[int, Optional[bytes]]:
    """(exit status, document). The handler runs as root whoever asks, so rights are checked here (host-protocol 7.5)."""
    lang = env.get("PARAM_lang", "")
    try:
        _check_rights(env)
        if env.get("PARAM_func") != DOUBTS:
            raise Failure("bad_call", reason=f"func {env.get('PARAM_func', '')[:80]}")
        page = document.read_document(stdin)
        folder = Path(root) / "var" / "bill2bill"
        store = Store(folder, place.machine_id(), str(Path(root).resolve()))
        for purchase in store.purchases(State.DOUBT, State.SENT):
            _add_row(page, purchase)
        return 0, document.to_bytes(page)
    except Failure as failure:
        return 1, reply.error_document(failure, lang)


def _check_rights(env: Mapping[str, str]) -> None:
    level = env.get("AUTH_LEVEL", "")
    if not level.isdigit() or int(level) < ADMIN:
        raise Failure("no_rights")


def _add_row(page: etree._Element, purchase: Purchase) -> None:
    row = etree.SubElement(page, "elem")
    since = datetime.fromtimestamp(purchase.sent or purchase.created).strftime("%Y-%m-%d %H:%M:%S")  # noqa: DTZ006 - the panel's dates are local
    values = {
        "id": purchase.id, "item": purchase.item, "kind": purchase.kind, "name": purchase.name, "months": purchase.months,
        "state": "doubt" if purchase.state is State.DOUBT else "sent", "since": since, "cost": purchase.cost, "remote": purchase.remote or "",
    }  # fmt: skip
    for name, value in values.items():
        etree.SubElement(row, name).text = document.printable(str(value))
