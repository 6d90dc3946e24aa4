"""One run from its plan: orders, ticks, faults, repeats, until every operation has left the panel or waits
for a person; then the person's part.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from contextlib import suppress
from typing import Any, Dict, List, NamedTuple, Optional, Set

from bill2bill.sandbox.host.dates import after, today

from . import released
from .place import KVM2, LARGE, OVERDUE, PASSWORD, SETTLE, USER, Place, lines, tool
from .plan import DIALECTS, TARDY, Bought, Fate, Plan

TICKS = 12  # after the last fault, or after the last purchase was begun
WAITS = {
    2: SETTLE + 0.1,
    4: SETTLE + 0.1,
    8: OVERDUE,
}  # seconds after so many of these ticks: by then a look counts, a person is asked
HANG = 60.0  # s: no command of these journeys takes as long
STOPPED = SETTLE + 0.6  # s that a stopped process stays so
LATE_KINDS = ("commit_later", "slow", "timeout")
COMMANDS = {"open": "open", "prolong": "prolong", "addons": "setparam", "tariff": "setparam"}


FORGETS = 2  # before this tick the journal is lost
FORGOTTEN = ("stage-", "in-doubt-", "overdue-")  # cases whose journal may be lost, too
AHEAD = "months-ahead"  # cases whose next renewals cost nothing: the judge wants a charge for each
HARMLESS = ("list_order", "single_as_object")  # switches of a provider that are about form only


class Step(NamedTuple):
    """One paid operation."""

    place: int  # of the item in the plan
    item: int
    name: str
    kind: str  # domain, server
    order: str  # open, prolong, addons, tariff
    number: int  # among those of the item, from 0


class Migrated:
    """A case of the release before (released.py), and what the clients buy after it."""

    def __init__(self, name: str, draw: random.Random) -> None:
        self.case = released.read(name)
        self.steps = self.case.data["steps"]
        self.age = draw.choice((0.3, SETTLE + 0.5, OVERDUE + 0.5))
        # a request leaves, its process dies, and the journal is lost: the panel's notes are to make up for it
        # (of a change that waits in a cart it keeps none: that cart would be filled a second time)
        forgetful = name.startswith(FORGOTTEN) and "unpaid" not in name
        self.forgets = forgetful and draw.random() < 0.4
        self.items = tuple(
            self._bought(item, draw) for item in dict.fromkeys(step["item"] for step in self.steps)
        )

    def plan(self, plan: Plan) -> Plan:
        if not self.forgets:
            return plan
        place = list(dict.fromkeys(step["item"] for step in self.steps)).index(self.steps[-1]["item"])
        died = Fate(place, 1, "sent", where="spending", bytes=10**9)
        return plan._replace(fates=(died, *(fate for fate in plan.fates if fate.run > 1)), faults=())

    def _bought(self, item: int, draw: random.Random) -> Bought:
        mine = [step for step in self.steps if step["item"] == item]
        further = draw.choice(((), (), ("prolong",)))
        if self.case.name.startswith(AHEAD):
            further = ()
        return Bought(mine[-1]["kind"], mine[-1]["name"], (*(step["order"] for step in mine), *further))

    def put_back(self, place: Place) -> None:
        released.put_back(place, self.case, self.age)

    @property
    def asked_about(self) -> Set[int]:
        """Items about which the release before asked a person in the end, or that the journal has forgotten:
        nobody else could have told.
        """
        if self.forgets:
            return {step["item"] for step in self.steps}
        return {
            operation["item"]
            for age in released.AGES
            for operation in released.last(self.case.data["expected"][age])["operations"]
        }


class Journey:
    """migrated: what the run begins with, a panel that the release before has left."""

    def __init__(self, place: Place, plan: Plan, migrated: Optional[Migrated] = None) -> None:
        self.place, self.migrated = place, migrated
        self.plan = migrated.plan(plan) if migrated else plan
        self.items: List[int] = []
        self.steps: List[Step] = []
        self.ticks = 0
        self._quiet = 0  # ticks since something new was begun or healed
        self._faulty = 0.0  # when the last fault that acts late may have been hit

    # -- the parts -------------------------------------------------------------------------------------------

    def travel(self) -> None:
        """Until nothing is automatic any more, in a bounded number of ticks."""
        self._prepare()
        while self._quiet < TICKS:
            self._next_tick()
            if self._over():
                break
            self._pause()
        self._let_late_commits_come()

    def persons_part(self) -> bool:
        """What is manual is started again, once, when its cause is gone. False if there was nothing to do."""
        manual = self.place.rows("SELECT id FROM runningoperation WHERE manual = 'on'")
        if not self._pay_the_cart() and not manual:
            return False
        self._heal()
        for operation in manual:
            self.place.call("sandbox.restart", elid=operation["id"])
        self._quiet = 0
        while self._quiet < TICKS and self.place.rows("SELECT id FROM runningoperation WHERE manual <> 'on'"):
            self._quiet += 1
            self._tick([])
            self._progress()
            time.sleep(WAITS.get(self._quiet, 0.0))
        return True

    def _pay_the_cart(self) -> bool:
        """What waits at a provider since before the run is paid there. False if nothing does."""
        site = self.place.six
        if not self.migrated or not site.get("state")["basket"]:
            return False
        self._heal()  # a fault that is left over is not for the person
        site.post("balance", balance="500.00", credit="0")
        pay = {"func": "payment.add.method", "authinfo": f"{USER}:{PASSWORD}", "out": "xml", "sok": "ok"}
        released.asks(site, {**pay, "paymethod": "1"})
        return True

    # -- before ----------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        plan, place = self.plan, self.place
        place.reset(cold=plan.cold)
        if self.migrated:
            self.migrated.put_back(place)
        for dialect, switches in plan.switches.items():
            place.sites[dialect].post(
                "switch", **{name: value for name, value in switches.items() if self._may_change(name)}
            )
        settings = {"limit_operations": "30", **plan.panel}
        place.run(
            *(
                ("INSERT INTO sandbox_setting (name, value) VALUES (?, ?)", setting)
                for setting in settings.items()
            )
        )
        for dialect in plan.poor:
            place.sites[dialect].post("balance", **_balance(dialect, "1.00"))
        if self.migrated:
            self._take_up(self.migrated)
        else:
            self._order()
        place.fates(
            [{**fate._asdict(), "item": self.items[fate.item % len(self.items)]} for fate in plan.fates],
            without_look=plan.without_look,
        )

    def _may_change(self, switch: str) -> bool:
        """Where a purchase is under way already, its provider does not become another one."""
        return not self.migrated or switch in HARMLESS

    def _take_up(self, migrated: Migrated) -> None:
        """What was paid before, and started again by a person where it waited for one."""
        counted: Dict[int, int] = {}
        for step in migrated.steps:
            if step["item"] not in self.items:
                self.items.append(step["item"])
            number = counted[step["item"]] = counted.get(step["item"], -1) + 1
            place = self.items.index(step["item"])
            self.steps.append(Step(place, step["item"], step["name"], step["kind"], step["order"], number))
        for operation in self.place.rows("SELECT id FROM runningoperation WHERE manual = 'on'"):
            self.place.call("sandbox.restart", elid=operation["id"])

    def _order(self) -> None:
        plan, place = self.plan, self.place
        ordered = {
            row["value"]: row["item"]
            for row in place.rows("SELECT item, value FROM itemparam WHERE intname = 'domain'")
        }
        for bought in plan.items:
            self.items.append(ordered[bought.name])
            if bought.orders[0] != "open":
                self._own(bought.kind, bought.name, ordered[bought.name])

    def _own(self, kind: str, name: str, item: int) -> None:
        """Opened long ago: the panel and the provider know it, the journal does not."""
        expires = after(today(), 6)
        if kind == "domain":
            made = self.place.four.post("domain", name=name, expire=expires)
            link = f"id={made['id']};price={made['price']};period={made['period']}"
        else:
            made = self.place.six.post(
                "service", itemtype="vds", domain=name, pricelist=KVM2, expiredate=expires, status=2
            )
            link = f"id={made['id']};price={KVM2};period=1"
        self.place.run(
            (
                "UPDATE item SET status = 2, opendate = createdate, expiredate = ? WHERE id = ?",
                (expires, item),
            ),
            ("INSERT INTO itemparam (item, intname, value) VALUES (?, 'bill2bill', ?)", (item, link)),
        )

    # -- ticks -----------------------------------------------------------------------------------------------

    def _next_tick(self) -> None:
        self.ticks += 1
        self._quiet += 1
        if self.ticks == self.plan.heal:
            self._heal()
        if self.migrated and self.migrated.forgets and self.ticks == FORGETS:
            self.place.end()
            shutil.rmtree(self.place.root / "var" / "bill2bill", ignore_errors=True)
        self._begin()
        for fault in self.plan.faults:
            if fault.tick == self.ticks and not (
                fault.data.get("sticky") and self.ticks >= self.plan.heal
            ):  # nobody would lift it any more
                self.place.sites[fault.dialect].post("faults", **fault.data)
                self._faulty = time.monotonic()
        self._tick([event for event in self.plan.events if event.tick == self.ticks])
        if self.ticks > 1:
            self._progress()

    def _begin(self) -> None:
        """What is bought next for an item that nothing runs for."""
        busy = {row["item"] for row in self.place.rows("SELECT item FROM runningoperation")}
        for number, bought in enumerate(self.plan.items):
            item, done = self.items[number], sum(step.place == number for step in self.steps)
            if item in busy or done == len(bought.orders):
                continue
            order = bought.orders[done]
            if order == "open":
                self.place.call("sandbox.pay", elid=item)
            elif order == "addons":
                self.place.call(
                    "sandbox.change", item=item, addon_ncpu=4 + 2 * ("tariff" in bought.orders[:done])
                )
            else:
                more = {"pricelist": LARGE} if order == "tariff" else {}
                self.place.call("sandbox.operation", item=item, command=COMMANDS[order], **more)
            self.steps.append(Step(number, item, bought.name, bought.kind, order, done))
            self._quiet = 0

    def _tick(self, events: List[Any]) -> None:
        """The panel's own repeats, with what happens at the same time."""
        for event in events:
            if event.what == "restart":
                self.place.start("sbin/mgrctl", "-m", "billmgr", "-R").communicate()
            elif event.what == "away":
                self.place.call("sandbox.set", restarting=event.seconds)
            elif event.what == "recreated":
                for row in self._operations(event.item):
                    self.place.start(
                        *tool("sandbox.restart", elid=row["id"])
                    ).communicate()  # it may be over by now: a killed run's callback goes on
        running = [
            self.place.start(
                *tool("sandbox.tick", parallel=3 if any(event.what == "parallel" for event in events) else 1)
            )
        ]
        for event in events:
            running += self._beside(event)
        if self.plan.stops:
            running += self._wake(running)
        for process in running:
            process.communicate(timeout=HANG)

    def _beside(self, event: Any) -> List[Any]:
        if event.what not in ("twice", "parallel", "cron"):
            return []
        time.sleep(event.seconds)
        if event.what == "twice":
            return [
                self.place.start(*tool("sandbox.run", elid=row["id"])) for row in self._operations(event.item)
            ]
        return [
            (
                self.place.start("sbin/tick")
                if event.what == "cron"
                else self.place.start(*tool("sandbox.tick", parallel=3))
            )
        ]

    def _operations(self, place: int) -> List[Dict[str, Any]]:
        return self.place.rows(
            "SELECT id FROM runningoperation WHERE manual <> 'on' AND item = ?", self.items[place]
        )

    def _wake(self, running: List[Any]) -> List[Any]:
        """A stopped process stays so for longer than every wait, while the panel starts another one for the
        same operation.
        """
        woken: Set[int] = set()
        others: List[Any] = []
        while any(process.poll() is None for process in running):
            for line in self.place.trace():
                if line["event"] == "stops" and line["pid"] not in woken:
                    woken.add(line["pid"])
                    others += [
                        self.place.start(*tool("sandbox.run", elid=row["id"]))
                        for row in self._operations(self.items.index(line["item"]))
                    ]
                    time.sleep(STOPPED)
                    with suppress(ProcessLookupError):
                        os.kill(line["pid"], signal.SIGCONT)
            time.sleep(0.05)
        return others

    # -- between ---------------------------------------------------------------------------------------------

    def _over(self) -> bool:
        begun = len(self.steps) == sum(len(bought.orders) for bought in self.plan.items)
        waiting = self.place.rows("SELECT item, manual FROM runningoperation")
        if any(row["manual"] != "on" for row in waiting):
            return False
        return begun or {row["item"] for row in waiting} >= self._unfinished()

    def _unfinished(self) -> Set[int]:
        """Items for which something is still to be bought."""
        return {
            self.items[number] for number, bought in enumerate(self.plan.items)
            if sum(step.place == number for step in self.steps) < len(bought.orders)
        }  # fmt: skip

    def _pause(self) -> None:
        if self.ticks <= len(self.plan.pauses):
            time.sleep(self.plan.pauses[self.ticks - 1])
        else:
            time.sleep(WAITS.get(self._quiet, 0.0))

    def _heal(self) -> None:
        for dialect, site in self.place.sites.items():
            site.ask("DELETE", "faults")
            if dialect in self.plan.poor:
                site.post("balance", **_balance(dialect, "15000.00"))
        if self.place.journal(
            "SELECT account FROM pause"
        ):  # a login was refused: a person checks the connection, which lifts that
            for module in self.place.rows("SELECT id FROM processingmodule"):
                self.place.call("sandbox.module.set", elid=module["id"])
        self._quiet = 0

    def _progress(self) -> None:
        for dialect in {DIALECTS[bought.kind] for bought in self.plan.items}:
            self.place.sites[dialect].post("progress")

    def _let_late_commits_come(self) -> None:
        if any(fault.data["kind"].startswith(LATE_KINDS) for fault in self.plan.faults):
            time.sleep(max(0.0, self._faulty + TARDY + 0.3 - time.monotonic()))

    # -- for a person who reads it ---------------------------------------------------------------------------

    def story(self) -> Dict[str, Any]:
        """Everything that both sides and the journal have written down."""
        place = self.place
        return {
            "plan": self.plan._asdict(), "steps": [step._asdict() for step in self.steps],
            "trace": place.trace(),
            "ledger": {dialect: site.get("ledger") for dialect, site in place.sites.items()},
            "requests": {
                dialect: [
                    f"{row['time']} {row['func']} {row['outcome']} {row['fault'] or ''}"
                    for row in site.get("requests")
                ]
                for dialect, site in place.sites.items()
            },
            "operations": place.rows("SELECT * FROM runningoperation"),
            "tasks": place.rows("SELECT * FROM task"),
            "items": place.rows(
                "SELECT id, status, pricelist, lastpricelist, expiredate FROM item WHERE parent IS NULL"
            ),
            "links": place.rows("SELECT item, intname, value FROM itemparam WHERE intname LIKE 'bill2bill%'"),
            "purchases": place.journal("SELECT * FROM purchase"),
            "journal": place.journal("SELECT * FROM event ORDER BY rowid"),
            "runs": self._logged("runs", "time", "argv", "code", "failure", "stderr"),
            "mgrctl": self._logged("mgrctl", "time", "func", "params", "ssh_connection", "error"),
            "log": [
                line
                for log in sorted(place.root.glob("var/*.log"))
                for line in log.read_text(errors="replace").splitlines()
            ],
        }  # fmt: skip

    def _logged(self, log: str, *names: str) -> List[Dict[str, Any]]:
        return [
            {name: row[name] for name in names}
            for row in lines(self.place.root / "var" / "sandbox" / f"{log}.jsonl")
        ]


def _balance(dialect: str, amount: str) -> Dict[str, object]:
    return {"balance": amount, **({"account": 4411} if dialect == "4" else {})}
