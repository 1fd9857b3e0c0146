"""Every write to a record with a version leaves a Change: for merging, undo and the history."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.db import connection
from django.db.models import BigIntegerField, CharField, Model, QuerySet
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor
from kesher.core.bulk import insert_rows
from kesher.core.columns import held_in, put_into
from kesher.core.models import Change
from kesher.core.prepared import Mark, prepared
from kesher.core.refusal import Refusal

M = TypeVar("M", bound=Model)
PLAIN = frozenset((str, int, bool, type(None)))
COLUMNS = ("kind", "record_id", "version", "actor", "actor_id", "batch", "before", "after")


@dataclass(frozen=True)
class Clash:
    """One field that two people changed: the value now kept and the value just offered."""

    field: str
    theirs: Any
    mine: Any
    by: str


class EditConflict(Refusal):
    """A colleague changed the same field meanwhile; both values are in `clashes`."""

    message = _("A colleague changed the same field meanwhile. Choose which value stays.")
    status = 409

    def __init__(self, clashes: list[Clash]):
        super().__init__(", ".join(clash.field for clash in clashes))
        self.clashes = clashes


def plain(value: Any) -> Any:
    """A value as it is kept in a Change: text, number, list or nothing."""
    if type(value) in PLAIN:
        return value
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, (Decimal, datetime.datetime, datetime.date, datetime.time, uuid.UUID)):
        return str(value) if isinstance(value, (Decimal, uuid.UUID)) else value.isoformat()
    if isinstance(value, (set, frozenset, tuple)):
        return [plain(part) for part in value]
    return value


def new_batch() -> str:
    """A name for writes that belong together and can be undone together."""
    return uuid.uuid4().hex


def locked(record: M) -> M:
    """The record as it is now, held until the transaction ends."""
    rows = type(record)._default_manager.filter(pk=record.pk)
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    return rows.get()


def record_added(*, by: Actor, record: Model, batch: str = "", values: Mapping[str, Any]) -> None:
    """Remember that a record came into being, with what it held."""
    record_changes(by=by, rows=[(record, None, values)], batch=batch)


def record_changes(
    *,
    by: Actor,
    rows: Iterable[tuple[Model, Mapping[str, Any] | None, Mapping[str, Any] | None]],
    batch: str = "",
) -> None:
    """Remember many writes at once: (record, before, after), each as a mapping of its columns."""
    insert_rows(
        Change,
        COLUMNS,
        (
            (
                record._meta.label_lower,
                record.pk,
                getattr(record, "version", 0),
                by.label,
                by.member_id,
                batch,
                None if before is None else {k: plain(v) for k, v in before.items()},
                None if after is None else {k: plain(v) for k, v in after.items()},
            )
            for record, before, after in rows
        ),
    )


def number_of_change(model: type[Model], record_id: int, batch: str) -> int:
    """The number of the last write to a record within a batch."""
    kind = model._meta.label_lower
    (number,) = _number(kind=kind, record=record_id, batch=batch)
    return int(number)


@prepared(kind=CharField(), record=BigIntegerField(), batch=CharField())
def _number(kind: Mark, record: Mark, batch: Mark) -> QuerySet:
    rows = Change.objects.filter(kind=kind, record_id=record, batch=batch)
    return rows.order_by("-pk").values_list("pk", flat=True)[:1]


def change(
    *,
    by: Actor,
    record: M,
    values: Mapping[str, Any],
    seen: int | None = None,
    batch: str = "",
) -> tuple[M, dict[str, Any]]:
    """Write the values that differ, merging with what others wrote since version `seen`.

    Different fields merge; the same field with another value raises EditConflict.
    Returns the record as it is now and the columns that changed.
    """
    current: Any = locked(record)
    differing = {
        name: value
        for name, value in values.items()
        if plain(held_in(current, name)) != plain(value)
    }
    if seen is not None and seen != current.version:
        _refuse_clashes(current, differing, seen)
    if not differing:
        return current, {}
    before = {name: held_in(current, name) for name in differing}
    columns = {put_into(current, name, value) for name, value in differing.items()}
    current.version += 1
    current.save(update_fields=[*columns, "version"])
    record_changes(by=by, rows=[(current, before, differing)], batch=batch)
    return current, differing


def _refuse_clashes(current: Model, differing: Mapping[str, Any], seen: int) -> None:
    later = Change.objects.filter(
        kind=current._meta.label_lower, record_id=current.pk, version__gt=seen
    ).order_by("version")
    touched = {name: entry.actor for entry in later for name in entry.after or {}}
    clashes = [
        Clash(field=name, theirs=held_in(current, name), mine=value, by=touched[name])
        for name, value in differing.items()
        if name in touched
    ]
    if clashes:
        raise EditConflict(clashes)
