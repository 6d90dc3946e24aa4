"""Admin pages, answered by `addon/bill2bill` (host-protocol 7.4 to 7.6): waiting purchases, their form."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Callable, Dict, Mapping, Optional, Tuple

from lxml import etree

from bill2bill.admin import decide, start
from bill2bill.admin.panel import NAME, journal_of, locks_of
from bill2bill.admin.question import questions
from bill2bill.config import options_of
from bill2bill.errors import Failure, Phrase
from bill2bill.host import document, log, reply
from bill2bill.journal.purchase import Purchase, Stage
from bill2bill.journal.questions import Answer, answers_to
from bill2bill.messages.history import history

ADMIN = 29  # access levels: 30 root, 29 administrator (host-protocol 7.5)
DOUBTS, RESOLVE = "bill2bill.doubt", "bill2bill.resolve"


class Page:
    """One request. env: its parameters and who asks (host-protocol 7.5)."""

    def __init__(self, root: Path, stdin: BinaryIO, env: Mapping[str, str]) -> None:
        self.root, self.stdin, self.env = root, stdin, env
        self.journal = journal_of(root)

    def param(self, name: str) -> str:
        return self.env.get(f"PARAM_{name}", "")

    # -- the list --------------------------------------------------------------------------------------------

    def doubts(self) -> bytes:
        """Those that need a person first."""
        page = document.read_document(self.stdin)
        rows = self.journal.all_unsettled()
        asked = questions(self.root, self.journal, rows)
        for row in sorted(rows, key=lambda row: (row.id not in asked, row.id)):
            if row.id in asked or row.stage is Stage.SENT:
                _add_row(page, row, row.id in asked)
        return document.to_bytes(page)

    # -- the form --------------------------------------------------------------------------------------------

    def resolve(self) -> bytes:
        row = self._chosen()
        return self._answered(row) if self.param("sok") == "ok" else self._form(row)

    def _chosen(self) -> Purchase:
        """Exactly one purchase: `elid="1, 2"` names several rows (host-protocol 7.3)."""
        elid = self.param("elid")
        if not re.fullmatch("[0-9]{1,10}", elid):
            raise Failure("choose_one")
        row = self.journal.purchase(int(elid))
        # since the form was opened
        answered = row is not None and row.stage is Stage.CONFIRMED and not row.question
        if row is None or answered or not answers_to(row):
            raise Failure("no_question", id=elid, value=row.stage.value if row else "-")
        return row

    def _form(self, row: Purchase) -> bytes:
        page = document.read_document(self.stdin)
        steps = self.journal.history(row.id)
        asked = questions(self.root, self.journal, [row]).get(row.id)
        lang = self.param("lang") or page.get("lang", "")
        texts = {
            "elid": str(row.id),
            "purchase": f"{row.id}: {row.kind}, {row.name}",
            "question": _in(lang, asked.en, asked.ru) if asked else "-",
            "tried": _in(lang, *(history(steps, one) for one in ("en", "ru"))),
            "remote": self.param("remote") or str(row.remote or ""),
            "why": self.param("why"),
        }
        for name, text in texts.items():
            for old in page.findall(name):
                page.remove(old)
            etree.SubElement(page, name).text = document.printable(text)
        choices = etree.SubElement(page, "slist", {"name": "answer"})
        for answer in answers_to(row):
            etree.SubElement(choices, "msg", {"key": answer.value}).text = f"answer_{answer.value}"
        return document.to_bytes(page)

    def _answered(self, row: Purchase) -> bytes:
        log.setup(self.root, NAME)
        options = options_of(self.root)
        who = log.one_line(self.env.get("AUTH_USER", ""))[:64] or "-"
        with locks_of(self.root).item(row.item, options.item_wait):
            row = self._chosen()  # whoever held the lock may have settled it
            said, why = self._answer(), self.param("why")
            if said.answer is Answer.OTHER_ITEM:
                start.must_be_unknown(self.root, row)
            noting = start.noting(self.root, self.journal)
            decide.resolve(self.journal, row.id, said, who, why, options.settle, noting)
        # a form does not wait for a provider: the panel and the tick do the rest
        start.let_go_on(self.root, self.journal, row.id)
        page = etree.Element("doc")
        etree.SubElement(page, "ok")
        return document.to_bytes(page)

    def _answer(self) -> decide.Said:
        word, remote = self.param("answer"), self.param("remote").strip()
        if word not in {one.value for one in Answer}:
            raise Failure("bad_input", reason=Phrase("unknown_answer", value=word[:40]))
        answer = Answer(word)
        if answer is not Answer.BOUGHT:
            return decide.Said(answer)
        return decide.Said(answer, int(remote) if re.fullmatch("[0-9]{1,10}", remote) else 0)


PAGES: Dict[str, Callable[[Page], bytes]] = {DOUBTS: Page.doubts, RESOLVE: Page.resolve}


def answer(root: str, stdin: BinaryIO, env: Mapping[str, str]) -> Tuple[int, Optional[bytes]]:
    """(exit status, document). Whoever asks, it runs as root: rights are checked here (host-protocol 7.5)."""
    try:
        _check_rights(env)
        func = env.get("PARAM_func", "")
        if func not in PAGES:
            raise Failure("bad_call", reason=Phrase("unknown_func", name=func[:80]))
        return 0, PAGES[func](Page(Path(root), stdin, env))
    except Failure as failure:
        return 1, reply.error_document(failure, env.get("PARAM_lang", ""))


def _check_rights(env: Mapping[str, str]) -> None:
    level = env.get("AUTH_LEVEL", "")
    if not re.fullmatch("[0-9]{1,3}", level) or int(level) < ADMIN:
        raise Failure("no_rights")


def _in(lang: str, english: str, russian: str) -> str:
    """The panel need not say who reads it: then it is told in both languages."""
    return {"ru": russian, "en": english}.get(lang.lower()[:2], f"{russian} / {english}")


def _add_row(page: etree._Element, purchase: Purchase, asks: bool) -> None:
    row = etree.SubElement(page, "elem")
    since = datetime.fromtimestamp(purchase.sent or purchase.created).strftime("%Y-%m-%d %H:%M:%S")  # noqa: DTZ006 - the panel's dates are local
    values = {
        "id": purchase.id, "item": purchase.item, "kind": purchase.kind, "name": purchase.name,
        "months": purchase.months, "state": "doubt" if asks else "sent", "since": since,
        "cost": purchase.cost, "remote": purchase.remote or "", "operation": purchase.operation or "",
    }  # fmt: skip
    for name, value in values.items():
        etree.SubElement(row, name).text = document.printable(str(value))
