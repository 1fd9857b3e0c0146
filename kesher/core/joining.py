"""Move all that hangs on some records to another one, row by row, so that it can be moved back.

What becomes of each table stands in `person.py` of its part. A row that the other one has already
is dropped and remembered whole; whoever asks gets a note of every row that was touched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet

from kesher.core.changes import plain
from kesher.core.columns import column_named
from kesher.core.person import Answer, Merge, answers

CHUNK = 500


@dataclass(frozen=True)
class Moved:
    """One row: its table, its column that named the record, and which one that was."""

    table: str
    row: int
    column: str
    was: int
    before: dict[str, Any] | None = None  # of a row that was dropped: all that it held
    twin: int | None = None  # the row that made it superfluous


@dataclass(frozen=True)
class Lost:
    """A row that could not go back, and what stands in the way."""

    moved: Moved
    record: Model | None  # as it is now


# ---- there


def move_rows(subject: type[Model], *, to: int, gone: Sequence[int]) -> list[Moved]:
    """Give a record all that hangs on others; returns what became of each row."""
    moved: list[Moved] = []
    for said in answers(subject):
        if not said.is_own:
            continue
        rows = said.model._default_manager.filter(**{f"{said.via}__in": gone})
        if said.merge in (Merge.KEEP_ONE, Merge.DROP):
            delete_rows(rows)
        elif said.merge == Merge.MOVE:
            moved += _move(said, rows, to)
        else:
            moved += _combine(said, to, gone)
    return moved


def delete_rows(rows: QuerySet) -> None:
    """Delete rows and nothing with them: what still points to one makes the database refuse."""
    rows._raw_delete(rows.db)


def _move(said: Answer, rows: QuerySet, to: int) -> list[Moved]:
    pairs = list(rows.order_by("pk").values_list("pk", said.via))
    rows.update(**{said.via: to})
    return [Moved(said.model._meta.label_lower, pk, said.via, was) for pk, was in pairs]


def _combine(said: Answer, to: int, gone: Sequence[int]) -> list[Moved]:
    assert said.alike is not None  # noqa: S101 - an answer without it is refused at start
    there: dict[Hashable, int] = {said.alike(row): row.pk for row in _of(said, [to])}
    moved: list[Moved] = []
    dropped: list[int] = []
    stays: list[int] = []
    for row in sorted(_of(said, gone), key=lambda row: (gone.index(_held(said, row)), row.pk)):
        was, before = _held(said, row), whole(row)
        setattr(row, column_named(row, said.via).attname, to)
        key = said.alike(row)
        is_spare = key is None or key in there
        told = (before, there.get(key)) if is_spare else ()
        moved.append(Moved(said.model._meta.label_lower, row.pk, said.via, was, *told))
        if not is_spare:
            there[key] = row.pk
        (dropped if is_spare else stays).append(row.pk)
    delete_rows(said.model._default_manager.filter(pk__among=dropped))
    said.model._default_manager.filter(pk__among=stays).update(**{said.via: to})
    return moved


def _of(said: Answer, subjects: Collection[int]) -> Iterable[Any]:
    return said.model._default_manager.filter(**{f"{said.via}__in": subjects}).order_by("pk")


def _held(said: Answer, row: Any) -> int:
    return int(getattr(row, column_named(row, said.via).attname))


# ---- what a row holds


def whole(record: Model) -> dict[str, Any]:
    """All that a row holds, as it can be kept in JSON."""
    columns = record._meta.concrete_fields
    return {column.attname: plain(getattr(record, column.attname)) for column in columns}


def revived(model: type[Model], held: dict[str, Any]) -> Any:
    """A row as it was, not yet written; links that may be empty and lead nowhere are empty."""
    values: dict[str, Any] = {}
    for column in model._meta.concrete_fields:
        if column.attname in held:
            value = column.to_python(held[column.attname])
            values[column.attname] = None if column.null and _is_dead(column, value) else value
    return model(**values)


def _is_dead(column: Any, value: Any) -> bool:
    return column.is_relation and value is not None and not _there(column.related_model, value)


def _there(model: Any, pk: Any) -> bool:
    return model._default_manager.filter(pk=pk).exists()


def dead_ends(model: type[Model], held: dict[str, Any]) -> list[tuple[type[Model], int]]:
    """The records that a remembered row needs and that are not there any more."""
    links: list[Any] = [column for column in model._meta.concrete_fields if column.is_relation]
    return [
        (column.related_model, held[column.attname])
        for column in links
        if not column.null and not _there(column.related_model, held[column.attname])
    ]


# ---- and back


def return_rows(rows: Sequence[Moved], *, holder: int) -> list[Lost]:
    """Give back what still hangs on the holder; returns what went elsewhere meanwhile."""
    lost: list[Lost] = []
    groups: dict[tuple[str, str, int], list[Moved]] = defaultdict(list)
    for one in rows:
        if one.before is None:
            groups[one.table, one.column, one.was].append(one)
        elif dead_ends(apps.get_model(one.table), one.before):
            lost.append(Lost(one, None))
        else:
            revived(apps.get_model(one.table), one.before).save(force_insert=True)
    for (table, column, was), some in groups.items():
        for at in range(0, len(some), CHUNK):
            lost += _give_back(apps.get_model(table), column, was, holder, some[at : at + CHUNK])
    return lost


def _give_back(
    model: type[Model], column: str, was: int, holder: int, some: Sequence[Moved]
) -> Iterator[Lost]:
    held = model._default_manager.filter(pk__among=[one.row for one in some])
    rows = held.in_bulk()
    attname = column_named(model, column).attname
    ours = [pk for pk, row in rows.items() if getattr(row, attname) == holder]
    held.filter(pk__among=ours).update(**{column: was})
    return (Lost(one, rows.get(one.row)) for one in some if one.row not in set(ours))
