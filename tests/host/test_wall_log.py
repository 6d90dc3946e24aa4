from __future__ import annotations

import logging
import os
import re
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bill2bill.host import log

LINE = re.compile(
    r"[A-Z][a-z]{2} [0-9]{1,2} [0-9]{2}:[0-9]{2}:[0-9]{2} \[([0-9]+)\] (\S+)"
    r" (DEBUG|EXTINFO|INFO|WARNING|ERROR|CRITICAL) (.*)"
)
LOGGER = logging.getLogger("bill2bill.some.part")


@pytest.fixture
def root(tmp_path):
    (tmp_path / "var").mkdir()
    (tmp_path / "etc").mkdir()
    log._secrets.clear()
    yield tmp_path
    log._secrets.clear()
    for handler in list(log._logger.handlers):
        log._logger.removeHandler(handler)
        handler.close()
    log._logger.propagate = True
    log._logger.setLevel(logging.NOTSET)


def lines(root, name="pmbill2billreg"):
    return (root / "var" / f"{name}.log").read_text(encoding="utf-8").splitlines()


def test_a_line_has_the_panels_shape_and_the_operation(root):
    log.setup(root, "pmbill2billreg", 77)
    LOGGER.error("цена %s", "199.00")
    (line,) = lines(root)
    pid, logger, level, text = LINE.fullmatch(line).groups()
    assert (int(pid), logger, level, text) == (
        os.getpid(),
        "bill2bill.some.part",
        "ERROR",
        "operation=77 цена 199.00",
    )


def test_without_an_operation_none_is_named(root):
    log.setup(root, "pmbill2billreg", None)
    LOGGER.warning("hello")
    assert LINE.fullmatch(lines(root)[0]).group(4) == "hello"


def test_the_file_is_for_root_only_even_if_it_was_open_before(root):
    path = root / "var" / "pmbill2billreg.log"
    path.write_text("old\n")
    path.chmod(0o644)
    log.setup(root, "pmbill2billreg")
    LOGGER.error("new")
    assert path.stat().st_mode & 0o777 == 0o600
    assert lines(root)[0] == "old"
    assert len(lines(root)) == 2


@pytest.mark.parametrize(
    ("config", "first"),
    [
        (None, "EXTINFO"),
        ("", "EXTINFO"),
        ("pmbill2billreg 9", "DEBUG"),
        ("pmbill2billreg.* 9", "DEBUG"),
        ("pmbill2billreg 6", "EXTINFO"),
        ("pmbill2billreg 5", "INFO"),
        ("pmbill2billreg 4", "WARNING"),
        ("pmbill2billreg 3", "ERROR"),
        ("pmbill2billreg 2", "CRITICAL"),
        ("pmbill2billreg 7", "EXTINFO"),
        ("pmbill2billreg 99", "EXTINFO"),
        ("pmbill2billreg", "EXTINFO"),
        ("pmbill2billreg nine", "EXTINFO"),
        ("pmbill2billreg 9\npmbill2billreg.net 3\nbillmgr 9", "ERROR"),
        ("# pmbill2billreg 9", "EXTINFO"),
        ("pmbill2billreg 4\nSET pmbill2billreg.max_log_size=9", "WARNING"),
        ("pmbill2bill 9", "EXTINFO"),
        ("xpmbill2billreg 9", "EXTINFO"),
    ],
)
def test_levels_come_from_the_panels_file(root, config, first):
    if config is not None:
        (root / "etc" / "debug.conf").write_bytes(config.encode() + b"\n# \xff\n")
    log.setup(root, "pmbill2billreg")
    for level in (10, log.EXTINFO, 20, 30, 40, 50):
        LOGGER.log(level, "x")
    assert LINE.fullmatch(lines(root)[0]).group(3) == first


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(text=st.text(max_size=200))
def test_one_event_is_one_physical_line(root, text):
    path = root / "var" / "pmbill2billreg.log"
    path.unlink(missing_ok=True)
    log.setup(root, "pmbill2billreg", 1)
    LOGGER.error("%s", text)
    assert len(path.read_text(encoding="utf-8").splitlines()) == 1


def test_a_traceback_is_one_line_too(root):
    log.setup(root, "pmbill2billreg")
    try:
        raise ValueError("a\nb")
    except ValueError as error:
        LOGGER.critical("internal", exc_info=error)
    (line,) = lines(root)
    assert "Traceback" in line
    assert "a\\nb" in line


@pytest.mark.parametrize("secret", ["s3cret", "pa$$ w(o)rd+", "пароль", "a&b<c>", "line\nbreak"])
def test_no_secret_reaches_the_log_in_any_dress(root, secret):
    from html import escape
    from urllib.parse import quote, quote_plus

    log.setup(root, "pmbill2billreg")
    log.hide([secret, "", "  "])
    dresses = [secret, quote(secret, safe=""), quote_plus(secret), escape(secret)]
    for dress in dresses:
        LOGGER.error("authinfo=me:%s&out=xml", dress)
    try:
        raise ValueError(secret)
    except ValueError as error:
        LOGGER.error("failed", exc_info=error)
    text = (root / "var" / "pmbill2billreg.log").read_text(encoding="utf-8")
    for dress in [*dresses, log.one_line(secret)]:
        assert dress not in text
    assert "authinfo=me:***&out=xml" in text


def test_a_secret_inside_a_longer_one_leaves_nothing_of_either(root):
    log.setup(root, "pmbill2billreg")
    log.hide(["abc", "abcdef"])
    LOGGER.error("abcdef abc")
    assert lines(root)[0].endswith("*** ***")


def test_two_characters_are_not_masked():
    log.hide([":", "on"])
    assert log.mask("12:00 on") == "12:00 on"


def test_a_log_that_cannot_be_written_breaks_nothing(tmp_path, root):
    for bad in (tmp_path / "nowhere", root):
        if bad == root:
            (root / "var" / "pmbill2billreg.log").mkdir()
        log.setup(bad, "pmbill2billreg", 1)
        LOGGER.error("lost")


def test_a_pipe_in_place_of_the_log_does_not_hang(root):
    os.mkfifo(root / "var" / "pmbill2billreg.log")
    log.setup(root, "pmbill2billreg")
    LOGGER.error("lost")


def test_a_wrong_format_of_a_line_breaks_nothing(root):
    log.setup(root, "pmbill2billreg")
    LOGGER.error("%d", "no number")
    LOGGER.error("next")
    assert [line[-4:] for line in lines(root)] == ["next"]


def test_nothing_goes_to_stdout_or_stderr_and_a_full_disk_is_survived(root):
    code = (
        "import logging, pathlib, sys; from bill2bill.host import log;"
        "log.setup(pathlib.Path(sys.argv[1]), 'pmbill2billreg', 1); logging.getLogger('bill2bill').error('x')"
    )
    # the kernel refuses every byte
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); "
    done = subprocess.run([sys.executable, "-c", full + code, str(root)], capture_output=True, check=True)
    assert done.stdout == done.stderr == b""
    assert (root / "var" / "pmbill2billreg.log").read_bytes() == b""


def test_a_link_in_place_of_the_log_is_not_followed(root, tmp_path):
    other = tmp_path / "other"
    other.write_text("theirs")
    other.chmod(0o644)
    (root / "var" / "pmbill2billreg.log").symlink_to(other)
    log.setup(root, "pmbill2billreg")
    LOGGER.error("lost")
    assert (other.read_text(), other.stat().st_mode & 0o777) == ("theirs", 0o644)


def test_a_second_setup_takes_the_place_of_the_first(root):
    log.setup(root, "one")
    log.setup(root, "two")
    LOGGER.error("once")
    assert lines(root, "one") == []
    assert len(lines(root, "two")) == 1
