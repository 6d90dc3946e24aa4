"""What a person does with the sandbox itself: switches, problems, menu, a fresh beginning."""

from __future__ import annotations

import os

from .. import descriptions, schema, seeds, start
from ..documents import Element, PanelError, ok, rows
from ..panel import Panel, Request
from ..registry import function
from ..switches import SWITCHES

LOGS = ("mgrctl", "runs", "starts")


@function("sandbox.set", "<switch>=", writes=True)
def set_switches(panel: Panel, request: Request) -> Element:
    """Change switches; `sandbox.get` lists them."""
    changes = request.others()
    if not changes:
        raise PanelError("missed", "switch")
    for name, value in changes.items():
        panel.switches.set(name, value)
    return ok()


@function("sandbox.get", "[name]")
def get_switches(panel: Panel, request: Request) -> Element:
    """Switches with their values, choices and meaning."""
    wanted = request.get("name")
    if wanted and wanted not in SWITCHES:
        raise PanelError("missed", "switch", wanted)
    return rows(
        {
            "name": name,
            "value": panel.switches[name],
            "choices": " ".join(switch.choices),
            "about": switch.text,
        }
        for name, switch in SWITCHES.items()
        if wanted in {"", name}
    )


@function("sandbox.problems", "[kind=start|registered]")
def problems(panel: Panel, request: Request) -> Element:
    """What went wrong at start, and what modules reported by problems.register."""
    wanted = {"kind": request.get("kind")} if request.get("kind") else {}
    return rows(panel.db.find("sandbox_problem", **wanted))


@function("sandbox.menu", "[lang]")
def menu(panel: Panel, request: Request) -> Element:
    """Entries that plugins add to the main menu."""
    return rows(descriptions.menu(panel, request.lang))


@function("sandbox.reset")
def reset(panel: Panel, request: Request) -> Element:
    """Forget all data, switches and logs; modules and plugins stay, the next call starts the panel anew."""
    with panel.db.transaction():
        for table in schema.tables():
            panel.db.delete(table)
    panel.db.restart_numbers(schema.tables())
    with panel.db.transaction():
        seeds.plant(panel.db)
        start.stop(panel)
    for name in LOGS:
        if os.path.exists(panel.log(name)):
            os.unlink(panel.log(name))
    return ok()
