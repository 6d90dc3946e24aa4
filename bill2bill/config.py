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

from bill2bill.errors import Failure

ON, OFF = "on", "off"
MOST_BYTES = 64 * 1024  # of etc/bill2bill.conf
DEFAULT_SERVER = "my.ru-tld.ru"


class Field(NamedTuple):
    """One field of the connection form. kind: text, secret, switch, choice."""

    name: str
    kind: str
    default: str
    en: str
    ru: str
    hint_en: str
    hint_ru: str
    choices: Tuple[Tuple[str, str, str], ...] = ()  # (value, en, ru)
    required: bool = False

    @property
    def secret(self) -> bool:
        return self.kind == "secret"


_URL, _SERVER = (
    Field(
        "url",
        "text",
        "",
        "API address",
        "Адрес API",
        "Full address, for example https://my.ru-tld.ru/manager/billmgr. Empty: it is found from the server name.",
        "Полный адрес, например https://my.ru-tld.ru/manager/billmgr. Пусто: будет найден по имени сервера.",
    ),
    Field(
        "server",
        "text",
        DEFAULT_SERVER,
        "Server name",
        "Имя сервера",
        "Host name of the provider's billing; used when the API address is empty.",
        "Имя сервера биллинга поставщика; используется, если адрес API пуст.",
    ),
)
_LOGIN = (
    Field(
        "username",
        "text",
        "",
        "User",
        "Пользователь",
        "Name of your account at the provider. Use a separate one for this connection.",
        "Имя вашей учётной записи у поставщика. Заведите для подключения отдельную.",
        required=True,
    ),
    Field("password", "secret", "", "Password", "Пароль", "Its password.", "Её пароль.", required=True),
    Field(
        "project",
        "text",
        "",
        "Account or project",
        "Счёт или проект",
        "Name of the project whose account pays, exactly as the provider writes it; in version 5 or 6 the project's number. May be empty if there is only one.",
        "Имя проекта, со счёта которого платить, точно как у поставщика; в версии 5 или 6 номер проекта. Можно оставить пустым, если он один.",
    ),
)
_TRUST = (
    Field(
        "ca_file",
        "text",
        "",
        "CA file",
        "Файл CA",
        "Path on this server to the certificates that may sign the provider's TLS certificate. Empty: the public ones.",
        "Путь на этом сервере к сертификатам, которыми может быть подписан TLS-сертификат поставщика. Пусто: публичные.",
    ),
)
_ORDERS = (
    Field(
        "new_orders",
        "switch",
        ON,
        "Use for new orders",
        "Использовать для новых заказов",
        "Off: new orders wait for a person.",
        "Выключено: новые заказы ждут человека.",
    ),
    Field(
        "send_open",
        "switch",
        ON,
        "Send orders",
        "Передавать заказы",
        "Off: a person orders at the provider, the operation becomes manual.",
        "Выключено: заказывает человек, операция становится ручной.",
    ),
    Field(
        "send_prolong",
        "switch",
        ON,
        "Send renewals",
        "Передавать продления",
        "Off: a person renews at the provider, the operation becomes manual.",
        "Выключено: продлевает человек, операция становится ручной.",
    ),
)
_CLOSING = (
    Field(
        "send_close",
        "switch",
        OFF,
        "Send closing",
        "Передавать закрытие",
        "Off: a person closes the service at the provider, the operation becomes manual.",
        "Выключено: услугу закрывает человек, операция становится ручной.",
    ),
    Field(
        "notify",
        "switch",
        ON,
        "Notify about errors",
        "Сообщать об ошибках",
        "Off: no task is made for a failed operation, except for purchases in doubt.",
        "Выключено: по ошибкам задачи не создаются, кроме покупок под вопросом.",
    ),
)


def _dialect(*versions: Tuple[str, str, str]) -> Field:
    return Field(
        "dialect", "choice", "auto", "BILLmanager version", "Версия BILLmanager",
        "Version of the provider's panel. Normally recognised by a call without a password; a version that is named is not asked for.",
        "Версия панели поставщика. Обычно определяется запросом без пароля; указанная версия не проверяется.",
        (("auto", "recognise", "определить"), *versions),
    )  # fmt: skip


# Kind of module (its folder in the source) -> the fields of its connections.
CONNECTIONS: Dict[str, Tuple[Field, ...]] = {
    "registrar": (
        _URL, _SERVER, _dialect(("4", "BILLmanager 4", "BILLmanager 4")), *_LOGIN,
        Field(
            "registrar", "text", "", "Registrar", "Регистратор",
            "Number of the registrar at the provider. Empty: the provider's own (13) first, then the cheapest.",
            "Номер регистратора у поставщика. Пусто: сначала собственный (13), затем самый дешёвый.",
        ),
        *_TRUST, *_ORDERS,
        Field(
            "send_setparam", "switch", ON, "Send changes", "Передавать изменения",
            "Off: a person changes name servers at the provider, the operation becomes manual.",
            "Выключено: серверы имён меняет человек, операция становится ручной.",
        ),
        *_CLOSING,
    ),
    "processing": (
        _URL, _SERVER._replace(default=""), _dialect(("6", "BILLmanager 5 or 6", "BILLmanager 5 или 6")), *_LOGIN,
        Field(
            "generation", "choice", "auto", "Order functions", "Функции заказа",
            "Which order functions of the provider are called. Normally told from its version.",
            "Какие функции заказа поставщика вызывать. Обычно определяется по его версии.",
            (("auto", "by version", "по версии"), ("new", "new (v2)", "новые (v2)"), ("old", "old", "старые")),
        ),
        *_TRUST, *_ORDERS,
        Field(
            "send_setparam", "switch", ON, "Send changes", "Передавать изменения",
            "Off: a person changes tariffs and add-ons at the provider, the operation becomes manual.",
            "Выключено: тарифы и дополнения меняет человек, операция становится ручной.",
        ),
        Field(
            "send_suspend", "switch", ON, "Send suspending", "Передавать приостановку",
            "Off: services are suspended and resumed in this panel only, at the provider they go on.",
            "Выключено: услуги останавливаются и включаются только в этой панели, у поставщика они продолжают работать.",
        ),
        *_CLOSING,
    ),
}  # fmt: skip

# Fields of a tariff plan that is sold through the processing module (host-protocol 2.7,
# pricelist_dynamic_settings): kept in pricelistparam.
TARIFF: Tuple[Field, ...] = (
    Field(
        "b2b_tariff",
        "text",
        "",
        "Provider's tariff",
        "Тариф поставщика",
        "Number of the tariff plan at the provider. Without it nothing is ordered.",
        "Номер тарифного плана у поставщика. Без него ничего не заказывается.",
    ),
    Field(
        "b2b_datacenter",
        "text",
        "",
        "Provider's data centre",
        "Дата-центр поставщика",
        "Number of the data centre at the provider. Empty: the one of the provider's order form.",
        "Номер дата-центра у поставщика. Пусто: тот, что в форме заказа поставщика.",
    ),
    Field(
        "b2b_periods",
        "text",
        "",
        "Provider's periods",
        "Периоды поставщика",
        "What to buy for a period of yours, in months, for example «1=3 6=12»: sold monthly, bought by the quarter. Periods that are not named are bought as"
        " they are sold. A period that is bought must not be shorter than the one that is sold.",
        "Что покупать за ваш период, в месяцах, например «1=3 6=12»: продаётся помесячно, покупается поквартально. Не названные периоды покупаются"
        " такими же, какими проданы. Покупаемый период не может быть короче продаваемого.",
    ),
    Field(
        "b2b_local_addons",
        "text",
        "",
        "Add-ons of your own",
        "Собственные дополнения",
        "Internal names of add-ons that you provide yourself, separated by blanks: they are not looked for at the provider.",
        "Внутренние имена дополнений, которые вы оказываете сами, через пробел: у поставщика они не ищутся.",
    ),
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

    def __repr__(self) -> str:
        # never the password
        return f"Connection(module={self.module}, url={self.url!r}, server={self.server!r})"


def connection(kind: str, module: int, values: Mapping[str, str]) -> Connection:
    """A connection of a module of this kind, from what the panel stored or a form submitted; absent fields
    take their defaults.
    """
    got: Dict[str, object] = {"module": module}
    for field in CONNECTIONS[kind]:
        text = values.get(field.name)
        text = field.default if text is None else text.strip() if not field.secret else text
        if field.kind == "choice" and text not in [value for value, _, _ in field.choices]:
            raise Failure("bad_input", reason=f"{field.name}={text!r}")
        got[field.name] = text == ON if field.kind == "switch" else text
    return Connection(**got)  # type: ignore[arg-type]


def option(default: str, unit: str, en: str, ru: str) -> Tuple[str, str, str, str]:
    return default, unit, en, ru


OPTIONS: Dict[str, Tuple[str, str, str, str]] = {
    "settle": option(
        "600",
        "s",
        "How old an unanswered purchase must be before a look may prove that it was not carried out.",
        "Через сколько проверка может доказать, что покупка без ответа не состоялась.",
    ),
    "read_timeout": option(
        "60", "s", "Longest wait for the answer to a question.", "Сколько ждать ответа на запрос данных."
    ),
    "spend_timeout": option(
        "180",
        "s",
        "Longest wait for the answer to a purchase or change.",
        "Сколько ждать ответа на покупку или изменение.",
    ),
    "connect_timeout": option("10", "s", "Longest wait for a connection.", "Сколько ждать соединения."),
    "answer_limit": option("32", "MiB", "Largest answer that is read.", "Наибольший читаемый ответ."),
    "pace": option(
        "2",
        "1/s",
        "Most requests per second to one upstream account; 0 = no limit.",
        "Сколько запросов в секунду слать на один аккаунт; 0 = без ограничения.",
    ),
    "parallel": option(
        "2",
        "",
        "Most requests at once to one upstream account.",
        "Сколько запросов одновременно слать на один аккаунт.",
    ),
    "listing_fresh": option(
        "300",
        "s",
        "How long one listing of all services answers for each of them.",
        "Сколько времени один список услуг отвечает за каждую из них.",
    ),
    "files_fresh": option(
        "86400", "s", "How long the price and country files are kept.", "Сколько хранить файлы цен и стран."
    ),
    "panel_wait": option(
        "300", "s", "How long a restarting panel is waited for.", "Сколько ждать перезапускающуюся панель."
    ),
    "item_wait": option(
        "60",
        "s",
        "How long to wait for another command on the same item.",
        "Сколько ждать другую команду по той же услуге.",
    ),
    "tries": option(
        "10",
        "",
        "After how many failures an operation becomes manual.",
        "После скольких неудач операция становится ручной.",
    ),
    "overdue": option(
        "86400",
        "s",
        "How long an accepted purchase may stay unfinished before a person is asked.",
        "Сколько принятая покупка может не завершаться, прежде чем спросить человека.",
    ),
    "cart_witness": option(
        "on",
        "",
        "Before a renewal or a change whose answer was lost is sent again, read the provider's cart: it may wait there for payment."
        " Off only where the provider (BILLmanager 5 or 6) has no function «basket»; then a lost renewal whose money was short may be ordered"
        " twice.",
        "Прежде чем снова отправить продление или изменение без ответа, читать корзину поставщика: оно может ждать там оплаты."
        " Выключать только там, где у поставщика (BILLmanager 5 или 6) нет функции «basket»; тогда потерянное продление, на которое не"
        " хватило денег, может быть заказано дважды.",
    ),
    "proxy": option(
        "",
        "",
        "HTTP proxy for the upstream, for example http://127.0.0.1:3128; the environment's is never used.",
        "HTTP-прокси к поставщику, например http://127.0.0.1:3128; из окружения не берётся.",
    ),
    "phone_form": option(
        "canonical",
        "",
        "Form of phone numbers in contacts: canonical or plain (as the provider's own module sends them).",
        "Вид телефонов в контактах: canonical или plain (как шлёт модуль самого поставщика).",
    ),
    "send_contact": option(
        "off",
        "",
        "Also send the owner as «contact» in orders of the RU group.",
        "Слать владельца ещё и как «contact» в зонах группы RU.",
    ),
    "send_projectns": option(
        "off",
        "",
        "Also send the name servers as «projectns» in orders.",
        "Слать серверы имён ещё и как «projectns» при заказе.",
    ),
    "customer_registrars": option(
        "5 27",
        "",
        "Registrars whose orders need a «customer» contact.",
        "Регистраторы, которым нужен контакт «customer».",
    ),
}


@dataclass(frozen=True)
class Options:
    """The plugin's own settings with their types; times in seconds. Explained in OPTIONS."""

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
    values = {name: default for name, (default, _, _, _) in OPTIONS.items()}
    for line in text.splitlines():
        words = line.split("#", 1)[0].split(None, 1)
        if not words:
            continue
        if words[0] not in values:
            raise Failure("bad_input", reason=f"etc/bill2bill.conf: {words[0]}")
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
        raise Failure("bad_input", reason=f"etc/bill2bill.conf: {name} {text}") from None
    least = 1 if name in ("parallel", "tries", "answer_limit") else 0
    if not number.is_finite() or not least <= number <= 10**7:
        raise Failure("bad_input", reason=f"etc/bill2bill.conf: {name} {text}")
    return int(number) * (1024 * 1024 if name == "answer_limit" else 1) if kind == "int" else float(number)


def options_of(root: Path) -> Options:
    """The options of the panel in `root`; without a file, the defaults."""
    path = root / "etc" / "bill2bill.conf"
    try:
        with open(
            os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb"
        ) as file:  # a pipe in its place must not hang us
            found = os.fstat(file.fileno())
            text = file.read(MOST_BYTES + 1) if stat.S_ISREG(found.st_mode) else b""
        if not stat.S_ISREG(found.st_mode) or len(text) > MOST_BYTES:
            raise Failure(
                "bad_input", reason=f"etc/{path.name}: no file, or larger than {MOST_BYTES // 1024} KiB"
            )
        if found.st_mode & stat.S_IWOTH or found.st_uid not in (
            0,
            os.geteuid(),
        ):  # who may say when a purchase is repeated spends our money
            raise Failure("bad_input", reason=f"etc/{path.name}: others than root may write to it")
        return options(text.decode("utf-8"))
    except FileNotFoundError:
        return options()
    except (OSError, UnicodeDecodeError) as error:
        raise Failure("bad_input", reason=f"{path.name}: {error}") from error
