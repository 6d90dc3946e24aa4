"""The scenes in which the release before is stopped, played with its own code (script/make-journal-fixtures).

    python scenes.py RELEASE FOLDER TO JOB/JOBS WORD

RELEASE is a checkout of it; nothing of this checkout is imported but released.py, which reads no code of the
product.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import shutil
import sqlite3
import sys
import time
import traceback
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple

RELEASE = Path(sys.argv[1]) if len(sys.argv) > 4 else Path(__file__).resolve().parents[2]
sys.path[:0] = [str(RELEASE), str(RELEASE / "benchmarks")]

from crash.place import KVM2, LARGE, OPTIONS, Place, make_template, tool  # noqa: E402
from crash.plan import DIALECTS, spending  # noqa: E402

# the release's own code, which the checker of types does not see
decide: Any = importlib.import_module("bill2bill.admin.decide")
Store: Any = importlib.import_module("bill2bill.journal.store").Store

_spec = importlib.util.spec_from_file_location("released", Path(__file__).with_name("released.py"))
assert _spec is not None
assert _spec.loader is not None
released = importlib.util.module_from_spec(_spec)
sys.modules["released"] = released
_spec.loader.exec_module(released)

# kind -> (of an item, what is ordered)
KINDS: Mapping[str, Tuple[str, str]] = {
    "domain-open": ("domain", "open"),
    "domain-prolong": ("domain", "prolong"),
    "server-open": ("server", "open"),
    "server-prolong": ("server", "prolong"),
    "server-tariff": ("server", "tariff"),
    "server-addons": ("server", "addons"),
}
OPENINGS, RENEWALS = ("domain-open", "server-open"), ("domain-prolong", "server-prolong")
CHANGES = ("server-tariff", "server-addons")
NAMES = {
    "domain": ("run0.ru", "run1.ru", "run2.ru"),
    "server": ("vm0.example.net", "vm1.example.net", "vm2.example.net"),
}
COMMANDS = {"open": "open", "prolong": "prolong", "addons": "setparam", "tariff": "setparam"}
ASKED = ("sent", "in doubt")  # states whose question a person may answer
FORMER = {
    "question",
    "noted",
    "token",
    "uptime",
    "boot",
    "over_noted",
    "highest",
    "unpaid",
}  # columns since version 1


def soon() -> str:
    """When what was opened long ago expires: a day that every month has."""
    return str((released.day_of(time.time()) + timedelta(days=190)).replace(day=15))


class Scene:
    """A panel and its providers on their first day, and what is done there."""

    def __init__(self, place: Any) -> None:
        self.place = place
        place.reset(cold=False)
        self.steps: List[Dict[str, Any]] = []
        self.posts: Dict[str, List[Tuple[int, str, Any]]] = {"4": [], "6": []}
        self.fates: List[Dict[str, Any]] = []
        self.elsewhere: List[str] = []
        self.exists: Dict[int, int] = {}  # purchase -> the id with which a person may answer that it exists
        self.options()
        self.items: Dict[str, int] = {
            row["value"]: row["item"]
            for row in place.rows("SELECT item, value FROM itemparam WHERE intname = 'domain'")
        }
        self.registrar("at once")

    # -- settings --------------------------------------------------------------------------------------------

    def options(self, **changes: object) -> None:
        text = "".join(f"{name} {value}\n" for name, value in {**OPTIONS, **changes}.items())
        (self.place.root / "etc" / "bill2bill.conf").write_text(text, encoding="utf-8")

    def post(self, dialect: str, control: str, **data: object) -> Any:
        """A control call that is to be played again."""
        site = self.place.sites[dialect]
        self.posts[dialect].append((len(site.get("requests")), control, data))
        return site.post(control, **data)

    def registrar(self, when: str) -> None:
        """at once, or later: what a provider has accepted is carried out with POST progress."""
        at_once = when == "at once"
        self.post("4", "switch", progress={"mode": "immediate"} if at_once else {"mode": "clock", "n": 1})
        self.post("6", "switch", async_delay=0 if at_once else "never")

    def progress(self) -> None:
        for dialect in self.posts:
            self.post(dialect, "progress")

    def fault(self, kind: str, what: str, **more: object) -> None:
        of, order = KINDS[kind]
        self.place.sites[DIALECTS[of]].post("faults", **spending(of, order, "b6"), kind=what, **more)

    def blind(self, kind: str) -> None:
        """No look succeeds."""
        site = self.place.sites[DIALECTS[KINDS[kind][0]]]
        if kind == "server-addons":  # its form is read before the journal is asked
            site.post("faults", func="basket", kind="502_after", sticky=True)
        else:
            site.post("faults", func="*", kind="502_before", sticky=True)

    def heal(self) -> None:
        for site in self.place.sites.values():
            site.ask("DELETE", "faults")

    def panel(self, **switches: str) -> None:
        self.place.call("sandbox.set", **switches)

    # -- what clients and persons do -------------------------------------------------------------------------

    def own(self, kind: str, number: int = 0) -> int:
        """A service that was opened long ago: the journal does not know it."""
        of = KINDS[kind][0]
        name = NAMES[of][number]
        item, expires = self.items[name], soon()
        if of == "domain":
            made = self.post("4", "domain", name=name, expire=expires)
            link = f"id={made['id']};price={made['price']};period={made['period']}"
        else:
            made = self.post(
                "6", "service", itemtype="vds", domain=name, pricelist=KVM2, expiredate=expires, status=2
            )
            link = f"id={made['id']};price={KVM2};period=1"
        self.place.run(
            (
                "UPDATE item SET status = 2, opendate = createdate, expiredate = ? WHERE id = ?",
                (expires, item),
            ),
            ("INSERT INTO itemparam (item, intname, value) VALUES (?, 'bill2bill', ?)", (item, link)),
        )
        return item

    def buy(self, kind: str, number: int = 0, item: int = 0) -> int:
        """A client pays: an operation waits. Returns the item."""
        of, order = KINDS[kind]
        name = NAMES[of][number]
        if order == "open":
            item = item or self.items[name]
            self.place.call("sandbox.pay", elid=item)
        else:
            item = item or self.own(kind, number)
            if order == "addons":
                self.place.call("sandbox.change", item=item, addon_ncpu=4)
            else:
                more = {"pricelist": LARGE} if order == "tariff" else {}
                self.place.call("sandbox.operation", item=item, command=COMMANDS[order], **more)
        self.paid(item, name, of, order)
        return item

    def paid(self, item: int, name: str, of: str, order: str) -> None:
        self.steps.append({"item": item, "name": name, "kind": of, "order": order})

    def bought(self, kind: str, number: int = 0, item: int = 0) -> int:
        """Paid, carried out and told."""
        item = self.buy(kind, number, item)
        self.tick()
        assert not self.operations(item), self.place.rows("SELECT * FROM runningoperation")
        return item

    def by_hand(self, dialect: str, func: str, **params: object) -> None:
        """In the provider's cabinet, with the same login."""
        words = {name: str(value) for name, value in params.items()}
        asked = {"func": func, "authinfo": "reseller:secret", "out": "xml", **words}
        released.asks(self.place.sites[dialect], asked)

    def answer(self, words: str) -> None:
        done = released._answer(self.place, words)
        assert done["status"] == 0, done

    # -- what the panel does ---------------------------------------------------------------------------------

    def tick(self) -> None:
        self.place.start(*tool("sandbox.tick")).communicate()

    def operations(self, item: int) -> List[Dict[str, Any]]:
        return list(self.place.rows("SELECT * FROM runningoperation WHERE item = ?", item))

    def restart(self) -> None:
        for row in self.place.rows("SELECT id FROM runningoperation"):
            self.place.call("sandbox.restart", elid=row["id"])

    def command(self, kind: str, command: str, item: int) -> None:
        executable = {"domain": "pmbill2billreg", "server": "pmbill2bill"}[KINDS[kind][0]]
        self.place.start(f"processing/{executable}", "--command", command, "--item", str(item)).communicate()

    def die(self, item: int, **fate: Any) -> None:
        """How the next process of this item ends."""
        path = self.place.root / "var" / "crash" / f"runs-{item}"
        run = (path.stat().st_size if path.exists() else 0) + 1
        self.fates.append(
            {"signal": 9, "clock": 0, "n": 1, "where": "", "bytes": 10**9, "item": item, "run": run, **fate}
        )
        self.place.fates(self.fates, without_look=False)

    def loses(self, kind: str, item: int, done: bool) -> None:
        """The next purchase: its process dies before it reads the answer, or the request does not arrive."""
        if done:
            contact = kind == "domain-open" and not self.place.journal("SELECT 1 FROM contact")
            self.die(item, point="sent", where="spending", n=3 if contact else 1)  # two calls make a contact
        else:
            self.fault(kind, "cut_before")

    @property
    def has_died(self) -> bool:
        return len([line for line in self.place.trace() if line["event"] == "dies"]) == len(self.fates)

    # -- files -----------------------------------------------------------------------------------------------

    @property
    def state(self) -> Path:
        return Path(self.place.root / "var" / "bill2bill")

    @property
    def database(self) -> Path:
        return Path(self.place.root / "var" / "sandbox" / "billmgr.sqlite3")

    def keep(self, what: str) -> Path:
        """A backup of the journal or of the panel's database."""
        self.place.end()
        copy = self.place.folder / f"kept-{what}"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        source = self.database if what == "panel" else self.state / "state.sqlite3"
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(copy / source.name)) as new:
            old.backup(new)
        return Path(copy / source.name)

    def restore(self, copy: Path) -> None:
        self.place.end()
        target = self.database if copy.name == self.database.name else self.state / copy.name
        for path in target.parent.glob(f"{target.name}*"):
            path.unlink()
        shutil.copy(copy, target)

    def lose_journal(self) -> None:
        self.place.end()
        shutil.rmtree(self.state)

    # -- what is true ----------------------------------------------------------------------------------------

    def rows(self) -> List[Dict[str, Any]]:
        return list(self.place.journal("SELECT * FROM purchase ORDER BY id"))

    def last(self) -> Dict[str, Any]:
        return self.rows()[-1]

    def last_step(self) -> str:
        found = self.place.journal("SELECT note FROM step ORDER BY rowid DESC LIMIT 1")
        return str(found[0]["note"]) if found else ""

    def ledger(self) -> int:
        return sum(len(site.get("ledger")) for site in self.place.sites.values())

    def error(self, item: int) -> str:
        return ",".join(released._code(row["errorxml"]) for row in self.operations(item))

    def answers(self) -> Iterator[str]:
        """Every answer that the command line of that release takes now."""
        if not self.rows():
            return
        store = Store(self.state, "", "")
        for row in self.rows():
            if row["state"] not in ASKED and row["id"] not in self.exists:
                continue
            purchase = store.purchase(row["id"])
            assert purchase is not None
            for answer in decide.answers_to(purchase):
                if answer != "exists":
                    yield f"{row['id']} {answer}"
                else:
                    remote = self.exists.get(row["id"]) or row["remote"] or self.remote_of(row["name"])
                    if remote:
                        yield f"{row['id']} exists {remote}"
        store.db.close()

    def remote_of(self, name: str) -> int:
        states = {dialect: site.get("state") for dialect, site in self.place.sites.items()}
        found = [row["id"] for row in states["4"]["domains"] if row["name"] == name]
        found += [row["id"] for row in states["6"]["services"] if row["domain"] == name]
        return int(found[0]) if found else 0


# -- stages: killed at every step ----------------------------------------------------------------------------


POINTS: Tuple[Dict[str, Any], ...] = (
    *({"point": "write", "n": n, "where": "after"} for n in range(1, 10)),
    *({"point": "sent", "n": n, "where": "spending"} for n in range(1, 4)),
    *(
        {"point": "mgrctl", "n": n, "where": where}
        for n in range(1, 6)
        for where in ("before", "after", "lost")
    ),
)
AT_THE_REQUEST = tuple(
    point for point in POINTS if point["point"] == "sent" or point["n"] > 2 and point["point"] == "write"
)


def stages(scene: Callable[[], Scene], kind: str) -> Iterator[Tuple[str, Scene]]:
    """Killed at each point of a run, whatever becomes of its request, also after tries that came to nothing:
    each stage that differs.
    """
    hows = [("done", 0), ("lost", 0), ("lost-done", 0), ("accepted", 0), ("lost", 1), ("lost", 2)]
    hows += [("unpaid", 0)] * (kind in (*CHANGES, "server-prolong"))
    seen = set()
    for how, tries in hows:
        for point in POINTS if (how, tries) == ("done", 0) else AT_THE_REQUEST:
            made = scene()
            item = begun(made, kind, how, tries)
            made.die(item, **point)
            made.tick()
            mark = signature(made, item)
            if made.has_died and mark and (mark, how == "accepted") not in seen:
                seen.add((mark, how == "accepted"))
                yield name_of(made, kind, how, tries, len(seen)), made


def begun(made: Scene, kind: str, how: str, tries: int) -> int:
    made.registrar("later" if how == "accepted" else "at once")
    if how == "unpaid":
        made.post("6", "switch", low_funds="unpaid")
        made.post("6", "balance", balance="0.10", credit="0")
    item = made.buy(kind)
    if tries:
        made.options(settle=0)
        made.fault(kind, "cut_before", times=tries)
        for _ in range(tries):
            made.tick()
    if how.startswith("lost"):
        made.fault(kind, "cut_after" if how == "lost-done" else "cut_before")
    return item


def signature(scene: Scene, item: int) -> Optional[Tuple[object, ...]]:
    """What tells one stage from another; None where nothing is left to do."""
    rows, operations = scene.rows(), scene.operations(item)
    if not operations and not any(row["state"] in (*ASKED, "intended", "confirmed") for row in rows):
        return None
    stage = tuple(
        (
            row["kind"],
            row["state"],
            row["accepted"],
            bool(row["unpaid"]),
            row["told"],
            row["noted"],
            row["over_noted"],
            row["question"],
            row["remote"] is None,
        )
        for row in rows
    )
    notes = scene.place.rows(
        "SELECT intname, value FROM itemparam WHERE item = ? AND intname LIKE 'bill2bill%'", item
    )
    shapes = tuple((row["intname"], released._shape(row["value"])) for row in notes)
    step = re.sub(r"\d+", "N", scene.last_step())
    return stage, shapes, step, len(operations), scene.ledger()


def name_of(scene: Scene, kind: str, how: str, tries: int, number: int) -> str:
    rows = scene.rows()
    row = rows[-1] if rows else None
    stage = "nothing" if row is None else row["state"].replace(" ", "-")
    more = ""
    if row:
        more += "-told" * (row["told"] is not None) + "-unpaid" * bool(row["unpaid"])
        more += "-accepted" * bool(row["accepted"] and row["state"] == "sent")
    return f"stage-{kind}-{how}{f'-try{tries + 1}' if tries else ''}-{number:02}-{stage}{more}"


# -- questions -----------------------------------------------------------------------------------------------

Scenes = Iterator[Tuple[str, Scene]]
Make = Callable[[], Scene]


def lost(scene: Make, kind: str, done: bool, number: int = 0) -> Tuple[Scene, int]:
    made = scene()
    item = made.buy(kind, number)
    made.loses(kind, item, done)
    made.tick()
    assert made.last()["state"] == "sent", made.last()
    return made, item


def word(done: bool) -> str:
    return "done" if done else "not-done"


def not_looked_up(scene: Make, kind: str) -> Scenes:
    for done in (False, True):
        for recreated in (False, True) if kind in (*OPENINGS, *RENEWALS) else (False,):
            made, item = lost(scene, kind, done)
            made.options(settle=0, overdue=0)
            made.blind(kind)
            made.tick()
            if kind == "server-addons" and done:  # its form shows it before anything is asked
                continue
            assert made.last_step().startswith("cannot be looked up"), made.last_step()
            if recreated:
                made.panel(operation_ids="recreated")
                made.restart()
                made.tick()
                assert made.last_step().startswith("continued"), made.last_step()
            made.heal()
            yield f"in-doubt-{kind}-not-looked-up-{word(done)}{'-recreated' * recreated}", made


def again_and_again(scene: Make, kind: str) -> Scenes:
    for recreated in (False, True):
        made = _given_up(scene, kind)
        if recreated:
            made.panel(operation_ids="recreated")
            made.restart()
            made.tick()
        yield f"in-doubt-{kind}-again-and-again{'-recreated' * recreated}", made


def overdue(scene: Make, kind: str) -> Scenes:
    for how in ("accepted", "lie"):
        made = scene()
        made.registrar("later")
        made.buy(kind)
        if how == "lie":
            made.fault(kind, "without_id_before" if kind == "domain-open" else "duplicate_elements_before")
        made.tick()
        if made.last()["state"] != "sent":
            continue
        yield f"overdue-{kind}-{how}-not-yet", made
        made = scene()
        made.registrar("later")
        made.buy(kind)
        if how == "lie":
            made.fault(kind, "without_id_before" if kind == "domain-open" else "duplicate_elements_before")
        made.tick()
        made.options(overdue=0, settle=0)
        made.tick()
        if made.last()["state"] == "in doubt":
            yield f"in-doubt-{kind}-overdue-{how}", made


def told(scene: Make, kind: str) -> Scenes:
    """Killed after the panel was told, or before; then an operation asks whose number does not tell which."""
    for how in ("further", "recreated", "reused"):
        for asked in (False, True):
            for n in range(1, 8):
                made = scene()
                item = made.buy(kind)
                made.die(item, point="mgrctl", n=n, where="after" if how == "further" else "before")
                made.tick()
                row = made.last() if made.rows() else {}
                if row.get("told") is not None and bool(made.operations(item)) == (how != "further"):
                    break
            else:
                continue
            if how == "further":
                made.buy(kind, item=item)
            elif how == "recreated":
                made.panel(operation_ids="recreated")
                made.restart()
            else:
                time.sleep(1.5)
                made.panel(operation_ids="reused")
                made.place.call("runningoperation.delete", elid=made.operations(item)[0]["id"])
                made.buy(kind, item=item)
            if asked:
                made.tick()
                assert made.error(item) == "in_doubt_told", (how, made.error(item))
            yield f"told-{kind}-{how}{'-asked' * asked}", made


def journal_lost(scene: Make, kind: str) -> Scenes:
    for done in (False, True):
        for asked in (False, True):
            made, item = lost(scene, kind, done)
            made.lose_journal()
            if asked:
                made.tick()
            yield f"lost-journal-{kind}-{word(done)}{'-asked' * asked}", made


def journal_older(scene: Make, kind: str) -> Scenes:
    """Opened, saved, renewed, renewed again without an answer; then the journal comes back."""
    of = KINDS[kind][0]
    for done in (False, True):
        made = scene()
        item = made.bought(f"{of}-open")
        copy = made.keep("journal")
        made.bought(kind, item=item)
        made.buy(kind, item=item)
        made.loses(kind, item, done)
        made.tick()
        made.restore(copy)
        made.tick()
        assert made.error(item) == "in_doubt_lost", made.error(item)
        yield f"older-journal-{kind}-{word(done)}-asked", made


def panel_older(scene: Make, kind: str) -> Scenes:
    for asked in (False, True):
        made = scene()
        item = made.buy(kind)
        copy = made.keep("panel")
        made.tick()
        made.restore(copy)
        if asked:
            made.tick()
            assert made.error(item) == "in_doubt_older", made.error(item)
        yield f"older-panel-{kind}-forgotten{'-asked' * asked}", made

        made, item = lost(scene, kind, done=True)
        copy = made.keep("panel")
        made.options(settle=0)
        made.tick()
        assert not made.operations(item)
        made.options()
        made.restore(copy)
        if asked:
            made.tick()
            assert made.error(item) == "in_doubt_older", made.error(item)
        yield f"older-panel-{kind}-midway{'-asked' * asked}", made

    made = scene()
    item = made.own(kind)
    copy = made.keep("panel")
    made.bought(kind, item=item)
    made.bought(kind, item=item)
    made.restore(copy)
    made.buy(kind, item=item)
    made.tick()
    assert made.error(item) == "in_doubt_older", made.error(item)
    yield f"older-panel-{kind}-two-forgotten-asked", made


def item_forgotten(scene: Make, kind: str) -> Scenes:
    of = KINDS[kind][0]
    for how in ("same", "other-name"):
        for asked in (False, True):
            made = scene()
            item = made.buy(kind)
            copy = made.keep("panel")
            made.tick()
            made.restore(copy)
            if how == "other-name":
                _renamed(made, item, NAMES[of][2], of)
            if asked:
                made.tick()
                assert made.error(item) == "in_doubt_item", made.error(item)
            yield f"item-{kind}-{how}{'-asked' * asked}", made

    for after in ("nothing", "order-lost", "order-done"):
        made = scene()
        item = made.buy(kind)
        copy = made.keep("panel")
        made.tick()
        made.restore(copy)
        _renamed(made, item, NAMES[of][2], of)
        made.tick()
        made.answer("1 foreign")
        if after == "order-lost":
            made.loses(kind, item, done=True)
        if after != "nothing":
            made.restart()
            made.tick()
        if after == "order-done":
            assert not made.operations(item), made.error(item)
            made.buy(f"{of}-prolong", item=item)
            made.steps[-1]["name"] = NAMES[of][2]
            made.fault(f"{of}-prolong", "cut_before")
            made.tick()
        assert min(row["item"] for row in made.rows()) < 0
        yield f"detached-{kind}-{after}", made


def _renamed(scene: Scene, item: int, name: str, of: str) -> None:
    """The number of the item belongs to another client's order now."""
    other = scene.items[name]
    scene.place.run(
        ("DELETE FROM itemparam WHERE item = ? AND intname = 'domain'", (other,)),
        ("UPDATE itemparam SET value = ? WHERE item = ? AND intname = 'domain'", (name, item)),
        ("UPDATE item SET name = ? WHERE id = ? AND name <> ''", (name, item)),
    )
    scene.steps = [{**step, "name": name} if step["item"] == item else step for step in scene.steps]


def moved(scene: Make, kind: str) -> Scenes:
    of = KINDS[kind][0]
    for asked in (False, True):
        made = scene()
        item = made.bought(f"{of}-open")
        made.buy(kind, item=item)
        journal, panel = made.keep("journal"), made.keep("panel")
        made.tick()
        assert not made.operations(item)
        made.restore(journal)
        made.restore(panel)
        if asked:
            made.tick()
            assert made.error(item) == "in_doubt_moved", made.error(item)
        yield f"moved-{kind}{'-asked' * asked}", made


def taken_over(scene: Make, kind: str) -> Scenes:
    for how in ("nothing", "by-hand", "asked"):
        made = scene()
        item = made.buy(kind)
        for n in range(1, 9):
            made.die(item, point="write", n=n, where="after")
            made.tick()
            if made.rows():
                break
            if not made.has_died:
                return
        if made.last()["state"] != "intended":
            return
        made.panel(operation_ids="recreated")
        made.restart()
        dialect = DIALECTS[KINDS[kind][0]]
        money = {"account": 4411} if dialect == "4" else {}
        made.post(dialect, "balance", balance="1", **money)
        made.tick()
        made.post(dialect, "balance", balance="1000", **money)
        row = made.last()
        if not (row["taken_over"] and row["state"] == "intended"):
            return
        if how != "nothing":
            remote = made.remote_of(row["name"])
            if dialect == "4":
                made.by_hand(
                    "4",
                    "domain.renew",
                    elid=remote,
                    autoperiod=881,
                    paynow="on",
                    payfrom="account4411",
                    sok="ok",
                )
            else:
                made.by_hand("6", "service.prolong", elid=remote, period=1, sok="ok", clicked_button="finish")
            assert made.ledger() == 1
        if how == "asked":
            made.restart()
            made.tick()
            assert made.error(item) == "in_doubt_prolong", made.error(item)
        yield f"taken-over-{kind}-{how}", made


def name_taken(scene: Make, kind: str) -> Scenes:
    made = scene()
    of, name = KINDS[kind][0], NAMES[KINDS[kind][0]][0]
    if of == "domain":
        made.post("4", "domain", name=name, expire=soon())
        item = made.buy(kind)
    else:  # ordered, and both the journal and the panel have forgotten it
        item = made.buy(kind)
        copy = made.keep("panel")
        made.loses(kind, item, done=True)
        made.tick()
        made.lose_journal()
        made.restore(copy)
    made.tick()
    assert made.error(item) == "name_taken", made.error(item)
    made.exists = {made.last()["id"]: made.remote_of(name)}
    yield f"name-taken-{kind}", made


def held_by_other(scene: Make) -> Scenes:
    made = scene()
    made.bought("domain-open")
    item = made.items["run1.ru"]
    made.place.run(("UPDATE itemparam SET value = 'run0.ru' WHERE item = ? AND intname = 'domain'", (item,)))
    made.place.run(("UPDATE item SET name = 'run0.ru' WHERE id = ? AND name <> ''", (item,)))
    made.buy("domain-open", 1)
    made.steps[-1]["name"] = "run0.ru"
    made.tick()
    assert made.error(item) == "held_by_other", made.error(item)
    made.exists = {made.last()["id"]: made.remote_of("run0.ru")}
    yield "held-by-other-domain-open", made


def two_alike(scene: Make) -> Scenes:
    made, item = lost(scene, "server-open", done=False)
    (mark,) = [
        row["params"]["remoteid"]
        for row in made.place.six.get("requests")
        if "remoteid" in row["params"] and row["func"] == "v2.vds.order.param"
    ]
    for _ in "twice":
        made.post(
            "6", "service", itemtype="vds", domain=NAMES["server"][0], pricelist=KVM2, remoteid=mark, status=2
        )
    made.options(settle=0)
    made.tick()
    assert made.error(item) == "two_alike", made.error(item)
    yield "two-alike-server-open-marks", made

    for first in (0, 1):
        made = scene()
        made.post("6", "switch", remoteid_in_list="off")
        for number in (0, 1):
            made.loses("server-open", made.buy("server-open", number), done=number == first)
        made.tick()
        yield f"two-orders-server-{first}", made


def other_account(scene: Make, kind: str) -> Scenes:
    of = KINDS[kind][0]
    for done in (False, True):
        made, item = lost(scene, kind, done)
        made.elsewhere = [DIALECTS[of]]
        yield f"other-account-{kind}-{word(done)}", made
    made, item = lost(scene, kind, True)
    site = made.place.sites[DIALECTS[of]]
    made.place.run(
        ("UPDATE processingparam SET value = ? WHERE value = ?", (released.elsewhere(site.url), site.url))
    )
    made.tick()
    error = made.error(item)
    made.place.run(
        ("UPDATE processingparam SET value = ? WHERE value = ?", (site.url, released.elsewhere(site.url)))
    )
    assert error == "other_account", error
    made.elsewhere = [DIALECTS[of]]
    yield f"other-account-{kind}-asked", made


def other_purchase(scene: Make) -> Scenes:
    for done in (False, True):
        made, item = lost(scene, "domain-prolong", done)
        made.place.run(("UPDATE item SET period = 24 WHERE id = ?", (item,)))
        made.tick()
        yield f"other-purchase-domain-prolong-{word(done)}", made
        made, item = lost(scene, "server-addons", done)
        made.place.run(("UPDATE item SET intvalue = 6 WHERE parent = ? AND intvalue = 4", (item,)))
        made.tick()
        yield f"other-purchase-server-addons-{word(done)}", made


def unpaid(scene: Make, kind: str) -> Scenes:
    for lost_answer in (False, True):
        made = scene()
        made.post("6", "switch", low_funds="unpaid")
        made.post("6", "balance", balance="0.10", credit="0")
        item = made.buy(kind)
        if lost_answer:
            made.loses(kind, item, done=True)
        made.tick()
        made.post("6", "balance", balance="100.00", credit="0")
        if made.last()["state"] == "sent":
            yield f"unpaid-{kind}{'-answer-lost' * lost_answer}", made
        if not lost_answer:
            made = scene()
            made.post("6", "switch", low_funds="unpaid")
            made.post("6", "balance", balance="0.10", credit="0")
            made.buy(kind)
            made.tick()
            made.post("6", "balance", balance="100.00", credit="0")
            made.by_hand("6", "payment.add.method", sok="ok", paymethod=1)
            if made.ledger():
                yield f"unpaid-{kind}-paid-since", made


def months_ahead(scene: Make) -> Scenes:
    """A year is bought for a month that is sold."""
    for how in ("new", "killed", "lost", "used-up"):
        made = scene()
        made.place.run(
            ("UPDATE pricelistparam SET value = '1=12' WHERE pricelist = 3 AND intname = 'b2b_periods'", ())
        )
        if how == "lost":
            item = made.own("server-prolong")
            made.buy("server-prolong", item=item)
            made.loses("server-prolong", item, done=True)
        else:
            item = made.bought("server-open")
            if how == "used-up":
                for _ in range(11):
                    made.bought("server-prolong", item=item)
            made.buy("server-prolong", item=item)
            if how == "killed":
                made.die(item, point="mgrctl", n=2, where="before")
            elif how == "used-up":
                made.fault("server-prolong", "cut_before")
        if how != "new":
            made.tick()
        made.steps = [step for step in made.steps if step["order"] == "open"] if how != "lost" else made.steps
        yield f"months-ahead-{how}", made


def history(scene: Make) -> Scenes:
    """Settled purchases, an answer, a listing, contacts, a failure that is counted."""
    for how in ("next", "lost"):
        made = scene()
        item = made.bought("domain-open")
        server = made.bought("server-open")
        made.command("domain-open", "sync_item", item)
        made.command("server-open", "sync_item", server)
        made.bought("domain-prolong", item=item)
        made.buy("server-prolong", item=server)
        made.fault("server-prolong", "cut_before")
        made.tick()
        made.options(settle=0)
        made.answer(f"{made.last()['id']} absent")
        made.options()
        made.buy("domain-prolong", item=item)
        if how == "lost":
            made.loses("domain-prolong", item, done=True)
            made.fault("server-prolong", "cut_before")
            made.tick()
        yield f"history-{how}", made


def refused(scene: Make) -> Scenes:
    made = scene()
    item = made.buy("domain-open")
    made.place.four.post("faults", func="*", kind="wrong_password_before")
    made.tick()
    assert made.place.journal("SELECT * FROM pause"), made.error(item)
    yield "paused-domain-open", made
    made = scene()
    made.post("4", "balance", account=4411, balance="1")
    made.buy("domain-prolong")
    made.tick()
    made.post("4", "balance", account=4411, balance="15000")
    yield "low-balance-domain-prolong", made
    made = scene()
    item = made.buy("domain-open")
    for n in range(1, 12):
        made.die(item, point="sent", n=n, where="any")
        made.tick()
        if any(
            row["remote"] is None or row["state"] != "filled"
            for row in made.place.journal("SELECT * FROM contact")
        ):
            yield "contact-half-made-domain-open", made
            return


def stale(scene: Make) -> Scenes:
    """The single look-up shows the date of a year ago: only the listing tells that the renewal was done."""
    for done in (False, True):
        made, _ = lost(scene, "domain-prolong", done)
        made.post("4", "switch", stale_expire_days=370)
        yield f"stale-date-domain-prolong-{word(done)}", made


def both_at_once(scene: Make) -> Scenes:
    """Purchases of several items and kinds in one file."""
    made = scene()
    for kind, number in (
        ("domain-open", 0),
        ("domain-prolong", 1),
        ("server-open", 0),
        ("server-prolong", 1),
        ("server-tariff", 2),
    ):
        made.loses(kind, made.buy(kind, number), done=number % 2 == 1)
    made.tick()
    yield "five-at-once", made


# -- files of earlier releases -------------------------------------------------------------------------------


def former(data: bytes, version: int, folder: Path) -> bytes:
    """The same file as an earlier version of the tables had it: what was added since is taken away."""
    path = folder / "former.sqlite3"
    path.write_bytes(data)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("ALTER TABLE purchase DROP COLUMN over_noted")
        if version < 3:
            db.execute("DROP INDEX by_token")
            db.execute("DROP TABLE decision")
            for column in ("boot", "uptime", "token", "noted", "question"):
                db.execute(f"ALTER TABLE purchase DROP COLUMN {column}")
        if version < 2:
            db.execute("DROP TABLE listed_service")
            for column in ("highest", "unpaid"):
                db.execute(f"ALTER TABLE purchase DROP COLUMN {column}")
        db.execute(f"PRAGMA user_version = {version}")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()


def earlier(scene: Make, kind: str) -> Scenes:
    stages: Mapping[str, Callable[[Make, str], Scene]] = {
        "sent-not-done": lambda scene, kind: lost(scene, kind, done=False)[0],
        "sent-done": lambda scene, kind: lost(scene, kind, done=True)[0],
        "intended": _intended,
        "in-doubt": _given_up,
        "settled": _settled,
    }
    for version in (1, 2, 3):
        if version == 1 and KINDS[kind][0] == "server":  # it sold domains only
            continue
        for stage, make in stages.items():
            made = make(scene, kind)
            if version < 3:  # these kept no note on the panel
                made.place.run(("DELETE FROM itemparam WHERE intname = 'bill2bill_purchase'", ()))
            yield f"version{version}-{kind}-{stage}", made


def _intended(scene: Make, kind: str) -> Scene:
    made = scene()
    item = made.buy(kind)
    for n in range(1, 9):
        made.die(item, point="write", n=n, where="after")
        made.tick()
        if made.rows():
            break
    assert made.last()["state"] == "intended", made.last()
    return made


def _given_up(scene: Make, kind: str) -> Scene:
    made = scene()
    made.options(settle=0, tries=3)
    made.buy(kind)
    made.fault(kind, "cut_before", times=3)
    for _ in range(4):
        made.tick()
    assert made.last()["state"] == "in doubt", made.last()
    return made


def _settled(scene: Make, kind: str) -> Scene:
    made = scene()
    item = made.bought(kind)
    made.buy(f"{KINDS[kind][0]}-prolong", item=item)
    return made


# -- all of them ---------------------------------------------------------------------------------------------


def jobs() -> Dict[str, Callable[[Make], Scenes]]:
    found: Dict[str, Callable[[Make], Scenes]] = {}
    table: List[Tuple[Callable[..., Scenes], Tuple[str, ...]]] = [
        (not_looked_up, tuple(KINDS)),
        (again_and_again, (*OPENINGS, *RENEWALS)),
        (overdue, tuple(KINDS)),
        (told, RENEWALS),
        (journal_lost, tuple(KINDS)),
        (journal_older, RENEWALS),
        (panel_older, RENEWALS),
        (item_forgotten, OPENINGS),
        (moved, RENEWALS),
        (taken_over, RENEWALS),
        (name_taken, OPENINGS),
        (other_account, tuple(KINDS)),
        (unpaid, ("server-prolong", *CHANGES)),
        (earlier, (*OPENINGS, *RENEWALS)),
    ]
    table.append((stages, tuple(KINDS)))
    for make, kinds in table:
        for kind in kinds:
            found[f"{make.__name__}-{kind}"] = partial(make, kind=kind)
    for make in (
        held_by_other,
        two_alike,
        other_purchase,
        months_ahead,
        history,
        refused,
        stale,
        both_at_once,
    ):
        found[make.__name__] = make
    return found


def main(folder: Path, to: Path, job: str, only: str) -> int:
    """Every jobs-th scene. Exit status 1 if one could not be played."""
    mine, of = map(int, job.split("/"))
    chosen = [(name, make) for name, make in jobs().items() if any(word in name for word in only.split(","))][
        mine::of
    ]
    folder.mkdir(parents=True)
    make_template(folder)
    failed = 0
    with Place(folder / "place", folder, tls=False) as place:
        for name, make in chosen:
            began, made = time.monotonic(), 0
            try:
                for case_name, scene in make(lambda: Scene(place)):
                    made += bool(one(place, case_name, scene, to))
            except Exception:  # noqa: BLE001 - told with the scene's name; the others go on
                failed += 1
                sys.stderr.write(f"{name}:\n{traceback.format_exc()}")
            sys.stdout.write(f"{name}: {made} cases, {time.monotonic() - began:.1f} s\n")
            sys.stdout.flush()
    return int(failed > 0)


def one(place: Any, name: str, scene: Scene, to: Path) -> bool:
    """Take a case and what the release does with it; False if it cannot be put back."""
    answers, exists = list(scene.answers()), scene.steps
    data, journal = released.taken(place, scene.posts)
    version = re.match(r"version(\d)-", name)
    if version:
        journal = former(journal, int(version[1]), place.folder)
    data.update(steps=exists, elsewhere=scene.elsewhere, expected={})
    case = released.Case(name, data, journal)
    for variant in [*released.AGES, *dict.fromkeys(answers)]:
        data["expected"][variant] = released.went_on(place, case, variant)
    released.write(case, to)
    return True


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve(), sys.argv[4], sys.argv[5]))
