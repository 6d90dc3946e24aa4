"""What the forms of the panel say: labels and hints of fields, choices, and what each option does."""

from __future__ import annotations

from typing import Dict, NamedTuple, Tuple

from bill2bill.config import Field
from bill2bill.messages.text import Text


class FieldText(NamedTuple):
    label: Text
    hint: Text


# By the text of config.Field.
FIELDS: Dict[str, FieldText] = {
    "url": FieldText(
        Text("API address", "Адрес API"),
        Text(
            "Full address, for example https://my.ru-tld.ru/manager/billmgr. Empty: derived from the server"
            " name.",
            "Полный адрес, например https://my.ru-tld.ru/manager/billmgr. Пусто: будет найден по имени"
            " сервера.",
        ),
    ),
    "server": FieldText(
        Text("Server name", "Имя сервера"),
        Text(
            "Host name of the provider's billing; used when the API address is empty.",
            "Имя сервера биллинга поставщика; используется, если адрес API пуст.",
        ),
    ),
    "dialect": FieldText(
        Text("BILLmanager version", "Версия BILLmanager"),
        Text(
            "Version of the provider's panel. Normally detected by a call without a password; a version"
            " that is set here is not checked.",
            "Версия панели поставщика. Обычно определяется запросом без пароля; указанная версия не"
            " проверяется.",
        ),
    ),
    "username": FieldText(
        Text("User", "Пользователь"),
        Text(
            "Name of your account at the provider. Use a separate one for this connection.",
            "Имя вашей учётной записи у поставщика. Заведите для подключения отдельную.",
        ),
    ),
    "password": FieldText(
        Text("Password", "Пароль"),
        Text(
            "Its password.",
            "Её пароль.",
        ),
    ),
    "project": FieldText(
        Text("Account or project", "Счёт или проект"),
        Text(
            "Name of the project whose account pays, exactly as the provider writes it; in version 5 or"
            " 6 the project's number. May be empty if there is only one.",
            "Имя проекта, со счёта которого платить, точно как у поставщика; в версии 5 или 6 номер"
            " проекта. Можно оставить пустым, если он один.",
        ),
    ),
    "registrar": FieldText(
        Text("Registrar", "Регистратор"),
        Text(
            "Number of the registrar at the provider. Empty: the provider's own (13) first, then the"
            " cheapest.",
            "Номер регистратора у поставщика. Пусто: сначала собственный (13), затем самый дешёвый.",
        ),
    ),
    "ca_file": FieldText(
        Text("CA file", "Файл CA"),
        Text(
            "Path on this server to the certificates that may sign the provider's TLS certificate."
            " Empty: the public ones.",
            "Путь на этом сервере к сертификатам, которыми может быть подписан TLS-сертификат"
            " поставщика. Пусто: публичные.",
        ),
    ),
    "new_orders": FieldText(
        Text("Use for new orders", "Использовать для новых заказов"),
        Text(
            "Off: new orders wait for a person.",
            "Выключено: новые заказы ждут человека.",
        ),
    ),
    "send_open": FieldText(
        Text("Send orders", "Передавать заказы"),
        Text(
            "Off: a person orders at the provider, the operation becomes manual.",
            "Выключено: заказывает человек, операция становится ручной.",
        ),
    ),
    "send_prolong": FieldText(
        Text("Send renewals", "Передавать продления"),
        Text(
            "Off: a person renews at the provider, the operation becomes manual.",
            "Выключено: продлевает человек, операция становится ручной.",
        ),
    ),
    "send_name_servers": FieldText(
        Text("Send changes", "Передавать изменения"),
        Text(
            "Off: a person changes name servers at the provider, the operation becomes manual.",
            "Выключено: серверы имён меняет человек, операция становится ручной.",
        ),
    ),
    "send_close": FieldText(
        Text("Send closing", "Передавать закрытие"),
        Text(
            "Off: a person closes the service at the provider, the operation becomes manual.",
            "Выключено: услугу закрывает человек, операция становится ручной.",
        ),
    ),
    "notify": FieldText(
        Text("Notify about errors", "Сообщать об ошибках"),
        Text(
            "Off: no task is made for a failed operation, except for purchases in doubt.",
            "Выключено: по ошибкам задачи не создаются, кроме покупок под вопросом.",
        ),
    ),
    "generation": FieldText(
        Text("Order functions", "Функции заказа"),
        Text(
            "Which order functions of the provider to call. Normally chosen by its version.",
            "Какие функции заказа поставщика вызывать. Обычно определяется по его версии.",
        ),
    ),
    "send_tariffs_and_addons": FieldText(
        Text("Send changes", "Передавать изменения"),
        Text(
            "Off: a person changes tariffs and add-ons at the provider, the operation becomes manual.",
            "Выключено: тарифы и дополнения меняет человек, операция становится ручной.",
        ),
    ),
    "send_suspend": FieldText(
        Text("Send suspending", "Передавать приостановку"),
        Text(
            "Off: services are suspended and resumed in this panel only; at the provider they keep running.",
            "Выключено: услуги останавливаются и включаются только в этой панели, у поставщика они"
            " продолжают работать.",
        ),
    ),
    "b2b_tariff": FieldText(
        Text("Provider's tariff", "Тариф поставщика"),
        Text(
            "Number of the tariff plan at the provider. Without it nothing is ordered.",
            "Номер тарифного плана у поставщика. Без него ничего не заказывается.",
        ),
    ),
    "b2b_datacenter": FieldText(
        Text("Provider's data centre", "Дата-центр поставщика"),
        Text(
            "Number of the data centre at the provider. Empty: the one of the provider's order form.",
            "Номер дата-центра у поставщика. Пусто: тот, что в форме заказа поставщика.",
        ),
    ),
    "b2b_periods": FieldText(
        Text("Provider's periods", "Периоды поставщика"),
        Text(
            "What to buy for a period of yours, in months, for example «1=3 6=12»: sold monthly, bought"
            " by the quarter. Periods that are not named are bought as they are sold. A period that is"
            " bought must not be shorter than the one that is sold.",
            "Что покупать за ваш период, в месяцах, например «1=3 6=12»: продаётся помесячно,"
            " покупается поквартально. Не названные периоды покупаются такими же, какими проданы."
            " Покупаемый период не может быть короче продаваемого.",
        ),
    ),
    "b2b_local_addons": FieldText(
        Text("Add-ons of your own", "Собственные дополнения"),
        Text(
            "Internal names of add-ons that you provide yourself, separated by spaces. The provider is not"
            " asked for them.",
            "Внутренние имена дополнений, которые вы оказываете сами, через пробел. У поставщика они не"
            " заказываются.",
        ),
    ),
}

# (field, value) -> what is chosen.
CHOICES: Dict[Tuple[str, str], Text] = {
    ("dialect", "auto"): Text("detect", "определить"),
    ("dialect", "4"): Text("BILLmanager 4", "BILLmanager 4"),
    ("dialect", "6"): Text("BILLmanager 5 or 6", "BILLmanager 5 или 6"),
    ("generation", "auto"): Text("by version", "по версии"),
    ("generation", "new"): Text("new (v2)", "новые (v2)"),
    ("generation", "old"): Text("old", "старые"),
}

OPTIONS: Dict[str, Text] = {
    "settle": Text(
        "How old a purchase without an answer must be before a check may prove that it was not carried out.",
        "Через сколько проверка может доказать, что покупка без ответа не состоялась.",
    ),
    "read_timeout": Text(
        "Timeout of a read request.",
        "Сколько ждать ответа на чтение данных.",
    ),
    "spend_timeout": Text(
        "Timeout of a purchase or change.",
        "Сколько ждать ответа на покупку или изменение.",
    ),
    "connect_timeout": Text(
        "Timeout of connecting.",
        "Сколько ждать соединения.",
    ),
    "answer_limit": Text(
        "Maximum size of an answer.",
        "Наибольший размер ответа.",
    ),
    "pace": Text(
        "Maximum requests per second to one upstream account; 0 = no limit.",
        "Наибольшее число запросов в секунду к одному аккаунту; 0 = без ограничения.",
    ),
    "parallel": Text(
        "Maximum concurrent requests to one upstream account.",
        "Наибольшее число одновременных запросов к одному аккаунту.",
    ),
    "listing_fresh": Text(
        "How long a listing of all services may be reused.",
        "Сколько времени можно повторно использовать список услуг.",
    ),
    "files_fresh": Text(
        "How long the price and country files are kept.",
        "Сколько хранить файлы цен и стран.",
    ),
    "panel_wait": Text(
        "How long to wait for a panel that restarts.",
        "Сколько ждать перезапускающуюся панель.",
    ),
    "item_wait": Text(
        "How long to wait for another command on the same item.",
        "Сколько ждать другую команду по той же услуге.",
    ),
    "tries": Text(
        "Number of failures after which an operation becomes manual.",
        "После скольких неудач операция становится ручной.",
    ),
    "overdue": Text(
        "How long an accepted purchase may stay unfinished before the operation becomes manual.",
        "Сколько принятая покупка может не завершаться, прежде чем операция станет ручной.",
    ),
    "cart_witness": Text(
        "Before a renewal or a change whose answer was lost is sent again, read the provider's cart: it"
        " may wait there for payment. Off only where the provider (BILLmanager 5 or 6) has no function"
        " «basket»; then a lost renewal whose money was short may be ordered twice.",
        "Прежде чем снова отправить продление или изменение без ответа, читать корзину поставщика: оно"
        " может ждать там оплаты. Выключать только там, где у поставщика (BILLmanager 5 или 6) нет"
        " функции «basket»; тогда потерянное продление, на которое не хватило денег, может быть заказано"
        " дважды.",
    ),
    "proxy": Text(
        "HTTP proxy for the upstream, for example http://127.0.0.1:3128; proxies of the environment are"
        " not used.",
        "HTTP-прокси к поставщику, например http://127.0.0.1:3128; прокси из окружения не используется.",
    ),
    "phone_form": Text(
        "Form of phone numbers in contacts: canonical or plain (as the provider's own module sends them).",
        "Вид телефонов в контактах: canonical или plain (как шлёт модуль самого поставщика).",
    ),
    "send_contact": Text(
        "Also send the owner as «contact» in orders of the RU zones.",
        "Передавать владельца ещё и как «contact» при заказе в зонах группы RU.",
    ),
    "send_projectns": Text(
        "Also send the name servers as «projectns» in orders.",
        "Передавать серверы имён ещё и как «projectns» при заказе.",
    ),
    "customer_registrars": Text(
        "Registrars whose orders need a «customer» contact.",
        "Регистраторы, которым нужен контакт «customer».",
    ),
}


def text_of(field: Field) -> FieldText:
    return FIELDS[field.text or field.name]
