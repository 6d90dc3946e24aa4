"""Words of the other side, and how they are shown to a person."""

from __future__ import annotations


class UnknownWord(ValueError):
    """A word of the other side that no reference knows: nothing is concluded from it. kind: what was read."""

    def __init__(self, kind: str, word: str) -> None:
        self.kind = kind
        self.word = word
        super().__init__(f"{kind}: {shown(word)}")


def shown(text: str, limit: int = 80) -> str:
    """Foreign text for a message: one line, printable, at most `limit` characters."""
    head = text[: limit + 1]
    line = "".join(char if char.isprintable() else "?" for char in head)
    return line if len(head) <= limit else line[: limit - 1] + "…"
