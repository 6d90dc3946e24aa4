"""docs/sandbox-panel.md names everything that a person can call, switch and read."""

from __future__ import annotations

from pathlib import Path

from bill2bill.sandbox.host.dispatch import load_all
from bill2bill.sandbox.host.functions.person_panel import LOGS
from bill2bill.sandbox.host.registry import FUNCTIONS
from bill2bill.sandbox.host.switches import SWITCHES

PAGE = (Path(__file__).parents[2] / "docs/sandbox-panel.md").read_text(encoding="utf-8")


def test_every_function_of_a_person_is_documented():
    load_all()
    assert [name for name in FUNCTIONS if name.startswith("sandbox.") and f"`{name}" not in PAGE] == []


def test_every_switch_and_its_values_are_documented():
    for name, switch in SWITCHES.items():
        line = next(
            (
                line
                for line in PAGE.partition("## Switches")[2].splitlines()
                if line.startswith("|") and f"`{name}`" in line
            ),
            "",
        )
        assert line, name
        for choice in switch.choices:
            assert choice == "seconds" or f"`{choice}`" in line, (name, choice)
        assert f"`{switch.default}`" in line or not switch.default, name


def test_every_log_is_documented():
    for name in LOGS:
        assert f"`{name}.jsonl`" in PAGE


def test_every_function_says_what_it_does():
    load_all()
    assert [name for name, one in FUNCTIONS.items() if not one.about] == []
