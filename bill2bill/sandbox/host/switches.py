"""Switches: the open questions of host-protocol 9, and faults."""

from __future__ import annotations

import time
from typing import Dict, NamedTuple, Tuple

from .db import Database
from .documents import PanelError


class Switch(NamedTuple):
    default: str
    choices: Tuple[str, ...]  # empty: free text, "seconds": a positive number
    text: str


SWITCHES: Dict[str, Switch] = {
    "error_mode": Switch(
        "0",
        ("0", "1"),
        "mgrctl on an error: 0 = exit code 0 and an error document, 1 = exit code 1 and text on stderr",
    ),
    "expiredate_moved": Switch(
        "before",
        ("before", "after"),
        "a renewal moves item.expiredate when it is paid, or in service.postprolong",
    ),
    "operation_ids": Switch(
        "kept",
        ("kept", "recreated", "reused"),
        "number of a restarted operation: the same, a new one, or a new one that may have been used",
    ),
    "task_type": Switch("post", ("empty", "post"), "task.gettype answers nothing, or post<command>"),
    "update_ns": Switch(
        "operation",
        ("operation", "direct"),
        "changed name servers start a running operation, or call the module at once",
    ),
    "stored_contact": Switch(
        "select",
        ("select", "fields"),
        "a stored contact reaches validate_service_profile as its id, or as its fields",
    ),
    "call_options": Switch(
        "bare",
        ("bare", "full"),
        "form commands come with the documented options only, or with --lang, --level and --module",
    ),
    "handler_calls": Switch(
        "answered",
        ("answered", "refused"),
        "calls of the panel by a handler that runs before or after a function",
    ),
    "ip_option": Switch(
        "id",
        ("id", "ipid", "ip_id", "ip"),
        "name of the option that carries the id of an address slot to addip and delip",
    ),
    "missing": Switch("", (), "functions that this panel does not know, separated by commas"),
    "restarting": Switch("off", (), "the panel is away: off, on, or for so many seconds"),
    "limit_forms": Switch("30", ("seconds",), "time limit of form commands, in seconds"),
    "limit_operations": Switch("600", ("seconds",), "time limit of operations and cron commands, in seconds"),
    "module_path": Switch(
        "/usr/local/bin:/usr/bin:/bin",
        (),
        "PATH of the modules (host-protocol 2.1: without the sbin folders)",
    ),
}


class Switches:
    def __init__(self, db: Database) -> None:
        self._db = db

    def __getitem__(self, name: str) -> str:
        stored = self._db.value("SELECT value FROM sandbox_setting WHERE name = ?", name)
        return SWITCHES[name].default if stored is None else str(stored)

    def set(self, name: str, value: str) -> None:
        """Raises PanelError for an unknown switch or a value that it does not have."""
        if name not in SWITCHES:
            raise PanelError("missed", "switch", name)
        choices = SWITCHES[name].choices
        if choices == ("seconds",):
            _positive(name, value)
        elif choices and value not in choices:
            raise PanelError("value", name, value)
        if name == "restarting" and value not in {"on", "off"}:
            value = str(time.time() + _positive(name, value))
        self._db.put("sandbox_setting", {"name": name}, value=value)

    def restarting(self) -> bool:
        """Is the panel away just now?"""
        value = self["restarting"]
        return value == "on" or (value != "off" and time.time() < float(value))

    def missing(self, function: str) -> bool:
        return function in self["missing"].replace(",", " ").split()


def _positive(name: str, value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        raise PanelError("value", name, value) from None
    if not 0 < seconds < 1e6:
        raise PanelError("value", name, value)
    return seconds
