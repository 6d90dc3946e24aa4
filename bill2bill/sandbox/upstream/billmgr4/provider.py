"""State of a provider: tariffs, accounts, items, and the registrar's pending operations.

Every call checks first and changes afterwards, and the caller holds `lock`, so a call is atomic.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Dict, Iterator, List, Mapping, Optional

from bill2bill.sandbox.upstream.billmgr4 import fixtures
from bill2bill.sandbox.upstream.billmgr4.models import (
    ACTIVE,
    NOT_DELEGATED,
    REGISTERING,
    REMOVED,
    RENEWING,
    TRANSFERRING,
    UNPAID,
    Account,
    Contact,
    Domain,
    Item,
    Name,
    Operation,
    Period,
    Service,
    Tariff,
)
from bill2bill.sandbox.upstream.billmgr4.switches import Switches4
from bill2bill.sandbox.upstream.engine.clock import DAY
from bill2bill.sandbox.upstream.engine.dialect import BaseProvider

CENT = Decimal("0.01")
SESSION_LIFE = 3600  # seconds without a request, 1.4


class Provider(BaseProvider):
    """A provider of version 4."""

    switches: Switches4

    def __init__(self, login: str, password: str, folder: Path, settings: Mapping[str, object]) -> None:
        super().__init__(login, password, folder, Switches4(settings))
        self.accounts: Dict[int, Account] = {account.id: account for account in fixtures.accounts()}
        self.tariffs: Dict[int, Tariff] = {tariff.id: tariff for tariff in fixtures.tariffs()}
        self.names: Dict[str, Name] = {name.name: name for name in fixtures.names()}
        self.contacts: Dict[int, Contact] = {}
        self.items: Dict[int, Item] = {}
        self.licence_filter = ("", "")  # first and last expiry date, stored by software.filter
        self._by_name: Dict[str, int] = {}
        self._working: Dict[int, Item] = {}
        self._last_item = fixtures.FIRST_ITEM - 1
        self._last_contact = fixtures.FIRST_CONTACT - 1

    # -- looking up ------------------------------------------------------------------------------------------
    def tariff(self, text: str) -> Optional[Tariff]:
        return next((tariff for number, tariff in self.tariffs.items() if str(number) == text), None)

    def contact(self, text: str) -> Optional[Contact]:
        return self.contacts.get(int(text)) if text.isascii() and text.isdigit() else None

    def item(self, text: str) -> Optional[Item]:
        return self.items.get(int(text)) if text.isascii() and text.isdigit() else None

    def domains(self) -> Iterator[Domain]:
        return (item for item in self.items.values() if isinstance(item, Domain))

    def services(self, kind: str) -> Iterator[Service]:
        return (
            item for item in self.items.values() if isinstance(item, Service) and item.tariff.kind == kind
        )

    def domain_named(self, name: str) -> Optional[Domain]:
        """The customer's domain of that name, unless it was removed."""
        item = self.items.get(self._by_name.get(name, 0))
        return item if isinstance(item, Domain) and item.status != REMOVED else None

    def is_free(self, name: str) -> bool:
        known = self.names.get(name)
        return self.domain_named(name) is None and (known is None or known.check != "taken")

    # -- creating and deleting -------------------------------------------------------------------------------
    def next_item(self) -> int:
        self._last_item += 1
        return self._last_item

    def add(self, item: Item) -> Item:
        self.items[item.id] = item
        if isinstance(item, Domain):
            self._by_name[item.name] = item.id
        return item

    def remove(self, item: Item) -> None:
        del self.items[item.id]
        self._working.pop(item.id, None)
        if self._by_name.get(item.name) == item.id:
            del self._by_name[item.name]

    def add_contact(self, kind: str, name: str) -> Contact:
        self._last_contact += 1
        contact = Contact(self._last_contact, kind, name)
        self.contacts[contact.id] = contact
        return contact

    # -- money -----------------------------------------------------------------------------------------------
    def price(self, period: Period, renewal: bool = False) -> Decimal:
        """What the account is charged for one period, in the tariff's currency."""
        factor = Decimal(self.switches.word("renewal_factor")) if renewal else Decimal(1)
        tax = 1 + Decimal(self.switches.word("vat_percent")) / 100
        return (period.price * factor * tax).quantize(CENT, ROUND_HALF_UP)

    def charge(self, kind: str, item: Item, period: Period) -> bool:
        """Take the price from the item's account and write it down. False: the account does not cover it."""
        account, amount = self.accounts[item.account], self.price(period, renewal=kind == "renew")
        if not account.covers(amount):
            return False
        account.balance -= amount
        self.ledger.add(
            {
                "time": self.clock.stamp(),
                "account": account.id,
                "amount": str(amount),
                "currency": account.currency,
                "kind": kind,
                "item": item.id,
                "name": item.name,
                "period": period.id,
                "balance": str(account.balance),
            }
        )
        return True

    def pay(self, item: Item, kind: str) -> bool:
        """Pay an unpaid item and start its registration or transfer; False: it stays unpaid."""
        if not self.charge(kind, item, item.period):
            return False
        self.start(
            item, TRANSFERRING if isinstance(item, Domain) and item.transfer else REGISTERING, item.period
        )
        return True

    def renew(self, item: Item, period: Period) -> bool:
        """Pay for one more period; False: not paid, so not renewed. Called twice it charges twice (5.7)."""
        if not self.charge("renew", item, period):
            return False
        if item.operation is not None:
            item.operation.periods.append(period)
        else:
            self.start(item, RENEWING, period)
        return True

    def set_balance(self, account: Account, balance: Decimal) -> None:
        account.balance = balance
        if self.switches.on("pay_when_money_arrives"):
            for item in [
                item for item in self.items.values() if item.status == UNPAID and item.account == account.id
            ]:
                self.pay(item, "autopay")

    # -- progress --------------------------------------------------------------------------------------------
    def start(self, item: Item, status: int, period: Period) -> None:
        item.operation = Operation(self.clock.seconds(), [period], item.status)
        item.status = status
        self._working[item.id] = item
        self.settle()

    def settle(self) -> None:
        mode, amount = self.switches.progress()
        if mode != "looks":
            wait = {"immediate": 0.0, "seconds": amount, "clock": amount * DAY}[mode]
            for item in self.working():
                if item.operation and item.operation.since + wait <= self.clock.seconds():
                    self.finish(item)

    def look(self, item: Item) -> Item:
        """The item as a reader sees it; under the rule "looks" every read counts towards the end of its
        operation.
        """
        mode, amount = self.switches.progress()
        if item.operation and mode == "looks":
            if item.operation.looks >= amount:
                self.finish(item)
            else:
                item.operation.looks += 1
        return item

    def working(self) -> List[Item]:
        return list(self._working.values())

    def finish(self, item: Item) -> None:
        """End the operation: new status, new date, locked contacts (section 10, progress)."""
        operation, done = item.operation, item.status
        if operation is None:
            return
        item.operation = None
        del self._working[item.id]
        if done == TRANSFERRING and self.switches.word("transfer_outcome") == "rejected":
            item.status = REMOVED
            return
        if done == RENEWING:
            item.status = operation.former
        else:
            item.status = item.registered_status if isinstance(item, Domain) else ACTIVE
        item.expire = self._start_of_term(item, done)
        for period in operation.periods:
            item.expire = period.after(item.expire)
        self._hold(item)

    def _start_of_term(self, item: Item, done: int) -> date:
        known = self.names.pop(item.name, None) if done == TRANSFERRING else None
        before = known.expire if known else item.expire if done == RENEWING else None
        return before or self.clock.today()

    def _hold(self, item: Item) -> None:
        """A contact of a registered domain is locked (5.6)."""
        if (
            isinstance(item, Domain)
            and item.status in (ACTIVE, NOT_DELEGATED)
            and self.switches.word("contacts_lock") == "registered"
        ):
            for number in item.contacts.values():
                if number in self.contacts:
                    self.contacts[number].locked = True
