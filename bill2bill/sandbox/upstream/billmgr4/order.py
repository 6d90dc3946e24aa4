"""domain.order.4, the last step of the order wizard: upstream-billmanager4 5.2 to 5.4, checks in the order of
section 10.
"""

from __future__ import annotations

import re
from typing import Dict, List, Tuple

from bill2bill.sandbox.upstream.billmgr4.call import Call
from bill2bill.sandbox.upstream.billmgr4.document import Document, form, success
from bill2bill.sandbox.upstream.billmgr4.errors import EXISTS, MESSAGE, Refusal, bad_value, missing
from bill2bill.sandbox.upstream.billmgr4.models import SLOTS, Domain, Period, Tariff
from bill2bill.sandbox.upstream.engine.names import ascii_name

RU_GROUP = tuple(ascii_name(zone) for zone in ("ru", "su", "рф", "ru.net", "москва", "moscow"))
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])")  # 2 to 63 characters (5.1)
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}")
IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?:\.(?!$)|$)){4}")
OPERATIONS = ("register", "transfer")


def order(call: Call) -> Document:
    """Create one domain, paid or unpaid; without sok the form."""
    if not call.submitted and not call.provider.switches.on("form_validates"):
        return _form(call)
    domain = _checked(call)
    if not call.submitted:
        return _form(
            call,
            f"{domain.name}, {domain.period.name}: {call.provider.price(domain.period)}"
            f" {domain.tariff.currency}",
        )
    domain.id = call.provider.next_item()
    call.provider.add(domain)
    if call.pays_now:
        call.provider.pay(domain, "order")
    return success(("item.id", str(domain.id)))


def _form(call: Call, total: str = "") -> Document:
    names = (
        "operation",
        "countdomain",
        "domain",
        "domainname_0",
        "tld",
        "price",
        "pricelist_0",
        "period_0",
        "registrar",
        "nslist_0",
        "owner",
    )
    return form(**{name: call.text(name) for name in names}, totalinfo=f"<b>{total}</b>" if total else "")


def _checked(call: Call) -> Domain:
    """The domain that the parameters ask for; nothing is changed here."""
    if call.text("operation") not in OPERATIONS:
        raise bad_value("operation")
    tariff = _tariff(call)
    period = _period(call, tariff)
    _check_registrar(call, tariff)
    contacts = _contacts(call, tariff)
    name = _name(call, tariff)
    servers = _servers(call, tariff)
    return Domain(
        0,
        name,
        tariff,
        period,
        call.payer(tariff).id,
        remote_id=call.text("remoteid"),
        auto_period=_auto_period(call, tariff, period),
        servers=servers,
        contacts=contacts,
        transfer=call.text("operation") == "transfer",
    )


def _needed(call: Call, name: str, instead: str = "") -> str:
    """A required parameter; where strict_order is off, its twin does as well."""
    strict = call.provider.switches.on("strict_order")
    value = call.text(name) or ("" if strict else instead)
    if not value:
        raise bad_value(name)
    return value


def _tariff(call: Call) -> Tariff:
    number = _needed(call, "pricelist_0", call.text("price"))
    tariff = call.provider.tariff(number)
    if tariff is None or tariff.kind != "domain":
        raise missing("pricelist")
    zone = ascii_name(tariff.tld)
    if _needed(call, "tld", zone).lower() != zone:
        raise missing("pricelist")
    if _needed(call, "price", number) != number:
        raise bad_value("price")
    return tariff


def _period(call: Call, tariff: Tariff) -> Period:
    period = tariff.period(_needed(call, "period_0", call.text("period")))
    if period is None:
        raise bad_value("period_0")
    return period


def _check_registrar(call: Call, tariff: Tariff) -> None:
    sent = call.text("registrar")
    if sent != str(tariff.registrar) and (sent or call.provider.switches.on("registrar_required")):
        raise bad_value("registrar")


def in_ru_group(zone: str) -> bool:
    return any(zone == head or zone.endswith(f".{head}") for head in RU_GROUP)


def roles(call: Call, tariff: Tariff) -> Dict[str, Tuple[str, ...]]:
    """Which contacts an order needs, and of which kinds (5.4)."""
    people: Tuple[str, ...] = ("person", "company")
    generic: Tuple[str, ...] = ("generic",)
    needed = (
        {"owner": people}
        if in_ru_group(ascii_name(tariff.tld))
        else dict.fromkeys(("owner", "admin", "bill", "tech"), generic)
    )
    if str(tariff.registrar) in call.provider.switches.words("customer_for"):
        needed["customer"] = people
    return needed


def _contacts(call: Call, tariff: Tariff) -> Dict[str, int]:
    found = {}
    for role, kinds in roles(call, tariff).items():
        contact = call.provider.contact(call.text(role))
        if contact is None or contact.kind not in kinds:
            raise bad_value(role)
        if not contact.fields and call.provider.switches.on("empty_contacts_refused"):
            raise bad_value(role, "The contact is not filled in")
        found[role] = contact.id
    return found


def _name(call: Call, tariff: Tariff) -> str:
    """The full name: well formed, and free to register or taken by somebody else to transfer."""
    if _needed(call, "countdomain", "1") != "1":
        raise bad_value("countdomain")
    label = _needed(call, "domain", call.text("domainname_0")).lower()
    if not LABEL.fullmatch(label) or (label[2:4] == "--" and not label.startswith("xn--")):
        raise bad_value("domain")
    if _needed(call, "domainname_0", label).lower() != label:
        raise bad_value("domainname_0")
    name = f"{label}.{ascii_name(tariff.tld)}"
    transfer = call.text("operation") == "transfer"
    if call.provider.domain_named(name) or call.provider.is_free(name) == transfer:
        raise Refusal(
            MESSAGE if call.provider.switches.word("taken_code") == "code8" else EXISTS, obj="domain"
        )
    if transfer and not call.text("auth_code") and call.provider.switches.on("auth_code_required"):
        raise bad_value("auth_code")
    return name


def _servers(call: Call, tariff: Tariff) -> List[str]:
    """Four slots from nslist_0, or from ns0..ns3 in its absence."""
    listed = call.text("nslist_0").split()
    servers = listed or [
        value for value in (call.text(f"ns{slot}").strip() for slot in range(SLOTS)) if value
    ]
    field = "nslist_0" if listed else "ns0"
    if len(servers) > SLOTS or not all(map(is_server, servers)):
        raise bad_value(field)
    if (
        len(servers) == 1
        and in_ru_group(ascii_name(tariff.tld))
        and call.provider.switches.on("one_ns_refused")
    ):
        raise bad_value("nslist_0" if listed else "ns1")
    return servers + [""] * (SLOTS - len(servers))


def is_server(text: str) -> bool:
    """host, or host/ip, or host/ip1,ip2 with IPv4 addresses (1.5)."""
    host, slash, addresses = text.lower().partition("/")
    return bool(HOST.fullmatch(host)) and (
        not slash or all(IPV4.fullmatch(address) for address in addresses.split(","))
    )


def _auto_period(call: Call, tariff: Tariff, period: Period) -> str:
    sent = call.text("autoprolong")
    if sent and tariff.period(sent) is None:
        raise bad_value("autoprolong")
    return sent or (str(period.id) if call.provider.switches.on("auto_renewal_default") else "")
