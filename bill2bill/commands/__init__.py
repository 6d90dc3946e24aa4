"""One file per host command: the sentence that joins panel, journal and upstream.

A command module has `run(world) -> Optional[bytes]`: the reply document, or None for operations, which have none (host-protocol 2.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict


@dataclass(frozen=True)
class Command:
    """operation: works on one item, may carry --runningoperation, keeps still on a panel with etc/billmgr.DoNothing."""

    operation: bool


QUESTION, OPERATION = Command(operation=False), Command(operation=True)

REGISTRAR: Dict[str, Command] = {
    "check_connection": QUESTION,
    "close": OPERATION,
    "features": QUESTION,
    "get_contact_type": QUESTION,
    "open": OPERATION,
    "prolong": OPERATION,
    "resume": OPERATION,
    "suspend": OPERATION,
    "sync_item": OPERATION,
    "tune_connection": QUESTION,
    "update_ns": OPERATION,
    "whois": QUESTION,
}

COMMANDS: Dict[str, Dict[str, Command]] = {"registrar": REGISTRAR}
