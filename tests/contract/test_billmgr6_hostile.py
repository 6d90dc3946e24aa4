"""Whatever a provider answers, reading it ends in a result or in a clear failure."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bill2bill.errors import Failure
from bill2bill.upstream.billmgr6.account import identity_of
from bill2bill.upstream.billmgr6.catalogue import tariffs_of
from bill2bill.upstream.billmgr6.envelope import Doc, read_doc
from bill2bill.upstream.billmgr6.forms import choices_of, order_form_of
from bill2bill.upstream.billmgr6.reading import (
    accepted,
    receipt_of,
    same_object,
    service_form_of,
    service_of,
    tells_enough,
)
from bill2bill.upstream.body import Unreadable
from bill2bill.upstream.parsing import OtherDialect

NAMES = (
    "id elid item.id billorder ok doc elem error param metadata slist val pricelist price period addon"
    " datacenter addontype enumeration enumerationitem item_status status expiredate autoprolong addon_101"
    " addon_101_current_value user version project balance creditlimit field slider input $ $orig $name $key"
    " $type $object $cost $length $currency $min $max $balance $account"
)
WORDS = st.sampled_from(NAMES.split())
TEXTS = st.sampled_from(
    [
        "",
        "1",
        "0",
        "-1",
        "2",
        "5_open",
        "on",
        "null",
        "9.00",
        "9,00 EUR",
        "EUR",
        "month",
        "year",
        "2026-12-01",
        "1e9",
        "٣",
        "99999999999999999999",
        "x",
    ]
)
VALUES = st.recursive(
    TEXTS | st.text(max_size=5) | st.none() | st.booleans() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=25,
)


def read(text: str) -> Any:
    try:
        return read_doc(io.BytesIO(text.encode("utf-8", "replace")))
    except (Unreadable, OtherDialect):
        return None


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda data: data.decode("latin-1")))
def test_any_bytes_are_an_answer_or_unreadable(text: str) -> None:
    for whole in (text, f"<doc>{text}</doc>", f'{{"doc":{text}}}'):
        assert isinstance(read(whole), (Doc, type(None)))


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(WORDS, VALUES, max_size=8))
def test_any_tree_is_understood_or_a_failure(tree: Any) -> None:
    doc = read(json.dumps({"doc": tree}))
    if doc is None:
        return
    node = doc.node
    readings = (
        lambda: service_of(node, "vds"), lambda: service_form_of(node, "vds.edit"),
        lambda: same_object(node, 7, "vds.edit"),
        lambda: receipt_of(doc, "vds.order.param"), lambda: accepted(doc, "vds.edit"),
        lambda: identity_of(lambda func: node, "x"),
        lambda: order_form_of(node, "vds.order.param"), lambda: tariffs_of(node),
        lambda: tells_enough(node, True), lambda: choices_of(node, "pricelist"),
    )  # fmt: skip
    for reading in readings:
        with suppress(Failure):
            reading()
