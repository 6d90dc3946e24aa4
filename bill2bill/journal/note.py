"""What the panel keeps of an item's last purchase, in one item parameter beside the link.

The journal and the panel's database are two files with two backups. Each may be lost, or come back older than
the other, and the number of an item may be given to another one. The note shows that: see reconciliation.py.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple, Optional

from bill2bill.errors import Failure, Phrase, Raw

PARAM = "bill2bill_purchase"  # the item parameter
SHAPE = re.compile(
    r"id=(?P<token>[0-9a-f]{16});"
    r"(?:try=(?P<attempt>[1-9][0-9]{0,8});before=(?P<before>[0-9]{4}-[0-9]{2}-[0-9]{2}|);months=(?P<months>[0-9]{1,4});period=(?P<period>[0-9]{0,15})|done;left=(?P<left>-?[0-9]{1,6}))"
)


class Note(NamedTuple):
    """token: of the purchase. attempt: the request that was about to leave, 0 = over, and the panel was told.

    before (None for an order), months and period: of a purchase that is not over, as the journal keeps them.
    left: months bought and not sold, of one that is over (decision 8).
    """

    token: str
    attempt: int = 0
    before: Optional[date] = None
    months: int = 0
    period: Optional[int] = None
    left: int = 0

    @property
    def kind(self) -> str:
        return "open" if self.attempt and self.before is None else "prolong"

    def __str__(self) -> str:
        if not self.attempt:
            return f"id={self.token};done;left={self.left}"
        request = f"try={self.attempt};before={self.before or ''}"
        return f"id={self.token};{request};months={self.months};period={self.period or ''}"


def read(text: str) -> Optional[Note]:
    """None for no note. Raises panel_data on a text that is not ours."""
    if not text:
        return None
    shape = SHAPE.fullmatch(text)
    try:
        if shape is None:
            raise ValueError(text[:80])
        before = date.fromisoformat(shape["before"]) if shape["before"] else None
    except ValueError as error:
        raise Failure("panel_data", object=Phrase("panel_note"), reason=Raw(error)) from error
    numbers = shape.group("attempt", "months", "period", "left")
    attempt, months, period, left = (int(number or 0) for number in numbers)
    return Note(shape["token"], attempt, before, months, period or None, left)
