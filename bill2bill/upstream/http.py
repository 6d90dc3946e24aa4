"""The one way to the provider: one policy of time, size, trust, repetition, masking (design decision 6)."""

from __future__ import annotations

import logging
import math
import os
import random
import socket
import ssl
import time
from contextlib import ExitStack
from enum import Enum
from functools import cached_property
from http.client import HTTPException
from typing import IO, Any, Callable, ContextManager, Iterable, Iterator, Mapping, Optional, Sequence

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.exceptions import HTTPError
from urllib3.util.ssl_ import create_urllib3_context
from urllib3.util.ssl_match_hostname import CertificateError

from bill2bill.errors import Failure, NoAnswer, NotSent, Phrase, Raw, Words
from bill2bill.rules.secrets import mask
from bill2bill.upstream.address import bad_url, checked_url
from bill2bill.upstream.body import PIECE, Page, Unreadable, read_body
from bill2bill.upstream.watch import POOLS, Watch

log = logging.getLogger("bill2bill.upstream")

MORE_TRIES = 2
HEADERS = {"User-Agent": "bill2bill", "Accept": "*/*", "Accept-Encoding": "gzip"}


class Trouble(Enum):
    """What can go wrong between a request and a readable body."""

    UNREACHABLE = "nothing was sent"
    CERTIFICATE = "the server cannot prove who it is; nothing was sent"
    REDIRECT = "3xx"
    REJECTED = "4xx other than 408 and 429: the application never saw it"
    FORBIDDEN = "403, 460: a firewall in front, so the application never saw it"
    WALL = "429, or a page for people: somebody in front answers, and nobody knows what was let through"
    BROKEN = "reset, cut off, 5xx, 408"
    SLOW = "not whole in time"
    UNREADABLE = "whole, but not to be used"


def should_retry(spends: bool, trouble: Trouble, tries: int) -> bool:
    """Once more after `tries` repetitions? Spending never; a wait that used up its time neither."""
    return not spends and trouble in (Trouble.UNREACHABLE, Trouble.BROKEN) and tries < MORE_TRIES


def wait_before(tries: int) -> float:
    """Seconds before repetition `tries` (1, 2), spread: many commands shall not come back at once."""
    return random.uniform(0.5, 1.0) * 0.5 * 2.0**tries  # noqa: S311 - spreading, not a secret


NEVER_SEEN = frozenset([Trouble.REJECTED, Trouble.FORBIDDEN])
WALLS = {403: Trouble.FORBIDDEN, 460: Trouble.FORBIDDEN, 429: Trouble.WALL}  # upstream-billmanager6 1.4


class _NoBody(Exception):
    def __init__(self, trouble: Trouble, reason: Words, sent: bool) -> None:
        self.trouble, self.reason, self.sent = trouble, reason, sent
        super().__init__(reason)


class _Adapter(HTTPAdapter):
    """Used without a Session: no redirects, no cookies, no .netrc, nothing from the environment."""

    def __init__(self, trust: Callable[[], ssl.SSLContext]) -> None:
        self._trust = trust
        super().__init__()

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """With authorities that were read once: reading them takes longer than all requests of a command."""
        conn.cert_reqs = "CERT_REQUIRED"
        if url.lower().startswith("https"):
            conn.conn_kw["ssl_context"] = self._trust()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = POOLS
        return manager


class Http:
    """Requests to one provider.

    secrets       never to be seen in a log or a message
    ca_file       "" = the public authorities
    proxy         "" = none, else http://host:port; never used for this machine itself
    *_timeout     seconds; for connecting, and for the whole answer to a question and to a spending request
    answer_limit  bytes of a decoded body
    budget        seconds for all requests together, from now on; somebody waits in front of a form
                  (host-protocol 9, 25)
    gate          entered around each request: locks, pace, pause; what it raises on entering means that
                  nothing was sent
    """

    def __init__(
        self,
        *,
        secrets: Sequence[str],
        ca_file: str,
        proxy: str,
        connect_timeout: float,
        read_timeout: float,
        spend_timeout: float,
        answer_limit: int,
        gate: Callable[[], ContextManager[None]],
        budget: float = math.inf,
    ) -> None:
        self._secrets = tuple(secrets)
        self._ca_file = ca_file
        if ca_file:
            self._trust  # noqa: B018 - one that cannot be read is found here, not in the middle of a purchase
        if proxy and not proxy.startswith("http://"):
            raise bad_url(proxy, Phrase("proxy_expected"))
        self._proxies = {"https": proxy} if proxy else {}
        self.connect_timeout = connect_timeout
        self.read_timeout, self.spend_timeout = read_timeout, spend_timeout
        self._limit = answer_limit
        self._until = time.monotonic() + budget
        self._gate = gate
        self._adapter = _Adapter(lambda: self._trust)  # keeps connections for questions

    def close(self) -> None:
        self._adapter.close()

    def hide(self, secrets: Iterable[str]) -> None:
        """From now on these are masked too; one or two letters are not, that would protect nothing."""
        self._secrets += tuple(secret for secret in secrets if len(secret) > 2)

    def masked(self, text: str) -> str:
        """For logs and messages: one line, no secrets. A phrase stays one."""
        if isinstance(text, Phrase):
            return Phrase(text.code, **{name: self.masked(value) for name, value in text.params.items()})
        return mask(text, self._secrets).replace("\r", " ").replace("\n", " ")

    def post(self, url: str, func: str, form: Mapping[str, str], *, spends: bool = False) -> IO[bytes]:
        """The readable body (see body.read_body) of a form that is sent with its credentials in the body.

        Not spending: raises Failure. *spends*: sent once over a fresh connection; raises NotSent or NoAnswer
        (upstream-billmanager4 9.1).
        """
        return self._ask(func, requests.Request("POST", url, data=dict(form), headers=HEADERS), spends)

    def get(self, url: str, func: str, params: Mapping[str, str]) -> IO[bytes]:
        """The readable body of a public file or program: no credentials. Raises Failure."""
        request = requests.Request("GET", url, params=dict(params), headers=HEADERS)
        return self._ask(func, request, spends=False)

    def _ask(self, func: str, request: requests.Request, spends: bool) -> IO[bytes]:
        checked_url(request.url)
        try:
            prepared = request.prepare()
        except (requests.RequestException, ValueError) as error:  # half of a surrogate pair, for example
            raise NotSent("bad_input", reason=Raw(self.masked(str(error)))) from error
        tries = 0
        while True:
            try:
                return self._once(func, prepared, spends)
            except _NoBody as bad:
                reason = self.masked(bad.reason)
                log.debug("%s: %s: %s", func, bad.trouble.name, reason)
                if not should_retry(spends, bad.trouble, tries):
                    # the chain is not masked
                    raise _failure(func, request.url, spends, bad, reason) from None
            tries += 1
            time.sleep(wait_before(tries))

    def _once(self, func: str, request: requests.PreparedRequest, spends: bool) -> IO[bytes]:
        with ExitStack() as gate:
            try:
                gate.enter_context(self._gate())
            except Failure as failure:
                raise NotSent(failure.code, detail=failure.detail, **failure.params) from failure
            started = time.monotonic()
            if spends:
                body = self._fresh(request)
            else:
                body = self._exchange(self._adapter, request, self.read_timeout)
            if log.isEnabledFor(logging.DEBUG):
                log.debug("%s 200 %d ms %s", func, (time.monotonic() - started) * 1000, self._head(body))
            return body

    def _head(self, body: IO[bytes]) -> str:
        start = body.tell()
        head = body.read(4000).decode("utf-8", "replace")
        body.seek(start)
        # masked first, or half a secret could stay; short, for forms hold personal data
        return self.masked(head)[:120]

    def _fresh(self, request: requests.PreparedRequest) -> IO[bytes]:
        """Over a connection of its own: one kept from before may turn out dead after the request has left."""
        request.headers["Connection"] = "close"
        adapter = _Adapter(lambda: self._trust)
        try:
            return self._exchange(adapter, request, self.spend_timeout)
        finally:
            adapter.close()

    def _exchange(self, adapter: _Adapter, request: requests.PreparedRequest, seconds: float) -> IO[bytes]:
        seconds = min(seconds, self._until - time.monotonic())
        if seconds <= 0:
            raise _NoBody(Trouble.SLOW, Phrase("no_time"), False)
        timeout = (self.connect_timeout, seconds)
        with Watch(sum(timeout)) as watch:
            try:
                with adapter.send(request, stream=True, timeout=timeout, proxies=self._proxies) as response:
                    _check_status(response)
                    encoding = response.headers.get("Content-Encoding", "")
                    body = read_body(_pieces(response, watch), encoding, self._limit)
                watch.check()
                return body
            except Unreadable as error:
                trouble = Trouble.WALL if isinstance(error, Page) else Trouble.UNREADABLE
                raise _NoBody(trouble, error.reason, True) from error
            except (requests.RequestException, HTTPError, OSError) as error:
                root = _root(error)
                said = Phrase("no_time") if watch.over else Raw(str(root) or type(root).__name__)
                raise _NoBody(_trouble(error, root, watch), said, watch.sent) from error

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        """For all TLS connections. Raises upstream_certificate for a CA file that cannot be read."""
        context, file = create_urllib3_context(), self._ca_file
        if file and not os.path.isfile(file):  # a pipe or a device in its place would be read for ever
            raise Failure("upstream_certificate", url=file, reason=Phrase("not_a_file", name=file))
        try:
            context.load_verify_locations(file or DEFAULT_CA_BUNDLE_PATH)
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            raise Failure("upstream_certificate", url=file, reason=Raw(error)) from error
        return context


def _failure(func: str, url: str, spends: bool, bad: _NoBody, reason: str) -> Failure:
    if spends and bad.sent and bad.trouble not in NEVER_SEEN:
        return NoAnswer("lost_answer", func=func, detail=f"{bad.trouble.name}: {reason}")
    kind = NotSent if spends else Failure
    if bad.trouble is Trouble.UNREACHABLE:
        return kind("upstream_unreachable", url=url, reason=reason)
    if bad.trouble is Trouble.CERTIFICATE:
        return kind("upstream_certificate", url=url, reason=reason)
    if bad.trouble is Trouble.REDIRECT:
        return kind("upstream_redirect", value=reason)
    if bad.trouble in WALLS.values():
        return kind("upstream_wall", func=func, reason=reason)
    return kind("upstream_answer", func=func, reason=reason)


def _check_status(response: requests.Response) -> None:
    status = response.status_code
    if status == 200:
        return
    if 300 <= status < 400:
        place = response.headers.get("Location", "").partition("?")[0][:200]
        raise _NoBody(Trouble.REDIRECT, Raw(place or f"HTTP {status}"), True)
    if status in WALLS:
        trouble = WALLS[status]
    elif status == 408 or status >= 500:
        trouble = Trouble.BROKEN
    else:
        trouble = Trouble.REJECTED if status >= 400 else Trouble.UNREADABLE
    raise _NoBody(trouble, Raw(f"HTTP {status}"), True)


def _pieces(response: requests.Response, watch: Watch) -> Iterator[bytes]:
    """The body as it came, still encoded: decoding is bounded in read_body, not in the HTTP library."""
    while True:
        piece = response.raw.read(PIECE, decode_content=False)
        watch.check()
        if not piece:
            return
        yield piece


def _root(error: BaseException) -> BaseException:
    """The error that the libraries wrapped; not going back into what a caller of ours may be handling."""
    inner: Optional[BaseException] = error
    while isinstance(inner, (OSError, HTTPError, HTTPException, CertificateError)):
        error, inner = inner, inner.__cause__ or inner.__context__
    return error


def _trouble(error: BaseException, root: BaseException, watch: Watch) -> Trouble:
    if isinstance(root, (ssl.SSLCertVerificationError, CertificateError)):
        return Trouble.CERTIFICATE
    if not watch.sent:
        return Trouble.UNREACHABLE
    # two classes before Python 3.10
    timed_out = isinstance(error, requests.Timeout) or isinstance(root, (TimeoutError, socket.timeout))
    return Trouble.SLOW if watch.over or timed_out else Trouble.BROKEN
