"""One grammar of filters: the address of a page, a saved view, a segment and a report alike.

    ?stage=new&stage=steady&owner=me&since_on.after=2026-01-01&sort=-worth

The same field twice means either; different fields must all hold. A number before a tilde puts
different fields into one group, of which any may hold: ?1~owner=me&1~stage=new. A field that the
actor may not read is as unknown as one that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kesher.core import filter_values as values
from kesher.core.access import Actor
from kesher.core.fields import WORDS, Field, Kind, Type, choices_of, fields_for
from kesher.core.filter_values import ME, NONE, BadFilter
from kesher.core.phones import digits
from kesher.core.text import clean, fold

# What an address says beside its filters; no field may have such a name.
RESERVED = frozenset(
    {
        "sort", "cols", "q", "after", "before", "group", "group2", "view", "peek", "size", "all",
        "in", "format",
    }
)  # fmt: skip
KEY = re.compile(r"^(?:(?P<group>[0-9]{1,2})~)?(?P<field>[a-z][a-z0-9_]*)(?:\.(?P<op>[a-z]+))?$")
MOST_TERMS = 40
MOST_VALUES = 100
LONGEST = 200

TEXT_OPS = ("has", "is", "not", "starts", "empty")
PHONE_OPS = ("has", "is", "empty")
NUMBER_OPS = ("is", "over", "under", "empty")
MOMENT_OPS = ("is", "after", "later", "before", "within", "in", "empty")
DATE_OPS = (*MOMENT_OPS[:-1], "coming", "month", "empty")
CHOICE_OPS = ("is", "not", "empty")
OPS = {
    Type.TEXT: TEXT_OPS, Type.LINK: TEXT_OPS, Type.LONG: TEXT_OPS,
    Type.EMAIL: TEXT_OPS, Type.PHONE: PHONE_OPS,
    Type.NUMBER: NUMBER_OPS, Type.MONEY: NUMBER_OPS, Type.DATE: DATE_OPS, Type.MOMENT: MOMENT_OPS,
    Type.CHOICE: CHOICE_OPS, Type.REF: CHOICE_OPS, Type.FLAG: ("is",),
}  # fmt: skip
WORDS_THROUGH_OPS = ("has", "empty")
LEDGER_OPS = ("is", "not")
OP_LABELS = {
    "has": _("contains"), "is": _("is"), "not": _("is not"), "starts": _("begins with"),
    "empty": _("is empty"), "over": _("at least"), "under": _("at most"),
    "after": pgettext_lazy("filter on a date", "from"),
    "later": _("after"),
    "before": _("before"), "within": _("within"), "in": _("in"), "coming": _("comes round within"),
    "month": _("in month"),
}  # fmt: skip


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


def ops_of(one: Field) -> tuple[str, ...]:
    """How a field can be compared; the first is meant where the address says none."""
    if one.through and one.through.kind:
        return LEDGER_OPS
    return WORDS_THROUGH_OPS if one.through and one.through.text else OPS[one.type]


# ---- reading and writing addresses


def parse(pairs: Iterable[tuple[str, str]], kind: Kind, actor: Actor) -> list[Term]:
    """Read the conditions out of an address; raise BadFilter for the first that can't be read."""
    terms, unread = read(pairs, kind, actor)
    if unread:
        raise BadFilter(unread[0])
    return terms


def read(
    pairs: Iterable[tuple[str, str]], kind: Kind, actor: Actor
) -> tuple[list[Term], list[str]]:
    """The conditions of an address that can be read, and the keys of those that cannot."""
    catalogue = fields_for(actor, kind)
    gathered: dict[tuple[str, str, str], list[str]] = {}
    unread: list[str] = []
    room = MOST_VALUES
    for key, value in pairs:
        if key in RESERVED:
            continue
        place = _place(key, catalogue)
        kept = clean(value)[:LONGEST].strip()
        if place is None or not kept or room == 0:
            unread.append(clean(key)[:60])
        elif kept not in gathered.setdefault(place, []):
            gathered[place].append(kept)
            room -= 1
    terms = [
        Term(field=name, op=op, values=tuple(held), group=group)
        for (group, name, op), held in gathered.items()
    ]
    return terms[:MOST_TERMS], unread + [term.key for term in terms[MOST_TERMS:]]


def _place(key: str, catalogue: dict[str, Field]) -> tuple[str, str, str] | None:
    """Group, field and comparison that a key names, where the reader knows them."""
    match = KEY.match(key)
    if not match or match["field"] not in catalogue:
        return None
    ops = ops_of(catalogue[match["field"]])
    op = match["op"] or ops[0]
    return (match["group"] or "", match["field"], op) if op in ops else None


def address(terms: Sequence[Term], kind: Kind | None = None) -> list[tuple[str, str]]:
    """The conditions as pairs of an address: the reverse of `parse`.

    With the kind the usual comparison of a field is left out: stage=new for stage.is=new.
    """
    return [(_short(term, kind), value) for term in terms for value in term.values]


def _short(term: Term, kind: Kind | None) -> str:
    one = kind.fields.get(term.field) if kind else None
    return term.key.removesuffix(f".{term.op}") if one and ops_of(one)[0] == term.op else term.key


def usable(
    terms: Sequence[Term], kind: Kind, actor: Actor, *, today: date
) -> tuple[list[Term], list[str]]:
    """The conditions whose values can be read too, and the keys of the others."""
    good, bad = [], []
    for term in terms:
        try:
            condition([term], kind, actor, today=today)
        except BadFilter:
            bad.append(term.key)
        else:
            good.append(term)
    return good, bad


# ---- conditions


def condition(terms: Sequence[Term], kind: Kind, actor: Actor, *, today: date) -> Q:
    """The conditions as one Q: groups hold each by any of their terms, and all together."""
    catalogue = fields_for(actor, kind)
    whole = Q()
    groups: dict[str, Q] = {}
    for term in terms:
        if term.field not in catalogue:
            raise BadFilter(term.field)
        held = _term(term, catalogue[term.field], actor, today)
        if term.group:
            groups[term.group] = groups[term.group] | held if term.group in groups else held
        else:
            whole &= held
    for held in groups.values():
        whole &= held
    return whole


def _term(term: Term, one: Field, actor: Actor, today: date) -> Q:
    if term.op == "empty":
        return _with_empty(one, term.values)
    if one.type in (Type.CHOICE, Type.REF):
        held = _chosen(one, term.values, actor)
        return ~held if term.op == "not" else held
    op = "is" if term.op == "not" else term.op
    held = _compare(one, op, term.values[0], today)
    for value in term.values[1:]:
        held |= _compare(one, op, value, today)
    return ~held if term.op == "not" else held


def _with_empty(one: Field, wanted: tuple[str, ...]) -> Q:
    if wanted == ("yes",):
        return empty(one)
    if wanted == ("no",):
        return ~empty(one)
    raise BadFilter(f"{one.name}.empty")


def empty(one: Field) -> Q:
    """The condition that a field holds nothing."""
    if one.through:
        return ~_held_through(one)
    blank = Q(**{f"{one.path}__isnull": True})
    if one.type in WORDS or one.type == Type.CHOICE:
        blank |= Q(**{one.path: ""})
    return blank


def _held_through(one: Field, **which: Any) -> Q:
    through = one.through
    assert through is not None  # noqa: S101 - for the type
    if through.kind:  # asked by what is looked for: a ledger is far longer than its records
        rows = through.model._default_manager.filter(kind=through.kind, **which)
        return Q(pk__in=rows.values(through.record))
    held = {through.record: OuterRef("pk"), **dict(through.where), **which}
    rows = through.model._default_manager.filter(**held)
    return Q(Exists(rows))


def _chosen(one: Field, wanted: Sequence[str], actor: Actor) -> Q:
    """Any of these values of a choice, or of these records."""
    kept: list[Any] = []
    for value in wanted:
        if value != NONE:
            kept.append(
                values.record(value, one, actor)
                if one.type == Type.REF
                else _choice(value, one, actor)
            )
    held = Q(pk__in=[])
    if kept and one.through:
        held = _held_through(one, **{f"{one.through.other}__in": kept})
    elif kept:
        held = Q(**{f"{one.path}__in": kept})
    return held | empty(one) if NONE in wanted else held


def _choice(value: str, one: Field, actor: Actor) -> str:
    if value not in dict(choices_of(one, actor)):
        raise BadFilter(value)
    return value


def _compare(one: Field, op: str, value: str, today: date) -> Q:
    if one.type in (Type.DATE, Type.MOMENT):
        return values.times(one, op, value, today)
    if one.type in (Type.NUMBER, Type.MONEY):
        suffix = {"is": "", "over": "__gte", "under": "__lte"}[op]
        return Q(**{f"{one.path}{suffix}": values.number(value, one)})
    if one.type == Type.FLAG:
        return _flag(one, value)
    if one.type == Type.PHONE:
        return _phone(one, op, value)
    if one.through:
        return _held_through(one, **{f"{one.through.text}__contains": _folded(value)})
    suffix = {"has": "contains", "is": "exact", "starts": "startswith"}[op]
    if one.folded:
        return Q(**{f"{one.folded}__{suffix}": _folded(value)})
    return Q(**{f"{one.path}__i{suffix}": value})


def _folded(value: str) -> str:
    folded = fold(value)
    if not folded:
        raise BadFilter(value)
    return folded


def _flag(one: Field, value: str) -> Q:
    if value not in ("yes", "no"):
        raise BadFilter(value)
    if one.filled:
        return Q(**{f"{one.path}__isnull": value == "no"})
    return Q(**{one.path: value == "yes"})


def _phone(one: Field, op: str, value: str) -> Q:
    """Compared by the digits that are dialled anywhere: 052… and +97252… are the same."""
    dialled = digits(value).lstrip("0")
    if not dialled:
        raise BadFilter(value)
    if op == "is":
        return Q(**{f"{one.path}__endswith": dialled})
    # One of our own numbers is kept as it was typed.
    return Q(**{f"{one.path}__contains": dialled}) | Q(**{f"{one.path}__icontains": value})


__all__ = [
    "ME", "NONE", "OPS", "OP_LABELS", "RESERVED", "BadFilter", "Term", "address", "condition",
    "empty", "ops_of", "parse", "read", "usable",
]  # fmt: skip
