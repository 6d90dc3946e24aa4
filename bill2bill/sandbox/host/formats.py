"""Output of mgrctl (host-protocol 5.2). Everything is made from the XML answer."""

from __future__ import annotations

import json
from typing import Any, Dict, List

from .documents import Element, to_bytes

FORMATS = ("text", "xml", "devel", "json", "xjson", "sjson", "bjson")
ALWAYS_LISTS = {"elem", "slist", "val", "list", "param"}
FRAME = {
    "ok",
    "tparams",
    "metadata",
    "messages",
    "slist",
    "list",
    "error",
    "elem",
    "p_elems",
    "p_num",
    "p_cnt",
}


def render(document: Element, out: str) -> bytes:
    if out in {"xml", "devel"}:
        return to_bytes(document)
    if out in {"json", "xjson", "sjson"}:
        return _json({"doc": _tree(document)})
    if out == "bjson":
        return _json(_brief(document))
    return "".join(line + "\n" for line in _lines(document)).encode()


def error_line(error: Element) -> str:
    """The error line of the text format."""
    value = error.findtext("param[@name='value']") or error.get("value") or ""
    return (
        f"ERROR Error: Type: '{error.get('type') or ''}' Object: '{error.get('object') or ''}' Value:"
        f" '{value}'"
    )


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False) + "\n").encode()


def _tree(element: Element) -> Dict[str, Any]:
    """Attributes as `$name`, text as `$`; a tag that comes more than once is a list."""
    tree: Dict[str, Any] = {"$" + name: value for name, value in element.attrib.items()}
    if element.text and element.text.strip():
        tree["$"] = element.text
    for child in element:
        if child.tag in ALWAYS_LISTS or len(element.findall(child.tag)) > 1:
            tree.setdefault(child.tag, []).append(_tree(child))
        else:
            tree[child.tag] = _tree(child)
    return tree


def _values(element: Element) -> Dict[str, str]:
    return {child.tag: child.text or "" for child in element}


def _brief(document: Element) -> Dict[str, Any]:
    """bjson: values of a form or a write under `model`, rows under `elem`, an error under `error`."""
    brief: Dict[str, Any] = {
        "model": {child.tag: child.text or "" for child in document if child.tag not in FRAME}
    }
    found = document.findall("elem")
    if found or document.find("p_elems") is not None:
        brief["elem"] = [_values(row) for row in found]
    error = document.find("error")
    if error is not None:
        params = {param.get("name") or "": param.text or "" for param in error.findall("param")}
        brief["error"] = {**params, **error.attrib, "msg": error.findtext("msg") or ""}
    if document.find("ok") is not None:
        brief["ok"] = document.findtext("ok") or ""
    return brief


def _lines(document: Element) -> List[str]:
    error = document.find("error")
    if error is not None:
        return [error_line(error)]
    if document.find("p_elems") is not None:
        return [
            " ".join(f"{name}={value}" for name, value in _values(row).items())
            for row in document.findall("elem")
        ]
    values = [f"{child.tag}={child.text or ''}" for child in document if child.tag not in FRAME]
    return (["OK"] if document.find("ok") is not None else []) + values
