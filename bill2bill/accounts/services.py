"""An account that servers and the like are bought from, and what is kept of it: one question serves many
commands.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Dict, List, Optional

from bill2bill.accounts.account import REQUEST_WAIT, UpstreamAccount
from bill2bill.errors import Failure
from bill2bill.rules.periods import parse_date
from bill2bill.rules.pricing import Addon, AddonKind, ServiceTariff
from bill2bill.rules.statuses import ServiceState
from bill2bill.state.cache import ListedService
from bill2bill.upstream.api import Identity, Service, ServiceUpstream
from bill2bill.upstream.pick import SERVICES, pick


class ServiceAccount(UpstreamAccount):
    factories = SERVICES

    @cached_property
    def adapter(self) -> ServiceUpstream:
        """For a person who tries a login."""
        return pick(SERVICES, self.dialect, self._access)

    @property
    def upstream(self) -> ServiceUpstream:
        """The adapter, with a login that was not refused. Raises account_paused."""
        self.require_active_login()
        return self.adapter

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
        self.cache.keep(
            self.account_key, f"tariffs {itemtype}", json.dumps([_plain_tariff(tariff) for tariff in tariffs])
        )
        return tariffs

    def has_tariff(self, itemtype: str, service: Service, number: int) -> bool:
        """Is a service sold by this tariff? Where the upstream shows a name only, the catalogue tells what it
        is called. Raises tariff_gone.
        """
        if service.tariff is not None:
            return service.tariff == number
        return self.tariff(itemtype, number).is_called(service.tariff_name)

    # -- services --------------------------------------------------------------------------------------------

    def listed(self, itemtype: str, remote: int) -> Optional[Service]:
        """The service in the kept listing of its type, which is read at most once per freshness window, once
        for all who wait.
        """
        fresh, what = self.options.listing_fresh, f"listing {itemtype}"
        if self.cache.recall(self.account_key, what, fresh) is None:
            with self.locks.once(f"listing-{self.account_key}-{itemtype}", REQUEST_WAIT):
                if self.cache.recall(self.account_key, what, fresh) is None:
                    self.refresh_listing(itemtype)
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
    addons = [
        {
            **asdict(replace(addon, prices={}, choice_prices={})),
            "kind": addon.kind.name,
            **_plain_prices(addon),
        }
        for addon in tariff.addons
    ]
    prices = {str(months): str(price) for months, price in tariff.prices.items()}
    return {**asdict(replace(tariff, addons=(), prices={})), "prices": prices, "addons": addons}


def _plain_prices(addon: Addon) -> Dict[str, object]:
    return {
        "prices": {str(months): str(price) for months, price in addon.prices.items()},
        "choice_prices": [
            [choice, months, str(price)] for (choice, months), price in addon.choice_prices.items()
        ],
    }


def _tariff(row: Dict[str, Any]) -> ServiceTariff:
    prices = {int(months): Decimal(price) for months, price in row["prices"].items()}
    tuples = {name: tuple(row[name]) for name in ("datacenters", "other_names")}
    return ServiceTariff(
        **{**row, **tuples, "prices": prices, "addons": tuple(_addon(one) for one in row["addons"])}
    )


def _addon(row: Dict[str, Any]) -> Addon:
    prices = {int(months): Decimal(price) for months, price in row["prices"].items()}
    choice_prices = {(choice, months): Decimal(price) for choice, months, price in row["choice_prices"]}
    choices = tuple((number, name) for number, name in row["choices"])
    return Addon(
        **{
            **row,
            "kind": AddonKind[row["kind"]],
            "choices": choices,
            "prices": prices,
            "choice_prices": choice_prices,
        }
    )
