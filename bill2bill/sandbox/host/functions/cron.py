"""Cron actions of the panel (host-protocol 7.7): each runs the regular command of every instance that
declares it.
"""

from __future__ import annotations

from ..documents import Element, PanelError
from ..panel import Panel, Request
from ..registry import FUNCTIONS, Call, function
from . import person_work

COMMANDS = {
    "processing.checkbalance": "getbalance",
    "processing.syncserver.cron": "sync_server",
    "statdaily.cron": "stat",
}


def _regular(command: str) -> Call:
    def run(panel: Panel, request: Request) -> Element:
        """Run the regular command of every active instance whose module declares it."""
        return person_work.cron(panel, Request("sandbox.cron", {**request.params, "name": command}))

    return run


for _name, _command in COMMANDS.items():
    function(_name, "[module]")(_regular(_command))


@function("crontask", "action=<function>")
def crontask(panel: Panel, request: Request) -> Element:
    """Run a cron action."""
    action = request.need("action")
    if action not in COMMANDS:
        raise PanelError("value", "action", action)
    return FUNCTIONS[action].call(panel, request)
