"""The account at an upstream that sells servers and the like, and what is remembered of it so that one
question serves many commands.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Dict, List, Optional

from bill2bill.commands.provider import REQUEST_WAIT, Provider
from bill2bill.errors import Failure
from bill2bill.rules.periods import parse_date
from bill2bill.rules.pricing import Addon, AddonKind, ServiceTariff
from bill2bill.rules.statuses import ServiceState
from bill2bill.state.cache import ListedService
from bill2bill.upstream.api import Service, ServiceUpstream
from bill2bill.upstream.billmgr6.adapter import Billmgr6


class ServiceProvider(Provider):
    """`upstream` refuses to work with a login that was refused before; `public` is for the person who checks
    the connection.
    """

    dialect = "6"

    @cached_property
    def public(self) -> ServiceUpstream:
        own = self.connection
        return Billmgr6(
            self.http, self.url, own.username, own.password, generation=own.generation, project=own.project
        )

    @property
    def upstream(self) -> ServiceUpstream:
        """Raises account_paused."""
        self.must_not_rest()
        return self.public

    # -- tariffs ---------------------------------------------------------------------------------------------

    def tariff(self, itemtype: str, number: int) -> ServiceTariff:
        """From the catalogue, which is kept for `files_fresh`; one that is not in what was kept may be newer.
        Raises tariff_gone.
        """
        found = self.kept_tariff(itemtype, number) or _numbered(self.read_tariffs(itemtype), number)
        if found is None:
            raise Failure("tariff_gone", value=number)
        return found

    def kept_tariff(self, itemtype: str, number: int) -> Optional[ServiceTariff]:
        """The same without asking the upstream; None if it is not kept."""
        kept = self.world.cache.recall(
            self.account_key, f"tariffs {itemtype}", self.world.options.files_fresh
        )
        return _numbered([_tariff(row) for row in json.loads(kept)], number) if kept is not None else None

    def read_tariffs(self, itemtype: str) -> List[ServiceTariff]:
        tariffs = self.public.service_tariffs(itemtype)
        self.world.cache.keep(
            self.account_key, f"tariffs {itemtype}", json.dumps([_plain_tariff(tariff) for tariff in tariffs])
        )
        return tariffs

    def is_of(self, itemtype: str, service: Service, number: int) -> bool:
        """Is a service sold by this tariff? Where the upstream shows a name only, the catalogue tells what it
        is called. Raises tariff_gone.
        """
        if service.tariff is not None:
            return service.tariff == number
        return self.tariff(itemtype, number).is_called(service.tariff_name)

    # -- services --------------------------------------------------------------------------------------------

    def listed(self, itemtype: str, remote: int) -> Optional[Service]:
        """The service in the listing of its type, which is read at most once per freshness window, once for
        all who wait.
        """
        fresh, mark = self.world.options.listing_fresh, f"listing {itemtype}"
        if self.world.cache.recall(self.account_key, mark, fresh) is None:
            with self.world.locks.once(f"listing-{self.account_key}-{itemtype}", REQUEST_WAIT):
                if self.world.cache.recall(self.account_key, mark, fresh) is None:
                    self.list_again(itemtype)
        row = self.world.cache.service(self.account_key, itemtype, remote)
        return service_of(row) if row else None

    def list_again(self, itemtype: str, *, proof: bool = False) -> List[Service]:
        """All services of a type as they are now, which are kept, too. What is kept may at once be an older
        listing, of a process that was stopped: whoever is to prove something takes these. proof: see
        ServiceUpstream.services.
        """
        services = list(self.upstream.services(itemtype, proof=proof))
        rows = (ListedService(one.id, one.name, one.mark or "", _plain_service(one)) for one in services)
        self.world.cache.keep_services(self.account_key, itemtype, rows)
        return services


def _numbered(tariffs: List[ServiceTariff], number: int) -> Optional[ServiceTariff]:
    return next((tariff for tariff in tariffs if tariff.id == number), None)


# -- our own rows in the file of the journal -----------------------------------------------------------------


def _plain_service(service: Service) -> str:
    expires = service.expires.isoformat() if service.expires else None
    return json.dumps({**asdict(service), "state": service.state.name, "expires": expires})


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
