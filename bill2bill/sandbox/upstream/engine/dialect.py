"""The interface of a dialect: its provider, its paths, its answers, its faults and its control URLs."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, FrozenSet, Mapping, Tuple

from bill2bill.sandbox.upstream.engine.clock import Clock
from bill2bill.sandbox.upstream.engine.faults import Spoiler
from bill2bill.sandbox.upstream.engine.records import Records
from bill2bill.sandbox.upstream.engine.switches import Switches
from bill2bill.sandbox.upstream.engine.wire import Answer, Request


class BaseProvider:
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
        """Finish the operations that are due; called before every request."""
        raise NotImplementedError


@dataclass(frozen=True)
class Dialect:
    """play is the dialect's value of the switch `play`; error_keys are the keys that a fault of kind `error`
    takes.

    answer gets the provider that start returned; handlers of routes get (site, body, query).
    """

    play: str
    url: str  # path in the ready line
    paths: Tuple[str, ...]  # where the API answers
    cookie: str  # that carries a session
    start: Callable[[str, str, Path, Mapping[str, object]], BaseProvider]
    answer: Callable[[Any, Request], Answer]
    plain_success: Callable[[Any, Request], Answer]
    spoilers: Mapping[str, Spoiler]
    short: Mapping[str, Mapping[str, Any]]
    error_keys: FrozenSet[str]
    routes: Mapping[Tuple[str, str], Callable[[Any, Any, Mapping[str, str]], Any]]
