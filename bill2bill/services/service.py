"""What differs between the types of service that the processing module sells."""

from __future__ import annotations

from typing import NamedTuple, Tuple

EXECUTABLE = "pmbill2bill"


class ServiceType(NamedTuple):
    """One type of service.

    itemtype     its internal name on the panel and at the upstream (host-protocol 0.3, upstream-billmanager6
                 4.1)
    fields       item parameters that go with an order where the upstream's form has a choice for them
                 (upstream-billmanager6 5.11)
    has_address  it is ready only when the upstream shows its IP address (upstream-billmanager6 12)
    """

    itemtype: str
    fields: Tuple[str, ...]
    has_address: bool
