"""Files made from the declarations: the modules' descriptions for the panel, and pages of docs/.

`python -m bill2bill.admin.describe` writes them all; a test checks that they are fresh.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Callable, Dict, List, Tuple

from lxml import etree

from bill2bill import messages
from bill2bill.commands import COMMANDS, FLAGS
from bill2bill.config import CONNECTIONS, OPTIONS, TARIFF, Field
from bill2bill.errors import CODES, Retry
from bill2bill.messages import forms
from bill2bill.messages.forms import text_of
from bill2bill.services.modules import MODULES
from bill2bill.upstream.billmgr4.adapter import Billmgr4
from bill2bill.upstream.billmgr6.adapter import Billmgr6
from bill2bill.upstream.capabilities import STEPS

REPOSITORY = Path(__file__).resolve().parents[2]
# kind -> language -> name, short and full description
CARDS = {
    "registrar": {
        "en": (
            "bill2bill: domains",
            "Domains of another BILLmanager",
            "Sells domains that a provider sells in its own BILLmanager (version 4; my.ru-tld.ru unless"
            " told otherwise).",
        ),
        "ru": (
            "bill2bill: домены",
            "Домены другого BILLmanager",
            "Продаёт домены поставщика, чей биллинг тоже BILLmanager (версии 4; по умолчанию my.ru-tld.ru).",
        ),
    },
    "processing": {
        "en": (
            "bill2bill: servers",
            "Servers of another BILLmanager",
            "Sells servers that a provider sells in its own BILLmanager (version 5 or 6).",
        ),
        "ru": (
            "bill2bill: серверы",
            "Серверы другого BILLmanager",
            "Продаёт серверы поставщика, чей биллинг тоже BILLmanager (версии 5 или 6).",
        ),
    },
}
PRICE = {"en": "Free", "ru": "Бесплатно"}
MADE = "Made by `python -m bill2bill.admin.describe` from"
WHAT_NEXT = {
    Retry.LATER: "the panel repeats it",
    Retry.PERSON: "manual, with a task",
    Retry.LOOK: "the next run looks before it acts",
}


def module_xml(kind: str) -> bytes:
    """etc/xml/billmgr_mod_<executable>.xml (host-protocol 7.1): card, forms, texts in both languages."""
    module, forms = MODULES[kind], _forms(kind)
    root = etree.Element("mgrdata")
    root.append(etree.Comment(f" {MADE} config.py and messages/: change those. "))
    plugin = etree.SubElement(root, "plugin", name=module.executable)
    etree.SubElement(plugin, "group").text = "processing_module"
    etree.SubElement(plugin, "author").text = "bill2bill"
    params = etree.SubElement(plugin, "params")
    for itemtype in module.itemtypes:
        etree.SubElement(params, "type", name=itemtype)
    for name, (page_name, fields) in forms.items():
        metadata = etree.SubElement(root, "metadata", name=name, type="form")
        page = etree.SubElement(etree.SubElement(metadata, "form", title="name"), "page", name=page_name)
        for field in fields:
            _add_field(page, field)
    for lang in ("en", "ru"):
        _add_texts(etree.SubElement(root, "lang", name=lang), kind, lang)
    etree.indent(root, "  ")
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _forms(kind: str) -> Dict[str, Tuple[str, Tuple[Field, ...]]]:
    """Name of the metadata -> (name of its page, fields)."""
    executable = MODULES[kind].executable
    forms = {f"processing.edit.{executable}": ("connect", CONNECTIONS[kind])}
    if FLAGS[kind]:
        forms[f"pricelist.{executable}"] = ("bill2bill", TARIFF)
    return forms


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


def _add_texts(block: etree._Element, kind: str, lang: str) -> None:
    executable = MODULES[kind].executable
    name, short, full = CARDS[kind][lang]
    card = {"desc_short": short, "desc_full": full, "price": PRICE[lang]}
    texts: Dict[str, Dict[str, str]] = {
        "plugin": {f"{part}_{executable}": text for part, text in card.items()},
        "label_processing_modules": {executable: name, f"module_{executable}": name},
        **{form: _labels(fields, lang) for form, (_, fields) in _forms(kind).items()},
        "msgerror": {f"msg_error_{code}": messages.panel_message(code, lang) for code in CODES},
    }
    for section, told in texts.items():
        box = etree.SubElement(block, "messages", name=section)
        for key, text in told.items():
            etree.SubElement(box, "msg", name=key).text = text


def _labels(fields: Tuple[Field, ...], lang: str) -> Dict[str, str]:
    labels: Dict[str, str] = {}
    for field in fields:
        label, hint = text_of(field)
        labels[field.name], labels[f"hint_{field.name}"] = label.of(lang), hint.of(lang)
    return labels


def _head(title: str, sources: str) -> List[str]:
    return [f"# {title}", "", f"<!-- {MADE} {sources}. -->", ""]


def settings_page() -> bytes:
    lines = _head("Settings", "config.py and messages/: change those")
    lines += ["## Of a connection", "", "Entered in the panel: Integration, Processing modules.", ""]
    lines += _rows(tuple(dict.fromkeys(field for fields in CONNECTIONS.values() for field in fields)))
    seller = f"`{MODULES['processing'].executable}`"
    lines += ["", "## Of a tariff plan", ""]
    lines += [f"Entered in the panel, in a tariff plan that is sold through {seller}.", ""]
    lines += _rows(TARIFF)
    file = "The file `etc/bill2bill.conf` below the panel's folder: lines `name value`, `#` starts a comment."
    lines += ["", "## Of the plugin", "", f"{file} It need not exist.", ""]
    lines += ["| name | default | unit | what it does |", "|---|---|---|---|"]
    lines += [
        f"| `{name}` | {_code(default)} | {unit} | {'<br>'.join(forms.OPTIONS[name])} |"
        for name, (default, unit) in OPTIONS.items()
    ]
    return _text(lines)


def _rows(fields: Tuple[Field, ...]) -> List[str]:
    rows = [
        f"| `{field.name}` | {' / '.join(text_of(field).label)} | {_module_of(field)} |"
        f" {_code(field.default)} | {'<br>'.join(text_of(field).hint)} |"
        for field in fields
    ]
    return ["| field | name in the form | module | default | what it does |", "|---|---|---|---|---|", *rows]


def _module_of(field: Field) -> str:
    """The one module that has it; "" for all."""
    kinds = [kind for kind in MODULES if field in (*CONNECTIONS[kind], *(TARIFF if FLAGS[kind] else ()))]
    return f"`{MODULES[kinds[0]].executable}`" if len(kinds) == 1 else ""


def errors_page() -> bytes:
    lines = _head("Errors", "errors.py and messages/: change those")
    lines += ["Each has a stable code: the type of the error document, and the word in the log.", ""]
    lines += ["| code | the operation | what it says and what to do |", "|---|---|---|"]
    for code, retry in CODES.items():
        said = "<br>".join(messages.template(code))
        lines.append(f"| `{code}` | {WHAT_NEXT[retry]} | {said} |".replace("__", "\\_\\_"))
    return _text(lines)


def commands_page() -> bytes:
    import importlib

    lines = _head("Commands of the panel", "bill2bill/commands/: change that")
    for kind, module in MODULES.items():
        types = ", ".join(f"`{name}`" for name in module.itemtypes)
        lines += [f"`{module.executable}` (item type {types}) answers:", ""]
        lines += ["| command | what it does |", "|---|---|"]
        for name, command in COMMANDS[kind].items():
            told = importlib.import_module(f"bill2bill.commands.{command.file}").__doc__ or ""
            lines.append(f"| `{name}` | {' '.join(told.split())} |")
        lines.append("")
    return _text(lines[:-1])


def capabilities_page() -> bytes:
    adapters = {"BILLmanager 4": Billmgr4.cannot, "BILLmanager 5 and 6": Billmgr6.cannot}
    sources = "bill2bill/upstream/capabilities.py and the adapters: change those"
    lines = _head("What can be asked of a provider", sources)
    lines += ["A version that can do a step is tested for it; one that cannot has a reason.", ""]
    lines += [f"| step | {' | '.join(adapters)} |", "|---|" + "---|" * len(adapters)]
    for step, sentence in STEPS.items():
        told = " | ".join(f"no: {cannot[step]}" if step in cannot else "yes" for cannot in adapters.values())
        lines.append(f"| {sentence} | {told} |")
    return _text(lines)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _text(lines: List[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


FILES: Dict[str, Callable[[], bytes]] = {
    **{
        f"etc/xml/billmgr_mod_{module.executable}.xml": partial(module_xml, kind)
        for kind, module in MODULES.items()
    },
    "docs/settings.md": settings_page,
    "docs/errors.md": errors_page,
    "docs/commands.md": commands_page,
    "docs/capabilities.md": capabilities_page,
}

if __name__ == "__main__":
    for name, make in FILES.items():
        (REPOSITORY / name).write_bytes(make())
