"""The kinds of purchase: what may be bought for an item. A new kind is a new row."""

from __future__ import annotations

from typing import Dict, NamedTuple


class Kind(NamedTuple):
    """What the journal knows of one kind of purchase. Its words for people are in messages/history.py.

    command     the panel's command that buys it (host-protocol 2.5)
    opens       it gives the item its service: bought once, continued whatever the operation's number
    repeatable  the next one may look like the last one, so the panel keeps a note of the end of each
    noted       the panel keeps a note of it (note.py); a change is a state of the service and needs none
    counts      it buys months that are counted against the months sold (decision 8)
    """

    command: str
    opens: bool = False
    repeatable: bool = False
    noted: bool = False
    counts: bool = False


KINDS: Dict[str, Kind] = {
    "open": Kind("open", opens=True, noted=True, counts=True),
    "prolong": Kind("prolong", repeatable=True, noted=True, counts=True),
    "changepricelist": Kind("setparam"),
    "setparam": Kind("setparam"),
}
