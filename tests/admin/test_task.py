"""The task for an operation in doubt holds all that a person needs, and its command works as it stands."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from typing import Dict

import pytest
from journeys.test_doubt import doubtful
from kit import warm
from kit.reseller import PASSPORT, PASSWORD

from bill2bill.journal.transitions import Event
from bill2bill.sandbox.stage import HOME

from .desk import Desk

COMMAND_LINE = """#!{python} -IXutf8
import os, sys
sys.path.insert(0, {home!r})
os.environ["BILL2BILL_ROOT"] = {root!r}
from bill2bill.admin.cli import main
sys.exit(main())
"""


def texts(desk: Desk) -> Dict[str, str]:
    """What stands with the one operation, by language."""
    (operation,) = desk.shop.operations()
    error = ET.fromstring(operation["errorxml"]).find("error")
    assert error is not None
    named = {param.get("name"): param.text or "" for param in error}
    return {"ru": named["valueRU"], "en": named["valueEN"]}


def installed(desk: Desk) -> None:
    """The panel's own command line, as install.sh makes it."""
    path = desk.root / "sbin" / "bill2bill"
    path.write_text(COMMAND_LINE.format(python=sys.executable, home=str(HOME), root=str(desk.root)))
    path.chmod(0o755)
    warm.executables(desk.root)


@pytest.mark.parametrize("task_type", ["empty", "post"])
@pytest.mark.parametrize("command", ["open", "prolong"])
def test_it_says_what_was_tried_and_when_without_secrets(desk: Desk, command: str, task_type: str):
    desk.shop.switch(task_type=task_type)
    item = doubtful(desk.shop, command, carried_out=False)
    found = texts(desk)
    (task,) = desk.shop.tasks()
    if task_type == "empty":
        for text in found.values():
            assert text in task["specification"]
    else:
        assert task["runningoperation"] == desk.shop.operations()[0]["id"]
    (sent,) = [
        step.at
        for step in desk.shop.journal().history(desk.shop.purchase(item, command).id)
        if step.event is Event.REQUEST_LEAVES
    ]
    for text, words in ((found["ru"], "запрос отправлен"), (found["en"], "the request was sent")):
        assert f"{time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(float(str(sent))))} {words}" in text
        for secret in (PASSWORD, PASSPORT, "ivan@example.ru", "Ivanov"):
            assert secret not in text


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize(
    ("command", "answer", "carried_out"),
    [
        ("open", "--not-bought", False),
        ("open", "--bought", True),
        ("prolong", "--bought", True),
        ("prolong", "--not-bought", False),
    ],
)
def test_its_command_typed_as_it_stands_ends_the_operation(
    desk: Desk, command: str, answer: str, carried_out: bool, lang: str
):
    doubtful(desk.shop, command, carried_out=carried_out)
    desk.shop.up.heal()
    installed(desk)
    (typed,) = [one for one in re.findall("«([^»]+)»", texts(desk)[lang]) if answer in one]
    words = shlex.split(typed)
    remote = str(desk.shop.up.domain("example.ru")["id"]) if carried_out else "-"
    if command == "open":  # only a person can find the number
        words = [remote if word == "N" else word for word in words]
    assert "N" not in words
    done = subprocess.run(
        words, cwd="/", capture_output=True, encoding="utf-8", env={"PATH": os.environ["PATH"], "LANG": lang}
    )
    assert done.returncode == 0, done.stderr
    assert desk.shop.operations() == []
    assert len(desk.shop.up.charges()) == 1
