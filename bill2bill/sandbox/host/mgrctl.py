"""The control tool (host-protocol 5): one process carries out one function and ends. There is no daemon
behind it.

A call takes a few dozen milliseconds; modules that not every call needs are imported where they are used.
"""

from __future__ import annotations

import os
import sys
from typing import Dict, List, Tuple

from . import formats, logs
from .address import BadAddress
from .db import Unreachable
from .documents import Element, PanelError, add, ok
from .panel import STARTING, Panel, Request

AWAY = ("client", "open", "billmgr")  # what a caller sees while the panel is not there (host-protocol 1.4)


class CommandLine:
    """host-protocol 5.1: `[-m MGR] [-l | -u] [-o FORMAT] [-R] [-i] FUNC [param=value]… [-e
    'param=$ENV']…`.
    """

    def __init__(self) -> None:
        self.func, self.manager, self.out = "", "billmgr", "text"
        self.restart = self.listing = False
        self.away = ""  # -l: on, -u: off
        self.params: Dict[str, str] = {}

    def read(self, argv: List[str]) -> None:
        """Raises PanelError for what a panel would not take."""
        words = iter(
            argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for argument in argv
        )
        for word in words:
            if word in {"-m", "-o", "-e"}:
                self._option(word, next(words, ""))
            elif word == "-R":
                self.restart = True
            elif word in {"-l", "-u"}:
                self.away = "on" if word == "-l" else "off"
            elif word == "-i":
                self.listing = True
            elif "=" in word:
                name, _, value = word.partition("=")
                self.params[name] = value
            elif word.startswith("-") or self.func:
                raise PanelError("value", "option", word)
            else:
                self.func = word
        self.func = self.func or self.params.pop("func", "")
        self.out = self.params.pop("out", self.out)
        self._check()

    def _option(self, option: str, value: str) -> None:
        if option == "-m":
            self.manager = value
        elif option == "-o":
            self.out = value
        else:
            name, _, source = value.partition("=")
            if not name or not source.startswith("$") or source[1:] not in os.environ:
                raise PanelError("value", "-e", name)
            self.params[name] = os.environ[source[1:]]

    def _check(self) -> None:
        if self.out not in formats.FORMATS:
            self.out, wrong = "text", self.out
            raise PanelError("value", "out", wrong)
        if self.manager != "billmgr":
            raise PanelError("value", "manager", self.manager)
        if not (self.func or self.listing or self.restart or self.away):
            raise PanelError("missed", "func")


def main(root: str, argv: List[str]) -> int:
    """Entry of `<root>/sbin/mgrctl`; returns the exit code. The call is in mgrctl.jsonl before anything is
    printed.
    """
    try:
        panel, line = Panel(root), CommandLine()
    except (BadAddress, Unreachable) as error:
        sys.stderr.write(f"ERROR: {error}\n")
        return 1
    request = Request("", {})
    try:
        line.read(argv)
        request = Request(line.func, line.params)
        document = _answer(panel, request, line)
    except PanelError as error:
        request.func, request.params = line.func, line.params
        document = error.document(line.func, request.user, request.level, request.lang)
    code, stdout, stderr = _output(document, line.out, panel.switches["error_mode"])
    _log(panel, request, document, code)
    panel.db.close()
    sys.stdout.buffer.write(stdout)
    sys.stdout.flush()
    sys.stderr.write(stderr)
    return code


def _answer(panel: Panel, request: Request, line: CommandLine) -> Element:
    from . import start
    from .dispatch import call, is_standard, known

    if line.away:
        panel.switches.set("restarting", line.away)
        return ok()
    person = line.func.startswith("sandbox.")
    if STARTING in os.environ or (panel.switches.restarting() and not person):
        raise PanelError(*AWAY)
    if line.restart or line.func == "exit":
        start.stop(panel)
    if line.func == "exit" or not (line.func or line.listing):
        return ok()
    if not panel.switches.restarting():
        start.ensure(panel, is_standard)
    if line.listing:
        return known(panel, line.func)
    document = call(panel, request)
    return _with_frame(document, request)


def _with_frame(document: Element, request: Request) -> Element:
    """A write tells what it was asked for (`tparams`, host-protocol 5.2)."""
    if document.find("ok") is not None and document.find("tparams") is None:
        tparams = add(document, "tparams")
        add(tparams, "func", request.func)
        if request.raw("elid"):
            add(tparams, "elid", request.raw("elid"))
    return document


def _output(document: Element, out: str, error_mode: str) -> Tuple[int, bytes, str]:
    """Both ways a panel may report an error (host-protocol 5.2 and open question 4)."""
    error = document.find("error")
    if error is not None and error_mode == "1":
        return 1, b"", formats.error_line(error) + "\n"
    return 0, formats.render(document, out), ""


def _log(panel: Panel, request: Request, document: Element, code: int) -> None:
    error = document.find("error")
    logs.append(
        panel.log("mgrctl"),
        func=request.func,
        params=logs.masked(request.params, request.secrets),
        ssh_connection=os.environ.get("SSH_CONNECTION", ""),
        code=code,
        error=None if error is None else error.get("type"),
        ppid=os.getppid(),
    )
