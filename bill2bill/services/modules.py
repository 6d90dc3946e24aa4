"""Our two modules for the panel: their executables and what they sell."""

from __future__ import annotations

from typing import Dict, NamedTuple, Tuple

from bill2bill.services import domain, service
from bill2bill.services.sold import SOLD


class Module(NamedTuple):
    """folder: where its executable stands in the source."""

    executable: str
    folder: str
    itemtypes: Tuple[str, ...]


MODULES: Dict[str, Module] = {
    "registrar": Module(domain.EXECUTABLE, "registrar_module", (domain.ITEMTYPE,)),
    "processing": Module(service.EXECUTABLE, "processing", tuple(sorted(SOLD))),
}
