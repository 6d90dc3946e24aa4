"""A panel with the plugin installed by install.sh, and one of the two modules on it, with a provider that
answers at once.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Iterator, List, Mapping, Optional, Sequence, Tuple, Type

HOME = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HOME))

from bill2bill.sandbox.stage import Panel, Provider  # noqa: E402

WHEELS = HOME / ".cache" / "wheels"
FAILURE = "refused login"  # the run that fails
WRONG_PASSWORD = {"func": "*", "kind": "wrong_password", "when": "before", "sticky": True}


class Rehearsal:
    """folder: of its own. tls: are the providers asked over TLS?"""

    def __init__(self, folder: Path, *, tls: bool) -> None:
        folder.mkdir()
        self.folder, self.tls = folder, tls
        self.panel = Panel.make(folder / "mgr5")
        self.root = str(self.panel.root)
        self.release = f"{self.root}/src/pmbill2bill/current"
        self.python = f"{self.release}/venv/bin/python"
        self._install()

    def _install(self) -> None:
        """From the packages that script/bootstrap collected; without them, as this machine's pip is
        set up.
        """
        wheels = ["--wheels", str(WHEELS)] if WHEELS.is_dir() else []
        subprocess.run(
            [HOME / "install.sh", "--root", self.root, *wheels], check=True, stdout=subprocess.DEVNULL
        )
        self.settings()

    def settings(self, *more: str) -> None:
        """etc/bill2bill.conf; the next process reads it."""
        (self.panel.root / "etc" / "bill2bill.conf").write_text(
            "\n".join(["pace 0", *more, ""]), encoding="utf-8"
        )


class Module:
    """One executable of the plugin and the provider that it buys from. Use as a context manager."""

    executable: ClassVar[str]
    dialect: ClassVar[str]
    commands: ClassVar[Sequence[str]]  # whose time is measured
    limits: ClassVar[
        Mapping[str, Tuple[int, int]]
    ]  # run -> most requests to the provider, most calls of mgrctl
    slow: ClassVar[Sequence[str]]  # that end with a second run, when the provider is done

    def __init__(self, stage: Rehearsal) -> None:
        self.stage, self.panel = stage, stage.panel
        self.path = f"{stage.root}/processing/{self.executable}"
        self._made = 0
        self._open: List[int] = []  # items that only `open` was called for

    def __enter__(self) -> Module:
        with ExitStack() as undo:
            self.provider = Provider(
                self.stage.folder / self.executable,
                "--dialect",
                self.dialect,
                *(["--tls"] if self.stage.tls else []),
            )
            undo.callback(self.provider.stop)
            self.set_up()
            undo.pop_all()
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.provider.stop()

    # -- what each module has of its own ---------------------------------------------------------------------

    def set_up(self) -> None:
        """Money at the provider, a connection, something to sell."""
        raise NotImplementedError

    def ordered(self) -> int:
        """A new item, not yet paid."""
        raise NotImplementedError

    def quick(self, *, quick: bool) -> None:
        """Is the provider done at once, or when it is told to go on?"""
        raise NotImplementedError

    # -- one call of the module after the other --------------------------------------------------------------

    def words(self, command: str) -> List[str]:
        """How the panel calls the module (host-protocol 2.2) for something that waits for it from now on."""
        if command == "features":
            return [self.path, "--command", command]
        item = self.item_for(command)
        words = [self.path, "--command", command, "--item", str(item)]
        operation = self.operation(command, item)
        return [*words, "--runningoperation", str(operation)] if operation else words

    def item_for(self, command: str) -> int:
        if command != "open":
            return self.bought()
        item = self.ordered()
        self._open.append(item)
        return item

    def operation(self, command: str, item: int) -> int:
        """The number of a new running operation; 0 for a command that is none."""
        if command == "open":
            return int(self.panel.call("sandbox.pay", elid=item).findtext("operation") or 0)
        return self.panel.new("sandbox.operation", item=item, command=command)

    def bought(self) -> int:
        """An item that was opened and nothing else."""
        if not self._open:
            subprocess.run(self.words("open"), cwd=self.stage.root, stdin=subprocess.DEVNULL, check=True)
        return self._open.pop()

    def runs(self) -> Iterator[Tuple[str, List[str]]]:
        """(name, words) of the runs whose calls are counted. `later`: the second run, which finds that the
        provider is done.
        """
        for command in ("open", "prolong"):
            waiting = self.words(command)
            self.quick(quick=False)
            yield command, waiting
            self.provider.post("progress")
            if command in self.slow:
                yield f"{command}, later", waiting
            self.quick(quick=True)
            yield f"{command}, at once", self.words(command)

    def refused_login(self) -> List[str]:
        """Words of a run that fails; the connection rests from then on."""
        words = self.words("prolong")
        self.provider.post("faults", **WRONG_PASSWORD)
        return words

    # -- what was called -------------------------------------------------------------------------------------

    def mgrctl_calls(self) -> int:
        """How often the module called the panel's tool so far."""
        return sum(call["ssh_connection"] == self.executable for call in self.panel.calls())

    def remote_calls(self) -> int:
        """How many requests the provider got so far."""
        return len(self.provider.get("requests"))

    def authorities(self) -> str:
        """A file with all public authorities and the provider's own, as much to read as for a provider on the
        Internet; "" without TLS.
        """
        if not self.stage.tls:
            return ""
        (public,) = Path(self.stage.release).glob("venv/lib/python*/site-packages/certifi/cacert.pem")
        file = self.stage.folder / f"{self.executable}.pem"
        file.write_bytes(public.read_bytes() + Path(self.provider.ca_file).read_bytes())
        return str(file)
