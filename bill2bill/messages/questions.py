"""The errors that ask a person: what is in doubt, what was tried, where to look, and the command that takes
each answer.
"""

from __future__ import annotations

from typing import Dict

from bill2bill.messages.text import Text

# What every question says. A parameter whose text is of one language ends in _en or _ru.
TRIED_EN, TRIED_RU = "Tried so far: __tried_en__.", "Что уже делалось: __tried_ru__."
TYPE_EN = (
    "Answer in the panel (menu bill2bill, «Purchases in doubt», button «Answer») or type as root"
    " on the panel's"
    " server."
)
TYPE_RU = (
    "Ответьте в панели (меню bill2bill, «Покупки под вопросом», кнопка «Ответить») или наберите от root на"
    " сервере панели."
)
# What is over is not in the panel's list.
SHELL_EN, SHELL_RU = "Type as root on the panel's server.", "Наберите от root на сервере панели."
RESOLVE = "«__command__ journal resolve __id__"
EXISTS, ABSENT, SAME = f"{RESOLVE} --exists __remote__", f"{RESOLVE} --absent", f"{RESOLVE} --same"
TOLD, FOREIGN = f"{RESOLVE} --told", f"{RESOLVE} --foreign"
WHY_EN, WHY_RU = ' --resume --why "reason"».', ' --resume --why "причина"».'
GOES_ON_EN = " Then the operation goes on by itself: it finishes without paying or buys, as the answer says."
GOES_ON_RU = " Затем операция продолжится сама: завершится без оплаты или купит, смотря по ответу."
# Where nobody filled them in (rules/story.py does).
DEFAULTS = {
    "command": "bill2bill",
    "remote": "N",
    "tried_en": "«bill2bill journal show __id__» tells it",
    "tried_ru": "расскажет «bill2bill journal show __id__»",
}

QUESTIONS: Dict[str, Text] = {
    "two_alike": Text(
        "Several services at the provider may be the one of this order (purchase __id__), or one"
        " of several orders of that name: __found__. None is taken and"
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
        "У поставщика несколько услуг подходят под этот заказ (покупка __id__), или одна - под"
        " несколько заказов с этим именем: __found__. Ни одна не взята,"
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
    "name_taken": Text(
        "The service __value__ is already in the upstream account (id __remote__), and no open"
        " request of this item explains it (purchase __id__). It is not"
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
        "Услуга __value__ уже есть в аккаунте у поставщика (id __remote__), и незавершённым"
        " запросом этой услуги это не объясняется (покупка __id__). Молча она"
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
    "in_doubt_open": Text(
        "Purchase __id__ is in doubt; nothing is ordered before you answer. Question: does the"
        " service __value__ stand in the upstream account because of"
        " this order? "
        + TRIED_EN
        + " Look in the provider's cabinet: the list of services, then charges. "
        + TYPE_EN
        + " It is there; --exists takes its id there:"
        " " + EXISTS + WHY_EN + " It is not there and nothing was charged: " + ABSENT + WHY_EN + GOES_ON_EN,
        "Покупка __id__ под вопросом; до вашего ответа ничего не заказывается. Вопрос: появилась"
        " ли услуга __value__ в аккаунте у поставщика по этому заказу? "
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
    "in_doubt_prolong": Text(
        "Purchase __id__ is in doubt; nothing is renewed before you answer. Question: was the"
        " service __value__ renewed for __months__ months (expiry before:"
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
        "Покупка __id__ под вопросом; до вашего ответа ничего не продлевается. Вопрос: продлена"
        " ли услуга __value__ на __months__ мес. (прежний срок:"
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
    "in_doubt_setparam": Text(
        "Purchase __id__ is in doubt; nothing is changed before you answer. Question: were the"
        " add-ons changed as ordered (__value__)? "
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
        "Покупка __id__ под вопросом; до вашего ответа ничего не меняется. Вопрос: изменены ли"
        " дополнения, как заказано (__value__)? "
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
    "in_doubt_changepricelist": Text(
        "Purchase __id__ is in doubt; nothing is changed before you answer. Question: was the"
        " tariff changed as ordered (__value__)? "
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
        "Покупка __id__ под вопросом; до вашего ответа ничего не меняется. Вопрос: изменён ли"
        " тариф, как заказано (__value__)? "
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
    "in_doubt_told": Text(
        "Purchase __id__ is in doubt: the renewal of __value__ for __months__ months (expiry"
        " before: __before__) was bought, and we were stopped while we told"
        " the panel. Question: is this operation that same renewal under a new number, or a"
        " further one that a client paid for? " + TRIED_EN + " Look in this"
        " panel: has the expiry date moved, how many renewals did the client pay for? "
        + TYPE_EN
        + " The same: "
        + SAME
        + WHY_EN
        + " A further one: "
        + TOLD
        + WHY_EN
        + GOES_ON_EN,
        "Покупка __id__ под вопросом: продление __value__ на __months__ мес. (прежний срок:"
        " __before__) куплено, но сообщить об этом панели помешала"
        " остановка. Вопрос: эта операция - то же продление под новым номером или ещё одно,"
        " оплаченное клиентом? " + TRIED_RU + " Смотрите в этой панели:"
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
    "in_doubt_lost": Text(
        "The journal of purchases was lost or restored: a renewal of __value__ for __months__"
        " months (expiry before: __before__) was begun and is not in it"
        " (now purchase __id__). Nothing is renewed before you answer. Question: was it carried"
        " out, and is this operation that same renewal? "
        + TRIED_EN
        + " Compare the expiry date and the charges in the provider's cabinet with what the client"
        " paid for. "
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
        "Журнал покупок потерян или восстановлен из копии: продление __value__ на __months__ мес."
        " (прежний срок: __before__) было начато, но в журнале его"
        " нет (теперь покупка __id__). До вашего ответа ничего не продлевается. Вопрос: выполнено"
        " ли оно, и то же ли это продление, о котором просит"
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
    "in_doubt_older": Text(
        "The panel knows less than the journal of purchases: its database was probably restored"
        " from a backup. Purchase __id__, the renewal of __value__ for"
        " __months__ months (expiry before: __before__), was bought and reported. Question: is"
        " this operation that same renewal, or a further one that a"
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
        "Панель знает меньше, чем журнал покупок: её база, вероятно, восстановлена из копии."
        " Покупка __id__, продление __value__ на __months__ мес. (прежний"
        " срок: __before__), выполнена и сообщена панели. Вопрос: эта операция - то же продление"
        " или ещё одно, оплаченное клиентом? "
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
    "in_doubt_moved": Text(
        "The expiry date of __value__ has moved by __months__ months, the very term that is to be"
        " bought, since it was known last (then: __before__). Nothing is"
        " bought before you answer. Question: is this renewal bought already? It may be if this"
        " server was restored from a backup, or if somebody renewed at the"
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
        "Срок действия __value__ сдвинулся на __months__ мес., то есть ровно на покупаемый"
        " период, с тех пор, как был известен (тогда: __before__). До вашего"
        " ответа ничего не покупается. Вопрос: это продление уже куплено? Так бывает, если этот"
        " сервер восстановлен из копии или продлили прямо у поставщика. "
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
    "in_doubt_item": Text(
        "By the journal, item __item__ is __value__ (purchase __id__), but the panel knows"
        " nothing of that: its database was restored from a backup, or the"
        " number was given to another item. Nothing is bought before you answer. Question: is it"
        " still the same service of the same client? "
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
        "По журналу услуга __item__ - это __value__ (покупка __id__), но панель об этом не знает:"
        " её база восстановлена из копии, или номер достался другой"
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
    "panel_restored": Text(
        "By the journal this item is __value__ (purchase __id__), but the panel knows nothing of"
        " that: its database was restored from a backup, or the number"
        " was given to another item. Nothing was sent. Question: is it still the same service of"
        " the same client? "
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
        "По журналу эта услуга - __value__ (покупка __id__), но панель об этом не знает: её база"
        " восстановлена из копии, или номер достался другой услуге."
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
    "other_account": Text(
        "Purchase __id__ was sent with another upstream login or address than the connection has"
        " now, so it cannot be looked up. Question: did the request"
        " succeed there? "
        + TRIED_EN
        + " Restore the old settings until it is finished, then it is looked up by itself. Or look"
        " in the old account's cabinet:"
        " services, then charges. "
        + TYPE_EN
        + " It is there; --exists takes its id there: "
        + EXISTS
        + WHY_EN
        + " It is not: "
        + ABSENT
        + WHY_EN
        + GOES_ON_EN,
        "Покупка __id__ отправлена с другим именем или адресом поставщика, чем сейчас в"
        " подключении, поэтому её нельзя проверить. Вопрос: удался ли запрос"
        " там? "
        + TRIED_RU
        + " Верните прежние настройки до её завершения, тогда она проверится сама. Или посмотрите в"
        " кабинете прежнего аккаунта: услуги,"
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
    "copied_panel": Text(
        "This panel looks like a copy (another machine or folder than its purchases were made on), so"
        ' nothing is spent. If this is the real one, run «__command__ journal adopt --why "reason"» on its'
        " server, then start the operations that wait for a person again.",
        "Похоже, это копия панели (покупки сделаны на другой машине или в другой папке), поэтому деньги не"
        " тратятся. Если эта панель настоящая, выполните на её сервере «__command__ journal adopt --why"
        ' "причина"», затем снова запустите операции, которые ждут человека.',
    ),
}
