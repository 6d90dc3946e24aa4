"""Latin spelling of names: the upstream never fills Latin fields itself (upstream-billmanager4 5.5.2)."""

from __future__ import annotations

import unicodedata
from typing import Iterator

from bill2bill.rules.words import UnknownWord

# upstream-billmanager4 5.5.2, the provider's own table; Ё, missing there, is E as the reference advises
LETTERS = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "j", "з": "z", "и": "i",
    "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ф": "f", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ъ": "y", "ы": "yi",
    "ь": "", "э": "e", "ю": "yu", "я": "ya",
    # neighbours that Unicode does not take apart by itself
    "і": "i", "є": "e", "ґ": "g", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae",
    "œ": "oe", "ı": "i",
}  # fmt: skip
SIGNS = {
    "«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "’": "'", "‘": "'", "ʼ": "'", "–": "-", "—": "-",
    "Ъ": "",  # the provider's table drops the capital hard sign
}  # fmt: skip


def transliterate(text: str) -> str:
    """ASCII spelling of `text`; ASCII itself stays, other signs than letters and digits may vanish.

    Raises UnknownWord("letter", ...) on a letter of a script that it does not know: a name without it would
    be another name.
    """
    text = unicodedata.normalize("NFC", text)
    return "".join(_spelled(char, text[place + 1 : place + 2]) for place, char in enumerate(text))


def _spelled(char: str, following: str) -> str:
    if char.isascii():
        return char
    if char in SIGNS:
        return SIGNS[char]
    lower = char.lower()
    if lower not in LETTERS:
        return "".join(_pieces(char))
    latin = LETTERS[lower]
    if char == lower:
        return latin
    return latin.capitalize() if following.islower() else latin.upper()  # Юрий is Yuriy, ЮРИЙ is YURIY


def _pieces(char: str) -> Iterator[str]:
    """What is left of a composed character (é, №, Ў) without its accents."""
    for piece in unicodedata.normalize("NFKD", char):
        if piece.isascii():
            yield piece
        elif piece.lower() in LETTERS:
            yield LETTERS[piece.lower()].upper() if piece.isupper() else LETTERS[piece.lower()]
        elif unicodedata.category(piece)[0] == "L":
            raise UnknownWord("letter", piece)
        elif unicodedata.category(piece) == "Nd":
            yield str(unicodedata.digit(piece))
