"""Parts of sentences in both languages, by the code of their Phrase: reasons, and names of things."""

from __future__ import annotations

from typing import Dict

from bill2bill.messages.text import Text

PHRASES: Dict[str, Text] = {
    # -- names of things -------------------------------------------------------------------------------------
    "unknown_answer": Text("there is no answer «__value__»", "нет ответа «__value__»"),
    "unknown_func": Text("there is no page «__name__»", "нет страницы «__name__»"),
    "unknown_command": Text("there is no command «__name__»", "нет команды «__name__»"),
    "why_long": Text(
        "the explanation is longer than __most__ characters", "объяснение длиннее __most__ символов"
    ),
    "bought_otherwise": Text(
        "purchase __id__ is about the service __remote__", "покупка __id__ - об услуге __remote__"
    ),
    "bought_as": Text("«__name__» for __months__ months", "«__name__» на __months__ мес."),
    "served_by": Text("it is served by __name__", "её обслуживает __name__"),
    "not_served": Text(
        "its type is __type__ and __name__ serves it, not this module",
        "её тип - __type__, и обслуживает её __name__, а не этот модуль",
    ),
    "no_element": Text("the element __name__ is missing", "нет элемента __name__"),
    "no_country": Text("the country __name__ is missing", "нет страны __name__"),
    "shown_free": Text("__name__ is shown as free", "__name__ показан свободным"),
    "no_contacts": Text("contacts are missing: __names__", "нет контактов: __names__"),
    "locked": Text("all contacts of this name are locked", "все контакты с этим именем заблокированы"),
    "refused_there": Text("the provider refuses it", "поставщик её не принимает"),
    "ns_missing": Text("ns0 and ns1 are empty", "ns0 и ns1 не заполнены"),
    "differs": Text("«__found__» there, «__wanted__» here", "там «__found__», здесь «__wanted__»"),
    "still_there": Text("service __id__ is still there", "услуга __id__ всё ещё есть"),
    "other_mark": Text("it has the mark __value__", "у неё метка __value__"),
    "other_tariff": Text("its tariff is __name__", "у неё тариф __name__"),
    "tariffs_alike": Text(
        "the tariff __id__ and the old one (__ids__) are both called «__name__»",
        "тариф __id__ и старый (__ids__) оба называются «__name__»",
    ),
    "registrar": Text("the field «Registrar»", "поле «Регистратор»"),
    "panel_note": Text("the item's note of its last purchase", "запись услуги о последней покупке"),
    "unnamed": Text("unnamed", "без имени"),
    "contact_number": Text("contact __id__", "контакт __id__"),
    "item": Text("item __id__", "услуга __id__"),
    "operation": Text("operation __id__", "операция __id__"),
    "connection": Text("connection __id__", "подключение __id__"),
    "module": Text("module __name__", "модуль __name__"),
    "tariff_plan": Text("tariff plan __id__", "тарифный план __id__"),
    "zone": Text("zone __id__", "зона __id__"),
    "table": Text("table __name__", "таблица __name__"),
    "period": Text("the period", "период"),
    "trial": Text("trial", "пробный"),
    "a_day": Text("day", "один день"),
    "lifetime": Text("lifetime", "бессрочно"),
    "nothing": Text("nothing", "ничего"),
    # -- of any value ----------------------------------------------------------------------------------------
    "and": Text("__first__; __rest__", "__first__; __rest__"),
    "of": Text("__value__: __reason__", "__value__: __reason__"),
    "empty": Text("empty", "не заполнено"),
    "bad_setting": Text("__name__ cannot be «__value__»", "__name__: значение «__value__» недопустимо"),
    "bad_id": Text("«__value__» is not an id", "«__value__» - не id"),
    "bad_months": Text("a period of __count__ months", "период __count__ мес."),
    "unknown_roles": Text("unknown roles of contacts: __names__", "неизвестные роли контактов: __names__"),
    "range": Text("__least__…__most__ in steps of __step__", "__least__…__most__ с шагом __step__"),
    "length": Text("__least__-__most__ characters expected", "нужно от __least__ до __most__ символов"),
    # -- names of domains and name servers -------------------------------------------------------------------
    "ambiguous_letter": Text(
        "ambiguous letter, write the xn-- form",
        "неоднозначная буква, запишите имя в форме xn--",
    ),
    "bad_label": Text(
        "__label__: 1-63 letters, digits and hyphens expected",
        "__label__: нужны буквы, цифры и дефисы, от 1 до 63",
    ),
    "empty_label": Text("a part between dots is empty", "пустая часть между точками"),
    "not_in_zone": Text("not in __zone__", "не в зоне __zone__"),
    "one_label": Text(
        "__label__: one label before .__zone__ expected",
        "__label__: перед .__zone__ нужна одна часть имени",
    ),
    "label_ends": Text(
        "a letter or digit expected at both ends",
        "первым и последним символом нужна буква или цифра",
    ),
    "label_hyphens": Text("hyphens in places 3 and 4", "дефисы на 3-м и 4-м местах"),
    "ns_twice": Text("__host__ is named twice", "__host__ указан дважды"),
    "ns_count": Text(
        "__count__ name servers, none or 2-__most__ expected",
        "серверов имён: __count__, нужно от 2 до __most__ или ни одного",
    ),
    "ns_needs_address": Text(
        "__host__: inside the domain its IPv4 address is needed, __host__/IPv4",
        "__host__: внутри домена нужен адрес IPv4, __host__/IPv4",
    ),
    "ns_needs_no_address": Text(
        "__value__: an IPv4 address is allowed only inside __domain__",
        "__value__: адрес IPv4 допустим только внутри __domain__",
    ),
    "host_expected": Text("__value__: host name expected", "__value__: нужно имя хоста"),
    "ipv4_expected": Text("__value__: IPv4 expected", "__value__: нужен адрес IPv4"),
    # -- contacts --------------------------------------------------------------------------------------------
    "not_latin": Text("__value__: Latin letters expected", "__value__: нужны латинские буквы"),
    "latin_expected": Text("Latin letters expected", "нужны латинские буквы"),
    "digits_expected": Text("__count__ digits expected", "нужно цифр: __count__"),
    "date_expected": Text("YYYY-MM-DD expected", "нужна дата в виде ГГГГ-ММ-ДД"),
    "phone_expected": Text("+7 495 1234567 expected", "нужен номер в виде +7 495 1234567"),
    "email_expected": Text("name@example.org expected", "нужен адрес в виде name@example.org"),
    "passport_expected": Text("1234 567890 expected", "нужны серия и номер в виде 1234 567890"),
    "not_a_country": Text(
        "__value__: two capital letters expected",
        "__value__: нужны две заглавные латинские буквы",
    ),
    "country_not_listed": Text(
        "__value__: not in the provider's list of countries",
        "__value__: нет в списке стран поставщика",
    ),
    "unknown_profiletype": Text("__value__: 1, 2 or 3 expected", "__value__: нужно 1, 2 или 3"),
    # -- periods and add-ons ---------------------------------------------------------------------------------
    "no_months": Text(
        "__period__ (__meaning__) is not a number of months",
        "__period__ (__meaning__) - не число месяцев",
    ),
    "addons_of_tariff": Text(
        "the provider's tariff __id__ has: __names__",
        "у тарифа поставщика __id__ есть: __names__",
    ),
    "addons_not_shown": Text("these add-ons are not shown: __ids__", "не показаны дополнения: __ids__"),
    # -- our own files ---------------------------------------------------------------------------------------
    "unknown_option": Text(
        "etc/bill2bill.conf: there is no option __name__",
        "etc/bill2bill.conf: параметра __name__ нет",
    ),
    "bad_option": Text(
        "etc/bill2bill.conf: __name__ cannot be «__value__»",
        "etc/bill2bill.conf: для __name__ недопустимо «__value__»",
    ),
    "bad_file": Text(
        "etc/__name__ is not a file, or larger than __most__ KiB",
        "etc/__name__ - не файл или больше __most__ КиБ",
    ),
    "others_write": Text(
        "others than the owner may write to __name__",
        "в __name__ могут писать не только владельцы",
    ),
    "symbolic_link": Text("__name__ is a symbolic link", "__name__ - символическая ссылка"),
    "not_a_folder": Text("__name__ is no folder", "__name__ - не папка"),
    "not_a_file": Text("__name__ is no file", "__name__ - не файл"),
    "belongs_to": Text("__name__ belongs to user __user__", "__name__ принадлежит пользователю __user__"),
    # -- the command line and what comes with it -------------------------------------------------------------
    "option_missing": Text("--__name__ is missing", "нет --__name__"),
    "option_empty": Text("--__name__ is empty", "--__name__ без значения"),
    "option_twice": Text("--__name__ is given twice", "--__name__ указан дважды"),
    "option_not_word": Text("--__name__ is not a word", "--__name__ - не слово"),
    "option_not_number": Text("--__name__ is not a positive number", "--__name__ - не положительное число"),
    "command_line_long": Text("the command line is too long", "командная строка слишком длинная"),
    "command_line_not_utf8": Text("the command line is not UTF-8 text", "командная строка не в UTF-8"),
    "stdin_unreadable": Text("stdin cannot be read", "stdin не читается"),
    "document_empty": Text("the document is empty", "документ пуст"),
    "document_large": Text("it is larger than __most__ KiB", "больше __most__ КиБ"),
    "not_xml": Text("it is not well-formed XML", "это не XML"),
    "nul_byte": Text("it holds a NUL byte", "содержит байт NUL"),
    "not_utf8": Text("it is not in UTF-8", "не в UTF-8"),
    "doctype": Text("it has a DOCTYPE or an entity declaration", "содержит DOCTYPE или объявление сущности"),
    # -- the panel's data ------------------------------------------------------------------------------------
    "absent": Text("it does not exist", "не существует"),
    "there_twice": Text("it is there twice", "есть дважды"),
    "field_empty": Text("the field __name__ is empty", "поле __name__ пусто"),
    "field_with_control": Text(
        "the field __name__ holds a control character",
        "поле __name__ содержит управляющий символ",
    ),
    "field_not_number": Text("the field __name__ is not a number", "в поле __name__ не число"),
    "field_not_date": Text("the field __name__ is not a date", "в поле __name__ не дата"),
    "parameter_twice": Text("the parameter __name__ has two values", "у параметра __name__ два значения"),
    "addon_twice": Text("the add-on «__name__» is there twice", "дополнение «__name__» есть дважды"),
    "addon_unnamed": Text("an add-on has no internal name", "у дополнения нет внутреннего имени"),
    "addon_without_choice": Text(
        "the add-on __name__ has no choice",
        "в дополнении __name__ ничего не выбрано",
    ),
    "external_ids": Text(
        "several external ids for the connection __module__",
        "несколько внешних id для подключения __module__",
    ),
    "role_twice": Text("two contacts have the same role", "у двух контактов одна роль"),
    "contact_absent": Text("its contact __id__ (__role__) does not exist", "контакта __id__ (__role__) нет"),
    # -- the panel's database --------------------------------------------------------------------------------
    "db_type": Text("DBType «__value__» is unknown", "DBType «__value__» неизвестен"),
    "db_port": Text("DBPort «__value__» is not a port", "DBPort «__value__» - не порт"),
    "db_large": Text(
        "more than __rows__ rows, or __characters__ characters in one of them",
        "больше __rows__ строк или __characters__ символов в одной из них",
    ),
    "no_pymysql": Text("PyMySQL is not installed", "PyMySQL не установлен"),
    # -- mgrctl ----------------------------------------------------------------------------------------------
    "mgrctl_name": Text("mgrctl __func__: «__name__» is not a name", "mgrctl __func__: «__name__» - не имя"),
    "mgrctl_control": Text(
        "mgrctl __func__: __name__ holds control characters",
        "mgrctl __func__: в __name__ управляющие символы",
    ),
    "mgrctl_long": Text(
        "mgrctl __func__: __name__ is longer than __most__ KiB",
        "mgrctl __func__: __name__ длиннее __most__ КиБ",
    ),
    "exit_code": Text("exit code __code__", "код возврата __code__"),
    "no_reason": Text("no reason given", "причина не названа"),
    "not_a_panel_document": Text("the answer is not a document of the panel", "ответ - не документ панели"),
    "unreadable_answer": Text("unreadable answer (__reason__)", "ответ не читается (__reason__)"),
    # -- addresses -------------------------------------------------------------------------------------------
    "url_parts": Text("scheme, host and path expected", "нужны схема, имя сервера и путь"),
    "https_expected": Text("https expected", "нужен https"),
    "proxy_expected": Text("http://host:port expected", "нужно http://host:port"),
    "colon_in_user": Text(
        "the user name of the upstream holds a colon",
        "в имени пользователя у поставщика двоеточие",
    ),
    "no_time": Text("no time is left", "время истекло"),
    "reserved": Text("reserved parameters: __names__", "зарезервированные параметры: __names__"),
    # -- the provider's answers ------------------------------------------------------------------------------
    "answer_empty": Text("the answer is empty", "ответ пуст"),
    "html_page": Text("an HTML page", "страница HTML"),
    "still_at_work": Text("the function is still at work", "функция ещё выполняется"),
    "not_xml_or_json": Text("neither XML nor JSON", "не XML и не JSON"),
    "not_xml_because": Text("not XML: __why__", "не XML: __why__"),
    "not_json": Text("not JSON: __why__", "не JSON: __why__"),
    "not_json_object": Text("not a JSON object", "не объект JSON"),
    "root_element": Text("the root element is «__name__»", "корневой элемент «__name__»"),
    "too_deep": Text("an element is too deep or too large", "элемент слишком глубокий или слишком большой"),
    "too_many_values": Text("more than __most__ values", "больше __most__ значений"),
    "too_many_elements": Text("more than __most__ elements", "больше __most__ элементов"),
    "too_many_bytes": Text("more than __most__ bytes", "больше __most__ байт"),
    "too_many_pages": Text("more than __most__ pages", "больше __most__ страниц"),
    "endless_tag": Text("a tag without end", "тег без конца"),
    "unknown_encoding": Text("the encoding «__name__» is unknown", "неизвестная кодировка «__name__»"),
    "compression_longer": Text(
        "bytes after the end of the compressed answer",
        "лишние байты после сжатого ответа",
    ),
    "compression_broken": Text("broken compression: __why__", "сжатие повреждено: __why__"),
    "compression_cut": Text("the compressed answer is cut off", "сжатый ответ обрывается"),
    "two_errors": Text("two errors in one answer", "две ошибки в одном ответе"),
    "error_without": Text("an error without __name__", "ошибка без __name__"),
    "not_a_list": Text("not a list", "не список"),
    "not_a_form": Text("not a form", "не форма"),
    "not_a_cart": Text("not a cart of __count__ lines", "не корзина из __count__ строк"),
    "cart_line": Text(
        "line __id__ of the cart does not tell its service",
        "в строке корзины __id__ не указана услуга",
    ),
    "other_form": Text("not the form of __id__", "не форма услуги __id__"),
    "bad_row": Text("a row cannot be read", "строка не читается"),
    "no_row": Text("no row __id__", "нет строки __id__"),
    "rows_of_name": Text("__count__ rows of __name__", "строк с именем __name__: __count__"),
    "rows_missing": Text("__found__ of __total__ rows", "строк __found__ из __total__"),
    "no_single_id": Text("no single id", "нет единственного id"),
    "no_usable_record": Text("no usable record", "ни одной пригодной записи"),
    "unknown_status": Text("the status «__value__» is unknown", "неизвестное состояние «__value__»"),
    "account_unknown": Text("the number of the account is «__number__»", "номер счёта: «__number__»"),
    "balance_unknown": Text(
        "no balance is told of the account «__number__»",
        "не указан остаток на счёте «__number__»",
    ),
}
