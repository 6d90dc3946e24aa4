"""The panel that an administrator works on: its journal and its database, opened for one command."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import Dict, Iterator, Tuple

from bill2bill.host import place
from bill2bill.host.data import Data
from bill2bill.host.mgrctl import Mgrctl
from bill2bill.host.panel import Panel
from bill2bill.journal.journal import Journal
from bill2bill.services.modules import types_of
from bill2bill.state.locks import Locks

NAME = "bill2bill"


def journal_of(root: Path) -> Journal:
    """Raises state_unusable, state_newer, item_busy."""

    def types() -> Dict[int, str]:
        with panel_of(root) as (data, _):
            return types_of(data.executables())

    return Journal(root / "var" / "bill2bill", place.machine_id(), str(root.resolve()), types)


def locks_of(root: Path) -> Locks:
    return Locks(root / "var" / "bill2bill" / "locks")


@contextmanager
def panel_of(root: Path, wait: float = 0) -> Iterator[Tuple[Data, Panel]]:
    """What is read, what is written. wait: seconds that mgrctl may wait for a restarting panel."""
    mgrctl = Mgrctl(root, NAME, wait)
    data = Data(root, mgrctl)
    try:
        yield data, Panel(mgrctl)
    finally:
        data.close()
