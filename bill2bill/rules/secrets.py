"""Masking of what must not be in a log. Upstream text may repeat credentials: redirects of version 4 do
(upstream-billmanager4 2.3), and answers of versions 5 and 6 hold what was sent in `tparams`
(upstream-billmanager6 1.2).
"""

from __future__ import annotations

import html
import json
import re
from typing import Iterable, Set
from urllib.parse import quote, quote_plus

HIDDEN = "***"
WORD = r"(?:authinfo|auth_code|auth|passwd|password|lickey)"
PAPER = r"passport[a-z_]{0,20}"
WHOLE = r"(?:key|confirm)"  # words that end others too: what is chosen from a list has a `$key` and no secret

GAP = r"\s{0,9}"
OBJECT = rf"(?:{{{GAP}\"\$\"{GAP}:{GAP})?"  # versions 5 and 6 wrap values: {"$": "..."}

# No pattern begins with an open repetition: the time stays linear on whatever the upstream sends.
PATTERNS = (
    re.compile(rf"({WORD}(?:=|%3d))[^&\s\"'<>]+", re.IGNORECASE),
    re.compile(rf"((?<![\w$.-]){WHOLE}(?:=|%3d))[^&\s\"'<>]+", re.IGNORECASE),
    re.compile(rf"({PAPER}(?:=|%3d))[^&\r\n\"<>]+", re.IGNORECASE),  # its value has blanks: series and number
    re.compile(
        rf"((?:{WORD}|{PAPER}|\"{WHOLE})\"{GAP}:{GAP}{OBJECT}\")[^\"\\]*(?:\\.[^\"\\]*)*",
        re.IGNORECASE | re.DOTALL,
    ),
    re.compile(rf"(<(?:user)?(?:{WORD}|{PAPER}|{WHOLE})(?:\s[^<>]{{0,200}})?>)[^<]+", re.IGNORECASE),
    re.compile(rf"(\"auth\"{GAP}:{GAP}{{)[^{{}}]+"),  # a session: {"$id": "...", "$level": "16", "$": "..."}
    re.compile(r"(<auth\s{1,9}id=[\"'])[^\"']+", re.IGNORECASE),
)


def mask(text: str, secrets: Iterable[str]) -> str:
    """`text` with *** for `secrets`, also escaped (URL, XML, JSON), and for telling values. Never raises."""
    spellings = {spelling for secret in secrets for spelling in _spellings(secret)}
    if spellings:
        longest_first = sorted(spellings, key=len, reverse=True)  # one may contain another
        text = re.sub("|".join(map(_any_case_of_codes, longest_first)), HIDDEN, text)
    for pattern in PATTERNS:
        text = pattern.sub(rf"\1{HIDDEN}", text)
    return text


def _spellings(secret: str) -> Set[str]:
    if not secret:
        return set()
    urls = {
        quoted(secret, safe, errors="replace")
        for quoted in (quote, quote_plus)
        for safe in ("", "/", ":", "/:")
    }
    texts = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    texts |= {text.replace("/", "\\/") for text in texts}
    return urls | texts | {secret, html.escape(secret), html.escape(secret, quote=False)}


def _any_case_of_codes(spelling: str) -> str:
    """A pattern for the spelling in which %d0 and %D0 are the same."""
    return re.sub("%[0-9A-F]{2}", lambda code: f"(?i:{code.group()})", re.escape(spelling))
