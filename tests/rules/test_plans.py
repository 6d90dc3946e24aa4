"""What an administrator entered in a tariff plan: exactly readable, or refused."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bill2bill.errors import Failure
from bill2bill.rules.plans import Plan, plan_of


def test_a_plan_needs_only_the_number_of_the_tariff():
    assert plan_of(7, {"b2b_tariff": " 277 "}) == Plan(277)


def test_everything_that_can_be_entered():
    plan = plan_of(
        7,
        {
            "b2b_tariff": "277",
            "b2b_datacenter": "3",
            "b2b_periods": "1=3  6=12",
            "b2b_local_addons": "help  support",
        },
    )
    assert plan == Plan(277, 3, {1: 3, 6: 12}, frozenset({"help", "support"}))
    assert [plan.months_for(months) for months in (1, 3, 6, 12)] == [3, 3, 12, 12]


@pytest.mark.parametrize("settings", [{}, {"b2b_tariff": ""}, {"b2b_tariff": "  ", "b2b_datacenter": "3"}])
def test_a_plan_without_a_tariff_is_told(settings):
    with pytest.raises(Failure) as caught:
        plan_of(7, settings)
    assert (caught.value.code, caught.value.params["value"]) == ("tariff_unlinked", "7")


@pytest.mark.parametrize(
    "settings",
    [
        {"b2b_tariff": "abc"}, {"b2b_tariff": "0"}, {"b2b_tariff": "-5"}, {"b2b_tariff": "1, 2"},
        {"b2b_tariff": "٣"}, {"b2b_tariff": "1" * 20},
        {"b2b_datacenter": "x"}, {"b2b_periods": "1=0"}, {"b2b_periods": "12=6"}, {"b2b_periods": "1=3 1=6"},
        {"b2b_periods": "1-3"},
        {"b2b_periods": "=3"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_exactly_is_refused(settings):
    with pytest.raises(Failure) as caught:
        plan_of(7, {"b2b_tariff": "277", **settings})
    assert caught.value.code == "panel_data"


@given(st.dictionaries(st.integers(1, 60), st.integers(1, 120), max_size=5), st.integers(1, 120))
def test_what_is_bought_never_ends_before_what_was_sold(periods, months):
    text = " ".join(f"{sold}={bought}" for sold, bought in periods.items())
    try:
        plan = plan_of(7, {"b2b_tariff": "277", "b2b_periods": text})
    except Failure:
        assert any(bought < sold for sold, bought in periods.items())
    else:
        assert plan.months_for(months) >= months


@given(st.text(max_size=30))
def test_no_text_makes_it_anything_but_a_plan_or_a_failure(text):
    for name in ("b2b_tariff", "b2b_datacenter", "b2b_periods", "b2b_local_addons"):
        with suppress(Failure):
            assert plan_of(7, {"b2b_tariff": "277", name: text}).tariff > 0
