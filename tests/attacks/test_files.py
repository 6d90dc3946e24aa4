"""Files that are not what they should be: nothing is bought, nothing is written elsewhere, and the error says
which one it is.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Callable, Dict

import pytest
from kit import warm

from .stages import CLEAN, Stage, at_once, run, share

STATE = "var/bill2bill"
NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to somebody else")


def refused(stage: Stage, name: str, code: str) -> None:
    """An order is refused with this code and never reaches the provider; the panel is told, and stops
    repeating it.
    """
    job = stage.paid(f"{name}.{stage.kind.zone}")[f"{name}.{stage.kind.zone}"]
    ran = stage.carry_out("open", job)
    assert ran.failed_clearly() == code
    assert [asked for asked in stage.man.asked if stage.is_spending(asked)] == []
    operation = stage.running()[job.operation]
    assert (operation["manual"], code in operation["errorxml"]) == ("on", True)


def elsewhere(path: Path) -> Path:
    """Move what is there away and leave a link to it."""
    other = path.parent.parent / f"elsewhere-{path.name}"
    path.rename(other)
    path.symlink_to(other)
    return other


def instead(path: Path, make: Callable[[Path], object]) -> None:
    path.unlink(missing_ok=True)
    make(path)


def cut(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os.truncate(path, path.stat().st_size // 2)


def gone_to_wal(stage: Stage) -> Path:
    (stage.root / STATE / "state.sqlite3-wal").unlink(missing_ok=True)
    (stage.root / STATE / "state.sqlite3-shm").unlink(missing_ok=True)
    return stage.root / STATE / "state.sqlite3-wal"


STATES: Dict[str, Callable[[Stage], object]] = {
    "folder-writable-by-all": lambda stage: (stage.root / STATE).chmod(0o777),
    "folder-writable-by-group": lambda stage: (stage.root / STATE).chmod(0o770),
    "locks-writable-by-all": lambda stage: (stage.root / STATE / "locks").chmod(0o777),
    "folder-is-a-link": lambda stage: elsewhere(stage.root / STATE),
    "locks-are-a-link": lambda stage: elsewhere(stage.root / STATE / "locks"),
    "journal-is-a-link": lambda stage: elsewhere(stage.root / STATE / "state.sqlite3"),
    "journal-is-a-pipe": lambda stage: instead(stage.root / STATE / "state.sqlite3", os.mkfifo),
    "journal-is-a-folder": lambda stage: instead(stage.root / STATE / "state.sqlite3", os.mkdir),
    "log-of-the-journal-is-a-link": lambda stage: gone_to_wal(stage).symlink_to(
        stage.root / "etc" / "theirs"
    ),
    "journal-is-cut": lambda stage: cut(stage.root / STATE / "state.sqlite3"),
    "journal-is-something-else": lambda stage: (
        gone_to_wal(stage).with_name("state.sqlite3").write_bytes(b"?" * 4096)
    ),
    "folder-is-a-file": lambda stage: (
        shutil.rmtree(stage.root / STATE),
        (stage.root / STATE).write_text("x"),
    ),
}
OWNED: Dict[str, Callable[[Stage], object]] = {
    "folder-of-somebody-else": lambda stage: os.chown(stage.root / STATE, NOBODY, NOBODY),
    "locks-of-somebody-else": lambda stage: os.chown(stage.root / STATE / "locks", NOBODY, NOBODY),
    "journal-of-somebody-else": lambda stage: os.chown(stage.root / STATE / "state.sqlite3", NOBODY, NOBODY),
}


@pytest.mark.parametrize("turn", range(len(STATES) // 2))
def test_a_journal_that_others_could_change_buys_nothing(stage: Stage, turn: int):
    state = share(stage.kind, STATES)[turn]
    STATES[state](stage)
    refused(stage, state, "state_unusable")
    assert not (stage.root / "etc" / "theirs").exists()


@as_root
@pytest.mark.parametrize("state", OWNED)
def test_a_journal_of_somebody_else_buys_nothing(stage: Stage, state: str):
    OWNED[state](stage)
    refused(stage, state, "state_unusable")


def without_the_rights_of_root() -> None:
    """What may be read and written is told by owner and mode from here on (CAP_DAC_OVERRIDE,
    CAP_DAC_READ_SEARCH).
    """
    libc = ctypes.CDLL(None)
    if libc.prctl(24, 1) or libc.prctl(24, 2):  # PR_CAPBSET_DROP
        os._exit(99)


@pytest.mark.cold
@as_root
@pytest.mark.parametrize("folder", [STATE, f"{STATE}/locks"])
def test_a_folder_that_cannot_be_written_buys_nothing(stage: Stage, folder: str):
    job = stage.paid(f"readonly.{stage.kind.zone}")[f"readonly.{stage.kind.zone}"]
    for path in (stage.root / folder).iterdir():
        path.chmod(0o400) if path.is_file() else None
    (stage.root / folder).chmod(0o500)
    ran = stage.carry_out("open", job, before=without_the_rights_of_root)
    (stage.root / folder).chmod(0o700)
    assert ran.failed_clearly() == "state_unusable"
    assert [asked for asked in stage.man.asked if stage.is_spending(asked)] == []


@pytest.mark.cold
@as_root
def test_a_key_of_the_panel_that_cannot_be_read_is_named(stage: Stage):
    job = stage.paid(f"nokey.{stage.kind.zone}")[f"nokey.{stage.kind.zone}"]
    (stage.root / "etc/billmgr.pem").chmod(0)
    ran = stage.carry_out("open", job, before=without_the_rights_of_root)
    assert ran.failed_clearly() in ("panel_key", "panel_data")
    assert [asked for asked in stage.man.asked if stage.is_spending(asked)] == []


def test_a_link_among_locks_and_marks_is_not_followed(stage: Stage):
    """A mark of the pace and a lock of the item that lead out of the folder: an error, and nothing there is
    made or touched.
    """
    theirs = stage.root / "etc" / "theirs"
    job = stage.paid(f"locks.{stage.kind.zone}")[f"locks.{stage.kind.zone}"]
    (stage.root / STATE / "locks" / f"item-{job.item}").symlink_to(theirs)
    assert stage.carry_out("open", job).failed_clearly() == "state_unusable"
    (stage.root / STATE / "locks" / f"item-{job.item}").unlink()
    stage.settings(pace=50)
    assert stage.check().status == 0
    marks = list((stage.root / STATE / "locks").glob("paced-*"))
    assert marks
    for mark in marks:
        mark.unlink()
        mark.symlink_to(theirs)
    assert stage.carry_out("open", job).failed_clearly() == "state_unusable"
    assert not theirs.exists()


HOSTILE_SETTINGS: Dict[str, Callable[[Path], object]] = {
    "a pipe": lambda path: instead(path, os.mkfifo),
    "a folder": lambda path: instead(path, os.mkdir),
    "a device": lambda path: instead(path, lambda one: one.symlink_to("/dev/zero")),
    "too large": lambda path: path.write_bytes(b"# " + b"x" * 100_000),
    "not UTF-8": lambda path: path.write_bytes(b"settle \xff\n"),
    "writable by all": lambda path: path.chmod(0o666),
    "an unknown name": lambda path: path.write_text("setle 600\n"),
    "no number": lambda path: path.write_text("settle NaN\n"),
    "infinite": lambda path: path.write_text("settle Infinity\n"),
    "negative": lambda path: path.write_text("settle -1\n"),
    "huge": lambda path: path.write_text("answer_limit 1e9\n"),
    "a foreign digit": lambda path: path.write_text("customer_registrars \u00b2\n"),
    "a proxy that is none": lambda path: path.write_text("proxy socks5://127.0.0.1:1\n"),
}


def test_hostile_settings_are_refused_by_name(stage: Stage):
    path = stage.root / "etc" / "bill2bill.conf"
    for what, spoil in HOSTILE_SETTINGS.items():
        stage.settings()
        spoil(path)
        assert stage.check().failed_clearly() in ("bad_input", "url_bad"), what
        os.rmdir(path) if path.is_dir() else path.unlink()


def test_authorities_that_are_no_file_end_at_once(stage: Stage):
    pipe = stage.root / "var" / "pipe"
    os.mkfifo(pipe)
    files = [
        str(pipe),
        "/dev/zero",
        "/",
        "/nowhere",
        "/etc/hostname",
        "relative",
        "\u202e/x",
        "$(id)",
        "x" * 5000,
    ]
    for file, ran in zip(files, at_once(lambda file: stage.check(ca_file=file), files)):
        assert ran.failed_clearly() == "upstream_certificate", file


MARKS: Dict[str, Callable[[Path], object]] = {
    "file": lambda path: path.touch(),
    "folder": lambda path: path.mkdir(),
    "link-to-nowhere": lambda path: path.symlink_to("nowhere"),
    "link-to-itself": lambda path: path.symlink_to(path),
}


@pytest.mark.parametrize("turn", range(len(MARKS) // 2))
def test_a_panel_that_shall_do_nothing_does_nothing(stage: Stage, turn: int):
    """etc/billmgr.DoNothing in whatever form: no command and no tick spends (host-protocol 1.2)."""
    mark = share(stage.kind, MARKS)[turn]
    name = f"nothing-{mark}.{stage.kind.zone}"
    job = stage.paid(name)[name]
    stage.man.answers(stage.is_spending, b"", carried_out=False, times=1)
    stage.settings(settle=1000)
    assert (
        stage.carry_out("open", job).failed_clearly() == "lost_answer"
    )  # a purchase that the tick would look at
    stage.settings()
    path = stage.root / "etc" / "billmgr.DoNothing"
    MARKS[mark](path)
    stage.man.honest()
    ran = stage.carry_out("open", job)
    assert (ran.status, ran.out, stage.man.asked) == (0, b"", [])
    assert tick(stage) == b"[]\n"
    assert stage.man.asked == []
    path.rmdir() if mark == "folder" else path.unlink()
    assert b'"finished": true' in tick(stage)
    assert stage.charged(name) == [name]


def tick(stage: Stage) -> bytes:
    ran = run(
        [*warm.command_line(), "tick", "--json", "--root", str(stage.root)],
        b"",
        stage.root,
        env=CLEAN,
    )
    assert (ran.status, ran.err) == (0, b""), ran
    return ran.out
