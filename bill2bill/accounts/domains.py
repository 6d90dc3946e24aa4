"""An account that domains are bought from, and what is kept of it: one question serves many commands."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from decimal import Decimal
from typing import Dict, List, Optional

from bill2bill.accounts.account import UpstreamAccount, check_funds, pick_payer
from bill2bill.errors import Failure, Phrase
from bill2bill.rules.money import Money
from bill2bill.rules.periods import parse_date
from bill2bill.rules.pricing import DomainTariff, Period, choose_tariff
from bill2bill.rules.statuses import DomainState
from bill2bill.state.cache import Listed
from bill2bill.upstream.api import Domain, DomainUpstream, PayerAccount
from bill2bill.upstream.pick import DOMAINS


class DomainAccount(UpstreamAccount[DomainUpstream]):
    factories = DOMAINS

    def payer(self) -> PayerAccount:
        """The account that pays (upstream-billmanager4 3.1). Raises account_not_found."""
        self.require_active_login()
        return pick_payer(self.payers(), self.connection.project)

    def payers(self) -> List[PayerAccount]:
        """All accounts of the login. The lowest number among them stands for the customer: version 4 tells
        none of its own, and an account belongs to one customer (upstream-billmanager4 3.1).
        """
        found = self.adapter.accounts()
        self.belongs_to(str(min((one.id for one in found), default="")))
        return found

    def domain_tariff(self, zone: str, price_id: Optional[int]) -> DomainTariff:
        """The tariff for a zone: exactly the stored one, else by the rule of upstream-billmanager4 4.2."""
        registrar = self.connection.registrar
        if registrar and not registrar.isdigit():
            raise Failure("panel_data", object=Phrase("registrar"), reason=registrar)
        tariff = choose_tariff(self._tariffs(), zone, int(registrar) if registrar else None, price_id)
        if tariff is None:
            raise Failure("tariff_not_found", value=zone)
        return tariff

    def period(self, tariff: DomainTariff, months: int) -> Period:
        period = tariff.period(months)
        if period is None:
            found = ", ".join(str(one.months) for one in tariff.periods)
            raise Failure("period_not_found", object=tariff.zone, value=months, found=found)
        return period

    def refresh_files(self) -> None:
        """Read price and country files now, whatever is kept."""
        self._keep_tariffs()
        self._keep_countries()

    def _tariffs(self) -> List[DomainTariff]:
        kept = self.cache.recall(self.account_key, "tariffs", self.options.files_fresh)
        if kept is not None:
            return [_tariff(row) for row in json.loads(kept)]
        return self._keep_tariffs()

    def _keep_tariffs(self) -> List[DomainTariff]:
        tariffs = self.adapter.domain_tariffs()
        rows = json.dumps([asdict(tariff) for tariff in tariffs], default=str)
        self.cache.keep(self.account_key, "tariffs", rows)
        return tariffs

    def countries(self) -> Dict[str, str]:
        kept = self.cache.recall(self.account_key, "countries", self.options.files_fresh)
        if kept is not None:
            return dict(json.loads(kept))
        return self._keep_countries()

    def _keep_countries(self) -> Dict[str, str]:
        countries = self.adapter.countries()
        self.cache.keep(self.account_key, "countries", json.dumps(countries))
        return countries

    def listed(self, remote: int) -> Optional[Domain]:
        """The domain in the kept listing."""
        self.read_when_old("listing", f"listing-{self.account_key}", self.refresh_listing)
        return _domain(self.cache.listed(self.account_key, remote))

    def listing_id(self) -> str:
        """Tells one listing that was kept from the next."""
        return self.cache.recall(self.account_key, "listing", math.inf) or ""

    def refresh_listing(self) -> List[Domain]:
        """All domains as they are now, which are kept, too. What is kept may at once be an older listing, of
        a process that was stopped: whoever is to prove something takes these.
        """
        domains = list(self.upstream.domains())
        self.cache.keep_listing(self.account_key, map(_row, domains))
        return domains


def affordable(payer: PayerAccount, tariff: DomainTariff, period: Period) -> Money:
    """The price of a period, if the account can pay it."""
    price = Money(period.price, tariff.currency)
    check_funds(payer, price)
    return price


def _row(domain: Domain) -> Listed:
    expires = domain.expires.isoformat() if domain.expires else None
    return Listed(domain.id, domain.name, domain.state.name, expires, domain.tariff)


def _domain(row: Optional[Listed]) -> Optional[Domain]:
    if row is None:
        return None
    return Domain(row.remote, row.name, DomainState[row.state], parse_date(row.expires), row.tariff)


def _tariff(row: Dict[str, object]) -> DomainTariff:
    periods = row.pop("periods")
    assert isinstance(periods, list)  # noqa: S101 - our own file, written by _tariffs
    made = tuple(Period(int(one["id"]), int(one["months"]), Decimal(one["price"])) for one in periods)
    return DomainTariff(periods=made, **row)  # type: ignore[arg-type]
