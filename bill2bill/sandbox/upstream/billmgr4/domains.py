"""What can be done with ordered domains: upstream-billmanager4 5.7 to 5.12."""

from __future__ import annotations

from datetime import timedelta
from typing import Dict, List

from bill2bill.sandbox.upstream.billmgr4.call import Call
from bill2bill.sandbox.upstream.billmgr4.document import Document, form, listing, success
from bill2bill.sandbox.upstream.billmgr4.errors import DENIED, Refusal, bad_value, missing
from bill2bill.sandbox.upstream.billmgr4.models import (
    ACTIVE,
    NOT_DELEGATED,
    REGISTERING,
    REMOVED,
    RENEWING,
    TRANSFERRING,
    UNPAID,
    Domain,
    Item,
)
from bill2bill.sandbox.upstream.billmgr4.order import is_server
from bill2bill.sandbox.upstream.engine.names import ascii_name, unicode_name

ROLES = ("owner", "admin", "bill", "tech", "customer")


def _shown(call: Call, name: str) -> str:
    return unicode_name(name) if call.provider.switches.on("unicode_names") else name


def table(call: Call) -> Document:
    """The list `domain`; with api=on also the registrar and the tariff."""
    hide = not call.provider.switches.on("removed_listed")
    looked = [call.provider.look(domain) for domain in call.provider.domains()]
    return listing(
        [
            _row(call, row)
            for row in looked
            if isinstance(row, Domain) and not (hide and row.status == REMOVED)
        ]
    )


def _row(call: Call, domain: Domain) -> Dict[str, str]:
    row = {
        "id": str(domain.id),
        "name": _shown(call, domain.name),
        "domainstatus": str(domain.status),
        "expire": domain.expire.isoformat() if domain.expire else "",
    }
    if call.with_api_columns:
        row.update(registrarId=str(domain.tariff.registrar), price_id=str(domain.tariff.id))
    if call.provider.switches.on("remoteid_shown"):
        row["remoteid"] = domain.remote_id
    return row


def getinfo(call: Call) -> Document:
    """One domain by elid or by dname, flat; empty keys are left out (5.11)."""
    if call.text("elid"):
        domain = call.domain()
    else:
        found = call.provider.domain_named(_normal(call.text("dname")))
        if found is None:
            raise missing("domain")
        domain = found
    call.provider.look(domain)
    fields = {
        "elid": str(domain.id),
        "name": _shown(call, domain.label),
        "tld": _shown(call, domain.zone),
        **_slots(domain.servers),
        "expire": _expire(call, domain),
        "domainstatus": str(domain.status),
    }
    return form(**{name: value for name, value in fields.items() if value})


def _normal(name: str) -> str:
    try:
        return ascii_name(name)
    except ValueError:
        return ""


def _expire(call: Call, domain: Domain) -> str:
    if (
        domain.status in (REGISTERING, TRANSFERRING)
        and call.provider.switches.word("expire_while_pending") == "on"
    ):
        return "on"
    lag = timedelta(days=call.provider.switches.number("stale_expire_days"))
    return (domain.expire - lag).isoformat() if domain.expire else ""


def _slots(servers: List[str]) -> Dict[str, str]:
    return {f"ns{slot}": server for slot, server in enumerate(servers)}


def edit(call: Call) -> Document:
    """The form, or a change of name servers (only with changens=on) and of automatic renewal (5.8)."""
    domain = call.domain()
    if not call.submitted:
        head = {
            "elid": str(domain.id),
            "id": str(domain.id),
            "name": _shown(call, domain.label),
            "tld": _shown(call, domain.zone),
        }
        contacts = {role: str(domain.contacts[role]) for role in ROLES if role in domain.contacts}
        more = {**contacts, "autoperiod": domain.auto_period} if call.with_api_columns else {}
        return form(**head, **_slots(domain.servers), **more)
    servers = _changed_servers(call, domain) if call.text("changens") == "on" else domain.servers
    automatic = call.params.get("autoperiod", domain.auto_period)
    if automatic and domain.tariff.period(automatic) is None:
        raise bad_value("autoperiod")
    owner = call.text("owner")
    if (
        owner
        and owner != str(domain.contacts.get("owner"))
        and call.provider.switches.word("owner_change") == "refused"
    ):
        raise Refusal(DENIED, obj="owner")
    domain.servers, domain.auto_period = servers, automatic
    if domain.status in (ACTIVE, NOT_DELEGATED):
        domain.status = domain.registered_status
    return success()


def _changed_servers(call: Call, domain: Domain) -> List[str]:
    """A missing nsN leaves its slot, an empty one clears it; at least two must be left (section 10)."""
    servers = [call.params.get(name, old).strip() for name, old in _slots(domain.servers).items()]
    for slot, server in enumerate(servers):
        if server and not is_server(server):
            raise bad_value(f"ns{slot}")
    if len([server for server in servers if server]) < 2:
        raise bad_value("ns1")
    return servers


def renew(call: Call) -> Document:
    """domain.renew: with paynow=on every accepted call charges; without, it is accepted and nothing happens
    (5.7).
    """
    domain = call.domain()
    if not call.submitted:
        rows = "; ".join(
            f"{row.id}: {row.name}, {call.provider.price(row, renewal=True)}" for row in domain.tariff.periods
        )
        return form(elid=str(domain.id), id=str(domain.id), autoperiod=domain.auto_period, totalinfo=rows)
    period = domain.tariff.period(call.text("autoperiod"))
    if period is None:
        raise bad_value("autoperiod")
    account = call.payer(domain.tariff, default=domain.account)
    again = call.provider.switches.word("renew_in_renewal") == "accepted"
    if domain.status not in (ACTIVE, NOT_DELEGATED) and not (domain.status == RENEWING and again):
        raise Refusal(DENIED, obj="domain")
    if call.text("set_autoperiod") == "on":
        domain.auto_period = str(period.id)
    domain.account = account.id
    if call.pays_now:
        call.provider.renew(domain, period)
    return success()


def rerun(call: Call) -> Document:
    """domain.rerun: what an unpaid request costs; with sok pay and submit it (5.9)."""
    domain = call.domain()
    if not call.submitted:
        return form(elid=str(domain.id), id=str(domain.id), cost=str(call.provider.price(domain.period)))
    _must_be_unpaid(domain)
    domain.account = call.payer(domain.tariff, default=domain.account).id
    call.provider.pay(domain, "rerun")
    return success()


def delete(call: Call) -> Document:
    """domain.delete: unpaid requests only, one or several (5.9)."""
    domains = call.group("domain")
    for domain in domains:
        _must_be_unpaid(domain)
    for domain in domains:
        call.provider.remove(domain)
    return success()


def _must_be_unpaid(domain: Item) -> None:
    if domain.status != UNPAID:
        raise Refusal(DENIED, obj="domain")
