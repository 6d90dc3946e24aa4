"""SIGKILL and SIGTERM at any line of our code: whoever comes next finishes, each purchase is paid once, and
nobody is asked without need.

A run of each purchase that nothing disturbs writes down every line that it executes. Then as many items are
bought, each by a process that ends itself at another of these lines; the regular repeats do the rest.
"""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Dict, List, Tuple

import pytest

from bill2bill.sandbox.stage import HOME

from .purchases import Paid

PLACES = 8
# Lines of functions of ours, in the order of execution; what happens while a file is imported is left out.
COUNTING = """\
import os, sys
def counting(step, ours={ours!r}):
    lines = []
    def local(frame, event, value):
        if event == "line":
            lines.append(f"{{frame.f_code.co_filename[len(ours):]}}:{{frame.f_lineno}}")
            step(lines)
        return local
    def called(frame, event, value):
        code = frame.f_code
        return local if code.co_filename.startswith(ours) and code.co_name != "<module>" else None
    sys.settrace(called)
    return lines
"""
WRITES_DOWN = """\
import atexit, json
lines = counting(lambda lines: None)
atexit.register(lambda: (sys.settrace(None), open({path!r}, "w").write(json.dumps(lines))))
"""
# The item tells where: every process of this panel runs the same file, and the repeats come without an order.
ENDS_ITSELF = """\
import json
ORDERS = json.loads(open({path!r}).read())
item = sys.argv[sys.argv.index("--item") + 1] if "--item" in sys.argv else ""
try:
    os.mkdir({path!r} + "." + item)
    place, number = ORDERS[item]
except (OSError, KeyError):
    place = 0
if place:
    counting(lambda lines: os.kill(os.getpid(), number) if len(lines) == place else None)
"""
OURS = f"{HOME}/bill2bill/"


def lines_of(paid: Paid, path: Path) -> List[str]:
    """What one whole purchase executes."""
    paid.shop.inside(COUNTING.format(ours=OURS), WRITES_DOWN.format(path=str(path)))
    assert paid.run().wait(60) == 0
    paid.shop.inside()
    lines: List[str] = json.loads(path.read_text())
    assert len(lines) > 500, "it did something"
    return lines


def places(lines: List[str], seed: str) -> List[int]:
    """Where the processes end: at other lines each, from the first journal entry on twice as dense as before
    it.
    """
    chance = random.Random(seed)
    begun = next(number for number, line in enumerate(lines) if line.startswith("journal/engine.py"))
    occurrences: Dict[str, List[int]] = {}
    for number, line in enumerate(lines, 1):
        occurrences.setdefault(line, []).append(number)
    before = [line for line, found in occurrences.items() if found[-1] <= begun]
    after = [line for line, found in occurrences.items() if found[-1] > begun]
    assert len(before) >= PLACES // 3
    assert len(after) >= PLACES
    chosen = chance.sample(before, PLACES // 3) + chance.sample(after, PLACES - PLACES // 3)
    return [chance.choice(occurrences[line]) for line in chosen]


@pytest.mark.slow
def test_ended_by_a_signal_at_any_line_a_purchase_is_made_once(
    paid: Paid, tmp_path: Path, request: pytest.FixtureRequest
):
    kind, shop = paid.kind, paid.shop
    shop.up.post("balance", balance="90000.00", **({"account": 4411} if kind.shop == "shop" else {}))
    lines = lines_of(paid, tmp_path / "lines")
    where = places(lines, kind.journal + kind.command)
    prepared: List[Tuple[int, int]] = [paid.another(paid.name(number)) for number in range(1, PLACES + 1)]
    # within the second of its creation an operation could be another one that got its id (journal.ownership)
    shop.panel.change("UPDATE runningoperation SET createdate = '2026-01-01 00:00:00'")
    orders = {str(item): (place, 9 if place % 2 else 15) for (item, _), place in zip(prepared, where)}
    (tmp_path / "orders").write_text(json.dumps(orders))
    shop.inside(COUNTING.format(ours=OURS), ENDS_ITSELF.format(path=str(tmp_path / "orders")))

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(lambda one: shop.run(kind.command, *one, signalled=False).wait(60), prepared))
    assert set(ends) <= {0, 1, -9, -15}
    assert sum(end < 0 for end in ends) >= PLACES * 3 // 4, "most places are reached again"

    shop.tick_until_quiet(parallel=2)
    told = {item: (place, lines[place - 1]) for (item, _), place in zip(prepared, where)}
    assert (shop.operations(), shop.tasks()) == ([], []), told
    names = {paid.name(number): 1 for number in range(PLACES + 1)}
    assert {name: count for name, count in charged(paid).items() if count != 1} == {}, told
    assert set(charged(paid)) == set(names)
    assert {shop.item(item)["status"] for item, _ in prepared} == {2}


def charged(paid: Paid) -> Dict[str, int]:
    """How often each name was charged for such a purchase."""
    names = [row["name"] for row in paid.shop.up.get("ledger") if row["kind"] == paid.kind.charge]
    return {name: names.count(name) for name in names}
