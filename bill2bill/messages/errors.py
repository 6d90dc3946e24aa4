"""What each error of errors.py says to a person, and what to do next.

The texts are also the panel's messages `msg_error_<code>` (host-protocol 4.3), so a placeholder is written
the panel's way: `__name__` stands for the parameter `name` of the failure.
"""

from __future__ import annotations

from typing import Dict

from bill2bill.messages.text import Text

ERRORS: Dict[str, Text] = {
    # -- the call itself -------------------------------------------------------------------------------------
    "bad_call": Text(
        "The module does not know this call of the panel: __reason__. Update bill2bill. If the error stays,"
        " report the command line to the developers.",
        "Модуль не знает такого вызова панели: __reason__. Обновите bill2bill. Если ошибка остаётся,"
        " сообщите разработчикам строку вызова.",
    ),
    "bad_input": Text(
        "The module cannot read the data that it was given: __reason__. Nothing was done. Correct the data"
        " and start the operation again.",
        "Модуль не может прочитать переданные данные: __reason__. Ничего не сделано. Исправьте данные и"
        " запустите операцию снова.",
    ),
    "internal": Text(
        "Unexpected error in bill2bill, number __id__. Find this number in the module's log and report it"
        " to the developers.",
        "Непредвиденная ошибка bill2bill, номер __id__. Найдите этот номер в журнале модуля и сообщите"
        " разработчикам.",
    ),
    "no_rights": Text(
        "Only administrators of the panel can open this page. Log in as an administrator.",
        "Эта страница доступна только администраторам панели. Войдите как администратор.",
    ),
    "no_question": Text(
        "Purchase __id__ has no such question (state: __value__). «bill2bill journal list» shows what waits"
        " for an answer.",
        "У покупки __id__ нет такого вопроса (состояние: __value__). Что ждёт ответа, показывает «bill2bill"
        " journal list».",
    ),
    "why_missing": Text(
        'Give a reason that others will understand (on the command line: --why "reason"). The journal keeps'
        " it with your name. Nothing was changed.",
        'Укажите причину, понятную и другим (в командной строке: --why "причина"). Она хранится в журнале'
        " вместе с вашим именем. Ничего не изменено.",
    ),
    "choose_one": Text(
        "Select exactly one purchase in the list. Nothing was changed.",
        "Выберите в списке ровно одну покупку. Ничего не изменено.",
    ),
    "answer_kept": Text(
        "Your answer about purchase __id__ is saved, but its operation was not started: __reason_en__",
        "Ваш ответ о покупке __id__ сохранён, но её операция не запущена: __reason_ru__",
    ),
    "answer_first": Text(
        "Purchase __id__ is in doubt. Answer its question first: «bill2bill journal show __id__» shows the"
        " question and the possible answers.",
        "Покупка __id__ под вопросом. Сначала ответьте на вопрос: «bill2bill journal show __id__» покажет"
        " его и возможные ответы.",
    ),
    "nothing_to_start": Text(
        "Purchase __id__ is finished. There is no operation to start.",
        "Покупка __id__ завершена. Запускать нечего.",
    ),
    "operation_gone": Text(
        "Operation __value__ of purchase __id__ is no longer in the panel, or its number belongs to another"
        " operation now. Open «Running operations». If the service still waits there, start its operation:"
        " it is not paid twice. If not, order the action in the panel again.",
        "Операции __value__ покупки __id__ в панели больше нет, или её номер теперь у другой операции."
        " Откройте «Текущие операции». Если услуга там ещё ждёт, запустите её операцию: второй раз она не"
        " оплачивается. Если нет, закажите действие в панели снова.",
    ),
    "do_nothing": Text(
        "The file etc/billmgr.DoNothing exists: this panel is a copy that must not change anything, so no"
        " operation is started. If this is the real panel, remove the file.",
        "Есть файл etc/billmgr.DoNothing: это копия панели, которая ничего не должна менять, поэтому"
        " операции не запускаются. Если это настоящая панель, удалите файл.",
    ),
    # -- the panel -------------------------------------------------------------------------------------------
    "panel_unreachable": Text(
        "The panel does not answer mgrctl (__func__). The next run finishes the operation. If the error"
        " stays, check that the panel is running.",
        "Панель не отвечает на mgrctl (__func__). Операция завершится при следующем запуске. Если ошибка"
        " остаётся, проверьте, что панель работает.",
    ),
    "panel_refused": Text(
        "The panel refused the call __func__: __reason__. Check the panel's log.",
        "Панель отклонила вызов __func__: __reason__. Проверьте журнал панели.",
    ),
    "panel_database": Text(
        "Cannot read the panel's database: __reason__. Check etc/billmgr.conf.d/db.conf and the database"
        " server.",
        "Не удаётся прочитать базу данных панели: __reason__. Проверьте etc/billmgr.conf.d/db.conf и сервер"
        " баз данных.",
    ),
    "panel_data": Text(
        "The panel's data is incomplete or contradictory (__object__): __reason__. Correct it in the panel"
        " and start the operation again.",
        "Данные панели неполны или противоречивы (__object__): __reason__. Исправьте их в панели и"
        " запустите операцию снова.",
    ),
    "panel_key": Text(
        "Cannot decrypt a stored password of the connection with etc/billmgr.pem. Open the connection,"
        " enter the password again and save.",
        "Пароль подключения не расшифровывается ключом etc/billmgr.pem. Откройте подключение, введите"
        " пароль заново и сохраните.",
    ),
    # -- the way to the upstream -----------------------------------------------------------------------------
    "url_bad": Text(
        "The address __url__ cannot be used: __reason__. Enter it in the form"
        " https://provider.example/manager/billmgr.",
        "Адрес __url__ не подходит: __reason__. Укажите его в виде https://provider.example/manager/billmgr.",
    ),
    "upstream_unreachable": Text(
        "No connection to the upstream __url__: __reason__. Check the address, the network and the firewall.",
        "Нет связи с поставщиком __url__: __reason__. Проверьте адрес, сеть и межсетевой экран.",
    ),
    "upstream_certificate": Text(
        "The TLS certificate of __url__ is not trusted: __reason__. If the upstream has its own certificate"
        " authority, enter its CA file in the connection.",
        "Сертификат TLS сервера __url__ не проходит проверку: __reason__. Если у поставщика свой центр"
        " сертификации, укажите файл CA в подключении.",
    ),
    "upstream_redirect": Text(
        "The upstream redirects to __value__. The module does not send a password there. Check the address"
        " of the connection.",
        "Поставщик перенаправляет на __value__. Модуль не отправляет туда пароль. Проверьте адрес в"
        " подключении.",
    ),
    "upstream_answer": Text(
        "The upstream's answer to __func__ is not valid: __reason__. The module concludes nothing from it"
        " and tries again. If the error stays, send the module's log to the developers.",
        "Ответ поставщика на __func__ некорректен: __reason__. Модуль не делает из него выводов и повторит"
        " попытку. Если ошибка остаётся, отправьте журнал модуля разработчикам.",
    ),
    "upstream_trouble": Text(
        "The upstream reports an internal error in __func__ (code __value__). The panel tries again. If the"
        " error stays, ask the provider.",
        "Поставщик сообщает о внутренней ошибке в __func__ (код __value__). Панель повторит попытку. Если"
        " ошибка остаётся, обратитесь к поставщику.",
    ),
    "not_billmanager": Text(
        "The server __url__ answers, but it is not BILLmanager. Check the address of the connection.",
        "Сервер __url__ отвечает, но это не BILLmanager. Проверьте адрес в подключении.",
    ),
    "other_dialect": Text(
        "The upstream __url__ runs a BILLmanager version that this module does not support: domains are"
        " bought from version 4, servers from version 5 or 6. Check the address of the connection.",
        "У поставщика __url__ версия BILLmanager, которую этот модуль не поддерживает: домены покупаются у"
        " версии 4, серверы - у версии 5 или 6. Проверьте адрес в подключении.",
    ),
    "invalid_login_or_passwd": Text(
        "The upstream refuses the login. Either the user name or password is wrong, or the upstream account"
        " does not accept the address of this server (list of allowed addresses in the upstream's settings)."
        " Correct it, then check the connection.",
        "Поставщик не принимает вход. Либо неверны имя или пароль, либо учётная запись закрыта для адреса"
        " этого сервера (список разрешённых адресов в настройках у поставщика). Исправьте и проверьте"
        " подключение.",
    ),
    "account_paused": Text(
        "The upstream refused this login before, so the module sends no more requests with it. Correct the"
        " user name, the password or the upstream's list of allowed addresses, then open the connection and"
        " save it. The check resumes the requests.",
        "Поставщик уже отклонил этот вход, поэтому модуль больше не отправляет с ним запросов. Исправьте"
        " имя, пароль или список разрешённых адресов у поставщика, затем откройте и сохраните подключение."
        " После проверки запросы возобновятся.",
    ),
    "address_closed": Text(
        "The upstream does not accept this login from the address of this server. Add the address to the"
        " list of allowed addresses (API access) in the upstream's settings, then check the connection.",
        "Поставщик не принимает эту учётную запись с адреса этого сервера. Добавьте адрес в список"
        " разрешённых (доступ к API) в настройках у поставщика, затем проверьте подключение.",
    ),
    "login_blocked": Text(
        "The upstream has blocked the login for a while after too many attempts. The panel tries again. If"
        " the block stays, check the password and ask the provider to unblock the address of this server.",
        "Поставщик временно заблокировал вход из-за множества попыток. Панель повторит попытку. Если"
        " блокировка остаётся, проверьте пароль и попросите поставщика разблокировать адрес этого сервера.",
    ),
    "two_factor": Text(
        "The upstream account requires a second factor, which a module cannot give. Switch off two-factor"
        " authentication for this account in the upstream's settings, or use a separate account for the API,"
        " then check the connection.",
        "Учётная запись у поставщика требует второй фактор, которого у модуля нет. Выключите двухфакторную"
        " аутентификацию этой учётной записи в настройках у поставщика или заведите для API отдельную, затем"
        " проверьте подключение.",
    ),
    "captcha": Text(
        "The upstream requires a captcha. Ask the provider to exempt the address of this server, then check"
        " the connection.",
        "Поставщик требует капчу. Попросите поставщика отключить её для адреса этого сервера, затем"
        " проверьте подключение.",
    ),
    "upstream_wall": Text(
        "A firewall, bot protection or request limit in front of the upstream answered __func__:"
        " __reason__. The panel tries again. If the error stays, ask the provider to allow the address of"
        " this server, and check the address of the connection.",
        "На __func__ ответила защита перед поставщиком (межсетевой экран, защита от роботов, ограничение"
        " запросов): __reason__. Панель повторит попытку. Если ошибка остаётся, попросите поставщика"
        " разрешить адрес этого сервера и проверьте адрес в подключении.",
    ),
    "rights_missing": Text(
        "The upstream account has no permission for __value__. Nothing was done. Ask the provider to grant"
        " it (suspending and deleting services are separate permissions), then start the operation again.",
        "У учётной записи поставщика нет права на __value__. Ничего не сделано. Попросите поставщика выдать"
        " его (приостановка и удаление услуг - отдельные права), затем запустите операцию снова.",
    ),
    "account_not_found": Text(
        "The upstream has no account or project «__value__». Available: __found__. Enter one of these in"
        " the connection.",
        "У поставщика нет счёта или проекта «__value__». Есть: __found__. Укажите в подключении один из них.",
    ),
    "account_currency": Text(
        "The currency of the account «__object__» is __value__, the price of the tariff is in __found__."
        " The module never converts. Choose another account or project in the connection.",
        "Валюта счёта «__object__» - __value__, а цена тарифа в __found__. Модуль не пересчитывает валюты."
        " Выберите в подключении другой счёт или проект.",
    ),
    # -- what is bought --------------------------------------------------------------------------------------
    "name_bad": Text(
        "The domain name __value__ cannot be registered: __reason__. Correct the order.",
        "Доменное имя __value__ нельзя зарегистрировать: __reason__. Исправьте заказ.",
    ),
    "ns_bad": Text(
        "The name servers are not valid: __reason__. Correct them in the domain and start the operation"
        " again.",
        "Серверы имён указаны неверно: __reason__. Исправьте их у домена и запустите операцию снова.",
    ),
    "contact_bad": Text(
        "The contact «__object__» is not accepted, field __value__: __reason__. Correct the contact and"
        " start the operation again.",
        "Контакт «__object__» не принят, поле __value__: __reason__. Исправьте контакт и запустите операцию"
        " снова.",
    ),
    "tariff_not_found": Text(
        "With these settings the upstream sells no domains in the zone __value__. Choose another registrar"
        " in the connection or disable the tariff plan.",
        "При этих настройках поставщик не продаёт домены в зоне __value__. Выберите другого регистратора в"
        " подключении или отключите тарифный план.",
    ),
    "period_not_found": Text(
        "The upstream does not sell __object__ for __value__ months. Possible: __found__. Change the period"
        " of the service.",
        "Поставщик не продаёт __object__ на __value__ мес. Возможно: __found__. Измените период услуги.",
    ),
    "low_balance": Text(
        "The balance at the upstream is __balance__, this purchase costs __value__. Nothing was ordered."
        " Top up the account, then start the operation again.",
        "На счёте у поставщика __balance__, покупка стоит __value__. Ничего не заказано. Пополните счёт и"
        " запустите операцию снова.",
    ),
    "unpaid_order": Text(
        "The order __value__ exists at the upstream but is not paid. Top up the account and pay this order"
        " in the upstream's cabinet, then start the operation again: it continues with this order and places"
        " no second one.",
        "Заказ __value__ у поставщика создан, но не оплачен. Пополните счёт и оплатите этот заказ в"
        " кабинете поставщика, затем запустите операцию снова: она продолжит этот заказ и не создаст второй.",
    ),
    "tariff_unlinked": Text(
        "The tariff plan __value__ is not linked to a tariff of the provider. Nothing was ordered. Enter"
        " its number in the field «Provider's tariff» of the plan, then start the operation again.",
        "Тарифный план __value__ не связан с тарифом поставщика. Ничего не заказано. Впишите номер тарифа в"
        " поле «Тариф поставщика» и запустите операцию снова.",
    ),
    "tariff_gone": Text(
        "The provider does not offer the tariff __value__. Nothing was ordered. Enter another number in the"
        " tariff plan, then start the operation again.",
        "Поставщик не предлагает тариф __value__. Ничего не заказано. Впишите другой номер в тарифный план"
        " и запустите операцию снова.",
    ),
    "tariff_closed": Text(
        "The provider does not allow the service __object__ to change to the tariff __value__. Possible:"
        " __found__. The old tariff plan was restored. Choose a tariff plan that sells one of these.",
        "Поставщик не разрешает перевести услугу __object__ на тариф __value__. Доступны: __found__."
        " Прежний тарифный план возвращён. Выберите тарифный план одного из них.",
    ),
    "addon_bad": Text(
        "The provider does not sell the add-on __object__ = __value__ (possible: __reason__). Nothing was"
        " sent. Correct the add-on in the tariff plan or in the order. If you provide it yourself, enter its"
        " name in the field «Add-ons of your own».",
        "Поставщик не продаёт дополнение __object__ = __value__ (возможно: __reason__). Ничего не"
        " отправлено. Исправьте дополнение в тарифном плане или в заказе. Если вы оказываете его сами,"
        " укажите его в поле «Собственные дополнения».",
    ),
    "choice_bad": Text(
        "The order has __object__ = __value__, which the provider does not offer for this tariff. Possible:"
        " __found__. Nothing was sent. Correct the order.",
        "В заказе указано __object__ = __value__, но для этого тарифа поставщик такого не предлагает."
        " Возможно: __found__. Ничего не отправлено. Исправьте заказ.",
    ),
    "upstream_stuck": Text(
        "The order __value__ is paid, but the provider cannot complete it automatically (__reason__). Ask"
        " the provider, then start the operation again: it checks the order and does not repeat it.",
        "Заказ __value__ оплачен, но поставщик не может выполнить его автоматически (__reason__)."
        " Обратитесь к поставщику, затем запустите операцию снова: она проверит заказ и не повторит его.",
    ),
    "suspended_by_provider": Text(
        "The provider suspended the service __value__ (__reason__). The module does not lift such a"
        " suspension. Contact the provider, then start the operation again.",
        "Поставщик сам приостановил услугу __value__ (__reason__). Модуль не снимает такую приостановку."
        " Обратитесь к поставщику, затем запустите операцию снова.",
    ),
    "suspended_there": Text(
        "The service __value__ is suspended at the provider (__reason__) but active in this panel. Nothing"
        " was changed. Contact the provider.",
        "Услуга __value__ приостановлена у поставщика (__reason__), а в этой панели активна. Ничего не"
        " изменено. Обратитесь к поставщику.",
    ),
    "upstream_refused": Text(
        "The upstream refused __func__ (code __code__, field __value__). Nothing was bought. Correct the"
        " cause and start the operation again.",
        "Поставщик отклонил __func__ (код __code__, поле __value__). Ничего не куплено. Устраните причину и"
        " запустите операцию снова.",
    ),
    "min_order": Text(
        "The upstream refuses __func__ until the minimum order period of the service is over. Its cabinet"
        " shows the date. Start the operation again after it.",
        "Поставщик не выполняет __func__, пока не пройдёт минимальный срок заказа услуги. Дата указана в"
        " его кабинете. Запустите операцию снова после неё.",
    ),
    "too_soon": Text(
        "The upstream renews this service only after __value__. Nothing was paid. Start the operation again"
        " after that date.",
        "Поставщик продлевает эту услугу только после __value__. Ничего не оплачено. Запустите операцию"
        " снова после этой даты.",
    ),
    "not_ours": Text(
        "The upstream service __value__ does not match this item: __reason__. Nothing was sent. Compare"
        " both and correct the item.",
        "Услуга поставщика __value__ не соответствует этой услуге: __reason__. Ничего не отправлено."
        " Сравните их и исправьте услугу.",
    ),
    "name_busy": Text(
        "The domain __value__ is already registered in another account. Nothing was bought. Order another"
        " name or refund the order.",
        "Домен __value__ уже зарегистрирован в другом аккаунте. Ничего не куплено. Закажите другое имя или"
        " верните деньги за заказ.",
    ),
    "tariff_unknown": Text(
        "The upstream does not report the tariff of the service __value__, and the panel has no note of it."
        " Nothing was sent. Note it on the panel: «mgrctl -m billmgr service.saveparam elid=<item>"
        " name=bill2bill value='id=__value__;price=P;period=' sok=ok» (P = id of the tariff), then start the"
        " operation again.",
        "Поставщик не сообщает тариф услуги __value__, и в панели он не записан. Ничего не отправлено."
        " Запишите его в панель: «mgrctl -m billmgr service.saveparam elid=<услуга> name=bill2bill"
        " value='id=__value__;price=P;period=' sok=ok» (P = id тарифа), затем запустите операцию снова.",
    ),
    "no_remote": Text(
        "The panel does not know which upstream service belongs to this item. If there is one, note its id"
        " N on the panel: «mgrctl -m billmgr service.saveparam elid=<item> name=bill2bill"
        " value='id=N;price=;period=' sok=ok», then start the operation again.",
        "Неизвестно, какая услуга поставщика соответствует этой услуге. Если она есть, запишите её id N в"
        " панель: «mgrctl -m billmgr service.saveparam elid=<услуга> name=bill2bill"
        " value='id=N;price=;period=' sok=ok», затем запустите операцию снова.",
    ),
    "remote_gone": Text(
        "The upstream reports that the service __value__ no longer exists. Check it in the upstream's"
        " cabinet.",
        "Поставщик сообщает, что услуги __value__ больше нет. Проверьте это в кабинете поставщика.",
    ),
    "remote_unseen": Text(
        "The service __value__ was missing from the upstream's list twice in a row. Nothing was changed."
        " Check the service in the upstream's cabinet, and that the login of this connection has no filter"
        " there.",
        "Услуги __value__ дважды подряд не было в списке поставщика. Ничего не изменено. Проверьте услугу в"
        " кабинете поставщика, а также не задан ли там фильтр для пользователя этого подключения.",
    ),
    "auto_renewal_on": Text(
        "The upstream renews the service __value__ automatically, so it could be paid twice. Switch off"
        " automatic renewal in the upstream's cabinet.",
        "Поставщик сам продлевает услугу __value__, она может быть оплачена дважды. Выключите автопродление"
        " в кабинете поставщика.",
    ),
    "auto_renewal_unseen": Text(
        "The upstream does not show whether it renews the service __value__ automatically. Check in the"
        " upstream's cabinet that automatic renewal is off.",
        "Поставщик не показывает, продлевает ли он услугу __value__ сам. Проверьте в его кабинете, что"
        " автопродление выключено.",
    ),
    "date_earlier": Text(
        "The upstream's expiry date __value__ is earlier than the panel's __object__. The date in the panel"
        " was not changed. Compare both.",
        "Срок у поставщика (__value__) раньше, чем в панели (__object__). Дата в панели не изменена."
        " Сравните обе.",
    ),
    "date_bad": Text(
        "The upstream gives an expiry date that is not valid: «__value__». Nothing was written. The panel"
        " tries again. If the error stays, compare the date in the upstream's cabinet.",
        "Поставщик сообщает недопустимый срок: «__value__». Ничего не записано. Панель повторит попытку."
        " Если ошибка остаётся, сверьте дату в кабинете поставщика.",
    ),
    "upstream_slow": Text(
        "The upstream has been processing the order __value__ for longer than usual. Ask the provider what"
        " is missing, then start the operation again: it checks the order and does not repeat it.",
        "Поставщик выполняет заказ __value__ дольше обычного. Узнайте у него, чего не хватает, затем"
        " запустите операцию снова: она проверит заказ и не повторит его.",
    ),
    "pending": Text(
        "The upstream is still processing the service __value__. The panel checks it again; nothing to do.",
        "Поставщик ещё обрабатывает услугу __value__. Панель проверит её снова; делать ничего не нужно.",
    ),
    # -- what must not happen twice --------------------------------------------------------------------------
    "lost_answer": Text(
        "The request __func__ was sent, but its answer was lost. It is not repeated until a check proves"
        " that it was not carried out. Nothing to do now.",
        "Запрос __func__ отправлен, но ответ потерян. Он не будет повторён, пока проверка не докажет, что"
        " он не выполнен. Сейчас делать ничего не нужно.",
    ),
    "ended_together": Text(
        "Two renewals of __value__ were waiting, one was bought (purchase __id__), and the panel finished"
        " both. If the client paid for two, order the second one in the panel again.",
        "Ожидали два продления __value__, куплено одно (покупка __id__), а панель завершила оба. Если"
        " клиент оплатил два, закажите второе в панели ещё раз.",
    ),
    "item_deleted": Text(
        "This service is closed, so nothing is bought or changed for it. Delete the remaining operation.",
        "Эта услуга закрыта, поэтому для неё ничего не покупается и не меняется. Удалите оставшуюся"
        " операцию.",
    ),
    "too_early": Text(
        "The upstream may still carry out the request of purchase __id__. Answer in __value__ seconds.",
        "Поставщик ещё может выполнить запрос покупки __id__. Ответьте через __value__ с.",
    ),
    "held_by_other": Text(
        "The upstream service __value__ already belongs to item __object__ (purchase __id__). Two items"
        " cannot share it. Compare both items with the upstream's cabinet.",
        "Услуга поставщика __value__ уже принадлежит услуге __object__ (покупка __id__). Две услуги не"
        " могут делить одну. Сверьте обе с кабинетом поставщика.",
    ),
    "upstream_busy": Text(
        "The upstream is already carrying out another action on the service __value__. Nothing was sent."
        " The panel tries again.",
        "Поставщик уже выполняет другое действие с услугой __value__. Ничего не отправлено. Панель повторит"
        " попытку.",
    ),
    "item_busy": Text(
        "Another command is working on this item, or another purchase of it is not finished. The panel"
        " tries again. «bill2bill journal list» shows unfinished purchases.",
        "С этой услугой работает другая команда, или не завершена другая её покупка. Панель повторит"
        " попытку. Незавершённые покупки показывает «bill2bill journal list».",
    ),
    "account_busy": Text(
        "Too many commands are waiting for this upstream account. The panel tries again.",
        "Слишком много команд ждут этот аккаунт поставщика. Панель повторит попытку.",
    ),
    "not_an_operation": Text(
        "Nothing is bought without a running operation of the panel. Start the action in the panel.",
        "Без операции панели ничего не покупается. Запустите действие в панели.",
    ),
    "other_purchase": Text(
        "Purchase __id__ of this item is not finished and has other terms (__reason__). Finish it or answer"
        " its question first: «bill2bill journal show __id__».",
        "Покупка __id__ этой услуги не завершена и имеет другие условия (__reason__). Сначала завершите её"
        " или ответьте на её вопрос: «bill2bill journal show __id__».",
    ),
    "bought_since": Text(
        "Purchases were written since the upgrade (__value__ steps), and the release before cannot read"
        " them: it would"
        " buy them again. Nothing was changed. Keep this release; report what is wrong with it.",
        "После обновления записаны покупки (шагов: __value__), прежняя версия их не прочитает и купила бы"
        " снова."
        " Ничего не изменено. Оставьте эту версию и сообщите, что в ней не так.",
    ),
    "state_newer": Text(
        "The journal of purchases was written by a later release of bill2bill (version __value__). Nothing"
        " was sent."
        " Install that release again: ./install.sh.",
        "Журнал покупок записан более новой версией bill2bill (версия __value__). Ничего не отправлено. Снова"
        " установите ту версию: ./install.sh.",
    ),
    "state_unusable": Text(
        "The journal of purchases is not available: __reason__. Nothing is bought without it. Free disk"
        " space, check the owner of var/bill2bill, or restore the folder from a backup.",
        "Журнал покупок недоступен: __reason__. Без него ничего не покупается. Освободите место на диске,"
        " проверьте владельца var/bill2bill или восстановите папку из копии.",
    ),
    "switched_off": Text(
        "The connection does not send «__value__» to the upstream. Do it in the upstream's cabinet, then"
        " finish the operation in the panel manually. After an order, note its id N: «mgrctl -m billmgr"
        " service.saveparam elid=<item> name=bill2bill value='id=N;price=;period=' sok=ok».",
        "Подключение не передаёт «__value__» поставщику. Выполните это в кабинете поставщика, затем"
        " завершите операцию в панели вручную. После заказа запишите его id N: «mgrctl -m billmgr"
        " service.saveparam elid=<услуга> name=bill2bill value='id=N;price=;period=' sok=ok».",
    ),
    "try_later": Text(
        "Cannot check now whether the name __value__ is free. Try again later.",
        "Сейчас нельзя проверить, свободно ли имя __value__. Попробуйте позже.",
    ),
}
