"""Calls of the panel's own tool, one process per call (host-protocol 5.1, 5.2)."""

from __future__ import annotations

import logging
import os
import re
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Callable, Dict, List, Mapping, Optional, Tuple

from lxml import etree

from bill2bill.errors import Failure, Phrase, Raw, Words
from bill2bill.host.document import parse_bytes

LONGEST_VALUE = 32 * 1024  # bytes
CALL_LIMIT = 120.0  # s for one mgrctl, which may have to start the panel first
_SBIN = ("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,127}")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

log = logging.getLogger(__name__)


class PanelError(Failure):
    """The panel answered and said no.

    type, object, value  of its error (host-protocol 4.2), "" where it gave none
    unknown_function     the panel does not know the function at all. The protocol does not fix the shape of
                         this error (host-protocol 9 #10), so it is taken for one if the error is about the
                         function and not about access
    restarting           the panel is being started again (host-protocol 1.4)
    answered             False: the tool ended without a readable word of the panel
    """

    def __init__(
        self, func: str, reason: Words, *, detail: str = "", about: Tuple[str, str, str] = ("", "", ""),
        answered: bool = True,
    ) -> None:  # fmt: skip
        super().__init__("panel_refused", detail=detail, func=func, reason=reason)
        self.answered = answered
        self.type, self.object, self.value = about
        self.unknown_function = self.type != "access" and (
            self.object in ("func", "function") or self.value == func
        )
        self.restarting = about == ("client", "open", "billmgr")


class NoReply(Failure):
    """The panel was asked in vain, for as long as we wait."""

    def __init__(self, func: str, detail: str) -> None:
        super().__init__("panel_unreachable", func=func, detail=detail)


def may_do_it_yet(failure: Failure) -> bool:
    """Was the panel asked, and has it not said no? It goes on with what its tool has handed over."""
    return isinstance(failure, NoReply) or (isinstance(failure, PanelError) and not failure.answered)


class Mgrctl:
    """`<root>/sbin/mgrctl` as it is called by a module.

    root   the panel's folder, /usr/local/mgr5
    name   who calls; stands in the panel's log as the caller's address
    wait   seconds that all calls together may wait for a restarting panel
    """

    def __init__(
        self,
        root: Path,
        name: str,
        wait: float = 300.0,
        *,
        limit: float = CALL_LIMIT,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._root, self._name, self._limit = root.resolve(), name, limit
        self._patience, self._clock, self._sleep = wait, clock, sleep

    def call(
        self, func: str, params: Mapping[str, str], secret: Optional[Mapping[str, str]] = None
    ) -> etree._Element:
        """The panel's answer, root `doc`. `params` go on the command line, `secret` through the environment.

        Raises PanelError if the panel says no, Failure("panel_unreachable") if it does not answer, and
        Failure("bad_input") for values that must not be sent: over 32 KiB or with control characters.
        """
        argv, environment = self._command(func, params, secret or {})
        while True:
            started = self._clock()
            try:
                return self._once(func, argv, environment)
            except PanelError as error:
                if not error.restarting:
                    raise
                if self._patience <= 0:
                    raise Failure("panel_unreachable", func=func, detail="the panel is restarting") from error
            self._sleep(1.0)
            self._patience -= self._clock() - started

    def _command(
        self, func: str, params: Mapping[str, str], secret: Mapping[str, str]
    ) -> Tuple[List[bytes], Dict[str, bytes]]:
        argv = [str(self._root / "sbin" / "mgrctl"), "-m", "billmgr", "-o", "xml", _checked_name(func, func)]
        for name, value in params.items():
            argv.append(f"{_checked_name(func, name)}={_checked_value(func, name, value)}")
        path = [part for part in os.environ.get("PATH", "").split(":") if part]
        environment = {
            **{name: os.fsencode(value) for name, value in os.environ.items()},
            "PATH": ":".join(dict.fromkeys([*path, *_SBIN])).encode(),
            "SSH_CONNECTION": self._name.encode(),
        }
        for number, (name, value) in enumerate(secret.items(), start=1):
            variable = f"BILL2BILL_SECRET_{number}"
            argv += ["-e", f"{_checked_name(func, name)}=${variable}"]
            environment[variable] = _checked_value(func, name, value).encode()
        return [word.encode() for word in argv], environment

    def _once(self, func: str, argv: List[bytes], environment: Dict[str, bytes]) -> etree._Element:
        log.debug("mgrctl %s", func)
        code, out, err = self._run(func, argv, environment)
        try:
            doc = parse_bytes(out)
        except Failure as failure:
            raise _text_error(func, code, out, err, failure) from failure
        error = doc.find("error") if doc.tag != "error" else doc
        if error is not None:
            raise _document_error(func, error)
        if code != 0:
            raise _text_error(func, code, b"", err, None)
        if doc.tag != "doc":
            raise PanelError(func, Phrase("not_a_panel_document"), detail=str(doc.tag))
        if err.strip():
            log.warning("mgrctl %s: %s", func, _short(err))
        return doc

    def _run(self, func: str, argv: List[bytes], environment: Dict[str, bytes]) -> Tuple[int, bytes, bytes]:
        try:
            child = subprocess.Popen(
                argv, cwd=self._root, env=environment, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
        except OSError as error:  # absent, not executable, no folder
            raise Failure("panel_unreachable", func=func, detail=str(error)) from error
        try:
            out, err = child.communicate(timeout=self._limit)
        except subprocess.TimeoutExpired as error:
            raise NoReply(func, f"no answer within {self._limit:g} s") from error
        finally:
            _end(child)
        return child.returncode, out, err


def _end(child: subprocess.Popen[bytes]) -> None:
    """Leave nothing behind: what the child started may still hold its pipes."""
    if child.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()


def _checked_name(func: str, name: str) -> str:
    if not _NAME.fullmatch(name):
        raise Failure("bad_input", reason=Phrase("mgrctl_name", func=func[:80], name=name[:80]))
    return name


def _checked_value(func: str, name: str, value: str) -> str:
    """Line ends of an errorxml become spaces (design: no control characters on a command line)."""
    if name == "errorxml":
        value = re.sub(r"[\r\n\t]+", " ", value)
    if _UNPRINTABLE.search(value):
        raise Failure("bad_input", reason=Phrase("mgrctl_control", func=func, name=name))
    if len(value.encode()) > LONGEST_VALUE:
        reason = Phrase("mgrctl_long", func=func, name=name, most=LONGEST_VALUE // 1024)
        raise Failure("bad_input", reason=reason)
    return value


def _document_error(func: str, error: etree._Element) -> PanelError:
    """Shapes of host-protocol 4.1 and 4.2: the value is an attribute or a param."""
    params = {param.get("name"): "".join(map(str, param.itertext())) for param in error.findall("param")}
    kind, obj = (error.get("type") or "").strip(), (error.get("object") or params.get("object") or "").strip()
    value = (error.get("value") or params.get("value") or "").strip()
    detail = _short((error.findtext("msg") or "").strip().encode("utf-8", "replace"))
    return PanelError(func, _reason(kind, obj, value), detail=detail, about=(kind, obj, value))


def _text_error(func: str, code: int, out: bytes, err: bytes, failure: Optional[Failure]) -> PanelError:
    """An error line (host-protocol 5.2): `ERROR Error: Type: 'exists' Object: 'user' Value: 'x'`."""
    for text in (err, out):
        words = dict(re.findall(r"\b(Type|Object|Value): '([^']*)'", text[:4096].decode("utf-8", "replace")))
        if "Type" in words:
            about = (words["Type"], words.get("Object", ""), words.get("Value", ""))
            return PanelError(func, _reason(*about), about=about)
    unread = failure.params["reason"] if failure else Raw("-")
    why = Phrase("exit_code", code=code) if code else Phrase("unreadable_answer", reason=unread)
    return PanelError(func, why, detail=_short(err) or _short(out), answered=False)


def _reason(kind: str, obj: str, value: str) -> Words:
    """One short line, for error documents. Of values only numbers: others may be what we sent."""
    number = value if re.fullmatch(r"[0-9]{1,12}", value) else ""
    named = (("type", kind), ("object", obj), ("value", number))
    said = _short(" ".join(f"{name}={text}" for name, text in named if text).encode())
    return Raw(said) if said else Phrase("no_reason")


def _short(raw: bytes) -> str:
    return " ".join(_UNPRINTABLE.sub(" ", raw[:2000].decode("utf-8", "replace")).split())[:300]
