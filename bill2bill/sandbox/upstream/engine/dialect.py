"""What a dialect brings to the sandbox: its addresses, its provider, its answers, its faults and its control
URLs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, FrozenSet, Mapping, Tuple

from bill2bill.sandbox.upstream.engine.faults import Spoiler
from bill2bill.sandbox.upstream.engine.running import Running
from bill2bill.sandbox.upstream.engine.wire import Answer, Request


@dataclass(frozen=True)
class Dialect:
    """play is its name among the servers that can stand at the address; error_keys are what a fault of kind
    `error` may say.

    answer gets a Running that start made; handlers of routes get (site, body, query).
    """

    play: str
    url: str  # path in the ready line
    paths: Tuple[str, ...]  # where the API answers
    cookie: str  # that carries a session
    start: Callable[[str, str, Path, Mapping[str, object]], Running]
    answer: Callable[[Any, Request], Answer]
    plain_success: Callable[[Any, Request], Answer]
    spoilers: Mapping[str, Spoiler]
    short: Mapping[str, Mapping[str, Any]]
    error_keys: FrozenSet[str]
    routes: Mapping[Tuple[str, str], Callable[[Any, Any, Mapping[str, str]], Any]]
