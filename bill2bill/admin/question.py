"""What a purchase asks a person now: out of the journal, or out of the error that its operation has on the
panel.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Dict, NamedTuple, Optional

from bill2bill import messages
from bill2bill.errors import Failure
from bill2bill.host.data import Data
from bill2bill.host.document import parse_bytes
from bill2bill.journal.journal import Journal
from bill2bill.journal.purchase import Purchase
from bill2bill.journal.questions import asked_about
from bill2bill.messages.questions import explained

LOG = logging.getLogger("bill2bill")


class Question(NamedTuple):
    code: str
    en: str
    ru: str


def question(root: Path, journal: Journal, row: Purchase, data: Optional[Data] = None) -> Optional[Question]:
    """None if it asks nothing. data: the panel; without it questions that stand only there are not seen."""
    if row.question and not journal.is_next(row):
        return None
    asked = asked_about(row) if row.question else _on_panel(row, data) if data else None
    if asked is None:
        return None
    told = explained(asked, root, journal.history)
    return Question(told.code, messages.text(told, "en"), messages.text(told, "ru"))


def _on_panel(row: Purchase, data: Data) -> Optional[Failure]:
    """The question that stands with the operation, if it is about this purchase: which service it is, or what
    became of it at another login.
    """
    if row.operation is None:
        return None
    try:
        text = data.operation_error(row.operation)
        error = parse_bytes(text.encode()).find("error") if text else None
    except Failure as failure:
        LOG.info("the error of operation %s cannot be read: %s", row.operation, failure)
        return None
    if error is None:
        return None
    params: Dict[str, str] = {param.get("name") or "": param.text or "" for param in error.findall("param")}
    code = error.get("type") or ""
    if not messages.is_question(code) or params.get("id") != str(row.id):
        return None
    return Failure(
        code,
        **{
            name: value
            for name, value in params.items()
            if name.isidentifier() and name not in ("code", "detail")
        },
    )
