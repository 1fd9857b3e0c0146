"""Telephone numbers: what was typed stays, its international form is what we compare."""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

EXTENSION = re.compile(
    r"(?:שלוחה|שלוחות|εσωτ(?:ερικό)?\.?|ext\.?|extension|x|#)\s*(\d{1,6})\s*$", re.IGNORECASE
)
SLASHED = re.compile(r"(?<=\d{6})\s*/\s*(\d{1,4})\s*$")
APART = re.compile(r"[,;|\n]|\s/\s|\bor\b|\s+או\s+|\s+ή\s+")
PLAIN = re.compile(r"[\d+()./\s-]*")
RUN = re.compile(r"[+(\d][\d()./\s-]*")
BLANKS = " \t\n\u200e\u200f\u202a\u202c\u2066\u2069\xa0"
OTHERS = re.compile(r"[^0-9]+")
LONGEST = 60  # characters that are read as a number
MOST_DIGITS = 20


@dataclass(frozen=True)
class Phone:
    """A number as typed, its E.164 form (or short digits) and its extension."""

    raw: str
    normal: str
    extension: str = ""
    is_possible: bool = True


def digits(text: str) -> str:
    """The digits of a text, of any script, as 0-9."""
    if text.isascii():
        return OTHERS.sub("", text)
    return "".join(str(int(c)) for c in text if c.isdecimal())


@lru_cache(maxsize=4096)
def parse_phone(raw: str, region: str) -> Phone:
    """Read a number the way people of a country write it; never fails, may say "not possible"."""
    text = raw.strip(BLANKS)
    if text.startswith("*"):
        return Phone(raw=raw, normal="*" + digits(text), is_possible=bool(digits(text)))
    text, extension = _split_extension(text)
    number = _number(_without_notes(text), region) or _number(text, region)
    if number is None:
        bare = digits(text)[:MOST_DIGITS]
        return Phone(raw=raw, normal=bare, extension=extension, is_possible=False)
    return Phone(
        raw=raw,
        normal=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        extension=extension,
        is_possible=phonenumbers.is_possible_number(number),
    )


def _number(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    """The number if it can be read; preferably one that can exist."""
    try:
        number = phonenumbers.parse(text[:LONGEST], region)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number(number):
        return number
    return _with_plus(text) or number


def _without_notes(text: str) -> str:
    """The number in a text with remarks: "mother 052-6473190, after 5"."""
    if PLAIN.fullmatch(text):
        return text
    runs = [run for part in APART.split(text) for run in RUN.findall(part)]
    return next((run for run in runs if len(digits(run)) > 5), text)


def split_phones(text: str) -> list[str]:
    """The numbers of a cell that holds several, each with its remark."""
    parts = [part.strip() for part in APART.split(text)]
    full = [part for part in parts if len(digits(part)) > 5]
    return full if len(full) > 1 else [text.strip()]


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
    if normal.startswith("*"):
        return normal
    if number.country_code == 30 and len(str(number.national_number)) == 10:
        national = str(number.national_number)
        shown = f"{national[:3]} {national[3:6]} {national[6:]}"
        return shown if region == "GR" else f"+30 {shown}"
    if phonenumbers.region_code_for_number(number) == region:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@lru_cache(maxsize=512)
def _country_code(head: str) -> str:
    """The country code that a number begins with; no code is the beginning of another."""
    for length in (1, 2, 3):
        if int(head[:length]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            return head[:length]
    return ""


def own_digits(normal: str) -> str:
    """The digits without country code and trunk zero: what every way to write a number shares."""
    number = normal.split(";")[0]
    bare = digits(number)
    if number.startswith("+") and len(bare) > 3:
        return bare.removeprefix(_country_code(bare[:3]))
    return bare.lstrip("0") or bare


def readings_of_digits(typed: str) -> list[str]:
    """Digits as typed in a search, and what they are without trunk zero or country code."""
    number = digits(typed)
    bare = number.lstrip("0") or number
    is_foreign = typed.strip(BLANKS).startswith(("+", "00")) or len(bare) > 10
    code = _country_code(bare[:3]) if is_foreign and len(bare) > 3 else ""
    return list(dict.fromkeys([bare, bare.removeprefix(code).lstrip("0") or bare]))
