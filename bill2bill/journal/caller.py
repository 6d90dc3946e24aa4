"""Who asks about the purchases of an item."""

from __future__ import annotations

from datetime import datetime
from typing import Callable, NamedTuple, Optional


class Caller(NamedTuple):
    """The command that asks about the purchases of one item, and what it can see on the panel.

    operation            the running operation; None: nobody who may buy (a comparison)
    attempt              the operation's count of tries
    exists(operation)    is this running operation on the panel?
    one_waits()          does any operation of this kind wait on the panel for the item?
    note                 what the panel keeps of the item's last purchase, as it stands there
    name, itemtype, module   of the item, for a purchase that only the note tells of
    counts_months        are months bought and sold of this item counted (decision 8)?
    created()            when the operation that asks was created: local time in whole seconds; None where the
                         panel does not tell
    """

    item: int
    kind: str
    operation: Optional[int]
    attempt: int
    exists: Callable[[int], bool]
    one_waits: Callable[[], bool]
    note: str = ""
    name: str = ""
    itemtype: str = ""
    module: int = 0
    counts_months: bool = False
    created: Callable[[], Optional[datetime]] = lambda: None
