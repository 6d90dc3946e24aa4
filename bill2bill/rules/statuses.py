"""States of domains and services. Versions number two of them the other way round: numbers stay here."""

from __future__ import annotations

from enum import Enum
from typing import Tuple

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
    """The state behind version 4's `domainstatus`. Raises UnknownWord on anything else, also "" and "0"."""
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


class ServiceState(Enum):
    UNPAID = "unpaid"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"
    WORKING = "working"  # an operation is being carried out
    UNKNOWN = "unknown"  # of a row in a list: it is there, in a state that no reference knows


# upstream-billmanager6 6.2 [C]
SERVICE_STATES = {
    "1": ServiceState.UNPAID,
    "2": ServiceState.ACTIVE,
    "3": ServiceState.SUSPENDED,
    "4": ServiceState.DELETED,
    "5": ServiceState.WORKING,
}

# upstream-billmanager6 6.2 [I]: suspended by the provider for its own reasons; we never lift that
NOT_OURS_TO_LIFT = frozenset(["employeesuspend", "abusesuspend"])

# upstream-billmanager6 5.3, 6.2, 9.2: paid, but a person at the provider has to do something
STUCK = frozenset(["need_configure", "nosuitable"])


def service_state(word: str) -> Tuple[ServiceState, str]:
    """State and substate of a status such as "2", "5_open", "3_employeesuspend", "service_nosuitable" (6.2:
    the number before the first "_").

    Raises UnknownWord on anything else: the words of people ("Active") depend on the language.
    """
    if word == "service_nosuitable":
        return ServiceState.WORKING, "nosuitable"
    number, _, substate = word.strip().partition("_")
    try:
        return SERVICE_STATES[number], substate
    except KeyError:
        raise UnknownWord("item_status", word) from None
