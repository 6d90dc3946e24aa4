"""Breaks the product on purpose, one way after the other, and looks how soon the crash matrix finds it.

    python benchmarks/mutants.py [--only WORD] [--runs N] [--seed S] [--jobs J] [--json] [--check]

Each mutant is a patch of the table in a copy of the tree. A patch whose text is not there exactly once is an
error: the code has moved, and the table must follow. Exit status 1 if a mutant was not found within N runs
(default 2,000). --check only tries the patches.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

HOME = Path(__file__).resolve().parents[1]
LEFT_OUT = (".git", ".venv", ".cache", "__pycache__", ".mypy_cache", ".ruff_cache", ".try")
SHARE = 2  # every second run begins with a panel of the release before


class Patch(NamedTuple):
    file: str
    old: str
    new: str


class Mutant(NamedTuple):
    name: str
    says: str  # what is broken
    patches: Tuple[Patch, ...]


ENGINE, OWNERSHIP = "bill2bill/journal/engine.py", "bill2bill/journal/ownership.py"
RECONCILIATION = "bill2bill/journal/reconciliation.py"
PURCHASES, RENEWAL = "bill2bill/commands/purchases.py", "bill2bill/commands/renewal.py"
SERVER_OPEN = "bill2bill/commands/processing/open.py"
OWNED_SERVICE = "bill2bill/commands/processing/owned_service.py"
DOMAIN_PROLONG = "bill2bill/commands/registrar/prolong.py"

MUTANTS = (
    Mutant(
        "mark-not-compared",
        "an order of a server is not found by its mark",
        (
            Patch(SERVER_OPEN, "if service.mark and service.mark.startswith(prefix)]", "if False]"),
            Patch(SERVER_OPEN, 'service.mark in (mark, None, "")', 'service.mark in (None, "")'),
        ),
    ),
    Mutant(
        "settle-ignored",
        "a look proves absence while the request can still be carried out",
        (
            Patch(
                ENGINE,
                "    if age < patience.settle:\n        if not row.question:",
                "    if False:\n        if not row.question:",
            ),
        ),
    ),
    Mutant(
        "before-not-kept",
        "the expiry date before the first request is read anew by the next run",
        (
            Patch(
                RENEWAL,
                "    before = begun.before if begun else old\n",
                "    if begun and begun.in_flight and not begun.accepted:\n"
                "        with context.journal.write() as db:\n"
                "            now = str(deal.read_before())\n"
                '            db.execute("UPDATE purchase SET before = ? WHERE id = ?", (now, begun.id))\n'
                "    before = begun.before if begun else old\n",
            ),
        ),
    ),
    Mutant(
        "two-unsettled",
        "nothing holds that an item has one unsettled purchase: neither the index, nor the item's lock, nor"
        " that a row is still as it was read",
        (
            Patch(
                "bill2bill/state/migrations.py",
                "CREATE UNIQUE INDEX one_unsettled",
                "CREATE INDEX one_unsettled",
            ),
            Patch(
                "bill2bill/state/locks.py",
                '        with self._held([self.folder / f"item-{item}"], wait, "item_busy"):\n'
                "            yield\n",
                "        yield\n",
            ),
            Patch(
                "bill2bill/journal/journal.py",
                "WHERE id = ? AND stage = ? AND question IS ?",
                "WHERE id = ? AND (1 OR stage = ? OR question IS ?)",
            ),
        ),
    ),
    Mutant(
        "question-cleared-by-a-failed-look",
        "a question is over when a look fails",
        (
            Patch(
                ENGINE,
                "    if row.question:\n        return row\n    if age > patience.overdue:",
                "    if row.question:\n"
                "        return journal.record(row, Event.ABSENCE_PROVED, sent=None, absences=0)\n"
                "    if age > patience.overdue:",
            ),
        ),
    ),
    Mutant(
        "failed-look-is-absence",
        "a look that fails proves that nothing was bought",
        (
            Patch(
                ENGINE,
                "        return _unseen(journal, row, failure, age, patience)\n",
                "        return _absent(journal, row, age, patience)\n",
            ),
        ),
    ),
    Mutant(
        "telling-not-written-down",
        "that the panel is about to be told is not written down",
        (Patch(PURCHASES, "Event.CALLBACK_BEGINS, callback=attempt)", "Event.CALLBACK_BEGINS)"),),
    ),
    Mutant(
        "told-not-asked",
        "where nobody knows whether the panel was told, it counts as told",
        (
            Patch(
                OWNERSHIP,
                "    return journal.record(\n        row, Event.CALLBACK_UNCLEAR",
                "    journal.record(row, Event.CALLBACK_DONE, operation=None)\n    return None\n"
                "    return journal.record(\n        row, Event.CALLBACK_UNCLEAR",
            ),
        ),
    ),
    Mutant(
        "one-witness",
        "the single look-up of a domain proves absence alone",
        (
            Patch(
                DOMAIN_PROLONG,
                "            domain = self._later(domain)\n        if self._done",
                "            pass\n        if self._done",
            ),
        ),
    ),
    Mutant(
        "operation-number-is-identity",
        "a renewal under another number of operation is another renewal",
        (
            Patch(
                OWNERSHIP,
                "    if row.callback is None or row.operation is None:\n        return row",
                "    if row.operation != caller.operation:\n"
                "        journal.record(row, Event.CALLBACK_DONE, operation=None)\n"
                "        return None\n"
                "    if row.callback is None or row.operation is None:\n        return row",
            ),
        ),
    ),
    Mutant(
        "note-not-written",
        "the panel has no note of a request that is about to leave",
        (Patch(ENGINE, "        noting(row, noted, terms)\n", "        pass\n"),),
    ),
    Mutant(
        "note-not-believed",
        "a request that only the panel's note knows of counts as none",
        (
            Patch(
                RECONCILIATION,
                "        _journal_is_older(journal, caller, note)\n    else:",
                "        pass\n    else:",
            ),
        ),
    ),
    Mutant(
        "panel-older-not-asked",
        "renewals that a restored panel has forgotten are not asked about",
        (
            Patch(
                RECONCILIATION,
                "        _ask_about_forgotten(journal, caller.item,",
                "        (lambda *_: None)(journal, caller.item,",
            ),
        ),
    ),
    Mutant(
        "moved-not-asked",
        "a date that has moved by the very term is not asked about",
        (Patch(RENEWAL, "deal.to_buy) and context.operation:", "deal.to_buy) and False:"),),
    ),
    Mutant(
        "cart-not-read",
        "what waits in the provider's cart is not looked for",
        (Patch(OWNED_SERVICE, "    unpaid = account.upstream.in_cart(known.id)\n", "    unpaid = None\n"),),
    ),
    Mutant(
        "sent-not-looked-up",
        "what was sent is sent again by the next run",
        (
            Patch(
                ENGINE,
                "        row = _look(journal, row, deal, patience)\n        absent = row.unsent\n",
                "        row = journal.record(row, Event.ABSENCE_PROVED, sent=None, absences=0)\n"
                "        absent = True\n",
            ),
        ),
    ),
    Mutant(
        "accepted-ignored",
        "what the provider has said yes to is sent again as long as it does not show it",
        (
            Patch(
                ENGINE,
                "if seen.sight is Sight.ABSENT and not row.accepted:",
                "if seen.sight is not Sight.PRESENT:",
            ),
        ),
    ),
)


def main(argv: List[str]) -> int:
    parser = argparse.ArgumentParser(
        description="Break the product, and look how soon the crash matrix finds it."
    )
    parser.add_argument(
        "--only", default="", help="mutants whose name holds one of these words (with commas)"
    )
    parser.add_argument("--runs", type=int, default=2000, help="at most (default 2,000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=0, help="of the matrix")
    parser.add_argument("--check", action="store_true", help="only try the patches")
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    options = parser.parse_args(argv)
    found: List[Dict[str, Any]] = []
    for mutant in MUTANTS:
        if not any(word in mutant.name for word in options.only.split(",")):
            continue
        changed = patched(mutant)
        if options.check:
            continue
        with tempfile.TemporaryDirectory(prefix="b2b-mutant-") as folder:
            tree = Path(folder) / "tree"
            shutil.copytree(HOME, tree, ignore=shutil.ignore_patterns(*LEFT_OUT))
            for file, text in changed.items():
                (tree / file).write_text(text, encoding="utf-8")
            began = time.monotonic()
            run, why = hunted(tree, options)
            found.append(
                {"mutant": mutant.name, "run": run, "why": why, "seconds": round(time.monotonic() - began)}
            )
        if not options.json:
            told = f"found by run {run}: {why}" if run is not None else f"NOT FOUND in {options.runs} runs"
            sys.stdout.write(f"{mutant.name:36} {told}  ({mutant.says})\n")
            sys.stdout.flush()
    if options.json:
        sys.stdout.write(json.dumps(found) + "\n")
    return 1 if any(one["run"] is None for one in found) else 0


def patched(mutant: Mutant) -> Dict[str, str]:
    """File -> its text with the patches. Raises ValueError where the code is not what the table says."""
    found: Dict[str, str] = {}
    for patch in mutant.patches:
        text = found.get(patch.file) or (HOME / patch.file).read_text(encoding="utf-8")
        if text.count(patch.old) != 1:
            raise ValueError(
                f"{mutant.name}: {patch.file} has this {text.count(patch.old)} times:\n{patch.old}"
            )
        found[patch.file] = text.replace(patch.old, patch.new)
        compile(found[patch.file], patch.file, "exec")
    return found


def hunted(tree: Path, options: argparse.Namespace) -> Tuple[Optional[int], str]:
    """The first run that is not clean, and the first thing that is wrong with it."""
    words = [sys.executable, "-X", "utf8", str(tree / "benchmarks" / "crash_matrix.py"), "--json", "--stop"]
    words += ["--seed", str(options.seed), "--runs", str(options.runs), "--migrated", str(SHARE)]
    words += ["--jobs", str(options.jobs)] if options.jobs else []
    done = subprocess.run(words, capture_output=True, encoding="utf-8", check=False)
    if not done.stdout:
        raise RuntimeError(done.stderr)
    numbers = json.loads(done.stdout)["found"]
    return (min(numbers), reason(done.stderr)) if numbers else (None, "")


def reason(told: str) -> str:
    kinds = ("double:", "lost:", "wrong:", "unresolved:")
    return next((line for line in told.splitlines() if line.startswith(kinds)), "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
