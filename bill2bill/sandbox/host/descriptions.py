"""Description files etc/xml/billmgr_mod_<NAME>.xml (host-protocol 7.1): read at start, kept in the database
for later calls.
"""

from __future__ import annotations

import glob
import os
import xml.etree.ElementTree as ET
from typing import Callable, Dict, List, NamedTuple, Optional, Set, Tuple

from .db import Row
from .documents import BadXml, Element, parse
from .panel import Panel

PREFIX = "billmgr_mod_"


class Piece(NamedTuple):
    """A part of a description that some function will need: kind is metadata, messages, mainmenu, func or
    event.
    """

    kind: str
    name: str
    lang: str
    source: str
    body: str


class Problem(NamedTuple):
    object: str
    text: str


class Description(NamedTuple):
    name: str
    is_module: bool
    pieces: List[Piece]


def read_all(panel: Panel, is_standard: Callable[[str], bool]) -> Tuple[List[Description], List[Problem]]:
    """Every valid description, and the problems of the invalid ones.

    is_standard: does the panel itself have the function?
    """
    found: List[Description] = []
    problems: List[Problem] = []
    for path in sorted(glob.glob(panel.path("etc", "xml", PREFIX + "*.xml"))):
        name = os.path.basename(path)[len(PREFIX) : -len(".xml")]
        try:
            with open(path, "rb") as source:
                found.append(_read(panel, name, parse(source.read())))
        except (BadXml, OSError) as error:
            problems.append(Problem(os.path.basename(path), str(error)))
    return found, problems + _drop_doubles(found, is_standard)


def _read(panel: Panel, name: str, root: Element) -> Description:
    """Raises BadXml for a description that breaks the rules of names (host-protocol 7.1 and Appendix B)."""
    if root.tag != "mgrdata":
        raise BadXml(f"the root is {root.tag}, not mgrdata")
    is_module = False
    for plugin in root.iter("plugin"):
        if (plugin.findtext("group") or "").strip() == "processing_module":
            is_module = True
            if plugin.get("name") != name:
                raise BadXml(f"the plugin is called {plugin.get('name')}, the file {name}")
            if not os.access(panel.path("processing", name), os.X_OK):
                raise BadXml(f"there is no executable processing/{name}")
    pieces = [_piece("metadata", node, name) for node in root.findall("metadata")]
    pieces += [_piece("mainmenu", node, name) for node in root.findall("mainmenu")]
    pieces += [
        _piece("messages", block, name, lang.get("name") or "")
        for lang in root.findall("lang")
        for block in lang.findall("messages")
    ]
    return Description(name, is_module, pieces + _handlers(panel, root, name))


def _piece(kind: str, node: Element, source: str, lang: str = "") -> Piece:
    return Piece(kind, node.get("name") or "", lang, source, ET.tostring(node, "unicode"))


def _handlers(panel: Panel, root: Element, source: str) -> List[Piece]:
    found = []
    for handler in root.findall("handler"):
        script = handler.get("name") or ""
        if os.path.basename(script) != script or not os.access(panel.path("addon", script), os.X_OK):
            raise BadXml(f"there is no executable addon/{script}")
        for kind in ("func", "event"):
            for node in handler.findall(kind):
                node.set("script", script)
                node.set("type", handler.get("type") or "")
                found.append(_piece(kind, node, source))
    return found


def _drop_doubles(found: List[Description], is_standard: Callable[[str], bool]) -> List[Problem]:
    """A form or function that is defined twice: the second definition is dropped. Metadata of the panel's own
    functions merges (7.3).
    """
    seen: Set[Tuple[str, str]] = set()
    problems = []
    for description in found:
        for piece in [piece for piece in description.pieces if piece.kind in {"metadata", "func"}]:
            standard = is_standard(piece.name)
            if (piece.kind, piece.name) in seen and not (standard and piece.kind == "metadata"):
                problems.append(Problem(description.name, f"{piece.kind} {piece.name} is defined twice"))
                description.pieces.remove(piece)
            seen.add((piece.kind, piece.name))
    return problems


def metadata(panel: Panel, name: str) -> List[Element]:
    """Definitions of one form or list; several only where plugins add to a standard one."""
    return [ET.fromstring(row["body"]) for row in panel.db.find("sandbox_xml", kind="metadata", name=name)]


def messages(panel: Panel, name: str, lang: str) -> Dict[str, str]:
    """Texts of one block in one language, with English where that language has none."""
    texts: Dict[str, str] = {}
    for code in ("en", lang):
        for row in panel.db.find("sandbox_xml", kind="messages", name=name, lang=code):
            texts.update(
                {node.get("name") or "": node.text or "" for node in ET.fromstring(row["body"]).iter("msg")}
            )
    return texts


def handler(panel: Panel, func: str) -> Optional[str]:
    """Name of the addon script that is this function, if a plugin has one."""
    found = panel.db.find("sandbox_xml", kind="func", name=func)
    return ET.fromstring(found[0]["body"]).get("script") if found else None


def events(panel: Panel, func: str) -> List[Element]:
    """Handlers around a function, those with priority="hi" first (host-protocol 7.4)."""
    found = [ET.fromstring(row["body"]) for row in panel.db.find("sandbox_xml", kind="event", name=func)]
    return sorted(found, key=lambda event: event.get("priority") != "hi")


def menu(panel: Panel, lang: str) -> List[Row]:
    """What plugins add to the main menu: one row per entry, with its text from block `desktop` (host-protocol
    7.3).
    """
    texts = messages(panel, "desktop", lang)
    found: List[Row] = []
    for stored in panel.db.find("sandbox_xml", kind="mainmenu"):
        root = ET.fromstring(stored["body"])
        for node in root.iter("node"):
            name = node.get("name") or ""
            row = {
                "level": root.get("level"),
                "name": name,
                "action": node.get("action"),
                "type": node.get("type"),
            }
            found.append({**row, "text": texts.get("menu_" + name, name)})
    return found
