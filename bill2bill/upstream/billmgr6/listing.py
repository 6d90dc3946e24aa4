"""All rows of a list, page by page (upstream-billmanager6 2.2, 10 Q18, Q27)."""

from __future__ import annotations

import logging
from typing import Iterator, List, Optional, Set, Tuple

from bill2bill.errors import Failure, Phrase
from bill2bill.upstream.billmgr6 import types as wire
from bill2bill.upstream.billmgr6.client import Client
from bill2bill.upstream.billmgr6.envelope import Node
from bill2bill.upstream.billmgr6.forms import fields_of

log = logging.getLogger("bill2bill.upstream")

MOST_PAGES = 20_000  # of the fifty rows that a provider may insist on


def all_rows(client: Client, itemtype: str) -> Iterator[Node]:
    """Each row once, whatever page it stands on; a filter that somebody left behind is taken off first.

    Raises Failure for an unreadable page, or fewer rows than are counted: read to its end the list is whole.
    """
    take_filter_off(client, itemtype)
    seen: Set[str] = set()
    total: Optional[int] = None
    for number in range(1, MOST_PAGES + 1):
        before = len(seen)
        for name, node in client.page(itemtype, number):
            if name == wire.TOTAL:
                total = int(node.text) if node.text.isdecimal() else total
            elif name == wire.ROW:
                key = node.get("id") or f"{number}.{len(seen)}"
                if key not in seen:
                    seen.add(key)
                    yield node
        if len(seen) == before or (total is not None and len(seen) >= total):
            break
    else:
        raise Failure("upstream_answer", func=itemtype, reason=Phrase("too_many_pages", most=MOST_PAGES))
    if total is not None and len(seen) < total:
        missing = Phrase("rows_missing", found=len(seen), total=total)
        raise Failure("upstream_answer", func=itemtype, reason=missing)


def newest_rows(client: Client, itemtype: str) -> Tuple[List[Node], Optional[int]]:
    """The first page by falling number, and the count of all rows, if told. The caller checks that the
    upstream has sorted.
    """
    take_filter_off(client, itemtype)
    rows: List[Node] = []
    total: Optional[int] = None
    for name, node in client.page(itemtype, 1, wire.NEWEST_ROWS, wire.NEWEST_FIRST):
        if name == wire.TOTAL and node.text.isdecimal():
            total = int(node.text)
        elif name == wire.ROW:
            rows.append(node)
    return rows, total


def take_filter_off(client: Client, itemtype: str) -> None:
    """A filter stored for this login, by a person in the panel too, silently shortens lists: all fields of
    its form are emptied. An upstream without such a function for this type has no filter.
    """
    func = f"{itemtype}.filter"
    try:
        fields = fields_of(client.call(func, {}).node)
        client.call(func, {**dict.fromkeys(fields, ""), wire.SOK: wire.OK})
    except Failure as failure:
        if failure.code not in ("upstream_refused", "upstream_trouble", "rights_missing"):
            raise
        log.info("%s: the list may be filtered: %s", func, failure)
