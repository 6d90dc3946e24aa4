"""What every dialect's client checks before it asks: ids and the login."""

from __future__ import annotations

import re
from typing import Mapping, Union

from bill2bill.errors import Failure, NotSent, Phrase

Params = Mapping[str, Union[str, int]]
POSITIVE = re.compile(r"[1-9][0-9]{0,17}")


def one_id(value: int) -> str:
    """An id on the wire: one positive number (design decision 7: elid="11, 12" hits two). Raises
    NotSent("bad_input").
    """
    if isinstance(value, bool) or value <= 0:
        raise NotSent("bad_input", reason=Phrase("bad_id", value=value))
    return str(value)


def login_of(username: str, password: str) -> str:
    """The value of `authinfo`. The login ends at the first colon (upstream-billmanager4 1.4 [I],
    upstream-billmanager6 1.4 [I]).

    Raises Failure("bad_input") for a user name with a colon: it would move the password.
    """
    if ":" in username:
        raise Failure("bad_input", reason=Phrase("colon_in_user"))
    return f"{username}:{password}"
