"""The end of one process: kill points around the journal, the requests, the panel's tool, any line, any
microsecond.

The plan of a run is a file in the panel's folder. The first thing that a process of a module does is to
number itself among those of its item; if the plan has a fate for this number, the libraries below the product
are wrapped so that it comes true. What happens is written down in the trace.
"""

from __future__ import annotations

import datetime as dates
import http.client
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Callable, Dict, NoReturn, Optional, Sequence, Tuple

FOLDER = "var/crash"
PLAN, TRACE = "plan.json", "trace.jsonl"
PRODUCT = str(Path(__file__).resolve().parents[2] / "bill2bill") + os.sep
now = time.time  # the true one

_trace = -1
_who: Dict[str, object] = {}


def prepare(root: Path, argv: Sequence[str], starting: Any) -> None:
    """Number this process and wrap what its fate needs. starting: instead of `subprocess`, where processes
    are forked.
    """
    global _trace
    item = argv[argv.index("--item") + 1] if "--item" in argv else ""
    folder = root / FOLDER
    if not item or not (folder / PLAN).exists():
        _wrap_tool(starting, {})
        return
    plan = json.loads((folder / PLAN).read_text(encoding="utf-8"))
    run = _number(folder / f"runs-{item}")
    _trace = os.open(folder / TRACE, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    _who.update(pid=os.getpid(), item=int(item), run=run)
    note("starts", argv=list(argv[1:]))
    fate: Dict[str, Any] = next(
        (one for one in plan["fates"] if (one["item"], one["run"]) == (int(item), run)), {}
    )
    _wrap_tool(starting, fate)
    _wrap_requests(fate)
    if fate.get("point") == "write":
        _wrap_journal(fate)
    if fate.get("clock"):
        _set_clock(float(fate["clock"]))
    if plan["without_look"]:
        _blind()
    if fate.get("point") == "line":
        _count_lines(fate)
    if fate.get("point") == "time":
        note("dies", fate=fate)  # nothing is left to write it down when it happens
        signal.setitimer(signal.ITIMER_REAL, fate["n"] / 1e6)


def _number(path: Path) -> int:
    """Which process of its item this is: each adds one byte, and sees how far it got."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(file, b".")
    number = os.lseek(file, 0, os.SEEK_CUR)
    os.close(file)
    return number


def note(event: str, **facts: object) -> None:
    if _trace >= 0:
        line = json.dumps({"t": round(now(), 4), **_who, "event": event, **facts})
        os.write(
            _trace, f"\n{line}\n".encode()
        )  # on a line of its own, whatever a killed process has left of its last one


def die(fate: Dict[str, Any]) -> None:
    """Returns only for SIGSTOP, when somebody has sent SIGCONT."""
    sys.settrace(None)
    note("dies" if fate["signal"] != signal.SIGSTOP else "stops", fate=fate)
    os.kill(os.getpid(), fate["signal"])
    note("goes on")


# -- journal -------------------------------------------------------------------------------------------------


def _wrap_journal(fate: Dict[str, Any]) -> None:
    """A write is a transaction of the journal's file, or a single statement outside of one."""
    connect = sqlite3.connect

    class Watched(sqlite3.Connection):
        writes = 0

        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            word = sql.split(None, 1)[0].upper()
            single = word in ("INSERT", "UPDATE", "DELETE", "CREATE") and not self.in_transaction
            begins, ends = word == "BEGIN" or single, word == "COMMIT" or single
            if begins:
                Watched.writes += 1
            chosen = Watched.writes == fate["n"]
            if (begins and chosen and fate["where"] == "before") or (
                ends and chosen and fate["where"] == "inside"
            ):
                die(fate)
            done = super().execute(sql, *values)
            if ends and chosen and fate["where"] == "after":
                die(fate)
            return done

    def watched(database: Any, *args: Any, **more: Any) -> sqlite3.Connection:
        if "state.sqlite3" in str(database):
            more["factory"] = Watched
        return connect(database, *args, **more)  # type: ignore[no-any-return]

    sqlite3.connect = watched  # type: ignore[assignment]


# -- requests ------------------------------------------------------------------------------------------------


class _Asked:
    """The request that is on its way."""

    number = spending = 0
    spends = False
    left: Optional[int] = None  # bytes until the end, of the request or of the answer
    reading = False


def _wrap_requests(fate: Dict[str, Any]) -> None:
    """n-th request: of all, or with where = spending of those that spend."""
    from bill2bill.upstream.http import Http

    once, send = Http._once, http.client.HTTPConnection.send
    opened = http.client.HTTPResponse.__init__

    def counted(self: Any, func: str, request: Any, spends: bool) -> Any:
        _Asked.number += 1
        _Asked.spending += spends
        _Asked.spends = spends
        number = (
            _Asked.spending
            if fate.get("where") == "spending"
            else _Asked.number
            if fate.get("where") == "any"
            else 0
        )
        chosen = (
            fate.get("point") in ("send", "sent", "read")
            and number == fate["n"]
            and (spends or fate["where"] == "any")
        )
        _Asked.left = fate["bytes"] if chosen else None
        note("asks", func=func, spends=spends)
        return once(self, func, request, spends)

    def sending(self: Any, data: Any) -> None:
        if _Asked.left is not None and fate["point"] == "send" and isinstance(data, bytes):
            if len(data) > _Asked.left:
                send(self, data[: _Asked.left])
                data, _Asked.left = data[_Asked.left :], None
                die(fate)
            else:
                _Asked.left -= len(data)
        send(self, data)
        if _Asked.spends:
            note("sent")

    def reading(self: Any, sock: Any, *args: Any, **more: Any) -> None:
        if _Asked.left is not None and fate["point"] in (
            "send",
            "sent",
        ):  # the answer is about to be read, so all was sent
            _Asked.left = None
            die(fate)
        opened(self, sock, *args, **more)
        if _Asked.left is not None and fate["point"] == "read":
            self.fp.close()
            self.fp = io.BufferedReader(_Mortal(sock.makefile("rb", buffering=0), fate))

    Http._once = counted  # type: ignore[method-assign]
    http.client.HTTPConnection.send = sending  # type: ignore[method-assign]
    http.client.HTTPResponse.__init__ = reading  # type: ignore[method-assign]


class _Mortal(io.RawIOBase):
    """An answer of which only so many bytes are read."""

    def __init__(self, raw: Any, fate: Dict[str, Any]) -> None:
        self._raw, self._fate = raw, fate

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if _Asked.left is None:
            return int(self._raw.readinto(buffer))
        if _Asked.left <= 0:
            _Asked.left = None
            die(self._fate)
            return int(self._raw.readinto(buffer))
        got = int(self._raw.readinto(memoryview(buffer)[: _Asked.left]))
        _Asked.left -= got
        return got

    def close(self) -> None:
        self._raw.close()
        super().close()


# -- the panel's tool ----------------------------------------------------------------------------------------


def _wrap_tool(starting: Any, fate: Dict[str, Any]) -> None:
    """n-th call of mgrctl: die before it, while it runs, after it, or have it die between its work and its
    answer.
    """
    from bill2bill.host import mgrctl

    popen: Callable[..., Any] = starting.Popen if starting else subprocess.Popen
    if starting is None and fate.get("point") != "mgrctl":
        return
    calls = 0

    def begin(argv: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if fate.get("point") != "mgrctl" or calls != fate["n"]:
            return popen(argv, **more)
        if fate["where"] == "before":
            die(fate)
        if fate["where"] == "lost":
            note("loses the panel's answer", func=os.fsdecode(argv[5]))
            return popen(argv, **{**more, "env": {**more["env"], "CRASH_LOST": b"1"}})
        child = popen(argv, **more)
        if fate["where"] == "while":
            die(fate)
        elif fate["where"] == "after":
            _die_after(child, fate)
        return child

    setattr(mgrctl, "subprocess", _Subprocess(begin))  # noqa: B010 - no name that the module exports


class _Subprocess:
    DEVNULL, PIPE, TimeoutExpired = subprocess.DEVNULL, subprocess.PIPE, subprocess.TimeoutExpired

    def __init__(self, popen: Callable[..., Any]) -> None:
        self.Popen = popen


def _die_after(child: Any, fate: Dict[str, Any]) -> None:
    communicate = child.communicate

    def ended(*args: Any, **more: Any) -> Tuple[bytes, bytes]:
        found: Tuple[bytes, bytes] = communicate(*args, **more)
        die(fate)
        return found

    child.communicate = ended


# -- any line, the clock, the look ---------------------------------------------------------------------------


def _count_lines(fate: Dict[str, Any]) -> None:
    """The n-th line of the product's own files."""
    left = int(fate["n"])
    own: Dict[CodeType, bool] = {}

    def line(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if event == "line":
            left -= 1
            if left == 0:
                note("line", file=frame.f_code.co_filename[len(PRODUCT) :], line=frame.f_lineno)
                die(fate)
                return None
        return line

    def call(frame: FrameType, event: str, _: Any) -> Any:
        code = frame.f_code
        if code not in own:
            own[code] = code.co_filename.startswith(PRODUCT) and "sandbox" not in code.co_filename
        return line if own[code] and left > 0 else None

    sys.settrace(call)


def _set_clock(offset: float) -> None:
    """The wall clock of this process goes wrong; the monotonic one does not."""
    true_time, true_datetime = time.time, dates.datetime

    class Wrong(true_datetime):  # type: ignore[valid-type,misc]
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return true_datetime.now(tz) + dates.timedelta(seconds=offset)

    time.time = lambda: true_time() + offset
    dates.datetime = Wrong  # type: ignore[misc]
    for name, module in list(sys.modules.items()):
        if name.startswith("bill2bill.") and getattr(module, "datetime", None) is true_datetime:
            module.datetime = Wrong  # type: ignore[attr-defined]


def _blind() -> None:
    """Every look says that nothing is there, and at once."""
    from bill2bill.commands import purchases
    from bill2bill.journal import engine

    spend = engine.spend_once

    class Blind:
        def __init__(self, deal: Any) -> None:
            self.terms, self.act = deal.terms, deal.act

        def look(self, row: Any) -> Any:
            return engine.Finding(engine.Sight.ABSENT)

    def spend_blindly(journal: Any, intent: Any, deal: Any, patience: Any, *more: Any) -> Any:
        return spend(journal, intent, Blind(deal), patience._replace(settle=0), *more)

    for module in (engine, purchases):
        setattr(module, "spend_once", spend_blindly)  # noqa: B010


def killed(*_: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit(1)
