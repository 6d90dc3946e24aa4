"""What is true after a run, by the providers' ledgers, the panel's tables and the journal's file; nothing of
the product's own code is asked.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import Any, Collection, Dict, Iterator, List, NamedTuple, Tuple

from .journey import Step
from .place import LARGE, OVERDUE, SETTLE, Place
from .plan import DIALECTS

CHARGES = {
    ("domain", "open"): "order", ("domain", "prolong"): "renew", ("server", "open"): "order",
    ("server", "prolong"): "prolong",
    ("server", "addons"): "addon", ("server", "tariff"): "changepricelist",
}  # fmt: skip
ORDERS = {
    "changepricelist": "tariff",
    "setparam": "addons",
}  # kinds of the journal that are called otherwise here
SPENDING = {
    "domain.order.4", "domain.renew", "v2.vds.order.param", "vds.order.param", "service.prolong", "vds.edit",
    "service.changepricelist.getmoney",
}  # fmt: skip
# Faults that say yes where nothing was done: whoever believes it waits for something that never comes, and
# then a person has to ask the provider.
LIES = ("duplicate_elements_before", "wrong_content_type_before", "without_id_before")
PATIENCE = 4.0  # s between two looks, at most
REPORTED, REFUSED, DOUBT = "reported", "refused", "in doubt"


class Verdict(NamedTuple):
    """double, lost, wrong, unresolved say what is the matter; ends: how the paid operations ended."""

    double: List[str]
    lost: List[str]
    wrong: List[str]
    unresolved: List[str]
    in_doubt: int
    visible: int
    ends: Dict[str, int]

    @property
    def clean(self) -> bool:
        return not (self.double or self.lost or self.wrong or self.unresolved)


class Judge:
    """asked_about: items whose questions are not new, and could not be told by the release before either."""

    def __init__(self, place: Place, steps: List[Step], asked_about: Collection[int] = ()) -> None:
        self.place, self.steps, self.asked_about = place, steps, asked_about
        self.ledger = [
            dict(row, dialect=dialect) for dialect, site in place.sites.items() for row in site.get("ledger")
        ]
        self.operations = {row["item"]: row for row in place.rows("SELECT * FROM runningoperation")}
        self.tasks = place.rows("SELECT * FROM task")
        self.items = {row["id"]: row for row in place.rows("SELECT * FROM item WHERE parent IS NULL")}
        self.doubts = self._doubts()

    def verdict(self) -> Verdict:
        found: Dict[str, List[str]] = {"double": [], "lost": [], "wrong": [], "unresolved": []}
        for what, text in self._complaints():
            found[what].append(text)
        ends = Counter(self._end(step) for step in self.steps)
        visible = sum(self._visible(row) for row in self.doubts if row["item"] not in self.asked_about)
        return Verdict(**found, in_doubt=len(self.doubts), visible=visible, ends=dict(ends))

    # -- each operation --------------------------------------------------------------------------------------

    def _waits(self, step: Step) -> bool:
        """Is this operation still on the panel? Then it is the item's last one."""
        last = max(one.number for one in self.steps if one.item == step.item)
        return step.item in self.operations and step.number == last

    def _taken_back(self, step: Step) -> bool:
        """A change of the tariff that the panel was told to undo."""
        return (
            step.order == "tariff" and not self._waits(step) and self.items[step.item]["pricelist"] != LARGE
        )

    def _end(self, step: Step) -> str:
        if not self._waits(step):
            return REFUSED if self._taken_back(step) else REPORTED
        if any(row["item"] == step.item for row in self.doubts):
            return DOUBT
        return REFUSED if self.operations[step.item]["manual"] == "on" else "automatic"

    def _charges(self, step: Step, kind: str) -> List[Dict[str, Any]]:
        return [
            row
            for row in self.ledger
            if (row["dialect"], row["name"], row["kind"]) == (DIALECTS[step.kind], step.name, kind)
        ]

    def _complaints(self) -> Iterator[Tuple[str, str]]:
        for step in self.steps:
            yield from self._state(step)
        for step in {(step.item, step.order): step for step in self.steps}.values():
            yield from self._money(step)

    def _state(self, step: Step) -> Iterator[Tuple[str, str]]:
        text = f"{step.order} of {step.name}"
        if not self._waits(step):
            if self._taken_back(step) and not self.tasks:
                yield "wrong", f"{text} was taken back, and nobody was told"
            return
        operation = self.operations[step.item]
        if operation["manual"] != "on":
            yield (
                "unresolved",
                (
                    f"{text} is still automatic after {operation['trycount']} tries:"
                    f" {operation['errorxml'] or ''}"
                ),
            )
        elif not operation["errorxml"] and not any(step.item == task["item"] for task in self.tasks):
            yield "wrong", f"{text} waits for a person, and nobody was told"

    def _money(self, step: Step) -> Iterator[Tuple[str, str]]:
        """All operations of this kind of one item against all charges of it."""
        same = [one for one in self.steps if (one.item, one.order) == (step.item, step.order)]
        charges, text = (
            len(self._charges(step, CHARGES[step.kind, step.order])),
            f"{step.order} of {step.name}",
        )
        paid_for = len(same)
        if step.order == "addons":  # a change of the tariff may buy add-ons too
            paid_for += sum(one.item == step.item and one.order == "tariff" for one in self.steps)
        if charges > paid_for:
            yield "double", f"{text}: {charges} charges for {paid_for} operations"
        over = [one for one in same if not self._waits(one) and not self._taken_back(one)]
        if charges < len(over):
            yield "wrong", f"{text}: {charges} charges, but {len(over)} operations were told to be done"
        if charges and any(self._taken_back(one) for one in same):
            yield "lost", f"{text}: charged, and taken back"
        if step.order == "open" and over:
            yield from self._linked(step, text)

    def _linked(self, step: Step, text: str) -> Iterator[Tuple[str, str]]:
        charged = {row["item"] for row in self._charges(step, "order")}
        links = self.place.rows(
            "SELECT value FROM itemparam WHERE item = ? AND intname = 'bill2bill'", step.item
        )
        linked = {
            int(word[3:]) for row in links for word in row["value"].split(";") if word.startswith("id=")
        }
        if charged and not linked & charged:
            yield "lost", f"{text}: charged for {charged}, the panel knows {linked}"
        if self.items[step.item]["status"] not in (2, 5):
            yield "wrong", f"{text}: done, but its status is {self.items[step.item]['status']}"

    def _doubts(self) -> List[Dict[str, Any]]:
        return self.place.journal("SELECT * FROM purchase WHERE question IS NOT NULL")

    def _visible(self, doubt: Dict[str, Any]) -> bool:
        """Could what the provider shows its customer have settled this? Not whether the panel was told, and
        not what a provider has only said.
        """
        step = [step for step in self.steps if step.item == doubt["item"]][-1]
        kind = CHARGES[step.kind, ORDERS.get(doubt["kind"], doubt["kind"])]
        before = sum(
            CHARGES[one.kind, one.order] == kind
            for one in self.steps
            if one.item == step.item and one.number < step.number
        )
        bought = len(self._charges(step, kind)) > before
        of_the_panel = doubt["callback"] is not None or doubt["taken_over"] or doubt["question"] != "bought"
        return not of_the_panel and (bought or not self._lied_to(DIALECTS[step.kind]))

    def _lied_to(self, dialect: str) -> bool:
        return any(
            row["fault"] in LIES and row["func"] in SPENDING
            for row in self.place.sites[dialect].get("requests")
        )

    # -- the run as a whole ----------------------------------------------------------------------------------

    def lateness(self) -> float:
        """The longest time between a request and its charge: beyond `settle` the machine was too slow for
        what the plan wanted.
        """
        items = {step.name: step.item for step in self.steps}
        sent = [
            line
            for line in self.place.trace()
            if line["event"] == "sent" or (line["event"] == "asks" and line["spends"])
        ]
        found = [0.0]
        for row in self.ledger:
            at = datetime.fromisoformat(row["time"]).timestamp()
            before = [
                line["t"]
                for line in sent
                if line["item"] == items.get(row["name"]) and line["t"] <= at + 0.01
            ]
            found += [at - max(before)] if before else []
        return max(found)

    def _tardiest(self) -> float:
        """Seconds after which a purchase was given up: ticks come much more often, unless the machine is too
        slow for them.
        """
        told = self.place.journal("SELECT arguments FROM event WHERE event = 'unclear'")
        return max((float(json.loads(row["arguments"]).get("seconds") or 0) for row in told), default=0.0)

    @property
    def too_slow(self) -> bool:
        return self.lateness() > 0.85 * SETTLE or self._tardiest() > OVERDUE + PATIENCE

    def hits(self) -> Dict[str, int]:
        """How often processes ended as planned, by their kill point, and faults hit, by what they did."""
        found = Counter(
            line["fate"]["point"] for line in self.place.trace() if line["event"] in ("dies", "stops")
        )
        found["answer lost"] += sum(line["event"].startswith("loses") for line in self.place.trace())
        for site in self.place.sites.values():
            found.update(
                "fault before" if row["fault"].endswith("before") else "fault after"
                for row in site.get("requests")
                if row["fault"]
            )
        return {name: times for name, times in found.items() if times}

    def after_commit(self) -> bool:
        """Did an answer about money get lost, or its reader die, after the money had left?"""
        for site in self.place.sites.values():
            for row in site.get("requests"):
                carried_out = "not carried out" not in row["outcome"]
                if (
                    row["fault"]
                    and row["func"] in SPENDING
                    and row["params"].get("sok", "ok") == "ok"
                    and carried_out
                ):
                    return True
        asked: Dict[int, bool] = {}
        for line in self.place.trace():
            if line["event"] == "asks":
                asked[line["pid"]] = (
                    asked.get(line["pid"], False) or line["func"] in SPENDING and line["spends"]
                )
            elif line["event"] in ("dies", "stops") and asked.get(line["pid"]):
                return True
        return False
