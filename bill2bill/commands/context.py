"""Everything that a command may need, made when it is first asked for: a process per command pays only for
what it uses.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Iterator, Optional, Type, TypeVar

from bill2bill.commands import COMMANDS
from bill2bill.config import Connection, Options, connection, options_of
from bill2bill.errors import Failure, Phrase
from bill2bill.host import document, log, place
from bill2bill.host.call import Call
from bill2bill.host.data import Data, Item, Operation
from bill2bill.host.mgrctl import Mgrctl
from bill2bill.host.panel import Panel
from bill2bill.journal import bindings
from bill2bill.journal.journal import Holder, Journal
from bill2bill.journal.purchase import Evidence
from bill2bill.journal.questions import asked_about
from bill2bill.rules import names
from bill2bill.services import domain
from bill2bill.services.modules import MODULES, types_of
from bill2bill.state.cache import Cache
from bill2bill.state.locks import Locks

if TYPE_CHECKING:
    from bill2bill.accounts.account import UpstreamAccount

    Account = TypeVar("Account", bound=UpstreamAccount[Any])


def purchase_name(item: Item) -> str:
    """How the journal calls what is bought for an item: a domain in A-labels."""
    if item.itemtype == domain.ITEMTYPE:
        return names.to_ascii(item.name)
    return item.name or f"{item.itemtype} {item.id}"


class Context:
    def __init__(self, kind: str, root: Path, executable: str, call: Call, stdin: BinaryIO) -> None:
        self.kind = kind
        self.root = root
        self.executable = executable
        self.call = call
        self.stdin = stdin
        self.failure_told = False  # the panel is told of one failure of a call

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
    def journal(self) -> Journal:
        folder = self.root / "var" / "bill2bill"
        here = str(self.root.resolve())
        return Journal(folder, place.machine_id(), here, lambda: types_of(self.data.executables()))

    @cached_property
    def cache(self) -> Cache:
        return Cache(self.journal)

    @cached_property
    def locks(self) -> Locks:
        return Locks(self.root / "var" / "bill2bill" / "locks")

    @cached_property
    def item(self) -> Item:
        """The item of this call. Raises panel_data also for one that this executable does not serve."""
        item = self.data.item(self.call.item or 0)
        served_by = self.data.module(item.module).executable
        if served_by != self.executable or item.itemtype not in MODULES[self.kind].itemtypes:
            reason = Phrase("not_served", type=item.itemtype, name=served_by)
            raise Failure("panel_data", object=Phrase("item", id=item.id), reason=reason)
        return item

    @property
    def counts_months(self) -> bool:
        """Are months bought and sold counted (decision 8)? Not of domains: their `period` is an id."""
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
        """The item of this call, read under its lock and held for the whole command.

        The journal is opened first: a file of an earlier release is brought up to date while no item is held.
        """
        journal = self.journal
        with self.locks.item(self.call.item or 0, self.options.item_wait):
            journal.must_be_in_place()
            yield self.item

    def connection(self, module: int) -> Connection:
        return self._hidden(connection(self.kind, module, self.data.connection_values(module)))

    def entered_connection(self) -> Connection:
        """What a person has just typed into the panel's form and has not saved yet (host-protocol 2.4)."""
        form = document.read_document(self.stdin).find("processingmodule")
        if form is None:
            raise Failure("bad_input", reason=Phrase("no_element", name="processingmodule"))
        values = {str(field.tag): field.text or "" for field in form if isinstance(field.tag, str)}
        return self._hidden(connection(self.kind, self.call.module or 0, values))

    @staticmethod
    def _hidden(found: Connection) -> Connection:
        log.hide([found.password, f"{found.username}:{found.password}"])
        return found

    def account(self, kind: Type[Account], connection: Optional[Connection] = None) -> Account:
        """What a connection, else that of the item, leads to: a DomainAccount or a ServiceAccount."""
        return kind(
            connection or self.connection(self.item.module),
            self.options,
            self.locks,
            open_cache=lambda: self.cache,
            read_key=lambda: self.key,
            identified=self._identified,
            form_waits=self.is_question,
        )

    def _identified(self, login: str, installation: str, customer: str) -> None:
        """Whose login it is may tell that another item has this service, too: then nothing is bought."""
        self.journal.identify(login, installation, customer)
        order = self.journal.opening(self.call.item or 0)
        if order and order.evidence is Evidence.CLAIMED:
            raise asked_about(order)

    def account_of(self, account: UpstreamAccount[Any]) -> str:
        """The provider's customer behind a login, as the journal names it."""
        return bindings.account_of(self.journal, account.account_key)

    def other_holder(self, account: UpstreamAccount[Any], remote: int) -> Optional[Holder]:
        """Another item that holds this service, as the journal knows it."""
        item, owner = self.item, self.account_of(account)
        return self.journal.held_by_other(item.id, item.itemtype, remote, owner, item.module)

    def claim(self, account: UpstreamAccount[Any], remote: int) -> None:
        """This item holds the service, however it came to it (decision 22). Raises held_by_other."""
        owner, item = self.account_of(account), self.item
        bindings.claim(self.journal, owner, item.itemtype, remote, item.id, self.data.is_closed)

    @cached_property
    def operation(self) -> Optional[Operation]:
        """The running operation of this call. Raises not_an_operation for one that has left the panel or is
        of another item or command.
        """
        number = self.call.operation
        found = self.data.operation(number) if number else None
        if number and (found is None or (found.item, found.command) != (self.item.id, self.call.command)):
            detail = f"operation {number} is not a {self.call.command} of item {self.item.id}"
            raise Failure("not_an_operation", detail=detail)
        return found
