"""docs/testing.md has a test to copy. It holds."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"


def test_the_test_to_copy_is_eight_lines_long_and_passes(shop):
    section = PAGE.read_text(encoding="utf-8").split("## An eight-line test to copy\n")[1]
    code = re.search(r"^```\n(.*?)^```$", section, re.MULTILINE | re.DOTALL).group(1)
    assert len(code.splitlines()) == 8
    names = {}
    exec(code, names)
    (test,) = [value for name, value in names.items() if name.startswith("test_")]
    test(shop)
