"""Where a rehearsal plays: one folder with a panel, the plugin in it, and the providers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

from telling import Broken

from bill2bill.sandbox.stage import HOME, Panel, Provider

PASSWORD = "rehearsal-secret"
PANEL = "mgr5"
PIDS = "pids"  # of the providers that a rehearsal left running


class LastingProvider(Provider):
    """May outlive us, so it holds nothing that somebody reads from us."""

    errors = subprocess.DEVNULL


class Scene:
    """folder: is emptied. A provider of the last rehearsal that still runs there is stopped. Raises Broken
    for a folder of somebody else's.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if (
            folder.exists()
            and any(folder.iterdir())
            and not any((folder / name).exists() for name in (PIDS, PANEL))
        ):
            raise Broken(f"{folder} is not empty and no rehearsal's folder")
        _stop_the_kept_ones(folder)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.panel = Panel.make(folder / PANEL)
        self.panel.call(
            "sandbox.set", call_options="full"
        )  # then the module is told which language its reader speaks
        self.providers: List[Provider] = []

    def provider(self, name: str, *options: str) -> Provider:
        """One more provider, over TLS."""
        found = LastingProvider(self.folder / name, "--tls", "--password", PASSWORD, *options)
        self.providers.append(found)
        return found

    def install(self) -> None:
        """Raises Broken with what install.sh says."""
        python = os.path.realpath(sys.executable)
        command = [
            HOME / "install.sh",
            "--root",
            self.panel.root,
            "--wheels",
            HOME / ".cache" / "wheels",
            "--python",
            python,
        ]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if done.returncode:
            raise Broken(done.stdout + done.stderr)
        (self.panel.root / "etc" / "bill2bill.conf").write_text(
            "pace 20  # the sandbox may be asked quickly\nsettle 6  # nor does it take long\n"
        )

    def bill2bill(self, *words: str) -> List[Dict[str, Any]]:
        """What the installed command line answers in JSON."""
        command = [str(self.panel.root / "sbin" / "bill2bill"), *words, "--json"]
        found: List[Dict[str, Any]] = json.loads(
            subprocess.run(command, capture_output=True, text=True, check=True).stdout
        )
        return found

    def keep(self) -> str:
        """Leave everything for a look around; what to look at."""
        (self.folder / PIDS).write_text(" ".join(str(provider.process.pid) for provider in self.providers))
        ledgers = "   ".join(f"{provider.control}ledger" for provider in self.providers)
        return (
            f"{self.panel.root}/sbin/mgrctl -m billmgr -i   {ledgers}   kill"
            f" {(self.folder / PIDS).read_text()}"
        )

    def stop(self) -> None:
        for provider in self.providers:
            provider.stop()


def _stop_the_kept_ones(folder: Path) -> None:
    """A number may belong to another process by now: its command line tells."""
    try:
        kept = (folder / PIDS).read_text().split()
    except FileNotFoundError:
        return
    for pid in kept:
        try:
            ours = str(folder).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue  # it has ended
        if ours:
            os.kill(int(pid), signal.SIGTERM)
