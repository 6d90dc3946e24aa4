"""A running sandbox provider of either dialect, with its control URLs in one word each."""

from __future__ import annotations

import json
import os
import urllib.request
from functools import cached_property
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple
from unittest import mock

import requests

from bill2bill.sandbox import stage


class Provider(stage.Provider):
    """Its own process and real sockets. What is true of money is in its ledger."""

    def __init__(self, folder: Path, *options: str, user: str = "", password: str = "") -> None:
        """options: of `bill2bill sandbox provider`. Its own login is reseller, secret; another one travels in
        the environment, never on a command line.
        """
        login = {"SANDBOX_UPSTREAM_USER": user, "SANDBOX_UPSTREAM_PASSWORD": password}
        with mock.patch.dict(os.environ, {name: value for name, value in login.items() if value}):
            super().__init__(folder, *options)

    @cached_property
    def http(self) -> requests.Session:
        """For requests word by word."""
        session = requests.Session()
        session.trust_env = False
        session.verify = self.ca_file or True
        return session

    @cached_property
    def play(self) -> str:
        """What it plays when it is itself: bm4, bm6."""
        return next(str(switch["default"]) for switch in self.get("switch") if switch["name"] == "play")

    def stop(self) -> int:
        super().stop()
        self.http.close()
        return self.process.returncode

    # -- what a test makes it do -----------------------------------------------------------------------------

    def post(self, control: str, data: Any = None, /, **fields: Any) -> Any:
        """data: in place of the fields."""
        body = json.dumps(fields if data is None else data).encode()
        request = urllib.request.Request(self.control + control, body, {"Content-Type": "application/json"})
        with self._open(request, timeout=30) as answer:
            return json.load(answer)

    def reset(self) -> None:
        """As after its start: fixtures, default switches, no faults, an empty ledger."""
        self.post("reset")

    def switch(self, **values: Any) -> None:
        self.post("switch", **values)

    def progress(self, mode: str, n: float = 1) -> None:
        self.switch(progress={"mode": mode, "n": n})

    def fault(self, func: str, kind: str, **more: Any) -> None:
        self.post("faults", func=func, kind=kind, **more)

    def heal(self) -> None:
        request = urllib.request.Request(self.control + "faults", method="DELETE")
        self._open(request, timeout=30).close()

    # -- what is true ----------------------------------------------------------------------------------------

    def charges(self, name: Optional[str] = None) -> List[str]:
        """Kinds of the charges (order, renew) for a name, or for all."""
        return [row["kind"] for row in self.get("ledger") if name in (None, row["name"])]

    def charged(self) -> Dict[str, int]:
        """How often each name was charged."""
        names = [row["name"] for row in self.get("ledger")]
        return {name: names.count(name) for name in names}

    def amounts(self) -> List[str]:
        """What the customer was charged, in order."""
        return [row["amount"] for row in self.get("ledger")]

    def ledger(self) -> List[Tuple[str, int, str]]:
        """(kind, item, amount) of every charge."""
        return [(row["kind"], row["item"], row["amount"]) for row in self.get("ledger")]

    def requests(self, func: str) -> List[Dict[str, Any]]:
        """What it was asked, with the parameters and what became of it."""
        return self.get(f"requests?func={func}")

    def domain(self, name: str) -> Dict[str, Any]:
        found = [row for row in self.get("state")["domains"] if row["name"] == name]
        assert len(found) == 1, found
        return found[0]

    @property
    def services(self) -> List[Dict[str, Any]]:
        return list(self.get("state")["services"])
