"""The warm process of the tests: imports everything, holds nothing but its listening socket, and forks one
process for each caller (warm.py has the caller's side).

    python -IXutf8 warm_server.py HOME      the secret word on stdin, which is kept open; the port on stdout

A caller says the word and its pid. Everything else is read from its process: arguments, environment, folder,
umask, limits, files. The answer is the exit status, minus the number of the signal that ended the process, or
`cold`: the caller must start the interpreter itself.
"""

from __future__ import annotations

import atexit
import ctypes
import errno
import fcntl
import gc
import importlib
import io
import locale
import os
import pkgutil
import re
import resource
import selectors
import signal
import socket
import sys
import threading
import time
import types
from contextlib import suppress
from typing import Any, Dict, List, NamedTuple, NoReturn, Optional

LIBC = ctypes.CDLL(None, use_errno=True)
PIDFD_GETFD = 438  # the number of the system call, the same on every machine
MODES = ("rb", "wb", "wb")
NAMES = ("stdin", "stdout", "stderr")
LIMITS = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]
# Of /proc/PID/status: what a fork has from this process.
STATUS = ("Uid", "Gid", "Groups", "CapEff", "CapBnd", "SigIgn")
WANTED = re.compile(rf"^({'|'.join(STATUS)}|Umask):\t(.*)$".encode(), re.MULTILINE)
# Signals that the interpreter or the shell ignore by themselves.
IGNORED = sum(1 << (number - 1) for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGQUIT))
# What looks at the environment when it is imported, or is not of the panel's side.
LEFT_OUT = ("bill2bill.sandbox.upstream", "bill2bill.__main__", "bill2bill.admin.cli")
LIBRARIES = (
    "cryptography.hazmat.primitives.serialization", "cryptography.hazmat.primitives.asymmetric.padding",
    "encodings.idna", "http.cookiejar", "idna", "json", "lxml.etree", "pymysql", "requests", "sqlite3",
    "subprocess", "traceback", "typer", "uuid", "xml.etree.ElementTree",
)  # fmt: skip


class Cold(Exception):
    """A fork would not be what a start is."""


class Caller(NamedTuple):
    """pid, and a pidfd, which is right even when the pid has gone to another process."""

    pid: int
    handle: int

    def file(self, name: str) -> bytes:
        with open(f"/proc/{self.pid}/{name}", "rb") as source:
            return source.read()

    def opened(self, number: int) -> bytes:
        """What the kernel calls the file; b"" if it is closed."""
        try:
            return os.readlink(f"/proc/{self.pid}/fd/{number}".encode())
        except FileNotFoundError:
            return b""

    def descriptor(self, number: int) -> Optional[int]:
        """The caller's open file itself, with its offset, as one of ours; None if it is closed there.
        Raises Cold where the system does not let us have it.
        """
        found = LIBC.syscall(PIDFD_GETFD, self.handle, number, 0)
        if found >= 0:
            return int(found)
        if ctypes.get_errno() == errno.EBADF:
            return None
        raise Cold


def status_of(pid: str) -> Dict[str, str]:
    with open(f"/proc/{pid}/status", "rb") as source:
        found = {name.decode(): value.decode().strip() for name, value in WANTED.findall(source.read())}
    found["SigIgn"] = f"{int(found['SigIgn'], 16) | IGNORED:x}"
    return found


# -- the server ----------------------------------------------------------------------------------------------


class Server:
    def __init__(self, word: str) -> None:
        self.word, self.living = word, {}  # type: str, Dict[int, socket.socket]
        self.itself = status_of("self")
        self.limits = {number: resource.getrlimit(number) for number in LIMITS}
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listening, selectors.EVENT_READ, self._accept)
        self.selector.register(0, selectors.EVENT_READ)

    def serve(self) -> None:
        """Until stdin, a pipe of whoever started us, is closed."""
        while True:
            for key, _ in self.selector.select():
                if key.data is None:
                    self._end()
                    return
                key.data(key.fileobj)

    def _accept(self, listening: socket.socket) -> None:
        connection, _ = listening.accept()
        self.selector.register(connection, selectors.EVENT_READ, self._asked)

    def _asked(self, connection: socket.socket) -> None:
        """A line of one write on the loopback arrives as one piece."""
        self.selector.unregister(connection)
        word, _, pid = _received(connection).decode("ascii", "replace").strip().partition(" ")
        if word != self.word:
            connection.close()
            return
        child = os.fork()
        if not child:
            become(self, connection, int(pid))
        handle = os.pidfd_open(child)
        self.living[child] = connection
        self.selector.register(handle, selectors.EVENT_READ, lambda _: self._ended(child, handle))

    def _ended(self, child: int, handle: int) -> None:
        """Nobody but its own signal and its caller's death ends a process before its time."""
        self.selector.unregister(handle)
        os.close(handle)
        code = os.waitpid(child, 0)[1]
        told = -os.WTERMSIG(code) if os.WIFSIGNALED(code) else os.WEXITSTATUS(code)
        connection = self.living.pop(child)
        with suppress(OSError):  # the caller may be gone
            connection.send(f"{told}\n".encode())
        connection.close()

    def _end(self) -> None:
        for child in self.living:
            os.kill(child, signal.SIGKILL)
        for child in self.living:
            os.waitpid(child, 0)


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(100)
    except ConnectionResetError:
        return b""


# -- the new process -----------------------------------------------------------------------------------------


def become(server: Server, connection: socket.socket, pid: int) -> NoReturn:
    """The new process becomes what `pid` was started to be."""
    status = 1
    try:
        _die_with(connection)
        try:
            caller = Caller(pid, os.pidfd_open(pid))
            _check_alive(connection)  # it may have died before it was watched, and its pid be another's
            words = _take_over(server, caller)
        except Cold:
            connection.send(b"cold\n")
            os._exit(0)
        status = _run(words)
    except BaseException:  # noqa: BLE001 - a fork must never return into the server
        sys.excepthook(*sys.exc_info())
    finally:
        with suppress(BaseException):
            sys.stderr.flush()
        os._exit(status)


def _die_with(connection: socket.socket) -> None:
    """The kernel kills this process when the caller's end of the connection closes, which nothing but the
    caller's death does, and before anybody can see that death. The server keeps our end open.
    """
    fcntl.fcntl(connection, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(connection, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(connection, fcntl.F_SETFL, fcntl.fcntl(connection, fcntl.F_GETFL) | os.O_ASYNC)


def _check_alive(connection: socket.socket) -> None:
    with suppress(BlockingIOError):  # it has nothing more to say
        connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        os._exit(1)


def _take_over(server: Server, caller: Caller) -> List[str]:
    """Returns the caller's words, the executable first. Raises Cold."""
    status = status_of(str(caller.pid))
    if any(status[name] != server.itself[name] for name in STATUS):
        raise Cold
    _, script, *words = caller.file("cmdline").split(b"\0")[:-1]  # the shell and its script, the caller's own
    environment = caller.file("environ")
    folder = os.readlink(f"/proc/{caller.pid}/cwd")
    limits = {number: resource.prlimit(caller.pid, number) for number in LIMITS}
    _take_files(caller, script)
    os.setsid()
    os.chdir(folder)
    os.umask(int(status["Umask"], 8))
    _take_environment(environment)
    for number, limit in limits.items():
        if limit != server.limits[number]:
            resource.setrlimit(number, limit)
    return [os.fsdecode(word) for word in words]


def _take_files(caller: Caller, script: bytes) -> None:
    """The three standard files, some of which may be closed; every other is closed here."""
    while caller.opened(1) == caller.opened(9):  # it has not yet put back what it said its pid with
        time.sleep(0.0005)
    # a shell that finds one of the three closed opens its script there
    found = [None if caller.opened(number) == script else caller.descriptor(number) for number in range(3)]
    for number, source in enumerate(found):
        if source is None:
            os.close(number)
        else:
            os.dup2(source, number)
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2:
            with suppress(OSError):  # the one that has read this list
                os.close(int(name))
    for number, source in enumerate(found):
        setattr(sys, NAMES[number], None if source is None else _stream(number))
        setattr(sys, f"__{NAMES[number]}__", getattr(sys, NAMES[number]))


def _stream(number: int) -> io.TextIOWrapper:
    """As the interpreter makes them in UTF-8 mode."""
    raw = open(number, MODES[number], closefd=False)  # noqa: SIM115
    errors = "backslashreplace" if number == 2 else "surrogateescape"
    return io.TextIOWrapper(raw, "utf-8", errors, newline="\n", line_buffering=number == 2 or raw.isatty())


def _take_environment(environment: bytes) -> None:
    os.environ.clear()
    for pair in environment.split(b"\0"):
        name, _, value = pair.partition(b"=")
        if name:
            os.environb[name] = value
    time.tzset()
    try:
        locale.setlocale(locale.LC_CTYPE, "")
    except locale.Error:
        locale.setlocale(locale.LC_CTYPE, "C")


def _run(words: List[str]) -> int:
    """What the interpreter does with a program and at its end; the exit status."""
    gc.enable()
    sys.argv = words
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    main.__dict__.update(__file__=words[0], __builtins__=__builtins__)
    with open(words[0], "rb") as source:
        code = compile(source.read(), words[0], "exec")
    status = 0
    try:
        exec(code, main.__dict__)
    except SystemExit as end:
        status = _status(end.code)
    except BaseException as error:  # noqa: BLE001 - an interpreter shows it and ends
        status = 1
        trace = error.__traceback__
        sys.excepthook(type(error), error.with_traceback(trace.tb_next if trace else None), None)
    main.__dict__.clear()  # closes what only the program holds
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    return _flushed(status)


def _status(code: Any) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    sys.stderr.write(f"{code}\n")
    return 1


def _flushed(status: int) -> int:
    try:
        if sys.stdout:
            sys.stdout.flush()
    except (OSError, ValueError) as error:  # the interpreter's words and status for output that is lost
        sys.stderr.write(f"Exception ignored in: {sys.stdout!r}\n{type(error).__name__}: {error}\n")
        return 120
    return status


# -- its start -----------------------------------------------------------------------------------------------


def import_all() -> None:
    for name in ("bill2bill", "bill2bill.sandbox.host"):
        package = importlib.import_module(name)
        for found in pkgutil.walk_packages(package.__path__, name + "."):
            if not found.name.startswith(LEFT_OUT):
                importlib.import_module(found.name)
    for name in LIBRARIES:
        importlib.import_module(name)


def shorten_waits() -> None:
    """Repeated requests wait a tenth of their time. It is the one thing that differs from a start."""
    from bill2bill.upstream import http

    whole = http.wait_before
    http.wait_before = lambda tries: whole(tries) / 10


def main(home: str) -> None:
    word = b""
    while not word.endswith(b"\n"):
        word += os.read(0, 100)
    sys.path.insert(0, home)
    import_all()
    shorten_waits()
    sys.path.remove(home)
    server = Server(word.decode().strip())
    print(server.listening.getsockname()[1], flush=True)
    os.dup2(2, 1)
    gc.collect()
    gc.freeze()
    gc.disable()
    server.serve()


if __name__ == "__main__":
    main(sys.argv[1])
