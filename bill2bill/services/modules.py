"""Our two modules for the panel: their executables and what they sell."""

from __future__ import annotations

from typing import Dict, Mapping, NamedTuple, Tuple

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


def types_of(executables: Mapping[int, str]) -> Dict[int, str]:
    """Number of a connection -> type of its items, of connections to our modules that serve one type."""
    single = [module for module in MODULES.values() if len(module.itemtypes) == 1]
    known = {module.executable: module.itemtypes[0] for module in single}
    return {number: known[name] for number, name in executables.items() if name in known}
