"""Take back what one batch of writes did, field by field, and say exactly what was not.

A field that somebody changed since keeps the later value. Permission is asked for each record. How
a kind of record is written lies with its part, which declares a Restorer in `undo.py`; so what is
derived from a column (search, sums, events) follows as after any other change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from kesher.core.access import SYSTEM, Actor, label_of, visible
from kesher.core.changes import new_batch, plain
from kesher.core.columns import held_in
from kesher.core.models import Change
from kesher.core.person import heirs_of
from kesher.core.refusal import Refusal

CHUNK = 50


class NothingToUndo(Refusal):
    """No such work, or somebody else's."""

    message = _("There is nothing to undo here.")
    status = 404


class Restorer:
    """How one kind of record gets back the values it had."""

    follows: frozenset[str] = frozenset()  # columns that come back with others, never alone

    def now(self, record: Model, name: str) -> Any:
        """What a field holds now, in the form in which changes keep it."""
        return plain(held_in(record, name))

    def is_same(self, name: str, now: Any, former: Any) -> bool:
        """Whether a field holds what it held before, so that nothing is to be done."""
        return bool(now == former)

    def restore(self, *, by: Actor, record: Model, values: Mapping[str, Any], batch: str) -> None:
        """Write the former values back, as any other change."""
        raise NotImplementedError

    def remove(self, *, by: Actor, record: Model, batch: str) -> None:
        """Take away a record that the batch had added."""
        raise NotImplementedError


_restorers: dict[str, Restorer] = {}


def restores(model: type[Model]):
    """Declare how records of a model are restored."""

    def register(declared: type[Restorer]) -> type[Restorer]:
        _restorers[model._meta.label_lower] = declared()
        return declared

    return register


@dataclass(frozen=True)
class Stayed:
    """What was not taken back, and why."""

    kind: str
    pk: int
    name: str  # of the record
    field: str = ""  # empty: the whole record
    now: Any = None
    wanted: Any = None
    by: str = ""  # who changed it since
    why: str = ""  # what a command said


@dataclass
class Undone:
    """What became of taking a batch back. `batch` in turn takes back the taking back."""

    batch: str
    restored: int = 0
    stayed: list[Stayed] = field(default_factory=list)

    def add(self, other: Undone) -> None:
        """Count what another step did as well."""
        self.restored += other.restored
        self.stayed += other.stayed


@dataclass(frozen=True)
class _Write:
    """All that a batch did to one record."""

    kind: str
    pk: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    version: int


def written_by(by: Actor, batch: str) -> list[tuple[str, int]]:
    """The records that the actor's own batch wrote, latest first; refuses what is not his."""
    held = Change.objects.filter(batch=batch) if batch else Change.objects.none()
    if not by.is_system:
        held = held.filter(actor_id=by.member_id)
    found = held.order_by("-pk").values_list("kind", "record_id")
    records = list(dict.fromkeys(found))
    if not records:
        raise NothingToUndo
    return records


def undo_batch(*, by: Actor, batch: str) -> Undone:
    """Take back a whole batch that the actor made."""
    done = Undone(batch=new_batch())
    for step in undo_in_steps(by=by, batch=batch, into=done.batch):
        done.add(step)
    return done


def undo_in_steps(*, by: Actor, batch: str, into: str) -> Iterator[Undone]:
    """Take back a batch in steps of one transaction each, for work that shows its progress."""
    records = written_by(by, batch)
    for at in range(0, len(records), CHUNK):
        yield undo_records(by=by, batch=batch, records=records[at : at + CHUNK], into=into)


@transaction.atomic
def undo_records(*, by: Actor, batch: str, records: Sequence[tuple[str, int]], into: str) -> Undone:
    """Take back what a batch did to some of its records."""
    done = Undone(batch=into)
    for write in _writes(by, batch, records):
        restorer = _restorers.get(write.kind)
        model = apps.get_model(write.kind)
        record = visible(by, model, "change").filter(pk=write.pk).first()
        if record is None or restorer is None:
            done.stayed.append(Stayed(write.kind, write.pk, _name(by, model, write.pk)))
        else:
            _undo_one(by, restorer, record, write, done)
    return done


def former_values(
    *, by: Actor, record: Model, batch: str, names: Sequence[str]
) -> tuple[dict[str, Any], list[Stayed]]:
    """What some fields held before a batch, and those that somebody has changed since."""
    kind, done = record._meta.label_lower, Undone(batch="")
    values: dict[str, Any] = {}
    for write in _writes(SYSTEM, batch, [(kind, record.pk)]):
        kept = {name: held for name, held in (write.before or {}).items() if name in names}
        values |= _to_restore(by, _restorers[kind], record, replace(write, before=kept), done)
    return values, done.stayed


def _writes(by: Actor, batch: str, records: Sequence[tuple[str, int]]) -> list[_Write]:
    """The changes of these records in the batch, put together: first state before, last after."""
    wanted = dict.fromkeys(records)
    rows = Change.objects.filter(batch=batch, record_id__in={pk for _kind, pk in records})
    if not by.is_system:
        rows = rows.filter(actor_id=by.member_id)
    gathered: dict[tuple[str, int], list[Change]] = {key: [] for key in wanted}
    for change in rows.order_by("pk"):
        if (change.kind, change.record_id) in gathered:
            gathered[change.kind, change.record_id].append(change)
    return [_together(kind, pk, changes) for (kind, pk), changes in gathered.items() if changes]


def _together(kind: str, pk: int, changes: list[Change]) -> _Write:
    before: dict[str, Any] | None = {}
    after: dict[str, Any] = {}
    for change in changes:
        if change.before is None:
            before = None  # the batch added the record
        elif before is not None:
            before = {**change.before, **before}
        after |= change.after or {}
    return _Write(kind, pk, before, after, changes[-1].version)


def _undo_one(by: Actor, restorer: Restorer, record: Model, write: _Write, done: Undone) -> None:
    if write.before is None:
        _remove(by, restorer, record, write, done)
        return
    values = _to_restore(by, restorer, record, write, done)
    if not values:
        return
    try:
        with transaction.atomic():
            restorer.restore(by=by, record=record, values=values, batch=done.batch)
    except Refusal as refusal:
        done.stayed.append(Stayed(write.kind, write.pk, label_of(by, record), why=str(refusal)))
    else:
        done.restored += 1


def _to_restore(
    by: Actor, restorer: Restorer, record: Model, write: _Write, done: Undone
) -> dict[str, Any]:
    """The former values of what holds still what the batch wrote; the rest stays and is named."""
    values: dict[str, Any] = {}
    for name, former in (write.before or {}).items():
        now = restorer.now(record, name)
        if restorer.is_same(name, now, former):
            continue
        if now != (write.after or {}).get(name):
            who = _changed_since(write, name)
            done.stayed.append(
                Stayed(write.kind, write.pk, label_of(by, record), name, now, former, who)
            )
        elif name not in restorer.follows:
            values[name] = former
    return values


def _remove(by: Actor, restorer: Restorer, record: Model, write: _Write, done: Undone) -> None:
    """An added record that somebody has worked on since stays."""
    if not _touched_by_others(record, write, done):
        try:
            with transaction.atomic():
                restorer.remove(by=by, record=record, batch=done.batch)
        except (Refusal, NotImplementedError):
            pass
        else:
            done.restored += 1
            return
    done.stayed.append(
        Stayed(write.kind, write.pk, label_of(by, record), by=_changed_since(write, ""))
    )


def _touched_by_others(record: Model, write: _Write, done: Undone) -> bool:
    """Whether anybody but this very undo has written the record since."""
    later = getattr(record, "version", write.version) - write.version
    ours = Change.objects.filter(
        kind=write.kind, record_id=write.pk, version__gt=write.version, batch=done.batch
    )
    return later > 0 and later > ours.count()


def _changed_since(write: _Write, name: str) -> str:
    """Who changed a field after the batch did."""
    later = Change.objects.filter(
        kind=write.kind, record_id=write.pk, version__gt=write.version
    ).order_by("-version")
    for change in later[:100]:
        if not name or name in (change.after or {}):
            return change.actor
    return ""


def _name(by: Actor, model: type[Model], pk: int) -> str:
    """The name of a record that may not be changed any more, if it may still be seen."""
    record = visible(by, model).filter(pk=heirs_of(model, [pk]).get(pk, pk)).first()
    return label_of(by, record) if record else ""
