"""One purchase: its stage, what blocks it, and what is known of its request."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import NamedTuple, Optional

from bill2bill.journal.kinds import KINDS, Kind
from bill2bill.state import clock


class Stage(Enum):
    """How far a purchase is. The allowed transitions are in transitions.py."""

    INTENDED = "intended"  # nothing was sent
    SENT = "sent"  # a request left or may have left
    CONFIRMED = "confirmed"  # seen at the upstream; the panel was not told yet
    REFUSED = "refused"  # nothing was bought; a new attempt is a new purchase
    REPORTED = "reported"  # the panel was told


OPEN = (Stage.INTENDED, Stage.SENT, Stage.CONFIRMED)


class Question(Enum):
    """What only a person can tell. It blocks the purchase at its stage."""

    BOUGHT = "bought"  # was the request carried out?
    SAME_RENEWAL = "same_renewal"  # is the operation that asks this renewal, or a further one?
    SAME_ITEM = "same_item"  # is the item still the one that this service was bought for?


class Evidence(Enum):
    """Why it is asked: it picks the words and the answers of a question (questions.py)."""

    TIMEOUT = "timeout"  # no look has succeeded for `overdue` seconds; ends as soon as one does
    ACCEPTED = "accepted"  # the provider said yes, and does not show it after `overdue` seconds
    WORKING = "working"  # the provider has been working on it for `overdue` seconds
    ATTEMPTS = "attempts"  # `tries` requests left, and each was proved absent
    BEFOREHAND = "beforehand"  # it was there before anything was sent, perhaps by an earlier purchase
    CALLBACK = "callback"  # the process was stopped while it told the panel
    LOST = "lost"  # the panel's note names it; the journal was lost or is older
    RESTORED = "restored"  # the panel does not know it (any more)
    MOVED = "moved"  # the expiry date has moved by this very term since it was known last
    CLAIMED = "claimed"  # two items claim one service


class Intent(NamedTuple):
    """What shall be bought once.

    months: the term that the customer paid for; before: the upstream's expiry read before the first send.
    """

    item: int
    kind: str  # a name of KINDS
    itemtype: str
    module: int
    operation: Optional[int]  # the running operation that asks for it; None: nothing new may be bought
    account: str  # a short name of the upstream login that pays
    name: str  # the domain, A-labels
    months: int
    before: Optional[date] = None
    # `before` is that of an earlier, settled purchase: what is there already is then a question
    inherited: bool = False


class Terms(NamedTuple):
    """What a request will ask for, as Purchase keeps it. remote: what it renews or changes."""

    tariff: Optional[int]
    period: Optional[int]
    cost: str
    remote: Optional[int] = None
    highest: Optional[int] = None
    bought: Optional[int] = None

    @property
    def term(self) -> Optional[int]:
        """As Purchase.term."""
        return self.period if self.bought is None else self.bought


@dataclass(frozen=True)
class Purchase:
    """One row of the journal. Times are seconds since the epoch."""

    id: int
    item: int
    kind: str
    itemtype: str
    module: int
    operation: Optional[int]
    stage: Stage
    name: str
    months: int  # sold to the client
    created: float
    changed: float
    token: str  # what the panel's note of this purchase is called, see note.Note
    question: Optional[Question] = None
    evidence: Optional[Evidence] = None
    detached: bool = False  # the item's number belongs to another item now
    before: Optional[date] = None
    remote: Optional[int] = None  # the service; this and the next two are ids at the upstream
    tariff: Optional[int] = None
    period: Optional[int] = None
    bought: Optional[int] = None  # months bought at the upstream, where they are counted
    cost: str = ""  # what the upstream's tariff asks
    attempts: int = 0  # requests that this journal wrote down before they left
    absences: int = 0  # how many of them a look has proved not carried out
    looked: bool = False  # a look since the last request left has not shown it yet
    accepted: bool = False  # the upstream answered yes, though the result was not seen yet
    account: str = ""  # the login that the last request was sent with
    callback: Optional[int] = None  # the operation's count of tries when we began to tell the panel
    # nothing was sent yet, and another operation or purchase began it than the one that asks now
    taken_over: bool = False
    highest: Optional[int] = None  # openings: the greatest id in the listing before the request left
    unpaid: Optional[int] = None  # number of an order that waits for payment at the upstream
    sent: Optional[float] = None  # when the last request left
    boot: str = ""  # the same by the clock that nobody can set (clock.Moment)
    uptime: float = 0.0
    noted: Optional[int] = None  # the attempt that the panel's note names; None: it has none of this purchase
    noted_done: bool = False  # the panel's note says that this purchase is over

    @property
    def rules(self) -> Kind:
        return KINDS[self.kind]

    @property
    def term(self) -> Optional[int]:
        """What was bought, as the panel's note keeps it: months where they are counted, else the period."""
        return self.period if self.bought is None else self.bought

    @property
    def unsent(self) -> bool:
        """Nothing was sent and nothing is asked: it may be withdrawn."""
        return self.stage is Stage.INTENDED and self.question is None

    @property
    def in_flight(self) -> bool:
        """A request may be carried out, or a person is asked: only what becomes of it tells."""
        return self.stage is Stage.SENT or self.question is not None

    @property
    def known_attempts(self) -> int:
        """Requests that left, as this journal or the panel's note knows."""
        return max(self.attempts, self.noted or 0)

    @property
    def only_a_person(self) -> bool:
        """Blocked by a question that nothing at the upstream can answer."""
        return self.question is not None and (
            self.question is not Question.BOUGHT or self.evidence is Evidence.BEFOREHAND or self.taken_over
        )

    @property
    def age(self) -> float:
        """Seconds that have certainly passed since the last request left; 0 if none did."""
        if self.sent is None:
            return 0.0
        by_the_wall = max(0.0, time.time() - self.sent)
        if not self.boot:  # a row of an older release
            return by_the_wall
        passed = clock.passed_since(clock.Moment(self.boot, self.uptime))
        # another boot may be that of another host, long ago, to which a container was moved
        return passed if self.boot == clock.now().boot else min(passed, by_the_wall)
