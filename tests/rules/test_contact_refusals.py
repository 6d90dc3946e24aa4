import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bill2bill import messages
from bill2bill.errors import Failure
from bill2bill.rules.contacts import Kind, local_field

from .attempts import attempt
from .profiles import CASES, COMPANY, PERSON, SAMPLES, SOLE, fields, refused


@pytest.mark.parametrize(
    ("profiletype", "kind", "field", "value", "reason"),
    [
        (1, Kind.PERSON, "email", "", "empty"),
        (1, Kind.PERSON, "email", "a@example.ru, b@example.ru", "name@example.org expected"),
        (1, Kind.PERSON, "email", "a@localhost", "name@example.org expected"),
        (1, Kind.GENERIC, "email", "иван@example.ru", "name@example.org expected"),
        (1, Kind.PERSON, "phone", "", "empty"),
        (1, Kind.PERSON, "phone", "8 495 1234567", "+7 495 1234567 expected"),
        (1, Kind.PERSON, "location_city", " \x00 ", "empty"),
        (1, Kind.GENERIC, "location_address", "", "empty"),
        (1, Kind.GENERIC, "location_address", "王 1", "王: Latin letters expected"),
        (1, Kind.PERSON, "birthdate", "", "empty"),
        (1, Kind.PERSON, "birthdate", "0000-00-00", "YYYY-MM-DD expected"),
        (1, Kind.PERSON, "birthdate", "31.02.1980", "YYYY-MM-DD expected"),
        (1, Kind.PERSON, "passport_date", "2005", "YYYY-MM-DD expected"),
        (1, Kind.PERSON, "passport", "", "empty"),
        (1, Kind.PERSON, "passport", "3102 65124", "1234 567890 expected"),
        (1, Kind.PERSON, "passport", "нет", "1234 567890 expected"),
        (1, Kind.PERSON, "passport_org", "", "empty"),
        (1, Kind.PERSON, "firstname_locale", "", "empty"),
        (1, Kind.PERSON, "lastname", "Ivanov2", "Ivanov2: Latin letters expected"),
        (1, Kind.GENERIC, "firstname", "☃", "Latin letters expected"),
        (3, Kind.PERSON, "inn", "", "empty"),
        (3, Kind.PERSON, "inn", "1234567890", "12 digits expected"),
        (2, Kind.COMPANY, "inn", "", "empty"),
        (2, Kind.COMPANY, "inn", "123456789012", "10 digits expected"),
        (2, Kind.COMPANY, "inn", "١٢٣٤٥٦٧٨٩٠", "10 digits expected"),
        (2, Kind.COMPANY, "kpp", "12", "9 digits expected"),
        (2, Kind.COMPANY, "ogrn", "12", "13 digits expected"),
        (2, Kind.COMPANY, "company_locale", "", "empty"),
        (2, Kind.GENERIC, "firstname", "", "empty"),
    ],
)
def test_a_wrong_or_missing_field_is_named_as_the_client_knows_it(profiletype, kind, field, value, reason):
    named = "company" if field == "company_locale" else field
    assert refused(SAMPLES[profiletype], kind, profiletype, **{field: value}) == (named, reason)


@pytest.mark.parametrize(
    ("country", "reason"),
    [
        ("", "empty"),
        ("182", "182: two capital letters expected"),
        ("FR", "FR: not in the provider's list of countries"),
    ],
)
def test_a_country_that_the_provider_does_not_list_is_refused(country, reason):
    assert refused(PERSON, Kind.PERSON, country=country) == ("location_country", reason)
    assert refused(PERSON, Kind.GENERIC, country=country) == ("location_country", reason)


def test_a_postal_country_must_be_known_too():
    own = {"postal_postcode": "1", "postal_city": "X", "postal_address": "Y"}
    assert refused(PERSON, Kind.PERSON, **own, postal_country="182") == (
        "postal_country",
        "182: two capital letters expected",
    )


@pytest.mark.parametrize(
    ("name", "shown"), [("Sample", "Sample"), ("", "unnamed"), ("x" * 500, "x" * 79 + "…")]
)
def test_a_refusal_names_the_contact(name, shown):
    with pytest.raises(Failure) as caught:
        fields(PERSON, Kind.PERSON, name=name, email="")
    assert messages.params(caught.value, "en")["object"] == shown


messy = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(["Иван", "+7 (495) 123-45-67", "2005-02-28", "王", "a\x00b\n", " -"]),
)


@given(
    st.sampled_from(CASES),
    st.dictionaries(
        st.sampled_from(sorted({**SOLE, **COMPANY, "firstname": "", "mobile": "", "postal_city": ""})),
        messy,
        max_size=4,
    ),
)
def test_whatever_clients_enter_is_sent_clean_or_refused(case, changes):
    profiletype, kind = case
    sent = attempt(lambda: fields(SAMPLES[profiletype], kind, profiletype, **changes))
    if isinstance(sent, Failure):
        assert sent.code == "contact_bad"
    else:
        assert all(value and value == value.strip() for value in sent.values())
        assert not [char for value in sent.values() for char in value if unicodedata.category(char)[0] == "C"]
        assert all(
            sent[name].isascii()
            for name in ("firstname", "middlename", "lastname", "company", "phone", "email")
            if name in sent
        )


@pytest.mark.parametrize(
    ("remote", "local"),
    [
        ("la_country", "location_country"),
        ("pa_addressee", "postal_addressee"),
        ("firstname_ru", "firstname_locale"),
        ("company_ru", "company_locale"),
        ("passport_series", "passport"),
        ("email", "email"),
        ("cname", "name"),
        ("ctype", "profiletype"),
        ("something", "something"),
    ],
)
def test_a_field_that_the_upstream_refuses_is_named_as_the_client_knows_it(remote, local):
    assert local_field(remote) == local
