"""The regular job: unfinished purchases are looked at again, the panel may not come back (decision 11)."""

from __future__ import annotations

import logging
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, List, Optional

from bill2bill.admin.panel import NAME, journal_of, locks_of, panel_of
from bill2bill.admin.start import EXECUTABLES, run_module
from bill2bill.config import options_of
from bill2bill.errors import Failure
from bill2bill.host import log, place
from bill2bill.host.data import Data
from bill2bill.journal.journal import Journal
from bill2bill.journal.kinds import KINDS
from bill2bill.journal.purchase import Purchase, Stage
from bill2bill.state.locks import Locks

LOG = logging.getLogger("bill2bill")


@dataclass(frozen=True)
class Looked:
    """One purchase that was looked at. finished: its operation has left the panel."""

    purchase: int
    item: int
    command: str
    finished: bool


def tick(root: Path) -> Optional[List[Looked]]:
    """Run the command of each due purchase once more, as the panel would; None if another tick is at work.

    Raises Failure when the panel's database or the journal cannot be used.
    """
    log.setup(root, NAME)
    if place.do_nothing(root):
        LOG.warning("nothing is done, etc/billmgr.DoNothing exists")
        return []
    journal, locks = journal_of(root), locks_of(root)
    with panel_of(root, options_of(root).panel_wait) as (data, _), locks.at_work("tick") as alone:
        if alone:
            return [_look(root, data, row) for row in _due(journal, data, locks)]
        LOG.info("another tick is at work")
        return None


def _due(journal: Journal, data: Data, locks: Locks) -> Iterator[Purchase]:
    """Sent and not seen yet, or seen and the panel not told; its operation waits and is not a person's."""
    for row in journal.in_stages(Stage.SENT, Stage.CONFIRMED):
        try:
            if _waits(data, row) and locks.is_free(row.item):
                yield row
        except Failure as failure:
            LOG.error("purchase %s: %s %s", row.id, failure, failure.detail)


def _waits(data: Data, row: Purchase) -> bool:
    # whether the panel was told is not for us to find out
    if row.operation is None or row.callback is not None or row.question:
        return False
    operation = data.operation(row.operation)
    if operation is None or operation.manual:
        return False
    return (operation.item, operation.command) == (row.item, KINDS[row.kind].command)


def _look(root: Path, data: Data, row: Purchase) -> Looked:
    command = KINDS[row.kind].command
    try:
        executable = data.module(row.module).executable
        if row.operation is not None and executable in EXECUTABLES:
            run_module(root, executable, command, row.item, row.operation)
    except (Failure, OSError, subprocess.TimeoutExpired) as failure:
        LOG.error("purchase %s: %s", row.id, failure)
    finished = row.operation is not None and data.operation(row.operation) is None
    end = "finished" if finished else "not finished yet"
    LOG.info("purchase %s (%s of item %s): %s", row.id, command, row.item, end)
    return Looked(row.id, row.item, command, finished)
