"""What commands ask, in the words of a BILLmanager 4 (upstream-billmanager4 3-5)."""

from __future__ import annotations

import logging
from enum import Enum
from itertools import zip_longest
from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

from bill2bill.errors import Failure, NotSent, Phrase, Refused
from bill2bill.rules.contacts import Kind
from bill2bill.rules.names import ru_group, split
from bill2bill.rules.pricing import DomainTariff
from bill2bill.rules.statuses import DomainState
from bill2bill.upstream.api import Availability, Domain, DomainForm, DomainOrder, PayerAccount, RemoteContact
from bill2bill.upstream.asking import ELID, POSITIVE, Form, Params, one_id
from bill2bill.upstream.billmgr4 import reading
from bill2bill.upstream.billmgr4 import types as wire
from bill2bill.upstream.billmgr4.client import Client
from bill2bill.upstream.billmgr4.envelope import Doc, Fields, status_of
from bill2bill.upstream.billmgr4.files import countries_of, tariffs_of
from bill2bill.upstream.body import Unreadable
from bill2bill.upstream.parsing import read_json

log = logging.getLogger("bill2bill.upstream")

PROVES_NOTHING = frozenset(["upstream_refused", "upstream_trouble", "upstream_answer", "upstream_wall"])


class _Look(Enum):
    """What a look-up that found nothing says."""

    ABSENT = "no such domain"
    UNCLEAR = "nothing"


class Billmgr4:
    """The adapter of version 4; see upstream.api.DomainUpstream.

    send_contact    also send the owner as `contact` in orders of the RU group (5.2)
    send_projectns  also send the name servers as `projectns` in orders (5.2)
    """

    dialect = "4"
    cannot: Mapping[str, str] = {
        "key": "there is no idempotency key: two calls are two purchases (upstream-billmanager4 5.7, 9.1)",
        "services": "only domains are bought from version 4: what it tells of its other types differs from"
        " host to host (upstream-billmanager4 6)",
        "mark": "that a purchase keeps a mark of ours is not proved (upstream-billmanager4 5.2)",
        "addons": "domains have none",
        "tariff_change": "a domain keeps its tariff",
        "suspend": "a domain is suspended and resumed in the panel only, the provider has no such function"
        " (upstream-billmanager4 5.9)",
        "close": "a domain is not renewed and ends with its term (upstream-billmanager4 5.9)",
    }

    def __init__(self, client: Client, *, send_contact: bool = False, send_projectns: bool = False) -> None:
        self._client = client
        self._send_contact = send_contact
        self._send_projectns = send_projectns

    # -- money -----------------------------------------------------------------------------------------------

    def accounts(self) -> List[PayerAccount]:
        """One per project (3.1). Raises Failure, also for one unreadable row."""
        return [reading.account_of(row) for row in self._client.rows(wire.ACCOUNTS)]

    def domain_tariffs(self) -> List[DomainTariff]:
        return tariffs_of(self._file(wire.PRICE_FILE))

    def countries(self) -> Dict[str, str]:
        return countries_of(self._file(wire.COUNTRY_FILE))

    def _file(self, path: str) -> object:
        with self._client.public(path) as body:
            try:
                return read_json(body)
            except Unreadable as error:
                raise Failure("upstream_answer", func=path, reason=error.reason) from error

    # -- domains ---------------------------------------------------------------------------------------------

    def availability(self, name: str) -> Availability:
        """5.1: only `free` is free, any other word is taken, no word is neither."""
        try:
            with self._client.public(wire.AVAILABILITY, {"domain": name}) as body:
                word = status_of(body)
        except (Failure, Unreadable) as trouble:
            log.info("%s: %s", wire.AVAILABILITY, trouble)
            return Availability.LATER
        if not word:
            return Availability.LATER
        return Availability.FREE if word == wire.FREE else Availability.BUSY

    def domains(self) -> Iterator[Domain]:
        """A row that cannot be read is left out and logged: what is missing is unseen, not gone (Q18)."""
        for row in self._listing():
            try:
                yield reading.domain_of(row, row.get("name", ""))
            except Failure as failure:
                log.warning("%s: row %.20s is left out: %s", wire.DOMAINS, row.get("id", "?"), failure)

    def _listing(self) -> Iterator[Fields]:
        return self._client.rows(wire.DOMAINS, {wire.API: wire.ON})

    def domain(self, remote_id: int) -> Optional[Domain]:
        """One look-up (5.11 [T]), else the listing. None: the upstream says that this login has no such
        domain.

        A row missing from the listing is no such proof (Q18): that raises Failure("upstream_answer").
        """
        found = self._looked_up({ELID: remote_id})
        if found is _Look.ABSENT:
            return None
        if isinstance(found, Domain) and found.id == remote_id:
            return found
        for row in self._listing():
            if row.get("id") == str(remote_id):
                return reading.domain_of(row, row.get("name", ""))
        raise Failure("upstream_answer", func=wire.DOMAINS, reason=Phrase("no_row", id=remote_id))

    def find_domain(self, name: str) -> Optional[Domain]:
        """The domain of this very name; a removed one only if there is no other. One look-up (5.11 [T]), else
        the listing.

        None: the upstream says that there is none. Who must prove that an order was not carried out asks
        listed_domain too (9.1).
        Raises what listed_domain raises.
        """
        found = self._looked_up({"dname": name})
        if found is _Look.ABSENT:
            return None
        if isinstance(found, Domain) and found.name == name and found.state is not DomainState.REMOVED:
            return found
        return self.listed_domain(name)

    def listed_domain(self, name: str) -> Optional[Domain]:
        """By the listing alone. Raises upstream_answer for several, or one unreadable row."""
        listed = [reading.domain_of(row, name) for row in self._listing() if reading.has_name(row, name)]
        alive = [domain for domain in listed if domain.state is not DomainState.REMOVED]
        if len(alive) > 1:
            several = Phrase("rows_of_name", count=len(alive), name=name)
            raise Failure("upstream_answer", func=wire.DOMAINS, reason=several)
        return next(iter(alive or sorted(listed, key=lambda domain: -domain.id)), None)

    def _looked_up(self, question: Params) -> Union[Domain, _Look]:
        """5.11 [T]. An unknown function answers code 3 too: only `obj` tells it from an unknown domain."""
        try:
            doc = self._client.call(wire.DOMAIN_INFO, question)
            number = str(reading.id_of(doc, wire.DOMAIN_INFO))
            return reading.domain_of({**doc.fields, "id": number}, reading.full_name(doc.fields))
        except Failure as failure:
            if (failure.params.get("code"), failure.params.get("object")) == (wire.ABSENT, wire.DOMAINS):
                return _Look.ABSENT
            if failure.code in PROVES_NOTHING:
                log.info("%s is of no use: %s", wire.DOMAIN_INFO, failure)
                return _Look.UNCLEAR
            raise

    def domain_form(self, remote_id: int) -> DomainForm:
        """5.8. auto_renewal is the field `autoperiod`, empty = off [I] (5.7)."""
        doc = self._form(wire.DOMAIN_EDIT, remote_id)
        owner = doc.fields.get("owner", "")
        return DomainForm(
            id=remote_id,
            name=reading.full_name(doc.fields),
            name_servers=tuple(doc.fields.get(slot, "").strip() for slot in wire.NS_SLOTS),
            owner=int(owner) if POSITIVE.fullmatch(owner) else None,
            auto_renewal=doc.fields.get(wire.AUTOPERIOD),
        )

    def _form(self, func: str, remote_id: int) -> Doc:
        """An edit form, and certainly the one asked for."""
        doc = self._client.call(func, {ELID: remote_id, wire.API: wire.ON}, out=wire.XML)
        if reading.id_of(doc, func) != remote_id:
            raise Failure("upstream_answer", func=func, reason=Phrase("other_form", id=remote_id))
        return doc

    def order_domain(self, order: DomainOrder) -> int:
        """5.2: one name per call, paid at once, never with automatic renewal. *Spends.*"""
        doc = self._client.call(wire.DOMAIN_ORDER, self._order(order), spends=True)
        return reading.new_id(doc, wire.ITEM_ID, wire.DOMAIN_ORDER)

    def _order(self, order: DomainOrder) -> Form:
        strangers = set(order.contacts).difference(wire.CONTACT_ROLES)
        if strangers:
            raise NotSent("bad_input", reason=Phrase("unknown_roles", names=", ".join(sorted(strangers))))
        label, price, servers = _label(order), order.tariff.id, " ".join(order.name_servers)
        form: Form = {
            wire.SOK: wire.OK, "operation": "register", "countdomain": "1",
            "domain": label, "domainname_0": label, "tld": order.tariff.zone,
            "price": price, "pricelist_0": price, "period_0": order.period,
            "registrar": order.tariff.registrar,
            **_paid_from(order.account), **order.contacts,
        }  # fmt: skip
        if servers:
            form["nslist_0"] = servers
        if servers and self._send_projectns:
            form["projectns"] = servers
        if self._send_contact and "owner" in order.contacts and ru_group(order.tariff.zone):
            form["contact"] = order.contacts["owner"]
        return form

    def renew_domain(self, remote_id: int, period: int, account: int) -> None:
        """5.7: for one period of the domain's own tariff; `set_autoperiod` is never sent. *Spends.*"""
        form: Form = {ELID: remote_id, wire.AUTOPERIOD: period, wire.SOK: wire.OK, **_paid_from(account)}
        reading.accepted(self._client.call(wire.DOMAIN_RENEW, form, spends=True), wire.DOMAIN_RENEW)

    def change_name_servers(self, form: DomainForm, servers: Sequence[str]) -> None:
        """5.8: all four slots, the owner and what the form said of automatic renewal go back with it."""
        if len(servers) > len(wire.NS_SLOTS):
            raise NotSent("ns_bad", reason=Phrase("ns_count", count=len(servers), most=len(wire.NS_SLOTS)))
        params: Form = {ELID: form.id, wire.SOK: wire.OK, "changens": wire.ON}
        params.update(zip_longest(wire.NS_SLOTS, servers, fillvalue=""))
        if form.owner is not None:
            params["owner"] = form.owner
        if form.auto_renewal is not None:
            params[wire.AUTOPERIOD] = form.auto_renewal
        reading.accepted(self._client.call(wire.DOMAIN_EDIT, params, spends=True), wire.DOMAIN_EDIT)

    # -- contacts --------------------------------------------------------------------------------------------

    def contacts(self) -> List[Tuple[int, str]]:
        rows = (row for row in self._client.rows(wire.CONTACTS) if POSITIVE.fullmatch(row.get("id", "")))
        return [(int(row["id"]), row.get("name", "")) for row in rows]

    def contact(self, remote_id: int) -> Optional[RemoteContact]:
        """5.6: code 8 is a locked contact, any other refusal one that is gone or somebody else's [T]."""
        try:
            doc = self._form(wire.CONTACT_EDIT, remote_id)
        except Refused as refused:
            if refused.code != "upstream_refused":
                raise
            locked = refused.params["code"] == wire.MESSAGE
            return RemoteContact(remote_id, {}, locked=True) if locked else None
        return RemoteContact(remote_id, doc.fields)

    def create_contact(self, kind: Kind, name: str) -> int:
        """The first of two calls (5.5)."""
        params = {"ctype": kind.value, "cname": name, wire.SOK: wire.OK}
        doc = self._client.call(wire.CONTACT_CREATE, params, spends=True)
        return reading.new_id(doc, wire.CONTACT_ID, wire.CONTACT_CREATE)

    def edit_contact(self, remote_id: int, kind: Kind, name: str, fields: Mapping[str, str]) -> None:
        """The second call (5.5). fields: those of 5.5.1. Refused with code 4 names a bad field as `value`,
        with code 8 it means that the contact is locked (5.6).
        """
        params = {**fields, ELID: remote_id, "ctype": kind.value, "name": name, wire.SOK: wire.OK}
        refusals = wire.CERTAINLY_NOT_DONE | {wire.MESSAGE}
        doc = self._client.call(wire.CONTACT_EDIT, params, spends=True, refusals=refusals)
        reading.accepted(doc, wire.CONTACT_EDIT)


def _label(order: DomainOrder) -> str:
    """The name without its zone (5.2 rule 3)."""
    try:
        return split(order.name, order.tariff.zone)
    except Failure as failure:
        raise NotSent(failure.code, **failure.params) from failure


def _paid_from(account: int) -> Dict[str, str]:
    """Pay at once from this account: the word is glued to its number (3.1)."""
    return {"paynow": wire.ON, "payfrom": f"account{one_id(account)}"}
