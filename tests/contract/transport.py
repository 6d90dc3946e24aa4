"""Our transport as the contract uses it, and the login that the adapters have."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from bill2bill.upstream.http import Http

USER, PASSWORD = "reseller", "s3cret word/&="


def http(ca_file: str = "", **settings: Any) -> Http:
    """Short times and a small limit, so that a fault is seen soon."""
    usual = {
        "secrets": [PASSWORD], "ca_file": ca_file, "proxy": "", "connect_timeout": 2.0, "read_timeout": 5.0,
        "spend_timeout": 5.0,
        "answer_limit": 1024 * 1024, "gate": nullcontext,
    }  # fmt: skip
    return Http(**{**usual, **settings})
