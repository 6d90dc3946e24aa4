"""The state machine of a purchase: every event that may happen to it, in one table."""

from __future__ import annotations

from enum import Enum
from typing import Dict, NamedTuple, Tuple

from bill2bill.journal.purchase import OPEN, Question, Stage

INTENDED, SENT, CONFIRMED = OPEN
REFUSED, REPORTED = Stage.REFUSED, Stage.REPORTED


class Event(Enum):
    """What happened to a purchase. The history keeps it with typed arguments; messages/history.py
    tells it.
    """

    # an operation asks
    BEGUN = "begun"
    CONTINUED = "continued"  # by another operation than before
    WITHDRAWN = "withdrawn"
    NAMED = "named"  # a row of an early release gets its token
    # the request
    REQUEST_LEAVES = "request_leaves"
    NOT_SENT = "not_sent"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    ACCEPTED = "accepted"
    UNPAID = "unpaid"  # accepted, as an order that waits for payment
    # a look
    ALREADY_THERE = "already_there"
    SEEN = "seen"
    NOT_SEEN_YET = "not_seen_yet"
    UNPAID_SEEN = "unpaid_seen"
    ABSENCE_PROVED = "absence_proved"
    UNCLEAR = "unclear"  # no look can settle it
    # the panel
    CALLBACK_BEGINS = "callback_begins"
    CALLBACK_FAILED = "callback_failed"
    CALLBACK_DONE = "callback_done"
    CALLBACK_UNCLEAR = "callback_unclear"
    END_NOTED = "end_noted"
    ATTEMPT_NOTED = "attempt_noted"
    NO_OPERATION_WAITS = "no_operation_waits"
    OPERATION_REUSED = "operation_reused"
    SETTLED = "settled"  # a change is a state of the service: it is there
    MONTHS_COUNTED = "months_counted"
    # reconciliation with the panel's note
    NOTE_SAYS_OVER = "note_says_over"
    NOTE_SAYS_SENT = "note_says_sent"
    FOUND_IN_NOTE = "found_in_note"
    SUPERSEDED = "superseded"
    PANEL_FORGOT = "panel_forgot"
    DATE_MOVED = "date_moved"
    CLAIMED_TWICE = "claimed_twice"
    # a person answers
    SAID_BOUGHT = "said_bought"
    SAID_NOT_BOUGHT = "said_not_bought"
    SAID_SAME = "said_same"
    SAID_NEW = "said_new"
    SAID_OTHER_ITEM = "said_other_item"
    # a step of a release that kept sentences
    LEGACY = "legacy"


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
    "tariff",
    "period", "bought", "cost", "highest",
)  # fmt: skip

TRANSITIONS: Dict[Event, Transition] = {
    Event.BEGUN: Transition((INTENDED,), told={"operation": int}, durable=False),
    Event.CONTINUED: Transition(OPEN, (), ("operation", "taken_over"), {"operation": int}, keeps=True),
    Event.WITHDRAWN: Transition((INTENDED,), (REFUSED,), told={"why": str}),
    Event.NAMED: Transition(tuple(Stage), (), ("token",), keeps=True, durable=False),
    Event.REQUEST_LEAVES: Transition((INTENDED,), (SENT,), REQUEST_COLUMNS),
    Event.NOT_SENT: Transition((SENT,), (INTENDED,), ("sent",), {"code": str}, durable=False),
    Event.REFUSED: Transition((SENT,), (REFUSED,), (), {"code": str}, durable=False),
    Event.NO_ANSWER: Transition((SENT,), (), (), {"code": str}, durable=False),
    Event.ACCEPTED: Transition((SENT,), (SENT, CONFIRMED), ("accepted", "remote")),
    Event.UNPAID: Transition((SENT,), (), ("accepted",), {"unpaid": int}),
    Event.ALREADY_THERE: Transition(
        (INTENDED,), (INTENDED, CONFIRMED), (*SEEN_COLUMNS, "evidence"), asks=(Question.BOUGHT,)
    ),
    Event.SEEN: Transition((SENT,), (CONFIRMED,), SEEN_COLUMNS, durable=False),
    Event.NOT_SEEN_YET: Transition((SENT,), (), ("looked",), durable=False),
    Event.UNPAID_SEEN: Transition((SENT,), (), ("accepted",), {"unpaid": int}),
    Event.ABSENCE_PROVED: Transition((SENT,), (INTENDED,), ("sent", "absences", "looked"), durable=False),
    Event.UNCLEAR: Transition(
        (SENT,), (), ("absences",), {"evidence": str, "code": str, "seconds": int}, (Question.BOUGHT,)
    ),
    Event.CALLBACK_BEGINS: Transition((CONFIRMED,), (), ("callback",)),
    Event.CALLBACK_FAILED: Transition((CONFIRMED,), (), ("callback",), {"code": str}),
    Event.CALLBACK_DONE: Transition(
        (CONFIRMED, REPORTED), (REPORTED,), ("operation", "noted", "noted_done"), durable=False
    ),
    Event.CALLBACK_UNCLEAR: Transition(
        (CONFIRMED,), (), ("evidence",), {"asks": int, "began": int}, (Question.SAME_RENEWAL,)
    ),
    Event.END_NOTED: Transition((REPORTED,), (), ("noted", "noted_done"), durable=False),
    Event.ATTEMPT_NOTED: Transition((INTENDED,), (), ("noted",), keeps=True),
    Event.NO_OPERATION_WAITS: Transition((CONFIRMED,), (REPORTED,), durable=False),
    Event.OPERATION_REUSED: Transition((REPORTED,), (), ("operation",), keeps=True, durable=False),
    Event.SETTLED: Transition((CONFIRMED,), (REPORTED,), ("operation",), durable=False),
    Event.MONTHS_COUNTED: Transition((CONFIRMED, REPORTED), (), (), {"bought": int}, durable=False),
    Event.NOTE_SAYS_OVER: Transition((*OPEN, REPORTED), (REPORTED,), ("operation", "period", "bought")),
    Event.NOTE_SAYS_SENT: Transition((INTENDED,), (SENT,), NOTE_COLUMNS),
    Event.FOUND_IN_NOTE: Transition(
        (INTENDED,), (SENT, REPORTED), NOTE_COLUMNS, asks=(Question.BOUGHT, Question.SAME_RENEWAL)
    ),
    Event.SUPERSEDED: Transition(tuple(Stage), (REFUSED, REPORTED), ("operation",)),
    Event.PANEL_FORGOT: Transition(
        (REPORTED,), (), ("evidence",), asks=(Question.SAME_RENEWAL, Question.SAME_ITEM)
    ),
    Event.DATE_MOVED: Transition(
        (INTENDED,), (), ("evidence", "period", "bought"), asks=(Question.SAME_RENEWAL,)
    ),
    Event.CLAIMED_TWICE: Transition(
        (CONFIRMED, REPORTED), (), ("evidence",), asks=(Question.SAME_ITEM,)
    ),
    Event.SAID_BOUGHT: Transition((*OPEN, REPORTED), (CONFIRMED, REPORTED), (), {"remote": int}),
    Event.SAID_NOT_BOUGHT: Transition((INTENDED, SENT), (REFUSED,)),
    Event.SAID_SAME: Transition(
        (*OPEN, REPORTED), (CONFIRMED, REPORTED), ("callback", "noted_done")
    ),
    Event.SAID_NEW: Transition((*OPEN, REPORTED), (REPORTED,), ("operation", "period", "bought")),
    Event.SAID_OTHER_ITEM: Transition((*OPEN, REPORTED), (REPORTED,), ("operation",)),
    Event.LEGACY: Transition(tuple(Stage), told={"note": str}, keeps=True),
}  # fmt: skip
