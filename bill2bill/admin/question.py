"""What a purchase asks a person now: out of the journal, or of its operation's error on the panel."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional

from bill2bill import messages
from bill2bill.admin.panel import panel_of
from bill2bill.errors import Failure
from bill2bill.host.data import Data
from bill2bill.host.document import parse_bytes
from bill2bill.journal.journal import Journal
from bill2bill.journal.purchase import Purchase
from bill2bill.journal.questions import asked_about
from bill2bill.messages.questions import explained

LOG = logging.getLogger("bill2bill")
NO_TEXTS = ("code", "detail")


class Question(NamedTuple):
    code: str
    en: str
    ru: str


def questions(root: Path, journal: Journal, rows: List[Purchase]) -> Dict[int, Question]:
    """Purchase -> what it asks. The panel is read for what only its operations know; it need not be there."""
    with panel_of(root.resolve()) as (data, _):
        asked = {row.id: question(root, journal, row, data) for row in rows}
    return {number: one for number, one in asked.items() if one is not None}


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
    """The question of its operation about it: which service it is, or what became of it at another login."""
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
    texts = {name: text for name, text in params.items() if name.isidentifier() and name not in NO_TEXTS}
    return Failure(code, **texts)
