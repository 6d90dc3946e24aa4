"""The state machine of a purchase: every event that may happen to it, in one table."""

from __future__ import annotations

from enum import Enum
from typing import Dict, NamedTuple, Tuple

from bill2bill.journal.purchase import OPEN, Question, Stage

INTENDED, SENT, CONFIRMED = OPEN
REPORTED = Stage.REPORTED


class Withdrawal(Enum):
    """Why a purchase of which nothing was sent is given up."""

    CHANGED = "changed"  # the order was changed
    CLOSED = "closed"  # the item is closed
    LINKED = "linked"  # the panel names a service
    COMPARED = "compared"  # the service is compared anew
    QUESTION = "question"  # an earlier purchase is in question


class Transition(NamedTuple):
    """One row of the machine.

    sources   stages from which the event may happen
    targets   stages that it may lead to; none: the stage stays
    sets      columns of Purchase that it may set
    told      arguments that the history keeps, with their types; some are columns, too
    asks      the question that it may ask; without it an earlier question is over
    keeps     an earlier question stays
    durable   also a failure of the power must not lose it (decision 23)
    """

    sources: Tuple[Stage, ...]
    targets: Tuple[Stage, ...] = ()
    sets: Tuple[str, ...] = ()
    told: Dict[str, type] = {}
    asks: Tuple[Question, ...] = ()
    keeps: bool = False
    durable: bool = True


SEEN_COLUMNS = ("remote", "period", "bought")
NOTE_COLUMNS = ("token", "noted", "sent", "boot", "uptime", "period", "bought", "evidence")
REQUEST_COLUMNS = (
    "sent", "boot", "uptime", "noted", "attempts", "accepted", "looked", "account", "taken_over", "remote",
    "tariff", "period", "bought", "cost", "highest",
)  # fmt: skip


class Event(Enum):
    """What happened to a purchase: the word in the history (messages/history.py tells it), and its row."""

    rule: Transition

    def __new__(cls, value: str, rule: Transition) -> Event:
        event = object.__new__(cls)
        event._value_, event.rule = value, rule
        return event

    # fmt: off
    # an operation asks
    BEGUN = "begun", Transition((INTENDED,), told={"operation": int}, durable=False)
    # by another operation than before
    CONTINUED = "continued", Transition(OPEN, (), ("operation", "taken_over"), {"operation": int}, keeps=True)
    WITHDRAWN = "withdrawn", Transition((INTENDED,), (Stage.REFUSED,), told={"why": str})
    # a row of an early release gets its token
    NAMED = "named", Transition(tuple(Stage), (), ("token",), keeps=True, durable=False)

    # the request
    REQUEST_LEAVES = "request_leaves", Transition((INTENDED,), (SENT,), REQUEST_COLUMNS)
    NOT_SENT = "not_sent", Transition((SENT,), (INTENDED,), ("sent",), {"code": str}, durable=False)
    REFUSED = "refused", Transition((SENT,), (Stage.REFUSED,), (), {"code": str}, durable=False)
    NO_ANSWER = "no_answer", Transition((SENT,), (), (), {"code": str}, durable=False)
    ACCEPTED = "accepted", Transition((SENT,), (SENT, CONFIRMED), ("accepted", "remote"))
    # accepted, as an order that waits for payment
    UNPAID = "unpaid", Transition((SENT,), (), ("accepted",), {"unpaid": int})

    # a look
    ALREADY_THERE = "already_there", Transition(
        (INTENDED,), (INTENDED, CONFIRMED), (*SEEN_COLUMNS, "evidence"), asks=(Question.BOUGHT,))
    SEEN = "seen", Transition((SENT,), (CONFIRMED,), SEEN_COLUMNS, durable=False)
    NOT_SEEN_YET = "not_seen_yet", Transition((SENT,), (), ("looked",), durable=False)
    UNPAID_SEEN = "unpaid_seen", Transition((SENT,), (), ("accepted",), {"unpaid": int})
    ABSENCE_PROVED = "absence_proved", Transition(
        (SENT,), (INTENDED,), ("sent", "absences", "looked"), durable=False)
    UNCLEAR = "unclear", Transition(  # no look can settle it
        (SENT,), (), ("absences",), {"evidence": str, "code": str, "seconds": int}, (Question.BOUGHT,))

    # the panel
    CALLBACK_BEGINS = "callback_begins", Transition((CONFIRMED,), (), ("callback",))
    CALLBACK_FAILED = "callback_failed", Transition((CONFIRMED,), (), ("callback",), {"code": str})
    CALLBACK_DONE = "callback_done", Transition(
        (CONFIRMED, REPORTED), (REPORTED,), ("operation", "noted", "noted_done"), durable=False)
    CALLBACK_UNCLEAR = "callback_unclear", Transition(
        (CONFIRMED,), (), ("evidence",), {"asks": int, "began": int}, (Question.SAME_RENEWAL,))
    END_NOTED = "end_noted", Transition((REPORTED,), (), ("noted", "noted_done"), durable=False)
    ATTEMPT_NOTED = "attempt_noted", Transition((INTENDED,), (), ("noted",), keeps=True)
    NO_OPERATION_WAITS = "no_operation_waits", Transition((CONFIRMED,), (REPORTED,), durable=False)
    OPERATION_REUSED = "operation_reused", Transition(
        (REPORTED,), (), ("operation",), keeps=True, durable=False)
    # a change is a state of the service: it is there
    SETTLED = "settled", Transition((CONFIRMED,), (REPORTED,), ("operation",), durable=False)
    MONTHS_COUNTED = "months_counted", Transition(
        (CONFIRMED, REPORTED), (), (), {"bought": int}, durable=False)

    # reconciliation with the panel's note
    NOTE_SAYS_OVER = "note_says_over", Transition(
        (*OPEN, REPORTED), (REPORTED,), ("operation", "period", "bought"))
    NOTE_SAYS_SENT = "note_says_sent", Transition((INTENDED,), (SENT,), NOTE_COLUMNS)
    FOUND_IN_NOTE = "found_in_note", Transition(
        (INTENDED,), (SENT, REPORTED), NOTE_COLUMNS, asks=(Question.BOUGHT, Question.SAME_RENEWAL))
    SUPERSEDED = "superseded", Transition(tuple(Stage), (Stage.REFUSED, REPORTED), ("operation",))
    PANEL_FORGOT = "panel_forgot", Transition(
        (REPORTED,), (), ("evidence",), asks=(Question.SAME_RENEWAL, Question.SAME_ITEM))
    DATE_MOVED = "date_moved", Transition(
        (INTENDED,), (), ("evidence", "period", "bought"), asks=(Question.SAME_RENEWAL,))
    CLAIMED_TWICE = "claimed_twice", Transition(
        (CONFIRMED, REPORTED), (), ("evidence",), asks=(Question.SAME_ITEM,))

    # a person answers
    SAID_BOUGHT = "said_bought", Transition(
        (*OPEN, REPORTED), (CONFIRMED, REPORTED), (), {"remote": int})
    SAID_NOT_BOUGHT = "said_not_bought", Transition((INTENDED, SENT), (Stage.REFUSED,))
    SAID_SAME = "said_same", Transition(
        (*OPEN, REPORTED), (CONFIRMED, REPORTED), ("callback", "noted_done"))
    SAID_NEW = "said_new", Transition((*OPEN, REPORTED), (REPORTED,), ("operation", "period", "bought"))
    SAID_OTHER_ITEM = "said_other_item", Transition((*OPEN, REPORTED), (REPORTED,), ("operation",))
    # a step of a release that kept sentences
    LEGACY = "legacy", Transition(tuple(Stage), told={"note": str}, keeps=True)
    # fmt: on
