"""Which upstream service belongs to an item: the journal knows what it bought, the item parameter `bill2bill`
says it on the panel.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Mapping, Optional

from bill2bill.commands.context import Context
from bill2bill.errors import Failure, Phrase
from bill2bill.journal.note import PARAM
from bill2bill.journal.purchase import Purchase, Stage
from bill2bill.journal.questions import asked_about
from bill2bill.services import LINK

SHAPE = re.compile(r"id=([0-9]{1,15});price=([0-9]{0,15});period=([0-9]{0,15})")


@dataclass(frozen=True)
class Link:
    """Ids at the upstream: the service, its tariff and the period that was bought last (None: not known)."""

    id: int
    price: Optional[int]
    period: Optional[int]

    def __str__(self) -> str:
        return f"id={self.id};price={self.price or ''};period={self.period or ''}"


def stored(params: Mapping[str, str]) -> Optional[Link]:
    """The link that stands on the panel. Raises panel_data on a text that is not ours."""
    text = params.get(LINK, "")
    if not text:
        return None
    shape = SHAPE.fullmatch(text)
    if not shape or int(shape[1]) == 0:
        raise Failure("panel_data", object=LINK, reason=text[:80])
    return Link(int(shape[1]), int(shape[2]) if shape[2] else None, int(shape[3]) if shape[3] else None)


def forgotten(context: Context) -> Optional[Purchase]:
    """The order that was reported for this item, if the panel has neither link nor note of it."""
    bought = context.journal.opening(context.item.id)
    knows = context.item.params.get(LINK) or context.item.params.get(PARAM)
    return bought if bought and bought.stage is Stage.REPORTED and not knows else None


def link_of(context: Context) -> Optional[Link]:
    """What the panel or, if it lost its note, the journal says. Two different answers stop us; so does an
    item that knows nothing of itself: the panel's database was restored, or the number was given to another
    item.
    """
    noted, lost = stored(context.item.params), forgotten(context)
    if lost:
        raise Failure("panel_restored", id=lost.id, value=lost.name)
    bought = context.journal.opening(context.item.id)
    if bought and bought.question:  # whose service it is, is not known
        raise asked_about(bought)
    if noted and bought and bought.remote and noted.id != bought.remote:
        bought_otherwise = Phrase("bought_otherwise", id=bought.id, remote=bought.remote)
        raise Failure("not_ours", value=noted.id, reason=bought_otherwise)
    if noted:
        return noted
    return link_to(bought) if bought and bought.remote else None


def required(context: Context) -> Link:
    link = link_of(context)
    if link is None:
        raise Failure("no_remote")
    return link


def save(context: Context, link: Link) -> None:
    """Note the link on the panel, before the callback."""
    if context.item.params.get(LINK) != str(link):
        context.panel.save_param(context.item.id, LINK, str(link))


def link_to(purchase: Purchase) -> Link:
    if purchase.remote is None:
        raise Failure("no_remote")
    return Link(purchase.remote, purchase.tariff, purchase.term)
