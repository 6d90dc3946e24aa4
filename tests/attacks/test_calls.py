"""Whatever the command line, the descriptors or the limits of the process: one clear error, status 1, nothing
bought.
"""

from __future__ import annotations

import os
import resource
import shutil
from pathlib import Path
from typing import Callable, Dict, List

import pytest
from kit.reseller import PASSWORD

from .stages import Ran, Stage, at_once, run

HUGE = "x" * 100_000
CALLS: Dict[str, List[str]] = {
    "nothing": [],
    "no value": ["--command"],
    "two values": ["--command", "open", "--command", "close", "--item", "1"],
    "an unknown command": ["--command", "nonsense"],
    "a way out of the folder": ["--command", "../../../../etc/passwd"],
    "a shell": ["--command", "open;id", "--item", "1"],
    "an item that is two": ["--command", "open", "--item", "1, 2"],
    "an item from SQL": ["--command", "close", "--item", "1 OR 1=1"],
    "an item that is no number": ["--command", "close", "--item", "\u0661"],
    "an item that is huge": ["--command", "close", "--item", "9" * 5000],
    "an item that is not there": ["--command", "open", "--item", "4711", "--runningoperation", "4711"],
    "an operation that is not there": ["--command", "open", "--item", "1", "--runningoperation", "4711"],
    "huge options": ["--command", "sync_item", *[f"--{number}={HUGE}" for number in range(3)]],
    "many options": ["--command", "sync_item", *["--x"] * 5000],
    "not UTF-8": ["--command", os.fsdecode(b"open\xff"), "--item", "1"],
    "not UTF-8 in a value": ["--command", "open", "--item", "1", "--userid", os.fsdecode(b"\xff\xfe")],
}


def test_a_call_that_makes_no_sense_is_a_clear_error(stage: Stage):
    for what, ran in zip(CALLS, at_once(lambda argv: stage.call(*argv), list(CALLS.values()))):
        assert ran.failed_clearly() in ("bad_call", "panel_data", "not_an_operation"), what
    assert stage.man.asked == []


FORMS: Dict[str, bytes] = {
    "nothing": b"",
    "no XML": b"ok",
    "too large": b"<doc>" + b" " * (9 << 20) + b"</doc>",
    "an entity bomb": b'<!DOCTYPE doc [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><doc>&b;</doc>',
    "an entity bomb in a comment's shade": b"<!-- x --><!DOCTYPE doc><doc/>",
    "UTF-16": "<doc/>".encode("utf-16"),
    "NUL": b"<doc>\0</doc>",
    "no UTF-8": b"<doc>\xff</doc>",
    "deep": b"<a>" * 100_000,
    "another form": b"<doc><item/></doc>",
}


@pytest.mark.parametrize("command", ["check_connection", "tune_connection"])
def test_a_form_that_cannot_be_read_is_a_clear_error(stage: Stage, command: str):
    forms = {
        what: form for what, form in FORMS.items() if command == "check_connection" or what != "another form"
    }
    for what, ran in zip(forms, at_once(lambda form: stage.ask(command, stdin=form), list(forms.values()))):
        assert ran.failed_clearly() == "bad_input", what
    assert stage.man.asked == []


def test_a_panel_that_is_not_there_is_a_clear_error(stage: Stage, tmp_path: Path):
    (tmp_path / "empty" / "processing").mkdir(parents=True)
    program = shutil.copy(
        stage.root / "processing" / stage.kind.executable, tmp_path / "empty" / "processing"
    )
    for command in ("open", "sync_item", "prolong", "close"):
        ran = run(
            [str(program), "--command", command, "--item", "1", "--runningoperation", "1"], b"", tmp_path
        )
        assert ran.failed_clearly() in ("state_unusable", "panel_database", "panel_unreachable"), command
    assert {path.name for path in (tmp_path / "empty").rglob("*")} == {"processing", stage.kind.executable}


def closed(*descriptors: int) -> Callable[[], None]:
    return lambda: [os.close(number) for number in descriptors] and None


@pytest.mark.parametrize("descriptors", [(0,), (1,), (2,), (0, 1, 2)], ids=str)
def test_closed_descriptors_break_nothing(stage: Stage, descriptors: tuple):
    """The journal and the log must not take the place of stdout, and an order is carried out as ever."""
    name = f"closed{''.join(map(str, descriptors))}.{stage.kind.zone}"
    job = stage.paid(name)[name]
    ran = stage.carry_out("open", job, before=closed(*descriptors))
    assert (ran.status, ran.out, ran.err) == (0, b"", b"")
    assert stage.charged(name) == [name]
    ran = stage.ask("nonsense", before=closed(*descriptors))
    assert ran.status == 1
    assert stage.journal().rows("PRAGMA integrity_check") == [("ok",)]


@pytest.mark.cold
@pytest.mark.parametrize("most", [4, 10, 16])
def test_a_process_that_may_open_hardly_any_file_buys_nothing_by_halves(stage: Stage, most: int):
    """Wherever it fails for want of descriptors: an error of our own, and in the end one purchase."""
    name = f"few{most}.{stage.kind.zone}"
    job = stage.paid(name)[name]
    ran: Ran = stage.carry_out(
        "open", job, before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    )
    assert ran.status in (0, 1)
    assert len(stage.charged(name)) <= 1
    assert PASSWORD.encode() not in ran.out + ran.err
    assert stage.carry_out("open", job).status == 0 or job.operation not in stage.running()
    assert stage.charged(name) == [name]
