"""One cell of the panel's tables as a value; absent or of another kind is Failure("panel_data"), no guess.

about: the row; what: its field, as the panel names it.
"""

from __future__ import annotations

import re
from datetime import date
from typing import List, Optional

from bill2bill.errors import Failure, Phrase
from bill2bill.host.database import Row
from bill2bill.rules.periods import parse_date


def only(about: Phrase, rows: List[Row]) -> Row:
    if len(rows) != 1:
        raise Failure("panel_data", object=about, reason=Phrase("there_twice") if rows else Phrase("absent"))
    return rows[0]


def text_of(about: Phrase, what: str, value: Optional[str]) -> str:
    """Without the space around it. A control character in it comes from nobody's keyboard."""
    text = (value or "").strip()
    if not text:
        raise Failure("panel_data", object=about, reason=Phrase("field_empty", name=what))
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise Failure("panel_data", object=about, reason=Phrase("field_with_control", name=what))
    return text


def number_of(about: Phrase, what: str, value: Optional[str]) -> int:
    text = text_of(about, what, value)
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise Failure("panel_data", object=about, reason=Phrase("field_not_number", name=what))
    return int(text)


def date_of(about: Phrase, what: str, value: Optional[str]) -> Optional[date]:
    """YYYY-MM-DD, with or without a time; NULL, "" and zero dates are None."""
    text = (value or "").strip().split(" ")[0]
    if text in ("", "0000-00-00"):
        return None
    day = parse_date(text)
    if day is None:
        raise Failure("panel_data", object=about, reason=Phrase("field_not_date", name=what))
    return day
