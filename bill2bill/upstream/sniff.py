"""Where a provider's API is, and which version speaks there: told from an error, without credentials."""

from __future__ import annotations

from typing import List, Optional
from urllib.parse import urlsplit, urlunsplit

from bill2bill.errors import Failure, Phrase, Raw
from bill2bill.rules.names import to_ascii
from bill2bill.rules.words import shown
from bill2bill.upstream.address import bad_url, checked_url
from bill2bill.upstream.body import Unreadable
from bill2bill.upstream.http import Http
from bill2bill.upstream.parsing import OtherDialect

# upstream-billmanager4 0.3, upstream-billmanager6 1.1
PATHS = ("/manager/billmgr", "/billmgr", ":1500/billmgr")
# any web server has pages and forbids some
NO_BILLMANAGER = frozenset(["upstream_answer", "upstream_redirect", "upstream_wall"])


def candidate_urls(server: str) -> List[str]:
    """The addresses to try for a host name. Raises Failure("url_bad") for what is none."""
    try:
        host = to_ascii(server)
    except Failure as failure:
        raise bad_url(server, Phrase("of", value=shown(server), reason=failure.params["reason"])) from failure
    return [f"https://{host}{path}" for path in PATHS]


def normalise_url(url: str) -> str:
    """An address as people paste it -> the one that is called (upstream-billmanager6 1.1).

    Without query and trailing slash; a last segment that begins with `billmgr` stays, else it is added, to a
    bare host as `/manager/billmgr`. Raises Failure("url_bad").
    """
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
        netloc = parts.netloc if host.isascii() else parts.netloc.lower().replace(host, to_ascii(host))
    except (ValueError, Failure) as error:
        reason = error.params["reason"] if isinstance(error, Failure) else error
        raise bad_url(url, reason if isinstance(reason, Phrase) else Raw(reason)) from error
    path = parts.path.rstrip("/")
    if not path.rpartition("/")[2].startswith("billmgr"):
        path = f"{path}/billmgr" if path else PATHS[0]
    whole = urlunsplit((parts.scheme.lower(), netloc, path, "", ""))
    checked_url(whole)
    return whole


def recognise(http: Http, url: str) -> Optional[str]:
    """ "4" or "6" (which stands for 5 as well) by the envelope of the error to a call without credentials;
    None for anything else that answers (upstream-billmanager4 0.3, 2.4; upstream-billmanager6 2.5). Raises
    Failure if nothing answers or is to be trusted.
    """
    # not above: most commands that are here need an address only
    from bill2bill.upstream.billmgr4.envelope import read_doc

    try:
        with http.post(url, "accountinfo", {"func": "accountinfo", "out": "xml"}) as body:
            return "4" if read_doc(body).error else None
    except OtherDialect:
        return "6"
    except Unreadable:
        return None
    except Failure as failure:
        if failure.code in NO_BILLMANAGER:
            return None
        raise
