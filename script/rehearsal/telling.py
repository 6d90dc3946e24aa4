"""What a rehearsal says while it goes on: plain words, in Russian if LANG says so, or nothing."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List

from bill2bill.sandbox.stage import Said

RUSSIAN = os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("ru")
Step = Dict[str, Any]  # step, ok, and why if it is not


class Broken(Exception):
    """A step did not hold."""


def pick(english: str, russian: str) -> str:
    return russian if RUSSIAN else english


def expect(found: object, wanted: object, what: str) -> None:
    if found != wanted:
        raise Broken(f"{what}: {found!r}, expected {wanted!r}")


class Teller:
    """quiet: somebody reads JSON instead."""

    def __init__(self, quiet: bool) -> None:
        self.quiet, self.told = quiet, 0

    def say(self, text: str = "") -> None:
        if not self.quiet:
            print(text, flush=True)

    def tell(self, english: str, russian: str) -> None:
        self.say(f"    {pick(english, russian)}")

    @contextmanager
    def step(self, steps: List[Step], name: str, english: str, russian: str) -> Iterator[None]:
        """One step in plain words, its result in a line below and in `steps`. Raises Broken."""
        began = time.monotonic()
        self.told += 1
        self.say(f"\n{self.told:2}. {pick(english, russian)}")
        try:
            yield
        except (Broken, Said, subprocess.CalledProcessError, OSError) as trouble:
            steps.append({"step": name, "ok": False, "why": str(trouble)})
            self.say(f"    ✗ {trouble}")
            raise Broken(name) from trouble
        steps.append({"step": name, "ok": True})
        self.say(f"    ✓ {time.monotonic() - began:.1f} s")
