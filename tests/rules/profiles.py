"""Sample contacts of the host, and how they are handed over."""

import pytest

from bill2bill import messages
from bill2bill.errors import Failure
from bill2bill.rules.contacts import Kind, remote_fields

COUNTRIES = {"RU": "182", "US": "233", "DE": "81"}
ADDRESS = {
    "location_state": "Москва",
    "location_postcode": "101000",
    "location_city": "Москва",
    "location_address": "Мира 1-2",
    "country": "RU",
}
REACH = {"email": "ivan@example.ru", "phone": "+7 (495) 123-45-67"}
PERSON = {
    **ADDRESS,
    **REACH,
    "name": "Sample",
    "firstname_locale": "Иван",
    "middlename_locale": "Иванович",
    "lastname_locale": "Иванов",
    "birthdate": "1980-01-31",
    "passport": "3102 651241",
    "passport_org": "ОВД",
    "passport_date": "2005-02-28",
}
SOLE = {**PERSON, "inn": "123456789012"}
COMPANY = {
    **ADDRESS,
    **REACH,
    "company_locale": "ООО «Ромашка»",
    "inn": "1234567890",
    "kpp": "123456789",
    "ogrn": "1234567890123",
    "firstname": "Ivan",
    "lastname": "Ivanov",
}
SAMPLES = {1: PERSON, 2: COMPANY, 3: SOLE}
CASES = [
    (1, Kind.PERSON),
    (3, Kind.PERSON),
    (2, Kind.COMPANY),
    (1, Kind.GENERIC),
    (2, Kind.GENERIC),
    (3, Kind.GENERIC),
]


def fields(base, kind, profiletype=1, phone_form="canonical", **changes):
    return remote_fields({**base, **changes}, profiletype, kind, COUNTRIES, phone_form)


def refused(*args, **changes):
    with pytest.raises(Failure) as caught:
        fields(*args, **changes)
    assert caught.value.code == "contact_bad"
    told = messages.params(caught.value, "en")
    return told["value"], told["reason"]
