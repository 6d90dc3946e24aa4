"""Every error once: a stable code, what the host should do about it, and what a person should do next.

The texts are also the panel's messages `msg_error_<code>` (host-protocol 4.3), so a placeholder is written
the panel's way: `__name__` stands for the parameter `name` of the failure.
"""

from __future__ import annotations

from enum import Enum
from typing import Dict, NamedTuple


class Retry(Enum):
    """What becomes of an operation that failed."""

    LATER = "later"  # it may heal by itself: the host repeats
    PERSON = "person"  # repeating is pointless until a person has acted: manual, with a task
    LOOK = "look"  # the request may have been carried out: the next run looks before it acts


class Problem(NamedTuple):
    retry: Retry
    en: str
    ru: str


LATER, PERSON, LOOK = Retry.LATER, Retry.PERSON, Retry.LOOK

# What every question to a person says. A parameter whose text is of one language ends in _en or _ru.
TRIED_EN, TRIED_RU = "Tried so far: __tried_en__.", "Что уже делалось: __tried_ru__."
TYPE_EN = "Answer in the panel (menu bill2bill, «Purchases in doubt», button «Answer») or type as root on the panel's server."
TYPE_RU = "Ответьте в панели (меню bill2bill, «Покупки под вопросом», кнопка «Ответить») или наберите от root на сервере панели."
SHELL_EN, SHELL_RU = (
    "Type as root on the panel's server.",
    "Наберите от root на сервере панели.",
)  # what is over is not in the panel's list
RESOLVE = "«__command__ journal resolve __id__"
EXISTS, ABSENT, SAME = f"{RESOLVE} --exists __remote__", f"{RESOLVE} --absent", f"{RESOLVE} --same"
TOLD, FOREIGN = f"{RESOLVE} --told", f"{RESOLVE} --foreign"
WHY_EN, WHY_RU = ' --resume --why "reason"».', ' --resume --why "причина"».'
GOES_ON_EN = " Then the operation goes on by itself: it finishes without paying or buys, as the answer says."
GOES_ON_RU = " Затем операция продолжится сама: завершится без оплаты или купит, смотря по ответу."
# Where nobody filled them in (rules/story.py does).
UNTOLD = {
    "command": "bill2bill", "remote": "N", "tried_en": "«bill2bill journal show __id__» tells it", "tried_ru": "расскажет «bill2bill journal show __id__»",
}  # fmt: skip

PROBLEMS: Dict[str, Problem] = {
    # -- the call itself -------------------------------------------------------------------------------------
    "bad_call": Problem(
        PERSON,
        "The panel called the module in a way it does not understand: __reason__. Update bill2bill; if that does not help, report the command line.",
        "Панель вызвала модуль непонятным образом: __reason__. Обновите bill2bill; если не поможет, сообщите разработчикам строку вызова.",
    ),
    "bad_input": Problem(
        PERSON,
        "The data handed to the module cannot be read: __reason__. Nothing was done.",
        "Данные, переданные модулю, не читаются: __reason__. Ничего не сделано.",
    ),
    "internal": Problem(
        LATER,
        "An unforeseen error in bill2bill, number __id__. Look for this number in the module's log and report it.",
        "Непредвиденная ошибка bill2bill, номер __id__. Найдите этот номер в журнале модуля и сообщите разработчикам.",
    ),
    "no_rights": Problem(
        PERSON,
        "Only administrators of the panel may see this page.",
        "Эта страница доступна только администраторам панели.",
    ),
    "no_question": Problem(
        PERSON,
        "Purchase __id__ does not ask that (state: __value__). What waits for an answer: «bill2bill journal list».",
        "Покупка __id__ об этом не спрашивает (состояние: __value__). Что ждёт ответа: «bill2bill journal list».",
    ),
    "why_missing": Problem(
        PERSON,
        'Say why, so that others understand it (on the command line: --why "reason"). It is kept in the journal with your name. Nothing was changed.',
        'Напишите почему, чтобы поняли и другие (в командной строке: --why "причина"). Это хранится в журнале вместе с вашим именем. Ничего не изменено.',
    ),
    "choose_one": Problem(
        PERSON,
        "Choose exactly one purchase in the list. Nothing was changed.",
        "Выберите в списке ровно одну покупку. Ничего не изменено.",
    ),
    "answer_kept": Problem(
        PERSON,
        "Your answer about purchase __id__ is kept, but its operation was not started: __reason_en__",
        "Ваш ответ о покупке __id__ сохранён, но её операция не запущена: __reason_ru__",
    ),
    "answer_first": Problem(
        PERSON,
        "Purchase __id__ is in doubt: answer its question first. «bill2bill journal show __id__» tells what is asked and how to answer.",
        "Покупка __id__ под вопросом: сначала ответьте на него. «bill2bill journal show __id__» расскажет, что спрашивается и как ответить.",
    ),
    "nothing_to_start": Problem(
        PERSON,
        "Purchase __id__ is finished: there is no operation to start.",
        "Покупка __id__ завершена: запускать нечего.",
    ),
    "operation_gone": Problem(
        PERSON,
        "Operation __value__ of purchase __id__ has left the panel, or its number was given to another one. Look in «Running operations»: if the service still"
        " waits there, start it there, it is not paid twice. If it does not, order the action in the panel again.",
        "Операция __value__ покупки __id__ ушла из панели, или её номер достался другой. Посмотрите в «Текущих операциях»: если услуга там ждёт, запустите"
        " операцию там, второй раз она не оплачивается. Если нет, закажите действие в панели снова.",
    ),
    "do_nothing": Problem(
        PERSON,
        "The file etc/billmgr.DoNothing exists: this panel is a copy that must not touch anything, so no operation is started. On the real panel remove it.",
        "Есть файл etc/billmgr.DoNothing: это копия панели, которая ничего не должна трогать, поэтому операции не запускаются. На настоящей панели удалите его.",
    ),
    # -- the panel -------------------------------------------------------------------------------------------
    "panel_unreachable": Problem(
        LATER,
        "The panel does not answer to mgrctl (__func__). The operation will be finished by its next run.",
        "Панель не отвечает на mgrctl (__func__). Операция завершится при следующем запуске.",
    ),
    "panel_refused": Problem(
        LATER,
        "The panel refused the call __func__: __reason__. Check the panel's log.",
        "Панель отклонила вызов __func__: __reason__. Проверьте журнал панели.",
    ),
    "panel_database": Problem(
        LATER,
        "The panel's database cannot be read: __reason__. Check etc/billmgr.conf.d/db.conf and the database server.",
        "Не читается база данных панели: __reason__. Проверьте etc/billmgr.conf.d/db.conf и сервер баз данных.",
    ),
    "panel_data": Problem(
        PERSON,
        "The panel's data of __object__ is incomplete: __reason__. Correct it in the panel and start the operation again.",
        "Данные панели (__object__) неполны: __reason__. Исправьте их в панели и запустите операцию снова.",
    ),
    "panel_key": Problem(
        PERSON,
        "A stored secret of the connection cannot be decrypted with etc/billmgr.pem. Open the connection, enter the password again and save.",
        "Пароль подключения не расшифровывается ключом etc/billmgr.pem. Откройте подключение, введите пароль заново и сохраните.",
    ),
    # -- the way to the upstream -----------------------------------------------------------------------------
    "url_bad": Problem(
        PERSON,
        "The address __url__ cannot be used: __reason__. Enter it as https://provider.example/manager/billmgr.",
        "Адрес __url__ не подходит: __reason__. Укажите его в виде https://provider.example/manager/billmgr.",
    ),
    "upstream_unreachable": Problem(
        LATER,
        "No connection to the upstream __url__: __reason__. Check the address, the network and the firewall.",
        "Нет связи с поставщиком __url__: __reason__. Проверьте адрес, сеть и межсетевой экран.",
    ),
    "upstream_certificate": Problem(
        PERSON,
        "The TLS certificate of __url__ cannot be trusted: __reason__. If the upstream has its own authority, name its CA file in the connection.",
        "Сертификату TLS сервера __url__ нельзя доверять: __reason__. Если у поставщика свой центр сертификации, укажите файл CA в подключении.",
    ),
    "upstream_redirect": Problem(
        PERSON,
        "The upstream answers with a redirect to __value__. It is not followed with a password in hand: check the address of the connection.",
        "Поставщик перенаправляет на __value__. С паролем туда не ходим: проверьте адрес в подключении.",
    ),
    "upstream_answer": Problem(
        LATER,
        "The upstream's answer to __func__ cannot be understood: __reason__. Nothing is concluded from it.",
        "Ответ поставщика на __func__ непонятен: __reason__. Выводов из него не сделано.",
    ),
    "upstream_trouble": Problem(
        LATER,
        "The upstream reports an internal error to __func__ (code __value__). It will be tried again.",
        "Поставщик сообщает о внутренней ошибке в __func__ (код __value__). Попытка будет повторена.",
    ),
    "not_billmanager": Problem(
        PERSON,
        "The server __url__ answers, but it is not a BILLmanager. Check the address of the connection.",
        "Сервер __url__ отвечает, но это не BILLmanager. Проверьте адрес в подключении.",
    ),
    "other_dialect": Problem(
        PERSON,
        "The upstream __url__ runs another version of BILLmanager than this module speaks with: domains are bought from version 4, servers from version 5"
        " or 6. Check the address of the connection.",
        "Поставщик __url__ работает на другой версии BILLmanager, чем та, с которой говорит этот модуль: домены покупаются у версии 4, серверы у версий 5"
        " и 6. Проверьте адрес в подключении.",
    ),
    "invalid_login_or_passwd": Problem(
        PERSON,
        "The upstream refuses the login. Two causes are possible: the user name or password is wrong, or the upstream account is closed to"
        " the address of this server (allow-list of addresses in the upstream's settings). Correct it, then check the connection.",
        "Поставщик не принимает вход. Возможны две причины: неверны имя или пароль, либо учётная запись закрыта для адреса этого сервера"
        " (список разрешённых адресов в настройках у поставщика). Исправьте и проверьте подключение.",
    ),
    "account_paused": Problem(
        PERSON,
        "The upstream refused this login before, so nothing more is sent with it. Correct the user name, the password or the upstream's list of"
        " allowed addresses, then open the connection and save it: the check lifts the pause.",
        "Поставщик уже отклонил этот вход, поэтому запросы с ним остановлены. Исправьте имя, пароль или список разрешённых адресов"
        " у поставщика, затем откройте и сохраните подключение: проверка снимет паузу.",
    ),
    "address_closed": Problem(
        PERSON,
        "The upstream lets nobody use this login from the address of this server. Add the address to the list of allowed addresses (API access) in the"
        " upstream's settings, then check the connection.",
        "Поставщик не пускает эту учётную запись с адреса этого сервера. Добавьте адрес в список разрешённых (доступ к API) в настройках у поставщика,"
        " затем проверьте подключение.",
    ),
    "login_blocked": Problem(
        LATER,
        "The upstream blocks the login for a while after too many tries. It will be tried again; if it stays so, check the password and ask the provider"
        " to unblock the address of this server.",
        "Поставщик временно заблокировал вход из-за множества попыток. Попытка будет повторена; если блокировка остаётся, проверьте пароль и попросите"
        " поставщика разблокировать адрес этого сервера.",
    ),
    "two_factor": Problem(
        PERSON,
        "The upstream account wants a second factor, which a module cannot give. Switch two-factor authentication off for this account in the upstream's"
        " settings, or use an account of its own for the API, then check the connection.",
        "Учётная запись у поставщика требует второй фактор, которого у модуля нет. Выключите двухфакторную аутентификацию этой учётной записи в настройках"
        " у поставщика или заведите для API отдельную, затем проверьте подключение.",
    ),
    "captcha": Problem(
        PERSON,
        "The upstream wants a captcha to be solved. Ask the provider to let the address of this server through without one, then check the connection.",
        "Поставщик требует решить капчу. Попросите поставщика пропускать адрес этого сервера без неё, затем проверьте подключение.",
    ),
    "upstream_wall": Problem(
        LATER,
        "Something in front of the upstream (a firewall, a guard against robots, a limit of requests) answered __func__ in its place: __reason__. It will be"
        " tried again; if it stays so, ask the provider to let the address of this server through, and check the address of the connection.",
        "Вместо поставщика на __func__ ответила защита перед ним (межсетевой экран, защита от роботов, ограничение запросов): __reason__. Попытка будет"
        " повторена; если так и останется, попросите поставщика пропускать адрес этого сервера и проверьте адрес в подключении.",
    ),
    "rights_missing": Problem(
        PERSON,
        "The upstream account has no right to __value__. Ask the provider to grant it (suspending and deleting services are rights of their own), then start"
        " the operation again. Nothing was done.",
        "У учётной записи поставщика нет права на __value__. Попросите поставщика выдать его (приостановка и удаление услуг - отдельные права), затем"
        " запустите операцию снова. Ничего не сделано.",
    ),
    "account_not_found": Problem(
        PERSON,
        "The upstream has no account or project «__value__». It has: __found__. Enter one of these in the connection.",
        "У поставщика нет счёта или проекта «__value__». Есть: __found__. Укажите в подключении один из них.",
    ),
    "account_currency": Problem(
        PERSON,
        "The account «__object__» is kept in __value__, the tariff costs __found__: they are never converted. Choose another account or project in the connection.",
        "Счёт «__object__» ведётся в __value__, а тариф стоит в __found__: пересчёт не делается. Выберите в подключении другой счёт или проект.",
    ),
    # -- what is bought --------------------------------------------------------------------------------------
    "name_bad": Problem(
        PERSON,
        "The domain name __value__ cannot be registered: __reason__. Correct the order.",
        "Доменное имя __value__ нельзя зарегистрировать: __reason__. Исправьте заказ.",
    ),
    "ns_bad": Problem(
        PERSON,
        "The name servers cannot be sent: __reason__. Correct them in the domain and start the operation again.",
        "Серверы имён нельзя передать: __reason__. Исправьте их у домена и запустите операцию снова.",
    ),
    "contact_bad": Problem(
        PERSON,
        "The contact «__object__» is not accepted: field __value__. __reason__. Correct the contact and start the operation again.",
        "Контакт «__object__» не принимается: поле __value__. __reason__. Исправьте контакт и запустите операцию снова.",
    ),
    "tariff_not_found": Problem(
        PERSON,
        "The upstream sells no domains in the zone __value__ with these settings. Choose another registrar in the connection or withdraw the tariff.",
        "Поставщик не продаёт домены в зоне __value__ при этих настройках. Выберите другого регистратора в подключении или отключите тариф.",
    ),
    "period_not_found": Problem(
        PERSON,
        "The upstream sells __object__ not for __value__ months, only for: __found__. Change the period of the service.",
        "Поставщик не продаёт __object__ на __value__ мес., только на: __found__. Измените период услуги.",
    ),
    "low_balance": Problem(
        PERSON,
        "The upstream account holds __balance__, this purchase costs __value__. Top it up, then start the operation again. Nothing was ordered.",
        "На счёте у поставщика __balance__, покупка стоит __value__. Пополните счёт и запустите операцию снова. Ничего не заказано.",
    ),
    "unpaid_order": Problem(
        PERSON,
        "The order __value__ exists at the upstream but is not paid. Top up the account and pay this order in the upstream's cabinet, then start the"
        " operation again: it will be picked up, not ordered anew.",
        "Заказ __value__ у поставщика создан, но не оплачен. Пополните счёт и оплатите этот заказ в кабинете поставщика, затем запустите"
        " операцию снова: она подхватит его и не закажет второй.",
    ),
    "tariff_unlinked": Problem(
        PERSON,
        "The tariff plan __value__ does not say which tariff of the provider it sells. Enter its number in the field «Provider's tariff» of the plan, then"
        " start the operation again. Nothing was ordered.",
        "В тарифном плане __value__ не указано, какой тариф поставщика он продаёт. Впишите его номер в поле «Тариф поставщика» и запустите операцию снова."
        " Ничего не заказано.",
    ),
    "tariff_gone": Problem(
        PERSON,
        "The provider does not offer the tariff __value__ (any more). Enter another number in the tariff plan, then start the operation again. Nothing was ordered.",
        "Поставщик не предлагает тариф __value__ (больше нет). Впишите другой номер в тарифный план и запустите операцию снова. Ничего не заказано.",
    ),
    "tariff_closed": Problem(
        PERSON,
        "The provider does not let the service __object__ change to the tariff __value__; it may change to: __found__. The old tariff plan was restored.",
        "Поставщик не разрешает услуге __object__ переход на тариф __value__; доступны: __found__. Прежний тарифный план возвращён.",
    ),
    "addon_bad": Problem(
        PERSON,
        "The add-on __object__ = __value__ cannot be bought from the provider (possible: __reason__). Nothing was sent. Correct the add-on of the tariff"
        " plan or the order; if you provide it yourself, name it in the field «Add-ons of your own».",
        "Дополнение __object__ = __value__ нельзя купить у поставщика (возможно: __reason__). Ничего не отправлено. Исправьте дополнение тарифного плана"
        " или заказ; если вы оказываете его сами, назовите его в поле «Собственные дополнения».",
    ),
    "choice_bad": Problem(
        PERSON,
        "The order asks for __object__ = __value__, which the provider does not offer for this tariff. It offers: __found__. Nothing was sent. Correct the order.",
        "В заказе указано __object__ = __value__, но поставщик не предлагает этого для тарифа. Предлагается: __found__. Ничего не отправлено. Исправьте заказ.",
    ),
    "upstream_stuck": Problem(
        PERSON,
        "The order __value__ is paid, but the provider cannot finish it by itself (__reason__). Ask the provider, then start the operation again: the order"
        " is looked at, not repeated.",
        "Заказ __value__ оплачен, но поставщик не может выполнить его сам (__reason__). Обратитесь к поставщику, затем запустите операцию снова: заказ будет"
        " проверен, а не повторён.",
    ),
    "suspended_by_provider": Problem(
        PERSON,
        "The provider suspended the service __value__ for a reason of its own (__reason__). We never lift that: settle it with the provider, then start the"
        " operation again.",
        "Поставщик приостановил услугу __value__ по своей причине (__reason__). Такое мы не снимаем: договоритесь с поставщиком и запустите операцию снова.",
    ),
    "suspended_there": Problem(
        PERSON,
        "The service __value__ is suspended at the provider (__reason__) but active in this panel. Nothing was changed: settle it with the provider.",
        "Услуга __value__ у поставщика приостановлена (__reason__), а в этой панели активна. Ничего не изменено: разберитесь с поставщиком.",
    ),
    "two_alike": Problem(
        PERSON,
        "Several services at the provider may be the one of this order (purchase __id__), or one of several orders of that name: __found__. None is taken and"
        " nothing is ordered. Question: which one is it? "
        + TRIED_EN
        + " Look in the provider's cabinet: the list of services, then charges. "
        + TYPE_EN
        + " N is the id of the right one: "
        + EXISTS
        + WHY_EN
        + " None of them, and nothing was charged: "
        + ABSENT
        + WHY_EN
        + GOES_ON_EN,
        "У поставщика несколько услуг подходят под этот заказ (покупка __id__), или одна - под несколько заказов с этим именем: __found__. Ни одна не взята,"
        " ничего не заказывается. Вопрос: которая из них? "
        + TRIED_RU
        + " Смотрите в кабинете поставщика: список услуг, затем списания. "
        + TYPE_RU
        + " N - id нужной: "
        + EXISTS
        + WHY_RU
        + " Ни одна, и списания нет: "
        + ABSENT
        + WHY_RU
        + GOES_ON_RU,
    ),
    "upstream_refused": Problem(
        PERSON,
        "The upstream refused __func__ (code __code__, field __value__). Correct the cause and start the operation again. Nothing was bought.",
        "Поставщик отклонил __func__ (код __code__, поле __value__). Устраните причину и запустите операцию снова. Ничего не куплено.",
    ),
    "min_order": Problem(
        PERSON,
        "The upstream refuses __func__ until the minimum order period of the service has passed; its cabinet shows the date. Start the operation again then.",
        "Поставщик не выполняет __func__, пока не пройдёт минимальный срок заказа услуги; дату показывает его кабинет. Запустите операцию снова после неё.",
    ),
    "too_soon": Problem(
        PERSON,
        "The upstream renews this service only after __value__. Nothing was paid. Start the operation again after that day.",
        "Поставщик продлевает эту услугу только после __value__. Ничего не оплачено. Запустите операцию снова после этого дня.",
    ),
    "not_ours": Problem(
        PERSON,
        "The service __value__ at the upstream is not the one of this item: __reason__. Nothing was sent. Compare both and correct the item.",
        "Услуга __value__ у поставщика не соответствует этой услуге: __reason__. Ничего не отправлено. Сравните их и исправьте услугу.",
    ),
    "name_taken": Problem(
        PERSON,
        "The service __value__ is already in the upstream account (id __remote__), and no open request of this item explains it (purchase __id__). It is not"
        " adopted silently, and nothing is ordered. Question: is it the one of this order? "
        + TRIED_EN
        + " Look in the provider's cabinet: when was it"
        " ordered, and for whom? "
        + TYPE_EN
        + " It is: "
        + EXISTS
        + WHY_EN
        + " It is not: order another name or refund the order."
        + GOES_ON_EN,
        "Услуга __value__ уже есть в аккаунте у поставщика (id __remote__), и незавершённым запросом этой услуги это не объясняется (покупка __id__). Молча она"
        " не присваивается, ничего не заказывается. Вопрос: она ли это? "
        + TRIED_RU
        + " Смотрите в кабинете поставщика: когда и для кого она заказана. "
        + TYPE_RU
        + " Это она: "
        + EXISTS
        + WHY_RU
        + " Это не она: закажите другое имя или верните деньги за заказ."
        + GOES_ON_RU,
    ),
    "name_busy": Problem(
        PERSON,
        "The domain __value__ is registered already, and not in this account. Nothing was bought. Order another name or refund the order.",
        "Домен __value__ уже зарегистрирован, и не в этом аккаунте. Ничего не куплено. Закажите другое имя или верните деньги за заказ.",
    ),
    "tariff_unknown": Problem(
        PERSON,
        "The upstream does not say by which tariff the service __value__ is sold, and nobody noted it. Nothing was sent. Note it on the panel: «mgrctl -m"
        " billmgr service.saveparam elid=<item> name=bill2bill value='id=__value__;price=P;period=' sok=ok» (P = id of the tariff), then start the"
        " operation again.",
        "Поставщик не сообщает, по какому тарифу продана услуга __value__, и это не записано. Ничего не отправлено. Запишите в панель: «mgrctl -m"
        " billmgr service.saveparam elid=<услуга> name=bill2bill value='id=__value__;price=P;period=' sok=ok» (P = id тарифа), затем запустите"
        " операцию снова.",
    ),
    "no_remote": Problem(
        PERSON,
        "It is not known which upstream service belongs to this item. If there is one, note its id N on the panel: «mgrctl -m billmgr service.saveparam"
        " elid=<item> name=bill2bill value='id=N;price=;period=' sok=ok», then start the operation again.",
        "Неизвестно, какая услуга поставщика относится к этой услуге. Если она есть, запишите её id N в панель: «mgrctl -m billmgr service.saveparam"
        " elid=<услуга> name=bill2bill value='id=N;price=;period=' sok=ok», затем запустите операцию снова.",
    ),
    "remote_gone": Problem(
        PERSON,
        "The upstream says that the service __value__ no longer exists. Check it in the upstream's cabinet.",
        "Поставщик сообщает, что услуги __value__ больше нет. Проверьте в кабинете поставщика.",
    ),
    "remote_unseen": Problem(
        PERSON,
        "The service __value__ was missing from the upstream's list twice in a row. Nothing was changed: check it in the upstream's cabinet, and"
        " that no filter is set there for the login of this connection.",
        "Услуги __value__ дважды подряд не было в списке поставщика. Ничего не изменено: проверьте её в кабинете поставщика, а также не задан ли"
        " там фильтр для пользователя этого подключения.",
    ),
    "auto_renewal_on": Problem(
        PERSON,
        "The upstream renews the service __value__ by itself, so it could be paid twice. Switch automatic renewal off in the upstream's cabinet.",
        "Поставщик сам продлевает услугу __value__, она может быть оплачена дважды. Выключите автопродление в кабинете поставщика.",
    ),
    "auto_renewal_unseen": Problem(
        PERSON,
        "Whether the upstream renews the service __value__ by itself cannot be told. Look at it in the upstream's cabinet: it must be off.",
        "Нельзя узнать, продлевает ли поставщик услугу __value__ сам. Проверьте в кабинете поставщика: автопродление должно быть выключено.",
    ),
    "date_earlier": Problem(
        PERSON,
        "The upstream's expiry date __value__ is earlier than the panel's __object__. The panel's date is left as it is: compare both.",
        "Срок у поставщика (__value__) раньше, чем в панели (__object__). Дата в панели не изменена: сравните обе.",
    ),
    "date_bad": Problem(
        LATER,
        "The upstream gives the expiry date «__value__», which cannot be used. Nothing was written.",
        "Поставщик сообщает срок «__value__», который нельзя использовать. Ничего не записано.",
    ),
    "upstream_slow": Problem(
        PERSON,
        "The upstream has been working on the order __value__ for longer than usual. Ask the provider what is missing, then start the operation again:"
        " the order is looked at, not repeated.",
        "Поставщик выполняет заказ __value__ дольше обычного. Узнайте у него, чего не хватает, затем запустите операцию снова: заказ будет проверен,"
        " а не повторён.",
    ),
    "pending": Problem(
        LATER,
        "The upstream is still working on the service __value__. It will be looked at again.",
        "Поставщик ещё выполняет действие с услугой __value__. Проверка будет повторена.",
    ),
    # -- what must not happen twice --------------------------------------------------------------------------
    "lost_answer": Problem(
        LOOK,
        "The request __func__ was sent but its answer was lost. It is not sent again before a look proves that it was not carried out.",
        "Запрос __func__ отправлен, но ответ потерян. Он не будет повторён, пока проверка не докажет, что он не выполнен.",
    ),
    "in_doubt_open": Problem(
        PERSON,
        "Purchase __id__ is in doubt; nothing is ordered before you answer. Question: does the service __value__ stand in the upstream account because of"
        " this order? "
        + TRIED_EN
        + " Look in the provider's cabinet: the list of services, then charges. "
        + TYPE_EN
        + " It is there; --exists takes its id there:"
        " " + EXISTS + WHY_EN + " It is not there and nothing was charged: " + ABSENT + WHY_EN + GOES_ON_EN,
        "Покупка __id__ под вопросом; до вашего ответа ничего не заказывается. Вопрос: появилась ли услуга __value__ в аккаунте у поставщика по этому заказу? "
        + TRIED_RU
        + " Смотрите в кабинете поставщика: список услуг, затем списания. "
        + TYPE_RU
        + " Она там есть; после --exists её id там: "
        + EXISTS
        + WHY_RU
        + " Её нет, и списания нет: "
        + ABSENT
        + WHY_RU
        + GOES_ON_RU,
    ),
    "in_doubt_prolong": Problem(
        PERSON,
        "Purchase __id__ is in doubt; nothing is renewed before you answer. Question: was the service __value__ renewed for __months__ months (expiry before:"
        " __before__)? "
        + TRIED_EN
        + " Look in the provider's cabinet: the expiry date, then charges. "
        + TYPE_EN
        + " It was renewed; --exists takes its id there: "
        + EXISTS
        + WHY_EN
        + " It was not: "
        + ABSENT
        + WHY_EN
        + GOES_ON_EN,
        "Покупка __id__ под вопросом; до вашего ответа ничего не продлевается. Вопрос: продлена ли услуга __value__ на __months__ мес. (прежний срок:"
        " __before__)? "
        + TRIED_RU
        + " Смотрите в кабинете поставщика: срок действия, затем списания. "
        + TYPE_RU
        + " Продлена; после --exists её id там: "
        + EXISTS
        + WHY_RU
        + " Не продлена: "
        + ABSENT
        + WHY_RU
        + GOES_ON_RU,
    ),
    "in_doubt_setparam": Problem(
        PERSON,
        "Purchase __id__ is in doubt; nothing is changed before you answer. Question: were the add-ons changed as ordered (__value__)? "
        + TRIED_EN
        + " Look in the provider's cabinet: the service, then charges. "
        + TYPE_EN
        + " They were changed; --exists takes the service's id there: "
        + EXISTS
        + WHY_EN
        + " They were not: "
        + ABSENT
        + WHY_EN
        + GOES_ON_EN,
        "Покупка __id__ под вопросом; до вашего ответа ничего не меняется. Вопрос: изменены ли дополнения, как заказано (__value__)? "
        + TRIED_RU
        + " Смотрите в кабинете поставщика: услугу, затем списания. "
        + TYPE_RU
        + " Изменены; после --exists id услуги там: "
        + EXISTS
        + WHY_RU
        + " Не изменены: "
        + ABSENT
        + WHY_RU
        + GOES_ON_RU,
    ),
    "in_doubt_changepricelist": Problem(
        PERSON,
        "Purchase __id__ is in doubt; nothing is changed before you answer. Question: was the tariff changed as ordered (__value__)? "
        + TRIED_EN
        + " Look in the provider's cabinet: the service, then charges. "
        + TYPE_EN
        + " It was changed; --exists takes the service's id there: "
        + EXISTS
        + WHY_EN
        + " It was not: "
        + ABSENT
        + WHY_EN
        + GOES_ON_EN,
        "Покупка __id__ под вопросом; до вашего ответа ничего не меняется. Вопрос: изменён ли тариф, как заказано (__value__)? "
        + TRIED_RU
        + " Смотрите в кабинете поставщика: услугу, затем списания. "
        + TYPE_RU
        + " Изменён; после --exists id услуги там: "
        + EXISTS
        + WHY_RU
        + " Не изменён: "
        + ABSENT
        + WHY_RU
        + GOES_ON_RU,
    ),
    "in_doubt_told": Problem(
        PERSON,
        "Purchase __id__ is in doubt: the renewal of __value__ for __months__ months (expiry before: __before__) was bought, and we were stopped while we told"
        " the panel. Question: is this operation that same renewal under a new number, or a further one that a client paid for? "
        + TRIED_EN
        + " Look in this"
        " panel: has the expiry date moved, how many renewals did the client pay for? "
        + TYPE_EN
        + " The same: "
        + SAME
        + WHY_EN
        + " A further one: "
        + TOLD
        + WHY_EN
        + GOES_ON_EN,
        "Покупка __id__ под вопросом: продление __value__ на __months__ мес. (прежний срок: __before__) куплено, но сообщить об этом панели помешала"
        " остановка. Вопрос: эта операция - то же продление под новым номером или ещё одно, оплаченное клиентом? "
        + TRIED_RU
        + " Смотрите в этой панели:"
        " сдвинулся ли срок услуги, сколько продлений оплатил клиент. "
        + TYPE_RU
        + " То же: "
        + SAME
        + WHY_RU
        + " Ещё одно: "
        + TOLD
        + WHY_RU
        + GOES_ON_RU,
    ),
    "in_doubt_lost": Problem(
        PERSON,
        "The journal of purchases was lost or restored: a renewal of __value__ for __months__ months (expiry before: __before__) was begun and is not in it"
        " (now purchase __id__). Nothing is renewed before you answer. Question: was it carried out, and is this operation that same renewal? "
        + TRIED_EN
        + " Compare the expiry date and the charges in the provider's cabinet with what the client paid for. "
        + TYPE_EN
        + " Carried out and the same: "
        + SAME
        + WHY_EN
        + " Carried out, and this operation is a further one: "
        + TOLD
        + WHY_EN
        + " Not carried out: "
        + ABSENT
        + WHY_EN
        + GOES_ON_EN,
        "Журнал покупок потерян или восстановлен из копии: продление __value__ на __months__ мес. (прежний срок: __before__) было начато, но в журнале его"
        " нет (теперь покупка __id__). До вашего ответа ничего не продлевается. Вопрос: выполнено ли оно, и то же ли это продление, о котором просит"
        " операция? "
        + TRIED_RU
        + " Сравните срок действия и списания в кабинете поставщика с тем, что оплатил клиент. "
        + TYPE_RU
        + " Выполнено и то же: "
        + SAME
        + WHY_RU
        + " Выполнено, а операция - ещё одно: "
        + TOLD
        + WHY_RU
        + " Не выполнено: "
        + ABSENT
        + WHY_RU
        + GOES_ON_RU,
    ),
    "in_doubt_older": Problem(
        PERSON,
        "The panel knows less than the journal of purchases: its database was probably restored from a backup. Purchase __id__, the renewal of __value__ for"
        " __months__ months (expiry before: __before__), was bought and reported. Question: is this operation that same renewal, or a further one that a"
        " client paid for? "
        + TRIED_EN
        + " Compare the expiry date in the provider's cabinet with what the client paid for. "
        + TYPE_EN
        + " The same: "
        + SAME
        + WHY_EN
        + " A further one: "
        + TOLD
        + WHY_EN
        + " The item's number belongs to another item now: "
        + FOREIGN
        + WHY_EN
        + GOES_ON_EN,
        "Панель знает меньше, чем журнал покупок: её база, вероятно, восстановлена из копии. Покупка __id__, продление __value__ на __months__ мес. (прежний"
        " срок: __before__), выполнена и сообщена панели. Вопрос: эта операция - то же продление или ещё одно, оплаченное клиентом? "
        + TRIED_RU
        + " Сравните срок действия в кабинете поставщика с тем, что оплатил клиент. "
        + TYPE_RU
        + " То же: "
        + SAME
        + WHY_RU
        + " Ещё одно: "
        + TOLD
        + WHY_RU
        + " Номер услуги теперь у другой услуги: "
        + FOREIGN
        + WHY_RU
        + GOES_ON_RU,
    ),
    "in_doubt_moved": Problem(
        PERSON,
        "The expiry date of __value__ has moved by __months__ months, the very term that is to be bought, since it was known last (then: __before__). Nothing is"
        " bought before you answer. Question: is this renewal bought already? It may be if this server was restored from a backup, or if somebody renewed at the"
        " provider. "
        + TRIED_EN
        + " Look at the charges in the provider's cabinet. "
        + TYPE_EN
        + " Bought already: "
        + SAME
        + WHY_EN
        + " To be bought in addition: "
        + TOLD
        + WHY_EN
        + GOES_ON_EN,
        "Срок действия __value__ сдвинулся на __months__ мес., то есть ровно на покупаемый период, с тех пор, как был известен (тогда: __before__). До вашего"
        " ответа ничего не покупается. Вопрос: это продление уже куплено? Так бывает, если этот сервер восстановлен из копии или продлили прямо у поставщика. "
        + TRIED_RU
        + " Посмотрите списания в кабинете поставщика. "
        + TYPE_RU
        + " Уже куплено: "
        + SAME
        + WHY_RU
        + " Купить ещё: "
        + TOLD
        + WHY_RU
        + GOES_ON_RU,
    ),
    "in_doubt_item": Problem(
        PERSON,
        "By the journal, item __item__ is __value__ (purchase __id__), but the panel knows nothing of that: its database was restored from a backup, or the"
        " number was given to another item. Nothing is bought before you answer. Question: is it still the same service of the same client? "
        + TRIED_EN
        + " "
        + TYPE_EN
        + " Yes: "
        + SAME
        + WHY_EN
        + " No, the number belongs to another item now: "
        + FOREIGN
        + WHY_EN
        + GOES_ON_EN,
        "По журналу услуга __item__ - это __value__ (покупка __id__), но панель об этом не знает: её база восстановлена из копии, или номер достался другой"
        " услуге. До вашего ответа ничего не покупается. Вопрос: это та же услуга того же клиента? "
        + TRIED_RU
        + " "
        + TYPE_RU
        + " Да: "
        + SAME
        + WHY_RU
        + " Нет, номер теперь у другой услуги: "
        + FOREIGN
        + WHY_RU
        + GOES_ON_RU,
    ),
    "panel_restored": Problem(
        PERSON,
        "By the journal this item is __value__ (purchase __id__), but the panel knows nothing of that: its database was restored from a backup, or the number"
        " was given to another item. Nothing was sent. Question: is it still the same service of the same client? "
        + TRIED_EN
        + " "
        + SHELL_EN
        + " Yes: "
        + SAME
        + WHY_EN
        + " No, the number belongs to another item now: "
        + FOREIGN
        + WHY_EN
        + GOES_ON_EN,
        "По журналу эта услуга - __value__ (покупка __id__), но панель об этом не знает: её база восстановлена из копии, или номер достался другой услуге."
        " Ничего не отправлено. Вопрос: это та же услуга того же клиента? "
        + TRIED_RU
        + " "
        + SHELL_RU
        + " Да: "
        + SAME
        + WHY_RU
        + " Нет, номер теперь у другой"
        " услуги: " + FOREIGN + WHY_RU + GOES_ON_RU,
    ),
    "ended_together": Problem(
        PERSON,
        "Two renewals of __value__ waited, one was bought (purchase __id__), and the panel ended both. If the client paid for two, order the second one in the"
        " panel again.",
        "Два продления __value__ ждали, одно куплено (покупка __id__), а панель завершила оба. Если клиент оплатил два, закажите в панели второе ещё раз.",
    ),
    "other_account": Problem(
        PERSON,
        "Purchase __id__ was sent with another upstream login or address than the connection has now, so it cannot be looked up. Question: did the request"
        " succeed there? "
        + TRIED_EN
        + " Restore the old settings until it is finished, then it is looked up by itself. Or look in the old account's cabinet:"
        " services, then charges. "
        + TYPE_EN
        + " It is there; --exists takes its id there: "
        + EXISTS
        + WHY_EN
        + " It is not: "
        + ABSENT
        + WHY_EN
        + GOES_ON_EN,
        "Покупка __id__ отправлена с другим именем или адресом поставщика, чем сейчас в подключении, поэтому её нельзя проверить. Вопрос: удался ли запрос"
        " там? "
        + TRIED_RU
        + " Верните прежние настройки до её завершения, тогда она проверится сама. Или посмотрите в кабинете прежнего аккаунта: услуги,"
        " затем списания. "
        + TYPE_RU
        + " Она там есть; после --exists её id там: "
        + EXISTS
        + WHY_RU
        + " Её нет: "
        + ABSENT
        + WHY_RU
        + GOES_ON_RU,
    ),
    "item_deleted": Problem(
        PERSON,
        "This service is closed: nothing is bought or changed for it. Delete the operation that is left over.",
        "Эта услуга закрыта: для неё ничего не покупается и не меняется. Удалите оставшуюся операцию.",
    ),
    "too_early": Problem(
        PERSON,
        "The request of purchase __id__ can still be carried out by the upstream. Answer in __value__ seconds.",
        "Запрос покупки __id__ ещё может быть выполнен поставщиком. Ответьте через __value__ с.",
    ),
    "held_by_other": Problem(
        PERSON,
        "The upstream's service __value__ was bought for item __object__ (purchase __id__): two items cannot share it.",
        "Услуга поставщика __value__ куплена для услуги __object__ (покупка __id__): две услуги не могут быть одной и той же.",
    ),
    "upstream_busy": Problem(
        LATER,
        "The upstream is working on the service __value__ already, not for us. Nothing was sent; it will be tried again.",
        "Поставщик уже выполняет действие с услугой __value__, не по нашему запросу. Ничего не отправлено; попытка будет повторена.",
    ),
    "item_busy": Problem(
        LATER,
        "Another command works on this item right now, or another purchase of it is not finished: «bill2bill journal list».",
        "С этой услугой сейчас работает другая команда, или другая её покупка не закончена: «bill2bill journal list».",
    ),
    "account_busy": Problem(
        LATER,
        "Too many commands wait for the same upstream account. It will be tried again.",
        "Слишком много команд ждут один и тот же аккаунт у поставщика. Попытка будет повторена.",
    ),
    "not_an_operation": Problem(
        PERSON,
        "Without a running operation nothing is bought. Start it from the panel.",
        "Без операции панели ничего не покупается. Запустите действие из панели.",
    ),
    "other_purchase": Problem(
        PERSON,
        "Purchase __id__ of this item is not finished and has other terms (__reason__). Finish or resolve it first: «bill2bill journal show __id__».",
        "Покупка __id__ этой услуги не завершена и имеет другие условия (__reason__). Сначала завершите её или ответьте на её вопрос: «bill2bill journal show __id__».",
    ),
    "copied_panel": Problem(
        PERSON,
        "This panel looks like a copy (another machine or folder than its purchases were made on), so nothing is spent. If this is the real one,"
        ' run «__command__ journal adopt --why "reason"» on its server, then start the operations that wait for a person again.',
        "Похоже, это копия панели (покупки сделаны на другой машине или в другой папке), поэтому деньги не тратятся. Если эта панель настоящая,"
        ' выполните на её сервере «__command__ journal adopt --why "причина"», затем снова запустите операции, которые ждут человека.',
    ),
    "state_unusable": Problem(
        PERSON,
        "The journal of purchases cannot be used: __reason__. Nothing is bought without it. Free disk space or restore var/bill2bill from a backup.",
        "Журнал покупок недоступен: __reason__. Без него ничего не покупается. Освободите место на диске или восстановите var/bill2bill из копии.",
    ),
    "switched_off": Problem(
        PERSON,
        "The connection does not send «__value__» to the upstream: do it in the upstream's cabinet, then finish the operation in the panel by hand. After an"
        " order note its id N: «mgrctl -m billmgr service.saveparam elid=<item> name=bill2bill value='id=N;price=;period=' sok=ok».",
        "Подключение не передаёт «__value__» поставщику: выполните это в кабинете поставщика, затем завершите операцию в панели вручную. После заказа"
        " запишите его id N: «mgrctl -m billmgr service.saveparam elid=<услуга> name=bill2bill value='id=N;price=;period=' sok=ok».",
    ),
    "try_later": Problem(
        LATER,
        "Whether __value__ is free cannot be told right now. Try again later.",
        "Сейчас нельзя узнать, свободно ли имя __value__. Попробуйте позже.",
    ),
}


class Failure(Exception):
    """Something did not work. `code` is a key of PROBLEMS, `params` fill its text, `detail` is for the log
    only.
    """

    def __init__(self, code: str, /, *, detail: str = "", **params: object) -> None:
        self.code = code
        self.problem = PROBLEMS[code]
        said = {name: str(value) for name, value in params.items()}
        self.params = {**_untold(self.problem, said), **said}
        self.detail = detail
        super().__init__(f"{code}: {self.text('en')}")

    @property
    def retry(self) -> Retry:
        return self.problem.retry

    def text(self, lang: str) -> str:
        """The sentence for a person; lang is "ru" or "en"."""
        text = self.problem.ru if lang == "ru" else self.problem.en
        for name, value in self.params.items():
            text = text.replace(f"__{name}__", value)
        return text


def _untold(problem: Problem, said: Dict[str, str]) -> Dict[str, str]:
    return {
        name: text.replace("__id__", said.get("id", ""))
        for name, text in UNTOLD.items()
        if f"__{name}__" in problem.en + problem.ru
    }


class NotSent(Failure):
    """Nothing left this machine, or what left cannot have been carried out."""


class Refused(Failure):
    """The upstream read the request and said no: nothing was done."""


class NoAnswer(Failure):
    """The request left this machine and no readable answer came back: it may have been carried out."""
