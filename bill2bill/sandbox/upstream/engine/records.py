"""Append-only records for tests: the ledger of charges and the log of requests, in memory and as JSON
lines.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Dict, List, Mapping

SECRETS = frozenset({"auth", "password", "passwd", "confirm", "key", "auth_code", "birthdate", "inn"})
MASK = "***"


def masked(params: Mapping[str, str]) -> Dict[str, str]:
    """The parameters with secrets and identity papers replaced; of authinfo the login stays."""
    return {name: _masked(name, value) for name, value in params.items()}


def _masked(name: str, value: str) -> str:
    if name == "authinfo":
        return f"{value.partition(':')[0]}:{MASK}"
    secret = name in SECRETS or name.startswith("passport")
    return MASK if secret and value else re.sub(r"(authinfo=[^:&]*:)[^&]*", rf"\g<1>{MASK}", value)


class Records:
    """A list that only grows, and its file. Appends happen under the provider's lock."""

    def __init__(self, path: Path, key: str) -> None:
        self.rows: List[Dict[str, Any]] = []
        self._path = path
        self._key = key
        self._open = True
        path.write_text("", encoding="utf-8")

    def add(self, row: Dict[str, Any]) -> Dict[str, Any]:
        """Append a row, numbered from 1 under the key; it is on disk before the answer is sent. Returns the
        stored row."""
        row = {self._key: len(self.rows) + 1, **row}
        self.rows.append(row)
        if self._open:
            with self._path.open("a", encoding="utf-8", errors="replace") as file:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        return row

    def close(self) -> None:
        """Stop writing: a request that outlives a reset must not write into the new provider's file."""
        self._open = False
