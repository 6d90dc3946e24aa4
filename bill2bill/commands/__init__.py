"""One file per host command: the sentence that joins panel, journal and upstream.

A command module has `run(context) -> Optional[bytes]`: the reply document, or None for operations, which have
none (host-protocol 2.3). Those of one kind of module are in the folder of its name; those that all kinds
share are here.
"""

from __future__ import annotations

from typing import Dict, NamedTuple, Tuple


class Command(NamedTuple):
    """operation: works on one item, may carry --runningoperation, keeps still on a panel with
    etc/billmgr.DoNothing. file: below this package.
    """

    operation: bool
    file: str = ""


def _commands(kind: str, questions: str, operations: str) -> Dict[str, Command]:
    found = {name: Command(False, f"{kind}.{name}") for name in questions.split()}
    found.update({name: Command(True, f"{kind}.{name}") for name in operations.split()})
    found.update({name: Command(False, name) for name in ("features", "tune_connection")})
    return dict(sorted(found.items()))


# Kind of module (its folder in the source) -> what it can do.
COMMANDS: Dict[str, Dict[str, Command]] = {
    "registrar": _commands(
        "registrar",
        "check_connection get_contact_type whois",
        "close open prolong resume suspend sync_item update_ns",
    ),
    "processing": _commands(
        "processing", "check_connection", "close open prolong resume setparam suspend sync_item"
    ),
}

# Features that are no commands (host-protocol 2.3, kind P): the panel shows the fields of metadata
# `pricelist.<NAME>` in its tariff plans.
FLAGS: Dict[str, Tuple[str, ...]] = {"registrar": (), "processing": ("pricelist_dynamic_settings",)}
