"""What a purchase asks a person, and which answers it takes."""

from __future__ import annotations

from enum import Enum
from typing import Dict, Tuple

from bill2bill.errors import Failure, Phrase
from bill2bill.journal.purchase import Evidence, Purchase, Question, Stage


class Answer(Enum):
    """What a person may say: flags of the command line, choices of the page."""

    BOUGHT = "bought"  # it was carried out, and is this service at the upstream
    NOT_BOUGHT = "not-bought"  # it was not carried out
    SAME = "same"  # the operation that asks is this renewal; the item is still this service
    NEW = "new"  # the operation that asks is a further renewal
    OTHER_ITEM = "other-item"  # the item's number belongs to another item now


REQUEST = (Answer.BOUGHT, Answer.NOT_BOUGHT)
RENEWAL = (Answer.SAME, Answer.NEW)
# Further answers, where the evidence allows them.
MORE: Dict[Tuple[Question, Evidence], Tuple[Answer, ...]] = {
    (Question.SAME_RENEWAL, Evidence.RESTORED): (Answer.OTHER_ITEM,),
    (Question.SAME_RENEWAL, Evidence.LOST): (Answer.NOT_BOUGHT,),
    (Question.SAME_ITEM, Evidence.CLAIMED): (Answer.BOUGHT,),  # it really has another service
}
ANSWERS: Dict[Question, Tuple[Answer, ...]] = {
    Question.BOUGHT: REQUEST,
    Question.SAME_RENEWAL: RENEWAL,
    Question.SAME_ITEM: (Answer.SAME, Answer.OTHER_ITEM),
}


def answers_to(row: Purchase) -> Tuple[Answer, ...]:
    """What may be answered about a purchase now; nothing if it takes no answer."""
    answers = _answers_to(row)
    if row.detached and Answer.OTHER_ITEM in answers:
        # that is said already; killed in the middle of it, it is said again
        return (Answer.OTHER_ITEM,) if row.question else ()
    return answers


def _answers_to(row: Purchase) -> Tuple[Answer, ...]:
    if row.question and row.evidence:
        return (*ANSWERS[row.question], *MORE.get((row.question, row.evidence), ()))
    if row.stage in (Stage.INTENDED, Stage.SENT):
        return REQUEST
    if row.rules.opens and row.stage is Stage.REPORTED:
        # the panel may have lost what it knew of the item, or has given its number to another one
        return (Answer.BOUGHT, Answer.SAME, Answer.OTHER_ITEM)
    if row.stage is Stage.CONFIRMED:  # new: the operation that asked had other terms, and is gone
        further = row.rules.repeatable and row.callback is None
        return (Answer.BOUGHT, Answer.NEW) if further else (Answer.BOUGHT,)
    return ()


def asked_about(row: Purchase) -> Failure:
    """The question of a purchase. Without one it is asked what became of the request."""
    question, evidence = row.question or Question.BOUGHT, row.evidence or Evidence.TIMEOUT
    answers = "_".join(answer.value for answer in (*ANSWERS[question], *MORE.get((question, evidence), ())))
    return Failure(
        f"in_doubt_{question.value}", id=row.id, kind=row.kind, evidence=evidence.value, value=row.name,
        # the term by which the date has moved
        months=(evidence is Evidence.MOVED and row.bought) or row.months,
        before=row.before or "-", item=row.item, remote=row.remote or "N",
        because=Phrase(f"because_{evidence.value}"), asked=Phrase(f"asked_{row.kind}"),
        answers=Phrase(f"answers_{answers}"),
    )  # fmt: skip
