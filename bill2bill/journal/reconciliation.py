"""Do the journal and the panel's note tell the same of an item's last purchase?

Where they differ, one of them was lost or restored from a backup, or the item's number was given to another
item. Then nothing is bought before a person has said which.
"""

from __future__ import annotations

import time
from typing import Any, Dict

from bill2bill.journal.caller import Caller
from bill2bill.journal.journal import Journal
from bill2bill.journal.kinds import KINDS
from bill2bill.journal.note import Note, read
from bill2bill.journal.purchase import Evidence, Intent, Purchase, Question, Stage
from bill2bill.journal.questions import asked_about
from bill2bill.journal.transitions import Event, Withdrawal
from bill2bill.state import clock


def reconcile(journal: Journal, caller: Caller) -> None:
    """Learn from the panel's note what the journal does not know.

    Raises panel_data for a note that is not ours, and the question that only a person can answer.
    """
    if not KINDS[caller.kind].noted:
        return
    note = read(caller.note)
    known = journal.called(caller.item, note.token) if note else None
    if note and known is None:
        _journal_is_older(journal, caller, note)
    else:
        if note and known:
            _catch_up(journal, caller, known, note)
        _ask_about_forgotten(journal, caller.item, _last_known(known, note) if note and known else 0)
    asked = journal.next_question(caller.item, caller.kind)
    if asked and (asked.stage is not Stage.REPORTED or _may_be_asked(journal, asked)):
        raise asked_about(asked)


def _ask_about_forgotten(journal: Journal, item: int, known: int) -> None:
    """What was reported after `known` is asked about: the panel is older, or the item another one."""
    for row in journal.forgotten(item, known):
        question = Question.SAME_ITEM if row.rules.opens else Question.SAME_RENEWAL
        journal.record(row, Event.PANEL_FORGOT, question=question, evidence=Evidence.RESTORED)


def _last_known(named: Purchase, note: Note) -> int:
    """The newest purchase that the panel knows of. Not a renewal that it takes for one under way, though it
    has noted its end: such a panel is restored.
    """
    forgotten = note.attempt and named.noted_done and named.rules.repeatable
    return named.id - 1 if forgotten else named.id


def _may_be_asked(journal: Journal, row: Purchase) -> bool:
    """What is on its way is finished first; what was not sent gives way."""
    other = journal.unsettled(row.item, row.kind)
    if other is None or other.stage is Stage.REPORTED:
        return True
    if other.unsent:
        journal.record(other, Event.WITHDRAWN, why=Withdrawal.QUESTION)
        return True
    return False


def _catch_up(journal: Journal, caller: Caller, row: Purchase, note: Note) -> None:
    if row.stage is Stage.REFUSED or (row.stage is Stage.REPORTED and row.question is None):
        return
    if row.evidence is Evidence.CLAIMED:  # the panel knows of both orders: it cannot tell whose it is
        return
    if not note.attempt:
        bought = row.bought or (_bought(journal, row, note) if row.rules.repeatable and note.left else None)
        journal.record(row, Event.NOTE_SAYS_OVER, operation=None, bought=bought)
    elif row.unsent and note.attempt > (row.noted or 0):
        journal.record(row, Event.NOTE_SAYS_SENT, **_may_have_left(caller, note))


def _bought(journal: Journal, row: Purchase, note: Note) -> int:
    """Months that must have been bought, for so many to be left over as the note says."""
    counted = (row.bought or 0) - row.months if row.stage in (Stage.CONFIRMED, Stage.REPORTED) else 0
    return note.left - (journal.months_left(row.item) - counted) + row.months


def _journal_is_older(journal: Journal, caller: Caller, note: Note) -> None:
    kind = note.kind
    other = journal.unsettled(caller.item, kind)
    if other:  # the panel's note is of a later purchase, and there is one at a time
        stage = Stage.REFUSED if other.unsent else Stage.REPORTED
        journal.record(other, Event.SUPERSEDED, stage, operation=None)
    left = note.left - journal.months_left(caller.item)  # what is superseded counts now
    intent = Intent(
        caller.item, kind, caller.itemtype, caller.module, None, "", caller.name, note.months, note.before
    )
    row = journal.begin(intent)
    if note.attempt:  # an order can be looked up; a date that has moved shows no owner
        question = Question.SAME_RENEWAL if row.rules.repeatable else Question.BOUGHT
        columns = _may_have_left(caller, note)
        # what an older journal takes for left over was used up, or nothing would be bought
        if columns["bought"]:
            columns["bought"] -= journal.months_left(caller.item)
        columns.update(question=question, evidence=Evidence.LOST)
        journal.record(row, Event.FOUND_IN_NOTE, Stage.SENT, **columns)
    else:  # a row that brings the count of months to what the panel's note says
        bought = left if caller.counts_months else None
        journal.record(row, Event.FOUND_IN_NOTE, Stage.REPORTED, token=note.token, noted=0, bought=bought)


def _may_have_left(caller: Caller, note: Note) -> Dict[str, Any]:
    """When it left is not known: it counts from now, so a look will wait long enough."""
    here, counted = clock.now(), caller.counts_months
    return {
        "sent": time.time(), "boot": here.boot, "uptime": here.seconds, "token": note.token,
        "noted": note.attempt, "bought": note.period if counted else None,
        "period": None if counted else note.period,
    }  # fmt: skip
