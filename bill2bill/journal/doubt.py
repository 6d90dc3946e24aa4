"""The question that a person has to answer about a purchase."""

from __future__ import annotations

from bill2bill.errors import Failure
from bill2bill.journal.states import Purchase


def doubt(row: Purchase) -> Failure:
    question = row.question or ("told" if row.told is not None else row.kind)
    return Failure(f"in_doubt_{question}", id=row.id, value=row.name, months=row.months, before=row.before or "-", item=row.item)
