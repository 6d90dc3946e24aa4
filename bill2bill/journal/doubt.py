"""The question that a person has to answer about a purchase."""

from __future__ import annotations

from bill2bill.errors import Failure
from bill2bill.journal.states import Purchase

# What is asked besides what became of the request, which is named by its kind: whether the panel was told,
# what agreement.py found, and a date that has moved (commands/renewal.py).
OTHER_QUESTIONS = ("told", "lost", "older", "item", "moved")


def question_of(row: Purchase) -> str:
    """What only a person can tell about this purchase: a code behind in_doubt_."""
    return row.question or ("told" if row.told is not None else row.kind)


def doubt(row: Purchase) -> Failure:
    question = question_of(row)
    there = row.remote or "N"  # an id that only a person can find
    months = (
        row.period if question == "moved" and row.period else row.months
    )  # the term by which the date has moved
    return Failure(
        f"in_doubt_{question}",
        id=row.id,
        value=row.name,
        months=months,
        before=row.before or "-",
        item=row.item,
        remote=there,
    )
