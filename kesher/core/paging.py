"""Pages of rows by what stands at their edge, never by counting rows to skip.

A page knows the values of its first and last row; the next one begins behind them. So page 2,000
costs what page 1 costs, and a row that comes or goes meanwhile moves nothing. Rows with nothing in
the column come last whichever way one sorts: they are asked for apart, so that plain indexes serve.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import (
    BooleanField,
    DateTimeField,
    Exists,
    F,
    Field,
    ForeignKey,
    Func,
    Model,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)  # fmt: skip

from kesher.core.cursors import Cursor, Order, empties, read_cursor
from kesher.core.fields import column_of
from kesher.core.own.relation import SlotRelation
from kesher.core.prepared import Mark, Slot, Worded, known

SIZE = 50
FEW = 2500  # rows that are sorted at once rather than looked for among the nearest
NEAR = 120  # times as many rows as are wanted are looked at before all are


@dataclass(frozen=True)
class Page:
    """Some rows in order, and the ways on. `start` is the place of the first row, if all held."""

    rows: list[tuple[Any, ...]]  # (pk, what was asked for…)
    start: int = 1
    back: str = ""
    forth: str = ""

    @property
    def end(self) -> int:
        return self.start + len(self.rows) - 1

    @property
    def is_whole(self) -> bool:
        """Whether these are all the rows there are."""
        return not self.back and not self.forth


@dataclass(frozen=True)
class Held:
    """The rows of a kind that meet some conditions. Asked for again, they are known by these."""

    model: type[Model]
    conditions: tuple[Q, ...]

    @cached_property
    def rows(self) -> QuerySet:
        """The query for them."""
        rows = self.model._default_manager.all()
        for condition in self.conditions:
            rows = rows.filter(condition)
        return rows


def page(
    rows: QuerySet | Held,
    order: Order,
    paths: Sequence[Any] = (),
    *,
    at: str = "",
    size: int = SIZE,
    narrowed: bool = False,
) -> Page:
    """The page that a cursor points to, or the first; `paths` are what to read of each row.

    Rows that are `narrowed` by filters are looked for among the nearest in order first.
    """
    walk = _Walk(rows, order, paths, is_narrowed=narrowed)
    cursor = read_cursor(at, rows.model, order)
    if cursor is None:
        found = walk.take(None, size + 1)
        return walk.page(found[:size], 1, has_back=False, has_forth=len(found) > size)
    found = walk.take(cursor, size + 1)
    if not found:  # what stood there is gone
        return page(rows, order, paths, size=size, narrowed=narrowed)
    if cursor.forward:
        return walk.page(found[:size], cursor.start, has_back=True, has_forth=len(found) > size)
    has_back = len(found) > size
    kept = found[:size][::-1]
    start = max(1, cursor.start - len(kept)) if has_back else 1
    return walk.page(kept, start, has_back=has_back, has_forth=True)


def neighbours(rows: QuerySet, order: Order, pk: int) -> tuple[int | None, int | None]:
    """The rows before and after one in order; the row itself need not be among them any more."""
    walk = _Walk(rows, order, ())
    edge = walk.edge_of(pk)
    if edge is None:
        return None, None
    ways = [
        walk.take(Cursor(forward, 1, walk.is_empty(edge), edge[:-1], edge[-1]), 1)
        for forward in (False, True)
    ]
    before, after = (found[0][0] if found else None for found in ways)
    return before, after


def count_up_to(rows: QuerySet, most: int) -> tuple[int, bool]:
    """How many rows there are, and whether that is all: counting stops at `most`."""
    found = rows.order_by().values_list("pk")[: most + 1].count()
    return min(found, most), found <= most


# ---- walking


class _Walk:
    """Rows in an order: first those with a value in the first column, then those without."""

    def __init__(
        self,
        rows: QuerySet | Held,
        order: Order,
        paths: Sequence[Any],
        *,
        is_narrowed: bool = False,
    ):
        self.held = rows
        self.is_narrowed = is_narrowed
        self.order = order
        self.paths = tuple(paths)
        self.model = rows.model
        self.empties = empties(self.model, order.columns[0]) if order.columns else None
        self.width = len(order.columns)

    def take(self, cursor: Cursor | None, number: int) -> list[tuple[Any, ...]]:
        """So many rows behind a cursor (or before it, nearest first): (pk, edge…, asked for…)."""
        forward = cursor is None or cursor.forward
        phases = [False] if self.empties is None else [False, True]
        if not forward:
            phases.reverse()
        if cursor is not None and self.empties is not None:
            phases = phases[phases.index(cursor.is_empty) :]
        found: list[tuple[Any, ...]] = []
        for is_empty in phases:
            if len(found) < number:
                here = cursor if cursor and cursor.is_empty == is_empty else None
                found += self._phase(is_empty, here, forward, number - len(found))
        return found

    @cached_property
    def rows(self) -> QuerySet:
        return self.held.rows if isinstance(self.held, Held) else self.held

    def _phase(
        self, is_empty: bool, cursor: Cursor | None, forward: bool, number: int
    ) -> list[tuple[Any, ...]]:
        """Some rows of one phase: those near by where these may do, else the first of all."""
        asked = _Asked(self, is_empty, cursor, forward)
        if self.paths and self.is_narrowed and not is_empty and not self.are_few:
            near = self._near(asked, number)
            if len(near) == number:
                return near
        held = asked.held(self.rows).order_by(*asked.order())[:number]
        return self._answer(asked, (self.paths, number), lambda: self._shown(asked, held))

    def _near(self, asked: _Asked, number: int) -> list[tuple[Any, ...]]:
        """Those of the first in order that meet the filters, walked through until they do.

        A database that takes the filter first would sort all that meet it, which may be many. How
        far it may walk is said by the value that stands there: it can stop before.
        """
        path, model, key, narrows = self.summary
        every = model._default_manager.filter(**narrows)
        first = asked.held(every, path).order_by(*asked.order(path))
        column = asked.columns(path)[0]
        at = number * NEAR
        edges = first.values_list(_stored(model, column))[at : at + 1]
        edge = self._answer(asked, at, lambda: edges)
        if edge:
            bound = Mark(Slot("bound", _kept(column_of(model, column))))
            first = first.filter(_Beyond(F(column), bound, sign=asked.signs[1] + "="))
        # The sum keeps the database from taking the filter first after all.
        met = first.filter(Exists(self.rows.filter(pk=OuterRef(key) + 0)))[:number]
        return self._answer(
            asked, (self.paths, number, bool(edge)), lambda: self._shown(asked, met, key),
            bound=_plain(edge[0][0]) if edge else None,
        )  # fmt: skip

    def _answer(
        self, asked: _Asked, key: Hashable, build: Callable[[], QuerySet], **values: Any
    ) -> list[Any]:
        """What a query gives, which is put into SQL once where its rows are known again."""
        if asked.cursor is None and isinstance(self.held, Held):
            place = (self.order, asked.is_empty, asked.forward)
            return known((self.held, place, key), build, values)
        return Worded(build()).rows(values)

    @cached_property
    def are_few(self) -> bool:
        """Whether so few rows meet the filters that all of them may be sorted."""

        def beyond() -> QuerySet:
            return self.rows.order_by().values_list("pk")[FEW : FEW + 1]

        if isinstance(self.held, Held):
            return not known((self.held, FEW), beyond)
        return not list(beyond())

    def _shown(self, asked: _Asked, held: QuerySet, key: str = "pk") -> QuerySet:
        """What is only shown is joined to the rows that are wanted, and not to all."""
        if not self.paths:
            return held.values_list("pk", *self._edge())
        rows = self.model._default_manager.filter(pk__in=held.values(key))
        return rows.order_by(*asked.order()).values_list("pk", *self._edge(), *self.paths)

    def _edge(self) -> list[Any]:
        return [_stored(self.model, path) for path in self.order.columns]

    @cached_property
    def summary(self) -> tuple[str, type[Model], str, dict[str, Any]]:
        """The table that the first column stands in, if it has one row for each of ours.

        With the path to it, its column of our number, and what narrows it to those rows.
        """
        before, _, _last = self.order.columns[0].rpartition("__") if self.width else ("", "", "")
        if before and "__" not in before:
            relation = self.model._meta.get_field(before)
            other = relation.related_model
            if isinstance(relation, SlotRelation):
                return f"{before}__", relation.related_model, relation.record, relation.narrows
            if relation.one_to_one and not relation.concrete and other is not None:
                return f"{before}__", other, "pk", {}
        return "", self.model, "pk", {}

    def is_empty(self, edge: tuple[Any, ...]) -> bool:
        return self.empties is not None and edge[0] in (None, "")

    def edge_of(self, pk: int) -> tuple[Any, ...] | None:
        """The values that place one row, and its number."""
        here = self.model._default_manager.filter(pk=pk)
        found = here.values_list(*self._edge(), "pk").first()
        return tuple(map(_plain, found)) if found else None

    def page(self, found: list, start: int, *, has_back: bool, has_forth: bool) -> Page:
        if not found:
            return Page(rows=[], start=start)
        back = self._cursor(found[0], forward=False, start=start) if has_back else ""
        beyond = start + len(found)
        forth = self._cursor(found[-1], forward=True, start=beyond) if has_forth else ""
        rows = [(row[0], *row[1 + self.width :]) for row in found] if self.width else list(found)
        return Page(rows=rows, start=start, back=back, forth=forth)

    def _cursor(self, row: tuple[Any, ...], *, forward: bool, start: int) -> str:
        edge = tuple(map(_plain, row[1 : 1 + self.width]))
        return str(Cursor(forward, start, self.is_empty(edge), edge, row[0]))


@dataclass(frozen=True)
class _Asked:
    """What is asked of one phase: rows with a value or without, beyond a row, in a direction."""

    walk: _Walk
    is_empty: bool
    cursor: Cursor | None
    forward: bool

    @property
    def signs(self) -> tuple[str, str]:
        """How the next rows compare with the last one, and the last one with the next."""
        return ("<", ">") if self.walk.order.descending == self.forward else (">", "<")

    def columns(self, path: str = "") -> list[str]:
        """What the phase is ordered by. A summary's own key ends its index, so it breaks ties."""
        columns = list(self.walk.order.columns[int(self.is_empty) :])
        before, _model, key, _narrows = self.walk.summary
        tie = "pk" if self.is_empty else f"{before}{key}"
        return [column.removeprefix(path) for column in (*columns, tie)]

    def order(self, path: str = "") -> list[str]:
        sign = "-" if self.walk.order.descending == self.forward else ""
        return [sign + column for column in self.columns(path)]

    def held(self, rows: QuerySet, path: str = "") -> QuerySet:
        """The rows of the phase, of the list or of the table whose columns begin with the path."""
        if self.walk.empties is not None:
            first = self.walk.order.columns[0].removeprefix(path)
            blank, filled = empties(rows.model, first) or (Q(), Q())
            rows = rows.filter(blank if self.is_empty else filled)
        if self.cursor is None:
            return rows
        values = [*self.cursor.values[int(self.is_empty) :], self.cursor.pk]
        return rows.filter(_beyond(rows.model, self.columns(path), values, self.signs[0]))


def _stored(model: type[Model], path: str) -> Any:
    """A column as it is stored. SQLite keeps moments as text, and there .5 is not .500000."""
    is_text = connection.vendor == "sqlite" and isinstance(column_of(model, path), DateTimeField)
    template = "(%(expressions)s || '')" if is_text else "%(expressions)s"  # none of the driver's
    return Func(F(path), template=template, output_field=TextField())


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (int, str)) else str(value)


class _Beyond(Func):
    """(a, b, id) > (x, y, z): a comparison of whole rows, which an index of them answers."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, *expressions: Any, sign: str):
        super().__init__(*expressions, sign=sign)

    def as_sql(self, compiler, connection, **context):
        parts, parameters = [], []
        for expression in self.source_expressions:
            sql, values = compiler.compile(expression)
            parts.append(sql)
            parameters += values
        half = len(parts) // 2
        left, right = ", ".join(parts[:half]), ", ".join(parts[half:])
        return f"(({left}) {self.extra['sign']} ({right}))", parameters


def _beyond(model: type[Model], columns: Sequence[str], values: Sequence[Any], sign: str) -> Q:
    bound = [
        _bound(column_of(model, path), value) for path, value in zip(columns, values, strict=True)
    ]
    return Q(_Beyond(*map(F, columns), *bound, sign=sign))


def _bound(column: Field, value: Any) -> Value:
    kept = _kept(column)
    return Value(kept.to_python(value), output_field=kept)


def _kept(column: Field) -> Field:
    """As what a value of the column is compared: moments as the text that SQLite keeps."""
    if isinstance(column, DateTimeField) and connection.vendor == "sqlite":
        return TextField()
    return column.target_field if isinstance(column, ForeignKey) else column
