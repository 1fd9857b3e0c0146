"""Writing many rows at once, without making a record of each: the bulk path of imports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

from kesher.core.columns import column_named

PLACES = 900  # parameters of one statement; more is slower on SQLite
MANY = 50  # rows from which PostgreSQL takes a stream faster than a statement
KEPT = 20_000  # values of a column whose form for the database is remembered
PLAIN = (models.CharField, models.TextField, models.IntegerField, models.BooleanField)


def insert_rows(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    unless_there: bool = False,
    instead: tuple[str, Sequence[str]] | None = None,
    returning: bool = False,
) -> list[int]:
    """Insert rows of plain values in the order of `names`; with `returning`, their new numbers.

    Columns that are not named take the default of the database, so Python's must be given.
    `instead` names a unique column, and the columns written anew where a row has its value already.
    """
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    ready = _ready(fields, rows)
    first = list(islice(ready, MANY))
    waiting = chain(first, ready)
    meets = unless_there or instead
    is_many = connection.vendor == "postgresql" and len(first) == MANY
    if is_many and not meets:
        return _stream(model, fields, waiting, numbered=returning)
    ending = " ON CONFLICT DO NOTHING" if unless_there else _overwriting(model, *instead or ())
    ending += f" RETURNING {_quoted(str(model._meta.pk.column))}" if returning else ""
    head = f"INSERT INTO {_target(model, fields)} VALUES "  # noqa: S608
    place = f"({', '.join(['%s'] * len(fields))})"
    numbers: list[int] = []
    with connection.cursor() as cursor:
        if is_many:
            _unfold(cursor, model, fields, waiting, ending)
            numbers = [row[0] for row in cursor.fetchall()] if returning else []
        while chunk := list(islice(waiting, max(1, PLACES // len(fields)))):
            sql = head + ", ".join([place] * len(chunk)) + ending
            cursor.execute(sql, list(chain.from_iterable(chunk)))
            if returning:
                numbers += [row[0] for row in cursor.fetchall()]
    return numbers


def _unfold(
    cursor: Any,
    model: type[models.Model],
    fields: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    ending: str,
) -> None:
    """Insert many rows into PostgreSQL as one list for each column."""
    lists = ", ".join(f"(%s)::{_bare_type(field)}[]" for field in fields)
    cursor.execute(
        f"INSERT INTO {_target(model, fields)} SELECT * FROM UNNEST({lists}){ending}",  # noqa: S608
        [list(column) for column in zip(*rows, strict=True)],
    )


def _bare_type(field: Any) -> str:
    """The type of a column without its length, or what is too long would be cut off in silence."""
    return str(field.db_type(connection)).partition("(")[0]


def _stream(
    model: type[models.Model],
    fields: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    *,
    numbered: bool,
) -> list[int]:
    """Insert many rows into PostgreSQL by COPY; with `numbered` their numbers are drawn before."""
    numbers: list[int] = []
    with connection.cursor() as cursor, connection.wrap_database_errors:
        if numbered:
            key: Any = model._meta.pk
            waiting = list(rows)
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [_quoted(model._meta.db_table), key.column, len(waiting)],
            )
            numbers = [row[0] for row in cursor.fetchall()]
            fields = [key, *fields]
            rows = ((number, *row) for number, row in zip(numbers, waiting, strict=True))
        with cursor.copy(f"COPY {_target(model, fields)} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
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


def _ready(fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """The rows with each value in the form that the database driver takes."""
    prepare = [(at, _form_of(field)) for at, field in enumerate(fields) if not _is_plain(field)]
    if not prepare:
        yield from rows
        return
    for row in rows:
        ready = list(row)
        for at, form in prepare:
            ready[at] = form(ready[at])
        yield ready


def _form_of(field: Any) -> Callable[[Any], Any]:
    """What brings a value of a column into its form; days and amounts come again and again."""

    def form(value: Any) -> Any:
        return field.get_db_prep_save(value, database)

    database = connections[DEFAULT_DB_ALIAS]  # itself: asking the thread for it costs more
    return form if isinstance(field, models.JSONField) else lru_cache(KEPT)(form)


def _overwriting(model: type[models.Model], unique: str = "", columns: Sequence[str] = ()) -> str:
    """What a statement ends with that writes columns anew where the unique one is there."""
    if not unique:
        return ""
    kept = [_quoted(str(column_named(model, name).column)) for name in columns]
    there = _quoted(str(column_named(model, unique).column))
    written = ", ".join(f"{column} = excluded.{column}" for column in kept)
    return f" ON CONFLICT ({there}) DO UPDATE SET {written}"


def _target(model: type[models.Model], fields: Sequence[Any]) -> str:
    columns = ", ".join(_quoted(field.column) for field in fields)
    return f"{_quoted(model._meta.db_table)} ({columns})"


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
