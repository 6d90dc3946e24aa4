"""What shall happen in one run, drawn from its seed alone: the same seed gives the same plan."""

from __future__ import annotations

import hashlib
import random
import signal
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

DAY = 86400
# Module -> what may be bought for one item, one after the other. The first is an order, or is for a service
# that has been there for long.
JOURNEYS: Dict[str, Sequence[Tuple[str, ...]]] = {
    "domain": (("open",), ("open",), ("open", "prolong"), ("prolong",), ("prolong",), ("prolong", "prolong")),
    "server": (
        ("open",), ("open", "prolong"), ("prolong",), ("prolong", "prolong"), ("addons",), ("tariff",),
        ("addons", "prolong"), ("tariff", "addons"),
    ),
}  # fmt: skip
DIALECTS = {"domain": "4", "server": "6"}
MANY = 0.7  # share of faults that hit a spending function
READS = {
    "4": ("*", "domain", "domain.getinfo", "accountinfo", "contcat.create.1", "domaincontact.edit",
        "domaincontact", "domain.edit",
          "/manimg/userdata/json/domainprice_ru.json"),
    "6": ("*", "vds", "vds.filter", "vds.edit", "whoami", "subaccount", "pricelist.export",
        "service.changepricelist.pricelist"),
}  # fmt: skip
BOTH = ("cut", "502", "html_200", "empty", "truncated", "short_body", "wrong_content_type", "redirect",
    "huge", "doctype", "bad_encoding",
        "wrong_envelope", "duplicate_elements", "without_id", "code_1")  # fmt: skip
KINDS = {
    "4": tuple(f"{kind}_{when}" for kind in BOTH for when in ("before", "after")) + ("wrong_password_before",
        "slow_before", "slow_after"),
    "6": tuple(f"{kind}_{when}" for kind in BOTH for when in ("before", "after"))
    + ("wrong_password_before", "slow_before", "slow_after", "timeout_after_commit", "timeout_before_commit",
        "http_403_html", "captcha", "badip",
       "long_url", "session_expired", "busy", "totp"),
}  # fmt: skip
AFTER_COMMIT = (
    "cut_after", "502_after", "truncated_after", "empty_after", "short_body_after", "code_1_after",
    "slow_after", "slow_before", "html_200_after",
)  # fmt: skip
LATE = (0.4, 0.8, 1.2)  # seconds until a late commit; below `settle`
TARDY = 1.4  # seconds of an answer that comes after we have given up


class Fate(NamedTuple):
    """How the `run`-th process of an item (its place in the plan) ends. point "": it lives."""

    item: int
    run: int
    point: str
    n: int = 1
    where: str = ""
    bytes: int = 0
    signal: int = signal.SIGKILL
    clock: int = 0  # seconds that its wall clock is wrong


class Fault(NamedTuple):
    """A fault of a provider, armed before a tick."""

    tick: int
    dialect: str
    data: Dict[str, Any]


class Event(NamedTuple):
    """Something that happens at a tick: twice (an operation is also started a second time at the same
    moment), parallel (ticks overlap), restart and away (the panel), recreated (operations get new numbers),
    cron (the plugin's own regular job).
    """

    tick: int
    what: str
    item: int = 0
    seconds: float = 0.0


class Bought(NamedTuple):
    """One item and what is bought for it."""

    kind: str  # domain, server
    name: str
    orders: Tuple[str, ...]


class Plan(NamedTuple):
    seed: int
    cold: bool
    items: Tuple[Bought, ...]
    fates: Tuple[Fate, ...]
    faults: Tuple[Fault, ...]
    events: Tuple[Event, ...]
    panel: Dict[str, str]  # switches
    switches: Dict[str, Dict[str, Any]]  # dialect -> switches of the provider
    poor: Tuple[str, ...]  # dialects whose account is empty until it is topped up
    heal: int  # before which tick faults are healed and accounts topped up
    pauses: Tuple[float, ...]  # seconds after the first ticks
    without_look: bool

    @property
    def stops(self) -> bool:
        return any(fate.signal == signal.SIGSTOP for fate in self.fates)


def seed_of(seed: int, number: int) -> int:
    """The seed of one run."""
    return int.from_bytes(hashlib.sha256(f"{seed} {number}".encode()).digest()[:6], "big")


def plan_of(
    seed: int,
    *,
    without_look: bool = False,
    cold: Optional[bool] = None,
    items: Optional[Tuple[Bought, ...]] = None,
) -> Plan:
    """cold: None leaves it to the seed. items: instead of what is drawn, as they are."""
    draw = random.Random(seed)
    drawn_cold = draw.random() < 0.005
    drawn = tuple(_bought(draw, place) for place in range(draw.choice((1, 1, 1, 2, 2, 3))))
    items, given = items or drawn, items
    dialects = sorted({DIALECTS[item.kind] for item in items})
    switches = {"4": _four(draw), "6": _six(draw)}
    if given:  # they were begun at such a provider
        switches["6"]["generation"] = "b6"
    panel = {
        "error_mode": draw.choice("01"), "expiredate_moved": draw.choice(("before", "after")),
        "task_type": draw.choice(("post", "post", "empty")),
        "operation_ids": draw.choice(("kept", "kept", "recreated", "reused")),
    }  # fmt: skip
    heal = draw.choice((2, 3, 3, 4))
    pauses = tuple(draw.choice((0.0, 0.0, 0.0, 0.1, 0.5, 2.1)) for _ in range(3))
    fates = tuple(_fates(draw, items))
    faults = tuple(
        _fault(draw, draw.choice(dialects), items, switches, heal)
        for _ in range(draw.choice((0, 0, 1, 1, 1, 2)))
    )
    events = tuple(_event(draw, len(items), panel) for _ in range(draw.choice((0, 0, 1, 1, 2))))
    poor: Tuple[str, ...] = tuple(dialect for dialect in dialects if draw.random() < 0.06)
    plan = Plan(
        seed,
        drawn_cold if cold is None else cold,
        items,
        fates,
        faults,
        events,
        panel,
        switches,
        poor,
        heal,
        pauses,
        without_look,
    )
    if without_look:
        return plan._replace(
            fates=(),
            faults=tuple(_lost(item, switches) for item in items),
            events=(),
            poor=(),
            heal=9,
            pauses=(),
        )
    chosen = draw.choices((plan, _renumbered(draw, plan), _impatient(draw, plan)), (70, 14, 16))[0]
    return chosen._replace(items=given) if given else chosen


# -- what chance alone brings about too seldom ---------------------------------------------------------------


def _renumbered(draw: random.Random, plan: Plan) -> Plan:
    """A process dies about when it tells the panel, mostly of a renewal, then its operation comes back under
    another number.
    """
    first = plan.items[0]._replace(
        orders=draw.choice((("prolong",), ("prolong", "prolong"), plan.items[0].orders))
    )
    points = (
        Fate(
            0,
            1,
            "mgrctl",
            n=draw.choice((1, 2, 2, 3, 3, 4)),
            where=draw.choice(("before", "before", "while", "after", "lost")),
        ),
        Fate(0, 1, "write", n=draw.randint(3, 7), where=draw.choice(("before", "inside", "after"))),
    )
    events = (Event(2, "recreated"), *(event for event in plan.events if event.what != "recreated"))
    panel = {**plan.panel, "operation_ids": draw.choice(("recreated", "reused"))}
    fates, faults = (draw.choice(points), *plan.fates[1:]), plan.faults[:1] * draw.choice((0, 0, 1))
    return plan._replace(
        items=(first, *plan.items[1:]), fates=fates, faults=faults, events=events, panel=panel
    )


def _impatient(draw: random.Random, plan: Plan) -> Plan:
    """A purchase is carried out late, and the panel comes back before that, perhaps with several
    processes.
    """
    first = plan.items[0]
    fault = {
        **spending(first.kind, first.orders[0], plan.switches["6"]["generation"]),
        "kind": "commit_later",
        "seconds": draw.choice(LATE),
    }
    events = tuple(
        Event(tick, draw.choice(("twice", "parallel", "cron"))) for tick in (1, 2) if draw.random() < 0.4
    )
    fates = tuple(fate for fate in plan.fates if fate.run > 1)
    return plan._replace(
        fates=fates,
        faults=(Fault(1, DIALECTS[first.kind], fault),),
        events=events,
        poor=(),
        pauses=(0.0, 0.0, 0.1),
        heal=3,
    )


def _bought(draw: random.Random, place: int) -> Bought:
    kind = draw.choice(("domain", "server"))
    name = f"run{place}.{draw.choice(('ru', 'ru', 'com'))}" if kind == "domain" else f"vm{place}.example.net"
    return Bought(kind, name, draw.choice(JOURNEYS[kind]))


# -- what each side is like ----------------------------------------------------------------------------------


def _four(draw: random.Random) -> Dict[str, Any]:
    return {
        "progress": draw.choice(({"mode": "immediate"}, {"mode": "looks", "n": 1}, {"mode": "looks", "n": 3},
            {"mode": "clock", "n": 1})),
        "taken_code": draw.choice(("code2", "code8")), "expire_while_pending": draw.choice(("on", "absent")),
        "renew_in_renewal": draw.choice(("accepted", "refused")), "unicode_names": draw.choice(("off", "on")),
    }  # fmt: skip


def _six(draw: random.Random) -> Dict[str, Any]:
    return {
        "generation": draw.choice(("b5", "b6")), "order_id_style": draw.choice(("id", "item.id", "none")),
        "async_delay": draw.choice((0, 0, "never")), "low_funds": draw.choice(("error", "unpaid")),
        "status_style": draw.choice(("sub", "orig", "plain", "real")),
        "remoteid_in_list": draw.choice(("on", "on", "off")),
        "list_order": draw.choice(("any", "id", "-id")), "single_as_object": draw.choice(("on", "off")),
        "keep_deleted": draw.choice(("on", "off")), "absent_boolean": draw.choice(("kept", "off")),
    }  # fmt: skip


def spending(kind: str, order: str, generation: str) -> Dict[str, Any]:
    """Which request buys this: keys of a fault."""
    if kind == "domain":
        return {"func": {"open": "domain.order.4", "prolong": "domain.renew"}[order]}
    func = {
        "open": "v2.vds.order.param" if generation == "b6" else "vds.order.param",
        "prolong": "service.prolong", "addons": "vds.edit",
        "tariff": "service.changepricelist.getmoney",
    }[order]  # fmt: skip
    return {"func": func, "match": {"sok": "ok"}}


# -- how processes end ---------------------------------------------------------------------------------------


def _fates(draw: random.Random, items: Sequence[Bought]) -> List[Fate]:
    found: List[Fate] = []
    for place in range(len(items)):
        chances = (0.75, 0.35, 0.1) if place == 0 else (0.35, 0.15, 0.05)
        for run, chance in enumerate(chances, 1):
            if draw.random() < chance:
                found.append(_fate(draw, place, run))
    return found


def _fate(draw: random.Random, item: int, run: int) -> Fate:
    ends = draw.choices((signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP), (80, 15, 5))[0]
    clock = draw.choice((-DAY, DAY)) if draw.random() < 0.08 else 0
    point = draw.choices(
        ("write", "send", "sent", "read", "mgrctl", "line", "time", ""), (22, 10, 12, 14, 20, 14, 6, 2)
    )[0]
    fate = Fate(item, run, point, signal=ends, clock=clock)
    if point == "write":
        return fate._replace(n=draw.randint(1, 7), where=draw.choice(("before", "inside", "after")))
    if point in ("send", "sent", "read"):
        where = draw.choices(("spending", "any"), (75, 25))[0]
        number = draw.choice((1, 1, 1, 2, 3)) if where == "spending" else draw.randint(1, 10)
        return fate._replace(
            n=number,
            where=where,
            bytes={"send": draw.randint(1, 900), "sent": 10**9, "read": draw.randint(0, 700)}[point],
        )
    if point == "mgrctl":
        where = draw.choice(("before", "while", "after", "lost"))
        return fate._replace(n=draw.randint(1, 4), where=where)
    if point == "line":
        return fate._replace(n=int(10 ** draw.uniform(1.5, 4.2)))
    if point == "time":
        return fate._replace(n=int(10 ** draw.uniform(3, 5.7)), signal=signal.SIGKILL)
    return fate


# -- what the providers do -----------------------------------------------------------------------------------


def _fault(
    draw: random.Random, dialect: str, items: Sequence[Bought], switches: Dict[str, Dict[str, Any]], heal: int
) -> Fault:
    tick = draw.choice((1, 1, 1, 2))
    bought = [(item.kind, order) for item in items if DIALECTS[item.kind] == dialect for order in item.orders]
    if draw.random() < MANY:
        kind, order = draw.choice(bought)
        where = spending(kind, order, switches["6"]["generation"])
        name = draw.choices(
            ("commit_later", draw.choice(AFTER_COMMIT), draw.choice(KINDS[dialect])), (30, 40, 30)
        )[0]
    else:
        where = {"func": draw.choice(READS[dialect])}
        name = draw.choice(KINDS[dialect])
    data: Dict[str, Any] = {**where, "kind": name}
    if name == "commit_later":
        data["seconds"] = draw.choice(LATE)
    elif name in ("slow_before", "slow_after", "timeout_after_commit", "timeout_before_commit"):
        data["seconds"] = TARDY
    elif name == "long_url":
        data["seconds"] = 0.2
    elif name.startswith("huge"):
        data["mib"] = 2
    if (
        name not in ("commit_later", "wrong_password_before", "captcha", "badip", "totp")
        and draw.random() < 0.2
    ):
        data["sticky"] = True
    elif draw.random() < 0.2:
        data["times"] = draw.choice((2, 3))
    if where["func"] in READS[dialect] and draw.random() < 0.5:
        data["skip"] = draw.randint(1, 4)
    return Fault(tick, dialect, data)


def _lost(item: Bought, switches: Dict[str, Dict[str, Any]]) -> Fault:
    """Carried out, and the answer is lost: whoever does not look buys twice."""
    return Fault(
        1,
        DIALECTS[item.kind],
        {**spending(item.kind, item.orders[0], switches["6"]["generation"]), "kind": "cut_after"},
    )


def _event(draw: random.Random, items: int, panel: Dict[str, str]) -> Event:
    what = draw.choices(
        ("twice", "parallel", "restart", "away", "recreated", "cron"), (25, 20, 12, 15, 18, 10)
    )[0]
    if what == "recreated":
        panel["operation_ids"] = draw.choice(("recreated", "reused"))
    tick = draw.choice((1, 2)) if what in ("twice", "parallel") else draw.choice((1, 2, 3))
    return Event(
        tick,
        what,
        draw.randrange(items),
        round(draw.choice((0.3, 1.5, 5.0)) if what == "away" else draw.uniform(0.0, 0.3), 3),
    )
