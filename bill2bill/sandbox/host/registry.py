"""How a function of the panel is declared."""

from __future__ import annotations

import re
from typing import Callable, Dict, NamedTuple

from .documents import Element
from .panel import ADMIN_LEVEL, Panel, Request

Implementation = Callable[[Panel, Request], Element]


class Function(NamedTuple):
    name: str
    params: str  # names for `mgrctl -i`; brackets mark what may be left out
    about: str
    call: Implementation
    writes: bool  # runs inside one transaction
    level: int  # lowest access level that may call it

    @property
    def only_with_sok(self) -> bool:
        """Without sok=ok a write is a read (host-protocol 5.1). Functions with `sok` in brackets check it
        themselves or ignore it.
        """
        return self.writes and "sok" in re.sub(r"\[.*?\]", "", self.params).split()


FUNCTIONS: Dict[str, Function] = {}


def function(
    name: str, params: str = "", writes: bool = False, level: int = ADMIN_LEVEL
) -> Callable[[Implementation], Implementation]:
    """Declare a function of the panel. `*` in a name stands for the internal name of any item type.

    A function that starts modules must not be one that `writes`: it opens its own short transactions.
    """

    def declare(call: Implementation) -> Implementation:
        FUNCTIONS[name] = Function(
            name,
            params,
            (call.__doc__ or "").strip().splitlines()[0] if call.__doc__ else "",
            call,
            writes,
            level,
        )
        return call

    return declare
