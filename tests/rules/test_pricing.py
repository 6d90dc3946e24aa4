from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bill2bill.errors import Failure
from bill2bill.rules.money import MixedCurrencies
from bill2bill.rules.pricing import DomainTariff, Period, choose_tariff


def tariff(number, registrar=13, price="199", months=12, zone="ru", currency="RUB"):
    return DomainTariff(
        number,
        zone,
        registrar,
        f"tariff {number}",
        0,
        (Period(number * 10, months, Decimal(price)),),
        currency,
    )


def chosen(tariffs, zone="ru", registrar=None, price_id=None):
    found = choose_tariff(tariffs, zone, registrar, price_id)
    return found.id if found else None


def test_the_providers_own_registrar_comes_first_even_if_dearer():
    assert chosen([tariff(1, registrar=5, price="10"), tariff(2, registrar=13, price="300")]) == 2


def test_then_the_cheapest_year_counts_and_then_the_smallest_id():
    assert chosen([tariff(3, price="200"), tariff(9, price="190"), tariff(4, price="190.0000")]) == 4


def test_a_tariff_without_a_year_is_the_last_choice_however_cheap():
    assert chosen([tariff(1, price="1", months=24), tariff(2, price="500")]) == 2
    assert chosen([tariff(1, price="1", months=24)]) == 1


def test_a_configured_registrar_excludes_all_others():
    offers = [tariff(1), tariff(2, registrar=5, price="900"), tariff(3, registrar=5, price="800")]
    assert chosen(offers, registrar=5) == 3
    assert chosen(offers, registrar=27) is None


def test_a_service_keeps_the_tariff_it_was_bought_with():
    offers = [tariff(1, price="1"), tariff(2, registrar=5, price="900")]
    assert chosen(offers, registrar=13, price_id=2) == 2


def test_a_stored_tariff_that_is_gone_or_now_serves_another_zone_is_not_replaced():
    offers = [tariff(1), tariff(2, zone="com")]
    assert chosen(offers, price_id=7) is None
    assert chosen(offers, price_id=2) is None


@pytest.mark.parametrize("zone", ["рф", "РФ", "xn--p1ai", "XN--P1AI"])
def test_zones_are_found_in_either_script(zone):
    assert chosen([tariff(1), tariff(2, zone="xn--p1ai")], zone=zone) == 2


def test_a_zone_nobody_sells_has_no_tariff():
    assert chosen([tariff(1)], zone="com") is None


def test_a_zone_that_is_no_name_is_refused():
    with pytest.raises(Failure):
        chosen([tariff(1)], zone="")


def test_prices_of_two_currencies_are_not_compared():
    with pytest.raises(MixedCurrencies):
        chosen([tariff(1), tariff(2, currency="EUR")])


def test_only_a_row_of_exactly_the_wanted_length_is_a_period():
    year, cheap_year, two = (
        Period(1, 12, Decimal(200)),
        Period(3, 12, Decimal(190)),
        Period(2, 24, Decimal(300)),
    )
    offer = DomainTariff(1, "ru", 13, "", 0, (year, cheap_year, two))
    assert (offer.period(12), offer.period(24), offer.period(36)) == (cheap_year, two, None)


offers = st.lists(
    st.builds(
        tariff,
        st.integers(1, 30),
        st.sampled_from([5, 13, 19]),
        st.sampled_from(["1", "2", "2.0"]),
        st.sampled_from([12, 24]),
    ),
    max_size=8,
)


@given(offers, st.randoms(use_true_random=False), st.sampled_from([None, 5, 13, 19]))
def test_the_choice_does_not_depend_on_the_order_of_the_file(tariffs, random, registrar):
    unique = list({offer.id: offer for offer in tariffs}.values())
    shuffled = random.sample(unique, len(unique))
    assert chosen(unique, registrar=registrar) == chosen(shuffled, registrar=registrar)
