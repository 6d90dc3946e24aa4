"""The one function through which money leaves.

A request is written down before it is sent. What was sent without a readable answer is looked up before
anything is sent again, and a look proves absence only when the request is older than `settle` seconds: it can
still be carried out after the connection broke.
"""

from __future__ import annotations

import time
from enum import Enum
from typing import Callable, NamedTuple, Optional, Protocol

from bill2bill.errors import Failure, NoAnswer, NotSent, Refused
from bill2bill.journal.asker import Asker
from bill2bill.journal.begun import begun
from bill2bill.journal.doubt import doubt
from bill2bill.journal.states import Intent, Purchase, State, Terms
from bill2bill.journal.store import LEAVES, Store, new_token
from bill2bill.state import clock

# What a look may find that only a person can sort out, however long we wait: told as it is, not as a lost
# answer.
QUESTIONS = frozenset(["two_alike", "name_taken", "held_by_other"])
EARLY = "a look does not show it yet"
UNSEEN = "cannot be looked up"  # a doubt that ends as soon as it can
PROVED = "a look proves that it was not carried out"


class Sight(Enum):
    PRESENT = "present"  # the upstream shows what was asked for
    UNDERWAY = "under way"  # the upstream is working on this service
    ABSENT = "absent"  # the upstream answered, and what was asked for is not there


class Finding(NamedTuple):
    sight: Sight
    remote: Optional[int] = None  # the upstream's id, where the look shows it
    period: Optional[int] = None  # what was bought, where the look shows that: as in Terms
    unpaid: Optional[int] = None  # not there, for it waits for payment: as in Receipt


class Receipt(NamedTuple):
    """What came with a yes. remote: the upstream's id, None when the result must be seen by a look; unpaid:
    an order that waits for payment.
    """

    remote: Optional[int] = None
    unpaid: Optional[int] = None


class Deal(Protocol):
    """How one kind of purchase is made. Every method may raise a Failure that stops the purchase
    where it is.
    """

    def look(self, row: Purchase) -> Finding:
        """Is this purchase at the upstream? Raises when that cannot be told."""

    def terms(self, row: Purchase) -> Terms:
        """What the request will ask for; refuses here what must not be sent (balance, tariff, contacts)."""

    def act(self, row: Purchase) -> Receipt:
        """Send the request. Raises NotSent, Refused or NoAnswer."""


class Patience(NamedTuple):
    settle: float  # seconds before a look may prove absence
    overdue: float  # seconds before a person is asked
    tries: int  # requests of one purchase before a person is asked


Noting = Callable[
    [Purchase, int, Terms], None
]  # tells the panel which attempt of a purchase is about to leave; raises if it cannot


def spend_once(
    store: Store,
    intent: Intent,
    deal: Deal,
    patience: Patience,
    asker: Asker,
    noting: Optional[Noting] = None,
) -> Purchase:
    """Buy what is intended, once, whatever happened before. The caller holds the item's lock.

    noting  for what the panel keeps a note of (note.py)

    Returns the purchase: confirmed, or reported when the panel repeats an operation that it was already told
    about.
    Raises Failure: pending (accepted, not seen yet), unpaid_order, lost_answer, in_doubt_<question>,
    other_purchase, other_account, not_an_operation, copied_panel, upstream_busy, item_busy, or what `deal`
    raised.
    """
    row = _named(store, _begin(store, intent, asker))
    absent = False
    if row.state in (State.SENT, State.DOUBT) and not row.only_a_person:
        row = _look(store, row, deal, patience)
        absent = row.state is State.INTENDED
    if row.state is State.INTENDED:
        row = _send(store, row, intent, deal, noting, absent)
        if row.state is State.SENT:
            row = _look(store, row, deal, patience)
    if row.state is State.DOUBT:
        raise doubt(row)
    if row.state is State.INTENDED:
        raise Failure("lost_answer", func=row.kind)
    return row


def _begin(store: Store, intent: Intent, asker: Asker) -> Purchase:
    row = _continued(store, intent, begun(store, asker))
    if row is None:
        _may_spend(store, intent)
        return store.insert(intent)
    if intent.operation is None or row.operation == intent.operation or row.state is State.REPORTED:
        return row
    taken_over = row.taken_over or row.state is State.INTENDED
    return store.move(
        row,
        row.state,
        f"continued by operation {intent.operation}",
        operation=intent.operation,
        taken_over=taken_over,
    )


def _named(store: Store, row: Purchase) -> Purchase:
    """A purchase that an older release has begun has no name for the panel's note yet."""
    return (
        row
        if row.token
        else store.move(row, row.state, "named for the panel's note", durable=False, token=new_token())
    )


def _continued(store: Store, intent: Intent, row: Optional[Purchase]) -> Optional[Purchase]:
    """The purchase that was begun, if it is of the same terms. One of which nothing was sent is withdrawn
    when the order was changed.
    """
    if (
        row is None
        or row.state is State.REPORTED
        or (row.state is State.CONFIRMED and row.operation == intent.operation)
    ):
        return row
    if row.state in (State.SENT, State.DOUBT) and row.account not in ("", intent.account):
        raise Failure("other_account", id=row.id)
    if (row.name, row.months) == (intent.name, intent.months):
        return row
    if row.state is State.INTENDED:
        store.move(row, State.REFUSED, "withdrawn: nothing was sent and the order was changed")
        return None
    raise Failure("other_purchase", id=row.id, reason=f"{row.name}, {row.months}")


def _may_spend(store: Store, intent: Intent) -> None:
    if intent.operation is None:
        raise Failure("not_an_operation")
    if store.is_copy():
        raise Failure("copied_panel")


def _send(
    store: Store, row: Purchase, intent: Intent, deal: Deal, noting: Optional[Noting], absent: bool
) -> Purchase:
    """absent: a look of this very run has proved it."""
    _may_spend(store, intent)
    seen = (
        Finding(Sight.ABSENT) if absent else deal.look(row)
    )  # whoever did it: what is there already is not bought again
    period = seen.period or row.period
    if (
        seen.sight is Sight.PRESENT and row.taken_over and row.before
    ):  # told by a date, which may be that of another renewal
        return store.move(row, State.DOUBT, "it is there, and it may be what was begun before", period=period)
    if seen.sight is Sight.PRESENT:
        return store.move(
            row,
            State.CONFIRMED,
            "was there before anything was sent",
            durable=False,
            remote=seen.remote,
            period=period,
        )
    if seen.sight is Sight.UNDERWAY:
        raise Failure("upstream_busy", value=row.name)
    terms = deal.terms(row)
    noted = row.noted
    if noting:
        noted = (noted or 0) + 1
        noting(row, noted, terms)
    here = clock.now()
    row = store.move(
        row, State.SENT, LEAVES, sent=time.time(), boot=here.boot, uptime=here.seconds, noted=noted,
        accepted=False, account=intent.account,
        taken_over=False, remote=terms.remote, tariff=terms.tariff, period=terms.period, cost=terms.cost,
        highest=terms.highest,
    )  # fmt: skip
    try:
        receipt = deal.act(row)
    except NotSent as failure:
        store.move(row, State.INTENDED, f"not sent: {failure.code}", durable=False, sent=None)
        raise
    except Refused as failure:
        store.move(row, State.REFUSED, f"refused: {failure.code} {failure.params}", durable=False)
        raise
    except NoAnswer as failure:
        return store.move(row, State.SENT, f"no answer: {failure.code} {failure.params}", durable=False)
    if receipt.unpaid is not None:
        return store.move(
            row,
            State.SENT,
            f"accepted, but order {receipt.unpaid} is not paid",
            accepted=True,
            unpaid=receipt.unpaid,
        )
    if receipt.remote is None:
        return store.move(row, State.SENT, "accepted", accepted=True)
    return store.move(row, State.CONFIRMED, "accepted", accepted=True, remote=receipt.remote)


def _look(store: Store, row: Purchase, deal: Deal, patience: Patience) -> Purchase:
    """Settle a sent purchase by what the upstream shows; what nobody could settle for `overdue` seconds waits
    for a person.
    """
    age = row.age
    if age < patience.settle and _was_looked_at(store, row):
        raise Failure("lost_answer", func=row.kind)
    try:
        seen = deal.look(row)
    except Failure as failure:
        return _unseen(store, row, failure, age, patience)
    if seen.sight is Sight.PRESENT:
        return store.move(
            row, State.CONFIRMED, "seen at the upstream", durable=False, remote=seen.remote or row.remote
        )
    if row.state is State.DOUBT and not store.last_note(row.id).startswith(UNSEEN):
        return row
    if seen.unpaid is not None and row.unpaid is None:  # the lost answer would have said so
        row = store.move(
            row,
            State.SENT,
            f"a look shows that order {seen.unpaid} is not paid",
            accepted=True,
            unpaid=seen.unpaid,
        )
    if row.unpaid is not None:  # linked, never deleted, never ordered anew: a person pays it (decision 9)
        raise Failure("unpaid_order", value=row.unpaid)
    if seen.sight is Sight.ABSENT and not row.accepted:
        return _absent(store, row, age, patience)
    if age > patience.overdue:
        return store.move(row, State.DOUBT, f"{seen.sight.value} after {age:.0f} s")
    raise Failure("pending", value=row.name)


def _absent(store: Store, row: Purchase, age: float, patience: Patience) -> Purchase:
    """The upstream does not show it, and has not said yes: proof only when the request can no longer be
    carried out.
    """
    if age < patience.settle:
        if row.state is State.SENT:
            store.move(row, State.SENT, EARLY, durable=False)
        raise Failure("lost_answer", func=row.kind)
    if [note for *_, note in store.steps(row.id)].count(PROVED) + 1 >= patience.tries:
        return store.move(row, State.DOUBT, "sent again and again without an answer")
    return store.move(row, State.INTENDED, PROVED, durable=False, sent=None)


def _was_looked_at(store: Store, row: Purchase) -> bool:
    """One look after the loss is enough until a look can prove absence, for each costs requests."""
    return row.state is State.SENT and store.last_note(row.id) == EARLY


def _unseen(store: Store, row: Purchase, failure: Failure, age: float, patience: Patience) -> Purchase:
    """The look itself failed: it proves nothing."""
    if row.state is State.DOUBT:
        return row
    if age > patience.overdue:
        return store.move(row, State.DOUBT, f"cannot be looked up: {failure.code}")
    if row.accepted or failure.code in QUESTIONS:
        raise failure
    raise Failure("lost_answer", func=row.kind, detail=str(failure)) from failure
