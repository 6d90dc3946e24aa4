"""The life of a purchase: intended -> sent -> confirmed | refused | in doubt -> reported."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import NamedTuple, Optional

from bill2bill.state import clock


class State(Enum):
    INTENDED = "intended"  # nothing was sent
    SENT = "sent"  # a request left or may have left
    CONFIRMED = "confirmed"  # seen at the upstream; the panel was not told yet
    REFUSED = "refused"  # nothing was bought; a new attempt is a new purchase
    DOUBT = "in doubt"  # only a person can tell
    REPORTED = "reported"  # the panel was told


# A change of tariff and a change of add-ons are two purchases of one command of the panel (host-protocol 2.5,
# setparam).
COMMANDS = {"changepricelist": "setparam"}


def command_of(kind: str) -> str:
    """The panel's command that a kind of purchase is made by."""
    return COMMANDS.get(kind, kind)


UNSETTLED = (State.INTENDED, State.SENT, State.CONFIRMED, State.DOUBT)


class Intent(NamedTuple):
    """What shall be bought once. months: the term that the customer paid for; before: the upstream's expiry
    read before the first send.
    """

    item: int
    kind: str  # open, prolong, changepricelist, setparam: see command_of
    module: int
    operation: Optional[int]  # the running operation that asks for it; None: nothing new may be bought
    trycount: int
    account: str  # a short name of the upstream login that pays
    name: str  # the domain, A-labels
    months: int
    before: Optional[date] = None
    inherited: bool = (
        False  # `before` is that of an earlier, settled purchase: what is there already is then a question
    )


@dataclass(frozen=True)
class Purchase:
    """One row of the journal. Times are seconds since the epoch; cost is what the upstream's tariff asks, as
    text.
    """

    id: int
    item: int
    kind: str
    module: int
    operation: Optional[int]
    state: State
    name: str
    months: int
    before: Optional[date]
    remote: Optional[int]
    tariff: Optional[int]
    period: Optional[int]
    cost: str
    accepted: bool  # the upstream answered yes, though the result was not seen yet
    account: str  # the login that the last request was sent with
    told: Optional[int]  # the operation's count of tries when we began to tell the panel; None: we have not
    taken_over: (
        bool  # nothing was sent yet, and another operation or purchase began it than the one that asks now
    )
    highest: Optional[int]  # openings: the greatest id in the upstream's listing before the request left
    unpaid: Optional[int]  # number of an order that waits for payment at the upstream
    sent: Optional[float]  # when the last request left
    boot: str  # the same by the clock that nobody can set (clock.Moment)
    uptime: float
    token: str  # what the panel's note of this purchase is called, see note.Note
    noted: Optional[int]  # how many attempts the panel has a note of; None: it needs none
    question: str  # what only a person can tell, besides what became of the request: a code behind in_doubt_
    over_noted: bool  # the panel's note says that this purchase is over
    created: float
    changed: float

    @property
    def only_a_person(self) -> bool:
        """In doubt for a reason that nothing at the upstream can clear up."""
        return self.state is State.DOUBT and (self.told is not None or self.taken_over or bool(self.question))

    @property
    def age(self) -> float:
        """Seconds that have certainly passed since the last request left; 0 if none did. Rows of older
        releases know the wall clock only.
        """
        if self.sent is None:
            return 0.0
        by_the_wall = max(0.0, time.time() - self.sent)
        if not self.boot:
            return by_the_wall
        passed = clock.passed_since(clock.Moment(self.boot, self.uptime))
        # another start may be that of another host, long ago, to which a container was moved
        return passed if self.boot == clock.now().boot else min(passed, by_the_wall)


class Terms(NamedTuple):
    """What a request will ask for, written down with it: ids of tariff and period at the upstream, the
    expected cost.

    period is a number of months where the upstream has no ids of periods (upstream-billmanager6 4.4).
    highest: see Purchase.
    """

    tariff: Optional[int]
    period: Optional[int]
    cost: str
    remote: Optional[int] = None  # the service that is renewed or changed
    highest: Optional[int] = None
