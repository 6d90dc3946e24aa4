"""The panel (folder, database, switches) and one request to it."""

from __future__ import annotations

import os
from typing import Dict, List, Optional, Set

from . import address
from .address import Address
from .db import Database
from .documents import PanelError
from .switches import Switches

# Set for a child process that must not call the panel: a module while the panel starts, a handler where
# switch handler_calls says so.
STARTING = "BILL2BILL_SANDBOX_STARTING"
ROOT_LEVEL, ADMIN_LEVEL, CLIENT_LEVEL = 30, 29, 16  # host-protocol 6.5


def connect(address: Address) -> Database:
    """The panel's database. Raises Unreachable."""
    if address.kind == "sqlite":
        from .sqlite import Sqlite

        return Sqlite(address.name)
    from .mysql import Mysql

    return Mysql(address)


class Panel:
    """Raises Unreachable or BadAddress if its database cannot be opened."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.db = connect(address.of_panel(root))
        self.switches = Switches(self.db)

    def path(self, *parts: str) -> str:
        return os.path.join(self.root, *parts)

    def log(self, name: str) -> str:
        return self.path("var", "sandbox", name + ".jsonl")

    @property
    def key(self) -> str:
        return self.path("etc", "billmgr.pem")


class Request:
    """One call of a function: its parameters and the user behind it.

    `secrets` collects names of parameters that must not be logged; functions add what only they know.
    """

    def __init__(self, func: str, params: Dict[str, str]) -> None:
        self.func, self.params = func, params
        self.user, self.level, self.account = "root", ROOT_LEVEL, None
        self.secrets: Set[str] = set()

    def raw(self, name: str) -> str:
        return self.params.get(name, "")

    def get(self, name: str, default: str = "") -> str:
        """A parameter's value; `null`, the choice of nothing (host-protocol 5.1), is empty."""
        value = self.params.get(name, "")
        return default if value in {"", "null"} else value

    def need(self, name: str) -> str:
        value = self.get(name)
        if not value:
            raise PanelError("missed", name)
        return value

    def number(self, name: str, default: Optional[int] = None) -> int:
        """A whole number. Raises PanelError missed or value."""
        text = self.get(name) or ("" if default is None else str(default))
        if not text:
            raise PanelError("missed", name)
        try:
            return int(text)
        except ValueError:
            raise PanelError("value", name, text) from None

    def date(self, name: str) -> str:
        from .dates import is_date

        text = self.need(name)
        if not is_date(text):
            raise PanelError("value", name, text)
        return text

    def flag(self, name: str, default: bool = False) -> bool:
        return self.get(name, "on" if default else "off") in {"on", "yes", "1"}

    @property
    def sok(self) -> bool:
        """Is this a write (host-protocol 5.1)?"""
        return self.get("sok") == "ok"

    @property
    def lang(self) -> str:
        return self.get("lang", "en")

    def others(self, *known: str) -> Dict[str, str]:
        """Parameters besides the known ones and those that every function has."""
        skipped = {*known, "sok", "out", "lang", "su", "auth", "clicked_button", "func"}
        return {name: value for name, value in self.params.items() if name not in skipped}

    def ids(self, name: str = "elid") -> List[str]:
        """`elid="1, 2"` names several rows (host-protocol 7.3)."""
        found = self.need(name).replace(",", " ").split()
        if not all(text.isdigit() for text in found):
            raise PanelError("value", name, self.get(name))
        return found
