"""Logs for tests: one JSON line per call, run and start, in var/sandbox/."""

from __future__ import annotations

import json
import os
import re
from typing import Dict, Iterable, Mapping

from .dates import now

MASK = "***"
SECRET = re.compile("passw(or)?d|secret|token", re.IGNORECASE)
SHOWN = 65536  # characters of a text that are kept


def append(path: str, **facts: object) -> None:
    """One line in one write, so that lines of parallel processes do not mix."""
    line = json.dumps({"time": now(), **facts}, ensure_ascii=False) + "\n"
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(target, line.encode("utf-8", "replace"))
    finally:
        os.close(target)


def masked(params: Mapping[str, str], secrets: Iterable[str]) -> Dict[str, str]:
    """Parameters for the log: passwords and what the call itself found to be secret are hidden."""
    hidden = set(secrets)
    return {
        name: MASK if value and (name in hidden or SECRET.search(name)) else value
        for name, value in params.items()
    }


def without(text: str, secrets: Iterable[str]) -> str:
    """The text without these values, also as XML writes them, and not longer than a log line should be."""
    for secret in secrets:
        if secret:
            escaped = secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            text = text.replace(secret, MASK).replace(escaped, MASK)
    return text[:SHOWN]
