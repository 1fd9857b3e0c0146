"""Draws the values of a list: one way for each type, and what lists of one kind draw otherwise.

Rows are drawn here and not in a template, because fifty rows of eight cells would cost more there
than everything else on the page together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kesher.core.access import Actor
from kesher.core.fields import Field, Money, Ref, Type, choices_of
from kesher.core.phones import show_phone
from kesher.web import moments
from kesher.web.initials import initials, tone
from kesher.web.templatetags import look

NOTHING = SafeString("")
SOME_NUMBER = 987654321  # stands in an address for the number of a row
DASH = SafeString('<span class="dim" aria-hidden="true">—</span>')
LONGEST = 80
AMOUNT = re.compile(r"\d[\d.,]*")


def html(form: str, *parts: Any) -> SafeString:
    """What format_html does, four times as fast: a page has some two thousand small parts."""
    return SafeString(
        form.format(*[part if type(part) is SafeString else escape(str(part)) for part in parts])
    )


def address_form(name: str, *, is_numbered: bool = True, query: str = "") -> str:
    """The address of a page, with {0} for the number of a record; empty where there is no page."""
    try:
        found = reverse(name, args=[SOME_NUMBER] if is_numbered else [])
    except NoReverseMatch:
        return ""
    return found.replace(str(SOME_NUMBER), "{0}") + (f"?{query}" if query else "")


@dataclass(frozen=True)
class Row:
    """One row as it is drawn: its number and its values by field."""

    pk: int
    values: dict[str, Any]

    def get(self, name: str) -> Any:
        """The value of a field; nothing where the reader has no such field."""
        return self.values.get(name)


Painter = Callable[["Pen", Any, Row], Any]


@dataclass
class Pen:
    """Draws for one reader: his language, the country of the business, what day it is."""

    actor: Actor
    country: str
    today: date
    now: datetime
    painters: dict[str, Painter] = field(default_factory=dict)
    opens: str = ""  # form of the address that a row opens
    marked: dict[str, frozenset[Any]] = field(default_factory=dict)  # values that stand out
    _forms: dict[str, str] = field(default_factory=dict)
    _once: dict[Any, SafeString] = field(default_factory=dict)
    _labels: dict[str, dict[str, str]] = field(default_factory=dict)

    def draw(self, one: Field, row: Row) -> SafeString:
        """What a cell holds, drawn."""
        value = row.get(one.name)
        painter = self.painters.get(one.name)
        if painter is not None:
            drawn = painter(self, value, row)
            return drawn if type(drawn) is SafeString else conditional_escape(drawn)
        if value is None or value == "" or value == []:
            return NOTHING
        return PAINTERS[one.type](self, one, value)

    def open(self, row: Row) -> str:
        """The address that a row opens."""
        return self.opens.format(row.pk)

    def address(self, name: str, pk: int) -> str:
        """The address of another record, by the name of its page."""
        if name not in self._forms:
            self._forms[name] = address_form(name)
        return self._forms[name].format(pk)

    def once(self, key: Any, make: Callable[[], Any]) -> SafeString:
        """What is drawn alike in many rows, drawn once."""
        if key not in self._once:
            self._once[key] = conditional_escape(make())
        return self._once[key]

    def label(self, one: Field, value: Any) -> str:
        """The name of a choice."""
        if one.name not in self._labels:
            self._labels[one.name] = dict(choices_of(one, self.actor))
        return self._labels[one.name].get(str(value), str(value))

    def day(self, value: date | datetime) -> SafeString:
        """A day in few letters; the same day is drawn once."""
        day = moments.local_day(value)
        return self.once(day, lambda: self._day(day))

    def _day(self, day: date) -> SafeString:
        if abs((day - self.today).days) <= 1:  # these have words of their own
            shown = moments.day_text(day, today=self.today)
        else:
            shown = moments.plain_day(day, with_year=day.year != self.today.year)
        return html('<time datetime="{}">{}</time>', day.isoformat(), shown)

    def money(self, value: Money) -> SafeString:
        """An amount with its currency."""
        return money_html(value.amount, value.currency, moments.language())


# ---- one way for each type


def _text(pen: Pen, one: Field, value: Any) -> SafeString:
    if isinstance(value, list):
        return _tags(value)
    return html('<bdi class="cut">{}</bdi>', _short(str(value)))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _tags(values: Iterable[Any]) -> SafeString:
    return format_html_join(
        " ", '<span class="tag line"><bdi>{}</bdi></span>', ((str(v),) for v in values)
    )


def _phone(pen: Pen, one: Field, value: Any) -> SafeString:
    shown = show_phone(value, pen.country).replace(" ", "\u00a0")
    return html('<a href="tel:{}"><bdi dir="ltr" class="nowrap">{}</bdi></a>', value, shown)


def _email(pen: Pen, one: Field, value: Any) -> SafeString:
    return html('<a href="mailto:{}"><bdi dir="ltr">{}</bdi></a>', value, value)


def _number(pen: Pen, one: Field, value: Any) -> SafeString:
    return look.count(value) if isinstance(value, int) else html("<bdi>{}</bdi>", value)


def _money(pen: Pen, one: Field, value: Any) -> SafeString:
    return pen.money(value)


def _day(pen: Pen, one: Field, value: Any) -> SafeString:
    return pen.day(value)


def _link(pen: Pen, one: Field, value: Any) -> SafeString:
    shown = value.partition("://")[2].removesuffix("/")
    return html(
        '<a class="cut" href="{}" rel="noopener noreferrer" target="_blank"><bdi dir="ltr">{}</bdi>'
        "</a>", value, _short(shown),
    )  # fmt: skip


def _choice(pen: Pen, one: Field, value: Any) -> SafeString:
    if isinstance(value, list):
        return _tags([pen.label(one, part) for part in value])
    return html("{}", pen.label(one, value))


def _ref(pen: Pen, one: Field, value: Any) -> SafeString:
    if isinstance(value, list):
        return _tags(value)
    return html("<bdi>{}</bdi>", value.label)


def _flag(pen: Pen, one: Field, value: Any) -> SafeString:
    return html("{}", _("Yes") if value else _("No"))


PAINTERS: dict[Type, Callable[[Pen, Field, Any], SafeString]] = {
    Type.TEXT: _text, Type.LONG: _text, Type.PHONE: _phone, Type.EMAIL: _email,
    Type.NUMBER: _number, Type.MONEY: _money, Type.DATE: _day, Type.MOMENT: _day,
    Type.CHOICE: _choice, Type.REF: _ref, Type.FLAG: _flag, Type.LINK: _link,
}  # fmt: skip


# ---- amounts, fast: the shape of a currency is asked once, its digits are put in


@lru_cache(maxsize=64)
def _shape(currency: str, language: str) -> tuple[str, str, str, str]:
    """What stands before and after the digits of an amount, and its two separators."""
    drawn = str(look.money(Decimal("1234567.89"), currency))
    found = AMOUNT.search(drawn)
    if found is None or len(found[0]) != len("1,234,567.89"):
        return "", "", "", ""
    return drawn[: found.start()], drawn[found.end() :], found[0][1], found[0][-3]


def money_html(amount: Decimal, currency: str, language: str) -> SafeString:
    """An amount as `look.money` draws it, a hundred times as fast."""
    before, after, thousands, point = _shape(currency, language)
    if amount is None or amount < 0 or not thousands:
        return look.money(amount, currency)
    is_whole = amount == amount.to_integral_value()
    digits = f"{amount:,.0f}" if is_whole else f"{amount:,.2f}"
    shown = digits.translate({ord(","): thousands, ord("."): point})
    return SafeString(f"{before}{shown}{after}")


# ---- people


def face(label: str, key: Any) -> SafeString:
    """A small mark with the initials, and the whole name for those who point or listen."""
    return _face(label, str(key))


@lru_cache(maxsize=2048)
def _face(label: str, key: str) -> SafeString:
    mark = avatar(label, key)
    return html(
        '<span class="who-s" title="{}">{}<bdi class="visually-hidden">{}</bdi></span>',
        label, mark, label,
    )  # fmt: skip


def avatar(label: str, key: Any) -> SafeString:
    """Initials in a round mark."""
    letters = initials(label)
    if not letters:
        return look.avatar(label, "", key)
    return html('<span class="av {}" aria-hidden="true">{}</span>', tone(key), letters)


def lead(url: str, label: str, sub: Any, *, key: Any, mark: Any = None) -> SafeString:
    """The first cell: the link that opens the record, with what stands under its name."""
    shown = avatar(label, key) if mark is None else mark
    under = html('<br><bdi class="sub">{}</bdi>', sub) if sub else NOTHING
    return html(
        '<a class="name" data-open href="{}">{}<span><bdi>{}</bdi>{}</span></a>',
        url, shown, label, under,
    )  # fmt: skip


def overdue(pen: Pen, due_on: date) -> SafeString:
    """That something was to be done by a day that has passed."""
    words = html(_("Overdue, {}"), pen.day(due_on))
    return html('<span class="t-bad">{} {}</span>', look.icon("clock", "s"), words)


def joined(parts: Sequence[Any], between: str = " · ") -> SafeString:
    """What there is of some parts, side by side."""
    return format_html_join(between, "{}", ((part,) for part in parts if part))


def refs(values: Iterable[Ref]) -> SafeString:
    """Records that another belongs to, by their names."""
    return format_html_join(", ", "<bdi>{}</bdi>", ((ref.label,) for ref in values))
