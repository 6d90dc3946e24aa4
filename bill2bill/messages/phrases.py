"""Parts of sentences in both languages, by the code of their Phrase: reasons, and names of things."""

from __future__ import annotations

from typing import Dict

from bill2bill.messages import Text

PHRASES: Dict[str, Text] = {}
