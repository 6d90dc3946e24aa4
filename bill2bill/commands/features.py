"""What this module can do, from the declarations; the installer stores the answer so that the panel gets it
without this file.
"""

from __future__ import annotations

from bill2bill.commands import COMMANDS, FLAGS
from bill2bill.commands.context import Context
from bill2bill.config import CONNECTIONS
from bill2bill.host.reply import features
from bill2bill.services.modules import MODULES


def run(context: Context) -> bytes:
    settings = [(field.name, field.secret) for field in CONNECTIONS[context.kind]]
    return features(
        MODULES[context.kind].itemtypes, settings, sorted([*COMMANDS[context.kind], *FLAGS[context.kind]])
    )
