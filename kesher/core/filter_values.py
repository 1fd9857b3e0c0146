"""The values of filters: days, spans, months, numbers and records, as an address writes them."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from django.db.models import F, Q
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor
from kesher.core.fields import Field, Type
from kesher.core.monthday import MonthDay
from kesher.core.refusal import Refusal

SPAN = re.compile(r"^([+-]?)([0-9]{1,4})([dwmy])$")
DAYS_IN = {"d": 1, "w": 7, "m": 30, "y": 365}
MONTH = re.compile(r"^([0-9]{4})(?:-(0[1-9]|1[0-2]))?$")
ME = "me"
NONE = "none"
TODAY = "today"
FIRST_YEAR, LAST_YEAR = 2, 9998
LARGEST = Decimal(10) ** 12
YEAR = 365


class BadFilter(Refusal):
    """A filter in the address names what does not exist or holds what cannot be read."""

    message = _("This filter cannot be read: %(part)s. Remove it or choose it anew.")
    status = 400

    def __init__(self, part: str):
        super().__init__(part=part[:60])


def record(value: str, one: Field, actor: Actor) -> int:
    """The number of a record that a field refers to; "me" where it refers to one of us."""
    if value == ME:
        is_us = one.refers is not None and one.refers._meta.label_lower == "organization.member"
        if not is_us or actor.member_id is None:
            raise BadFilter(value)
        return actor.member_id
    if not (value.isascii() and value.isdecimal()) or len(value) > 18:
        raise BadFilter(value)
    return int(value)


def number(value: str, _one: Field) -> Decimal | int:
    """A number that every column of numbers can be compared with."""
    try:
        found = Decimal(value.replace(",", ""))
    except InvalidOperation:
        raise BadFilter(value) from None
    if not found.is_finite() or abs(found) >= LARGEST:
        raise BadFilter(value)
    return int(found) if found == found.to_integral_value() else round(found, 4)


def times(one: Field, op: str, value: str, today: date) -> Q:
    """The condition that a day or a moment lies where the value says."""
    if op == "month":
        if not (value.isascii() and value.isdecimal()) or not 1 <= int(value) <= 12:
            raise BadFilter(value)
        return _between(one, int(value) * 100, int(value) * 100 + 99)
    if op == "coming":
        return _coming(one, value, today)
    if op == "within":
        return _from_to(one, *span(value, today))
    if op == "in":
        return _from_to(one, *month(value))
    wanted = day(value, today)
    first, last = {
        "is": (wanted, wanted),
        "after": (wanted, None),
        "later": (wanted + timedelta(days=1), None),
        "before": (None, wanted - timedelta(days=1)),
    }[op]
    return _from_to(one, first, last)


def _from_to(one: Field, first: date | None, last: date | None) -> Q:
    held = Q()
    is_moment = one.type == Type.MOMENT
    if first:
        held &= Q(**{f"{one.path}__gte": _start(first) if is_moment else first})
    if last and is_moment:
        held &= Q(**{f"{one.path}__lt": _start(last + timedelta(days=1))})
    elif last:
        held &= Q(**{f"{one.path}__lte": last})
    return held


def _coming(one: Field, value: str, today: date) -> Q:
    """Days that come round each year, such as birthdays: from today on, past the new year too."""
    first, last = span(value, today)
    if first < today:
        raise BadFilter(value)
    if (last - first).days >= YEAR:
        return Q(**{f"{one.path}__isnull": False})
    low, high = (found.month * 100 + found.day for found in (first, last))
    if low <= high:
        return _between(one, low, high)
    return _between(one, low, 1231) | _between(one, 101, high)


def _between(one: Field, low: int, high: int) -> Q:
    """Compared as an expression, so that an index on it serves."""
    when = MonthDay(F(one.path))
    held = Q(GreaterThanOrEqual(when, low)) & Q(LessThanOrEqual(when, high))
    return held & Q(**{f"{one.path}__isnull": False})  # so that a partial index serves


def span(value: str, today: date) -> tuple[date, date]:
    """Days from or up to today: -30d is the last thirty, 7d the next seven."""
    match = SPAN.match(value)
    if not match:
        raise BadFilter(value)
    length = int(match[2]) * DAYS_IN[match[3]]
    try:
        other = today + timedelta(days=-length if match[1] == "-" else length)
    except OverflowError:
        raise BadFilter(value) from None
    if not FIRST_YEAR <= other.year <= LAST_YEAR:
        raise BadFilter(value)
    return min(today, other), max(today, other)


def month(value: str) -> tuple[date, date]:
    """First and last day of a month (2026-07) or a year (2026)."""
    match = MONTH.match(value)
    year = int(match[1]) if match else 0
    if match is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadFilter(value)
    if not match[2]:
        return date(year, 1, 1), date(year, 12, 31)
    first = date(year, int(match[2]), 1)
    after = date(year + first.month // 12, first.month % 12 + 1, 1)
    return first, after - timedelta(days=1)


def day(value: str, today: date) -> date:
    """A day as 2026-07-04, or the word today."""
    if value == TODAY:
        return today
    try:
        found = parse_date(value)
    except ValueError:
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadFilter(value)
    return found


def _start(wanted: date) -> datetime:
    """The first moment of a day in the zone of the business."""
    return timezone.make_aware(datetime.combine(wanted, time.min))
