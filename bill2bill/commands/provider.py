"""One connected upstream account: its adapter, and what is remembered of it so that one question serves many commands."""

from __future__ import annotations

import hashlib
import hmac
import json
import math
from contextlib import contextmanager
from dataclasses import asdict
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Dict, Iterator, List, Optional

from bill2bill.config import Connection
from bill2bill.errors import Failure
from bill2bill.journal.memory import Listed
from bill2bill.rules.money import Money
from bill2bill.rules.periods import parse_date
from bill2bill.rules.pricing import DomainTariff, Period, choose_tariff
from bill2bill.rules.statuses import DomainState
from bill2bill.upstream import sniff
from bill2bill.upstream.api import Account, Domain, Upstream
from bill2bill.upstream.billmgr4.adapter import Billmgr4
from bill2bill.upstream.http import Http

if TYPE_CHECKING:
    from bill2bill.commands.world import World

# A form waits for these commands, and the panel ends them after some 30 seconds (host-protocol 9, 25): seconds to connect, for one answer, for all.
FORM_CONNECT, FORM_READ, FORM_BUDGET = 3.0, 6.0, 15.0
REQUEST_WAIT = 600.0  # seconds to wait for a free place at the upstream account; a purchase may take minutes there


class Provider:
    """The upstream of one connection. Public files need no login; `upstream` refuses to work with a login that was refused before."""

    def __init__(self, world: World, connection: Connection) -> None:
        self.world = world
        self.connection = connection

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
        with self.world.locks.request(self._short(self.connection.server + self.connection.url), options.parallel, options.pace, wait):
            yield

    @cached_property
    def url(self) -> str:
        """The API's address: as entered, or found by the server's name and remembered for it."""
        if self.connection.url:
            return sniff.normalise_url(self.connection.url)
        known = self.world.memory.recall("", f"url of {self.connection.server}", float("inf"))
        return known or self.find_url()

    def find_url(self) -> str:
        """Look for a BILLmanager on the server by calls that carry no credentials. Raises not_billmanager or other_dialect."""
        for url in sniff.candidate_urls(self.connection.server):
            try:
                dialect = sniff.recognise(self.http, url)
            except Failure as failure:
                trouble: Optional[Failure] = failure
                continue
            trouble = None
            if dialect == "4":
                self.world.memory.keep("", f"url of {self.connection.server}", url)
                return url
            if dialect is not None:
                raise Failure("other_dialect", url=url)
        if trouble is not None:
            raise trouble
        raise Failure("not_billmanager", url=self.connection.server)

    @cached_property
    def public(self) -> Upstream:
        """The adapter, for what needs no login."""
        return Billmgr4(
            self.http, self.url, self.connection.username, self.connection.password,
            send_contact=self.world.options.send_contact, send_projectns=self.world.options.send_projectns,
        )  # fmt: skip

    @property
    def upstream(self) -> Upstream:
        """The adapter, with the login. Raises account_paused."""
        if self.world.memory.paused(self.account_key, self.settings):
            raise Failure("account_paused")
        return self.public

    # -- names for the account -------------------------------------------------------------------------------------

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
        self.world.memory.pause(self.account_key, self.settings)

    # -- what is asked for -----------------------------------------------------------------------------------------

    def account(self) -> Account:
        """The account that pays: the one whose project, else name, is the configured text (upstream-billmanager4 3.1)."""
        found = self.upstream.accounts()
        return pick_account(found, self.connection.project)

    def domain_tariff(self, zone: str, price_id: Optional[int]) -> DomainTariff:
        """The tariff for a zone: exactly the stored one, else by the rule of upstream-billmanager4 4.2."""
        registrar = self._registrar()
        tariff = choose_tariff(self._tariffs(), zone, registrar, price_id)
        if tariff is None:
            raise Failure("tariff_not_found", value=zone)
        return tariff

    def period(self, tariff: DomainTariff, months: int) -> Period:
        period = tariff.period(months)
        if period is None:
            raise Failure("period_not_found", object=tariff.zone, value=months, found=", ".join(str(one.months) for one in tariff.periods))
        return period

    def _registrar(self) -> Optional[int]:
        if not self.connection.registrar:
            return None
        if not self.connection.registrar.isdigit():
            raise Failure("panel_data", object="registrar", reason=self.connection.registrar)
        return int(self.connection.registrar)

    def refresh_files(self) -> None:
        """Read price and country files now, whatever is kept."""
        self._keep_tariffs()
        self._keep_countries()

    def _tariffs(self) -> List[DomainTariff]:
        kept = self.world.memory.recall(self.account_key, "tariffs", self.world.options.files_fresh)
        if kept is not None:
            return [_tariff(row) for row in json.loads(kept)]
        return self._keep_tariffs()

    def _keep_tariffs(self) -> List[DomainTariff]:
        tariffs = self.public.domain_tariffs()
        self.world.memory.keep(self.account_key, "tariffs", json.dumps([asdict(tariff) for tariff in tariffs], default=str))
        return tariffs

    def countries(self) -> Dict[str, str]:
        kept = self.world.memory.recall(self.account_key, "countries", self.world.options.files_fresh)
        if kept is not None:
            return dict(json.loads(kept))
        return self._keep_countries()

    def _keep_countries(self) -> Dict[str, str]:
        countries = self.public.countries()
        self.world.memory.keep(self.account_key, "countries", json.dumps(countries))
        return countries

    def listed(self, remote: int) -> Optional[Domain]:
        """The domain in the listing of all domains, which is read at most once per freshness window, once for all who wait."""
        fresh = self.world.options.listing_fresh
        if self.world.memory.recall(self.account_key, "listing", fresh) is None:
            with self.world.locks.once(f"listing-{self.account_key}", REQUEST_WAIT):
                if self.world.memory.recall(self.account_key, "listing", fresh) is None:
                    self.list_again()
        return _domain(self.world.memory.listed(self.account_key, remote))

    def listed_name(self, name: str) -> Optional[Domain]:
        """The same by name, from the listing that was read last."""
        return _domain(self.world.memory.listed_name(self.account_key, name))

    def list_again(self) -> None:
        rows = (
            Listed(domain.id, domain.name, domain.state.name, domain.expires.isoformat() if domain.expires else None, domain.tariff)
            for domain in self.upstream.domains()
        )
        self.world.memory.keep_listing(self.account_key, rows)


def pick_account(accounts: List[Account], project: str) -> Account:
    """Raises account_not_found with the names that exist."""
    found = [account for account in accounts if project in (account.project, account.name)] if project else accounts
    if len(found) == 1:
        return found[0]
    by_project = [account for account in found if account.project == project]
    if len(by_project) == 1:
        return by_project[0]
    raise Failure("account_not_found", value=project, found="; ".join(account.project or account.name for account in accounts) or "-")


def check_funds(account: Account, tariff: DomainTariff, period: Period) -> Money:
    """The price, if the account can pay it (upstream-billmanager4 3.4). Accounts of another currency never pay."""
    price = Money(period.price, tariff.currency)
    if account.balance.currency != price.currency:
        raise Failure("account_currency", object=account.project or account.name, value=account.balance.currency, found=price.currency)
    if account.spendable.amount < price.amount:
        raise Failure("low_balance", balance=account.balance, value=price)
    return price


def _domain(row: Optional[Listed]) -> Optional[Domain]:
    return Domain(row.remote, row.name, DomainState[row.state], parse_date(row.expires), row.tariff) if row else None


def _tariff(row: Dict[str, object]) -> DomainTariff:
    periods = row.pop("periods")
    assert isinstance(periods, list)  # noqa: S101 - our own file, written by _tariffs
    made = tuple(Period(int(one["id"]), int(one["months"]), Decimal(one["price"])) for one in periods)
    return DomainTariff(periods=made, **row)  # type: ignore[arg-type]
