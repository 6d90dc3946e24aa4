import pytest
from hypothesis import given
from hypothesis import strategies as st

from bill2bill.rules import phones
from bill2bill.rules.latin import transliterate
from bill2bill.rules.words import UnknownWord

CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("Иван", "Ivan"),
        ("ЮРИЙ", "YURIY"),
        ("Юрий", "Yuriy"),
        ("Щукин", "Schukin"),
        ("Алёна", "Alena"),
        ("Жёлудь", "Jelud"),
        ("Объезд", "Obyezd"),
        ("ОБЪЕЗД", "OBEZD"),
        ("Цыганов-Хэнкс", "Tsyiganov-Henks"),
        ("Smith", "Smith"),
        ("José Łukasz Straße", "Jose Lukasz Strasse"),
        ("Ґалаґан Їжак Ў", "Galagan Ijak U"),
        ("ООО «Ромашка»", 'OOO "Romashka"'),
        ("№ 5 – 7", "No 5 - 7"),
        ("и\u0306", "y"),
        ("٣", "3"),
        ("", ""),
        ("a☃b", "ab"),
        ("ИП Я", "IP YA"),
    ],
)
def test_names_are_spelled_by_the_providers_table(text, latin):
    assert transliterate(text) == latin


@pytest.mark.parametrize("text", ["王", "Иван 王", "ناصر", "ﬁ王"])
def test_a_letter_without_a_latin_spelling_is_not_dropped_from_a_name(text):
    with pytest.raises(UnknownWord) as caught:
        transliterate(text)
    assert caught.value.kind == "letter"


@given(st.text(CYRILLIC + CYRILLIC.upper() + "éüñ№«»– .'" + "0123456789abcXYZ"))
def test_the_spelling_is_ascii_and_does_not_change_again(text):
    latin = transliterate(text)
    assert latin.isascii()
    assert transliterate(latin) == latin


@pytest.mark.parametrize(
    ("text", "people", "generic", "plain"),
    [
        ("+7 (495) 727-38-79", "+7 495 7273879", "+7.4957273879", "+7 495 7273879"),
        ("+7 (495) 123-45-67", "+7 495 1234567", "+7.4951234567", "+7 495 1234567"),
        ("+74951234567", "+7 4951234567", "+7.4951234567", "+74951234567"),
        ("+7 4951234567", "+7 4951234567", "+7.4951234567", "+7 4951234567"),
        ("+7495 1234567", "+7 495 1234567", "+7.4951234567", "+7495 1234567"),
        ("+7.4951234567", "+7 4951234567", "+7.4951234567", "+7.4951234567"),
        ("+380 (44) 123-45-67", "+380 44 1234567", "+380.441234567", "+380 44 1234567"),
        ("+3 8044 1234567", "+380 441234567", "+380.441234567", "+3 8044 1234567"),
        ("+1 (212) 555-0100", "+1 212 5550100", "+1.2125550100", "+1 212 5550100"),
        ("+44 20 7946 0000", "+44 20 79460000", "+44.2079460000", "+44 20 7946 0000"),
        ("+998 90 1234567", "+998 90 1234567", "+998.901234567", "+998 90 1234567"),
    ],
)
def test_a_phone_is_written_as_each_type_of_contact_wants_it(text, people, generic, plain):
    assert (phones.canonical(text, False), phones.canonical(text, True), phones.plain(text)) == (
        people,
        generic,
        plain,
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "8 (495) 727-38-79",
        "84957273879",
        "+7",
        "+7 495",
        "+7 495 12",
        "+0 495 7273879",
        "+7 495 7273879 ext 5",
        "+7+4957273879",
        "+" + "1" * 16,
        "+٧٤٩٥٧٢٧٣٨٧٩",
        "+--",
    ],
)
def test_a_phone_without_country_code_or_with_other_signs_is_refused(text):
    for form in (
        phones.plain,
        lambda number: phones.canonical(number, False),
        lambda number: phones.canonical(number, True),
    ):
        with pytest.raises(ValueError, match="phone number"):
            form(text)


@given(
    st.from_regex(r"\+[1-9][0-9]{0,2} ?\(?[0-9]{3}\)?[ -]?[0-9]{3}[ -]?[0-9]{2,4}", fullmatch=True),
    st.booleans(),
)
def test_no_digit_of_a_phone_is_lost_or_moved(text, dotted):
    written = phones.canonical(text, dotted)
    assert [char for char in written if char.isdigit()] == [char for char in text if char.isdigit()]
    assert phones.canonical(written, dotted) == written
