"""The judgement: what both providers charged and what the panel was told, by the files that they have
written.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

from journey import STATUS, Journey
from scene import Scene
from telling import RUSSIAN, Teller, pick

from bill2bill.sandbox.stage import read_lines

EMPTY = {"purchases": 0, "doubles": 0, "in_doubt": 0}


def files_of(scene: Scene) -> Dict[str, Path]:
    """ledger and requests: of both providers, joined by `join`; mgrctl: every call of the panel."""
    joined = {name: scene.folder / f"{name}.jsonl" for name in ("ledger", "requests")}
    return {**joined, "mgrctl": scene.panel.root / "var" / "sandbox" / "mgrctl.jsonl"}


def join(journeys: Sequence[Journey], files: Dict[str, Path]) -> None:
    """Each line says whose it is: `journey`."""
    for name in ("ledger", "requests"):
        rows = [
            {"journey": one.name, **row}
            for one in journeys
            for row in read_lines(one.provider.folder / files[name].name)
        ]
        files[name].write_text(
            "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
        )


def judge(scene: Scene, journeys: Sequence[Journey], files: Dict[str, Path]) -> Tuple[Dict[str, int], bool]:
    """The numbers, and whether each thing that the panel was told of was charged once and nothing waits for a
    person.

    purchases: charges; doubles: those beyond what is due; in_doubt: purchases that only a person can settle.
    """
    charges, calls = read_lines(files["ledger"]), read_lines(files["mgrctl"])
    in_doubt = sum(row["asks"] is not None for row in scene.bill2bill("journal", "list"))
    beyond = [
        _charged(one, charges)[kind] - due for one in journeys for kind, due in _due(one, calls).items()
    ]
    return {
        "purchases": len(charges),
        "doubles": sum(max(0, more) for more in beyond),
        "in_doubt": in_doubt,
    }, not (any(beyond) or in_doubt)


def _charged(journey: Journey, charges: List[Dict[str, Any]]) -> Dict[str, int]:
    kinds = [row["kind"] for row in charges if row["journey"] == journey.name]
    return {kind: kinds.count(kind) for kind in journey.due}


def _due(journey: Journey, calls: List[Dict[str, Any]]) -> Dict[str, int]:
    ours = {str(item) for item in journey.items}
    done = [
        call
        for call in calls
        if not call.get("error")
        and ours.intersection((call["params"].get("elid"), call["params"].get("item")))
    ]
    return {
        kind: sum(call["func"] == func and param in call["params"] for call in done)
        for kind, (func, param) in journey.due.items()
    }


def show(scene: Scene, journeys: Sequence[Journey], files: Dict[str, Path], teller: Teller) -> None:
    teller.say("\n" + pick("The providers' ledgers", "Книги поставщиков"))
    for row in read_lines(files["ledger"]):
        teller.say(
            f"    {row['kind']:15} {row['name']:16} {row['amount']:>8} {row['currency']:14} "
            f" {row['time'][:19]}"
        )
    teller.say(pick("The panel's items", "Услуги панели"))
    for row in [row for one in journeys for row in scene.panel.rows(one.name)]:
        teller.say(
            f"    {row['id']:>4}   {row['domain']:16} {STATUS[row['status']][RUSSIAN]:>14} "
            f" {row['real_expiredate']}"
        )
