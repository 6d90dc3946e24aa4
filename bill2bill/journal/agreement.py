"""Do the journal and the panel tell the same of an item's last purchase? Where they do not, one of them was
lost or restored from a backup, or the item's number was given to another item: then nothing is bought before
a person has said which.
"""

from __future__ import annotations

import time
from typing import Optional

from bill2bill.journal.asker import Asker
from bill2bill.journal.doubt import doubt
from bill2bill.journal.note import Note, read
from bill2bill.journal.states import UNSETTLED, Intent, Purchase, State
from bill2bill.journal.store import Store
from bill2bill.state import clock


def agree(store: Store, asker: Asker) -> None:
    """Learn from the panel's note what the journal does not know. Raises panel_data for a note that is not
    ours, and in_doubt_lost, in_doubt_older or in_doubt_item: only a person can tell.
    """
    note = read(asker.note)
    known = store.called(asker.item, note.token) if note else None
    if note and known is None:
        _journal_is_older(store, asker, note)
    else:
        if note and known:
            _catch_up(store, known, note)
        store.ask_about_forgotten(asker.item, _last_known(known, note) if note and known else 0)
    asked = store.next_question(asker.item, asker.kind)
    if asked and (asked.state is State.DOUBT or _can_be_asked(store, asked)):
        raise doubt(
            store.move(asked, State.DOUBT, "the panel knows nothing of it (any more)")
            if asked.state is State.REPORTED
            else asked
        )


def _last_known(named: Purchase, note: Note) -> int:
    """The newest purchase that the panel knows of: not a renewal that it takes for one under way, though it
    has noted its end (it is restored).
    """
    forgotten = note.attempt and named.over_noted and named.kind == "prolong"
    return named.id - 1 if forgotten else named.id


def _can_be_asked(store: Store, row: Purchase) -> bool:
    """An item has one unsettled purchase of a kind. One of which nothing was sent gives way, any other is
    finished first.
    """
    other = store.unsettled(row.item, row.kind)
    if other and other.state is State.INTENDED:
        store.move(
            other, State.REFUSED, "withdrawn: nothing was sent, and an earlier purchase is in question"
        )
    return other is None or other.state is State.INTENDED


def _catch_up(store: Store, row: Purchase, note: Note) -> None:
    if row.state not in UNSETTLED:
        return
    if not note.attempt:
        period = row.period or (_bought(store, row, note) if row.kind == "prolong" and note.left else None)
        store.move(
            row,
            State.REPORTED,
            "the panel's note says that it was told",
            operation=None,
            question="",
            period=period,
        )
    elif row.state is State.INTENDED and note.attempt > (row.noted or 0):
        _may_have_left(store, row, State.SENT, "the panel's note says that a request may have left", note)


def _bought(store: Store, row: Purchase, note: Note) -> int:
    """Months that must have been bought, for so many to be left over as the note says."""
    counted = (row.period or 0) - row.months if row.state is State.CONFIRMED else 0
    return note.left - (store.months_left(row.item) - counted) + row.months


def _journal_is_older(store: Store, asker: Asker, note: Note) -> None:
    kind, left = note.kind, note.left - store.months_left(asker.item)
    _settled_meanwhile(store, store.unsettled(asker.item, kind))
    row = store.insert(
        Intent(asker.item, kind, asker.module, None, 0, "", asker.name, note.months, note.before)
    )
    if note.attempt:  # an order can be looked up; a date that has moved shows no owner
        question = "lost" if kind == "prolong" else ""
        # what an older journal takes for left over was used up, or nothing would have been bought
        note = note._replace(period=note.period - store.months_left(asker.item) if note.period else None)
        _may_have_left(
            store, row, State.DOUBT, "noted on the panel; the journal was lost or is older", note, question
        )
    else:  # a row that brings the count of months to what the panel's note says
        store.move(
            row,
            State.REPORTED,
            "noted on the panel; the journal was lost or is older",
            token=note.token,
            noted=0,
            period=left,
        )


def _settled_meanwhile(store: Store, row: Optional[Purchase]) -> None:
    """The panel's note is of a later purchase, and there is one at a time."""
    if row:
        over = State.REFUSED if row.state is State.INTENDED else State.REPORTED
        store.move(row, over, "over in a part of the journal that was lost", operation=None)


def _may_have_left(
    store: Store, row: Purchase, state: State, why: str, note: Note, question: str = ""
) -> None:
    """When it left is not known: it counts from now, so a look will wait long enough."""
    here = clock.now()
    store.move(
        row, state, why, sent=time.time(), boot=here.boot, uptime=here.seconds, token=note.token,
        noted=note.attempt, period=note.period,
        question=question,
    )  # fmt: skip
