"""The wire of a BILLmanager 5 or 6: how a function is called and what its answer means, whatever the task."""

from __future__ import annotations

import logging
from typing import Dict, Iterator, Tuple

from bill2bill.errors import Failure, NoAnswer, NotSent, Phrase, Refused
from bill2bill.upstream.asking import BaseClient, Params
from bill2bill.upstream.billmgr6 import types as wire
from bill2bill.upstream.billmgr6.envelope import Doc, Node, WireError, error_of, parts, read_doc
from bill2bill.upstream.billmgr6.refusals import failure_of
from bill2bill.upstream.body import Unreadable

log = logging.getLogger("bill2bill.upstream")

SAYS_DONE = (*wire.SERVICE_IDS, *wire.UNPAID_IDS, wire.NEW_DATE)


class Client(BaseClient):
    def call(self, func: str, params: Params, *, spends: bool = False) -> Doc:
        """One call; the Doc has no error. An int in params is an id: one positive number.

        Not spending: raises Failure, Refused if the upstream read the question and said no. *spends*: raises
        exactly one of NotSent, Refused and NoAnswer (9.3); whether the Doc says yes is the caller's to see.
        """
        with self._answer(func, self._question(func, params), spends=spends) as body:
            doc = read_doc(body)
            if doc.error and spends and (doc.accepted or any(name in doc.node for name in SAYS_DONE)):
                raise NoAnswer("lost_answer", func=func, detail="yes and no in one answer")
            if doc.error:
                raise self._refusal(func, doc.error, spends)
            if doc.accepted and wire.SECOND_FACTOR in doc.node.get(wire.OK):
                # 1.4 [T]: of whoami; after anything else nobody knows
                if spends:
                    raise NoAnswer("lost_answer", func=func, detail=wire.SECOND_FACTOR)
                raise Refused("two_factor")
            return doc

    def page(
        self, func: str, number: int, rows: int = wire.ROWS_PER_PAGE, sort: str = ""
    ) -> Iterator[Tuple[str, Node]]:
        """The parts of one page of a list (2.2). Raises Failure: only a page read to its end is whole."""
        params = {wire.PAGE: str(number), wire.PAGE_SIZE: str(rows), **({wire.SORT: sort} if sort else {})}
        known = False
        with self._answer(func, self._question(func, params)) as body:
            for name, node in parts(body):
                if name == wire.ERROR:
                    raise self._refusal(func, error_of(node), spends=False)
                if name == wire.OK and wire.SECOND_FACTOR in node.text:
                    raise Refused("two_factor")
                if name == wire.OK:
                    raise Unreadable(Phrase("not_a_list"))
                known = known or name in wire.LIST_PARTS
                yield name, node
            if not known:
                raise Unreadable(Phrase("not_a_list"))

    def _question(self, func: str, params: Params) -> Dict[str, str]:
        """lang=en: words and money differ from language to language (1.3)."""
        reserved = wire.RESERVED.intersection(params)
        if reserved:
            raise NotSent("bad_input", reason=Phrase("reserved", names=", ".join(sorted(reserved))))
        return self._form(params, func=func, out="xml", lang="en")

    def _refusal(self, func: str, error: WireError, spends: bool) -> Failure:
        failure = failure_of(func, error, spends, self.http.masked)
        log.info("%s: %s: %s", func, failure.code, failure.detail)
        return failure
