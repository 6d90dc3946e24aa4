"""The errors that ask a person: what is in doubt, why, where to look, and the command that takes each answer.

Three questions block a purchase; their words depend on the kind of purchase and on the evidence (`because`,
`asked`, `answers`). The others stand with the operation only.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Callable, Dict, Sequence

from bill2bill.errors import Failure
from bill2bill.messages.history import Step, history
from bill2bill.messages.text import Text

RESOLVE = "«__command__ journal resolve __id__ {} --resume --why {}»"
TRIED = Text("Tried so far: __tried_en__.", "Что уже делалось: __tried_ru__.")
PAGE = Text(
    "Answer in the panel (menu bill2bill, «Purchases in doubt», button «Answer») or type as root on the"
    " panel's"
    " server.",
    "Ответьте в панели (меню bill2bill, «Покупки под вопросом», кнопка «Ответить») или наберите от root на"
    " сервере панели.",
)
# What is over is not in the panel's list.
SHELL = Text("Type as root on the panel's server.", "Наберите от root на сервере панели.")
GOES_ON = Text(
    "Then the operation goes on by itself: it finishes without paying or buys, as the answer says.",
    "Затем операция продолжится сама: завершится без оплаты или купит, смотря по ответу.",
)
CABINET = Text(
    "Look in the provider's cabinet: the services, then the charges.",
    "Смотрите в кабинете поставщика: услуги, затем списания.",
)
# Where nobody filled them in (`explained` does).
DEFAULTS = {
    "command": "bill2bill",
    "remote": "N",
    "tried_en": "«bill2bill journal show __id__» tells it",
    "tried_ru": "расскажет «bill2bill journal show __id__»",
}


def _joined(*texts: Text) -> Text:
    return Text(" ".join(text.en for text in texts), " ".join(text.ru for text in texts))


def _answer(en: str, ru: str, flag: str) -> Text:
    """One answer with the command that gives it."""
    why = Text('"reason"', '"причина"')
    return Text(f"{en}: {RESOLVE.format(flag, why.en)}.", f"{ru}: {RESOLVE.format(flag, why.ru)}.")


BOUGHT = _answer(
    "Yes; its id there goes after --bought", "Да; после --bought номер услуги там", "--bought __remote__"
)
NOT_BOUGHT = _answer("No, and nothing was charged", "Нет, и списания нет", "--not-bought")
SAME = _answer("It is the same renewal", "Это то же самое продление", "--same")
NEW = _answer("It is a further one", "Это ещё одно продление", "--new")
SAME_ITEM = _answer("Yes", "Да", "--same")
OTHER_ITEM = _answer(
    "The item's number belongs to another item now", "Номер услуги теперь у другой услуги", "--other-item"
)
OTHER_SERVICE = _answer(
    "It has another service; its id at the provider goes after --bought",
    "У неё другая услуга; её номер у поставщика - после --bought",
    "--bought N",
)
NOT_RENEWED = _answer("It was not carried out", "Оно не выполнено", "--not-bought")

# Phrases of the three questions: why it is asked, what is asked, and what may be answered.
PHRASES: Dict[str, Text] = {
    "because_timeout": Text("no check has succeeded for a long time", "давно не удаётся ни одна проверка"),
    "because_accepted": Text(
        "the provider accepted it, but does not show it", "поставщик принял запрос, но результата нет"
    ),
    "because_working": Text("the provider is still working on it", "поставщик всё ещё работает над запросом"),
    "because_attempts": Text(
        "the request was sent again and again and never answered",
        "запрос отправлен много раз, ответа не было",
    ),
    "because_beforehand": Text(
        "the date moved before anything was sent, perhaps by a request made earlier",
        "срок сдвинулся до отправки, возможно, по более раннему запросу",
    ),
    "because_callback": Text(
        "it was bought, and we were stopped while we told the panel",
        "оно куплено, но сообщить об этом панели помешала остановка",
    ),
    "because_lost": Text(
        "the panel has a note of it, the journal was lost or restored from a backup",
        "на панели о ней есть запись, а журнал потерян или восстановлен из копии",
    ),
    "because_restored": Text(
        "the journal knows it, the panel does not: the panel's database was restored from a backup, or the"
        " item's"
        " number was given to another item",
        "журнал о ней знает, а панель нет: её база восстановлена из копии, или номер достался другой услуге",
    ),
    "because_moved": Text(
        "the expiry date has moved by this very term since it was known last (then: __before__): this server"
        " was"
        " restored from a backup, or somebody renewed at the provider",
        "срок сдвинулся ровно на этот период с тех пор, как был известен (тогда: __before__): этот сервер"
        " восстановлен из копии, или продлили прямо у поставщика",
    ),
    "because_claimed": Text(
        "two items claim the service __remote__", "на услугу __remote__ претендуют две услуги панели"
    ),
    "asked_open": Text(
        "does the service __value__ stand in the provider's account because of this order?",
        "появилась ли услуга __value__ у поставщика по этому заказу?",
    ),
    "asked_prolong": Text(
        "was the service __value__ renewed for __months__ months (expiry before: __before__)?",
        "продлена ли услуга __value__ на __months__ мес. (прежний срок: __before__)?",
    ),
    "asked_setparam": Text(
        "were the add-ons changed as ordered (__value__)?",
        "изменены ли дополнения, как заказано (__value__)?",
    ),
    "asked_changepricelist": Text(
        "was the tariff changed as ordered (__value__)?", "изменён ли тариф, как заказано (__value__)?"
    ),
    "answers_bought_not-bought": _joined(CABINET, PAGE, BOUGHT, NOT_BOUGHT),
    "answers_same_new": _joined(PAGE, SAME, NEW),
    "answers_same_new_other-item": _joined(PAGE, SAME, NEW, OTHER_ITEM),
    "answers_same_new_not-bought": _joined(PAGE, SAME, NEW, NOT_RENEWED),
    "answers_same_other-item": _joined(PAGE, SAME_ITEM, OTHER_ITEM),
    "answers_same_other-item_bought": _joined(PAGE, SAME_ITEM, OTHER_ITEM, OTHER_SERVICE),
}


def _question(situation: Text, answers: Text) -> Text:
    return _joined(situation, TRIED, answers, GOES_ON)


def _doubt(asked: Text) -> Text:
    begins = Text(
        "Purchase __id__ waits for a person: __because__. Nothing is bought before you answer. Question:",
        "Покупка __id__ ждёт человека: __because__. До вашего ответа ничего не покупается. Вопрос:",
    )
    return _question(_joined(begins, asked), Text("__answers__", "__answers__"))


QUESTIONS: Dict[str, Text] = {
    "in_doubt_bought": _doubt(Text("__asked__", "__asked__")),
    "in_doubt_same_renewal": _doubt(
        Text(
            "is the operation that asks the renewal of __value__ for __months__ months (expiry before:"
            " __before__)"
            " that this purchase is about, or a further one that the client paid for? Compare the expiry"
            " date and"
            " the charges in the provider's cabinet with what the client paid for.",
            "операция просит то самое продление __value__ на __months__ мес. (прежний срок: __before__), о"
            " котором"
            " эта покупка, или ещё одно, оплаченное клиентом? Сравните срок и списания в кабинете поставщика"
            " с тем,"
            " что оплатил клиент.",
        )
    ),
    "in_doubt_same_item": _doubt(
        Text(
            "is item __item__ still the service __value__ of the same client?",
            "услуга __item__ - это по-прежнему __value__ того же клиента?",
        )
    ),
    "two_alike": _question(
        Text(
            "Several services at the provider may be the one of this order (purchase __id__), or one of"
            " several"
            " orders of that name: __found__. None is taken and nothing is ordered. Question: is one of them"
            " the"
            " service of this order?",
            "У поставщика несколько услуг подходят под этот заказ (покупка __id__), или одна - под несколько"
            " заказов"
            " с этим именем: __found__. Ни одна не взята, ничего не заказывается. Вопрос: есть ли среди них"
            " услуга"
            " этого заказа?",
        ),
        _joined(CABINET, PAGE, BOUGHT, NOT_BOUGHT),
    ),
    "name_taken": _question(
        Text(
            "The service __value__ is already in the provider's account (id __remote__), and no open request"
            " of this"
            " item explains it (purchase __id__). It is not adopted silently, and nothing is ordered."
            " Question: is it"
            " the one of this order? Look in the provider's cabinet: when was it ordered, and for whom?",
            "Услуга __value__ уже есть у поставщика (номер __remote__), и незавершённым запросом этой услуги"
            " это не"
            " объясняется (покупка __id__). Молча она не присваивается, ничего не заказывается. Вопрос: она"
            " ли это?"
            " Смотрите в кабинете поставщика: когда и для кого она заказана.",
        ),
        _joined(
            PAGE,
            BOUGHT,
            Text(
                "If it is not: order another name or refund the order.",
                "Если это не она: закажите другое имя или верните деньги за заказ.",
            ),
        ),
    ),
    "panel_restored": _question(
        Text(
            "By the journal this item is __value__ (purchase __id__), but the panel knows nothing of that:"
            " its"
            " database was restored from a backup, or the number was given to another item. Nothing was sent."
            " Question: is it still the same service of the same client?",
            "По журналу эта услуга - __value__ (покупка __id__), но панель об этом не знает: её база"
            " восстановлена"
            " из копии, или номер достался другой услуге. Ничего не отправлено. Вопрос: это та же услуга"
            " того же"
            " клиента?",
        ),
        _joined(SHELL, SAME_ITEM, OTHER_ITEM),
    ),
    "other_account": _question(
        Text(
            "Purchase __id__ was sent with another login or address of the provider than the connection has"
            " now, so"
            " it cannot be looked up. Restore the old settings until it is finished, then it is looked up by"
            " itself."
            " Or look in the old account's cabinet. Question: did the request succeed there?",
            "Покупка __id__ отправлена с другим именем или адресом поставщика, чем сейчас в подключении,"
            " поэтому её"
            " нельзя проверить. Верните прежние настройки до её завершения, тогда она проверится сама. Или"
            " смотрите"
            " в кабинете прежнего аккаунта. Вопрос: удался ли запрос там?",
        ),
        _joined(PAGE, BOUGHT, NOT_BOUGHT),
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


def command(root: Path) -> str:
    """This panel's own command line, which knows its folder; ready to be typed."""
    return shlex.quote(str(root.resolve() / "sbin" / "bill2bill"))


def explained(failure: Failure, root: Path, steps: Callable[[int], Sequence[Step]]) -> Failure:
    """A question with what was tried and when, and with the full path of the command. Any other failure as it
    is.

    steps(number) may fail too: the question must be asked all the same.
    """
    if failure.code not in QUESTIONS:
        return failure
    more = {"command": command(root)}
    try:
        found = steps(int(failure.params.get("id", "0")))
        if found:
            more.update(tried_en=history(found, "en"), tried_ru=history(found, "ru"))
    except (Failure, ValueError) as trouble:
        more["tried_en"] = more["tried_ru"] = str(trouble)
    return Failure(failure.code, detail=failure.detail, **{**failure.params, **more})
