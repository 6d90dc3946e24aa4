"""What every dialect asks with: one login at one API, and ids that are one number."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import IO, Callable, Dict, Iterator, Mapping, Optional, Union

from bill2bill.errors import Failure, NoAnswer, NotSent, Phrase
from bill2bill.upstream.address import checked_url
from bill2bill.upstream.body import Unreadable
from bill2bill.upstream.http import Http
from bill2bill.upstream.parsing import OtherDialect

Params = Mapping[str, Union[str, int]]
Form = Dict[str, Union[str, int]]
ELID = "elid"
# The upstream did not let us in: whoever sends the login again risks that the account is closed to us.
LOGIN_REFUSED = frozenset(["invalid_login_or_passwd", "address_closed", "two_factor", "captcha"])
POSITIVE = re.compile(r"[1-9][0-9]{0,17}")


def one_id(value: int) -> str:
    """One positive number (design decision 7: elid="11, 12" hits two). Raises NotSent("bad_input")."""
    if isinstance(value, bool) or value <= 0:
        raise NotSent("bad_input", reason=Phrase("bad_id", value=value))
    return str(value)


def positive(text: str) -> int:
    """Raises ValueError for anything but one positive number."""
    if not POSITIVE.fullmatch(text):
        raise ValueError(f"not a positive number: {text[:40]!r}")
    return int(text)


class BaseClient:
    """Calls with one login, which travels in the body of a POST (upstream-billmanager6 1.2, 1.4 A).

    url            of the API, as sniff.normalise_url gives it
    login_refused  called when the upstream does not let us in
    Raises Failure("bad_input") for a user name with a colon: the login is one word, which ends its user at
    the first colon (upstream-billmanager4 1.4 [I], upstream-billmanager6 1.4 [I]).
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
        if ":" in username:
            raise Failure("bad_input", reason=Phrase("colon_in_user"))
        self.http, self.url = http, url
        self._authinfo = f"{username}:{password}"
        self._login_refused = login_refused

    def _form(self, params: Params, **words: str) -> Dict[str, str]:
        """words: what this dialect says in every call."""
        form = {**words, "authinfo": self._authinfo}
        for name, value in params.items():
            form[name] = one_id(value) if isinstance(value, int) else value
        if not isinstance(params.get(ELID, 1), int):
            raise NotSent("bad_input", reason=Phrase("bad_setting", name=ELID, value=params[ELID]))
        return form

    @contextmanager
    def _answer(self, func: str, form: Mapping[str, str], *, spends: bool = False) -> Iterator[IO[bytes]]:
        """The body that came back. What reads it may raise Unreadable or OtherDialect."""
        try:
            with self.http.post(self.url, func, form, spends=spends) as body:
                yield body
        except (Unreadable, OtherDialect) as error:
            reason = self.http.masked(error.reason if isinstance(error, Unreadable) else str(error))
            if spends:
                detail = f"{type(error).__name__}: {reason}"
                raise NoAnswer("lost_answer", func=func, detail=detail) from error
            if isinstance(error, OtherDialect):
                raise Failure("other_dialect", url=self.url, detail=reason) from error
            raise Failure("upstream_answer", func=func, reason=reason) from error
        except Failure as failure:
            if failure.code in LOGIN_REFUSED and self._login_refused:
                self._login_refused()
            raise
