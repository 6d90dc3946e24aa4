"""Configured instances of modules: connection parameters, clear and encrypted (host-protocol 3, 6.1, 6.4)."""

from __future__ import annotations

from typing import Dict, Mapping

from . import modules, seeds
from .crypt import decrypt, encrypt
from .documents import PanelError
from .panel import Panel


def values(panel: Panel, instance: object) -> Dict[str, str]:
    """Every stored parameter of an instance, passwords in clear."""
    found = {
        row["intname"]: row["value"] or ""
        for row in panel.db.find("processingparam", processingmodule=instance)
    }
    for row in panel.db.find("processingcryptedparam", processingmodule=instance):
        found[row["intname"]] = decrypt(panel.key, row["value"] or "")
    return found


def encrypted(panel: Panel, name: str, given: Mapping[str, str]) -> Dict[str, str]:
    """The values as they will be stored: what the module declares as crypted is encrypted, what it does not
    declare is left out.
    """
    secret = set(modules.crypted(panel, name))
    known = modules.declared(panel, name, "param")
    try:
        return {
            key: encrypt(panel.key, value) if key in secret else value
            for key, value in given.items()
            if key in known
        }
    except ValueError:
        raise PanelError("value", "password", "too long to be encrypted") from None


def create(
    panel: Panel, name: str, itemtype: str, title: str, datacenter: str = "", department: str = ""
) -> int:
    """A new active instance of a module. Call inside a transaction."""
    found = panel.db.find("itemtype", intname=itemtype)
    if not found:
        raise PanelError("missed", "itemtype", itemtype)
    places = {"datacenter": datacenter or seeds.DATACENTER, "department": department or seeds.DEPARTMENT}
    return panel.db.insert(
        "processingmodule",
        name=title,
        module=name,
        active="on",
        orderpriority=0,
        itemtype=found[0]["id"],
        **places,
    )


def store(panel: Panel, name: str, instance: object, stored: Mapping[str, str]) -> None:
    """Call inside a transaction, with what `encrypted` returned."""
    secret = set(modules.crypted(panel, name))
    for key, value in stored.items():
        table = "processingcryptedparam" if key in secret else "processingparam"
        panel.db.put(table, {"processingmodule": instance, "intname": key}, value=value)


def hide(panel: Panel, name: str) -> set[str]:
    """Names of parameters that no log may show."""
    return set(modules.crypted(panel, name))
