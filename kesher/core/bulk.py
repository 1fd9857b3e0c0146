"""Writing many rows at once, without making a record of each: the bulk path of imports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice
from typing import Any

from django.db import connection, models

PLACES = 900  # parameters of one statement; more is slower on both databases
PLAIN = (models.CharField, models.TextField, models.IntegerField, models.BooleanField)


def insert_rows(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    unless_there: bool = False,
    returning: bool = False,
) -> list[int]:
    """Insert rows of plain values in the order of `names`; with `returning`, their new numbers.

    Columns that are not named take the default of the database, so Python's must be given.
    """
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    prepare = [(at, _prepare(field)) for at, field in enumerate(fields) if not _is_plain(field)]
    ending = " ON CONFLICT DO NOTHING" if unless_there else ""
    ending += f" RETURNING {_quoted(str(model._meta.pk.column))}" if returning else ""
    columns = ", ".join(_quoted(field.column) for field in fields)
    head = f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) VALUES "  # noqa: S608
    place = f"({', '.join(['%s'] * len(fields))})"
    numbers: list[int] = []
    waiting = iter(rows)
    with connection.cursor() as cursor:
        while chunk := list(islice(waiting, max(1, PLACES // len(fields)))):
            ready = [_ready(row, prepare) for row in chunk] if prepare else chunk
            sql = head + ", ".join([place] * len(chunk)) + ending
            cursor.execute(sql, list(chain.from_iterable(ready)))
            if returning:
                numbers += [row[0] for row in cursor.fetchall()]
    return numbers


def refresh_statistics() -> None:
    """Have PostgreSQL count its rows now: it plans by counts, and takes a filling table for empty.

    Its own clock looks once a minute; until then each question reads whole tables.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _is_plain(field: Any) -> bool:
    """Whether the driver takes the value as it is."""
    kept = field.target_field if field.is_relation else field
    return isinstance(kept, PLAIN)


def _prepare(field: models.Field) -> Callable[[Any], Any]:
    return lambda value: field.get_db_prep_save(value, connection)


def _ready(row: Sequence[Any], prepare: list[tuple[int, Callable]]) -> list[Any]:
    ready = list(row)
    for at, prepared in prepare:
        ready[at] = prepared(ready[at])
    return ready


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
