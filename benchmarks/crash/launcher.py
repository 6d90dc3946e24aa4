"""Starts the module and the panel's tool, with the end that the plan has in store for them.

    python launcher.py ROOT      the warm launcher: a process that has imported everything and holds nothing,
    and forks one process for each call started(ROOT, NAME, ARGV)    in an executable of the panel: this very
    process, cold

Either way a call is a process of its own, with its own memory, descriptors and locks, that is really killed.
The product has no door for any of this: what happens to a process is wrapped around it from here (mortal.py).
"""

from __future__ import annotations

import array
import gc
import importlib
import json
import os
import pkgutil
import selectors
import signal
import socket
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, Dict, List, NoReturn, Optional, Sequence

HOME = Path(__file__).resolve().parents[2]
for folder in (str(HOME), str(HOME / "benchmarks")):
    if folder not in sys.path:
        sys.path.insert(0, folder)

from crash import mortal  # noqa: E402
from crash.forked import LONGEST, Forked, Starting  # noqa: E402

SOURCES = {
    "pmbill2bill": HOME / "processing" / "pmbill2bill",
    "pmbill2billreg": HOME / "registrar_module" / "pmbill2billreg",
}
SOCKET = "var/crash.socket"
LOST = "CRASH_LOST"  # in the environment of a mgrctl that dies when its work is done, before it answers


# -- what runs in the new process ----------------------------------------------------------------------------


def started(root: str, name: str, argv: Sequence[str], warm: bool = False) -> int:
    """Run an executable of the panel in this process; its exit status."""
    if name == "mgrctl":
        return _tool(root, list(argv[1:]), warm)
    if name == "tick":
        return _regular_job(root, warm)
    mortal.prepare(Path(root), argv, _starting(root) if warm else None)
    sys.argv = list(argv)
    try:
        exec(_code(name), {"__name__": "__main__", "__file__": argv[0]})
    except SystemExit as end:
        return int(end.code or 0)
    return 0


_compiled: Dict[str, Any] = {}


def _code(name: str) -> Any:
    if name not in _compiled:
        _compiled[name] = compile(SOURCES[name].read_text(encoding="utf-8"), str(SOURCES[name]), "exec")
    return _compiled[name]


def _tool(root: str, argv: List[str], warm: bool) -> int:
    from bill2bill.sandbox.host import mgrctl, modules

    if warm:
        setattr(modules, "subprocess", _starting(root))  # noqa: B010 - no name that the module exports
    if LOST in os.environ:
        mgrctl._output = mortal.killed  # type: ignore[assignment]
    return mgrctl.main(root, argv)


def _regular_job(root: str, warm: bool) -> int:
    from bill2bill.admin import start, tick

    if warm:
        setattr(start, "subprocess", _starting(root))  # noqa: B010 - no name that the module exports
    tick.tick(Path(root))
    return 0


def _starting(root: str) -> Starting:
    return Starting(lambda argv, **more: Forked(os.path.join(root, SOCKET), argv, **more))


# -- the warm launcher ---------------------------------------------------------------------------------------


class Launcher:
    def __init__(self, root: str) -> None:
        self.root = root
        self.living: Dict[int, socket.socket] = {}  # pid -> who waits for it
        self.listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listening.bind(os.path.join(root, SOCKET))
        self.listening.listen(64)
        self.woken, self.waking = socket.socketpair()
        self.woken.setblocking(False)
        self.waking.setblocking(False)
        signal.set_wakeup_fd(self.waking.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> None:
        """Until stdin, which is a pipe of whoever started us, is closed."""
        selector = selectors.DefaultSelector()
        for file in (self.listening, self.woken, sys.stdin):
            selector.register(file, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is self.listening:
                    self._accept()
                elif key.fileobj is self.woken:
                    self._reap()
                else:
                    self._end()
                    return

    def _accept(self) -> None:
        caller, _ = self.listening.accept()
        files = array.array("i")
        message, said, _, _ = caller.recvmsg(LONGEST, socket.CMSG_SPACE(3 * files.itemsize))
        for level, kind, data in said:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                files.frombytes(data)
        call = json.loads(message or b"null")
        if call:
            self._start(caller, call, list(files))
        elif call is not None:  # None: who called died before he could say what he wants
            self._end()
            _say(caller, status=0)
        for number in files:
            os.close(number)

    def _start(self, caller: socket.socket, call: Dict[str, Any], files: List[int]) -> None:
        child = os.fork()
        if not child:
            _be(self.root, call, files)
        self.living[child] = caller
        _say(caller, pid=child)

    def _reap(self) -> None:
        while True:
            try:
                if not self.woken.recv(4096):
                    break
            except BlockingIOError:
                break
        while self.living:
            child, status = os.waitpid(-1, os.WNOHANG)
            if not child:
                return
            self._ended(child, status)

    def _ended(self, child: int, status: int) -> None:
        caller = self.living.pop(child)
        code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        _say(caller, status=code)
        caller.close()

    def _end(self) -> None:
        """Nothing of a run outlives it."""
        for child in list(self.living):
            os.kill(child, signal.SIGKILL)
        while self.living:
            self._ended(*os.waitpid(-1, 0))


def _say(caller: socket.socket, **facts: int) -> None:
    """Whoever called may have been killed meanwhile; then nobody listens."""
    with suppress(OSError):
        caller.send(json.dumps(facts).encode())


def _be(root: str, call: Dict[str, Any], files: List[int]) -> NoReturn:
    """The child: nothing of the launcher is left in it but what was imported."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        gc.disable()  # as the executables do: the process ends before its garbage matters
        os.setsid()
        for target, source in enumerate([os.dup2(number, 100 + place) for place, number in enumerate(files)]):
            os.dup2(source, target)
        os.closerange(3, 1024)
        sys.stdin, sys.stdout = open(0, encoding="utf-8"), open(1, "w", encoding="utf-8")  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115
        os.chdir(call["cwd"])
        os.environ.clear()
        os.environ.update(call["env"])
        status = started(root, os.path.basename(call["argv"][0]), call["argv"], warm=True)
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001 - a fork must never return into the launcher
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def import_all() -> None:
    """Everything that a module or the panel's tool may need."""
    for name in ("bill2bill", "bill2bill.sandbox.host"):
        package = importlib.import_module(name)
        for found in pkgutil.walk_packages(package.__path__, name + "."):
            if not found.name.startswith(
                ("bill2bill.sandbox.upstream", "bill2bill.__main__", "bill2bill.admin.cli")
            ):
                importlib.import_module(found.name)
    for name in ("serialization", "asymmetric.padding"):
        importlib.import_module(f"cryptography.hazmat.primitives.{name}")
    for name in ("encodings.idna", "idna", "lxml.etree"):
        importlib.import_module(name)


def main(argv: List[str]) -> Optional[int]:
    import_all()
    for name in SOURCES:
        _code(name)
    gc.collect()
    gc.freeze()
    launcher = Launcher(argv[0])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    launcher.serve()
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
