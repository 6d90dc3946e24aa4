"""Domain names and name servers. Inside bill2bill all are lower-case A-labels (upstream-billmanager4 1.5)."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address
from typing import Dict, Sequence, Tuple

from bill2bill.errors import Failure, Phrase
from bill2bill.rules.words import shown

LONGEST = 253
MOST_SERVERS = 4  # more slots are unproven (upstream-billmanager4 5.8)
DOTS = str.maketrans("。．｡", "...")
AMBIGUOUS = frozenset("ßẞς\u200c\u200d")  # the two versions of IDNA make different names of these
LABEL = re.compile(r"[a-z0-9-]{1,63}")
HOST_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")

# upstream-billmanager4 5.4: ru, su, рф, москва, moscow with all zones below them; ru.net is the odd one
RU_TOPS = frozenset(["ru", "su", "xn--p1ai", "xn--80adxhks", "moscow"])


def to_ascii(name: str) -> str:
    """A domain name in lower-case A-labels: "Пример.РФ." -> "xn--e1afmkfd.xn--p1ai".

    IDNA2003, the rule of upstream-billmanager4 1.5; A-labels pass through. Raises Failure("name_bad") on an
    empty label, on what cannot be in a host name, on more than 253 characters, and on AMBIGUOUS letters.
    """
    text = name.strip().translate(DOTS)
    text = text[:-1] if text.endswith(".") else text
    if not text or len(text) > LONGEST:  # before encoding: its time grows with the square of the length
        raise _bad(name, Phrase("length", least=1, most=LONGEST))
    if not AMBIGUOUS.isdisjoint(text):
        raise _bad(name, Phrase("ambiguous_letter"))
    encoded = ".".join(_ascii_label(label, name) for label in text.split("."))
    if len(encoded) > LONGEST:
        raise _bad(name, Phrase("length", least=1, most=LONGEST))
    return encoded


def host_name(name: str) -> str:
    """The name of a server as versions 5 and 6 have it: lower case, A-labels (upstream-billmanager6 1.2).

    Raises Failure("name_bad") for national letters that cannot be encoded; "" stays "".
    """
    return name.strip().lower() if name.isascii() else to_ascii(name)


def _ascii_label(label: str, name: str) -> str:
    try:
        encoded = label.encode("idna").decode("ascii").lower()
    except UnicodeError:
        encoded = ""
    if not LABEL.fullmatch(encoded):
        raise _bad(name, Phrase("bad_label", label=shown(label)) if label else Phrase("empty_label"))
    return encoded


def _unicode_label(label: str) -> str:
    """The label for people. One that would not lead back to the same A-label stays as it is."""
    try:
        text = label.encode("ascii").decode("idna")
        return text if to_ascii(text) == label else label
    except (UnicodeError, Failure):
        return label


def split(name: str, zone: str) -> str:
    """What `name` has before `zone`, in A-labels (upstream-billmanager4 5.2 rule 3). Raises name_bad."""
    whole, tail = to_ascii(name), "." + to_ascii(zone)
    if not whole.endswith(tail):
        raise _bad(name, Phrase("not_in_zone", zone=tail))
    return whole[: -len(tail)]


def check_registrable(name: str, zone: str) -> None:
    """Raises name_bad unless `name` is one proper label below `zone` (upstream-billmanager4 5.1, Name rules).

    2-63 characters, a letter or digit at both ends, hyphens in places 3 and 4 only in a readable A-label.
    """
    label = split(name, zone)
    if "." in label:
        raise _bad(name, Phrase("one_label", label=label, zone=to_ascii(zone)))
    if not HOST_LABEL.fullmatch(label):
        raise _bad(name, Phrase("label_ends"))
    if len(_unicode_label(label)) < 2:
        raise _bad(name, Phrase("length", least=2, most=63))
    if label[2:4] == "--" and not (label.startswith("xn--") and _readable(label)):
        raise _bad(name, Phrase("label_hyphens"))


def _readable(label: str) -> bool:
    """Is this A-label one of IDNA 2003 or, like the one of «straße», of IDNA 2008?"""
    if _unicode_label(label) != label:
        return True
    import idna

    try:
        return idna.alabel(idna.ulabel(label)).decode("ascii") == label
    except (idna.IDNAError, UnicodeError):
        return False


def ru_group(zone: str) -> bool:
    """Does the zone, or a name in it, belong to the RU group: an owner only (upstream-billmanager4 5.4)?"""
    labels = to_ascii(zone).split(".")
    return labels[-1] in RU_TOPS or labels[-2:] == ["ru", "net"]


def contact_roles(zone: str) -> Tuple[str, ...]:
    """The contacts that an order names (upstream-billmanager4 5.4); a registrar may want a "customer" too."""
    return ("owner",) if ru_group(zone) else ("owner", "admin", "tech", "bill")


def name_servers(values: Sequence[str], domain: str) -> Tuple[str, ...]:
    """The name servers of `domain` for the upstream: `host` or `host/ip,ip`, hosts as A-labels; none or 2-4.

    values: as the panel keeps them, `host`, `host/ip` or `host/ip,ip` (host-protocol 2.6); empty ones are
    skipped. Addresses (glue) are IPv4, and belong to hosts inside the domain: there they are needed,
    elsewhere refused (upstream-billmanager4 5.8). Raises Failure("ns_bad").
    """
    zone = to_ascii(domain)
    servers: Dict[str, str] = {}
    for value in values:
        if value.strip():
            host, glue = _server(value.strip(), zone)
            if host in servers:
                raise _bad_ns(Phrase("ns_twice", host=host))
            servers[host] = f"{host}/{','.join(glue)}" if glue else host
    if len(servers) == 1 or len(servers) > MOST_SERVERS:
        raise _bad_ns(Phrase("ns_count", count=len(servers), most=MOST_SERVERS))
    return tuple(servers.values())


def _server(value: str, domain: str) -> Tuple[str, Tuple[str, ...]]:
    head, slash, addresses = value.partition("/")
    host = _host(head, value)
    inside = f".{host}".endswith(f".{domain}")
    if inside and not slash:
        raise _bad_ns(Phrase("ns_needs_address", host=host))
    if slash and not inside:
        raise _bad_ns(Phrase("ns_needs_no_address", value=shown(value), domain=domain))
    glue = [_ipv4(address, value) for address in addresses.split(",")] if slash else []
    return host, tuple(dict.fromkeys(glue))


def _host(text: str, value: str) -> str:
    try:
        host = to_ascii(text)
    except Failure as failure:
        raise _bad_ns(Phrase("of", value=shown(value), reason=failure.params["reason"])) from None
    labels = host.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(HOST_LABEL.fullmatch(label) for label in labels):
        raise _bad_ns(Phrase("host_expected", value=shown(value)))
    return host


def _ipv4(text: str, value: str) -> str:
    try:
        return str(IPv4Address(text.strip()))
    except AddressValueError:
        raise _bad_ns(Phrase("ipv4_expected", value=shown(value))) from None


def _bad(name: str, reason: Phrase) -> Failure:
    return Failure("name_bad", value=shown(name), reason=reason)


def _bad_ns(reason: Phrase) -> Failure:
    return Failure("ns_bad", reason=reason)
