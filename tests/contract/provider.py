"""A running sandbox provider: its own process, real sockets, and its control URLs in one word each."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Dict, List

import requests

from bill2bill.upstream.http import Http

USER, PASSWORD = "reseller", "s3cret word/&="


def http(ca_file: str = "", **settings: Any) -> Http:
    """Short times and a small limit, so that a fault is seen soon."""
    usual = {
        "secrets": [PASSWORD], "ca_file": ca_file, "proxy": "", "connect_timeout": 2.0, "read_timeout": 5.0,
        "spend_timeout": 5.0,
        "answer_limit": 1024 * 1024, "gate": nullcontext,
    }  # fmt: skip
    return Http(**{**usual, **settings})


class Provider:
    def __init__(self, folder: Path, *options: str) -> None:
        command = [
            sys.executable,
            "-m",
            "bill2bill.sandbox.upstream",
            "--port",
            "0",
            "--state",
            str(folder),
            "--user",
            USER,
            "--password",
            PASSWORD,
        ]
        self.child = subprocess.Popen([*command, *options], stdout=subprocess.PIPE)
        ready: Dict[str, Any] = json.loads(self.child.stdout.readline())
        self.url, self.control, self.ca_file = ready["url"], ready["control"], ready["ca_file"] or ""
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = self.ca_file or True

    def stop(self) -> None:
        self.session.close()
        self.child.terminate()
        self.child.stdout.close()
        self.child.wait(10)

    def get(self, name: str) -> Any:
        return self.session.get(self.control + name, timeout=10).json()

    def post(self, name: str, data: Any = None) -> Any:
        answer = self.session.post(self.control + name, json={} if data is None else data, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def arm(self, func: str, kind: str, when: str, **more: Any) -> None:
        self.post("faults", {"func": func, "kind": kind, "when": when, **more})

    def switch(self, **settings: Any) -> None:
        self.post("switch", settings)

    def charges(self) -> List[str]:
        """What the customer was charged, in order."""
        return [row["amount"] for row in self.get("ledger")]

    def requests(self, func: str) -> List[Dict[str, Any]]:
        return self.get(f"requests?func={func}")
