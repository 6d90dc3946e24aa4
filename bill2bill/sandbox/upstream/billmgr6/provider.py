"""State of a provider of dialect 6: tariffs, the account, services, carts and pending operations.

Every call checks first and changes afterwards, and the caller holds `lock`, so a call is atomic.
"""

from __future__ import annotations

import secrets
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Mapping, Optional, Set, Tuple

from bill2bill.sandbox.upstream.billmgr6 import fixtures
from bill2bill.sandbox.upstream.billmgr6.background import Background
from bill2bill.sandbox.upstream.billmgr6.catalogue import ItemType, Plan
from bill2bill.sandbox.upstream.billmgr6.errors import Refusal, not_enough_money
from bill2bill.sandbox.upstream.billmgr6.models import (
    ACTIVE,
    DELETED,
    ORDERED,
    PROCESSING,
    SUSPENDED,
    Account,
    Contact,
    Line,
    Operation,
    Service,
    period_after,
)
from bill2bill.sandbox.upstream.billmgr6.switches import Switches6
from bill2bill.sandbox.upstream.engine.dialect import BaseProvider

CENT = Decimal("0.01")


class Provider(BaseProvider):
    switches: Switches6

    def __init__(self, login: str, password: str, folder: Path, settings: Mapping[str, object]) -> None:
        super().__init__(login, password, folder, Switches6(settings))
        self.account = Account(fixtures.SUBACCOUNT, "EUR", Decimal("500.00"), Decimal("0.00"))
        self.types: Dict[str, ItemType] = {itemtype.intname: itemtype for itemtype in fixtures.TYPES}
        self.plans: Dict[int, Plan] = {plan.id: plan for plan in fixtures.plans()}
        self.taken: Set[str] = set(fixtures.TAKEN)
        self.contacts: Dict[int, Contact] = {}
        self.services: Dict[int, Service] = {}
        self.basket: List[Line] = []  # the old cart: one order that is not paid yet
        self.cart: Dict[int, Line] = {}  # the new one
        self.payments: List[Dict[str, str]] = []
        self.filters: Dict[Tuple[str, str], Dict[str, str]] = {}  # (session or "", list) -> field -> value
        self.pages: Dict[str, int] = {}  # list -> page size, remembered for the user (2.2)
        self.background = Background()
        self.billorder = fixtures.FIRST_ORDER
        self._ids = {
            "service": fixtures.FIRST_SERVICE,
            "contact": fixtures.FIRST_CONTACT,
            "line": fixtures.FIRST_LINE,
        }
        self._working: Dict[int, Service] = {}
        self._last_day = self.clock.today()

    # -- looking up ------------------------------------------------------------------------------------------
    def next_id(self, kind: str) -> int:
        """Ids grow and are never used again."""
        self._ids[kind] += 1
        return self._ids[kind] - 1

    def service(self, text: str) -> Optional[Service]:
        return self.services.get(int(text)) if text.isascii() and text.isdigit() else None

    def plan(self, text: str) -> Optional[Plan]:
        return self.plans.get(int(text)) if text.isascii() and text.isdigit() else None

    def of_type(self, kind: str) -> Iterator[Service]:
        return (service for service in self.services.values() if service.kind == kind)

    def plans_of(self, itemtype: ItemType) -> List[Plan]:
        return [
            plan
            for plan in self.plans.values()
            if plan.itemtype.intname == itemtype.intname and plan.orderable
        ]

    def owned_name(self, name: str) -> bool:
        return any(service.name == name and service.status != DELETED for service in self.of_type("domain"))

    # -- money -----------------------------------------------------------------------------------------------
    def gross(self, net: Decimal) -> Decimal:
        """What the account is charged for a net price."""
        return (net * (1 + Decimal(self.switches.word("vat_percent")) / 100)).quantize(CENT, ROUND_HALF_UP)

    def line(self, kind: str, service: Service, months: int, net: Decimal, then: Callable[[], None]) -> Line:
        """Something to be paid; then() carries it out."""
        return Line(0, kind, service, months, self.gross(net), then)

    def order_line(self, service: Service) -> Line:
        return self.line(
            "order",
            service,
            service.months,
            service.plan.cost(service.months, service.addons),
            lambda: self.open(service),
        )

    def buy(self, lines: List[Line], at_once: bool) -> Optional[int]:
        """Charge and carry out, or leave it in the old cart: None, or the number of the order that waits
        there.

        Raises the refusal not_enough_money, and nothing is bought, where low_funds says so.
        """
        total = sum((line.amount for line in lines), Decimal(0))
        if at_once and self.account.covers(total):
            self.carry_out(lines)
            return None
        if at_once and self.switches.word("low_funds") == "error":
            raise not_enough_money(total, self.account.balance, self.account.credit, self.account.currency)
        for line in lines:
            line.id = self.next_id("line")
            self._list(line.service)
        self.basket += lines
        return self.billorder

    def pay_basket(self) -> None:
        """The whole old cart from the balance; raises not_enough_money."""
        self._pay(self.basket)
        self.basket = []
        self.billorder += 1

    def pay_cart(self, lines: List[Line]) -> None:
        self._pay(lines)
        for line in lines:
            del self.cart[line.id]

    def _pay(self, lines: List[Line]) -> None:
        total = sum((line.amount for line in lines), Decimal(0))
        for line in lines:
            self.changeable(line.service)
        if not self.account.covers(total):
            raise not_enough_money(total, self.account.balance, self.account.credit, self.account.currency)
        self.carry_out(lines)
        self.payments.append(
            {"id": str(len(self.payments) + 1), "amount": str(total), "date": self.clock.today().isoformat()}
        )

    def carry_out(self, lines: List[Line]) -> None:
        """Charge and carry out each line. Of two lines for one service, the first operation ends before the
        second begins.
        """
        for line in lines:
            self._list(line.service)
            self.finish(line.service)
            self.charge(line)
            line.carry_out()

    def charge(self, line: Line) -> None:
        """Take the amount and write it down; expense is made of the same rows."""
        self.account.balance -= line.amount
        service = line.service
        self.ledger.add(
            {
                "time": self.clock.stamp(),
                "account": self.account.id,
                "amount": str(line.amount),
                "currency": self.account.currency,
                "kind": line.kind,
                "item": service.id,
                "name": service.name,
                "remoteid": service.remote_id,
                "period": line.months,
                "balance": str(self.account.balance),
            }
        )

    def set_balance(self, balance: Decimal) -> None:
        """Unpaid services are paid by it, oldest first, where pay_when_money_arrives says so."""
        self.account.balance = balance
        if not self.switches.on("pay_when_money_arrives"):
            return
        for line in [line for line in self.basket if line.kind == "order"]:
            if self.account.covers(line.amount):
                self.basket.remove(line)
                self.carry_out([line])

    # -- services --------------------------------------------------------------------------------------------
    def _list(self, service: Service) -> None:
        """From now on the service is in the lists, with an id."""
        if not service.id:
            service.id = self.next_id("service")
            self.services[service.id] = service
            service.name = service.name or f"{service.kind}-{service.id}.provider.example"

    def add(self, service: Service) -> Service:
        """Add a service without an order. In status 1 it waits in the old cart, in status 5 until POST
        progress.
        """
        self._list(service)
        self.basket = [line for line in self.basket if line.service is not service or line.kind != "order"]
        if service.status == ORDERED:
            self.buy([self.order_line(service)], at_once=False)
        elif service.status == PROCESSING:
            service.operation = Operation(self.clock.seconds(), service.sub, ACTIVE, held=True)
            self._working[service.id] = service
        elif service.status in (ACTIVE, SUSPENDED):
            service.equip()
        return service

    def forget(self, service: Service) -> None:
        """An unpaid or deleted service leaves the lists, and what waits for it the cart."""
        self.services.pop(service.id, None)
        self._drop_lines(service)

    def _drop_lines(self, service: Service) -> None:
        self.basket = [line for line in self.basket if line.service is not service]

    def open(self, service: Service) -> None:
        service.expire = period_after(self.clock.today(), service.months)
        self.start(service, "open")

    def extend(self, service: Service, months: int) -> None:
        """One more period; it revives what expired (6.6)."""
        service.expire = period_after(service.expire or self.clock.today(), months)
        service.months = months
        lapsed = (
            service.status == SUSPENDED
            and service.sub == "autosuspend"
            and service.expire >= self.clock.today()
        )
        self.start(service, "prolong", ACTIVE if lapsed else service.status, "" if lapsed else service.sub)

    def start(self, service: Service, sub: str, status: int = ACTIVE, leaves: str = "") -> None:
        """Start an operation: status 5 until it is due, then the given status."""
        service.operation = Operation(self.clock.seconds(), sub, status, leaves)
        service.status, service.sub = PROCESSING, sub
        self._working[service.id] = service
        self.note(service, sub or "setparam")
        self._finish_if_due(service)

    def note(self, service: Service, desc: str) -> None:
        service.history.append(
            {"changedate": self.clock.now().strftime("%Y-%m-%d %H:%M:%S"), "desc": desc, "user": self.login}
        )

    def working(self) -> List[Service]:
        return list(self._working.values())

    def _finish_if_due(self, service: Service) -> None:
        operation = service.operation
        if operation is None or operation.held:
            return
        if operation.sub == "open" and self.switches.word("open_fails") != "off":
            service.sub = (
                "service_nosuitable" if self.switches.word("open_fails") == "service_nosuitable" else "open"
            )
        elif self.clock.seconds() >= operation.since + self.switches.delay():
            self.finish(service)

    def finish(self, service: Service) -> None:
        operation = service.operation
        if operation is None:
            return
        service.operation = None
        self._working.pop(service.id, None)
        service.status, service.sub = operation.status, operation.leaves
        if service.status != DELETED:
            service.equip()
        elif self.switches.on("keep_deleted"):
            self._drop_lines(service)
        else:
            self.forget(service)

    # -- time ------------------------------------------------------------------------------------------------
    def settle(self) -> None:
        for service in self.working():
            self._finish_if_due(service)
        if self.clock.today() != self._last_day:
            self._last_day = self.clock.today()
            for service in list(self.services.values()):
                self._expire(service)

    def _expire(self, service: Service) -> None:
        """Called once a day. Close the service if that was planned, renew it if automatic renewal is on
        and covered, else suspend it the day after.
        """
        today = self.clock.today()
        if service.status not in (ACTIVE, SUSPENDED) or service.expire is None or service.expire > today:
            return
        if service.scheduledclose:
            self.start(service, "close", DELETED)
        elif service.status == ACTIVE and not self._renew_automatically(service) and service.expire < today:
            self.start(service, "suspend", SUSPENDED, "autosuspend")

    def _renew_automatically(self, service: Service) -> bool:
        """By its autoprolong, as often as a customer could."""
        if service.autoprolong not in map(str, service.plan.prices):
            return False
        months = int(service.autoprolong)
        cost = service.plan.cost(months, service.addons)
        line = self.line("prolong", service, months, cost, lambda: self.extend(service, months))
        if not self.account.covers(line.amount):
            return False
        self.carry_out([line])
        return True

    # -- sessions --------------------------------------------------------------------------------------------
    def open_session(self) -> str:
        session = secrets.token_hex(8)
        self.sessions[session] = self.clock.seconds()
        return session

    def changeable(self, service: Service) -> None:
        """Raises the refusal for a service that is busy; a licence is done with its operation as soon as the
        next one comes (2.6).
        """
        if service.operation is not None and service.kind != "soft":
            raise Refusal("runningoperation", "runningoperation")
        self.finish(service)
