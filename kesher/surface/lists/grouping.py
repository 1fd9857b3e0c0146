"""Rows put together by one or two fields, with how many there are and sums per currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from kesher.core.access import Actor
from kesher.core.fields import Field, Type, choices_of, label_columns, label_from
from kesher.core.filters import NONE, Term
from kesher.core.monthday import YearMonth
from kesher.surface.lists.asking import Ask
from kesher.surface.lists.rows import rows_of

MOST_GROUPS = 200
TIMES = frozenset({Type.DATE, Type.MOMENT})


@dataclass
class Group:
    """Rows with the same value: how many, their sums, and the filter that shows only them."""

    key: str  # the value as a filter writes it
    label: Any  # a text, or the first day of a month
    term: Term
    count: int = 0
    sums: dict[str, dict[str, Decimal]] = field(default_factory=dict)  # field -> currency -> sum

    def add(self, count: int, sums: dict[str, tuple[str, Decimal | None]]) -> None:
        """Count more rows in; amounts of two currencies stay apart."""
        self.count += count
        for name, (currency, amount) in sums.items():
            if amount is not None:
                held = self.sums.setdefault(name, {})
                held[currency] = held.get(currency, Decimal(0)) + amount


@dataclass(frozen=True)
class Grouped:
    """The groups of a list, in order, and whether there are more than are shown."""

    one: Field
    groups: list[Group]
    is_cut: bool = False


def grouped(ask: Ask, actor: Actor, *, today: date) -> Grouped:
    """The groups of the first field that the rows are put together by."""
    one = ask.listing.kind.fields[ask.groups[0]]
    gathered: dict[str, Group] = {}
    summed = [f for f in _summed(ask, actor) if f.name != one.name]
    values = _values(one, actor)
    for row in _counted(rows_of(ask, actor, today=today), one, actor, summed):
        key, label = values.of(row)
        group = gathered.setdefault(key, Group(key, label, values.term(key)))
        group.add(row["how_many"], _sums(row, summed))
    groups = sorted(gathered.values(), key=lambda group: values.place(group))
    return Grouped(one, groups[:MOST_GROUPS], len(groups) > MOST_GROUPS)


def inside(ask: Ask, key: str, actor: Actor) -> Ask:
    """The list of one group: its rows, put together by what remains."""
    one = ask.listing.kind.fields[ask.groups[0]]
    narrowed = ask.with_term(_values(one, actor).term(key))
    return replace(narrowed, groups=ask.groups[1:])


def _summed(ask: Ask, actor: Actor) -> list[Field]:
    """The columns whose amounts can be added."""
    catalogue = ask.listing.fields(actor)
    shown = [catalogue[name] for name in ask.columns if name in catalogue]
    return [one for one in shown if one.type in (Type.MONEY, Type.NUMBER) and not one.through]


def _counted(
    rows: QuerySet, one: Field, actor: Actor, summed: Sequence[Field]
) -> list[dict[str, Any]]:
    """One row for each value (and currency) with its count and sums."""
    columns: dict[str, Any] = {"by": _by(one)}
    if one.type == Type.REF:
        named = label_columns(actor, one.refers) if one.refers else ()
        columns |= {f"named_{at}": F(f"{_other(one)}__{name}") for at, name in enumerate(named)}
    columns |= {f"{f.name}_in": F(f.currency) for f in summed if f.type == Type.MONEY}
    sums = {f"{f.name}_sum": Sum(f.path) for f in summed}
    counted = rows.order_by().values(**columns).annotate(how_many=Count("pk"), **sums)
    return list(counted)


def _other(one: Field) -> str:
    """The path to the record that a field refers to, also through a table of many."""
    return one.lookup or one.name if one.through else one.path


def _by(one: Field) -> Any:
    if one.type == Type.DATE:
        return YearMonth(F(one.path))
    if one.type == Type.MOMENT:
        return TruncMonth(one.path, tzinfo=timezone.get_current_timezone())
    return F(_other(one))


def _sums(row: dict[str, Any], summed: Sequence[Field]) -> dict[str, tuple[str, Decimal | None]]:
    found = {}
    for one in summed:
        amount = row[f"{one.name}_sum"]
        exact = None if amount is None else Decimal(str(amount)).quantize(Decimal("0.01"))
        found[one.name] = (row.get(f"{one.name}_in") or "", exact)
    return found


@dataclass(frozen=True)
class _Values:
    """What the values of a field are called, in which order they stand, and how they filter."""

    one: Field
    choices: dict[str, tuple[int, str]]

    def of(self, row: dict[str, Any]) -> tuple[str, Any]:
        value = row["by"]
        if value is None or value == "":
            return NONE, ""
        if self.one.type in TIMES:
            month = value if isinstance(value, str) else f"{value:%Y-%m}"
            return month, date.fromisoformat(f"{month}-01")
        if self.one.type == Type.REF:
            names = [row[name] for name in row if name.startswith("named_")]
            return str(value), label_from(names)
        place = self.choices.get(str(value))
        return str(value), place[1] if place else str(value)

    def term(self, key: str) -> Term:
        """The filter that shows only the rows with this value."""
        if self.one.type in TIMES:
            op = "empty" if key == NONE else "in"
            return Term(self.one.name, op, ("yes",) if key == NONE else (key,))
        if key == NONE and self.one.type not in (Type.CHOICE, Type.REF):
            return Term(self.one.name, "empty", ("yes",))
        return Term(self.one.name, "is", (key,))

    def place(self, group: Group) -> tuple[Any, ...]:
        """Choices in their own order, months from the latest, records and places by their size."""
        is_last = group.key == NONE
        if self.one.type in TIMES:
            return (is_last, -group.label.toordinal() if group.label else 0)
        if self.choices:
            return (is_last, self.choices.get(group.key, (len(self.choices), ""))[0])
        return (is_last, -group.count, str(group.label))


def _values(one: Field, actor: Actor) -> _Values:
    is_choice = one.type == Type.CHOICE
    found = choices_of(one, actor) if is_choice else []
    return _Values(one, {key: (at, label) for at, (key, label) in enumerate(found)})
