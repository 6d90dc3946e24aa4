"""docs/sandbox-upstream.md tells everything that the sandbox provider can be asked for, and its curl lines
work.
"""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

from bill2bill.sandbox.upstream.billmgr4.answers import FUNCTIONS
from bill2bill.sandbox.upstream.billmgr4.control import ROUTES
from bill2bill.sandbox.upstream.billmgr4.faults import SHORT, SPOILERS
from bill2bill.sandbox.upstream.billmgr4.switches import SWITCHES
from bill2bill.sandbox.upstream.serve import _parser

TEXT = (
    (Path(__file__).parents[2] / "docs" / "sandbox-upstream.md")
    .read_text(encoding="utf-8")
    .partition("\n## Dialect 6")[0]
)
CURLS = [line for line in TEXT.splitlines() if line.startswith("curl ")]


def test_every_switch_is_documented_with_its_default_and_sentence():
    for switch in SWITCHES:
        default = switch.default if isinstance(switch.default, str) else json.dumps(switch.default)
        assert f"| `{switch.name}` | `{default}` | {switch.meaning} |" in TEXT


def test_every_fault_function_and_option_is_documented():
    for kind in (*SPOILERS, *SHORT, "commit_later"):
        assert f"`{kind}`" in TEXT
    for func in FUNCTIONS:
        assert re.search(rf"\b{re.escape(func)}[,.]", TEXT), func
    for action in _parser()._actions:
        assert (
            action.dest == "help"
            or f"`{action.option_strings[-1]}" in TEXT
            or f" {action.option_strings[-1]}" in TEXT
        )


def test_every_control_url_is_shown_with_curl():
    for method, name in ROUTES:
        shown = [line for line in CURLS if re.search(rf"\$CONTROL/{name}(\s|$)", line)]
        posted = [line for line in shown if " -d " in line or "-X" in line]
        assert any(method in line for line in posted) or (
            posted if method == "POST" else set(shown) - set(posted)
        ), (method, name)


def test_every_curl_line_works(provider):
    provider.contact()
    for line in CURLS:
        words = shlex.split(line, comments=True)
        data = words[words.index("-d") + 1] if "-d" in words else None
        method = words[words.index("-X") + 1] if "-X" in words else "POST" if data is not None else "GET"
        url = (
            words[-1]
            .replace("$CONTROL/", provider.control)
            .replace("$API", provider.url)
            .replace("http://127.0.0.1:8080", provider.site)
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if data is not None else {}
        provider.http.delete(provider.control + "faults", timeout=5)
        answer = provider.http.request(method, url, data=data and data.encode(), headers=headers, timeout=5)
        assert answer.status_code == 200, line
        assert '"error" :' not in answer.text, line
