"""Start of the panel (host-protocol 1.4, 1.5 and Appendix B): read descriptions, ask every module for its
features.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import Callable, Dict, Iterator, List, NamedTuple, Tuple

from . import descriptions, logs
from .dates import now
from .descriptions import Description, Problem
from .documents import Element
from .panel import STARTING, Panel

STARTED = "started"


class Declaration(NamedTuple):
    """One thing that a module says of itself: kind is itemtype, param, customparam, feature or template."""

    kind: str
    name: str
    crypted: str


def stop(panel: Panel) -> None:
    """The panel ends; the next call starts it again."""
    panel.db.put("sandbox_setting", {"name": STARTED}, value="off")


def ensure(panel: Panel, is_standard: Callable[[str], bool]) -> None:
    """Start the panel unless it is started; concurrent calls wait. is_standard: see descriptions.read_all."""
    if _is_started(panel):
        return
    with _alone(panel):
        if not _is_started(panel):
            _start(panel, is_standard)


def _is_started(panel: Panel) -> bool:
    return bool(panel.db.value("SELECT value FROM sandbox_setting WHERE name = ?", STARTED) == "on")


@contextmanager
def _alone(panel: Panel) -> Iterator[None]:
    with open(panel.path("var", "sandbox", "start.lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start(panel: Panel, is_standard: Callable[[str], bool]) -> None:
    began = time.monotonic()
    found, problems = descriptions.read_all(panel, is_standard)
    declared: Dict[str, List[Declaration]] = {}
    for description in found:
        if description.is_module:
            document, trouble = _features(panel, description.name)
            declared[description.name], doubles = _declarations(document)
            problems += [Problem(description.name, text) for text in trouble + doubles]
    _store(panel, found, declared, problems)
    logs.append(
        panel.log("starts"),
        modules={name: "ready" if said else "failed" for name, said in declared.items()},
        problems=[f"{problem.object}: {problem.text}" for problem in problems],
        seconds=round(time.monotonic() - began, 3),
    )


def _features(panel: Panel, name: str) -> Tuple[Element, List[str]]:
    """The features document; after a failure `make install-only` in src/<NAME> is tried once (host-protocol
    1.5).
    """
    import subprocess

    from . import modules

    run = modules.run(panel, name, "features", environment={STARTING: "1"})
    source = panel.path("src", name)
    if run.failure and os.path.isfile(os.path.join(source, "Makefile")):
        subprocess.run(["make", "install-only"], cwd=source, capture_output=True, timeout=300, check=False)
        run = modules.run(panel, name, "features", environment={STARTING: "1"})
    if run.failure:
        return Element("doc"), [f"features failed: {run.failure}"]
    return (run.document, []) if run.document is not None else (Element("doc"), ["features printed nothing"])


def _declarations(document: Element) -> Tuple[List[Declaration], List[str]]:
    """What the features document declares (host-protocol 3); something declared twice makes the module
    unusable.
    """
    said = [
        Declaration("itemtype", node.get("name") or "", "")
        for node in document.iterfind("itemtypes/itemtype")
    ]
    said += [
        Declaration(node.tag, node.get("name") or "", node.get("crypted") or "")
        for node in document.iterfind("params/*")
    ]
    said += [
        Declaration("feature", node.get("name") or "", "") for node in document.iterfind("features/feature")
    ]
    said += [
        Declaration("template", node.get("name") or node.get("id") or "", "")
        for node in document.iterfind("templates/template")
    ]
    keys = [(one.kind, one.name) for one in said]
    doubles = sorted(
        {f"{kind} {name} is declared twice" for kind, name in keys if keys.count((kind, name)) > 1}
    )
    return ([], doubles) if doubles else (said, [])


def _store(
    panel: Panel, found: List[Description], declared: Dict[str, List[Declaration]], problems: List[Problem]
) -> None:
    db = panel.db
    with db.transaction():
        for table in ("sandbox_module", "sandbox_declaration", "sandbox_xml"):
            db.delete(table)
        db.delete("sandbox_problem", kind="start")
        for name, said in declared.items():
            db.insert("sandbox_module", name=name, ready="on" if said else "off")
            for one in said:
                db.insert("sandbox_declaration", module=name, **one._asdict())
        for description in found:
            for piece in description.pieces:
                db.insert("sandbox_xml", **piece._asdict())
        for problem in problems:
            db.insert(
                "sandbox_problem",
                kind="start",
                name="start",
                object=problem.object,
                level="error",
                text=problem.text,
                date=now(),
            )
        db.put("sandbox_setting", {"name": STARTED}, value="on")
