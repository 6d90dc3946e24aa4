"""Processes that the warm launcher forks, used as subprocess.Popen is: own pipes, own exit status, real pid.

A call is one message on the launcher's socket, with the three files that the process gets. The answers are
`{"pid": …}` and, when it has ended, `{"status": …}`.
"""

from __future__ import annotations

import array
import json
import os
import selectors
import signal
import socket
import subprocess
import time
from contextlib import suppress
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Union

DEVNULL, PIPE, TimeoutExpired = subprocess.DEVNULL, subprocess.PIPE, subprocess.TimeoutExpired
Word = Union[str, bytes]
LONGEST = 1024 * 1024  # bytes of one message
PIECE = 65536


def connected(address: str) -> socket.socket:
    found = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LONGEST)
        found.connect(address)
    except BaseException:
        found.close()
        raise
    return found


class Forked:
    """Of subprocess.Popen what the panel's tool, the module and the journeys use."""

    def __init__(
        self, address: str, argv: Sequence[Word], *, cwd: Any, env: Mapping[str, Word], stdin: int,
        stdout: int, stderr: int,
        start_new_session: bool = True,
    ) -> None:  # fmt: skip
        self.returncode: Optional[int] = None
        self._ours: List[int] = []  # our ends of the pipes
        theirs: List[int] = []
        self._stdin = self._end(theirs, stdin, ours_writes=True)
        self._stdout = self._end(theirs, stdout, ours_writes=False)
        self._stderr = self._end(theirs, stderr, ours_writes=False)
        self._launcher = connected(address)
        try:
            variables = {name: os.fsdecode(value) for name, value in env.items()}
            call = {"argv": [os.fsdecode(word) for word in argv], "cwd": os.fspath(cwd), "env": variables}
            files = array.array("i", theirs)
            self._launcher.sendmsg(
                [json.dumps(call).encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)]
            )
        finally:
            for number in theirs:
                os.close(number)
        self.pid = self._heard()["pid"]

    def _end(self, theirs: List[int], wanted: int, *, ours_writes: bool) -> Optional[int]:
        """Our end of one of the three files, theirs is added to the list."""
        if wanted == PIPE:
            reading, writing = os.pipe()
            theirs.append(reading if ours_writes else writing)
            return writing if ours_writes else reading
        theirs.append(os.open(os.devnull, os.O_RDWR) if wanted == DEVNULL else os.dup(wanted))
        return None

    def _heard(self) -> Dict[str, int]:
        said = self._launcher.recv(LONGEST)
        if not said:
            raise ConnectionError("the launcher has gone")
        found: Dict[str, int] = json.loads(said)
        return found

    def communicate(
        self, given: Optional[bytes] = None, timeout: Optional[float] = None
    ) -> Tuple[bytes, bytes]:
        """Raises TimeoutExpired; what was read until then is lost, as nobody asks for it."""
        until = None if timeout is None else time.monotonic() + timeout
        self._give(given)
        found = {number: b"" for number in (self._stdout, self._stderr) if number is not None}
        with selectors.DefaultSelector() as selector:
            for number in found:
                selector.register(number, selectors.EVENT_READ)
            while selector.get_map():
                for key, _ in self._ready(selector, until):
                    piece = os.read(key.fd, PIECE)
                    found[key.fd] += piece
                    if not piece:
                        selector.unregister(key.fd)
        self._wait(until)
        out, err = found.get(self._stdout or -1, b""), found.get(self._stderr or -1, b"")
        self.close()
        return out, err

    def _give(self, given: Optional[bytes]) -> None:
        if self._stdin is not None:
            with suppress(BrokenPipeError):
                os.write(self._stdin, given or b"")  # short, so it fits into the pipe
            os.close(self._stdin)
            self._stdin = None

    def _ready(
        self, selector: selectors.BaseSelector, until: Optional[float]
    ) -> List[Tuple[selectors.SelectorKey, int]]:
        found = selector.select(None if until is None else max(0.0, until - time.monotonic()))
        if not found:
            raise TimeoutExpired("forked", 0)
        return found

    def _wait(self, until: Optional[float]) -> None:
        if self.returncode is not None:
            return
        self._launcher.settimeout(None if until is None else max(0.001, until - time.monotonic()))
        try:
            self.returncode = self._heard()["status"]
        except socket.timeout:
            raise TimeoutExpired("forked", 0) from None

    def wait(self, timeout: Optional[float] = None) -> int:
        self._wait(None if timeout is None else time.monotonic() + timeout)
        assert self.returncode is not None
        return self.returncode

    def poll(self) -> Optional[int]:
        with suppress(TimeoutExpired):
            self._wait(time.monotonic())
        return self.returncode

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        for number in (self._stdin, self._stdout, self._stderr):
            if number is not None:
                with suppress(OSError):
                    os.close(number)
        self._stdin = self._stdout = self._stderr = None
        self._launcher.close()


class Starting:
    """Stands where a module has imported `subprocess`: its processes are forked by the launcher."""

    DEVNULL, PIPE, TimeoutExpired = DEVNULL, PIPE, TimeoutExpired

    def __init__(self, start: Callable[..., Any]) -> None:
        self.Popen = start

    def run(self, argv: Sequence[Word], *, check: bool, timeout: float, **more: Any) -> None:
        """Wait for one process, whatever it returns."""
        self.Popen(argv, **more).communicate(timeout=timeout)
