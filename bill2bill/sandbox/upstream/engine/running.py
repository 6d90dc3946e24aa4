"""What every played provider has, whatever its version: a lock, a login, switches, a clock, a ledger and a
log of requests.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Dict

from bill2bill.sandbox.upstream.engine.clock import Clock
from bill2bill.sandbox.upstream.engine.records import Records
from bill2bill.sandbox.upstream.engine.switches import Switches


class Running:
    """The state of one running provider; a reset makes a new one. folder gets ledger.jsonl and
    requests.jsonl.
    """

    def __init__(self, login: str, password: str, folder: Path, switches: Switches) -> None:
        self.lock = threading.RLock()
        self.login, self.password = login, password
        self.switches = switches
        self.clock = Clock()
        self.ledger = Records(folder / "ledger.jsonl", "id")
        self.requests = Records(folder / "requests.jsonl", "n")
        self.sessions: Dict[str, float] = {}  # id -> second of its last use
        self.wrong_logins = 0

    def settle(self) -> None:
        """Finish what is due by now; asked before every request."""
        raise NotImplementedError
