"""What must hold before a command acts: the switch is on, the item lives, nothing of it is left open."""

from __future__ import annotations

from bill2bill.commands import purchases
from bill2bill.commands.context import Context
from bill2bill.config import Connection
from bill2bill.errors import Failure
from bill2bill.host.data import Item
from bill2bill.journal.kinds import KINDS
from bill2bill.journal.questions import asked_about
from bill2bill.journal.transitions import Event, Withdrawal
from bill2bill.services import DELETED


def must_be_on(*, on: bool, what: str) -> None:
    """Raises switched_off: the operation becomes manual with a task, and is never reported as done."""
    if not on:
        raise Failure("switched_off", value=what)


def must_order(connection: Connection) -> None:
    """Raises switched_off: orders are not sent, or no new ones."""
    must_be_on(on=connection.send_open and connection.new_orders, what="open")


def must_live(item: Item) -> None:
    """Nothing is bought or changed for an item that was closed, whatever operation of it is left over."""
    if item.status == DELETED:
        raise Failure("item_deleted")


def nothing_unsettled(context: Context) -> None:
    """What was not sent is withdrawn. Raises in_doubt_<kind> for what may still be bought or charged."""
    purchases.learn_from_note(context)
    for kind in KINDS:
        row = context.journal.unsettled(context.item.id, kind)
        if row and row.unsent:
            context.journal.record(row, Event.WITHDRAWN, why=Withdrawal.CLOSED)
        elif row and row.in_flight:
            raise asked_about(row)
