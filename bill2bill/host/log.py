"""The module's log, in the panel's shape and levels (host-protocol 1.6). Never stdout: that is the reply."""

from __future__ import annotations

import html
import logging
import os
import re
import stat
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Iterable, Optional, Set
from urllib.parse import quote, quote_plus

EXTINFO = 15
# Opening a pipe that nobody reads must not hang the command, a link must not lead us into another file.
OPENING = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
LEVELS = {
    9: logging.DEBUG, 6: EXTINFO, 5: logging.INFO, 4: logging.WARNING, 3: logging.ERROR, 2: logging.CRITICAL,
}  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

_secrets: Set[str] = set()
_logger = logging.getLogger("bill2bill")  # every logger of the package is below it


def setup(root: Path, executable: str, operation: Optional[int] = None) -> None:
    """Log to `<root>/var/<executable>.log` (0600) from now on; not at all if it cannot be opened or written.

    operation  id to be put on each line
    """
    logging.addLevelName(EXTINFO, "EXTINFO")
    for old in list(_logger.handlers):
        _logger.removeHandler(old)
        old.close()
    _logger.propagate = False
    _logger.setLevel(_level(root, executable))
    _logger.addHandler(_PanelLog(root / "var" / f"{executable}.log", operation))


def hide(values: Iterable[str]) -> None:
    """From now on these never appear in a log line or an error document, neither plain nor in a URL or XML.

    One or two characters are not masked: that would protect nothing and make every line unreadable.
    """
    for value in values:
        if len(value.strip()) > 2:
            _secrets.update((value, quote(value, safe=""), quote_plus(value)))
            _secrets.update((html.escape(value), html.escape(value, quote=False)))


def mask(text: str) -> str:
    """`text` without the secrets that were registered by hide()."""
    if not _secrets:
        return text
    longest_first = sorted(_secrets, key=len, reverse=True)  # one may be a part of another
    return re.sub("|".join(re.escape(secret) for secret in longest_first), "***", text)


def one_line(text: str) -> str:
    """`text` on one physical line: line ends and control characters become escapes like \\x0a."""
    return _UNPRINTABLE.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)


class _PanelLog(logging.Handler):
    """`Mon D HH:MM:SS [pid] logger LEVEL text`, each line one write(): several processes do not mix."""

    def __init__(self, path: Path, operation: Optional[int]) -> None:
        super().__init__()
        self._operation = f"operation={operation} " if operation is not None else ""
        self._fd: Optional[int] = None
        try:
            self._fd = os.open(path, OPENING, 0o600)
            if stat.S_ISREG(os.fstat(self._fd).st_mode):
                os.fchmod(self._fd, 0o600)
        except OSError:
            self._fd = None  # there is nowhere left to say so: stdout is the reply, stderr nobody reads

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created).astimezone()  # local time, as the panel writes
        time = f"{_MONTHS[when.month - 1]} {when.day} {when:%H:%M:%S}"
        text = one_line(mask(super().format(record)))
        return f"{time} [{record.process}] {record.name} {record.levelname} {self._operation}{text}"

    def emit(self, record: logging.LogRecord) -> None:
        if self._fd is None:
            return
        # A full disk or a badly formatted line must not break a command.
        with suppress(OSError, TypeError, ValueError, KeyError):
            os.write(self._fd, (self.format(record) + "\n").encode("utf-8", "backslashreplace"))

    def close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
        super().close()


def _level(root: Path, executable: str) -> int:
    """Of the last line of etc/debug.conf that names the binary: `<log>[.<part>] <level>`; without one, 6."""
    name = Path(executable).stem
    try:
        lines = (root / "etc" / "debug.conf").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    level = 6
    for line in lines:
        found = re.fullmatch(r"\s*(\S+?)(?:\.\S+)?\s+([0-9]+)\s*", line)
        if found and found.group(1) == name:
            level = int(found.group(2)) if len(found.group(2)) == 1 else 6
    return LEVELS.get(level, EXTINFO)
