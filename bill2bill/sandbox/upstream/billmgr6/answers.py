"""A function's parameters in, a document out. Two tables name every function (upstream-billmanager6 section
11).
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import Callable, Mapping, Optional, Tuple

from bill2bill.sandbox.upstream.billmgr6 import (
    account,
    cart,
    certificates,
    contacts,
    domains,
    edit,
    everyday,
    export,
    group,
    licences,
    lists,
    order,
    prolong,
    retariff,
)
from bill2bill.sandbox.upstream.billmgr6.call import Call
from bill2bill.sandbox.upstream.billmgr6.catalogue import ItemType
from bill2bill.sandbox.upstream.billmgr6.document import Node, ok, texts
from bill2bill.sandbox.upstream.billmgr6.errors import Refusal, error, missed, no_access
from bill2bill.sandbox.upstream.billmgr6.provider import Provider
from bill2bill.sandbox.upstream.engine.wire import Request

SESSION_LIFE = 3600  # seconds without a request (1.4)
Function = Callable[[Call], Node]
OfType = Callable[[Call, ItemType], Node]

FUNCTIONS: Mapping[str, Function] = {
    "whoami": account.whoami, "dashboard.info": account.dashboard,
    "dashboard.subaccount_credit": account.credit, "notify": account.notify,
    "subaccount": account.subaccounts, "payment": account.payments, "expense": account.expenses,
    "project": account.projects,
    "menu": account.menu, "pricelist.export": export.export,
    "basket": cart.basket, "payment.add": cart.methods, "payment.add.method": cart.pay,
    "cart": cart.cart, "cart.empty": cart.empty, "cartorder.create.confirm": cart.confirm,
    "domain.order.api": domains.order, "domain.ns": domains.servers, "domain.whois": domains.whois,
    "service_profile": contacts.table, "service_profile.edit": contacts.edit,
    "service_profile.delete": contacts.delete,
    "soft.checkip": licences.check, "certificate.order.csr": certificates.request,
    "certificate.order.param": certificates.order,
    "certificate.file": certificates.files, "certificate.reissue": certificates.reissue,
    "service.prolong": prolong.prolong,
    "service.changepricelist": retariff.targets, "service.changepricelist.pricelist": retariff.preview,
    "service.changepricelist.getmoney": retariff.carry_out,
    "service.changepassword": everyday.change_password, "service.ip": everyday.addresses,
    "service.ip.edit": everyday.edit_address,
    "service.ip.delete": everyday.delete_addresses, "service.instruction.html": everyday.instruction,
    "service.history": everyday.history,
    "service.start": group.power, "service.stop": group.power, "service.reboot": group.power,
    "service.hardreboot": group.power,
}  # fmt: skip
# of every type X: X itself, X.filter …
OF_TYPE: Mapping[str, OfType] = {
    "": lists.table, "filter": lists.keep_filter, "edit": edit.edit, "order": order.tariffs,
    "order.pricelist": order.tariffs,
    "order.param": order.order, "suspend": group.suspend, "resume": group.resume, "delete": group.delete,
    "reboot": group.power,
}  # fmt: skip
V2: Mapping[str, OfType] = {"order.pricelist": order.tariffs_v2, "order.param": order.order_v2}
ONLY_B6 = ("cart", "cart.empty", "cartorder.create.confirm")


def answer(provider: Provider, request: Request) -> Node:
    """The document for one call; a refusal becomes the error document."""
    session = request.params.get("auth", "") or ("" if request.params.get("authinfo") else request.session)
    call = Call(request.params.get("func", ""), request.params, provider, request.client, session)
    try:
        return _answered(call)
    except Refusal as refusal:
        return error(refusal, call.lang, provider.login, call.func)


def _answered(call: Call) -> Node:
    if call.func == "auth":
        return _log_in(call)
    anonymous = not call.text("authinfo") and not call.session
    if not (anonymous and call.func == "pricelist.export" and call.switches.on("export_open")):
        _authenticate(call)
    if call.func == "groupedit":
        return _one_by_one(call)
    if call.func in ("logon", "keepalive"):
        return _end_or_keep(call)
    return _function(call)(call)


def _function(call: Call) -> Function:
    """The function that func names. Raises `missed` for an unknown one, `access` where the right is
    missing.
    """
    found = (
        None
        if call.func in ONLY_B6 and call.switches.word("generation") == "b5"
        else FUNCTIONS.get(call.func) or _of_type(call)
    )
    if found is None:
        raise missed("func", call.func)
    if not call.may(call.func):
        raise no_access(call.func)
    return found


def _of_type(call: Call) -> Optional[Function]:
    kind, handler = _split(call)
    itemtype = call.provider.types.get(kind)
    if itemtype is None or handler is None:
        return None
    return lambda call: handler(call, itemtype)


def _split(call: Call) -> Tuple[str, Optional[OfType]]:
    """(intname, handler) of X.edit or v2.X.order.param."""
    if call.func.startswith("v2."):
        kind, _, action = call.func[3:].partition(".")
        itemtype = call.provider.types.get(kind)
        has = call.switches.word("generation") == "b6" and itemtype is not None and itemtype.v2
        return kind, V2.get(action) if has else None
    kind, _, action = call.func.partition(".")
    has_wizard_of_its_own = kind == "domain" and action.startswith("order")
    return kind, None if has_wizard_of_its_own else OF_TYPE.get(action)


def _one_by_one(call: Call) -> Node:
    """groupedit: the form function faction for every id (1.3)."""
    faction = call.text("faction")
    forms = [
        replace(call, func=faction, params={**call.params, "func": faction, "elid": number})
        for number in call.ids()
    ]
    answers = [_function(form)(form) for form in forms]
    return ok() if call.submitted else answers[0]


# -- logging in ----------------------------------------------------------------------------------------------
def _authenticate(call: Call) -> None:
    """authinfo (split at its first colon) or a live session, from an allowed address (1.4)."""
    _check_address(call)
    provider = call.provider
    if not call.session:
        login, _, password = call.text("authinfo").partition(":")
        return _check_password(call, login, password)
    last_used = provider.sessions.get(call.session)
    if last_used is None or provider.clock.seconds() - last_used > SESSION_LIFE:
        provider.sessions.pop(call.session, None)
        raise Refusal(call.switches.word("expired_session"), value=call.func)
    provider.sessions[call.session] = provider.clock.seconds()
    return None


def _check_address(call: Call) -> None:
    allowed, limit = call.switches.words("allowed_ips"), call.switches.number("ban_after")
    if allowed and call.client not in allowed:
        raise Refusal("auth", "badip")
    if limit and call.provider.wrong_logins >= limit:
        raise Refusal("auth", "blocklogon")


def _check_password(call: Call, login: str, password: str) -> None:
    known = f"{call.provider.login}\n{call.provider.password}".encode()
    if not hmac.compare_digest(f"{login}\n{password}".encode("utf-8", "replace"), known):
        call.provider.wrong_logins += 1
        raise Refusal("auth", "badpassword")


def _log_in(call: Call) -> Node:
    """auth with username and password, or with authinfo: a session that dies after an hour without requests
    (1.4).
    """
    _check_address(call)
    login, _, password = call.text("authinfo").partition(":")
    _check_password(call, call.text("username") or login, call.text("password") or password)
    session = call.provider.open_session()
    return Node("doc", children=(Node("auth", session, {"id": session, "level": "16"}),))


def _end_or_keep(call: Call) -> Node:
    if call.func == "logon":
        call.provider.sessions.pop(call.session, None)
        return Node("doc", children=texts(logon=""))
    return ok()
