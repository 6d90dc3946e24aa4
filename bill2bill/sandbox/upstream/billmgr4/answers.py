"""Version 4: a function's parameters in, a document out. One table names every function
(upstream-billmanager4 section 10).
"""

from __future__ import annotations

import hmac
import secrets
from typing import Callable, Dict, Mapping

from bill2bill.sandbox.upstream.billmgr4 import contacts, domains, services
from bill2bill.sandbox.upstream.billmgr4.call import Call
from bill2bill.sandbox.upstream.billmgr4.document import Document, error, listing
from bill2bill.sandbox.upstream.billmgr4.errors import AUTH, INTERNAL, MISSING, Refusal, missing
from bill2bill.sandbox.upstream.billmgr4.order import order
from bill2bill.sandbox.upstream.billmgr4.provider import SESSION_LIFE


def accounts(call: Call) -> Document:
    """accountinfo: money is not shared between accounts (3.1, 3.2)."""
    project = call.provider.switches.on("project_column")
    return listing(
        [
            {
                "id": str(row.id),
                "name": row.name,
                "project": row.name if project else "",
                "balance": str(row.balance),
                "currency": row.currency,
                "creditlimit": "" if row.credit is None else str(row.credit),
            }
            for row in call.provider.accounts.values()
        ]
    )


def tariffs(call: Call) -> Document:
    """availableprice: what the customer may order (4.6)."""
    return listing([{"id": str(row.id), "name": row.name} for row in call.provider.tariffs.values()])


def periods(call: Call) -> Document:
    """availableprice.periods of the tariff elid (4.6)."""
    tariff = call.provider.tariff(call.text("elid"))
    if tariff is None:
        raise missing("pricelist")
    return listing(
        [
            {"id": str(row.id), "name": row.name, "price": f"{row.price} {tariff.currency}"}
            for row in tariff.periods
        ]
    )


FUNCTIONS: Mapping[str, Callable[[Call], Document]] = {
    "accountinfo": accounts,
    "availableprice": tariffs,
    "availableprice.periods": periods,
    "contcat.create.1": contacts.create,
    "domaincontact": contacts.table,
    "domaincontact.edit": contacts.edit,
    "domaincontact.delete": contacts.delete,
    "domain": domains.table,
    "domain.getinfo": domains.getinfo,
    "domain.edit": domains.edit,
    "domain.order.4": order,
    "domain.renew": domains.renew,
    "domain.rerun": domains.rerun,
    "domain.delete": domains.delete,
    "item": services.everything,
    "vhost": services.hostings,
    "vhost.order.5": services.hosting_order,
    "vhost.delete": services.hosting_delete,
    "software": services.licences,
    "software.edit": services.licence_edit,
    "software.licinfo": services.licence_check,
    "software.filter": services.licence_filter,
    "software.enable": services.licence_enable,
    "software.disable": services.licence_disable,
    "uniservice.order": services.custom_order,
    "clientbackorder": services.customs,
    "clientbackorder.edit": services.custom_edit,
}


def answer(call: Call, cookie_session: str = "") -> Document:
    """The document for one call; a refusal becomes the error document."""
    try:
        if call.func == "auth":
            return _log_in(call)
        _authenticate(call, call.text("auth") or cookie_session)
        return _function(call)(call)
    except Refusal as refusal:
        return error(refusal)


def _function(call: Call) -> Callable[[Call], Document]:
    handler = FUNCTIONS.get(call.func)
    if handler is None or (call.func == "domain.getinfo" and not call.provider.switches.on("getinfo")):
        if call.provider.switches.word("unknown_func") == "code1":
            raise Refusal(INTERNAL, msg=f"No module for the function {call.func}")
        raise Refusal(MISSING, obj=call.func)
    if call.func.endswith(".delete") and not call.submitted and call.provider.switches.on("delete_needs_sok"):
        return lambda call: Document((("elid", call.text("elid")),))
    return handler


def _authenticate(call: Call, session: str) -> None:
    """authinfo (split at its first colon) or a live session, from an allowed address; else code 100 (1.4)."""
    _check_address(call)
    provider = call.provider
    if session:
        last_used = provider.sessions.get(session)
        if last_used is None or provider.clock.seconds() - last_used > SESSION_LIFE:
            raise _wrong_login(call)
        provider.sessions[session] = provider.clock.seconds()
    else:
        login, _, password = call.text("authinfo").partition(":")
        _check_password(call, login, password)


def _check_address(call: Call) -> None:
    allowed, limit = call.provider.switches.words("allowed_ips"), call.provider.switches.number("ban_after")
    if (allowed and call.client not in allowed) or (limit and call.provider.wrong_logins >= limit):
        raise Refusal(AUTH)


def _check_password(call: Call, login: str, password: str) -> None:
    known = f"{call.provider.login}\n{call.provider.password}".encode()
    if not hmac.compare_digest(f"{login}\n{password}".encode("utf-8", "replace"), known):
        call.provider.wrong_logins += 1
        raise _wrong_login(call)


def _wrong_login(call: Call) -> Refusal:
    return Refusal(AUTH, msg=f"Auth failed from {call.client}")


def _log_in(call: Call) -> Document:
    """auth: a session that dies after an hour without requests (1.4)."""
    try:
        _check_address(call)
        _check_password(call, call.text("username"), call.text("password"))
    except Refusal:
        return Document(tag=("authfail", {}, ""))
    session = secrets.token_hex(16)
    call.provider.sessions[session] = call.provider.clock.seconds()
    attributes: Dict[str, str] = {"id": session}
    return Document(tag=("auth", attributes, ""))
