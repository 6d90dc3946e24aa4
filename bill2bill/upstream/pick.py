"""Which adapter speaks with a provider: by what is asked of it and by its dialect.

An adapter is imported when it is picked: a command pays only for the one that it uses.
"""

from __future__ import annotations

from typing import Callable, Mapping, NamedTuple, TypeVar

from bill2bill.config import Connection, Options
from bill2bill.errors import Failure
from bill2bill.upstream.api import DomainUpstream, ServiceUpstream
from bill2bill.upstream.http import Http


class Access(NamedTuple):
    """What an adapter is made from. login_refused: called when the upstream does not let us in."""

    http: Http
    url: str
    connection: Connection
    options: Options
    login_refused: Callable[[], None]


def _domains_from_4(access: Access) -> DomainUpstream:
    from bill2bill.upstream.billmgr4.adapter import Billmgr4

    return Billmgr4(
        access.http,
        access.url,
        access.connection.username,
        access.connection.password,
        send_contact=access.options.send_contact,
        send_projectns=access.options.send_projectns,
        login_refused=access.login_refused,
    )


def _services_from_6(access: Access) -> ServiceUpstream:
    from bill2bill.upstream.billmgr6.adapter import Billmgr6

    return Billmgr6(
        access.http,
        access.url,
        access.connection.username,
        access.connection.password,
        generation=access.connection.generation,
        project=access.connection.project,
        login_refused=access.login_refused,
    )


# What is asked, as tables: dialect ("4"; "6" stands for 5 as well) -> factory. The first one is assumed
# where nobody knows better.
DOMAINS: Mapping[str, Callable[[Access], DomainUpstream]] = {"4": _domains_from_4}
SERVICES: Mapping[str, Callable[[Access], ServiceUpstream]] = {"6": _services_from_6}

Adapter = TypeVar("Adapter")


def pick(factories: Mapping[str, Callable[[Access], Adapter]], dialect: str, access: Access) -> Adapter:
    """Raises other_dialect where no adapter asks for this in this dialect."""
    factory = factories.get(dialect)
    if factory is None:
        raise Failure("other_dialect", url=access.url)
    return factory(access)
