"""A contact of the host, read field by field; every refusal names the host's field."""

from __future__ import annotations

import re
import unicodedata
from typing import Mapping

from bill2bill.errors import Failure, Phrase, Raw
from bill2bill.rules import phones
from bill2bill.rules.latin import transliterate
from bill2bill.rules.periods import parse_date
from bill2bill.rules.words import UnknownWord, shown

PHONE_FORMS = ("canonical", "plain")
LATIN_NAME = re.compile(r"[A-Za-z][A-Za-z .'-]*")
ISO2 = re.compile(r"[A-Z]{2}")
RUSSIAN_DATE = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")


class Contact:
    """The host's fields by name (host-protocol 6.6), `country` and `postal_country` as ISO 3166 alpha-2."""

    def __init__(
        self, profile: Mapping[str, str], profiletype: int, countries: Mapping[str, str], phone_form: str
    ) -> None:
        self.profile, self.profiletype = profile, profiletype
        self.countries, self.phone_form = countries, phone_form

    @property
    def russian(self) -> bool:
        return self.text("country") == "RU"

    def bad(self, field: str, reason: Phrase) -> Failure:
        name = Raw(shown(self.text("name"))) or Phrase("unnamed")
        return Failure("contact_bad", object=name, value=field, reason=reason)

    def text(self, *names: str) -> str:
        """The first of these fields that is filled, in one trimmed line; "" if none is."""
        return next((text for text in (_line(self.profile.get(name) or "") for name in names) if text), "")

    def required(self, *names: str) -> str:
        text = self.text(*names)
        if not text:
            raise self.bad(names[0], Phrase("empty"))
        return text

    def latin(self, *names: str) -> str:
        """As required, in ASCII: the Latin field comes first in `names`, the national one after it."""
        try:
            text = _line(transliterate(self.required(*names)))
        except UnknownWord as unknown:
            raise self.bad(names[0], Phrase("not_latin", value=unknown.word)) from None
        if not text:
            raise self.bad(names[0], Phrase("latin_expected"))
        return text

    def latin_name(self, *names: str) -> str:
        text = self.latin(*names)
        if not LATIN_NAME.fullmatch(text):
            raise self.bad(names[0], Phrase("not_latin", value=shown(text)))
        return text

    def digits(self, name: str, size: int) -> str:
        """Exactly `size` digits if filled."""
        text = self.text(name)
        if text and not (len(text) == size and text.isascii() and text.isdigit()):
            raise self.bad(name, Phrase("digits_expected", count=size))
        return text

    def day(self, name: str) -> str:
        """YYYY-MM-DD, also from DD.MM.YYYY."""
        text = RUSSIAN_DATE.sub(r"\3-\2-\1", self.required(name))
        if parse_date(text) is None:
            raise self.bad(name, Phrase("date_expected"))
        return text

    def phone(self, *names: str, dotted: bool) -> str:
        text = self.required(*names)
        try:
            return phones.plain(text) if self.phone_form == "plain" else phones.canonical(text, dotted)
        except ValueError:
            field = names[0] if self.text(names[0]) else names[-1]
            raise self.bad(field, Phrase("phone_expected")) from None

    def country(self, field: str, *names: str) -> str:
        """The upstream's id of the country; `field` is the host's name of it."""
        iso2 = self.text(*names)
        if not ISO2.fullmatch(iso2):
            raise self.bad(field, Phrase("not_a_country", value=shown(iso2)) if iso2 else Phrase("empty"))
        if not self.countries.get(iso2):
            raise self.bad(field, Phrase("country_not_listed", value=iso2))
        return self.countries[iso2]


def _line(text: str) -> str:
    """One trimmed line without control and other invisible characters."""
    visible = "".join(char for char in text if char.isspace() or unicodedata.category(char)[0] != "C")
    return " ".join(visible.split())
