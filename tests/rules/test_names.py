import pytest
from hypothesis import given
from hypothesis import strategies as st

from bill2bill import messages
from bill2bill.errors import Failure
from bill2bill.rules.names import _unicode_label, check_registrable, contact_roles, ru_group, split, to_ascii

from .attempts import attempt

LONG = ".".join(["a" * 63] * 3)  # 191 characters

ascii_labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True).filter(
    lambda label: label[2:4] != "--"
)
national_labels = st.text("абвгдеёжзийклмнопрстуфхцчшщъыьэюя0123456789éüñ漢字", min_size=1, max_size=15)
names = st.lists(st.one_of(ascii_labels, national_labels), min_size=1, max_size=3).map(".".join)


def refusal(act, *args):
    with pytest.raises(Failure) as caught:
        act(*args)
    assert caught.value.code == "name_bad"
    return messages.params(caught.value, "en")


@pytest.mark.parametrize(
    ("name", "ascii_name"),
    [
        ("Example.RU", "example.ru"),
        ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
        ("ПРИМЕР.РФ.", "xn--e1afmkfd.xn--p1ai"),
        ("  example.ru. ", "example.ru"),
        ("пример。рф", "xn--e1afmkfd.xn--p1ai"),
        ("a．b｡ru", "a.b.ru"),
        ("XN--E1AFMKFD.xn--p1ai", "xn--e1afmkfd.xn--p1ai"),
        ("рф", "xn--p1ai"),
        ("xn--strae-oqa.de", "xn--strae-oqa.de"),
        (LONG + "." + "b" * 61, LONG + "." + "b" * 61),
    ],
)
def test_a_name_is_brought_to_lower_case_a_labels(name, ascii_name):
    assert to_ascii(name) == ascii_name


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        ".",
        "..",
        "a..ru",
        ".ru",
        "a.ru..",
        "a b.ru",
        "a\x00b.ru",
        "a\nb.ru",
        "a_b.ru",
        "a/b.ru",
        "a@b.ru",
        "*.ru",
        "a℀b.ru",
        "a․b.ru",
        "\xad.ru",
        "a" * 64 + ".ru",
        LONG + "." + "b" * 62,
        "я" * 60 + ".рф",
        "пример." * 30 + "рф",
        pytest.param("x" * 10**6, id="huge"),
        pytest.param("я" * 10**6, id="huge national"),
        "\ud800.ru",
    ],
)
def test_what_is_no_host_name_is_refused(name):
    params = refusal(to_ascii, name)
    assert params["reason"]
    assert len(params["value"]) <= 80
    assert params["value"].isprintable()


@pytest.mark.parametrize("name", ["straße.de", "STRAẞE.de", "φίλος.gr", "a\u200db.ru", "a\u200cb.ru"])
def test_a_letter_that_two_standards_spell_differently_is_not_registered_as_another_name(name):
    assert refusal(to_ascii, name)["reason"] == "ambiguous letter, write the xn-- form"


def to_unicode(name):
    return ".".join(_unicode_label(label) for label in to_ascii(name).split("."))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("xn--e1afmkfd.xn--p1ai", "пример.рф"),
        ("Пример.РФ", "пример.рф"),
        ("example.ru", "example.ru"),
        ("xn--strae-oqa.de", "xn--strae-oqa.de"),
        ("xn--99999999.ru", "xn--99999999.ru"),
        ("xn--abc-.ru", "xn--abc-.ru"),
        ("xn--a-9sb5674a.ru", "xn--a-9sb5674a.ru"),  # a dot in disguise
    ],
)
def test_people_see_national_letters_where_they_lead_back_to_the_same_name(name, text):
    assert to_unicode(name) == text


@given(names)
def test_both_forms_of_a_name_lead_to_each_other(name):
    encoded = to_ascii(name)
    assert to_ascii(encoded) == encoded
    assert to_ascii(to_unicode(encoded)) == encoded
    assert to_unicode(to_unicode(encoded)) == to_unicode(encoded)


@given(st.text(max_size=40))
def test_any_text_is_either_a_clean_name_or_refused(text):
    encoded = attempt(to_ascii, text)
    if isinstance(encoded, Failure):
        assert encoded.code == "name_bad"
    else:
        assert set(encoded) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
        assert all(encoded.split("."))
        assert to_ascii(to_unicode(encoded)) == encoded


@pytest.mark.parametrize(
    ("name", "zone", "label"),
    [
        ("example.ru", "ru", "example"),
        ("Пример.РФ", "рф", "xn--e1afmkfd"),
        ("a.msk.ru", "msk.ru", "a"),
        ("a.msk.ru", "ru", "a.msk"),
    ],
)
def test_the_zone_is_cut_from_the_end(name, zone, label):
    assert split(name, zone) == label


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("example.com", "ru"),
        ("ru", "ru"),
        ("exampleru", "ru"),
        ("a.msk.ru", "spb.ru"),
        ("example.ru", "msk.ru"),
    ],
)
def test_a_name_outside_the_zone_is_refused(name, zone):
    assert refusal(split, name, zone) == {"value": name, "reason": f"not in .{zone}"}


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("ab.ru", "ru"),
        ("a-b.ru", "ru"),
        ("1a.ru", "ru"),
        ("пр.рф", "рф"),
        ("a--b.ru", "ru"),
        ("a" * 63 + ".ru", "ru"),
        ("xn--e1afmkfd.xn--p1ai", "рф"),
        ("xn--strae-oqa.com", "com"),
        ("example.msk.ru", "msk.ru"),
        ("abc--d.ru", "ru"),
    ],
)
def test_a_proper_name_can_be_registered(name, zone):
    check_registrable(name, zone)


@pytest.mark.parametrize(
    ("name", "zone", "reason"),
    [
        ("a.ru", "ru", "2-63 characters expected"),
        ("п.рф", "рф", "2-63 characters expected"),
        ("-ab.ru", "ru", "a letter or digit expected at both ends"),
        ("ab-.ru", "ru", "a letter or digit expected at both ends"),
        ("ab--c.ru", "ru", "hyphens in places 3 and 4"),
        ("xn--99999999.ru", "ru", "hyphens in places 3 and 4"),
        ("xn--a.ru", "ru", "hyphens in places 3 and 4"),
        ("www.example.ru", "ru", "www.example: one label before .ru expected"),
        ("example.com", "ru", "not in .ru"),
    ],
)
def test_a_name_against_the_upstreams_rules_is_refused_before_any_call(name, zone, reason):
    assert refusal(check_registrable, name, zone) == {"value": name, "reason": reason}


RU_GROUP = [
    "ru",
    "su",
    "рф",
    "ru.net",
    "москва",
    "moscow",
    "com.ru",
    "msk.ru",
    "spb.su",
    "xn--p1ai",
    "xn--80adxhks",
    "дом.рф",
    "abc.ru.net",
    "RU",
]


@pytest.mark.parametrize("zone", RU_GROUP)
def test_the_ru_group_needs_an_owner_only(zone):
    assert ru_group(zone)
    assert contact_roles(zone) == ("owner",)


@pytest.mark.parametrize(
    "zone", ["com", "net", "дети", "tatar", "ru.com", "moscow.com", "xru", "net.xn--j1aef", "aru.net"]
)
def test_every_other_zone_needs_four_contacts(zone):
    assert not ru_group(zone)
    assert contact_roles(zone) == ("owner", "admin", "tech", "bill")
