"""One sentence, or a part of one, in both languages."""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    en: str
    ru: str

    def of(self, lang: str) -> str:
        return self.ru if lang == "ru" else self.en
