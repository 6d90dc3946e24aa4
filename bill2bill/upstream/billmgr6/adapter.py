"""What commands ask, in the words of a BILLmanager 5 or 6 (upstream-billmanager6 3-6)."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import Dict, Iterator, List, Mapping, Optional, Tuple

from bill2bill.errors import Failure, NotSent, Phrase, Raw, Refused
from bill2bill.rules.pricing import ServiceTariff
from bill2bill.rules.statuses import ServiceState
from bill2bill.upstream.api import (
    Identity,
    NewestServices,
    OrderForm,
    Receipt,
    Service,
    ServiceForm,
    ServiceOrder,
)
from bill2bill.upstream.asking import ELID, POSITIVE, Form
from bill2bill.upstream.billmgr6 import reading
from bill2bill.upstream.billmgr6 import types as wire
from bill2bill.upstream.billmgr6.account import identity_of, version_of
from bill2bill.upstream.billmgr6.catalogue import tariffs_of
from bill2bill.upstream.billmgr6.client import Client
from bill2bill.upstream.billmgr6.envelope import Node
from bill2bill.upstream.billmgr6.forms import ADDON, choices_of, fields_of, off_word, order_form_of
from bill2bill.upstream.billmgr6.listing import all_rows, newest_rows
from bill2bill.upstream.billmgr6.refusals import missing, unknown_function

log = logging.getLogger("bill2bill.upstream")


class Billmgr6:
    """The adapter of versions 5 and 6; see upstream.api.ServiceUpstream.

    generation  of the order forms: "new" (v2.X.order.param), "old" (X.order.param), "auto" = told from the
                version, then from what answers
    project     number of the provider in a panel of several, "" = not sent (3.2)
    """

    dialect = "6"
    cannot: Mapping[str, str] = {
        "key": "there is no idempotency key: two calls are two purchases (upstream-billmanager6 0.3, 9.3)",
        "domains": "what an order of a domain answers is not documented (upstream-billmanager6 5.8.1);"
        " domains are bought from version 4",
        "availability": "there is no function for it: the order's first step would have to be begun"
        " (upstream-billmanager6 5.8.2)",
        "contacts": "contacts belong to domains",
        "accounts": "a login has one balance, or one for each provider of the panel"
        " (upstream-billmanager6 3.1)",
    }

    def __init__(self, client: Client, *, generation: str = "auto", project: str = "") -> None:
        self._client = client
        self._wizards: Tuple[wire.Wizard, ...] = wire.GENERATIONS[generation]
        self._version: Optional[str] = None
        self._project: Dict[str, str] = {"project": project} if project else {}
        # order forms, each for the one order that follows
        self._looked_at: Dict[Tuple[object, ...], Tuple[wire.Wizard, Node]] = {}

    # -- questions -------------------------------------------------------------------------------------------

    def identity(self) -> Identity:
        found = identity_of(self._ask, self._project.get("project", ""))
        self._version = found.version
        return found

    def service_tariffs(self, itemtype: str) -> List[ServiceTariff]:
        return tariffs_of(self._client.call(wire.EXPORT, {"itemtype": itemtype, **self._project}).node)

    def services(self, itemtype: str, *, proof: bool = False) -> Iterator[Service]:
        """A row without a number is left out and logged, unless it is for a proof."""
        for row in all_rows(self._client, itemtype):
            try:
                yield reading.listed_service_of(row, itemtype)
            except Failure as failure:
                if proof:
                    raise
                log.warning("%s: row %.20s is left out: %s", itemtype, row.get("id") or "?", failure)

    def newest_services(self, itemtype: str) -> Optional[NewestServices]:
        """The first page by number. That it is sorted is not certain (1.3 [T]): the answer must show it."""
        try:
            rows, total = newest_rows(self._client, itemtype)
            services = [reading.listed_service_of(row, itemtype) for row in rows]
        except Failure as failure:
            if failure.code not in ("upstream_refused", "upstream_trouble", "upstream_answer"):
                raise
            log.info("%s: no list by number: %s", itemtype, failure)
            return None
        shown = [service.id for service in services]
        falling = sorted(set(shown), reverse=True)
        if total is None or len(falling) < len(shown) or (shown != falling and total != len(shown)):
            return None
        return NewestServices(sorted(services, key=lambda service: -service.id), total)

    def service(self, itemtype: str, remote_id: int, *, why: bool = True) -> Optional[ServiceForm]:
        """By the edit form; what it does not tell of state and dates, the row of the listing does. None:
        `missed`, or deleted (6.2).

        A row missing from the listing proves nothing: that raises Failure("upstream_answer").
        """
        try:
            node = self._form(itemtype, remote_id)
        except Refused as refused:
            if missing(refused, remote_id):
                return None
            raise
        if not reading.tells_enough(node, why):
            node = reading.completed(node, self._row(itemtype, remote_id))
        form = reading.service_form_of(node, f"{itemtype}.edit")
        return None if form.service.state is ServiceState.DELETED else form

    def _row(self, itemtype: str, remote_id: int) -> Node:
        for row in all_rows(self._client, itemtype):
            if row.get("id") == str(remote_id):
                return row
        raise Failure("upstream_answer", func=itemtype, reason=Phrase("no_row", id=remote_id))

    def order_form(self, itemtype: str, tariff: int, months: int, datacenter: Optional[int]) -> OrderForm:
        wizard, view = self._order_view(itemtype, tariff, months, datacenter)
        form = order_form_of(view, wizard.func(itemtype))
        self._looked_at[itemtype, tariff, months, datacenter] = wizard, view
        return form

    def tariff_targets(self, remote_id: int) -> Dict[int, str]:
        """6.4, step 1."""
        targets = choices_of(self._client.call(wire.TARGETS, {ELID: remote_id}).node, wire.TARIFF)
        return {int(key): name for key, name in targets.items() if POSITIVE.fullmatch(key)}

    def in_cart(self, remote_id: int) -> Optional[int]:
        """5.4: the old cart. The new one (5.5) does not tell which services its lines are for."""
        return reading.waiting_of(self._ask(wire.BASKET), remote_id, wire.BASKET)

    # -- orders ----------------------------------------------------------------------------------------------

    def order_service(self, order: ServiceOrder) -> Receipt:
        """5.1-5.3: paid at once, never renewed automatically, in the words of the form. *Spends.*"""
        asked = (order.itemtype, order.tariff, order.months, order.datacenter)
        with _nothing_sent_yet():
            seen = self._looked_at.pop(asked, None)
            wizard, view = seen or self._order_view(*asked)
        form: Form = {
            **order.fields, **_addons(order.addons),
            **self._choice(wizard, order.tariff, order.months, order.datacenter),
            wire.AUTO_RENEWAL: off_word(view, wizard.off), wire.MARK: order.mark,
            wire.SKIP_BASKET: wire.ON, wire.BUTTON: wizard.button, wire.SOK: wire.OK,
        }  # fmt: skip
        if order.name:
            form["domain"] = order.name
        func = wizard.func(order.itemtype)
        return reading.receipt_of(self._client.call(func, form, spends=True), func)

    def _choice(self, wizard: wire.Wizard, tariff: int, months: int, datacenter: Optional[int]) -> Form:
        choice: Form = {wire.TARIFF: tariff, wizard.period: _period(months), **self._project}
        return choice if datacenter is None else {**choice, "datacenter": datacenter}

    def _order_view(
        self, itemtype: str, tariff: int, months: int, datacenter: Optional[int]
    ) -> Tuple[wire.Wizard, Node]:
        """The order form of the generation that this upstream has (10 Q9); which one it is is remembered."""
        self._wizards = self._wizards or self._by_version()
        *newer, last = self._wizards
        for wizard in newer:
            func = wizard.func(itemtype)
            try:
                node = self._client.call(func, self._choice(wizard, tariff, months, datacenter)).node
            except Failure as failure:
                if not unknown_function(failure, func):
                    raise
                log.info("the older order form is tried: %s", failure)
            else:
                self._wizards = (wizard,)
                return wizard, node
        node = self._client.call(last.func(itemtype), self._choice(last, tariff, months, datacenter)).node
        self._wizards = (last,)
        return last, node

    def _by_version(self) -> Tuple[wire.Wizard, ...]:
        if self._version is None:
            self._version = version_of(self._ask(wire.WHOAMI))
        major = self._version.partition(".")[0]
        return (wire.OLD,) if major.isdecimal() and int(major) < 6 else (wire.NEW, wire.OLD)

    # -- services that we have -------------------------------------------------------------------------------

    def renew_service(self, remote_id: int, months: int) -> Receipt:
        """6.6. *Spends.*"""
        params: Form = {ELID: remote_id, "period": _period(months)}
        params.update({wire.SKIP_BASKET: wire.ON, wire.SOK: wire.OK})
        return self._change(wire.PROLONG, remote_id, params, wire.NEW_DATE)

    def change_addons(self, itemtype: str, remote_id: int, addons: Mapping[int, str]) -> Receipt:
        """6.5. Raises NotSent if the form has no such add-on. *Spends.*"""
        return self._edit(itemtype, remote_id, _addons(addons))

    def switch_auto_renewal_off(self, itemtype: str, remote_id: int) -> None:
        self._edit(itemtype, remote_id, {wire.AUTO_RENEWAL: None})

    def change_tariff(self, remote_id: int, target: int) -> Receipt:
        """6.4, steps 2 and 3. *Spends.*"""
        params: Form = {ELID: remote_id, wire.TARIFF: target}
        with _nothing_sent_yet():
            self._client.call(wire.COMPARE, params)
        finish = {wire.NEXT: wire.OK, wire.SOK: wire.OK, wire.BUTTON: "finish", wire.SKIP_BASKET: wire.ON}
        return self._change(wire.CHANGE, remote_id, {**params, **finish})

    def suspend_service(self, itemtype: str, remote_id: int) -> None:
        """6.7: at once, a group function needs no `sok` (0.3)."""
        self._change(f"{itemtype}.suspend", remote_id, {ELID: remote_id})

    def resume_service(self, itemtype: str, remote_id: int) -> None:
        self._change(f"{itemtype}.resume", remote_id, {ELID: remote_id})

    def delete_service(self, itemtype: str, remote_id: int) -> None:
        """6.7: two clients send `sok`, one does not."""
        self._change(f"{itemtype}.delete", remote_id, {ELID: remote_id, wire.SOK: wire.OK})

    def _edit(self, itemtype: str, remote_id: int, changes: Mapping[str, Optional[str]]) -> Receipt:
        """6.5: what the form holds goes back with the changes. None: the form's own word for off."""
        with _nothing_sent_yet():
            view = self._form(itemtype, remote_id)
            fields = _without_gaps(fields_of(view), _addons(reading.addons_of(view)))
            for name in wire.NEVER_SENT_BACK:
                fields.pop(name, None)
            for name in changes.keys() - fields.keys() - {wire.AUTO_RENEWAL}:
                known = Raw(", ".join(filter(ADDON.fullmatch, fields))) or Phrase("nothing")
                raise NotSent("addon_bad", object=name, value=changes[name], reason=known)
        off = off_word(view, wire.NULL)
        words = {name: off if value is None else value for name, value in changes.items()}
        finish: Form = {ELID: remote_id, wire.SKIP_BASKET: wire.ON, wire.BUTTON: wire.OK, wire.SOK: wire.OK}
        return self._change(f"{itemtype}.edit", remote_id, {**fields, **words, **finish})

    def _change(self, func: str, remote_id: int, params: Form, *signs: str) -> Receipt:
        doc = self._client.call(func, params, spends=True)
        unpaid = reading.unpaid_of(doc, func)
        if unpaid is None:
            reading.accepted(doc, func, *signs)
        return Receipt(remote_id, unpaid)

    def _form(self, itemtype: str, remote_id: int) -> Node:
        """An edit form, and certainly the one asked for. A later error may repeat the password it shows."""
        func = f"{itemtype}.edit"
        node = self._client.call(func, {ELID: remote_id}).node
        self._client.http.hide(node.get(name) for name in wire.PASSWORDS)
        reading.same_object(node, remote_id, func)
        return node

    def _ask(self, func: str) -> Node:
        return self._client.call(func, {}).node


def _period(months: int) -> str:
    """4.4: a positive number is months; others are trial, day and lifetime."""
    if months < 1:
        raise NotSent("bad_input", reason=Phrase("bad_months", count=months))
    return str(months)


def _addons(values: Mapping[int, str]) -> Dict[str, str]:
    return {f"{wire.ADDON}{number}": value for number, value in values.items()}


def _without_gaps(fields: Mapping[str, str], current: Mapping[str, str]) -> Dict[str, str]:
    """An add-on's field that is empty beside its current value would go back as nothing: an amount is filled
    in, a text is left out (6.5 [I]).
    """
    gaps = {name: value for name, value in current.items() if name in fields and not fields[name]}
    filled = {name: value for name, value in gaps.items() if value.isdecimal()}
    return {**{name: value for name, value in fields.items() if name not in gaps}, **filled}


@contextmanager
def _nothing_sent_yet() -> Iterator[None]:
    """Questions that precede a spending call: whatever becomes of them, nothing was bought."""
    try:
        yield
    except (NotSent, Refused):
        raise
    except Failure as failure:
        raise NotSent(failure.code, detail=failure.detail, **failure.params) from failure
