from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bill2bill import messages
from bill2bill.errors import Failure
from bill2bill.rules.periods import add_months, months_of, parse_date, reached, sane_date

days = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))
months = st.integers(min_value=0, max_value=132)


@pytest.mark.parametrize("period", [1, 12, 120])
def test_a_period_of_the_panel_is_a_number_of_months(period):
    assert months_of(period) == period


@pytest.mark.parametrize(("period", "word"), [(-100, "trial"), (-50, "day"), (0, "lifetime"), (-7, "?")])
def test_a_period_that_is_no_number_of_months_stops_the_operation(period, word):
    with pytest.raises(Failure) as caught:
        months_of(period)
    assert caught.value.code == "panel_data"
    assert messages.params(caught.value, "en") == {
        "object": "the period",
        "reason": f"{period} ({word}) is not a number of months",
    }


@pytest.mark.parametrize(
    ("day", "count", "later"),
    [
        ((2024, 1, 31), 1, (2024, 2, 29)),
        ((2023, 1, 31), 1, (2023, 2, 28)),
        ((2024, 2, 29), 12, (2025, 2, 28)),
        ((2024, 12, 15), 1, (2025, 1, 15)),
        ((2024, 3, 31), -1, (2024, 2, 29)),
        ((2024, 1, 1), -1, (2023, 12, 1)),
        ((2024, 5, 5), 0, (2024, 5, 5)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_a_shorter_month(day, count, later):
    assert add_months(date(*day), count) == date(*later)


@given(days, months)
def test_going_there_and_back_loses_at_most_the_days_a_short_month_lacks(day, count):
    back = add_months(add_months(day, count), -count)
    assert timedelta(0) <= day - back <= timedelta(days=3)
    assert day.day > 28 or back == day


@pytest.mark.parametrize("count", [12 * 9000, -12 * 9000])
def test_months_beyond_the_calendar_are_an_error_of_their_own(count):
    with pytest.raises(ValueError, match="no such date"):
        add_months(date(2026, 1, 1), count)


@pytest.mark.parametrize(
    ("expires", "answer"),
    [
        ("2027-03-14", True),
        ("2027-03-12", True),
        ("2027-03-11", False),
        ("2026-03-14", False),
        ("2030-01-01", True),
    ],
)
def test_a_renewal_is_satisfied_two_days_before_the_full_term(expires, answer):
    assert reached(date.fromisoformat(expires), date(2026, 3, 14), 12) is answer


def test_an_unknown_expiry_satisfies_no_renewal():
    assert reached(None, date(2026, 3, 14), 12) is False


@given(days, days, st.integers(min_value=1, max_value=120), st.integers(min_value=0, max_value=4000))
def test_a_later_expiry_never_undoes_a_satisfied_renewal(expires, before, count, more):
    assert not reached(expires, before, count) or reached(expires + timedelta(days=more), before, count)


@given(days, st.integers(min_value=1, max_value=120))
def test_the_old_expiry_never_satisfies_a_renewal(before, count):
    assert not reached(before, before, count)
    assert reached(add_months(before, count), before, count)


@pytest.mark.parametrize(
    ("day", "answer"),
    [
        ("2025-02-28", True),
        ("2025-02-27", False),
        ("2037-02-28", True),
        ("2037-03-01", False),
        ("1970-01-01", False),
        ("2026-02-28", True),
    ],
)
def test_only_dates_from_a_year_ago_to_eleven_years_ahead_are_believed(day, answer):
    assert sane_date(date.fromisoformat(day), date(2026, 2, 28)) is answer


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "on",
        "0000-00-00",
        "2027-02-30",
        "20270314",
        "2027-W10-4",
        "2027-3-14",
        "2027-03-14 00:00:00",
        " 2027-03-14",
        "14.03.2027",
        "٢٠٢٧-03-14",
        "2027-03-14\n",
    ],
)
def test_what_is_not_plainly_a_date_is_no_date(text):
    assert parse_date(text) is None


@given(days)
def test_every_date_is_read_back(day):
    assert parse_date(day.isoformat()) == day
