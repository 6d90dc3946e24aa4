"""What every dialect's client checks before it asks: ids and the login."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import Callable, Iterator, Mapping, Optional, Union

from bill2bill.errors import Failure, NotSent, Phrase

Params = Mapping[str, Union[str, int]]
# The upstream did not let us in: whoever sends the login again risks that the account is closed to us.
LOGIN_REFUSED = frozenset(["invalid_login_or_passwd", "address_closed", "two_factor", "captcha"])
POSITIVE = re.compile(r"[1-9][0-9]{0,17}")


def one_id(value: int) -> str:
    """An id on the wire: one positive number (design decision 7: elid="11, 12" hits two). Raises
    NotSent("bad_input").
    """
    if isinstance(value, bool) or value <= 0:
        raise NotSent("bad_input", reason=Phrase("bad_id", value=value))
    return str(value)


class Login:
    """User and password as one word of the wire, and who is told when they are refused.

    The word ends its user at the first colon (upstream-billmanager4 1.4 [I], upstream-billmanager6 1.4 [I]).
    Raises Failure("bad_input") for a user name with a colon: it would move the password.
    """

    def __init__(self, username: str, password: str, refused: Optional[Callable[[], None]]) -> None:
        if ":" in username:
            raise Failure("bad_input", reason=Phrase("colon_in_user"))
        self.authinfo = f"{username}:{password}"
        self._refused = refused

    @contextmanager
    def used(self) -> Iterator[None]:
        """Around a call that carries it."""
        try:
            yield
        except Failure as failure:
            if failure.code in LOGIN_REFUSED and self._refused:
                self._refused()
            raise
