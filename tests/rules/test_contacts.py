import pytest
from hypothesis import given
from hypothesis import strategies as st

from bill2bill.errors import Failure
from bill2bill.rules.contacts import Kind, contact_name, digest, kind_for, same_fields
from bill2bill.rules.words import UnknownWord

from .profiles import COMPANY, PERSON, SAMPLES, fields, refused

COMMON = {"email", "phone", "la_country", "la_postcode", "la_city", "la_address"}
POSTAL = {"mobile", "la_state", "pa_country", "pa_state", "pa_postcode", "pa_city", "pa_address"}
PEOPLE = {
    "firstname_ru",
    "middlename_ru",
    "lastname_ru",
    "firstname",
    "middlename",
    "lastname",
    "birthdate",
    "passport_series",
    "passport_org",
    "passport_date",
}


@pytest.mark.parametrize(
    ("profiletype", "role", "zone", "kind"),
    [
        (1, "owner", "ru", Kind.PERSON),
        (2, "owner", "рф", Kind.COMPANY),
        (3, "owner", "msk.ru", Kind.PERSON),
        (1, "owner", "com", Kind.GENERIC),
        (2, "bill", "com", Kind.GENERIC),
        (3, "tech", "net", Kind.GENERIC),
        (1, "admin", "org", Kind.GENERIC),
        (2, "customer", "com", Kind.COMPANY),
        (3, "customer", "com", Kind.PERSON),
        (1, "customer", "ru", Kind.PERSON),
    ],
)
def test_the_type_of_a_contact_follows_from_profile_role_and_zone(profiletype, role, zone, kind):
    assert kind_for(profiletype, role, zone) is kind


def test_an_unknown_role_or_profile_type_has_no_kind():
    with pytest.raises(UnknownWord):
        kind_for(1, "guest", "ru")
    with pytest.raises(Failure) as caught:
        kind_for(4, "owner", "ru")
    assert caught.value.params["value"] == "profiletype"


@pytest.mark.parametrize(
    ("profiletype", "kind", "names"),
    [
        (1, Kind.PERSON, COMMON | POSTAL | PEOPLE),
        (3, Kind.PERSON, COMMON | POSTAL | PEOPLE | {"inn"}),
        (2, Kind.COMPANY, COMMON | POSTAL | {"company", "company_ru", "inn", "kpp", "ogrn"}),
        (1, Kind.GENERIC, COMMON | {"firstname", "lastname", "company"}),
    ],
)
def test_exactly_the_fields_of_the_type_are_sent(profiletype, kind, names):
    extra = {"fax": "+7 495 1234567", "private": "on", "verified": "on", "postal_addressee": ""}
    assert set(fields({**SAMPLES[profiletype], **extra}, kind, profiletype)) == names


def test_a_person_of_the_ru_group_is_sent_as_the_provider_wants_it():
    assert fields(PERSON, Kind.PERSON) == {
        "email": "ivan@example.ru",
        "phone": "+7 495 1234567",
        "mobile": "+7 495 1234567",
        "la_country": "182",
        "la_state": "Москва",
        "la_postcode": "101000",
        "la_city": "Москва",
        "la_address": "Мира 1-2",
        "pa_country": "182",
        "pa_state": "Москва",
        "pa_postcode": "101000",
        "pa_city": "Москва",
        "pa_address": "Мира 1-2",
        "firstname_ru": "Иван",
        "middlename_ru": "Иванович",
        "lastname_ru": "Иванов",
        "firstname": "Ivan",
        "middlename": "I",
        "lastname": "Ivanov",
        "birthdate": "1980-01-31",
        "passport_series": "3102 651241",
        "passport_org": "ОВД",
        "passport_date": "2005-02-28",
    }


def test_a_company_of_the_ru_group_keeps_its_name_in_both_scripts():
    sent = fields(COMPANY, Kind.COMPANY, 2)
    assert (sent["company"], sent["company_ru"]) == ('OOO "Romashka"', "ООО «Ромашка»")
    assert (sent["inn"], sent["kpp"], sent["ogrn"]) == ("1234567890", "123456789", "1234567890123")


@pytest.mark.parametrize(
    ("profiletype", "company"), [(1, "N/A"), (3, "IP Ivan Ivanov"), (2, 'OOO "Romashka"')]
)
def test_a_generic_contact_is_latin_throughout_and_always_has_a_company(profiletype, company):
    sent = fields(SAMPLES[profiletype], Kind.GENERIC, profiletype)
    assert sent["company"] == company
    assert sent["phone"] == "+7.4951234567"
    assert (sent["la_city"], sent["la_address"]) == ("Moskva", "Mira 1-2")
    assert all(value.isascii() for value in sent.values())


def test_a_generic_contact_needs_its_state_in_the_states_only():
    assert fields(PERSON, Kind.GENERIC, country="US", location_state="Texas")["la_state"] == "Texas"
    assert refused(PERSON, Kind.GENERIC, country="US", location_state="") == ("location_state", "empty")
    assert "la_state" not in fields(PERSON, Kind.GENERIC)


def test_a_latin_name_that_the_client_chose_is_preferred():
    sent = fields(PERSON, Kind.PERSON, firstname="Iwan", lastname="Iwanow", middlename="Petrovich")
    assert (sent["firstname"], sent["middlename"], sent["lastname"], sent["firstname_ru"]) == (
        "Iwan",
        "P",
        "Iwanow",
        "Иван",
    )


def test_a_foreigner_without_a_national_spelling_is_sent_in_latin():
    sent = fields(
        PERSON,
        Kind.PERSON,
        firstname="John",
        firstname_locale="",
        lastname="O'Neil-Smith",
        lastname_locale="",
    )
    assert (sent["firstname_ru"], sent["lastname_ru"], sent["lastname"]) == (
        "John",
        "O'Neil-Smith",
        "O'Neil-Smith",
    )


@pytest.mark.parametrize(
    ("latin", "national", "sent"),
    [
        ("", "", ("-", "-")),
        ("-", "-", ("-", "-")),
        ("-", "Щукович", ("S", "Щукович")),
        ("Ivanovich", "-", ("I", "Ivanovich")),
        (" ", "Юрьевич", ("Y", "Юрьевич")),
    ],
)
def test_a_middle_name_is_an_initial_in_latin_and_a_dash_when_there_is_none(latin, national, sent):
    got = fields(PERSON, Kind.PERSON, middlename=latin, middlename_locale=national)
    assert (got["middlename"], got["middlename_ru"]) == sent


def test_the_postal_address_is_sent_whole_or_is_the_location():
    own = {
        "postal_postcode": "190000",
        "postal_city": "Тверь",
        "postal_address": "п/я 1",
        "postal_addressee": "Иванову",
    }
    sent = fields(PERSON, Kind.PERSON, **own, postal_country="DE")
    assert [sent[f"pa_{part}"] for part in ("postcode", "city", "address", "addressee", "country")] == [
        "190000",
        "Тверь",
        "п/я 1",
        "Иванову",
        "81",
    ]
    assert "pa_state" not in sent
    assert fields(PERSON, Kind.PERSON, **own)["pa_country"] == "182"
    assert fields(PERSON, Kind.PERSON, postal_country="DE")["pa_country"] == "182"
    assert refused(PERSON, Kind.PERSON, postal_city="Тверь") == ("postal_postcode", "empty")


def test_the_mobile_phone_is_the_phone_unless_there_is_one():
    assert fields(PERSON, Kind.PERSON, mobile="+7 (903) 765-43-21")["mobile"] == "+7 903 7654321"
    assert refused(PERSON, Kind.PERSON, mobile="12") == ("mobile", "+7 495 1234567 expected")


def test_phones_can_be_sent_as_the_providers_own_module_does():
    assert fields(PERSON, Kind.GENERIC, phone_form="plain")["phone"] == "+7 495 1234567"
    with pytest.raises(Failure) as caught:
        fields(PERSON, Kind.GENERIC, phone_form="other")
    assert caught.value.code == "bad_input"


def test_values_are_trimmed_and_lose_control_characters():
    sent = fields(
        PERSON,
        Kind.PERSON,
        location_address=" Мира\r\n\t1\x00-2\u200b \u00a0 кв. 5 ",
        passport_org="ОВД\ud800",
    )
    assert (sent["la_address"], sent["passport_org"]) == ("Мира 1-2 кв. 5", "ОВД")


@pytest.mark.parametrize(
    ("country", "written", "sent"),
    [
        ("RU", "3102651241", "3102 651241"),
        ("RU", "31 02 № 651241", "3102 651241"),
        ("RU", "31-02 651241", "3102 651241"),
        ("RU", "AN1234567", "AN1234567"),
        ("DE", "C01X 00T47", "C01X 00T47"),
        ("DE", "1234567890", "1234567890"),
        ("DE", "12345", "12345"),
    ],
)
def test_a_passport_is_series_and_number(country, written, sent):
    assert fields(PERSON, Kind.PERSON, country=country, passport=written)["passport_series"] == sent


def test_dates_may_be_written_the_russian_way():
    assert fields(PERSON, Kind.PERSON, birthdate="31.01.1980")["birthdate"] == "1980-01-31"


def test_a_foreign_company_needs_no_russian_numbers():
    sent = fields(COMPANY, Kind.COMPANY, 2, country="DE", inn="", kpp="", ogrn="HRB 1")
    assert ("inn" in sent, "kpp" in sent, sent["ogrn"]) == (False, False, "HRB 1")
    assert "inn" not in fields(PERSON, Kind.PERSON, 3, country="DE")


def test_russian_companies_may_leave_out_what_the_provider_does_not_need():
    assert not {"kpp", "ogrn"} & set(fields(COMPANY, Kind.COMPANY, 2, kpp="", ogrn=""))


texts = st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=4)


@given(texts, texts)
def test_the_digest_changes_when_and_only_when_a_field_changes(one, other):
    assert (digest(one, b"key") == digest(other, b"key")) == (one == other)
    assert digest(dict(reversed(list(one.items()))), b"key") == digest(one, b"key")


def test_the_digest_depends_on_the_installations_key():
    assert digest({"a": "1"}, b"one") != digest({"a": "1"}, b"two")
    assert digest({"a": "b", "c": "d"}, b"key") != digest({"a": 'b","c":"d'}, b"key")


def test_a_contact_is_named_so_that_it_is_found_again():
    name = contact_name("b2b1f3", 42, Kind.GENERIC, digest({}, b"key"))
    assert name.startswith("b2b1f3-42-generic-")
    assert len(name.rsplit("-", 1)[1]) == 8


@pytest.mark.parametrize(
    ("wanted", "stored", "same"),
    [
        ({"a": "1"}, {"a": " 1 ", "b": "2"}, True),
        ({"a": " 1"}, {"a": "1"}, True),
        ({"a": "1"}, {"a": ""}, False),
        ({"a": "1"}, {}, False),
        ({"a": "1"}, {"a": "2"}, False),
        ({"a": "1", "b": "2"}, {"a": "1"}, False),
    ],
)
def test_a_stored_contact_is_compared_field_by_field(wanted, stored, same):
    assert same_fields(wanted, stored) is same
