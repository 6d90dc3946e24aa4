"""Add-ons: matched by name, within what is sold, compared as values, priced by the catalogue."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bill2bill import messages
from bill2bill.errors import Failure
from bill2bill.rules.addons import check_form, least_cost, same, values_for
from bill2bill.rules.money import Money
from bill2bill.rules.pricing import Addon, AddonKind, ServiceTariff

CPU = Addon(
    101,
    "ncpu",
    AddonKind.INTEGER,
    least=1,
    most=8,
    step=1,
    included=2,
    prices={1: Decimal("2.00"), 12: Decimal("24.00")},
)
DISK = Addon(
    104, "disk", AddonKind.INTEGER, least=10, most=100, step=10, included=10, prices={1: Decimal("0.10")}
)
PANEL = Addon(
    102, "control_panel", AddonKind.CHOICE, choices=((901, "Without"), (902, "ispmanager lite")),
    choice_prices={(902, 1): Decimal("5.00")}
)  # fmt: skip
BACKUP = Addon(103, "backup", AddonKind.BOOLEAN, prices={1: Decimal("3.00")})
KVM = ServiceTariff(
    277, "KVM-2", "EUR", {1: Decimal("9.00"), 12: Decimal("97.20")}, (CPU, PANEL, BACKUP, DISK)
)


def refused(**wanted):
    with pytest.raises(Failure) as caught:
        values_for(KVM, wanted, ())
    assert caught.value.code == "addon_bad"
    return messages.params(caught.value, "en")


def test_what_was_ordered_is_sent_under_the_providers_numbers():
    assert values_for(KVM, {"ncpu": "4", "control_panel": "902", "backup": "on"}, ()) == {
        101: "4",
        102: "902",
        103: "on",
    }


def test_a_choice_is_known_by_its_name_too():
    assert values_for(KVM, {"control_panel": "ISPmanager LITE"}, ()) == {102: "902"}


def test_a_choice_that_may_be_meant_by_number_or_by_name_is_refused():
    addresses = Addon(
        105, "ip", AddonKind.CHOICE, choices=((2, "1"), (1, "2"), (3, "4"), (4, "eight"), (5, "EIGHT"))
    )
    tariff = replace(KVM, addons=(addresses,))
    for value in ("2", "1", "4", "eight"):
        with pytest.raises(Failure, match="addon_bad"):
            values_for(tariff, {"ip": value}, ())
    assert values_for(tariff, {"ip": "3"}, ()) == {105: "3"}


@pytest.mark.parametrize("nothing", ["", "0", "off"])
def test_what_was_not_ordered_need_not_exist(nothing):
    assert values_for(KVM, {"help": nothing}, ()) == {}


def test_what_the_reseller_provides_himself_is_not_looked_for():
    assert values_for(KVM, {"help": "on", "ncpu": "3"}, ["help"]) == {101: "3"}
    assert values_for(KVM, {"ncpu": "99"}, ["ncpu"]) == {}


def test_what_the_provider_does_not_have_is_refused_with_what_it_has():
    assert "ncpu" in refused(help="on")["reason"]


@pytest.mark.parametrize("value", ["0", "9", "-1", "2.5", "two", "", "²", "1" * 40, "4; rm"])
def test_amounts_outside_the_range_are_refused(value):
    if value in ("", "0"):
        with pytest.raises(Failure):
            values_for(KVM, {"ncpu": value}, ())
    else:
        assert refused(ncpu=value)["object"] == "ncpu"


@given(st.integers(-50, 200))
def test_an_amount_is_sold_exactly_in_its_steps(amount):
    sold = amount in range(10, 101, 10)
    try:
        found = values_for(KVM, {"disk": str(amount)}, ())
    except Failure:
        found = None
    assert found == ({104: str(amount)} if sold else None)


def test_the_order_form_binds_more_than_the_catalogue():
    with pytest.raises(Failure, match="addon_bad"):
        check_form(KVM, {101: "8"}, {101}, {101: (1, 4, 1)})
    check_form(KVM, {101: "4"}, {101}, {101: (1, 4, 1), 999: (5, 6, 1)})


@pytest.mark.parametrize("values", [{101: "4"}, {102: "902"}, {103: "on"}])
def test_an_add_on_that_the_order_form_does_not_know_is_not_bought(values):
    with pytest.raises(Failure, match="addon_bad"):
        check_form(KVM, values, (), {})


def test_what_the_tariff_includes_need_not_be_in_the_order_form():
    check_form(KVM, {101: "2", 103: "off"}, (), {})


@given(st.dictionaries(st.sampled_from([101, 104]), st.integers(0, 99).map(str)), st.integers(0, 3))
def test_values_equal_themselves_however_the_numbers_are_written(values, zeros):
    assert same(KVM, values, {number: "0" * zeros + value for number, value in values.items()})


@pytest.mark.parametrize(
    ("wanted", "shown", "equal"),
    [
        ({101: "4"}, {101: "4", 103: "on"}, True), ({101: "4"}, {101: "3"}, False),
        ({103: "off"}, {103: ""}, True),
        ({103: "on"}, {103: "off"}, False), ({102: "902"}, {102: "901"}, False), ({}, {}, True),
    ],
)  # fmt: skip
def test_only_wanted_values_are_compared(wanted, shown, equal):
    assert same(KVM, wanted, shown) is equal


def test_an_add_on_that_is_not_shown_is_not_taken_for_different():
    with pytest.raises(Failure, match="upstream_answer"):
        same(KVM, {101: "4"}, {})


@pytest.mark.parametrize(
    ("months", "values", "cost"),
    [
        (1, {}, "9.00"), (1, {101: "2"}, "9.00"), (1, {101: "1"}, "9.00"),
        (1, {101: "4", 102: "902", 103: "on"}, "21.00"),
        (12, {101: "3"}, "121.20"), (1, {102: "901", 103: "off"}, "9.00"),
    ],
)  # fmt: skip
def test_the_cost_is_the_base_and_what_lies_above_it(months, values, cost):
    assert least_cost(KVM, months, values) == Money(Decimal(cost), "EUR")


def test_a_period_that_is_not_sold_has_no_cost():
    assert least_cost(KVM, 3, {}) is None


@given(st.integers(1, 8), st.integers(1, 8))
def test_more_never_costs_less(less, more):
    low, high = sorted((less, more))
    first, second = (least_cost(KVM, 1, {101: str(amount)}) for amount in (low, high))
    assert first is not None
    assert second is not None
    assert first <= second
