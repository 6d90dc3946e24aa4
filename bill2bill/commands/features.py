"""What this module can do, from the declarations; the installer stores the answer so that the panel gets it without this file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bill2bill.commands import REGISTRAR
from bill2bill.config import CONNECTION
from bill2bill.host.features import features
from bill2bill.services.domain import ITEMTYPE

if TYPE_CHECKING:
    from bill2bill.commands.world import World


def run(world: World) -> bytes:
    return features([ITEMTYPE], [(field.name, field.secret) for field in CONNECTION], sorted(REGISTRAR))
