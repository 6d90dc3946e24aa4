"""The section on dialect 6 in docs/sandbox-upstream.md tells everything that can be asked for, and its curl
lines work.
"""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

from bill2bill.sandbox.upstream.billmgr6.answers import FUNCTIONS, OF_TYPE, V2
from bill2bill.sandbox.upstream.billmgr6.control import ROUTES
from bill2bill.sandbox.upstream.billmgr6.faults import SHORT, SPOILERS
from bill2bill.sandbox.upstream.billmgr6.fixtures import plans
from bill2bill.sandbox.upstream.billmgr6.switches import SWITCHES

WHOLE = (Path(__file__).parents[2] / "docs" / "sandbox-upstream.md").read_text(encoding="utf-8")
TEXT = WHOLE.partition("\n## Dialect 6")[2]
CURLS = [line for line in TEXT.splitlines() if line.startswith("curl ")]


def test_every_switch_is_documented_with_its_default_and_sentence():
    for switch in SWITCHES:
        default = switch.default if isinstance(switch.default, str) else json.dumps(switch.default)
        assert f"| `{switch.name}` | `{default}` | {switch.meaning} |" in TEXT


def test_every_function_and_fault_is_documented():
    for func in (
        *FUNCTIONS,
        *(f"X.{action}" for action in OF_TYPE if action),
        *(f"v2.X.{action}" for action in V2),
    ):
        assert re.search(rf"(?<![\w.]){re.escape(func)}[,.;]", TEXT), func
    for kind in (*SPOILERS, *SHORT):
        assert f"`{kind}`" in WHOLE, kind


def test_every_tariff_is_documented_with_its_prices():
    for plan in plans():
        row = next(line for line in TEXT.splitlines() if line.startswith(f"| `{plan.itemtype.intname}`"))
        assert str(plan.id) in row
        for months, price in plan.prices.items():
            assert (f"{price} ({months})" if months > 0 else f"trial ({months})") in row, plan.name


def test_every_control_url_is_shown_with_curl():
    for method, name in ROUTES:
        shown = [line for line in CURLS if re.search(rf"\$CONTROL/{name}(\s|$)", line)]
        posted = [line for line in shown if " -d " in line or "-X" in line]
        assert any(method in line for line in posted) or (
            posted if method == "POST" else set(shown) - set(posted)
        ), (method, name)


def test_every_curl_line_works_in_the_order_of_the_page(provider6):
    for line in CURLS:
        words = shlex.split(line, comments=True)
        data = words[words.index("-d") + 1] if "-d" in words else None
        method = words[words.index("-X") + 1] if "-X" in words else "POST" if data is not None else "GET"
        url = words[-1].replace("$CONTROL/", provider6.control).replace("$API", provider6.url)
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if data is not None else {}
        provider6.http.delete(provider6.control + "faults", timeout=5)
        answer = provider6.http.request(method, url, data=data and data.encode(), headers=headers, timeout=10)
        assert answer.status_code == 200, line
        assert "$CONTROL" in line or not re.search('"error": |<error ', answer.text), f"{line}\n{answer.text}"
