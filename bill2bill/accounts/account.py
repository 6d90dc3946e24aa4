"""One connected upstream account, whatever is bought there: the way to it, its login, who pays."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import math
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Callable, ClassVar, Generic, Iterator, List, Mapping, Optional
from urllib.parse import urlsplit

from bill2bill.config import Connection, Options
from bill2bill.errors import Failure
from bill2bill.rules.money import Money
from bill2bill.state.cache import Cache
from bill2bill.state.locks import Locks
from bill2bill.upstream import sniff
from bill2bill.upstream.api import PayerAccount
from bill2bill.upstream.http import Http
from bill2bill.upstream.pick import Access, Adapter, pick

LOG = logging.getLogger("bill2bill")

# A form waits for these commands, and the panel ends them after some 30 seconds (host-protocol 9, 25):
# seconds to connect, for one answer, for all.
FORM_CONNECT, FORM_READ, FORM_BUDGET = 3.0, 6.0, 15.0
# Seconds to wait for a free place at the upstream account; a purchase may take minutes there.
REQUEST_WAIT = 600.0


@dataclass(eq=False, repr=False)  # a connection holds a password
class UpstreamAccount(Generic[Adapter]):
    """What one connection leads to. A subclass says what is asked of it: its table of upstream.pick.

    open_cache, read_key  for when they are needed: most questions need neither our file nor the
                          installation's key
    identified(login, installation, customer)  keeps whose login it is, when the provider tells it
    form_waits  somebody waits in front of a form: time is short
    """

    factories: ClassVar[Mapping[str, Callable[[Access], Any]]]

    connection: Connection
    options: Options
    locks: Locks
    open_cache: Callable[[], Cache]
    read_key: Callable[[], bytes]
    identified: Callable[[str, str, str], None]
    form_waits: bool

    @cached_property
    def cache(self) -> Cache:
        return self.open_cache()

    # -- the way to it ---------------------------------------------------------------------------------------

    @cached_property
    def http(self) -> Http:
        options = self.options
        return Http(
            secrets=[self.connection.password],
            ca_file=self.connection.ca_file,
            proxy=options.proxy,
            connect_timeout=self._at_most(options.connect_timeout, FORM_CONNECT),
            read_timeout=self._at_most(options.read_timeout, FORM_READ),
            budget=FORM_BUDGET if self.form_waits else math.inf,
            spend_timeout=options.spend_timeout,
            answer_limit=options.answer_limit,
            gate=self._gate,
        )

    def _at_most(self, seconds: float, of_a_form: float) -> float:
        return min(seconds, of_a_form) if self.form_waits else seconds

    @contextmanager
    def _gate(self) -> Iterator[None]:
        """Pace and parallelism count per provider, whatever login is used there."""
        place = _short_digest(self.connection.server + self.connection.url)
        wait = FORM_BUDGET if self.form_waits else REQUEST_WAIT
        with self.locks.request(place, self.options.parallel, self.options.pace, wait):
            yield

    @cached_property
    def url(self) -> str:
        """The API's address: as entered, or discovered by the server's name and remembered for it."""
        if self.connection.url:
            return sniff.normalise_url(self.connection.url)
        known = self.cache.recall("", f"url of {self.connection.server}", math.inf)
        return known or self.discover_url()

    def discover_url(self) -> str:
        """Look for a BILLmanager on the server by calls that carry no credentials.

        Raises not_billmanager, other_dialect, or what kept the last address from answering.
        """
        trouble: Optional[Failure] = None
        for url in sniff.candidate_urls(self.connection.server):
            try:
                dialect = sniff.recognise(self.http, url)
            except Failure as failure:
                trouble = failure
                continue
            trouble = None
            if dialect is not None:
                self._accepted_dialect(url, dialect)
                self.cache.keep("", f"url of {self.connection.server}", url)
                return url
        raise trouble or Failure("not_billmanager", url=self.connection.server)

    @property
    def dialect(self) -> str:
        """As configured, else as recognised. Where only one is possible nobody is asked: the envelope of the
        first answer tells another version.
        """
        if self.connection.dialect != "auto":
            return self.connection.dialect
        if len(self.factories) == 1:
            return next(iter(self.factories))
        return self.cache.recall("", f"dialect of {self.url}", math.inf) or self._recognise()

    def check_dialect(self) -> None:
        """To check a connection: asks without credentials. Raises not_billmanager or other_dialect."""
        if not self.connection.url:
            self.discover_url()
        elif self.connection.dialect == "auto":  # else a person says so
            self._recognise()

    def _recognise(self) -> str:
        dialect = sniff.recognise(self.http, self.url)
        if dialect is None:
            raise Failure("not_billmanager", url=self.url)
        return self._accepted_dialect(self.url, dialect)

    def _accepted_dialect(self, url: str, dialect: str) -> str:
        """Remembers it for this address. Raises other_dialect for one that no adapter speaks."""
        if dialect not in self.factories:
            raise Failure("other_dialect", url=url)
        self.cache.keep("", f"dialect of {url}", dialect)
        return dialect

    @cached_property
    def adapter(self) -> Adapter:
        """For what needs no login, and for a person who tries one."""
        access = Access(self.http, self.url, self.connection, self.options, self._login_refused)
        adapter: Adapter = pick(self.factories, self.dialect, access)
        return adapter

    @property
    def upstream(self) -> Adapter:
        """The adapter, with a login that was not refused. Raises account_paused."""
        self.require_active_login()
        return self.adapter

    # -- the login -------------------------------------------------------------------------------------------

    @cached_property
    def account_key(self) -> str:
        """A short name of this login for files and tables."""
        return _short_digest(f"{self.url}\n{self.connection.username}")

    @cached_property
    def _settings_digest(self) -> str:
        """Changes when the settings of the login change."""
        text = json.dumps([self.url, self.connection.username, self.connection.password])
        return hmac.new(self.read_key(), text.encode(), hashlib.sha256).hexdigest()

    def require_active_login(self) -> None:
        """Raises account_paused: a login that was refused is not sent again until its settings change."""
        if self.cache.paused(self.account_key, self._settings_digest):
            raise Failure("account_paused")

    def _login_refused(self) -> None:
        """Nothing more is sent, or the upstream may close the account to us (upstream-billmanager4 1.4)."""
        try:
            self.cache.pause(self.account_key, self._settings_digest)
            LOG.warning("requests with this login are paused until its settings change")
        except Failure as failure:  # must not hide the refusal itself
            LOG.error("the login could not be paused: %s", failure)

    def belongs_to(self, customer: str) -> None:
        """The provider has told whose login this is. customer: its number there, "" if it is not told."""
        # a host may run both versions, whose customers have numbers of their own
        installation = f"{self.dialect} {urlsplit(self.url).hostname or self.url}"
        self.identified(self.account_key, installation, customer)

    def login_accepted(self) -> None:
        """A person has tried a paused login, and it works."""
        self.cache.unpause(self.account_key)

    # -- its listings ----------------------------------------------------------------------------------------

    def read_when_old(self, listing: str, lock: str, refresh: Callable[[], object]) -> None:
        """Read a listing at most once per freshness window, once for all who wait."""
        fresh = self.options.listing_fresh
        if self.cache.recall(self.account_key, listing, fresh) is None:
            with self.locks.once(lock, REQUEST_WAIT):
                if self.cache.recall(self.account_key, listing, fresh) is None:
                    refresh()


def _short_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def check_funds(payer: PayerAccount, price: Money) -> None:
    """Can the account pay? Accounts of another currency never pay (upstream-billmanager4 3.4)."""
    if payer.balance.currency != price.currency:
        held, name = payer.balance.currency, payer.project or payer.name
        raise Failure("account_currency", object=name, value=held, found=price.currency)
    if payer.spendable.amount < price.amount:
        raise Failure("low_balance", balance=payer.balance, value=price)


def pick_payer(payers: List[PayerAccount], project: str) -> PayerAccount:
    """The one whose project, else name, is `project`; without that the only one. Raises account_not_found."""
    found = [one for one in payers if not project or project in (one.project, one.name)]
    if len(found) == 1:
        return found[0]
    by_project = [one for one in found if one.project == project]
    if len(by_project) == 1:
        return by_project[0]
    names = "; ".join(one.project or one.name for one in payers)
    raise Failure("account_not_found", value=project, found=names or "-")
