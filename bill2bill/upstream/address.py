"""Which addresses may be sent a password."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from bill2bill.errors import NotSent, Phrase, Raw, Words


def checked_url(url: str) -> SplitResult:
    """The parts of an address. Raises NotSent("url_bad").

    https everywhere, http to this machine only; no user name in it, no blanks or other characters that
    programs read differently.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise bad_url(url, Raw(error)) from error
    if not host or "@" in parts.netloc or "\\" in url or not all("!" <= letter <= "~" for letter in url):
        raise bad_url(url, Phrase("url_parts"))
    if parts.scheme != "https" and not (parts.scheme == "http" and _loopback(host)):
        raise bad_url(url, Phrase("https_expected"))
    return parts


def bad_url(url: str, reason: Words) -> NotSent:
    """For an address that somebody typed; what stands before an @ is left out, it may be a password."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in url.rpartition("@")[2])[:200]
    return NotSent("url_bad", url=shown, reason=reason)


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
