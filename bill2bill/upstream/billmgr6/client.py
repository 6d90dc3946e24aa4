"""The wire of a BILLmanager 5 or 6: how a function is called and what its answer means, whatever the task."""

from __future__ import annotations

import logging
from typing import Callable, Dict, Iterator, NoReturn, Optional, Tuple

from bill2bill.errors import Failure, NoAnswer, NotSent, Phrase, Refused
from bill2bill.upstream.address import checked_url
from bill2bill.upstream.asking import Login, Params, one_id
from bill2bill.upstream.billmgr6 import types as wire
from bill2bill.upstream.billmgr6.envelope import Doc, Node, WireError, error_of, parts, read_doc
from bill2bill.upstream.billmgr6.refusals import failure_of
from bill2bill.upstream.body import Unreadable
from bill2bill.upstream.http import Http
from bill2bill.upstream.parsing import OtherDialect

log = logging.getLogger("bill2bill.upstream")


class Client:
    """Calls with one login, which travels in the body of a POST (1.2, 1.4 A). url: of the API, as
    sniff.normalise_url gives it.
    """

    def __init__(
        self,
        http: Http,
        url: str,
        username: str,
        password: str,
        login_refused: Optional[Callable[[], None]] = None,
    ) -> None:
        checked_url(url)
        self.url = url
        self.http = http
        self._login = Login(username, password, login_refused)

    def call(self, func: str, params: Params, *, spends: bool = False) -> Doc:
        """One call; the Doc has no error. An int in params is an id: one positive number.

        Not spending: raises Failure, Refused if the upstream read the question and said no. *spends*: raises
        exactly one of NotSent, Refused and NoAnswer (9.3); whether the Doc says yes is the caller's to see.
        """
        with self._login.used():
            return self._call(func, params, spends)

    def _call(self, func: str, params: Params, spends: bool) -> Doc:
        with self.http.post(self.url, func, self._form(func, params), spends=spends) as body:
            try:
                doc = read_doc(body)
            except (Unreadable, OtherDialect) as error:
                self._not_understood(func, error, spends)
        if (
            doc.error
            and spends
            and (
                doc.accepted
                or any(name in doc.node for name in (*wire.SERVICE_IDS, *wire.UNPAID_IDS, wire.NEW_DATE))
            )
        ):
            raise NoAnswer("lost_answer", func=func, detail="yes and no in one answer")
        if doc.error:
            raise self._refusal(func, doc.error, spends)
        if doc.accepted and wire.SECOND_FACTOR in doc.node.get(
            wire.OK
        ):  # 1.4 [T]: of whoami; after anything else nobody knows
            raise (
                NoAnswer("lost_answer", func=func, detail=wire.SECOND_FACTOR)
                if spends
                else Refused("two_factor")
            )
        return doc

    def page(
        self, func: str, number: int, rows: int = wire.ROWS_PER_PAGE, sort: str = ""
    ) -> Iterator[Tuple[str, Node]]:
        """The parts of one page of a list, as a stream (2.2). Raises Failure, also after some: only a page
        read to its end is whole.
        """
        params = {wire.PAGE: str(number), wire.PAGE_SIZE: str(rows), **({wire.SORT: sort} if sort else {})}
        form = self._form(func, params)
        known = False
        with self._login.used(), self.http.post(self.url, func, form) as body:
            try:
                for name, node in parts(body):
                    if name == wire.ERROR:
                        raise self._refusal(func, error_of(node), spends=False)
                    if name == wire.OK:
                        raise (
                            Refused("two_factor")
                            if wire.SECOND_FACTOR in node.text
                            else Unreadable(Phrase("not_a_list"))
                        )
                    known = known or name in wire.LIST_PARTS
                    yield name, node
            except (Unreadable, OtherDialect) as error:
                self._not_understood(func, error, spends=False)
        if not known:
            self._not_understood(func, Unreadable(Phrase("not_a_list")), spends=False)

    def _form(self, func: str, params: Params) -> Dict[str, str]:
        """lang=en: words and money differ from language to language (1.3)."""
        form = {wire.FUNC: func, wire.OUT: wire.XML, wire.LANG: wire.ENGLISH}
        form[wire.AUTHINFO] = self._login.authinfo
        reserved = wire.RESERVED.intersection(params)
        if reserved:
            raise NotSent("bad_input", reason=Phrase("reserved", names=", ".join(sorted(reserved))))
        for name, value in params.items():
            form[name] = one_id(value) if isinstance(value, int) else value
        if not isinstance(params.get(wire.ELID, 1), int):
            raise NotSent("bad_input", reason=Phrase("bad_setting", name=wire.ELID, value=params[wire.ELID]))
        return form

    def _refusal(self, func: str, error: WireError, spends: bool) -> Failure:
        failure = failure_of(func, error, spends, self.http.masked)
        log.info("%s: %s: %s", func, failure.code, failure.detail)
        return failure

    def _not_understood(self, func: str, error: Exception, spends: bool) -> NoReturn:
        reason = self.http.masked(error.reason if isinstance(error, Unreadable) else str(error))
        if spends:
            raise NoAnswer("lost_answer", func=func, detail=f"{type(error).__name__}: {reason}") from error
        if isinstance(error, OtherDialect):
            raise Failure("other_dialect", url=self.url, detail=reason) from error
        raise Failure("upstream_answer", func=func, reason=reason) from error
