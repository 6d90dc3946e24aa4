"""Buying for the item of a call: what is begun, bought, told to the panel and noted there."""

from __future__ import annotations

import logging
from datetime import date, datetime
from typing import TYPE_CHECKING, Callable, Dict, Optional

from bill2bill.commands import reporting
from bill2bill.commands.link import Link
from bill2bill.commands.world import World, purchase_name
from bill2bill.errors import Failure
from bill2bill.journal import note as notes
from bill2bill.journal.caller import Caller
from bill2bill.journal.engine import Deal, Patience, spend_once
from bill2bill.journal.kinds import KINDS
from bill2bill.journal.ownership import owned
from bill2bill.journal.purchase import Evidence, Intent, Purchase, Question, Stage, Terms
from bill2bill.journal.questions import asked_about
from bill2bill.journal.reconciliation import reconcile
from bill2bill.journal.transitions import Event
from bill2bill.services import LINK

if TYPE_CHECKING:
    from bill2bill.accounts.account import UpstreamAccount

LOG = logging.getLogger("bill2bill")


def under_way(world: World, kind: str) -> Optional[Purchase]:
    """The purchase of this item that is not over (journal.ownership). Asked by another command, it is asked
    without an operation.
    """
    return owned(world.journal, _caller(world, kind))


def learn_from_note(world: World) -> None:
    """A purchase under way that only the panel's note knows of is in the journal then. Raises as reconcile does."""
    note = notes.read(world.item.params.get(notes.PARAM, ""))
    if note and note.attempt:
        reconcile(world.journal, _caller(world, note.kind))


def _caller(world: World, kind: str) -> Caller:
    item, command = world.item, KINDS[kind].command
    operation = world.operation if world.call.command == command else None
    return Caller(
        item.id, kind, operation.id if operation else None, operation.trycount if operation else 0,
        exists=lambda number: world.data.operation(number) is not None,
        one_waits=lambda: bool(world.data.operations(item.id, command)),
        note=item.params.get(notes.PARAM, ""), name=purchase_name(item), itemtype=item.itemtype,
        module=item.module, counts_months=world.counts_months,
        existed_at=lambda moment: _existed_at(world, moment),
    )  # fmt: skip


def _existed_at(world: World, moment: float) -> bool:
    """By the panel's clock, in whole seconds: the creation date tells a reused id from a retry."""
    began = world.data.operation_began(world.call.operation or 0)
    if began is None:
        LOG.warning("the panel does not tell when operation %s was created", world.call.operation)
    return began is None or began.replace(tzinfo=None) <= datetime.fromtimestamp(moment)  # noqa: DTZ006 - host-protocol 4.1: local time


def buy(
    world: World,
    kind: str,
    account: UpstreamAccount,
    name: str,
    months: int,
    before: Optional[date],
    deal: Deal,
    inherited: bool = False,
) -> Purchase:
    """Buy for the item of this call, once (journal.engine)."""
    caller = _caller(world, kind)
    intent = _intent(world, caller, account.account_key, name, months, before)._replace(inherited=inherited)
    patience = Patience(world.options.settle, world.options.overdue, world.options.tries)
    noting = _noting(world) if KINDS[kind].noted else None
    return spend_once(world.journal, intent, deal, patience, caller, noting)


def _intent(
    world: World, caller: Caller, account: str, name: str, months: int, before: Optional[date]
) -> Intent:
    item = world.item
    return Intent(
        item.id, caller.kind, item.itemtype, item.module, caller.operation, account, name, months, before
    )


def ask_same_item(world: World, order: Purchase) -> Failure:
    """The panel knows nothing of an item that was opened by the journal. Returns the question."""
    return asked_about(
        world.journal.record(
            order, Event.PANEL_FORGOT, question=Question.SAME_ITEM, evidence=Evidence.RESTORED
        )
    )


def ask_same_renewal(world: World, name: str, months: int, before: date, bought: Optional[int]) -> Failure:
    """Nothing is renewed before a person has said whether it was renewed already; that is written down like a
    purchase. Returns the question.
    """
    intent = _intent(world, _caller(world, "prolong"), "", name, months, before)
    row = world.journal.begin(
        intent, Event.DATE_MOVED, question=Question.SAME_RENEWAL, evidence=Evidence.MOVED, bought=bought
    )
    try:
        # should the journal be lost as well, the question is not
        _noting(world)(row, 1, Terms(None, None, "", bought=bought))
        row = world.journal.record(row, Event.ATTEMPT_NOTED, noted=1)
    except Failure as failure:
        LOG.warning("purchase %s could not be noted on the panel: %s", row.id, failure)
    return asked_about(row)


# -- the panel's note ----------------------------------------------------------------------------------------


def _noting(world: World) -> Callable[[Purchase, int, Terms], None]:
    def note_attempt(purchase: Purchase, attempt: int, terms: Terms) -> None:
        note = notes.Note(purchase.token, attempt, purchase.before, purchase.months, terms.term)
        world.panel.save_param(world.item.id, notes.PARAM, str(note))

    return note_attempt


def note_of(world: World, purchase: Purchase) -> str:
    """What the panel shall keep of a purchase that it is told of. Rows of early releases have no name for it: ""."""
    left = world.journal.months_left(world.item.id) if world.counts_months else 0
    return str(notes.Note(purchase.token, left=left)) if purchase.token else ""


def notes_of(world: World, known: Link, purchase: Optional[Purchase]) -> Dict[str, str]:
    """Item parameters that go with the callback of an opening: the link and, of an order that ends now, its
    note.
    """
    note = note_of(world, purchase) if purchase else ""
    return {LINK: str(known), **({notes.PARAM: note} if note else {})}


def _note_done(world: World, purchase: Purchase) -> bool:
    """Without it the panel still has the note of the last attempt, and a lost journal would become a question."""
    note = note_of(world, purchase)
    try:
        if note:
            world.panel.save_param(world.item.id, notes.PARAM, note)
    except Failure as failure:
        LOG.warning("purchase %s could not be noted on the panel: %s", purchase.id, failure)
        return False
    return bool(note)


# -- the callback --------------------------------------------------------------------------------------------


def tell(world: World, purchase: Purchase, callback: Callable[[], None]) -> None:
    """Tell the panel that a renewal is done. That we begin to is written down, for we may die on the way
    (journal.ownership).
    """
    if purchase.stage is Stage.REPORTED:
        callback()
        reported(world, purchase, noted=False)
        return
    attempt = world.operation.trycount if world.operation else 0
    purchase = world.journal.record(purchase, Event.CALLBACK_BEGINS, callback=attempt)
    # its own, or that re-created under another id, and further ones
    waiting = world.data.operations(world.item.id, purchase.rules.command)
    try:
        callback()
    except Failure as failure:
        if _is_on_panel(world, purchase):
            world.journal.record(purchase, Event.CALLBACK_FAILED, callback=None, code=failure.code)
            raise
        LOG.warning("the panel's answer was lost, but operation %s is over: %s", purchase.operation, failure)
    # first: the panel may take its time for the note, and we could be killed meanwhile
    told = reported(world, purchase, noted=False)
    if _note_done(world, purchase):
        world.journal.record(told, Event.END_NOTED, noted=told.noted or 0, noted_done=True)
    if sum(world.data.operation(number) is None for number in waiting) > 1:
        # what a panel does with several is not known
        reporting.notice(world, Failure("ended_together", id=purchase.id, value=purchase.name))


def reported(world: World, purchase: Purchase, *, noted: bool) -> Purchase:
    """The panel was told: this purchase is over. Its operation's id may be reused (decision 3).

    noted  the note of its end went with the callback
    """
    stays = purchase.rules.opens or _is_on_panel(world, purchase)  # an item is opened once, whatever the id
    done = purchase.noted_done or (noted and bool(purchase.token))
    return world.journal.record(
        purchase, Event.CALLBACK_DONE, operation=purchase.operation if stays else None,
        noted=0 if done and purchase.noted is None else purchase.noted, noted_done=done,
    )  # fmt: skip


def settled(world: World, purchase: Purchase) -> None:
    """Over without a callback: what was bought is a state of the service, and the next run compares states
    anew.
    """
    if purchase.stage is not Stage.REPORTED:
        world.journal.record(purchase, Event.SETTLED, operation=None)


def _is_on_panel(world: World, purchase: Purchase) -> bool:
    return purchase.operation is not None and world.data.operation(purchase.operation) is not None
