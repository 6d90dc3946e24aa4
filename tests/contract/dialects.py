"""The dialects under the contract, and what each of them cannot do, with the reason. A new dialect is one more entry here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Dict

from bill2bill.upstream.api import Upstream
from bill2bill.upstream.billmgr4.adapter import Billmgr4
from bill2bill.upstream.http import Http


@dataclass(frozen=True)
class Dialect:
    name: str
    make: Callable[[Http, str, str, str], Upstream]
    cannot: Dict[str, str] = field(default_factory=dict)


DIALECTS = (
    Dialect(
        "4",
        Billmgr4,
        cannot={
            "key_of_a_purchase": "there is no idempotency key: two calls are two purchases (upstream-billmanager4 5.7, 9.1)",
            "date_in_the_answer": "the answer to a renewal carries no new date (upstream-billmanager4 5.7)",
        },
    ),
)
