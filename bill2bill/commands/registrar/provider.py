"""The account at an upstream that sells domains, and what is remembered of it so that one question serves
many commands.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from decimal import Decimal
from functools import cached_property
from typing import Dict, List, Optional

from bill2bill.commands.provider import REQUEST_WAIT, Provider, check_funds, pick_account
from bill2bill.errors import Failure
from bill2bill.rules.money import Money
from bill2bill.rules.periods import parse_date
from bill2bill.rules.pricing import DomainTariff, Period, choose_tariff
from bill2bill.rules.statuses import DomainState
from bill2bill.state.cache import Listed
from bill2bill.upstream.api import Account, Domain, Upstream
from bill2bill.upstream.billmgr4.adapter import Billmgr4


class DomainProvider(Provider):
    """Public files need no login; `upstream` refuses to work with a login that was refused before."""

    dialect = "4"

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
        self.must_not_rest()
        return self.public

    def account(self) -> Account:
        """The account that pays: the one whose project, else name, is the configured text
        (upstream-billmanager4 3.1).
        """
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
            raise Failure(
                "period_not_found",
                object=tariff.zone,
                value=months,
                found=", ".join(str(one.months) for one in tariff.periods),
            )
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
        kept = self.world.cache.recall(self.account_key, "tariffs", self.world.options.files_fresh)
        if kept is not None:
            return [_tariff(row) for row in json.loads(kept)]
        return self._keep_tariffs()

    def _keep_tariffs(self) -> List[DomainTariff]:
        tariffs = self.public.domain_tariffs()
        self.world.cache.keep(
            self.account_key, "tariffs", json.dumps([asdict(tariff) for tariff in tariffs], default=str)
        )
        return tariffs

    def countries(self) -> Dict[str, str]:
        kept = self.world.cache.recall(self.account_key, "countries", self.world.options.files_fresh)
        if kept is not None:
            return dict(json.loads(kept))
        return self._keep_countries()

    def _keep_countries(self) -> Dict[str, str]:
        countries = self.public.countries()
        self.world.cache.keep(self.account_key, "countries", json.dumps(countries))
        return countries

    def listed(self, remote: int) -> Optional[Domain]:
        """The domain in the listing of all domains, which is read at most once per freshness window, once for
        all who wait.
        """
        fresh = self.world.options.listing_fresh
        if self.world.cache.recall(self.account_key, "listing", fresh) is None:
            with self.world.locks.once(f"listing-{self.account_key}", REQUEST_WAIT):
                if self.world.cache.recall(self.account_key, "listing", fresh) is None:
                    self.list_again()
        return _domain(self.world.cache.listed(self.account_key, remote))

    def list_again(self) -> List[Domain]:
        """All domains as they are now, which are kept, too. What is kept may at once be an older listing, of
        a process that was stopped: whoever is to prove something takes these.
        """
        domains = list(self.upstream.domains())
        rows = (
            Listed(
                domain.id,
                domain.name,
                domain.state.name,
                domain.expires.isoformat() if domain.expires else None,
                domain.tariff,
            )
            for domain in domains
        )
        self.world.cache.keep_listing(self.account_key, rows)
        return domains


def affordable(account: Account, tariff: DomainTariff, period: Period) -> Money:
    """The price of a period, if the account can pay it."""
    price = Money(period.price, tariff.currency)
    check_funds(account, price)
    return price


def _domain(row: Optional[Listed]) -> Optional[Domain]:
    return (
        Domain(row.remote, row.name, DomainState[row.state], parse_date(row.expires), row.tariff)
        if row
        else None
    )


def _tariff(row: Dict[str, object]) -> DomainTariff:
    periods = row.pop("periods")
    assert isinstance(periods, list)  # noqa: S101 - our own file, written by _tariffs
    made = tuple(Period(int(one["id"]), int(one["months"]), Decimal(one["price"])) for one in periods)
    return DomainTariff(periods=made, **row)  # type: ignore[arg-type]
