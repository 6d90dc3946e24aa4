"""Phone numbers as the upstream wants them (upstream-billmanager4 5.5.2), from "+7 (495) 123-45-67"."""

from __future__ import annotations

import re
from typing import List

WRITTEN = re.compile(r"\+[0-9 ().-]+")
BRACKETS_AND_HYPHENS = str.maketrans("", "", "()-")

# ITU-T E.164: some codes have one or two digits, all others three
COUNTRY_CODE = re.compile("[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[2-9][0-9]{2}")


def canonical(text: str, dotted: bool) -> str:
    """`+7 495 1234567` for people and companies, `+7.4951234567` (dotted) for generic contacts.

    The area stands apart only where `text` sets it apart. Raises ValueError unless it is "+" and 7-15 digits.
    """
    groups = _groups(text)
    digits = "".join(groups)
    code = _country_code(digits)
    rest = digits[len(code) :]
    if dotted:
        return f"+{code}.{rest}"
    area = ""
    if groups[0].startswith(code) and len(groups) > 1:
        area = groups[0][len(code) :] or (groups[1] if len(groups) > 2 else "")
    return " ".join(part for part in (f"+{code}", area, rest[len(area) :]) if part)


def plain(text: str) -> str:
    """`text` without brackets and hyphens, as the provider's own module sends it. Raises as canonical."""
    _country_code("".join(_groups(text)))
    return " ".join(text.translate(BRACKETS_AND_HYPHENS).split())


def _country_code(digits: str) -> str:
    found = COUNTRY_CODE.match(digits)
    if not found:
        raise ValueError("not an international phone number")
    return found.group()


def _groups(text: str) -> List[str]:
    groups = re.findall("[0-9]+", text)
    if not WRITTEN.fullmatch(text) or not 7 <= len("".join(groups)) <= 15:
        raise ValueError("not an international phone number")
    return groups
