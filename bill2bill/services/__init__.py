"""One file per type of service that we sell: data more than code."""

from __future__ import annotations

ACTIVE, DELETED = 2, 4  # item.status (host-protocol 6.5)

LINK = "bill2bill"  # the item parameter that says what a purchase gave: id=…;price=…;period=…
