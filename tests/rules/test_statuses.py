import pytest

from bill2bill.rules.statuses import (
    DomainState,
    ServiceState,
    domain_state_4,
    panel_service_status,
    registered,
    service_state,
    underway,
)
from bill2bill.rules.words import UnknownWord

# code of version 4, state, service_status of the panel, registered, underway
TABLE = [
    ("1", DomainState.UNPAID, 1, False, False),
    ("2", DomainState.DELEGATED, 2, True, False),
    ("3", DomainState.UNDELEGATED, 3, True, False),
    ("4", DomainState.REMOVED, 4, False, False),
    ("5", DomainState.REGISTERING, 5, False, True),
    ("6", DomainState.RENEWING, 7, False, True),
    ("7", DomainState.TRANSFERRING, 6, False, True),
]


@pytest.mark.parametrize(("word", "state", "panel", "at_rest", "moving"), TABLE)
def test_a_status_of_version_4_reaches_the_panel_with_6_and_7_swapped(word, state, panel, at_rest, moving):
    assert domain_state_4(word) is state
    assert panel_service_status(state) == panel
    assert (registered(state), underway(state)) == (at_rest, moving)


def test_no_state_is_left_out():
    assert {row[1] for row in TABLE} == set(DomainState)


@pytest.mark.parametrize("word", ["", "0", "8", "2 ", "02", "on", "active", "²"])
def test_an_unknown_status_is_never_guessed(word):
    with pytest.raises(UnknownWord) as caught:
        domain_state_4(word)
    assert (caught.value.kind, caught.value.word) == ("domainstatus", word)


def test_a_foreign_word_is_shown_in_one_short_printable_line():
    assert str(UnknownWord("status", "a\x00b\nc" + "x" * 500)) == "status: a?b?c" + "x" * 74 + "…"


@pytest.mark.parametrize(
    ("word", "state", "substate"),
    [
        ("2", ServiceState.ACTIVE, ""), ("5_open", ServiceState.WORKING, "open"),
        ("3_employeesuspend", ServiceState.SUSPENDED, "employeesuspend"),
        ("1", ServiceState.UNPAID, ""), ("4", ServiceState.DELETED, ""),
        ("5_need_configure", ServiceState.WORKING, "need_configure"),
        ("service_nosuitable", ServiceState.WORKING, "nosuitable"), ("2_stop", ServiceState.ACTIVE, "stop"),
    ],
)  # fmt: skip
def test_the_number_before_the_first_underscore_is_the_state_of_a_service(word, state, substate):
    assert service_state(word) == (state, substate)


@pytest.mark.parametrize("word", ["", "Active", "6", "0", "22", "_2", "-1", "2 3", "٢", "service_other"])
def test_an_unknown_state_of_a_service_is_no_state(word):
    with pytest.raises(UnknownWord):
        service_state(word)
