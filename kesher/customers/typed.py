"""What people type about a customer, brought into the form that is kept; no database."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from kesher.core.columns import column_named
from kesher.core.refusal import Refusal
from kesher.core.text import clean, fold
from kesher.customers.models import Channel, Customer
from kesher.organization.models import Language

SPACES = re.compile(r"\s+")
MARKS = re.compile("[\u200b\u200e\u200f\u2060\u00ad]")  # pasted with a name, seen by nobody


class NameMissing(Refusal):
    """Nobody can be kept without a name."""

    message = _("A customer needs a name. Write at least a first name, a family name or a company.")


class TooLong(Refusal):
    """What was typed does not fit the field."""

    message = _("“%(field)s” holds at most %(most)s characters.")


class ChoiceUnknown(Refusal):
    """A value that is not among those to choose from."""

    message = _("“%(value)s” is not one of the choices for “%(field)s”.")


class DayImpossible(Refusal):
    """A date that no living customer has."""

    message = _("“%(field)s” must lie between the years 1850 and 2150.")


CHOICES = {
    "kind": (frozenset(Customer.Kind.values), False),
    "stage": (frozenset(Customer.Stage.values), False),
    "gender": (frozenset(Customer.Gender.values), True),
    "language": (frozenset(Language.values), True),
    "preferred_channel": (frozenset(Channel.values), True),
}
TEXTS = ("first_name", "last_name", "name", "reference", "city", "about")
DAYS = ("birth_on", "since_on")
LONGEST_ABOUT = 20_000
LONGEST = {name: column_named(Customer, name).max_length or LONGEST_ABOUT for name in TEXTS}


def line(text: str) -> str:
    """One line of text without what no person types, single spaces between words."""
    if text.isprintable() and "  " not in text:  # as nearly always
        return text.strip()
    return SPACES.sub(" ", MARKS.sub("", clean(text))).strip() if text else ""


def fitted(model: type[Model], name: str, text: str) -> str:
    """One line of text that fits the column; refuses what does not."""
    kept = line(text)
    column: Any = model._meta.get_field(name)
    if len(kept) > column.max_length:
        raise TooLong(field=str(column.verbose_name), most=column.max_length)
    return kept


def label_of(name: str) -> str:
    """The name of a column as people read it."""
    return str(Customer._meta.get_field(name).verbose_name)


def checked_text(name: str, text: str | None) -> str:
    """The text as it is kept; refuses what does not fit."""
    if not text:
        return ""
    kept = clean(text) if name == "about" else line(text)
    most = LONGEST[name]
    if len(kept) > most:
        raise TooLong(field=label_of(name), most=most)
    return kept


def checked_choice(name: str, value: str) -> str:
    """The value if it may be chosen."""
    choices, may_be_empty = CHOICES[name]
    if value in choices or (may_be_empty and not value):
        return value
    raise ChoiceUnknown(value=str(value)[:40], field=label_of(name))


def checked_day(name: str, day: Any) -> Any:
    """The day if somebody can have been born or served on it."""
    if day is not None and not 1850 <= day.year <= 2150:
        raise DayImpossible(field=label_of(name))
    return day


def checked_days(days: Iterable[int]) -> list[int]:
    """Days of the week, Monday is 0, each once and in order."""
    kept = sorted(set(days))
    if any(not 0 <= day <= 6 for day in kept):
        raise ChoiceUnknown(value=str(kept[-1]), field=label_of("preferred_days"))
    return kept


def split_name(name: str) -> tuple[str, str]:
    """First and family name of a whole name: the last word, or what stands before a comma."""
    if "," in name:
        last, first = name.split(",", 1)
        return first.strip(), last.strip()
    first, _space, last = name.rpartition(" ")
    return (first, last) if first else (last, "")


def named(kind: str, first: str, last: str, name: str) -> tuple[str, str, str]:
    """First name, family name and shown name of a customer; refuses when there is none."""
    if kind != Customer.Kind.PERSON:
        shown = name or f"{first} {last}".strip()
        first = last = ""
    else:
        if not (first or last):
            first, last = split_name(name)
        shown = f"{first} {last}".strip()
    if not fold(shown):
        raise NameMissing
    parts = zip(("first_name", "last_name", "name"), (first, last, shown), strict=True)
    first, last, shown = (checked_text(field, text) for field, text in parts)
    return first, last, shown


def sort_name(first: str, last: str, shown: str) -> str:
    """What lists sort by: folded, the family name first."""
    return fold(f"{last} {first}" if first or last else shown)[:200]
