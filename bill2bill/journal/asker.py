"""Who asks about the purchases of an item."""

from __future__ import annotations

from typing import Callable, NamedTuple, Optional


class Asker(NamedTuple):
    """operation None: nobody who may buy (a comparison).

    is_there(operation)  is this running operation on the panel?
    one_waits()          does any operation of this kind wait on the panel for the item?
    note                 what the panel keeps of the item's last purchase, as it stands there
    name, module         the item's name and connection, for a purchase that only the note tells of
    is_older(moment)     was the operation that asks there already at this moment (seconds since the epoch),
                         or can that not be told?
    """

    item: int
    kind: str
    operation: Optional[int]
    trycount: int
    is_there: Callable[[int], bool]
    one_waits: Callable[[], bool]
    note: str = ""
    name: str = ""
    module: int = 0
    is_older: Callable[[float], bool] = lambda _: True
