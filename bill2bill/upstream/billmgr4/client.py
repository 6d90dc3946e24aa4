"""The wire of a BILLmanager 4: how a function is called and what its answer means, whatever the task."""

from __future__ import annotations

import logging
import re
from typing import IO, FrozenSet, Iterator, Mapping, Optional
from urllib.parse import urlunsplit

from bill2bill.errors import Failure, NoAnswer, Refused
from bill2bill.upstream.address import checked_url
from bill2bill.upstream.asking import BaseClient, Params
from bill2bill.upstream.billmgr4 import types as wire
from bill2bill.upstream.billmgr4.envelope import Doc, Fields, WireError, WireRefusal, read_doc, read_rows

log = logging.getLogger("bill2bill.upstream")

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")


class Client(BaseClient):
    def call(
        self,
        func: str,
        params: Params,
        *,
        spends: bool = False,
        out: str = wire.JSON,
        refusals: FrozenSet[str] = wire.CERTAINLY_NOT_DONE,
    ) -> Doc:
        """One call; out=json for answers with dotted names, out=xml for forms (Q36), either is understood.

        An int in params is an id: one positive number. The Doc has no error.
        refusals: the error codes after which a spending call was certainly not carried out.
        Not spending: raises Failure, Refused if the upstream read the question and said no. *spends*: raises
        exactly one of NotSent, Refused and NoAnswer, by upstream-billmanager4 9.1; whether the Doc says yes
        is the caller's to see.
        """
        with self._answer(func, self._form(params, func=func, out=out), spends=spends) as body:
            doc = read_doc(body)
            if doc.error and spends and (doc.accepted or wire.ITEM_ID in doc.fields):
                raise NoAnswer("lost_answer", func=func, detail="yes and no in one answer")
            if doc.error:
                raise self._refusal(func, doc.error, refusals if spends else None)
            return doc

    def rows(self, func: str, params: Optional[Params] = None) -> Iterator[Fields]:
        """The rows of a list as flat texts, in bounded memory. Raises as a question does, perhaps after some
        rows: a list that was not read to its end proves nothing. The request is made by the first step.
        """
        with self._answer(func, self._form(params or {}, func=func, out=wire.XML)) as body:
            try:
                yield from read_rows(body)
            except WireRefusal as refusal:
                raise self._refusal(func, refusal.error, None) from refusal

    def public(self, path: str, params: Optional[Mapping[str, str]] = None) -> IO[bytes]:
        """A file or program at the origin of the API, without credentials. Raises Failure."""
        parts = checked_url(self.url)
        return self.http.get(urlunsplit((parts.scheme, parts.netloc, path, "", "")), path, params or {})

    def _refusal(self, func: str, error: WireError, refusals: Optional[FrozenSet[str]]) -> Failure:
        """2.4, 9.1: an unknown code leaves a purchase in doubt. refusals: None for a question."""
        detail = self.http.masked(f"code {error.code} obj {error.obj} val {error.val}: {error.text}")[:500]
        log.info("%s: %s", func, detail)
        code = self.http.masked(error.code)[:20]
        if refusals is None and error.code not in wire.REFUSED_QUESTION:
            return Failure("upstream_trouble", func=func, value=code, detail=detail)
        if refusals is not None and error.code not in refusals:
            return NoAnswer("lost_answer", func=func, code=code, detail=detail)
        if error.code == wire.LOGIN:
            return Refused("invalid_login_or_passwd", detail=detail)
        value, obj = self._field(error.val or error.obj), self._field(error.obj)
        return Refused("upstream_refused", func=func, code=error.code, value=value, object=obj, detail=detail)

    def _field(self, name: str) -> str:
        """A field or object (2.4); anything else may be what was sent, and goes to the log only."""
        return self.http.masked(name) if not name or NAME.fullmatch(name) else "?"
