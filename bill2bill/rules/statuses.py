"""States of a domain. The versions number two of them the other way round, so numbers stay in this file."""

from __future__ import annotations

from enum import Enum

from bill2bill.rules.words import UnknownWord


class DomainState(Enum):
    UNPAID = "unpaid"
    DELEGATED = "delegated"
    UNDELEGATED = "undelegated"  # registered, without name servers
    REMOVED = "removed"
    REGISTERING = "registering"
    RENEWING = "renewing"
    TRANSFERRING = "transferring"


# upstream-billmanager4 5.12: the vendor's numbers of version 4
DOMAIN_STATES_4 = {
    "1": DomainState.UNPAID,
    "2": DomainState.DELEGATED,
    "3": DomainState.UNDELEGATED,
    "4": DomainState.REMOVED,
    "5": DomainState.REGISTERING,
    "6": DomainState.RENEWING,
    "7": DomainState.TRANSFERRING,
}

# host-protocol 6.5: item parameter `service_status` of a BILLmanager 5/6; 6 and 7 have changed places
PANEL_STATUSES = {
    DomainState.UNPAID: 1,
    DomainState.DELEGATED: 2,
    DomainState.UNDELEGATED: 3,
    DomainState.REMOVED: 4,
    DomainState.REGISTERING: 5,
    DomainState.TRANSFERRING: 6,
    DomainState.RENEWING: 7,
}


def domain_state_4(word: str) -> DomainState:
    """The state behind a `domainstatus` of version 4. Raises UnknownWord on anything else, "" and "0" included."""
    try:
        return DOMAIN_STATES_4[word]
    except KeyError:
        raise UnknownWord("domainstatus", word) from None


def panel_service_status(state: DomainState) -> int:
    """The number that the host (BILLmanager 5/6) keeps as `service_status`."""
    return PANEL_STATUSES[state]


def registered(state: DomainState) -> bool:
    """Is the name registered and at rest, so that its dates can be read?"""
    return state in (DomainState.DELEGATED, DomainState.UNDELEGATED)


def underway(state: DomainState) -> bool:
    """Is a registration, renewal or transfer being carried out, so that dates are not to be believed yet?"""
    return state in (DomainState.REGISTERING, DomainState.RENEWING, DomainState.TRANSFERRING)
