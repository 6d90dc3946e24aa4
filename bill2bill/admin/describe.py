"""Files made from the declarations: the module's description for the panel, and the pages of docs/ that list settings and errors.

`python -m bill2bill.admin.describe` writes them all; a test checks that they are fresh.
"""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Dict, List

from lxml import etree

from bill2bill.commands import REGISTRAR
from bill2bill.config import CONNECTION, OPTIONS, Field
from bill2bill.errors import PROBLEMS, Retry
from bill2bill.services.domain import EXECUTABLE, ITEMTYPE

REPOSITORY = Path(__file__).resolve().parents[2]
CARD = {
    "en": {
        "desc_short": "Domains of another BILLmanager",
        "desc_full": "Sells domains that a provider sells in its own BILLmanager (version 4; my.ru-tld.ru unless told otherwise).",
        "price": "Free",
        "name": "bill2bill: domains",
    },
    "ru": {
        "desc_short": "Домены другого BILLmanager",
        "desc_full": "Продаёт домены поставщика, чей биллинг тоже BILLmanager (версии 4; по умолчанию my.ru-tld.ru).",
        "price": "Бесплатно",
        "name": "bill2bill: домены",
    },
}
WHAT_NEXT = {
    Retry.LATER: "the panel repeats it",
    Retry.PERSON: "manual, with a task",
    Retry.LOOK: "the next run looks before it acts",
}


def module_xml() -> bytes:
    """etc/xml/billmgr_mod_pmbill2billreg.xml (host-protocol 7.1): card, connection form, texts in both languages."""
    root = etree.Element("mgrdata")
    root.append(etree.Comment(" Made by `python -m bill2bill.admin.describe` from config.py and errors.py: change those. "))
    plugin = etree.SubElement(root, "plugin", name=EXECUTABLE)
    etree.SubElement(plugin, "group").text = "processing_module"
    etree.SubElement(plugin, "author").text = "bill2bill"
    etree.SubElement(etree.SubElement(plugin, "params"), "type", name=ITEMTYPE)
    metadata = etree.SubElement(root, "metadata", name=f"processing.edit.{EXECUTABLE}", type="form")
    page = etree.SubElement(etree.SubElement(metadata, "form", title="name"), "page", name="connect")
    for field in CONNECTION:
        _add_field(page, field)
    for lang in ("en", "ru"):
        _add_texts(etree.SubElement(root, "lang", name=lang), lang)
    etree.indent(root, "  ")
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _add_field(page: etree._Element, field: Field) -> None:
    line = etree.SubElement(page, "field", name=field.name)
    if field.kind == "choice":
        etree.SubElement(line, "select", name=field.name)
        return
    kind = {"secret": "password", "switch": "checkbox", "text": "text"}[field.kind]
    control = etree.SubElement(line, "input", type=kind, name=field.name)
    if field.required:
        control.set("required", "yes")
    if field.secret:
        control.set("private", "yes")


def _add_texts(block: etree._Element, lang: str) -> None:
    card = CARD[lang]
    texts: Dict[str, Dict[str, str]] = {
        "plugin": {f"{part}_{EXECUTABLE}": card[part] for part in ("desc_short", "desc_full", "price")},
        "label_processing_modules": {EXECUTABLE: card["name"], f"module_{EXECUTABLE}": card["name"]},
        f"processing.edit.{EXECUTABLE}": {},
        "msgerror": {f"msg_error_{code}": problem.ru if lang == "ru" else problem.en for code, problem in PROBLEMS.items()},
    }
    for field in CONNECTION:
        form = texts[f"processing.edit.{EXECUTABLE}"]
        form[field.name] = field.ru if lang == "ru" else field.en
        form[f"hint_{field.name}"] = field.hint_ru if lang == "ru" else field.hint_en
    for name, messages in texts.items():
        box = etree.SubElement(block, "messages", name=name)
        for key, text in messages.items():
            etree.SubElement(box, "msg", name=key).text = text


def settings_page() -> bytes:
    lines = ["# Settings", "", "<!-- Made by `python -m bill2bill.admin.describe` from bill2bill/config.py: change that. -->", ""]
    lines += ["## Of a connection", "", "Entered in the panel: Integration, Processing modules.", ""]
    lines += ["| field | name in the form | default | what it does |", "|---|---|---|---|"]
    lines += [f"| `{field.name}` | {field.en} / {field.ru} | {_code(field.default)} | {field.hint_en}<br>{field.hint_ru} |" for field in CONNECTION]
    lines += ["", "## Of the plugin", ""]
    lines += ["The file `etc/bill2bill.conf` below the panel's folder: lines `name value`, `#` starts a comment. It need not exist.", ""]
    lines += ["| name | default | unit | what it does |", "|---|---|---|---|"]
    lines += [f"| `{name}` | {_code(default)} | {unit} | {en}<br>{ru} |" for name, (default, unit, en, ru) in OPTIONS.items()]
    return _text(lines)


def errors_page() -> bytes:
    lines = ["# Errors", "", "<!-- Made by `python -m bill2bill.admin.describe` from bill2bill/errors.py: change that. -->", ""]
    lines += ["Each has a stable code: the type of the error document, and the word in the log.", ""]
    lines += ["| code | the operation | what it says and what to do |", "|---|---|---|"]
    for code, problem in PROBLEMS.items():
        lines.append(f"| `{code}` | {WHAT_NEXT[problem.retry]} | {problem.en}<br>{problem.ru} |".replace("__", "\\_\\_"))
    return _text(lines)


def commands_page() -> bytes:
    import importlib

    lines = ["# Commands of the panel", "", "<!-- Made by `python -m bill2bill.admin.describe` from bill2bill/commands/: change that. -->", ""]
    lines += [f"`{EXECUTABLE}` (item type `{ITEMTYPE}`) answers:", "", "| command | what it does |", "|---|---|"]
    for name in sorted(REGISTRAR):
        told = importlib.import_module(f"bill2bill.commands.{name}").__doc__ or ""
        lines.append(f"| `{name}` | {' '.join(told.split())} |")
    return _text(lines)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _text(lines: List[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


FILES: Dict[str, Callable[[], bytes]] = {
    f"etc/xml/billmgr_mod_{EXECUTABLE}.xml": module_xml,
    "docs/settings.md": settings_page,
    "docs/errors.md": errors_page,
    "docs/commands.md": commands_page,
}

if __name__ == "__main__":
    for name, make in FILES.items():
        (REPOSITORY / name).write_bytes(make())
