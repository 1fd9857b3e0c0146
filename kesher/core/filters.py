"""One grammar of filters: the address of a page, a saved view, a segment and a report alike.

    ?stage=new&stage=steady&owner=me&since_on.after=2026-01-01&sort=-worth

The same field twice means either; different fields must all hold. A number before a tilde puts
different fields into one group, of which any may hold: ?1~owner=me&1~stage=new. A field that the
actor may not read is as unknown as one that does not exist.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor
from kesher.core.fields import Field, Kind, Type, fields_for
from kesher.core.refusal import Refusal
from kesher.core.text import fold

RESERVED = frozenset({"sort", "cols", "q", "after", "group", "group2", "view", "peek", "size", "all"})
KEY = re.compile(r"^(?:(?P<group>\d{1,2})~)?(?P<field>[a-z0-9_]+)(?:\.(?P<op>[a-z]+))?$")
DAYS = re.compile(r"^([+-]?\d{1,4})([dwmy])$")
DAYS_IN = {"d": 1, "w": 7, "m": 30, "y": 365}
ME = "me"
NONE = "none"
MOST_TERMS = 40

TEXT_OPS = ("has", "is", "not", "starts", "empty")
NUMBER_OPS = ("is", "over", "under", "empty")
DATE_OPS = ("is", "after", "before", "within", "month", "empty")
CHOICE_OPS = ("is", "not", "empty")
OPS = {
    Type.TEXT: TEXT_OPS, Type.LONG: TEXT_OPS, Type.PHONE: TEXT_OPS, Type.EMAIL: TEXT_OPS,
    Type.NUMBER: NUMBER_OPS, Type.MONEY: NUMBER_OPS, Type.DATE: DATE_OPS, Type.MOMENT: DATE_OPS,
    Type.CHOICE: CHOICE_OPS, Type.REF: CHOICE_OPS, Type.FLAG: ("is",),
}  # fmt: skip
OP_LABELS = {
    "has": _("contains"), "is": _("is"), "not": _("is not"), "starts": _("begins with"),
    "empty": _("is empty"), "over": _("at least"), "under": _("at most"), "after": _("from"),
    "before": _("before"), "within": _("within"), "month": _("in month"),
}  # fmt: skip


class BadFilter(Refusal):
    """A filter in the address names what does not exist or holds what cannot be read."""

    message = _("This filter cannot be read: %(part)s. Remove it or choose it anew.")

    status = 400

    def __init__(self, part: str):
        super().__init__(part=part[:60])


@dataclass(frozen=True)
class Term:
    """One condition: a field, how it compares, with which values (any of them)."""

    field: str
    op: str
    values: tuple[str, ...]
    group: str = ""

    @property
    def key(self) -> str:
        return f"{self.group + '~' if self.group else ''}{self.field}.{self.op}"


def parse(pairs: Iterable[tuple[str, str]], kind: Kind, actor: Actor) -> list[Term]:
    """Read the conditions out of an address; raise BadFilter for what cannot be read."""
    catalogue = fields_for(actor, kind)
    gathered: dict[tuple[str, str, str], list[str]] = {}
    for key, value in pairs:
        if key in RESERVED:
            continue
        match = KEY.match(key)
        if not match or match["field"] not in catalogue:
            raise BadFilter(key)
        one = catalogue[match["field"]]
        op = match["op"] or OPS[one.type][0]
        if op not in OPS[one.type]:
            raise BadFilter(key)
        gathered.setdefault((match["group"] or "", one.name, op), []).append(value)
    if len(gathered) > MOST_TERMS:
        raise BadFilter("…")
    return [
        Term(field=name, op=op, values=tuple(values), group=group)
        for (group, name, op), values in gathered.items()
    ]


def address(terms: Sequence[Term]) -> list[tuple[str, str]]:
    """The conditions as pairs of an address: the reverse of `parse`."""
    return [(term.key, value) for term in terms for value in term.values]


def condition(terms: Sequence[Term], kind: Kind, actor: Actor) -> Q:
    """The conditions as one Q: groups hold each by any of their terms, and all together."""
    catalogue = fields_for(actor, kind)
    whole = Q()
    groups: dict[str, Q] = {}
    for term in terms:
        if term.field not in catalogue:
            raise BadFilter(term.field)
        held = _term(term, catalogue[term.field], actor)
        if term.group:
            groups[term.group] = groups.get(term.group, Q()) | held
        else:
            whole &= held
    for held in groups.values():
        whole &= held
    return whole


def _term(term: Term, one: Field, actor: Actor) -> Q:
    if term.op == "empty":
        empty = _empty(one)
        return ~empty if term.values[:1] == ("no",) else empty
    held = Q()
    for value in term.values:
        held |= _compare(one, "is" if term.op == "not" else term.op, value, actor)
    return ~held if term.op == "not" else held


def _empty(one: Field) -> Q:
    if one.through:
        return ~_held_through(one)
    empty = Q(**{f"{one.path}__isnull": True})
    if one.type in (Type.TEXT, Type.LONG, Type.PHONE, Type.EMAIL, Type.CHOICE):
        empty |= Q(**{one.path: ""})
    return empty


def _held_through(one: Field, **which: Any) -> Q:
    through = one.through
    rows = through.model._default_manager.filter(**{through.record: OuterRef("pk")}, **which)
    return Q(Exists(rows))


def _compare(one: Field, op: str, value: str, actor: Actor) -> Q:
    if one.type in (Type.DATE, Type.MOMENT):
        return _compare_time(one, op, value)
    if one.type in (Type.NUMBER, Type.MONEY):
        suffix = {"is": "", "over": "__gte", "under": "__lte"}[op]
        return Q(**{f"{one.path}{suffix}": _number(value)})
    if one.type == Type.FLAG:
        if value not in ("yes", "no"):
            raise BadFilter(value)
        return Q(**{one.path: value == "yes"})
    if one.type == Type.REF:
        return _compare_ref(one, value, actor)
    if one.type == Type.CHOICE:
        return _empty(one) if value == NONE else Q(**{one.path: value})
    suffix = {"has": "__contains" if one.folded else "__icontains", "is": "", "starts": "__startswith"}[op]
    return Q(**{f"{one.path}{suffix}": fold(value) if one.folded else value})


def _compare_ref(one: Field, value: str, actor: Actor) -> Q:
    if value == NONE:
        return _empty(one)
    pk = actor.member_id if value == ME else int(value) if value.isdecimal() else None
    if pk is None or pk >= 2**63:
        raise BadFilter(value)
    if one.through:
        return _held_through(one, **{one.through.other: pk})
    return Q(**{one.path: pk})


def _compare_time(one: Field, op: str, value: str) -> Q:
    if op == "month":
        if not value.isdecimal() or not 1 <= int(value) <= 12:
            raise BadFilter(value)
        return Q(**{f"{one.path}__month": int(value)})
    if op == "within":
        first, last = _span(value)
    else:
        day = _day(value)
        first, last = {"is": (day, day), "after": (day, None), "before": (None, _previous(day))}[op]
    held = Q()
    if first:
        held &= Q(**{f"{one.path}__gte": _start(first) if one.type == Type.MOMENT else first})
    if last and one.type == Type.MOMENT:
        held &= Q(**{f"{one.path}__lt": _start(_next(last))})
    elif last:
        held &= Q(**{f"{one.path}__lte": last})
    return held


def _span(value: str) -> tuple[datetime.date, datetime.date]:
    """Days from or up to today: -30d is the last thirty, 7d the next seven."""
    match = DAYS.match(value)
    if not match:
        raise BadFilter(value)
    today = timezone.localdate()
    try:
        other = today + datetime.timedelta(days=int(match[1]) * DAYS_IN[match[2]])
    except OverflowError:
        raise BadFilter(value) from None
    return min(today, other), max(today, other)


def _day(value: str) -> datetime.date:
    if value == "today":
        return timezone.localdate()
    try:
        day = parse_date(value)
    except ValueError:
        day = None
    if day is None or not 1 < day.year < 9999:
        raise BadFilter(value)
    return day


def _previous(day: datetime.date) -> datetime.date:
    return day - datetime.timedelta(days=1)


def _next(day: datetime.date) -> datetime.date:
    return day + datetime.timedelta(days=1)


def _start(day: datetime.date) -> datetime.datetime:
    """The first moment of a local day."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def _number(value: str) -> Decimal:
    try:
        number = Decimal(value.replace(",", ""))
    except InvalidOperation:
        raise BadFilter(value) from None
    if not number.is_finite() or abs(number) >= 10**15:
        raise BadFilter(value)
    return number
