"""An account that servers are bought from, and what is kept of it: one question serves many commands."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any, Dict, List, Optional

from bill2bill.accounts.account import UpstreamAccount
from bill2bill.errors import Failure
from bill2bill.rules.periods import parse_date
from bill2bill.rules.pricing import Addon, AddonKind, ServiceTariff
from bill2bill.rules.statuses import ServiceState
from bill2bill.state.cache import ListedService
from bill2bill.upstream.api import Identity, Service, ServiceUpstream
from bill2bill.upstream.pick import SERVICES


class ServiceAccount(UpstreamAccount[ServiceUpstream]):
    factories = SERVICES

    def identity(self) -> Identity:
        """Who is logged in, and what the customer may spend."""
        self.require_active_login()
        return self.try_identity()

    def try_identity(self) -> Identity:
        """The same for a person who tries a login."""
        found = self.adapter.identity()
        self.belongs_to(found.customer)
        return found

    # -- tariffs ---------------------------------------------------------------------------------------------

    def tariff(self, itemtype: str, number: int) -> ServiceTariff:
        """From the catalogue, which is kept for `files_fresh`; one that is not in what was kept may be newer.
        Raises tariff_gone.
        """
        found = self.cached_tariff(itemtype, number) or _numbered(self.refresh_tariffs(itemtype), number)
        if found is None:
            raise Failure("tariff_gone", value=number)
        return found

    def cached_tariff(self, itemtype: str, number: int) -> Optional[ServiceTariff]:
        """The same without asking the upstream; None if it is not kept."""
        kept = self.cache.recall(self.account_key, f"tariffs {itemtype}", self.options.files_fresh)
        return _numbered([_tariff(row) for row in json.loads(kept)], number) if kept is not None else None

    def refresh_tariffs(self, itemtype: str) -> List[ServiceTariff]:
        tariffs = self.adapter.service_tariffs(itemtype)
        rows = json.dumps([_plain_tariff(tariff) for tariff in tariffs], default=str)
        self.cache.keep(self.account_key, f"tariffs {itemtype}", rows)
        return tariffs

    def has_tariff(self, itemtype: str, service: Service, number: int) -> bool:
        """Where the upstream shows a name only, the catalogue tells whose it is. Raises tariff_gone."""
        if service.tariff is not None:
            return service.tariff == number
        return self.tariff(itemtype, number).is_called(service.tariff_name)

    # -- services --------------------------------------------------------------------------------------------

    def listed(self, itemtype: str, remote: int) -> Optional[Service]:
        """The service in the kept listing of its type."""
        lock = f"listing-{self.account_key}-{itemtype}"
        self.read_when_old(f"listing {itemtype}", lock, lambda: self.refresh_listing(itemtype))
        row = self.cache.service(self.account_key, itemtype, remote)
        return service_of(row) if row else None

    def listing_id(self, itemtype: str) -> str:
        """Tells one listing that was kept from the next."""
        return self.cache.recall(self.account_key, f"listing {itemtype}", math.inf) or ""

    def refresh_listing(self, itemtype: str, *, proof: bool = False) -> List[Service]:
        """All services of a type as they are now, which are kept, too. What is kept may at once be an older
        listing, of a process that was stopped: whoever is to prove something takes these. proof: see
        ServiceUpstream.services.
        """
        return self._keep(itemtype, list(self.upstream.services(itemtype, proof=proof)))

    def _keep(self, itemtype: str, services: List[Service]) -> List[Service]:
        self.cache.keep_services(self.account_key, itemtype, map(_row, services))
        return services

    def listing_before_order(self, itemtype: str) -> List[Service]:
        """All services of a type, where no request of an order has left yet: the kept listing and what is
        newer, if both together are as many as the upstream counts; else the whole list. What was closed or
        changed since shows its old state.
        """
        newest = self.upstream.newest_services(itemtype)
        if newest is None:
            return self.refresh_listing(itemtype)
        if newest.total == len(newest.services):
            return self._keep(itemtype, list(newest.services))
        kept = self._kept_listing(itemtype)
        new = [service for service in newest.services if service.id not in kept]
        if not kept or len(new) == len(newest.services) or any(service.id < max(kept) for service in new):
            return self.refresh_listing(itemtype)
        if len(kept) + len(new) != newest.total:  # something has gone, or is not shown
            return self.refresh_listing(itemtype)
        return list({**kept, **{service.id: service for service in newest.services}}.values())

    def _kept_listing(self, itemtype: str) -> Dict[int, Service]:
        """By id; {} if none was kept for `files_fresh`."""
        if self.cache.recall(self.account_key, f"listing {itemtype}", self.options.files_fresh) is None:
            return {}
        return {row.remote: service_of(row) for row in self.cache.services(self.account_key, itemtype)}


def _numbered(tariffs: List[ServiceTariff], number: int) -> Optional[ServiceTariff]:
    return next((tariff for tariff in tariffs if tariff.id == number), None)


# -- our own rows in the file of the journal -----------------------------------------------------------------


def _row(service: Service) -> ListedService:
    expires = service.expires.isoformat() if service.expires else None
    body = json.dumps({**asdict(service), "state": service.state.name, "expires": expires})
    return ListedService(service.id, service.name, service.mark or "", body)


def service_of(row: ListedService) -> Service:
    """The service that a row of the last listing stands for."""
    found: Dict[str, Any] = json.loads(row.body)
    return Service(
        **{**found, "state": ServiceState[found["state"]], "expires": parse_date(found["expires"])}
    )


def _plain_tariff(tariff: ServiceTariff) -> Dict[str, object]:
    """What JSON has no words for is told in its own: pairs that are keys, and the kind of an add-on."""
    addons = []
    for addon in tariff.addons:
        choices = [[choice, months, price] for (choice, months), price in addon.choice_prices.items()]
        plain = asdict(replace(addon, choice_prices={}))
        addons.append({**plain, "kind": addon.kind.name, "choice_prices": choices})
    return {**asdict(replace(tariff, addons=())), "addons": addons}


def _tariff(row: Dict[str, Any]) -> ServiceTariff:
    prices = {int(months): Decimal(price) for months, price in row["prices"].items()}
    tuples = {name: tuple(row[name]) for name in ("datacenters", "other_names")}
    return ServiceTariff(
        **{**row, **tuples, "prices": prices, "addons": tuple(_addon(one) for one in row["addons"])}
    )


def _addon(row: Dict[str, Any]) -> Addon:
    prices = {int(months): Decimal(price) for months, price in row["prices"].items()}
    choice_prices = {(choice, months): Decimal(price) for choice, months, price in row["choice_prices"]}
    kind, choices = AddonKind[row["kind"]], tuple((number, name) for number, name in row["choices"])
    own = {"kind": kind, "choices": choices, "prices": prices, "choice_prices": choice_prices}
    return Addon(**{**row, **own})
