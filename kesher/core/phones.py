"""Telephone numbers: what was typed stays, its international form is what we compare."""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

EXTENSION = re.compile(
    r"(?:שלוחה|שלוחות|εσωτ(?:ερικό)?\.?|ext\.?|extension|x|#)\s*(\d{1,6})\s*$", re.IGNORECASE
)
SLASHED = re.compile(r"(?<=\d{6})\s*/\s*(\d{1,4})\s*$")
DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Phone:
    """A number as typed, its E.164 form (or short digits) and its extension."""

    raw: str
    normal: str
    extension: str = ""
    is_possible: bool = True


def digits(text: str) -> str:
    """The digits of a text, of any script, as 0-9."""
    return "".join(str(int(c)) for c in text if c.isdigit() and c.isdecimal())


@lru_cache(maxsize=4096)
def parse_phone(raw: str, region: str) -> Phone:
    """Read a number the way people of a country write it; never fails, may say "not possible"."""
    text = raw.strip()
    if text.startswith("*"):
        return Phone(raw=raw, normal="*" + digits(text), is_possible=bool(digits(text)))
    text, extension = _split_extension(text)
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        bare = digits(text)
        return Phone(raw=raw, normal=bare, extension=extension, is_possible=False)
    if not phonenumbers.is_possible_number(number):
        retry = _with_plus(text)
        number = retry or number
    return Phone(
        raw=raw,
        normal=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        extension=extension,
        is_possible=phonenumbers.is_possible_number(number),
    )


def _split_extension(text: str) -> tuple[str, str]:
    for pattern in (EXTENSION, SLASHED):
        match = pattern.search(text)
        if match:
            return text[: match.start()], match[1]
    return text, ""


def _with_plus(text: str):
    """A number that lost its plus sign: 972521234567."""
    try:
        number = phonenumbers.parse("+" + digits(text))
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


@lru_cache(maxsize=4096)
def show_phone(normal: str, region: str) -> str:
    """The number as people of the country write it; foreign ones in international form."""
    try:
        number = phonenumbers.parse(normal, region)
    except phonenumbers.NumberParseException:
        return normal
    if number.country_code == 30 and len(str(number.national_number)) == 10:
        national = str(number.national_number)
        shown = f"{national[:3]} {national[3:6]} {national[6:]}"
        return shown if region == "GR" else f"+30 {shown}"
    if phonenumbers.region_code_for_number(number) == region:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@lru_cache(maxsize=4096)
def national_digits(normal: str, region: str) -> str:
    """The digits as dialled inside the country."""
    try:
        number = phonenumbers.parse(normal, region)
    except phonenumbers.NumberParseException:
        return digits(normal)
    return digits(
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    )
