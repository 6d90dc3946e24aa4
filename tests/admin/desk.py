"""A person's desk: the command line as it is typed, the pages as the panel asks for them, and a journal with
purchases in every state.
"""

from __future__ import annotations

import json
import os
import subprocess
import xml.etree.ElementTree as ET
from datetime import date
from typing import Any, List, Mapping, NamedTuple, Optional

from kit import warm
from kit.databases import tables
from kit.purchases import asked, at, intent, sent
from kit.reseller import DomainReseller

from bill2bill.journal.purchase import Evidence, Purchase, Question, Stage
from bill2bill.journal.transitions import Event
from bill2bill.sandbox.stage import HOME

LONG_AGO = 1_700_000_000.0


class Done(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


class Desk:
    def __init__(self, shop: DomainReseller) -> None:
        self.shop, self.root = shop, shop.panel.root

    def types(
        self, *words: object, lang: str = "C", env: Optional[Mapping[str, str]] = None, here: bool = True
    ) -> Done:
        """`bill2bill journal …` for this panel."""
        root = ["--root", str(self.root)] if here else []
        command = [*warm.command_line(), "journal", *map(str, words), *root]
        given = {
            "PATH": os.environ["PATH"],
            "LANG": lang,
            "USER": "keeper",
            "TERM": "dumb",
            "COLUMNS": "100",
            **(env or {}),
        }
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", cwd=HOME, env=given, stdin=subprocess.DEVNULL
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    def opens(self, func: str, **params: object) -> ET.Element:
        """A page of the admin interface. Raises Said."""
        return self.shop.panel.call(func, **{"lang": "en", **params})

    def saves(self, **params: object) -> ET.Element:
        return self.opens("bill2bill.resolve", sok="ok", **params)

    # -- purchases -------------------------------------------------------------------------------------------

    def purchase(
        self,
        item: int = 71,
        kind: str = "open",
        stage: Optional[Stage] = None,
        operation: Optional[int] = None,
        evidence: Evidence = Evidence.TIMEOUT,
        name: str = "",
        **columns: Any,
    ) -> Purchase:
        """One whose request left long ago, as if the commands had written it.

        stage  where it is; without it a person is asked, on this evidence
        """
        journal = self.shop.journal()
        before = date(2027, 5, 26) if kind == "prolong" else None
        wanted = intent(
            kind, item=item, module=1, operation=operation, name=name or f"name{item}.ru", before=before
        )
        request = {"sent": LONG_AGO, **columns}
        if stage is Stage.SENT:
            return sent(journal, wanted, **request)
        if stage:
            return at(journal, stage, wanted, **request)
        if evidence is not Evidence.TIMEOUT:
            return asked(journal, evidence, wanted, **columns)
        row = sent(journal, wanted, **request)
        row = journal.record(row, Event.NO_ANSWER, code="upstream_unreachable")
        row = journal.record(row, Event.LEGACY, note="canary-word")
        return journal.record(
            row, Event.UNCLEAR, question=Question.BOUGHT, evidence=evidence, code="upstream_wall"
        )

    def stays(self, number: int) -> bool:
        """Is it asked about as before, with nothing decided?"""
        row = self.known(number)
        return (row.stage, row.question) == (Stage.SENT, Question.BOUGHT)

    def known(self, number: int) -> Purchase:
        found = self.shop.journal().purchase(number)
        assert found is not None
        return found

    def decisions(self, number: int) -> List[Mapping[str, Any]]:
        shown: List[Mapping[str, Any]] = self.types("show", number, "--json").data["decisions"]
        return shown

    def operation(self, item: int, command: str, errorxml: str = "") -> int:
        """A manual operation that waits on the panel."""
        with tables(self.root) as db:
            number = db.insert(
                "runningoperation", item=item, intname=command, trycount=1, manual="on", errorxml=errorxml
            )
            db.insert("sandbox_operation", operation=number, command=command, options="{}")
            return number
