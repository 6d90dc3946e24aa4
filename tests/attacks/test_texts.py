"""Texts of clients, administrators and providers are texts: nothing is executed, no further row is touched,
no parameter is slipped in.
"""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any, Dict, List, Set
from xml.sax.saxutils import escape

from kit import purchases, warm
from kit.wire import Asked, said

from bill2bill.journal.purchase import Evidence
from bill2bill.sandbox.stage import HOME

from .stages import CLEAN, PROCESSING, REGISTRAR, Stage, at_once, run, share

NASTY = (
    "$(touch pwned)", "`touch pwned`", "; touch pwned ;", "| touch pwned", "&& touch pwned",
    "\ntouch pwned\n", "--item 1 --command close",
    "-e elid=$HOME", "$HOME", "elid=1", "x elid=1 sok=ok", "a=b&c=d&elid=1", "'; DROP TABLE item; --",
    "' OR '1'='1", '" OR ""="', "\\",
    "%s %n {0} {x!r}", "__value__", "]]><evil/>", "</doc><doc>", "&lt;evil/&gt; &#x3c; &amp;",
    "<!DOCTYPE a><a/>", "<script>alert(1)</script>",
    "[bold red]x[/] [/nothing]", "../../../etc/passwd", "file:///etc/passwd", "1, 2", "-1", "0", "null",
    "NaN", "1e999", "9" * 400, "\u0661",
    "x" * 70_000, "\U0001f600" * 300, "\u202etxt.exe", "\u200b", "e\u0301", "\x1b[2J\x1b]0;evil\x07",
    "\r\nX-Evil: 1\r\n\r\n", "\u2028",
    "\x7f", "id=5;price=;period=", "",
)  # fmt: skip
# what a client fills in, and the parameters of the order that it ends in
FIELDS: Dict[str, Dict[str, str]] = {
    "registrar": {"domain": "itemparam", "ns0": "itemparam", "ns1": "itemparam", "firstname": "contact",
        "passport": "contact", "email": "contact",
                  "location_address": "contact", "phone": "contact"},
    "processing": {"domain": "itemparam", "ostempl": "itemparam", "recipe": "itemparam"},
}  # fmt: skip


def untouched(stage: Stage, before: Dict[str, int]) -> None:
    """Nothing was executed, and the panel's rows are as they were."""
    assert list(stage.root.rglob("pwned")) + list(Path.cwd().glob("pwned")) == []
    assert stage.counts() == before


def words_of_mgrctl(stage: Stage) -> Dict[str, Set[str]]:
    """Function of the panel -> the names of parameters that the module gave it; ids are single numbers."""
    found: Dict[str, Set[str]] = {}
    for call in stage.panel.calls():
        if call["ssh_connection"] == stage.kind.executable:
            found.setdefault(call["func"], set()).update(call["params"])
            assert call["params"].get("elid", "1").isdigit(), call
    return found


def words_of_http(asked: List[Asked]) -> Dict[str, Set[str]]:
    found: Dict[str, Set[str]] = {}
    for one in asked:
        found.setdefault(one.func, set()).update(one.params)
    return found


def within(found: Dict[str, Set[str]], known: Dict[str, Set[str]]) -> None:
    for func, names in found.items():
        assert names <= known.get(func, set()), (func, names - known.get(func, set()))


# What each call of either module may say at all.
CALLS_OF_THE_PANEL: Dict[str, Set[str]] = {
    "runningoperation.edit": {"elid", "errorxml", "sok"}, "runningoperation.setmanual": {"elid", "sok"},
    "task.gettype": {"operation", "item"},
    "task.edit": {"item", "runningoperation", "type", "sok"},
    "task.simple.create": {"elid", "specification", "sok"},
    "service.saveparam": {"elid", "name", "value", "sok", "crypted"},
    "service.setstatus": {"elid", "service_status", "sok"},
    "domain.open": {"elid", "service_status", "bill2bill", "bill2bill_purchase", "sok"},
    "service.setexpiredate": {"elid", "expiredate", "sok"},
    "vds.open": {"elid", "ip", "username", "bill2bill", "bill2bill_purchase", "sok"},
    "service_profile2processingmodule.edit": {"service_profile", "processingmodule", "type", "externalid",
        "sok"},
    "problems.register": {"name", "id", "level", "param_pm_name", "param_pm_id", "param_errormsg", "sok"},
    "service.postprolong": {"elid", "sok"},
    "processing.edit": {"elid"},
}  # fmt: skip


def test_what_a_client_types_stays_a_text(stage: Stage):
    before = stage.counts()
    nasty = share(stage.kind, NASTY)
    honest, *names = [f"texts{number}.{stage.kind.zone}" for number in range(len(nasty) + 1)]
    jobs = stage.paid(honest, *names)
    assert stage.carry_out("open", jobs[honest]).status == 0
    said_before = words_of_http(stage.man.asked)
    fields = FIELDS[stage.kind.name]
    for number, (name, text) in enumerate(zip(names, nasty)):
        field = list(fields)[number % len(fields)]
        if fields[field] == "itemparam":
            stage.panel.change("DELETE FROM itemparam WHERE item = ? AND intname = ?", jobs[name].item, field)
            stage.panel.change(
                "INSERT INTO itemparam (item, intname, value) VALUES (?, ?, ?)", jobs[name].item, field, text
            )
        else:
            give_contact(stage, jobs[name].item, field, text)
    for (name, text), ran in zip(
        zip(names, nasty), at_once(lambda name: stage.carry_out("open", jobs[name]), names)
    ):
        assert ran.status == 0 or ran.failed_clearly(), (name, text)
    untouched(stage, before)
    within(words_of_mgrctl(stage), CALLS_OF_THE_PANEL)
    optional = {"domainname_0", "nslist_0", "recipe", "ostempl", "middlename", "domain"}
    calls = {func: names | optional for func, names in said_before.items()}
    for func in (
        "domaincontact",
        "domaincontact.edit",
        "contcat.create.1",
    ):  # what is sent of a person is told by rules/contacts.py alone
        calls.pop(func, None)
    within({func: names for func, names in words_of_http(stage.man.asked).items() if func in calls}, calls)
    listed_by_command_line(stage)


def give_contact(stage: Stage, item: int, field: str, text: str) -> None:
    """A contact of its own for this item."""
    rows = {
        row["intname"]: row["value"]
        for row in stage.rows("SELECT intname, value FROM service_profileparam WHERE service_profile = 1")
    }
    stage.panel.change("INSERT INTO service_profile (profiletype, name, account) VALUES (1, 'nasty', 1)")
    profile = stage.rows("SELECT MAX(id) AS id FROM service_profile")[0]["id"]
    for name, value in {**rows, field: text}.items():
        stage.panel.change(
            "INSERT INTO service_profileparam (service_profile, intname, value) VALUES (?, ?, ?)",
            profile,
            name,
            value,
        )
    stage.panel.change("UPDATE service_profile2item SET service_profile = ? WHERE item = ?", profile, item)


def listed_by_command_line(stage: Stage) -> None:
    """The journal can be read on a terminal and on the page of doubts, whatever the names in it are."""
    for number, text in enumerate(NASTY):
        wanted = purchases.intent(item=90_000 + number, module=1, name=text, months=1)
        purchases.asked(stage.journal(), Evidence.TIMEOUT, wanted)
    for words in (["list"], ["list", "--json"], ["show", "1"]):
        ran = run(
            [*warm.command_line(), "journal", *words, "--root", str(stage.root)],
            b"",
            stage.root,
            env=CLEAN,
        )
        assert (ran.status, ran.err) == (0, b""), words
        assert b"\x1b" not in ran.out and b"\x07" not in ran.out, words  # noqa: PT018
    page = (HOME / "addon" / "bill2bill").read_text().split("\n", 1)[1]
    (stage.root / "addon" / "bill2bill").write_text(
        f"#!{sys.executable} -IXutf8\nimport sys; sys.path.insert(0, {str(HOME)!r})\n{page}"
    )
    (stage.root / "addon" / "bill2bill").chmod(0o750)
    warm.executables(stage.root)
    shown = run(
        [str(stage.root / "addon" / "bill2bill")],
        b"<doc/>",
        stage.root,
        env={**CLEAN, "AUTH_LEVEL": "30", "PARAM_func": "bill2bill.doubt"},
    )
    assert shown.status == 0, shown
    assert len(ET.fromstring(shown.out).findall("elem")) >= len(NASTY)


def test_what_an_administrator_types_stays_a_text(stage: Stage):
    before = stage.counts()
    fields = ["username", "project", "url", "server", "registrar", "ca_file"]
    forms = [
        {fields[number % len(fields)]: printable(text)}
        for number, text in enumerate(share(stage.kind, NASTY))
    ]
    for form, ran in zip(forms, at_once(lambda form: stage.check(**form), forms)):
        assert ran.status == 0 or ran.failed_clearly(), form
    untouched(stage, before)
    if stage.kind is PROCESSING:
        job = stage.paid("settings.example.net")["settings.example.net"]
        for number, text in enumerate(NASTY[::3]):
            field = ("b2b_tariff", "b2b_datacenter", "b2b_periods", "b2b_local_addons")[number % 4]
            stage.panel.change("DELETE FROM pricelistparam WHERE intname = ?", field)
            stage.panel.change(
                "INSERT INTO pricelistparam (pricelist, intname, value) VALUES (1, ?, ?)", field, text
            )
            ran = stage.carry_out("open", job)
            assert ran.status == 0 or ran.failed_clearly(), (field, text)
            if ran.status == 0:
                break
            stage.panel.change("DELETE FROM pricelistparam WHERE pricelist = 1")
            sold = {"b2b_tariff": "277", "b2b_datacenter": "3"}
            for name, value in sold.items():
                stage.panel.change(
                    "INSERT INTO pricelistparam (pricelist, intname, value) VALUES (1, ?, ?)", name, value
                )
        untouched(stage, before)


def printable(text: str) -> str:
    """What a form of the panel can hold: XML has no control characters."""
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n")


def test_a_form_with_any_text_is_answered_by_a_well_formed_one(stage: Stage):
    doc = ET.Element("doc")
    for number, text in enumerate(NASTY):
        ET.SubElement(doc, f"field{number}", about=printable(text)[:100]).text = printable(text)
    ran = stage.ask("tune_connection", "--lang", NASTY[0], stdin=ET.tostring(doc))
    assert (ran.status, ran.err) == (0, b"")
    answer = ET.fromstring(ran.out)
    assert [answer.findtext(f"field{number}") for number in range(len(NASTY))] == [
        doc.findtext(f"field{number}") for number in range(len(NASTY))
    ]


def test_what_a_provider_says_stays_a_text(stage: Stage):
    """Refusals of an order whose every word is hostile: a clear error, well-formed documents, nothing bought
    or executed.
    """
    before = stage.counts()
    texts = [printable(text)[:5000] for text in share(stage.kind, NASTY)]
    names = [f"refused{number}.{stage.kind.zone}" for number in range(len(texts))]
    jobs = stage.paid(*names)
    for name, text in zip(names, texts):
        refusal = (
            error_of(text)
            if len(text) % 2
            else error_of(text, kind="value" if stage.kind is PROCESSING else "4")
        )
        stage.man.answers(lambda asked, name=name: stage.is_spending(asked, name), refusal)
    for text, ran in zip(texts, at_once(lambda name: stage.carry_out("open", jobs[name]), names)):
        assert ran.failed_clearly() in ("lost_answer", "upstream_refused", "invalid_login_or_passwd"), text
    untouched(stage, before)
    within(words_of_mgrctl(stage), CALLS_OF_THE_PANEL)
    for operation in stage.running().values():
        if operation["errorxml"]:
            assert ET.fromstring(operation["errorxml"]).tag == "doc"
    assert stage.charged(*names) == []
    assert all(line.count("\x1b") == 0 for line in stage.log().splitlines())


def error_of(text: str, kind: str = "") -> bytes:
    value = escape(text, {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})
    about = (
        f'type="{kind or value}" object="{value}"' if kind != "4" else f'code="4" obj="{value}" val="{value}"'
    )
    return said(
        f'<doc><error {about} code="{kind or value}"><param'
        f' name="{value}">{value}</param><msg>{value}</msg></error></doc>'.encode()
    )


def test_what_a_provider_tells_of_a_server_is_stored_as_it_is_or_not_at_all(stage: Stage):
    if stage.kind is REGISTRAR:
        told_of_a_domain(stage)
        return
    before = stage.counts()
    texts = [printable(text) for text in NASTY[::2] if printable(text).strip()]
    names = [f"served{number}.example.net" for number in range(len(texts))]
    jobs = dict(zip(names, stage.paid(*names).values()))
    spoilt = {name: escape(text) for name, text in zip(names, texts)}
    stage.man.rewrites(
        lambda asked: asked.func == "vds.edit" and "sok" not in asked.params,
        lambda body: filled(body, spoilt),
    )
    runs = at_once(lambda name: stage.carry_out("open", jobs[name]), names)
    for name, text, ran in zip(names, texts, runs):
        stored = {
            row["intname"]: row["value"]
            for row in stage.rows("SELECT intname, value FROM itemparam WHERE item = ?", jobs[name].item)
        }
        if ran.status == 0:
            assert stored.get("username") == text.strip(), name
        else:
            assert ran.failed_clearly() in ("bad_input", "upstream_answer", "panel_refused"), (name, text)
    assert [ran.status for ran in runs].count(0) > len(runs) / 2
    untouched(stage, before)
    within(words_of_mgrctl(stage), CALLS_OF_THE_PANEL)
    assert stage.charged(*names) == sorted(names)


def filled(body: bytes, spoilt: Dict[str, str]) -> bytes:
    """The form with the hostile text of its server as user name and password."""
    doc = ET.fromstring(body)
    name = doc.findtext("domain") or ""
    for field in ("username", "password"):
        for node in doc.findall(field):
            node.text = ET.fromstring(f"<a>{spoilt[name]}</a>").text if name in spoilt else node.text
    return ET.tostring(doc, encoding="utf-8")


def told_of_a_domain(stage: Stage) -> None:
    """The answer to the look at the domain that was just ordered holds a hostile text in every field, one
    after another.
    """
    before = stage.counts()
    names = [f"looked{number}.ru" for number in range(12)]
    jobs = stage.paid(*names)
    texts = dict(zip(names, NASTY[::4]))
    for name, text in texts.items():
        about = lambda asked, name=name: asked.func == "domain.getinfo" and name in asked.params.values()  # noqa: E731
        stage.man.rewrites(about, lambda body, text=text: told(body, text))
    for name, ran in zip(texts, at_once(lambda name: stage.carry_out("open", jobs[name]), list(texts))):
        assert ran.status == 0 or ran.failed_clearly(), name
    untouched(stage, before)
    within(words_of_mgrctl(stage), CALLS_OF_THE_PANEL)
    assert max([stage.charged(name).count(name) for name in names], default=0) <= 1


def told(body: bytes, text: str) -> bytes:
    answer: Dict[str, Any] = json.loads(body)
    return json.dumps(
        {name: text if isinstance(value, str) else value for name, value in answer.items()}
    ).encode()
