"""Which adapter speaks with a provider: by what is asked of it and by its dialect.

It is imported when it is picked: a command pays only for the one that it uses.
"""

from __future__ import annotations

from typing import Callable, Mapping, NamedTuple, Type, TypeVar

from bill2bill.config import Connection, Options
from bill2bill.errors import Failure
from bill2bill.upstream.api import DomainUpstream, ServiceUpstream
from bill2bill.upstream.asking import BaseClient
from bill2bill.upstream.http import Http

AnyClient = TypeVar("AnyClient", bound=BaseClient)


class Access(NamedTuple):
    """What an adapter is made from. login_refused: see BaseClient."""

    http: Http
    url: str
    connection: Connection
    options: Options
    login_refused: Callable[[], None]

    def client(self, kind: Type[AnyClient]) -> AnyClient:
        login = self.connection
        return kind(self.http, self.url, login.username, login.password, self.login_refused)


def _domains_from_4(access: Access) -> DomainUpstream:
    from bill2bill.upstream.billmgr4.adapter import Billmgr4
    from bill2bill.upstream.billmgr4.client import Client

    contact, projectns = access.options.send_contact, access.options.send_projectns
    return Billmgr4(access.client(Client), send_contact=contact, send_projectns=projectns)


def _services_from_6(access: Access) -> ServiceUpstream:
    from bill2bill.upstream.billmgr6.adapter import Billmgr6
    from bill2bill.upstream.billmgr6.client import Client

    generation, project = access.connection.generation, access.connection.project
    return Billmgr6(access.client(Client), generation=generation, project=project)


# Dialect ("4"; "6" stands for 5 as well) -> factory. The first one is assumed where nobody knows better.
DOMAINS: Mapping[str, Callable[[Access], DomainUpstream]] = {"4": _domains_from_4}
SERVICES: Mapping[str, Callable[[Access], ServiceUpstream]] = {"6": _services_from_6}

Adapter = TypeVar("Adapter")


def pick(factories: Mapping[str, Callable[[Access], Adapter]], dialect: str, access: Access) -> Adapter:
    """Raises other_dialect where no adapter asks for this in this dialect."""
    factory = factories.get(dialect)
    if factory is None:
        raise Failure("other_dialect", url=access.url)
    return factory(access)
