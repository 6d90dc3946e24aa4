"""Everything that a command may need, made when it is first asked for: a process per command pays only for
what it uses.
"""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Callable, Dict, Iterator, Optional, Type, TypeVar

from bill2bill.commands import COMMANDS
from bill2bill.config import Connection, Options, connection, options_of
from bill2bill.errors import Failure, Retry
from bill2bill.host import failure as failures
from bill2bill.host import log, place
from bill2bill.host.call import Call
from bill2bill.host.data import Data, Item, Operation
from bill2bill.host.mgrctl import Mgrctl
from bill2bill.host.panel import Panel
from bill2bill.journal import note as notes
from bill2bill.journal.agreement import agree
from bill2bill.journal.asker import Asker
from bill2bill.journal.begun import begun
from bill2bill.journal.doubt import doubt
from bill2bill.journal.once import Deal, Patience, spend_once
from bill2bill.journal.states import Intent, Purchase, State, Terms, command_of
from bill2bill.journal.store import Store
from bill2bill.rules import names
from bill2bill.rules.periods import parse_date
from bill2bill.services import LINK, domain
from bill2bill.services.modules import MODULES
from bill2bill.state.cache import Cache
from bill2bill.state.locks import Locks

if TYPE_CHECKING:
    from bill2bill.accounts.account import UpstreamAccount
    from bill2bill.commands.link import Link

    Account = TypeVar("Account", bound=UpstreamAccount)

LOG = logging.getLogger("bill2bill")

# A change is a state of the service, which needs no note on the panel (decision 16 of docs/decisions).
NOTED = frozenset(["open", "prolong"])
JUMP = timedelta(days=25)  # no term that is sold is shorter
MOVED = "the expiry date has moved by this very term since it was known last"


def purchase_name(item: Item) -> str:
    """How the journal calls what is bought for an item: a domain in A-labels."""
    return (
        names.to_ascii(item.name)
        if item.itemtype == domain.ITEMTYPE
        else item.name or f"{item.itemtype} {item.id}"
    )


class World:
    def __init__(self, kind: str, root: Path, executable: str, call: Call, stdin: BinaryIO) -> None:
        self.kind = kind
        self.root = root
        self.executable = executable
        self.call = call
        self.stdin = stdin
        self.failure_told = False

    def close(self) -> None:
        if "data" in self.__dict__:
            self.data.close()

    @cached_property
    def options(self) -> Options:
        return options_of(self.root)

    @cached_property
    def mgrctl(self) -> Mgrctl:
        return Mgrctl(self.root, self.executable, self.options.panel_wait)

    @cached_property
    def panel(self) -> Panel:
        return Panel(self.mgrctl)

    @cached_property
    def data(self) -> Data:
        return Data(self.root, self.mgrctl)

    @cached_property
    def key(self) -> bytes:
        return place.installation_key(self.root)

    @cached_property
    def store(self) -> Store:
        return Store(self.root / "var" / "bill2bill", place.machine_id(), str(self.root.resolve()))

    @cached_property
    def cache(self) -> Cache:
        return Cache(self.store)

    @cached_property
    def locks(self) -> Locks:
        return Locks(self.root / "var" / "bill2bill" / "locks")

    @cached_property
    def item(self) -> Item:
        """The item of this call. Raises panel_data also for one that this executable does not serve."""
        item = self.data.item(self.call.item or 0)
        served_by = self.data.module(item.module).executable
        if served_by != self.executable or item.itemtype not in MODULES[self.kind].itemtypes:
            raise Failure(
                "panel_data",
                object=f"item {item.id}",
                reason=f"{item.itemtype} of {served_by}: not for {self.executable}",
            )
        return item

    @property
    def counts_months(self) -> bool:
        """Are months bought and sold counted (decision 8)? Not of domains, whose `period` is an id of the
        upstream.
        """
        return self.kind == "processing"

    @property
    def is_question(self) -> bool:
        """Does a form wait for the answer (host-protocol 2.3, kind Q)?"""
        return not COMMANDS[self.kind][self.call.command].operation

    @property
    def today(self) -> date:
        return datetime.now().date()  # noqa: DTZ005 - the panel's dates are local

    @contextmanager
    def item_locked(self) -> Iterator[Item]:
        """The item of this call, read under its lock and held for the whole command."""
        with self.locks.item(self.call.item or 0, self.options.item_wait):
            yield self.item

    def connection(self, module: int) -> Connection:
        found = connection(self.kind, module, self.data.connection_values(module))
        log.hide([found.password, f"{found.username}:{found.password}"])
        return found

    def account(self, kind: Type[Account], connection: Connection) -> Account:
        """What a connection leads to: a DomainAccount or a ServiceAccount."""
        return kind(
            connection,
            self.options,
            self.locks,
            cache=lambda: self.cache,
            key=lambda: self.key,
            form_waits=self.is_question,
        )

    # -- buying ----------------------------------------------------------------------------------------------

    @cached_property
    def operation(self) -> Optional[Operation]:
        """The running operation of this call. Raises not_an_operation for one that has left the panel or is
        of another item or command.
        """
        number = self.call.operation
        found = self.data.operation(number) if number else None
        if number and (found is None or (found.item, found.command) != (self.item.id, self.call.command)):
            raise Failure(
                "not_an_operation",
                detail=f"operation {number} is not a {self.call.command} of item {self.item.id}",
            )
        return found

    def begun(self, kind: str) -> Optional[Purchase]:
        """The purchase of this item that is not over (journal.begun). Asked by another command, it is asked
        without an operation.
        """
        return begun(self.store, self._asker(kind))

    def learn_from_note(self) -> None:
        """A purchase under way that only the panel's note knows of is in the journal then. Raises as
        journal.agreement does.
        """
        note = notes.read(self.item.params.get(notes.PARAM, ""))
        if note and note.attempt:
            agree(self.store, self._asker(note.kind))

    def _asker(self, kind: str) -> Asker:
        item, command = self.item, command_of(kind)
        operation = self.operation if self.call.command == command else None
        return Asker(
            item.id, kind, operation.id if operation else None, operation.trycount if operation else 0,
            is_there=lambda number: self.data.operation(number) is not None,
            one_waits=lambda: bool(self.data.operations(item.id, command)),
            note=item.params.get(notes.PARAM, ""), name=purchase_name(item), module=item.module,
            is_older=self._operation_is_older,
        )  # fmt: skip

    def _operation_is_older(self, moment: float) -> bool:
        """By the panel's clock, in whole seconds: a number that came again belongs to a newer operation,
        whose count of tries proves nothing.
        """
        began = self.data.operation_began(self.call.operation or 0)
        if began is None:
            LOG.warning("the panel does not tell when operation %s was created", self.call.operation)
        return began is None or began.replace(tzinfo=None) <= datetime.fromtimestamp(moment)  # noqa: DTZ006 - host-protocol 4.1: local time

    def buy(
        self,
        kind: str,
        provider: UpstreamAccount,
        name: str,
        months: int,
        before: Optional[date],
        deal: Deal,
        inherited: bool = False,
    ) -> Purchase:
        """Buy for the item of this call, once (journal.once)."""
        asker = self._asker(kind)
        intent = Intent(
            asker.item, kind, self.item.module, asker.operation, asker.trycount, provider.account_key, name,
            months, before, inherited
        )  # fmt: skip
        patience = Patience(self.options.settle, self.options.overdue, self.options.tries)
        return spend_once(
            self.store, intent, deal, patience, asker, self._note_attempt if kind in NOTED else None
        )

    def is_it_the_same(self, order: Purchase) -> Failure:
        """The panel knows nothing of an item that was opened by the journal. Returns the question."""
        return doubt(
            self.store.move(order, State.DOUBT, "the panel knows nothing of it (any more)", question="item")
        )

    def known_expiry(self, remote: int) -> Optional[date]:
        """The expiry date of this item's service at the upstream as it was known last, without a jump that
        nobody here has bought.
        """
        return parse_date(self.cache.recall(f"item-{self.item.id}", f"expiry of {remote}", float("inf")))

    def sees_expiry(self, remote: int, expires: Optional[date]) -> None:
        """A comparison or an opening has shown the date. One that has jumped ahead stays unknown: whoever
        renews must be asked about it.
        """
        known = self.known_expiry(remote)
        if expires and expires != known and (known is None or expires < known + JUMP):
            self.knows_expiry(remote, expires)

    def knows_expiry(self, remote: int, expires: date) -> None:
        self.cache.keep(f"item-{self.item.id}", f"expiry of {remote}", expires.isoformat())

    def moved(self, name: str, months: int, before: date, period: Optional[int]) -> Failure:
        """Nothing is renewed before a person has said whether it was renewed already; that is written down
        like a purchase. Returns the question.
        """
        asker = self._asker("prolong")
        intent = Intent(
            asker.item, "prolong", self.item.module, asker.operation, asker.trycount, "", name, months, before
        )
        row = self.store.insert(intent, State.DOUBT, MOVED, question="moved", period=period)
        try:
            self._note_attempt(
                row, 1, Terms(None, period, "")
            )  # should the journal be lost as well, the question is not
            row = self.store.move(row, State.DOUBT, "noted on the panel", noted=1)
        except Failure as failure:
            LOG.warning("purchase %s could not be noted on the panel: %s", row.id, failure)
        return doubt(row)

    def _note_attempt(self, purchase: Purchase, attempt: int, terms: Terms) -> None:
        note = notes.Note(purchase.token, attempt, purchase.before, purchase.months, terms.period)
        self.panel.save_param(self.item.id, notes.PARAM, str(note))

    def note_of(self, purchase: Purchase) -> str:
        """What the panel shall keep of a purchase that it is told of. Rows of older releases have no name for
        it: "".
        """
        left = self.store.months_left(self.item.id) if self.counts_months else 0
        return str(notes.Note(purchase.token, left=left)) if purchase.token else ""

    def notes_of(self, known: Link, purchase: Optional[Purchase]) -> Dict[str, str]:
        """Item parameters that go with the callback of an opening: the link and, of an order that ends now,
        its note.
        """
        note = self.note_of(purchase) if purchase else ""
        return {LINK: str(known), **({notes.PARAM: note} if note else {})}

    def tell(self, purchase: Purchase, callback: Callable[[], None]) -> None:
        """Tell the panel that a renewal is done. That we begin to is written down, for we may die on the way
        (journal.begun).
        """
        if purchase.state is State.REPORTED:
            callback()
            self.reported(purchase, noted=False)
            return
        purchase = self.store.move(
            purchase,
            State.CONFIRMED,
            "telling the panel",
            told=self.operation.trycount if self.operation else 0,
        )
        waiting = self.data.operations(
            self.item.id, "prolong"
        )  # its own, or that made anew under another number, and further ones
        try:
            callback()
        except Failure as failure:
            if self._is_on_panel(purchase):
                self.store.move(
                    purchase, State.CONFIRMED, f"the panel was not told: {failure.code}", told=None
                )
                raise
            LOG.warning(
                "the panel's answer was lost, but operation %s is over: %s", purchase.operation, failure
            )
        told = self.reported(
            purchase, noted=False
        )  # first: the panel may take its time for the note, and we could be killed meanwhile
        if self._note_done(purchase):
            self.store.move(
                told,
                State.REPORTED,
                "noted on the panel",
                durable=False,
                noted=told.noted or 0,
                over_noted=True,
            )
        if (
            sum(self.data.operation(number) is None for number in waiting) > 1
        ):  # what a panel does with several is not known
            self.notice(Failure("ended_together", id=purchase.id, value=purchase.name))

    def _note_done(self, purchase: Purchase) -> bool:
        """Without it the panel still has the note of the last attempt, and a lost journal would become a
        question.
        """
        note = self.note_of(purchase)
        try:
            if note:
                self.panel.save_param(self.item.id, notes.PARAM, note)
        except Failure as failure:
            LOG.warning("purchase %s could not be noted on the panel: %s", purchase.id, failure)
            return False
        return bool(note)

    def reported(self, purchase: Purchase, *, noted: bool) -> Purchase:
        """The panel was told: this purchase is over, and so is the number of its operation, which may come
        again (decision 3).

        noted  the note of its end went with the callback
        """
        stays = purchase.kind == "open" or self._is_on_panel(
            purchase
        )  # an item is opened once, whatever the number
        operation = purchase.operation if stays else None
        over = purchase.over_noted or (noted and bool(purchase.token))
        attempts = 0 if over and purchase.noted is None else purchase.noted
        return self.store.move(
            purchase, State.REPORTED, "the panel was told", durable=False, operation=operation,
            noted=attempts, over_noted=over
        )  # fmt: skip

    def settled(self, purchase: Purchase) -> None:
        """Over without telling the panel: what was bought is a state of the service, and the next run
        compares states anew.
        """
        if purchase.state is not State.REPORTED:
            self.store.move(purchase, State.REPORTED, "it is there", durable=False, operation=None)

    def _is_on_panel(self, purchase: Purchase) -> bool:
        return purchase.operation is not None and self.data.operation(purchase.operation) is not None

    def not_yet(self, value: object) -> Failure:
        """For what is no purchase and is being carried out: pending, or upstream_slow when it waits for
        `overdue` seconds.
        """
        since = self.cache.recall(f"item-{self.item.id}", self._wait, float("inf"))
        if not since:
            self.cache.keep(f"item-{self.item.id}", self._wait, str(time.time()))
        elif time.time() - float(since) > self.options.overdue:
            self.waits_no_more()  # a person is asked; what he starts again waits anew
            return Failure("upstream_slow", value=value)
        return Failure("pending", value=value)

    def waits_no_more(self) -> None:
        """Numbers of operations are used again: the next one of this number must not inherit a waiting time
        (decision 3).
        """
        self.over(self._wait)

    @property
    def _wait(self) -> str:
        return f"waits {self.call.command} {self.call.operation}"

    # -- failing ---------------------------------------------------------------------------------------------

    def report_failure(self, failure: Failure) -> None:
        """Tell the panel why the operation of this call failed (host-protocol 2.8); lasting failures make it
        manual, with a task.
        """
        if not self.call.operation or self.failure_told:
            return
        from bill2bill.rules import story  # only who fails pays for it

        self.failure_told = True
        module = self.data.module_of(self.call.item or 0)  # the item itself may be what cannot be read
        failures.report(
            story.explained(
                failure, self.root, lambda number: self.store.steps(number)
            ),  # opened there: the journal may be what failed
            self.call,
            data=self.data,
            panel=self.panel,
            module=module,
            manual=self._lasting(failure),
            notify=self._notify(module.id),
            now=datetime.now(),  # noqa: DTZ005 - host-protocol 4.1: local time
            doubt=failure.code.startswith("in_doubt") or failure.code == "other_account",
        )

    def _lasting(self, failure: Failure) -> bool:
        if failure.retry is Retry.PERSON:
            return True
        if (
            failure.retry is Retry.LOOK
        ):  # ends by itself: settled by a look, or a doubt after `overdue` seconds
            return False
        try:
            return self.store.count_failure(self.call.item or 0, self.call.command) >= self.options.tries
        except Failure as trouble:
            LOG.error("failures cannot be counted: %s", trouble)
            return False

    def _notify(self, module: int) -> bool:
        try:
            return self.connection(module).notify
        except Failure as trouble:
            LOG.error("the connection cannot be read: %s", trouble)
            return True

    def notice(self, failure: Failure) -> None:
        """A task for a person about something that does not stop the command; once per item, kind and value,
        until it is over.
        """
        what, value = failure.code, failure.text("en")
        if self.cache.recall(f"item-{self.item.id}", what, float("inf")) == value:
            return
        LOG.warning("item %s: %s", self.item.id, failure)
        module = self.data.module(self.item.module)
        if self._notify(module.id) and module.department:
            self.panel.free_task(
                module.department, f"{self.item.name}: {failure.text('ru')}\n\n{failure.text('en')}"
            )
        self.cache.keep(f"item-{self.item.id}", what, value)

    def over(self, what: str) -> None:
        """What was noticed is no more: if it comes again, a person is told again."""
        if self.cache.recall(f"item-{self.item.id}", what, float("inf")):
            self.cache.keep(f"item-{self.item.id}", what, "")
