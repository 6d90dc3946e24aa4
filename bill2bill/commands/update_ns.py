"""Send the name servers of a domain to the upstream and read them back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Tuple

from bill2bill.commands import link
from bill2bill.commands.open import name_servers_of
from bill2bill.commands.switches import must_be_on
from bill2bill.errors import Failure, NoAnswer
from bill2bill.rules import names
from bill2bill.upstream.api import DomainForm

if TYPE_CHECKING:
    from bill2bill.commands.provider import Provider
    from bill2bill.commands.world import World


def run(world: World) -> None:
    with world.item_locked() as item:
        connection = world.connection(item.module)
        must_be_on(on=connection.send_setparam, what="update_ns")
        known = link.required(world, item)
        name = names.to_ascii(item.name)
        wanted = names.name_servers(name_servers_of(item), name)
        if not wanted:
            raise Failure("ns_bad", reason="ns0, ns1: -")
        provider = world.provider(connection)
        link.read_ours(provider, item, known.id)
        _change(provider, known.id, name, wanted)
        if world.call.operation:
            world.panel.name_servers_changed(item.id)


def _change(provider: Provider, remote: int, name: str, wanted: Tuple[str, ...]) -> None:
    """Read the form, send, read again, compare (upstream-billmanager4 5.8). Sending the same twice does no harm."""
    form = provider.upstream.domain_form(remote)
    if _servers(form, name) == wanted:
        return
    try:
        provider.upstream.change_name_servers(form, wanted)
    except NoAnswer as failure:
        if _servers(provider.upstream.domain_form(remote), name) != wanted:
            raise Failure("upstream_answer", func="domain.edit", reason=failure.code) from failure
        return
    got = _servers(provider.upstream.domain_form(remote), name)
    if got != wanted:
        raise Failure("upstream_answer", func="domain.edit", reason=f"{' '.join(got)} ≠ {' '.join(wanted)}")


def _servers(form: DomainForm, name: str) -> Tuple[str, ...]:
    given = [server for server in form.name_servers if server]
    return names.name_servers(given, name) if len(given) > 1 else tuple(given)
