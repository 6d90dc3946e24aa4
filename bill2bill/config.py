"""Every setting once.

Two kinds: the fields of a connection (the form in the panel, stored by the panel) and the plugin's own file
`etc/bill2bill.conf` for what an administrator hardly ever touches. The panel's forms, docs/settings.md and
the `features` answer are made from these declarations.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Dict, Mapping, NamedTuple, Tuple

from bill2bill.errors import Failure, Phrase, Raw

ON, OFF = "on", "off"
MOST_BYTES = 64 * 1024  # of etc/bill2bill.conf
DEFAULT_SERVER = "my.ru-tld.ru"


class Field(NamedTuple):
    """One field of the connection form (told in messages/forms.py). kind: text, secret, switch, choice."""

    name: str
    kind: str
    default: str = ""
    choices: Tuple[str, ...] = ()
    required: bool = False
    text: str = ""  # of a field that says another thing than others of its name

    @property
    def secret(self) -> bool:
        return self.kind == "secret"


_URL, _SERVER = Field("url", "text"), Field("server", "text", DEFAULT_SERVER)
_LOGIN = (
    Field("username", "text", required=True),
    Field("password", "secret", required=True),
    Field("project", "text"),
)
_TRUST = Field("ca_file", "text")
_ORDERS = tuple(Field(name, "switch", ON) for name in ("new_orders", "send_open", "send_prolong"))
_CLOSING = (Field("send_close", "switch", OFF), Field("notify", "switch", ON))

# Kind of module (its folder in the source) -> the fields of its connections.
CONNECTIONS: Dict[str, Tuple[Field, ...]] = {
    "registrar": (
        _URL,
        _SERVER,
        Field("dialect", "choice", "auto", ("auto", "4")),
        *_LOGIN,
        Field("registrar", "text"),
        _TRUST,
        *_ORDERS,
        Field("send_setparam", "switch", ON, text="send_name_servers"),
        *_CLOSING,
    ),
    "processing": (
        _URL,
        _SERVER._replace(default=""),
        Field("dialect", "choice", "auto", ("auto", "6")),
        *_LOGIN,
        Field("generation", "choice", "auto", ("auto", "new", "old")),
        _TRUST,
        *_ORDERS,
        Field("send_setparam", "switch", ON, text="send_tariffs_and_addons"),
        Field("send_suspend", "switch", ON),
        *_CLOSING,
    ),
}

# Fields of a tariff plan that is sold through the processing module (host-protocol 2.7,
# pricelist_dynamic_settings): kept in pricelistparam.
TARIFF: Tuple[Field, ...] = tuple(
    Field(name, "text") for name in ("b2b_tariff", "b2b_datacenter", "b2b_periods", "b2b_local_addons")
)


class Connection(NamedTuple):
    """The settings of one connection (an instance of the processing module). Switches are bool."""

    module: int
    url: str
    server: str
    dialect: str
    username: str
    password: str
    project: str
    ca_file: str
    new_orders: bool
    send_open: bool
    send_prolong: bool
    send_setparam: bool
    send_close: bool
    notify: bool
    registrar: str = ""  # domains only
    generation: str = "auto"  # services only, as send_suspend
    send_suspend: bool = True

    def __repr__(self) -> str:  # never the password
        return f"Connection(module={self.module}, url={self.url!r}, server={self.server!r})"


def connection(kind: str, module: int, values: Mapping[str, str]) -> Connection:
    """A connection of a module of this kind, as the panel stored or a form sent it, with defaults."""
    got: Dict[str, object] = {"module": module}
    for field in CONNECTIONS[kind]:
        text = values.get(field.name)
        text = field.default if text is None else text.strip() if not field.secret else text
        if field.kind == "choice" and text not in field.choices:
            raise Failure("bad_input", reason=Phrase("bad_setting", name=field.name, value=text))
        got[field.name] = text == ON if field.kind == "switch" else text
    return Connection(**got)  # type: ignore[arg-type]


# Of etc/bill2bill.conf: name -> (default, unit). What each does is in messages/forms.py.
OPTIONS: Dict[str, Tuple[str, str]] = {
    "settle": ("600", "s"),
    "read_timeout": ("60", "s"),
    "spend_timeout": ("180", "s"),
    "connect_timeout": ("10", "s"),
    "answer_limit": ("32", "MiB"),
    "pace": ("2", "1/s"),
    "parallel": ("2", ""),
    "listing_fresh": ("300", "s"),
    "files_fresh": ("86400", "s"),
    "panel_wait": ("300", "s"),
    "item_wait": ("60", "s"),
    "tries": ("10", ""),
    "overdue": ("86400", "s"),
    "cart_witness": ("on", ""),
    "proxy": ("", ""),
    "phone_form": ("canonical", ""),
    "send_contact": ("off", ""),
    "send_projectns": ("off", ""),
    "customer_registrars": ("5 27", ""),
}


@dataclass(frozen=True)
class Options:
    """The plugin's own settings with their types; times in seconds. Explained in messages/forms.py."""

    settle: float
    read_timeout: float
    spend_timeout: float
    connect_timeout: float
    answer_limit: int  # bytes
    pace: float
    parallel: int
    listing_fresh: float
    files_fresh: float
    panel_wait: float
    item_wait: float
    tries: int
    overdue: float
    cart_witness: bool
    proxy: str
    phone_form: str
    send_contact: bool
    send_projectns: bool
    customer_registrars: Tuple[int, ...]


def options(text: str = "") -> Options:
    """Read `etc/bill2bill.conf`: lines `name value`, `#` starts a comment.

    Raises Failure("bad_input") on an unknown name or a value out of range: a mistyped limit must not become
    "none".
    """
    values = {name: default for name, (default, _) in OPTIONS.items()}
    for line in text.splitlines():
        words = line.split("#", 1)[0].split(None, 1)
        if not words:
            continue
        if words[0] not in values:
            raise Failure("bad_input", reason=Phrase("unknown_option", name=words[0]))
        values[words[0]] = words[1].strip() if len(words) > 1 else ""
    typed = {field.name: _typed(field.name, field.type, values[field.name]) for field in fields(Options)}
    return Options(**typed)  # type: ignore[arg-type]


def _typed(name: str, kind: object, text: str) -> object:
    if kind == "str":
        return text
    if kind == "bool" and text in (ON, OFF):
        return text == ON
    try:
        if kind == "Tuple[int, ...]":
            return tuple(int(word) for word in text.split())
        number = Decimal(text)
    except (ValueError, InvalidOperation):
        raise Failure("bad_input", reason=Phrase("bad_option", name=name, value=text)) from None
    least = 1 if name in ("parallel", "tries", "answer_limit") else 0
    if not number.is_finite() or not least <= number <= 10**7:
        raise Failure("bad_input", reason=Phrase("bad_option", name=name, value=text))
    return int(number) * (1024 * 1024 if name == "answer_limit" else 1) if kind == "int" else float(number)


def options_of(root: Path) -> Options:
    """The options of the panel in `root`; without a file, the defaults."""
    path = root / "etc" / "bill2bill.conf"
    try:
        # a pipe in its place must not hang us
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            found = os.fstat(file.fileno())
            text = file.read(MOST_BYTES + 1) if stat.S_ISREG(found.st_mode) else b""
        if not stat.S_ISREG(found.st_mode) or len(text) > MOST_BYTES:
            raise Failure("bad_input", reason=Phrase("bad_file", name=path.name, most=MOST_BYTES // 1024))
        # who may say when a purchase is repeated spends our money
        if found.st_mode & stat.S_IWOTH or found.st_uid not in (0, os.geteuid()):
            raise Failure("bad_input", reason=Phrase("others_write", name=f"etc/{path.name}"))
        return options(text.decode("utf-8"))
    except FileNotFoundError:
        return options()
    except (OSError, UnicodeDecodeError) as error:
        reason = Phrase("of", value=f"etc/{path.name}", reason=Raw(error))
        raise Failure("bad_input", reason=reason) from error
