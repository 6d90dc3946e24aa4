"""Which contacts a zone needs: known by rule, so it needs neither network nor database."""

from __future__ import annotations

from bill2bill.commands.context import Context
from bill2bill.host import reply
from bill2bill.rules import names


def run(context: Context) -> bytes:
    """upstream-billmanager4 5.4. Nobody is asked for a «customer» contact: it is made from the owner."""
    return reply.contact_types(names.contact_roles(names.to_ascii(context.call.tld)))
