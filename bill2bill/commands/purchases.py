"""Buying for the item of a call: what is begun, bought, told to the panel and noted there."""

from __future__ import annotations

import logging
from datetime import date, datetime
from typing import Any, Callable, Dict, Optional, Tuple

from bill2bill.accounts.account import UpstreamAccount
from bill2bill.commands import link, reporting
from bill2bill.commands.context import Context, purchase_name
from bill2bill.commands.link import Link
from bill2bill.errors import Failure
from bill2bill.host.mgrctl import may_do_it_yet
from bill2bill.journal import note as notes
from bill2bill.journal.caller import Caller
from bill2bill.journal.engine import Deal, Patience, spend_once
from bill2bill.journal.kinds import KINDS
from bill2bill.journal.ownership import owned
from bill2bill.journal.purchase import Evidence, Intent, Purchase, Question, Stage, Terms
from bill2bill.journal.questions import asked_about
from bill2bill.journal.reconciliation import reconcile
from bill2bill.journal.transitions import Event, Withdrawal
from bill2bill.services import LINK

LOG = logging.getLogger("bill2bill")


def under_way(context: Context, kind: str) -> Optional[Purchase]:
    """The purchase of this item that is not over (journal.ownership); another command asks without its
    operation.
    """
    return owned(context.journal, _caller(context, kind))


def learn_from_note(context: Context) -> None:
    """A purchase that only the panel's note knows of is in the journal then. Raises as reconcile does."""
    note = notes.read(context.item.params.get(notes.PARAM, ""))
    if note and note.attempt:
        reconcile(context.journal, _caller(context, note.kind))


def _caller(context: Context, kind: str) -> Caller:
    item, command = context.item, KINDS[kind].command
    operation = context.operation if context.call.command == command else None
    return Caller(
        item.id, kind, operation.id if operation else None, operation.trycount if operation else 0,
        exists=lambda number: context.data.operation(number) is not None,
        one_waits=lambda: bool(context.data.operations(item.id, command)),
        note=item.params.get(notes.PARAM, ""), name=purchase_name(item), itemtype=item.itemtype,
        module=item.module, counts_months=context.counts_months,
        created=lambda: _operation_created(context),
    )  # fmt: skip


def _operation_created(context: Context) -> Optional[datetime]:
    found = context.data.operation_began(context.call.operation or 0)
    if found is None:
        LOG.warning("the panel does not tell when operation %s was created", context.call.operation)
        return None
    return found.replace(tzinfo=None)


def buy(
    context: Context,
    kind: str,
    account: UpstreamAccount[Any],
    name: str,
    months: int,
    deal: Deal,
    *,
    before: Optional[date] = None,
    inherited: bool = False,
) -> Purchase:
    """Buy for the item of this call, once (journal.engine)."""
    caller = _caller(context, kind)
    intent = _intent(context, caller, context.account_of(account), name, months, before)._replace(
        inherited=inherited
    )
    patience = Patience(context.options.settle, context.options.overdue, context.options.tries)
    noting = _noting(context) if KINDS[kind].noted else None
    return spend_once(context.journal, intent, deal, patience, caller, noting)


def _intent(
    context: Context, caller: Caller, account: str, name: str, months: int, before: Optional[date]
) -> Intent:
    item = context.item
    return Intent(
        item.id, caller.kind, item.itemtype, item.module, caller.operation, account, name, months, before
    )


def ask_same_renewal(
    context: Context, name: str, months: int, before: date, bought: Optional[int]
) -> Failure:
    """Nothing is renewed before a person has said whether it was renewed already; that is written down like a
    purchase. Returns the question.
    """
    intent = _intent(context, _caller(context, "prolong"), "", name, months, before)
    row = context.journal.begin(
        intent, Event.DATE_MOVED, question=Question.SAME_RENEWAL, evidence=Evidence.MOVED, bought=bought
    )
    try:
        # should the journal be lost as well, the question is not
        _noting(context)(row, 1, Terms(None, None, "", bought=bought))
        row = context.journal.record(row, Event.ATTEMPT_NOTED, noted=1)
    except Failure as failure:
        LOG.warning("purchase %s could not be noted on the panel: %s", row.id, failure)
    return asked_about(row)


def order_or_link(context: Context) -> Tuple[Optional[Purchase], Optional[Link]]:
    """An item is ordered once, whatever operation asks: the order that is not over, else the service bought
    before or noted on the panel by a person; what was not sent gives way to that.
    """
    begun = under_way(context, "open")
    if begun and begun.unsent and link.stored(context.item.params):
        context.journal.record(begun, Event.WITHDRAWN, why=Withdrawal.LINKED)
        begun = None
    if begun:
        return begun, None
    lost = link.forgotten(context)
    if lost:
        lost = context.journal.record(
            lost, Event.PANEL_FORGOT, question=Question.SAME_ITEM, evidence=Evidence.RESTORED
        )
        raise asked_about(lost)
    return None, link.link_of(context)


# -- the panel's note ----------------------------------------------------------------------------------------


def _noting(context: Context) -> Callable[[Purchase, int, Terms], None]:
    def note_attempt(purchase: Purchase, attempt: int, terms: Terms) -> None:
        note = notes.Note(purchase.token, attempt, purchase.before, purchase.months, terms.term)
        context.panel.save_param(context.item.id, notes.PARAM, str(note))

    return note_attempt


def note_of(context: Context, purchase: Purchase) -> str:
    """What the panel shall keep of a purchase that it is told of; "" for a row of an early release."""
    left = context.journal.months_left(context.item.id) if context.counts_months else 0
    return str(notes.Note(purchase.token, left=left)) if purchase.token else ""


def notes_of(context: Context, known: Link, purchase: Optional[Purchase]) -> Dict[str, str]:
    """Item parameters for the callback of an opening: the link and, of an order that ends now, its note."""
    note = note_of(context, purchase) if purchase else ""
    return {LINK: str(known), **({notes.PARAM: note} if note else {})}


def _note_done(context: Context, purchase: Purchase) -> bool:
    """Without it the panel keeps the note of the last attempt: a lost journal would become a question."""
    note = note_of(context, purchase)
    try:
        if note:
            context.panel.save_param(context.item.id, notes.PARAM, note)
    except Failure as failure:
        LOG.warning("purchase %s could not be noted on the panel: %s", purchase.id, failure)
        return False
    return bool(note)


# -- the callback --------------------------------------------------------------------------------------------


def tell(context: Context, purchase: Purchase, callback: Callable[[], None]) -> None:
    """Tell the panel that a renewal is done. That we begin to is written down first (journal.ownership)."""
    if purchase.stage is Stage.REPORTED:
        callback()
        reported(context, purchase, noted=False)
        return
    attempt = context.operation.trycount if context.operation else 0
    purchase = context.journal.record(purchase, Event.CALLBACK_BEGINS, callback=attempt)
    # its own, or that re-created under another id, and further ones
    waiting = context.data.operations(context.item.id, purchase.rules.command)
    try:
        callback()
    except Failure as failure:
        if _is_on_panel(context, purchase):
            begun = purchase.callback if may_do_it_yet(failure) else None
            context.journal.record(purchase, Event.CALLBACK_FAILED, callback=begun, code=failure.code)
            raise
        LOG.warning("the panel's answer was lost, but operation %s is over: %s", purchase.operation, failure)
    # first: the panel may take its time for the note, and we could be killed meanwhile
    told = reported(context, purchase, noted=False)
    if _note_done(context, purchase):
        context.journal.record(told, Event.END_NOTED, noted=told.noted or 0, noted_done=True)
    if sum(context.data.operation(number) is None for number in waiting) > 1:
        # what a panel does with several is not known
        reporting.notice(context, Failure("ended_together", id=purchase.id, value=purchase.name))


def reported(context: Context, purchase: Purchase, *, noted: bool) -> Purchase:
    """The panel was told: this purchase is over. Its operation's id may be reused (decision 3).

    noted  the note of its end went with the callback
    """
    stays = purchase.rules.opens or _is_on_panel(context, purchase)  # an item is opened once, whatever the id
    done = purchase.noted_done or (noted and bool(purchase.token))
    return context.journal.record(
        purchase, Event.CALLBACK_DONE, operation=purchase.operation if stays else None,
        noted=0 if done and purchase.noted is None else purchase.noted, noted_done=done,
    )  # fmt: skip


def settled(context: Context, purchase: Purchase) -> None:
    """Over without a callback: the next run compares the states of the service anew (decision 16)."""
    if purchase.stage is not Stage.REPORTED:
        context.journal.record(purchase, Event.SETTLED, operation=None)


def _is_on_panel(context: Context, purchase: Purchase) -> bool:
    return purchase.operation is not None and context.data.operation(purchase.operation) is not None
