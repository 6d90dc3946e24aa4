"""The connection that a person has just typed into the panel's form and that is not saved yet (host-protocol
2.4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bill2bill.config import Connection, connection
from bill2bill.errors import Failure
from bill2bill.host import document, log

if TYPE_CHECKING:
    from bill2bill.commands.world import World


def entered_connection(world: World) -> Connection:
    form = document.read_document(world.stdin).find("processingmodule")
    if form is None:
        raise Failure("bad_input", reason="/doc/processingmodule")
    values = {str(field.tag): field.text or "" for field in form if isinstance(field.tag, str)}
    entered = connection(world.kind, world.call.module or 0, values)
    log.hide([entered.password, f"{entered.username}:{entered.password}"])
    return entered
