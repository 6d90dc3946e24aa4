"""Is a name free? Three answers: free, busy, or an error that says «try later» (decision 16)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bill2bill.errors import Failure
from bill2bill.host import reply
from bill2bill.rules import names
from bill2bill.services.domain import WHOIS_BUSY, WHOIS_FREE
from bill2bill.upstream.api import Availability

if TYPE_CHECKING:
    from bill2bill.commands.world import World

LOG = logging.getLogger("bill2bill")


def run(world: World) -> bytes:
    """The first active connection that knows answers for all (host-protocol 2.6: --module may be absent)."""
    name = names.to_ascii(world.call.param)
    modules = [world.call.module] if world.call.module else world.data.active_modules(world.executable)
    for module in modules:
        try:
            answer = world.provider(world.connection(module)).public.availability(name)
        except Failure as failure:  # one broken connection must not hide the answer of another
            LOG.warning("module %s cannot tell about %s: %s", module, name, failure)
            continue
        if answer is Availability.FREE:
            return reply.whois(WHOIS_FREE)
        if answer is Availability.BUSY:
            return reply.whois(WHOIS_BUSY)
    raise Failure("try_later", value=name)
