"""One connected upstream account, whatever is bought there: the way to it, its name for our files, and
whether its login rests.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Iterator, List, Optional

from bill2bill.config import Connection
from bill2bill.errors import Failure
from bill2bill.rules.money import Money
from bill2bill.upstream import sniff
from bill2bill.upstream.api import Account
from bill2bill.upstream.http import Http

if TYPE_CHECKING:
    from bill2bill.commands.world import World

# A form waits for these commands, and the panel ends them after some 30 seconds (host-protocol 9, 25):
# seconds to connect, for one answer, for all.
FORM_CONNECT, FORM_READ, FORM_BUDGET = 3.0, 6.0, 15.0
REQUEST_WAIT = (
    600.0  # seconds to wait for a free place at the upstream account; a purchase may take minutes there
)


class Provider:
    """The upstream of one connection. The kinds of module add what they ask for; `dialect` is the version
    that they speak with.
    """

    dialect: ClassVar[str]

    def __init__(self, world: World, connection: Connection) -> None:
        self.world = world
        self.connection = connection
        world.last_provider = self

    @cached_property
    def http(self) -> Http:
        options = self.world.options
        asked = self.world.is_question
        return Http(
            secrets=[self.connection.password],
            ca_file=self.connection.ca_file,
            proxy=options.proxy,
            connect_timeout=min(options.connect_timeout, FORM_CONNECT) if asked else options.connect_timeout,
            read_timeout=min(options.read_timeout, FORM_READ) if asked else options.read_timeout,
            budget=FORM_BUDGET if asked else math.inf,
            spend_timeout=options.spend_timeout,
            answer_limit=options.answer_limit,
            gate=self._gate,
        )

    @contextmanager
    def _gate(self) -> Iterator[None]:
        options = self.world.options
        wait = FORM_BUDGET if self.world.is_question else REQUEST_WAIT
        with self.world.locks.request(
            self._short(self.connection.server + self.connection.url), options.parallel, options.pace, wait
        ):
            yield

    @cached_property
    def url(self) -> str:
        """The API's address: as entered, or found by the server's name and remembered for it."""
        if self.connection.url:
            return sniff.normalise_url(self.connection.url)
        known = self.world.cache.recall("", f"url of {self.connection.server}", float("inf"))
        return known or self.find_url()

    def find_url(self) -> str:
        """Look for a BILLmanager on the server by calls that carry no credentials. Raises not_billmanager or
        other_dialect.
        """
        for url in sniff.candidate_urls(self.connection.server):
            try:
                dialect = sniff.recognise(self.http, url)
            except Failure as failure:
                trouble: Optional[Failure] = failure
                continue
            trouble = None
            if dialect == self.dialect:
                self.world.cache.keep("", f"url of {self.connection.server}", url)
                return url
            if dialect is not None:
                raise Failure("other_dialect", url=url)
        if trouble is not None:
            raise trouble
        raise Failure("not_billmanager", url=self.connection.server)

    # -- names for the account -------------------------------------------------------------------------------

    @staticmethod
    def _short(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @cached_property
    def account_key(self) -> str:
        """A short name of this login for files and tables."""
        return self._short(f"{self.url}\n{self.connection.username}")

    @cached_property
    def settings(self) -> str:
        """A digest that changes when the login's settings change."""
        text = json.dumps([self.url, self.connection.username, self.connection.password])
        return hmac.new(self.world.key, text.encode(), hashlib.sha256).hexdigest()

    def login_refused(self) -> None:
        self.world.cache.pause(self.account_key, self.settings)

    def must_not_rest(self) -> None:
        """Raises account_paused: a login that was refused before is not sent again until its
        settings change.
        """
        if self.world.cache.paused(self.account_key, self.settings):
            raise Failure("account_paused")

    def speaks_our_dialect(self) -> None:
        """For the check of a connection. Raises not_billmanager or other_dialect; asks without
        credentials.
        """
        if not self.connection.url:
            self.find_url()
            return
        if self.connection.dialect != "auto":
            return  # a person says so; the envelope of the first answer still tells another version
        dialect = sniff.recognise(self.http, self.url)
        if dialect is None:
            raise Failure("not_billmanager", url=self.url)
        if dialect != self.dialect:
            raise Failure("other_dialect", url=self.url)


def check_funds(account: Account, price: Money) -> None:
    """Can the account pay? Accounts of another currency never pay (upstream-billmanager4 3.4)."""
    if account.balance.currency != price.currency:
        raise Failure(
            "account_currency",
            object=account.project or account.name,
            value=account.balance.currency,
            found=price.currency,
        )
    if account.spendable.amount < price.amount:
        raise Failure("low_balance", balance=account.balance, value=price)


def pick_account(accounts: List[Account], project: str) -> Account:
    """Raises account_not_found with the names that exist."""
    found = (
        [account for account in accounts if project in (account.project, account.name)]
        if project
        else accounts
    )
    if len(found) == 1:
        return found[0]
    by_project = [account for account in found if account.project == project]
    if len(by_project) == 1:
        return by_project[0]
    raise Failure(
        "account_not_found",
        value=project,
        found="; ".join(account.project or account.name for account in accounts) or "-",
    )
