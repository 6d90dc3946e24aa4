"""What each error of errors.py says to a person, and what to do next.

The texts are also the panel's messages `msg_error_<code>` (host-protocol 4.3), so a placeholder is written
the panel's way: `__name__` stands for the parameter `name` of the failure.
"""

from __future__ import annotations

from typing import Dict

from bill2bill.messages import Text

ERRORS: Dict[str, Text] = {
    # -- the call itself -------------------------------------------------------------------------------------
    "bad_call": Text(
        "The panel called the module in a way it does not understand: __reason__. Update bill2bill; if that"
        " does not help, report the command line.",
        "Панель вызвала модуль непонятным образом: __reason__. Обновите bill2bill; если не поможет,"
        " сообщите разработчикам строку вызова.",
    ),
    "bad_input": Text(
        "The data handed to the module cannot be read: __reason__. Nothing was done.",
        "Данные, переданные модулю, не читаются: __reason__. Ничего не сделано.",
    ),
    "internal": Text(
        "An unforeseen error in bill2bill, number __id__. Look for this number in the module's log and"
        " report it.",
        "Непредвиденная ошибка bill2bill, номер __id__. Найдите этот номер в журнале модуля и сообщите"
        " разработчикам.",
    ),
    "no_rights": Text(
        "Only administrators of the panel may see this page.",
        "Эта страница доступна только администраторам панели.",
    ),
    "no_question": Text(
        "Purchase __id__ does not ask that (state: __value__). What waits for an answer: «bill2bill journal"
        " list».",
        "Покупка __id__ об этом не спрашивает (состояние: __value__). Что ждёт ответа: «bill2bill journal"
        " list».",
    ),
    "why_missing": Text(
        'Say why, so that others understand it (on the command line: --why "reason"). It is kept in the'
        " journal with your name. Nothing was changed.",
        'Напишите почему, чтобы поняли и другие (в командной строке: --why "причина"). Это хранится в'
        " журнале вместе с вашим именем. Ничего не изменено.",
    ),
    "choose_one": Text(
        "Choose exactly one purchase in the list. Nothing was changed.",
        "Выберите в списке ровно одну покупку. Ничего не изменено.",
    ),
    "answer_kept": Text(
        "Your answer about purchase __id__ is kept, but its operation was not started: __reason_en__",
        "Ваш ответ о покупке __id__ сохранён, но её операция не запущена: __reason_ru__",
    ),
    "answer_first": Text(
        "Purchase __id__ is in doubt: answer its question first. «bill2bill journal show __id__» tells what"
        " is asked and how to answer.",
        "Покупка __id__ под вопросом: сначала ответьте на него. «bill2bill journal show __id__» расскажет,"
        " что спрашивается и как ответить.",
    ),
    "nothing_to_start": Text(
        "Purchase __id__ is finished: there is no operation to start.",
        "Покупка __id__ завершена: запускать нечего.",
    ),
    "operation_gone": Text(
        "Operation __value__ of purchase __id__ has left the panel, or its number was given to another one."
        " Look in «Running operations»: if the service still waits there, start it there, it is not paid"
        " twice. If it does not, order the action in the panel again.",
        "Операция __value__ покупки __id__ ушла из панели, или её номер достался другой. Посмотрите в"
        " «Текущих операциях»: если услуга там ждёт, запустите операцию там, второй раз она не оплачивается."
        " Если нет, закажите действие в панели снова.",
    ),
    "do_nothing": Text(
        "The file etc/billmgr.DoNothing exists: this panel is a copy that must not touch anything, so no"
        " operation is started. On the real panel remove it.",
        "Есть файл etc/billmgr.DoNothing: это копия панели, которая ничего не должна трогать, поэтому"
        " операции не запускаются. На настоящей панели удалите его.",
    ),
    # -- the panel -------------------------------------------------------------------------------------------
    "panel_unreachable": Text(
        "The panel does not answer to mgrctl (__func__). The operation will be finished by its next run.",
        "Панель не отвечает на mgrctl (__func__). Операция завершится при следующем запуске.",
    ),
    "panel_refused": Text(
        "The panel refused the call __func__: __reason__. Check the panel's log.",
        "Панель отклонила вызов __func__: __reason__. Проверьте журнал панели.",
    ),
    "panel_database": Text(
        "The panel's database cannot be read: __reason__. Check etc/billmgr.conf.d/db.conf and the database"
        " server.",
        "Не читается база данных панели: __reason__. Проверьте etc/billmgr.conf.d/db.conf и сервер баз"
        " данных.",
    ),
    "panel_data": Text(
        "The panel's data of __object__ is incomplete: __reason__. Correct it in the panel and start the"
        " operation again.",
        "Данные панели (__object__) неполны: __reason__. Исправьте их в панели и запустите операцию снова.",
    ),
    "panel_key": Text(
        "A stored secret of the connection cannot be decrypted with etc/billmgr.pem. Open the connection,"
        " enter the password again and save.",
        "Пароль подключения не расшифровывается ключом etc/billmgr.pem. Откройте подключение, введите"
        " пароль заново и сохраните.",
    ),
    # -- the way to the upstream -----------------------------------------------------------------------------
    "url_bad": Text(
        "The address __url__ cannot be used: __reason__. Enter it as"
        " https://provider.example/manager/billmgr.",
        "Адрес __url__ не подходит: __reason__. Укажите его в виде https://provider.example/manager/billmgr.",
    ),
    "upstream_unreachable": Text(
        "No connection to the upstream __url__: __reason__. Check the address, the network and the firewall.",
        "Нет связи с поставщиком __url__: __reason__. Проверьте адрес, сеть и межсетевой экран.",
    ),
    "upstream_certificate": Text(
        "The TLS certificate of __url__ cannot be trusted: __reason__. If the upstream has its own"
        " authority, name its CA file in the connection.",
        "Сертификату TLS сервера __url__ нельзя доверять: __reason__. Если у поставщика свой центр"
        " сертификации, укажите файл CA в подключении.",
    ),
    "upstream_redirect": Text(
        "The upstream answers with a redirect to __value__. It is not followed with a password in hand:"
        " check the address of the connection.",
        "Поставщик перенаправляет на __value__. С паролем туда не ходим: проверьте адрес в подключении.",
    ),
    "upstream_answer": Text(
        "The upstream's answer to __func__ cannot be understood: __reason__. Nothing is concluded from it.",
        "Ответ поставщика на __func__ непонятен: __reason__. Выводов из него не сделано.",
    ),
    "upstream_trouble": Text(
        "The upstream reports an internal error to __func__ (code __value__). It will be tried again.",
        "Поставщик сообщает о внутренней ошибке в __func__ (код __value__). Попытка будет повторена.",
    ),
    "not_billmanager": Text(
        "The server __url__ answers, but it is not a BILLmanager. Check the address of the connection.",
        "Сервер __url__ отвечает, но это не BILLmanager. Проверьте адрес в подключении.",
    ),
    "other_dialect": Text(
        "The upstream __url__ runs another version of BILLmanager than this module speaks with: domains are"
        " bought from version 4, servers from version 5 or 6. Check the address of the connection.",
        "Поставщик __url__ работает на другой версии BILLmanager, чем та, с которой говорит этот модуль:"
        " домены покупаются у версии 4, серверы у версий 5 и 6. Проверьте адрес в подключении.",
    ),
    "invalid_login_or_passwd": Text(
        "The upstream refuses the login. Two causes are possible: the user name or password is wrong, or"
        " the upstream account is closed to the address of this server (allow-list of addresses in the"
        " upstream's settings). Correct it, then check the connection.",
        "Поставщик не принимает вход. Возможны две причины: неверны имя или пароль, либо учётная запись"
        " закрыта для адреса этого сервера (список разрешённых адресов в настройках у поставщика). Исправьте"
        " и проверьте подключение.",
    ),
    "account_paused": Text(
        "The upstream refused this login before, so nothing more is sent with it. Correct the user name,"
        " the password or the upstream's list of allowed addresses, then open the connection and save it:"
        " the check lifts the pause.",
        "Поставщик уже отклонил этот вход, поэтому запросы с ним остановлены. Исправьте имя, пароль или"
        " список разрешённых адресов у поставщика, затем откройте и сохраните подключение: проверка снимет"
        " паузу.",
    ),
    "address_closed": Text(
        "The upstream lets nobody use this login from the address of this server. Add the address to the"
        " list of allowed addresses (API access) in the upstream's settings, then check the connection.",
        "Поставщик не пускает эту учётную запись с адреса этого сервера. Добавьте адрес в список"
        " разрешённых (доступ к API) в настройках у поставщика, затем проверьте подключение.",
    ),
    "login_blocked": Text(
        "The upstream blocks the login for a while after too many tries. It will be tried again; if it"
        " stays so, check the password and ask the provider to unblock the address of this server.",
        "Поставщик временно заблокировал вход из-за множества попыток. Попытка будет повторена; если"
        " блокировка остаётся, проверьте пароль и попросите поставщика разблокировать адрес этого сервера.",
    ),
    "two_factor": Text(
        "The upstream account wants a second factor, which a module cannot give. Switch two-factor"
        " authentication off for this account in the upstream's settings, or use an account of its own for"
        " the API, then check the connection.",
        "Учётная запись у поставщика требует второй фактор, которого у модуля нет. Выключите двухфакторную"
        " аутентификацию этой учётной записи в настройках у поставщика или заведите для API отдельную, затем"
        " проверьте подключение.",
    ),
    "captcha": Text(
        "The upstream wants a captcha to be solved. Ask the provider to let the address of this server"
        " through without one, then check the connection.",
        "Поставщик требует решить капчу. Попросите поставщика пропускать адрес этого сервера без неё, затем"
        " проверьте подключение.",
    ),
    "upstream_wall": Text(
        "Something in front of the upstream (a firewall, a guard against robots, a limit of requests)"
        " answered __func__ in its place: __reason__. It will be tried again; if it stays so, ask the"
        " provider to let the address of this server through, and check the address of the connection.",
        "Вместо поставщика на __func__ ответила защита перед ним (межсетевой экран, защита от роботов,"
        " ограничение запросов): __reason__. Попытка будет повторена; если так и останется, попросите"
        " поставщика пропускать адрес этого сервера и проверьте адрес в подключении.",
    ),
    "rights_missing": Text(
        "The upstream account has no right to __value__. Ask the provider to grant it (suspending and"
        " deleting services are rights of their own), then start the operation again. Nothing was done.",
        "У учётной записи поставщика нет права на __value__. Попросите поставщика выдать его (приостановка"
        " и удаление услуг - отдельные права), затем запустите операцию снова. Ничего не сделано.",
    ),
    "account_not_found": Text(
        "The upstream has no account or project «__value__». It has: __found__. Enter one of these in the"
        " connection.",
        "У поставщика нет счёта или проекта «__value__». Есть: __found__. Укажите в подключении один из них.",
    ),
    "account_currency": Text(
        "The account «__object__» is kept in __value__, the tariff costs __found__: they are never"
        " converted. Choose another account or project in the connection.",
        "Счёт «__object__» ведётся в __value__, а тариф стоит в __found__: пересчёт не делается. Выберите в"
        " подключении другой счёт или проект.",
    ),
    # -- what is bought --------------------------------------------------------------------------------------
    "name_bad": Text(
        "The domain name __value__ cannot be registered: __reason__. Correct the order.",
        "Доменное имя __value__ нельзя зарегистрировать: __reason__. Исправьте заказ.",
    ),
    "ns_bad": Text(
        "The name servers cannot be sent: __reason__. Correct them in the domain and start the operation"
        " again.",
        "Серверы имён нельзя передать: __reason__. Исправьте их у домена и запустите операцию снова.",
    ),
    "contact_bad": Text(
        "The contact «__object__» is not accepted: field __value__. __reason__. Correct the contact and"
        " start the operation again.",
        "Контакт «__object__» не принимается: поле __value__. __reason__. Исправьте контакт и запустите"
        " операцию снова.",
    ),
    "tariff_not_found": Text(
        "The upstream sells no domains in the zone __value__ with these settings. Choose another registrar"
        " in the connection or withdraw the tariff.",
        "Поставщик не продаёт домены в зоне __value__ при этих настройках. Выберите другого регистратора в"
        " подключении или отключите тариф.",
    ),
    "period_not_found": Text(
        "The upstream sells __object__ not for __value__ months, only for: __found__. Change the period of"
        " the service.",
        "Поставщик не продаёт __object__ на __value__ мес., только на: __found__. Измените период услуги.",
    ),
    "low_balance": Text(
        "The upstream account holds __balance__, this purchase costs __value__. Top it up, then start the"
        " operation again. Nothing was ordered.",
        "На счёте у поставщика __balance__, покупка стоит __value__. Пополните счёт и запустите операцию"
        " снова. Ничего не заказано.",
    ),
    "unpaid_order": Text(
        "The order __value__ exists at the upstream but is not paid. Top up the account and pay this order"
        " in the upstream's cabinet, then start the operation again: it will be picked up, not ordered anew.",
        "Заказ __value__ у поставщика создан, но не оплачен. Пополните счёт и оплатите этот заказ в"
        " кабинете поставщика, затем запустите операцию снова: она подхватит его и не закажет второй.",
    ),
    "tariff_unlinked": Text(
        "The tariff plan __value__ does not say which tariff of the provider it sells. Enter its number in"
        " the field «Provider's tariff» of the plan, then start the operation again. Nothing was ordered.",
        "В тарифном плане __value__ не указано, какой тариф поставщика он продаёт. Впишите его номер в поле"
        " «Тариф поставщика» и запустите операцию снова. Ничего не заказано.",
    ),
    "tariff_gone": Text(
        "The provider does not offer the tariff __value__ (any more). Enter another number in the tariff"
        " plan, then start the operation again. Nothing was ordered.",
        "Поставщик не предлагает тариф __value__ (больше нет). Впишите другой номер в тарифный план и"
        " запустите операцию снова. Ничего не заказано.",
    ),
    "tariff_closed": Text(
        "The provider does not let the service __object__ change to the tariff __value__; it may change to:"
        " __found__. The old tariff plan was restored.",
        "Поставщик не разрешает услуге __object__ переход на тариф __value__; доступны: __found__. Прежний"
        " тарифный план возвращён.",
    ),
    "addon_bad": Text(
        "The add-on __object__ = __value__ cannot be bought from the provider (possible: __reason__)."
        " Nothing was sent. Correct the add-on of the tariff plan or the order; if you provide it yourself,"
        " name it in the field «Add-ons of your own».",
        "Дополнение __object__ = __value__ нельзя купить у поставщика (возможно: __reason__). Ничего не"
        " отправлено. Исправьте дополнение тарифного плана или заказ; если вы оказываете его сами, назовите"
        " его в поле «Собственные дополнения».",
    ),
    "choice_bad": Text(
        "The order asks for __object__ = __value__, which the provider does not offer for this tariff. It"
        " offers: __found__. Nothing was sent. Correct the order.",
        "В заказе указано __object__ = __value__, но поставщик не предлагает этого для тарифа."
        " Предлагается: __found__. Ничего не отправлено. Исправьте заказ.",
    ),
    "upstream_stuck": Text(
        "The order __value__ is paid, but the provider cannot finish it by itself (__reason__). Ask the"
        " provider, then start the operation again: the order is looked at, not repeated.",
        "Заказ __value__ оплачен, но поставщик не может выполнить его сам (__reason__). Обратитесь к"
        " поставщику, затем запустите операцию снова: заказ будет проверен, а не повторён.",
    ),
    "suspended_by_provider": Text(
        "The provider suspended the service __value__ for a reason of its own (__reason__). We never lift"
        " that: settle it with the provider, then start the operation again.",
        "Поставщик приостановил услугу __value__ по своей причине (__reason__). Такое мы не снимаем:"
        " договоритесь с поставщиком и запустите операцию снова.",
    ),
    "suspended_there": Text(
        "The service __value__ is suspended at the provider (__reason__) but active in this panel. Nothing"
        " was changed: settle it with the provider.",
        "Услуга __value__ у поставщика приостановлена (__reason__), а в этой панели активна. Ничего не"
        " изменено: разберитесь с поставщиком.",
    ),
    "upstream_refused": Text(
        "The upstream refused __func__ (code __code__, field __value__). Correct the cause and start the"
        " operation again. Nothing was bought.",
        "Поставщик отклонил __func__ (код __code__, поле __value__). Устраните причину и запустите операцию"
        " снова. Ничего не куплено.",
    ),
    "min_order": Text(
        "The upstream refuses __func__ until the minimum order period of the service has passed; its"
        " cabinet shows the date. Start the operation again then.",
        "Поставщик не выполняет __func__, пока не пройдёт минимальный срок заказа услуги; дату показывает"
        " его кабинет. Запустите операцию снова после неё.",
    ),
    "too_soon": Text(
        "The upstream renews this service only after __value__. Nothing was paid. Start the operation again"
        " after that day.",
        "Поставщик продлевает эту услугу только после __value__. Ничего не оплачено. Запустите операцию"
        " снова после этого дня.",
    ),
    "not_ours": Text(
        "The service __value__ at the upstream is not the one of this item: __reason__. Nothing was sent."
        " Compare both and correct the item.",
        "Услуга __value__ у поставщика не соответствует этой услуге: __reason__. Ничего не отправлено."
        " Сравните их и исправьте услугу.",
    ),
    "name_busy": Text(
        "The domain __value__ is registered already, and not in this account. Nothing was bought. Order"
        " another name or refund the order.",
        "Домен __value__ уже зарегистрирован, и не в этом аккаунте. Ничего не куплено. Закажите другое имя"
        " или верните деньги за заказ.",
    ),
    "tariff_unknown": Text(
        "The upstream does not say by which tariff the service __value__ is sold, and nobody noted it."
        " Nothing was sent. Note it on the panel: «mgrctl -m billmgr service.saveparam elid=<item>"
        " name=bill2bill value='id=__value__;price=P;period=' sok=ok» (P = id of the tariff), then start the"
        " operation again.",
        "Поставщик не сообщает, по какому тарифу продана услуга __value__, и это не записано. Ничего не"
        " отправлено. Запишите в панель: «mgrctl -m billmgr service.saveparam elid=<услуга> name=bill2bill"
        " value='id=__value__;price=P;period=' sok=ok» (P = id тарифа), затем запустите операцию снова.",
    ),
    "no_remote": Text(
        "It is not known which upstream service belongs to this item. If there is one, note its id N on the"
        " panel: «mgrctl -m billmgr service.saveparam elid=<item> name=bill2bill value='id=N;price=;period='"
        " sok=ok», then start the operation again.",
        "Неизвестно, какая услуга поставщика относится к этой услуге. Если она есть, запишите её id N в"
        " панель: «mgrctl -m billmgr service.saveparam elid=<услуга> name=bill2bill"
        " value='id=N;price=;period=' sok=ok», затем запустите операцию снова.",
    ),
    "remote_gone": Text(
        "The upstream says that the service __value__ no longer exists. Check it in the upstream's cabinet.",
        "Поставщик сообщает, что услуги __value__ больше нет. Проверьте в кабинете поставщика.",
    ),
    "remote_unseen": Text(
        "The service __value__ was missing from the upstream's list twice in a row. Nothing was changed:"
        " check it in the upstream's cabinet, and that no filter is set there for the login of this"
        " connection.",
        "Услуги __value__ дважды подряд не было в списке поставщика. Ничего не изменено: проверьте её в"
        " кабинете поставщика, а также не задан ли там фильтр для пользователя этого подключения.",
    ),
    "auto_renewal_on": Text(
        "The upstream renews the service __value__ by itself, so it could be paid twice. Switch automatic"
        " renewal off in the upstream's cabinet.",
        "Поставщик сам продлевает услугу __value__, она может быть оплачена дважды. Выключите автопродление"
        " в кабинете поставщика.",
    ),
    "auto_renewal_unseen": Text(
        "Whether the upstream renews the service __value__ by itself cannot be told. Look at it in the"
        " upstream's cabinet: it must be off.",
        "Нельзя узнать, продлевает ли поставщик услугу __value__ сам. Проверьте в кабинете поставщика:"
        " автопродление должно быть выключено.",
    ),
    "date_earlier": Text(
        "The upstream's expiry date __value__ is earlier than the panel's __object__. The panel's date is"
        " left as it is: compare both.",
        "Срок у поставщика (__value__) раньше, чем в панели (__object__). Дата в панели не изменена:"
        " сравните обе.",
    ),
    "date_bad": Text(
        "The upstream gives the expiry date «__value__», which cannot be used. Nothing was written.",
        "Поставщик сообщает срок «__value__», который нельзя использовать. Ничего не записано.",
    ),
    "upstream_slow": Text(
        "The upstream has been working on the order __value__ for longer than usual. Ask the provider what"
        " is missing, then start the operation again: the order is looked at, not repeated.",
        "Поставщик выполняет заказ __value__ дольше обычного. Узнайте у него, чего не хватает, затем"
        " запустите операцию снова: заказ будет проверен, а не повторён.",
    ),
    "pending": Text(
        "The upstream is still working on the service __value__. It will be looked at again.",
        "Поставщик ещё выполняет действие с услугой __value__. Проверка будет повторена.",
    ),
    # -- what must not happen twice --------------------------------------------------------------------------
    "lost_answer": Text(
        "The request __func__ was sent but its answer was lost. It is not sent again before a look proves"
        " that it was not carried out.",
        "Запрос __func__ отправлен, но ответ потерян. Он не будет повторён, пока проверка не докажет, что"
        " он не выполнен.",
    ),
    "ended_together": Text(
        "Two renewals of __value__ waited, one was bought (purchase __id__), and the panel ended both. If"
        " the client paid for two, order the second one in the panel again.",
        "Два продления __value__ ждали, одно куплено (покупка __id__), а панель завершила оба. Если клиент"
        " оплатил два, закажите в панели второе ещё раз.",
    ),
    "item_deleted": Text(
        "This service is closed: nothing is bought or changed for it. Delete the operation that is left"
        " over.",
        "Эта услуга закрыта: для неё ничего не покупается и не меняется. Удалите оставшуюся операцию.",
    ),
    "too_early": Text(
        "The request of purchase __id__ can still be carried out by the upstream. Answer in __value__"
        " seconds.",
        "Запрос покупки __id__ ещё может быть выполнен поставщиком. Ответьте через __value__ с.",
    ),
    "held_by_other": Text(
        "The upstream's service __value__ was bought for item __object__ (purchase __id__): two items"
        " cannot share it.",
        "Услуга поставщика __value__ куплена для услуги __object__ (покупка __id__): две услуги не могут"
        " быть одной и той же.",
    ),
    "upstream_busy": Text(
        "The upstream is working on the service __value__ already, not for us. Nothing was sent; it will be"
        " tried again.",
        "Поставщик уже выполняет действие с услугой __value__, не по нашему запросу. Ничего не отправлено;"
        " попытка будет повторена.",
    ),
    "item_busy": Text(
        "Another command works on this item right now, or another purchase of it is not finished:"
        " «bill2bill journal list».",
        "С этой услугой сейчас работает другая команда, или другая её покупка не закончена: «bill2bill"
        " journal list».",
    ),
    "account_busy": Text(
        "Too many commands wait for the same upstream account. It will be tried again.",
        "Слишком много команд ждут один и тот же аккаунт у поставщика. Попытка будет повторена.",
    ),
    "not_an_operation": Text(
        "Without a running operation nothing is bought. Start it from the panel.",
        "Без операции панели ничего не покупается. Запустите действие из панели.",
    ),
    "other_purchase": Text(
        "Purchase __id__ of this item is not finished and has other terms (__reason__). Finish or resolve"
        " it first: «bill2bill journal show __id__».",
        "Покупка __id__ этой услуги не завершена и имеет другие условия (__reason__). Сначала завершите её"
        " или ответьте на её вопрос: «bill2bill journal show __id__».",
    ),
    "bought_since": Text(
        "Purchases were written since the upgrade (__value__ steps), and the release before cannot read them: it would"
        " buy them again. Nothing was changed. Keep this release; report what is wrong with it.",
        "После обновления записаны покупки (шагов: __value__), прежняя версия их не прочитает и купила бы снова."
        " Ничего не изменено. Оставьте эту версию и сообщите, что в ней не так.",
    ),
    "state_newer": Text(
        "The journal of purchases was written by a later release of bill2bill (version __value__). Nothing was sent."
        " Install that release again: ./install.sh.",
        "Журнал покупок записан более новой версией bill2bill (версия __value__). Ничего не отправлено. Снова"
        " установите ту версию: ./install.sh.",
    ),
    "state_unusable": Text(
        "The journal of purchases cannot be used: __reason__. Nothing is bought without it. Free disk space"
        " or restore var/bill2bill from a backup.",
        "Журнал покупок недоступен: __reason__. Без него ничего не покупается. Освободите место на диске"
        " или восстановите var/bill2bill из копии.",
    ),
    "switched_off": Text(
        "The connection does not send «__value__» to the upstream: do it in the upstream's cabinet, then"
        " finish the operation in the panel by hand. After an order note its id N: «mgrctl -m billmgr"
        " service.saveparam elid=<item> name=bill2bill value='id=N;price=;period=' sok=ok».",
        "Подключение не передаёт «__value__» поставщику: выполните это в кабинете поставщика, затем"
        " завершите операцию в панели вручную. После заказа запишите его id N: «mgrctl -m billmgr"
        " service.saveparam elid=<услуга> name=bill2bill value='id=N;price=;period=' sok=ok».",
    ),
    "try_later": Text(
        "Whether __value__ is free cannot be told right now. Try again later.",
        "Сейчас нельзя узнать, свободно ли имя __value__. Попробуйте позже.",
    ),
}
