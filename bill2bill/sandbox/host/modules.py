"""Run a module as the panel does (host-protocol 2.1): arguments, working folder, bare environment, time
limit.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from . import logs
from .documents import BadXml, Element, PanelError, parse, to_bytes
from .panel import Panel

# Commands of the background (host-protocol 2.3, kinds O and C): they get the long time limit.
LONG = {
    "open", "transfer", "reopen", "suspend", "resume", "close", "setparam", "prolong", "prolong_addon",
    "cancel_prolong", "start", "stop",
    "reboot", "hardreboot", "changepassword", "addip", "delip", "sync_item", "sync_server", "sync_pricelist",
    "sync_iplist", "get_server_config",
    "stat", "import", "import_pricelist", "update_ns", "getbalance", "service_profile_update",
}  # fmt: skip
# Their input or output may hold clear passwords.
SECRET_INPUT = {"check_connection", "tune_connection", "usercreate", "tuning_param"}

Options = Sequence[Tuple[str, object]]


class Run:
    """One finished run. `failure` is None when the module succeeded; either sign of failure counts (open
    question 3).
    """

    def __init__(self, argv: List[str], code: Optional[int], stdout: bytes, stderr: str) -> None:
        self.argv, self.code, self.stdout, self.stderr = argv, code, stdout, stderr
        self.document: Optional[Element] = None
        self.failure = self._judge()

    def _judge(self) -> Optional[PanelError]:
        if self.code is None:
            return PanelError("module", "time_limit", "stopped by the time limit")
        try:
            self.document = _read(self.stdout)
        except BadXml as error:
            return PanelError("module", "output", f"not an XML document: {error}")
        if self.document is not None and self.document.find("error") is not None:
            return PanelError.passed_through(self.document)
        if self.code != 0:
            return PanelError("module", "exit_code", f"{self.code}: {self.stderr.strip()[-500:]}")
        return None

    def answer(self) -> Element:
        """The document of a successful run; nothing printed is an empty one. Raises the failure."""
        if self.failure:
            raise self.failure
        return Element("doc") if self.document is None else self.document


def _read(stdout: bytes) -> Optional[Element]:
    """One XML document or nothing. A single byte before it, even a space, is an error."""
    if not stdout.strip():
        return None
    if not stdout.startswith(b"<"):
        raise BadXml("there is something before the document")
    return parse(stdout)


def run(
    panel: Panel,
    name: str,
    command: str,
    options: Options = (),
    stdin: Optional[bytes] = None,
    secrets: Sequence[str] = (),
    environment: Optional[Mapping[str, str]] = None,
) -> Run:
    """Run `processing/<name> --command <command> --<option> <value>…` and write the run down.

    Must not be called inside a transaction: the module calls mgrctl. `secrets` are values that the log must
    not show.
    """
    if panel.db.in_transaction:
        raise RuntimeError("a module would run inside a transaction")
    argv = [panel.path("processing", name), "--command", command]
    for option, value in options:
        argv += [f"--{option}", str(value)]
    limit = float(panel.switches["limit_operations" if command in LONG else "limit_forms"])
    began = time.monotonic()
    code, stdout, stderr = execute(panel, argv, stdin or b"", limit, environment or {})
    done = Run(argv, code, stdout, stderr.decode("utf-8", "replace"))
    logs.append(
        panel.log("runs"),
        argv=argv,
        code=code,
        failure=str(done.failure) if done.failure else None,
        seconds=round(time.monotonic() - began, 3),
        stdin=(
            None
            if stdin is None or command in SECRET_INPUT
            else logs.without(stdin.decode("utf-8", "replace"), secrets)
        ),
        stdout=logs.without(stdout.decode("utf-8", "replace"), secrets),
        stderr=logs.without(done.stderr, secrets),
    )
    return done


def execute(
    panel: Panel, argv: List[str], stdin: bytes, limit: float, environment: Mapping[str, str]
) -> Tuple[Optional[int], bytes, bytes]:
    """Exit code (None: the time was over, the whole process group was killed), stdout, stderr."""
    env: Dict[str, str] = {
        "PATH": panel.switches["module_path"],
        "HOME": os.environ.get("HOME", "/"),
        "LANG": "C",
        **environment,
    }
    try:
        child = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=panel.root,
            env=env,
            start_new_session=True,
        )
    except OSError as error:
        return 127, b"", str(error).encode()
    try:
        stdout, stderr = child.communicate(stdin, timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        stdout, stderr = child.communicate()
        return None, stdout, stderr
    return child.returncode, stdout, stderr


def features(panel: Panel, name: str) -> List[str]:
    return declared(panel, name, "feature")


def declared(panel: Panel, name: str, kind: str) -> List[str]:
    """Names that a module declared at the last start."""
    return [str(row["name"]) for row in panel.db.find("sandbox_declaration", module=name, kind=kind)]


def crypted(panel: Panel, name: str) -> List[str]:
    return [
        str(row["name"])
        for row in panel.db.find("sandbox_declaration", module=name, kind="param", crypted="yes")
    ]


def ready(panel: Panel, name: str) -> None:
    """Raises PanelError unless the module answered `features` at the last start."""
    if not panel.db.find("sandbox_module", name=name, ready="on"):
        raise PanelError("missed", "module", name)


def ask(
    panel: Panel,
    name: str,
    command: str,
    options: Options,
    document: Optional[Element] = None,
    secrets: Sequence[str] = (),
) -> Element:
    """Run a form-like command and return its answer. Raises the module's error as the panel's."""
    return run(
        panel, name, command, options, None if document is None else to_bytes(document), secrets
    ).answer()
