"""Filters in words: what a list is narrowed to, as one reads it aloud."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kesher.core.access import Actor
from kesher.core.fields import Field, Type, choices_of, label_of_ref
from kesher.core.filter_values import MONTH, SPAN, TODAY
from kesher.core.filters import ME, NONE, OP_LABELS, Term, ops_of
from kesher.surface.lists.asking import Ask
from kesher.web import moments

MOST_SPELLED = 3
UNITS = {
    "d": lambda n: ngettext("%(n)s day", "%(n)s days", n) % {"n": n},
    "w": lambda n: ngettext("%(n)s week", "%(n)s weeks", n) % {"n": n},
    "m": lambda n: ngettext("%(n)s month", "%(n)s months", n) % {"n": n},
    "y": lambda n: ngettext("%(n)s year", "%(n)s years", n) % {"n": n},
}


@dataclass(frozen=True)
class Chip:
    """One filter in words. `joins` says how it goes with the one before: and, or."""

    key: str
    label: Any
    op: Any
    values: list[Any]
    more: int
    edit: str  # the address where its values are chosen anew
    without: str  # the list without it
    joins: str = ""


def chips(ask: Ask, actor: Actor, *, today: date) -> list[Chip]:
    """The filters of a list in words; those of one group stand together with an or between."""
    grouped = sorted(ask.terms, key=lambda term: (bool(term.group), term.group))
    found: list[Chip] = []
    before: Term | None = None
    for term in grouped:
        one = ask.listing.kind.fields[term.field]
        joins = (
            "" if before is None else "or" if term.group and term.group == before.group else "and"
        )
        values = [value_words(one, term, value, actor, today) for value in term.values]
        # One too many is named as well: "and one more" would take as much room.
        cut = len(values) if len(values) <= MOST_SPELLED + 1 else MOST_SPELLED
        chip = Chip(
            term.key, one.label, op_words(one, term), values[:cut], len(values) - cut,
            _edit_address(ask, term), _address(ask.without(term.key)), joins,
        )  # fmt: skip
        found.append(chip)
        before = term
    return found


def _address(ask: Ask) -> str:
    return f"{reverse(ask.listing.name)}?{ask.query()}"


def _edit_address(ask: Ask, term: Term) -> str:
    asked = {"field": term.field, "op": term.op, "in": ask.query()}
    return f"{reverse(f'{ask.listing.name}-filter')}?{urlencode(asked)}"


def op_words(one: Field, term: Term) -> Any:
    """How the field compares; the usual comparison goes without saying."""
    if term.op == "within":  # the value says it: in the last 30 days
        return ""
    if term.op == "empty":
        return ""
    usual = ops_of(one)[0]
    return "" if term.op == usual and usual == "is" else OP_LABELS[term.op]


def value_words(one: Field, term: Term, value: str, actor: Actor, today: date) -> Any:
    """A value as people say it."""
    if term.op == "empty":
        return _("is empty") if value == "yes" else _("has a value")
    if one.type in (Type.DATE, Type.MOMENT):
        return _time_words(term.op, value, today)
    if one.type in (Type.CHOICE, Type.REF):
        return _choice_words(one, value, actor)
    if one.type == Type.FLAG:
        return pgettext("filter", "yes") if value == "yes" else pgettext("filter", "no")
    if one.type in (Type.NUMBER, Type.MONEY, Type.PHONE):
        return format_html('<bdi dir="ltr">{}</bdi>', value)
    return format_html("“<bdi>{}</bdi>”", value)


def _choice_words(one: Field, value: str, actor: Actor) -> Any:
    if value == NONE:
        return pgettext("filter", "none")
    if value == ME:
        return pgettext("filter", "me")
    if one.type == Type.REF and one.refers is not None:
        return format_html("<bdi>{}</bdi>", label_of_ref(one, actor, int(value)) or f"#{value}")
    return dict(choices_of(one, actor)).get(value, value)


def _time_words(op: str, value: str, today: date) -> Any:
    if op == "month":
        return month_name(int(value))
    if op in ("within", "coming"):
        return span_words(value, is_coming=op == "coming")
    if op == "in":
        match = MONTH.match(value)
        if match and match[2]:
            return _("%(month)s %(year)s") % {"month": month_name(int(match[2])), "year": match[1]}
        return value
    if value == TODAY:
        return _("today")
    return look_day(date.fromisoformat(value), today)


def look_day(value: date, today: date) -> SafeString:
    """A day in few letters."""
    return format_html("{}", moments.day_text(value, today=today))


def span_words(value: str, *, is_coming: bool = False) -> str:
    """In the last 30 days, in the next week."""
    match = SPAN.match(value)
    if not match:
        return value
    length = UNITS[match[3]](int(match[2]))
    if is_coming:
        return length
    if match[1] == "-":
        return _("in the last %(length)s") % {"length": length}
    return _("in the next %(length)s") % {"length": length}


def month_name(number: int) -> str:
    """The name of a month in the reader's language."""
    return str(MONTHS[number])
