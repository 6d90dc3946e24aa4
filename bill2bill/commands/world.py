"""Everything that a command may need, made when it is first asked for: a process per command pays only for what it uses."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Iterator, Optional

from bill2bill.config import Connection, Options, connection, options_of
from bill2bill.errors import Failure, Retry
from bill2bill.host import failure as failures
from bill2bill.host import log, place
from bill2bill.host.call import Call
from bill2bill.host.data import Data, Item
from bill2bill.host.mgrctl import Mgrctl
from bill2bill.host.panel import Panel
from bill2bill.journal.locks import Locks
from bill2bill.journal.memory import Memory
from bill2bill.journal.once import Deal, Patience, spend_once
from bill2bill.journal.states import Intent, Purchase, State
from bill2bill.journal.store import Store
from bill2bill.services import domain

if TYPE_CHECKING:
    from bill2bill.commands.provider import Provider

LOG = logging.getLogger("bill2bill")


class World:
    def __init__(self, kind: str, root: Path, executable: str, call: Call, stdin: BinaryIO) -> None:
        self.kind = kind
        self.root = root
        self.executable = executable
        self.call = call
        self.stdin = stdin
        self.last_provider: Optional[Provider] = None

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
    def memory(self) -> Memory:
        return Memory(self.store)

    @cached_property
    def locks(self) -> Locks:
        return Locks(self.root / "var" / "bill2bill" / "locks")

    @cached_property
    def item(self) -> Item:
        """The item of this call. Raises panel_data also for one that this executable does not serve."""
        item = self.data.item(self.call.item or 0)
        served_by = self.data.module(item.module).executable
        if served_by != self.executable or (served_by == domain.EXECUTABLE and item.itemtype != domain.ITEMTYPE):
            raise Failure("panel_data", object=f"item {item.id}", reason=f"{item.itemtype} of {served_by}: not for {self.executable}")
        return item

    @property
    def today(self) -> date:
        return datetime.now().date()  # noqa: DTZ005 - the panel's dates are local

    @contextmanager
    def item_locked(self) -> Iterator[Item]:
        """The item of this call, read under its lock and held for the whole command."""
        with self.locks.item(self.call.item or 0, self.options.item_wait):
            yield self.item

    def connection(self, module: int) -> Connection:
        found = connection(module, self.data.connection_values(module))
        log.hide([found.password, f"{found.username}:{found.password}"])
        return found

    def provider(self, settings: Connection) -> Provider:
        """The upstream behind a connection."""
        from bill2bill.commands.provider import Provider

        self.last_provider = Provider(self, settings)
        return self.last_provider

    # -- buying ----------------------------------------------------------------------------------------------------

    def buy(self, kind: str, name: str, months: int, before: Optional[date], deal: Deal) -> Purchase:
        """Buy for the item of this call, once (journal.once)."""
        operation = self.data.operation(self.call.operation) if self.call.operation else None
        if self.call.operation and (operation is None or (operation.item, operation.command) != (self.item.id, kind)):
            raise Failure("not_an_operation", detail=f"operation {self.call.operation} is not a {kind} of item {self.item.id}")
        intent = Intent(self.item.id, kind, self.item.module, self.call.operation, operation.trycount if operation else 0, name, months, before)
        patience = Patience(self.options.settle, self.options.overdue)
        return spend_once(self.store, intent, deal, patience, lambda number: self._has_ended(kind, number))

    def begun(self, kind: str) -> Optional[Purchase]:
        """The purchase of this item that is not over. One that the panel was told of is over, though we may have died before we wrote it down."""
        row = self.store.unsettled(self.item.id, kind)
        if row is None or row.state is not State.CONFIRMED or row.operation is None or row.operation == self.call.operation:
            return row
        if not self._has_ended(kind, row.operation):
            return row
        self.store.move(row, State.REPORTED, "its operation has left the panel")
        return None

    def _has_ended(self, kind: str, operation: int) -> bool:
        """Did our callback end this operation of the item? If its last run failed, it did not: then the panel gave it a new number (decision 3)."""
        if kind == "open" or self.data.operation(operation) is not None:  # an item is opened once, whatever the number
            return False
        if self.call.operation:
            return not self.store.failures(self.item.id, kind)
        return not self.data.prolong_operation_exists(self.item.id)

    def reported(self, purchase: Purchase) -> None:
        """The panel was told: this purchase is over."""
        if purchase.state is not State.REPORTED:
            self.store.move(purchase, State.REPORTED, "the panel was told")

    # -- failing ---------------------------------------------------------------------------------------------------

    def note_refused_login(self, failure: Failure) -> None:
        """After one refused login nothing more is sent with it, or the upstream may close the account to us (upstream-billmanager4 1.4)."""
        if failure.code == "invalid_login_or_passwd" and self.last_provider:
            LOG.warning("requests with this login rest until its settings change")
            self.last_provider.login_refused()

    def report_failure(self, failure: Failure) -> None:
        """Tell the panel why the operation of this call failed (host-protocol 2.8); lasting failures make it manual, with a task."""
        if not self.call.operation:
            return
        module = self.data.module_of(self.call.item or 0)  # the item itself may be what cannot be read
        failures.report(
            failure,
            self.call,
            data=self.data,
            panel=self.panel,
            module=module,
            manual=self._lasting(failure),
            notify=self._notify(module.id),
            now=datetime.now(),  # noqa: DTZ005 - host-protocol 4.1: local time
            doubt=failure.code.startswith("in_doubt"),
        )

    def _lasting(self, failure: Failure) -> bool:
        if failure.retry is Retry.PERSON:
            return True
        if failure.retry is Retry.LOOK:  # ends by itself: settled by a look, or a doubt after `overdue` seconds
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
        """A task for a person about something that does not stop the command; once per item, kind and value."""
        what, value = failure.code, failure.text("en")
        if self.memory.recall(f"item-{self.item.id}", what, float("inf")) == value:
            return
        LOG.warning("item %s: %s", self.item.id, failure)
        module = self.data.module(self.item.module)
        if self._notify(module.id) and module.department:
            self.panel.free_task(module.department, f"{self.item.name}: {failure.text('ru')}\n\n{failure.text('en')}")
        self.memory.keep(f"item-{self.item.id}", what, value)
