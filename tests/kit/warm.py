"""A fork server for the Python of test panels: an executable whose first line names it is not started but
forked from one process that has imported the product already (warm_server.py). It saves most of a test's
CPU time.

What runs is a process of its own with the caller's arguments, environment, folder, umask, limits, three
files and exit status. The kernel kills it when its caller's process is killed. It differs from a real start
in its pid and its parent's, no signal but SIGKILL reaches it, and it waits a tenth of the time
before it repeats a request. A test about any of these, about starting, dumps or memory is marked `cold`.
`pytest --cold` starts every interpreter.
"""

from __future__ import annotations

import atexit
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import List, Optional

HOME = Path(__file__).resolve().parents[2]
COLD = f"#!{sys.executable} -IXutf8"

# $$ is the shell's pid: the server takes everything else from its process. `cold`: what it cannot take over.
CLIENT = """exec 9<>/dev/tcp/127.0.0.1/{port} || exit 126
echo "{word} $$" >&9
read -r -u 9 end || exit 125
case $end in
    cold) exec 9>&- {python} -IXutf8 "$@" ;;
    -*) ulimit -c 0; kill "$end" $$ ;;
esac
exit "$end"
"""
COMMAND_LINE = """{first}
import sys; sys.path.insert(0, {home!r})
from bill2bill.admin.cli import main; main()
"""


class Server:
    """The warm process of this test process; it ends with it, however that ends."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="warm-"))
        word = secrets.token_hex(8)  # or every user of the machine could ask for processes of ours
        program = str(Path(__file__).with_name("warm_server.py"))
        self.child = subprocess.Popen(
            [sys.executable, "-IXutf8", program, str(HOME)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.stdin.write(f"{word}\n".encode())
        self.child.stdin.flush()
        port = int(self.child.stdout.readline())
        self.client = self.folder / "client"
        self.client.write_text(CLIENT.format(port=port, word=word, python=sys.executable))
        self.first_line = f"#!/bin/bash {self.client}"
        self.command_line = self.folder / "bill2bill"
        self.command_line.write_text(COMMAND_LINE.format(first=self.first_line, home=str(HOME)))
        self.command_line.chmod(0o755)
        atexit.register(self.stop)

    def stop(self) -> None:
        self.child.communicate()
        shutil.rmtree(self.folder, ignore_errors=True)


_server: Optional[Server] = None
_cold = False


def _running() -> Server:
    global _server
    if _server is None:
        _server = Server()
    return _server


def start_cold(yes: bool) -> None:
    """For the test that begins now."""
    global _cold
    _cold = yes or not sys.platform.startswith("linux")


def executables(root: Path) -> None:
    """Gives the executables of a panel, those that this interpreter runs, the first line that the running
    test wants. Call it for a new panel and for a copy.
    """
    for name in ("sbin", "processing", "addon"):
        for path in (root / name).iterdir():
            if path.is_file():
                _first_line(path)


def _first_line(path: Path) -> None:
    first, _, rest = path.read_bytes().partition(b"\n")
    wanted = COLD if _cold else _running().first_line
    known = [COLD] if _server is None else [COLD, _server.first_line]
    if first.decode(errors="replace") in known and first.decode() != wanted:
        path.write_bytes(wanted.encode() + b"\n" + rest)


def mortal(executable: Path) -> List[str]:
    """The words that start an executable whose process the test itself signals: always a real interpreter."""
    return [sys.executable, "-IXutf8", str(executable)]


def command_line() -> List[str]:
    """The words that start `bill2bill` of this checkout."""
    if _cold:
        code = f"import sys; sys.path.insert(0, {str(HOME)!r}); from bill2bill.admin.cli import main; main()"
        return [sys.executable, "-IXutf8", "-c", code]
    return [str(_running().command_line)]
