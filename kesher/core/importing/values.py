"""What stands in a cell, read the way people of the business's country write it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from typing import Any, NamedTuple

from babel import Locale, UnknownLocaleError
from babel.dates import get_month_names
from babel.languages import get_official_languages
from babel.numbers import get_decimal_symbol
from django.conf import settings
from django.utils import translation

from kesher.core.importing import refusals
from kesher.core.importing.refusals import shown
from kesher.core.text import fold

DIGITS = re.compile(r"\D+")
CLOCK = re.compile(
    r"[T ]\s*\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?(Z|[+-]\d{2}:?\d{2})?$"
)
COMPACT = re.compile(r"\d{8}")
SERIAL = re.compile(r"[1-7]\d{4}(\.\d+)?")  # a date as spreadsheets count them, from 1927 to 2119
FIRST_DAY = datetime.date(1899, 12, 30)
SHORT = re.compile(r"\D*(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})\b")
MARKS = str.maketrans("", "", "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
GROUPS = re.compile(r"[\s\u00a0\u2009\u202f'’]")
CURRENCIES = {"₪": "ILS", "€": "EUR", "$": "USD", "£": "GBP", "שח": "ILS", "nis": "ILS"}
SIGNED = re.compile(
    r"(?P<one>[-+(]?)(?P<before>[^\d.,()+-]*)(?P<two>[-+(]?)(?P<figures>[\d.,]+)(?P<three>[-)]?)"
    r"(?P<after>[^\d,()+-]*)(?P<four>[-)]?)"
)

PLAIN = re.compile(r"-?[0-9]{1,12}([.,][0-9]{1,2})?")  # means the same everywhere
BETWEEN = re.compile(r'[;,\n|"]|\s(?::::|/|or|או|ή)\s')  # some reader may cut there
EXACT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)")

Reader = Callable[[str, str, "Place"], Any]


@dataclass(frozen=True)
class Place:
    """Where and when a file is read: decides what 01/02/2026 and 1.234 mean."""

    country: str
    currency: str
    today: datetime.date
    zone: datetime.tzinfo = datetime.UTC
    said_month_first: bool | None = None  # by the other cells of a column

    @property
    def is_month_first(self) -> bool:
        if self.said_month_first is None:
            return _month_first(self.country)
        return self.said_month_first

    @property
    def decimal(self) -> str:
        return _decimal(self.country)


@lru_cache(maxsize=64)
def _locale(country: str) -> Locale:
    for language in (*get_official_languages(country), "en"):
        try:
            return Locale.parse(f"{language}_{country}")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en")


@lru_cache(maxsize=64)
def _month_first(country: str) -> bool:
    return _locale(country).date_formats["short"].pattern.startswith("M")


@lru_cache(maxsize=64)
def _decimal(country: str) -> str:
    return get_decimal_symbol(_locale(country))


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    found: dict[str, int] = {}
    for language in ("en", "he", "el"):
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                names = get_month_names(width, context=context, locale=language)
                found |= {fold(name).strip("."): month for month, name in names.items()}
    return found


# ---- days


def read_day(text: str, column: str, place: Place) -> datetime.date:
    """A date in figures or with the name of the month; a time behind it is passed over."""
    bare = CLOCK.sub("", text.translate(MARKS).strip())
    day = _day(bare, place)
    if day is None:
        example = f"{place.today:%m/%d/%Y}" if place.is_month_first else f"{place.today:%d/%m/%Y}"
        raise refusals.NotADay(column=column, value=shown(text), example=example)
    return day


def _day(text: str, place: Place) -> datetime.date | None:
    if COMPACT.fullmatch(text):
        return _made(text[:4], text[4:6], text[6:])
    if SERIAL.fullmatch(text):
        return FIRST_DAY + datetime.timedelta(days=int(text[:5]))
    parts = [part for part in re.split(r"[\s./,־-]+", text) if part]
    if len(parts) != 3 or len(text) > 40:
        return None
    if all(part.isdecimal() for part in parts):
        if len(parts[0]) == 4:
            return _made(*parts)
        first, second, year = parts
        month, day = (first, second) if place.is_month_first else (second, first)
        return _made(_whole_year(year, place), month, day)
    return _day_in_words(parts, place)


def _day_in_words(parts: list[str], place: Place) -> datetime.date | None:
    """22 Nov 2026, November 22 2026, 22 בנובמבר 2026, 22 Νοεμβρίου 2026."""
    names = _months()
    for at, part in enumerate(parts):
        word = fold(part)
        month = names.get(word) or names.get(word.removeprefix("ב"))
        if month:
            day, year = [other for position, other in enumerate(parts) if position != at]
            return _made(_whole_year(year, place), str(month), day)
    return None


def _whole_year(year: str, place: Place) -> str:
    """Two figures mean the hundred years up to the end of the next decade."""
    if len(year) != 2 or not year.isdecimal():
        return year
    latest = place.today.year + 10
    return str(latest - (latest - int(year)) % 100)


def _made(year: str, month: str, day: str) -> datetime.date | None:
    if not (len(year) == 4 and len(month) <= 2 and len(day) <= 2):
        return None
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        return None


def day_between(earliest: datetime.date, days_ahead: int = 0) -> Reader:
    """A date not before the earliest and at most so many days ahead of today."""

    def read(text: str, column: str, place: Place) -> datetime.date:
        day = read_day(text, column, place)
        latest = place.today + datetime.timedelta(days=days_ahead)
        if not earliest <= day <= latest:
            raise refusals.DayOutOfRange(
                column=column,
                value=shown(text),
                first=earliest,
                last=latest,
            )
        return day

    return read


def read_moment(text: str, column: str, place: Place) -> datetime.datetime:
    """A date with its time, in the time zone of the business; without a time, noon.

    Where the cell says how far its clock is from Greenwich, it is the very moment.
    """
    bare = text.translate(MARKS).strip()
    if EXACT.fullmatch(bare):
        with suppress(ValueError):
            return datetime.datetime.fromisoformat(bare).astimezone(place.zone)
    clock = CLOCK.search(bare)
    day = read_day(text, column, place)
    time = _time(clock[0]) if clock else datetime.time(12)
    return datetime.datetime.combine(day, time, tzinfo=place.zone)


def read_time(text: str, column: str, place: Place) -> datetime.time:
    """A time of day: 9:05, 21:05, 9:05 PM."""
    bare = text.translate(MARKS).strip()
    if not CLOCK.fullmatch(f" {bare}"):
        raise refusals.NotATime(column=column, value=shown(text))
    return _time(bare)


def _time(clock: str) -> datetime.time:
    hour, minute = (int(part) for part in re.findall(r"\d+", clock)[:2])
    if re.search(r"[Pp]\.?[Mm]", clock) and hour < 12:
        hour += 12
    return datetime.time(min(hour, 23), min(minute, 59))


def says_month_first(cells: Iterable[str]) -> bool | None:
    """Whether 01/02 is the second of January in a column; None when no cell of it proves either."""
    days = months = False
    for cell in cells:
        if found := SHORT.match(cell):
            days, months = days or int(found[1]) > 12, months or int(found[2]) > 12
    return months if days != months else None


# ---- numbers


def read_number(text: str, column: str, place: Place) -> Decimal:
    """A number with the separators of the country; what could mean two numbers is refused."""
    bare = GROUPS.sub("", text.translate(MARKS)).replace("\u2212", "-")
    is_negative = bare.startswith(("-", "(")) or bare.endswith("-")
    figures = bare.strip("-+()")
    number = _decimal_of(figures, column, place, text)
    return -number if is_negative else number


def _decimal_of(figures: str, column: str, place: Place, text: str) -> Decimal:
    separators = [c for c in figures if c in ".,"]
    if len(set(separators)) == 2:
        point = separators[-1]
        if separators.count(point) > 1:
            raise refusals.NotANumber(column=column, value=shown(text))
    elif len(separators) > 1:
        point = ""
    else:
        point = _lone_separator(figures, separators[0], place) if separators else ""
    plain = "".join("." if c == point else c for c in figures if c.isdigit() or c == point)
    if not re.fullmatch(r"[\d.,]*\d[\d.,]*", figures) or not _is_grouped(figures, point):
        raise refusals.NotANumber(column=column, value=shown(text))
    try:
        return Decimal(plain)
    except InvalidOperation:
        raise refusals.NotANumber(column=column, value=shown(text)) from None


def _lone_separator(figures: str, mark: str, place: Place) -> str:
    """The mark if it is the point of the number, nothing if it sets thousands apart."""
    whole, _mark, rest = figures.partition(mark)
    if len(rest) != 3 or not whole or whole.startswith("0") or len(whole) > 3:
        return mark
    return mark if mark == place.decimal else ""


def _is_grouped(figures: str, point: str) -> bool:
    """Whether marks that are no point stand before groups of three."""
    whole = figures.split(point)[0] if point else figures
    groups = re.split(r"[.,]", whole)
    return len(groups) == 1 or (
        1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    )


class Amount(NamedTuple):
    """An amount as it stands in a cell, with the currency if it is said."""

    number: Decimal
    currency: str = ""


def read_amount(text: str, column: str, place: Place) -> Amount:
    """An amount of money; refused where it may be meant as a thousand times as much."""
    if PLAIN.fullmatch(text):  # as mostly
        return Amount(Decimal(text.replace(",", ".")))
    bare = GROUPS.sub("", text.translate(MARKS)).replace("\u2212", "-")
    match = SIGNED.fullmatch(bare)
    if not match:
        raise refusals.NotANumber(column=column, value=shown(text))
    figures = match["figures"]
    number = read_number(figures, column, place)
    lone = re.fullmatch(r"[1-9]\d{0,2}([.,])\d{3}", figures)
    if lone and lone[1] == place.decimal:
        whole, part = figures.replace(lone[1], ""), f"{number.normalize():f}"
        raise refusals.TwoReadings(column=column, value=shown(text), one=whole, other=part)
    is_negative = any(match[sign] in ("-", "(", ")") for sign in ("one", "two", "three", "four"))
    currency = _currency(match["before"] + match["after"], column, text)
    return Amount(-number if is_negative else number, currency)


def currency_named(mark: str) -> str:
    """The code of a currency by its sign, its word or its code; empty when there is none."""
    known = fold(mark).strip(".")
    return CURRENCIES.get(known) or (known.upper() if re.fullmatch("[a-z]{3}", known) else "")


def _currency(mark: str, column: str, text: str) -> str:
    code = currency_named(mark)
    if mark and not code:
        raise refusals.NotANumber(column=column, value=shown(text))
    return code


# ---- words


def text_of(most: int) -> Reader:
    """One line of text of limited length."""

    def read(text: str, column: str, place: Place) -> str:
        if "\n" in text or "\r" in text:
            raise refusals.ManyLines(column=column)
        return _fitting(" ".join(text.split()), column, most)

    return read


def long_text_of(most: int) -> Reader:
    """Text of any number of lines."""

    def read(text: str, column: str, place: Place) -> str:
        return _fitting(text, column, most)

    return read


def _fitting(text: str, column: str, most: int) -> str:
    if len(text) > most:
        raise refusals.CellTooLong(column=column, length=len(text), most=most)
    return text


def choice_of(choices: Sequence[tuple[str, Any]], words: Mapping[str, Iterable[str]]) -> Reader:
    """One of a few values: itself, its label in any of our languages, or a usual word for it."""

    @cache
    def known() -> dict[str, str]:
        found: dict[str, str] = {}
        for value, label in choices:
            for word in (value, *_in_languages(label), *words.get(value, ())):
                found.setdefault(fold(word), value)
        for word in words.get("", ()):  # what people write for nothing
            found.setdefault(fold(word), "")
        return found

    def read(text: str, column: str, place: Place) -> str:
        value = known().get(fold(text))
        if value is None:
            labels = [label for _value, label in choices]
            raise refusals.NotAChoice(word=text, column=column, value=shown(text), choices=labels)
        return value

    return read


def _in_languages(label: Any) -> Iterator[str]:
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            yield str(label)


def many_of(read_one: Reader, separators: str) -> Reader:
    """Several values in one cell; what stands in quotation marks is one, whatever it holds."""
    cut = re.compile(separators)
    whole = re.compile(rf'\s*"((?:[^"]|"")*)"\s*(?={separators}|$)')

    def parts(text: str) -> Iterator[str]:
        at = 0
        while True:
            if marked := whole.match(text, at):
                end = marked.end()
                yield marked[1].replace('""', '"')
            else:
                found = cut.search(text, at)
                end = found.start() if found else len(text)
                yield text[at:end]
            between = cut.match(text, end)
            if between is None:
                return
            at = between.end()

    def read(text: str, column: str, place: Place) -> list[Any]:
        some = parts(text) if '"' in text else cut.split(text)
        return [read_one(part, column, place) for one in some if (part := one.strip())]

    return read


def quoted(text: str) -> str:
    """One of several values of a cell, in quotation marks where it might be taken for two."""
    return '"' + text.replace('"', '""') + '"' if BETWEEN.search(text) else text
