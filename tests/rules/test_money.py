from decimal import Decimal
from operator import add, ge, gt, le, lt, sub

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bill2bill.rules.money import MixedCurrencies, Money, currency_code, parse_amount
from bill2bill.rules.words import UnknownWord

amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=4)


def rub(amount):
    return Money(Decimal(amount), "RUB")


@pytest.mark.parametrize("act", [add, sub, lt, le, gt, ge])
def test_rubles_and_euros_never_meet(act):
    with pytest.raises(MixedCurrencies):
        act(rub(1), Money(Decimal(1), "EUR"))


@given(amounts, amounts)
def test_money_of_one_currency_counts_and_orders_like_its_amounts(a, b):
    assert rub(a) + rub(b) == rub(a + b)
    assert rub(a) - rub(b) == rub(a - b)
    assert [act(rub(a), rub(b)) for act in (lt, le, gt, ge)] == [act(a, b) for act in (lt, le, gt, ge)]


@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("Infinity"), 1.5, "1"])
def test_money_is_made_of_finite_decimals_only(amount):
    with pytest.raises(ValueError, match="amount"):
        Money(amount, "RUB")


@pytest.mark.parametrize("currency", ["", "rub", "XYZ", "Russian Ruble", "RUR"])
def test_money_always_has_a_real_currency_code(currency):
    with pytest.raises(ValueError, match="currency"):
        Money(Decimal(1), currency)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("199.0000", "199.00 RUB"),
        ("199", "199.00 RUB"),
        ("-0.5", "-0.50 RUB"),
        ("0.1250", "0.125 RUB"),
        ("1E+3", "1000.00 RUB"),
    ],
)
def test_money_is_shown_with_two_decimals_and_never_rounded(amount, text):
    assert str(rub(amount)) == text


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("199.0000", "199"),
        (" 1520.40 RUB", "1520.40"),
        ("-3.5", "-3.5"),
        ("0", "0"),
        ("7 руб.", "7"),
        ("10.", "10"),
    ],
)
def test_an_amount_is_the_number_that_the_text_begins_with(text, amount):
    assert parse_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "RUB 5",
        "+5",
        "1 520.40",
        "1\u00a0520",
        "1,50",
        "1e5",
        "1.2.3",
        "٣",
        "NaN",
        ".5",
        "--1",
        "9" * 19,
        pytest.param("9" * 10**6, id="huge"),
    ],
)
def test_an_amount_that_could_be_misread_is_refused(text):
    with pytest.raises(ValueError, match="not an amount"):
        parse_amount(text)


@given(amounts)
def test_every_amount_is_read_back(amount):
    assert parse_amount(f"{amount:f}") == amount


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Russian Ruble", "RUB"),
        ("Euro", "EUR"),
        ("US Dollar", "USD"),
        ("rub", "RUB"),
        ("EUR", "EUR"),
        ("руб.", "RUB"),
        ("RUR", "RUB"),
        ("  Российский   рубль ", "RUB"),
        ("Евро", "EUR"),
        ("Доллар США", "USD"),
        ("€", "EUR"),
        ("KZT", "KZT"),
    ],
)
def test_the_upstreams_currency_names_become_codes(text, code):
    assert currency_code(text) == code


@pytest.mark.parametrize("text", ["", " ", "Dollar", "bonus", "XXQ", "RUBEUR", "null"])
def test_an_unknown_currency_is_never_taken_for_rubles(text):
    with pytest.raises(UnknownWord) as caught:
        currency_code(text)
    assert (caught.value.kind, caught.value.word) == ("currency", text)
