"""`column__among=values`: one of many values, given to the database as one parameter.

Django's `__in` prepares every value by itself and writes a statement of its own for each number of
them; for the thousands of values that a step of an import asks about, that costs more than the
answer. The statement of `__among` is always the same, and takes any number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import Field, ForeignObject, Lookup, Model, Q, QuerySet

from kesher.core.prepared import Mark, prepared

EVERY = Q()


@ForeignObject.register_lookup
@Field.register_lookup
class Among(Lookup):
    """The column holds one of these numbers or texts."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """For SQLite, which takes many values as JSON."""
        column, values = self.process_lhs(compiler, connection)
        some = f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608
        return some, (*values, self._many(connection))

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """For PostgreSQL, which takes them as an array."""
        column, values = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*values, self._many(connection))

    def _many(self, connection: Any) -> Any:
        """The one parameter; of a question worded once the place where it will stand."""
        if isinstance(self.rhs, Mark):
            return self.rhs.slot
        return Many().get_db_prep_value(self.rhs, connection)


class Many(Field):
    """Many numbers or texts as one parameter: the type of a value that `among` asks for."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """An array for PostgreSQL; SQLite takes JSON."""
        return list(value) if connection.vendor == "postgresql" else json.dumps(list(value))


def found_among(
    model: type[Model],
    column: str,
    values: Iterable[Any],
    *columns: str,
    where: Q = EVERY,
    order: tuple[str, ...] = (),
    related: tuple[str, ...] = (),
) -> list[Any]:
    """The rows that hold one of the values in a column, or of them some columns; one comes flat.

    The question is worded once; `where` and all that is not a value is part of its words.
    """
    held = list(values)
    return _among(model, column, columns, where, order, related, values=held) if held else []


@prepared(values=Many())
def _among(
    model: type[Model],
    column: str,
    columns: tuple[str, ...],
    where: Q,
    order: tuple[str, ...],
    related: tuple[str, ...],
    values: Mark,
) -> QuerySet:
    rows = model._default_manager.filter(where, **{f"{column}__among": values})
    rows = rows.order_by(*order) if order else rows
    if columns:
        return rows.values_list(*columns, flat=len(columns) == 1)
    return rows.select_related(*related) if related else rows
