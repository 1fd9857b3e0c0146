"""Where each value of a customer came from: a source, a file, or a colleague, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.text import capfirst

from kesher.core.access import MASK, Actor, readable, visible
from kesher.core.changes import plain
from kesher.core.feeds.models import Conflict
from kesher.core.feeds.queries import feeds_by_batch
from kesher.core.models import Change
from kesher.customers.models import ContactPoint, Customer
from kesher.customers.queries import contacts_of
from kesher.customers.timeline import LABELS, shown_value

TOLD = (
    "first_name", "last_name", "name", "reference", "gender", "birth_on", "language", "city",
    "preferred_channel", "owner", "source", "stage", "since_on", "about",
)  # fmt: skip
MOST_CHANGES = 2000
LONGEST = 80


@dataclass(frozen=True)
class Origin:
    """One value, and where it came from: a source by its name, a file, else a person."""

    label: str
    value: Any
    by: str
    at: datetime
    source: str = ""
    is_file: bool = False
    file: str = ""  # its name, for whoever brought it


def origins_of(actor: Actor, customer: Customer) -> list[Origin]:
    """Where each value came from that the actor may read."""
    written = Change.objects.filter(kind=Customer._meta.label_lower, record_id=customer.pk)
    rows = list(written.order_by("-pk")[:MOST_CHANGES])[::-1]
    brought = feeds_by_batch([row.batch for row in rows if row.batch])
    last: dict[str, Change] = {}
    points: dict[tuple[str, str], Change] = {}
    for row in rows:
        for name in row.after or {}:
            last[name.removesuffix("_id")] = row
        _note_points(points, row)
    may_read = readable(actor, Customer)
    found = [
        _origin(actor, last[name], brought, label_of_field(name), told_value(actor, name, value))
        for name in TOLD
        if name in last and name in may_read and (value := _said(customer, name, last[name]))
    ]
    return found + list(_of_points(actor, customer, rows[0] if rows else None, points, brought))


def _said(customer: Customer, name: str, row: Change) -> Any:
    """What a field holds, unless nobody has said it: a usual value, or a name put together."""
    column: Any = Customer._meta.get_field(name)
    value = getattr(customer, column.attname)
    is_usual = row.before is None and value == column.get_default()
    is_made_up = name == "name" and customer.kind == Customer.Kind.PERSON
    return None if is_usual or is_made_up else value


def _note_points(points: dict[tuple[str, str], Change], row: Change) -> None:
    """With which change each contact detail came that is there."""
    if "contacts" not in (row.after or {}):
        return
    there = {(one.get("kind", ""), one.get("normal", "")) for one in row.after["contacts"] or ()}
    for key in [key for key in points if key not in there]:
        del points[key]
    before = {
        (one.get("kind", ""), one.get("normal", ""))
        for one in (row.before or {}).get("contacts") or ()
    }
    for key in there - before:
        points[key] = row


def _of_points(
    actor: Actor,
    customer: Customer,
    first: Change | None,
    points: Mapping[tuple[str, str], Change],
    brought: Mapping[str, Mapping[str, Any]],
) -> Iterable[Origin]:
    """What was never added came with the customer himself."""
    for use in contacts_of(actor, customer):
        row = points.get((use.point.kind, use.point.normal), first)
        if row is not None and (row is not first or first.before is None):
            label = str(ContactPoint.Kind(use.point.kind).label)
            yield _origin(actor, row, brought, label, use.raw)


def _origin(
    actor: Actor, row: Change, brought: Mapping[str, Mapping[str, Any]], label: str, value: Any
) -> Origin:
    run = brought.get(row.batch)
    if run is None:
        return Origin(label, value, row.actor, row.happened_at)
    is_own = actor.is_system or run["by_id"] == actor.member_id
    return Origin(
        label, value, row.actor, row.happened_at, source=run["name"], is_file=not run["feed"],
        file=run["file"] if is_own else "",
    )  # fmt: skip


# ---- values in words


def label_of_field(name: str) -> str:
    """What a field is called."""
    field = Customer._meta.get_field(name)
    return capfirst(str(LABELS.get(name) or getattr(field, "verbose_name", name)))


def told_value(actor: Actor, name: str, value: Any) -> Any:
    """A value as people read it, hidden from whoever may not read the field."""
    if name not in readable(actor, Customer):
        return MASK
    if name == "source" and isinstance(value, str):
        return value
    told = shown_value(actor, name, plain(value))
    return told[:LONGEST] + "…" if isinstance(told, str) and len(told) > LONGEST else told


@dataclass(frozen=True)
class Told:
    """A contradiction in words: about whom, in what, what stands here and what the source says."""

    pk: int
    customer: int
    name: str
    label: str
    here: Any
    there: Any
    by: str
    at: datetime | None


def told_conflicts(actor: Actor, conflicts: Iterable[Conflict]) -> list[Told]:
    """Contradictions about customers that the actor may change, in words."""
    rows = [one for one in conflicts if one.kind == Customer._meta.label_lower]
    seen = {row.pk: row for row in _changeable(actor, [one.record_id for one in rows])}
    return [
        Told(
            one.pk, one.record_id, seen[one.record_id].name, label_of_field(one.field),
            told_value(actor, one.field, one.here), told_value(actor, one.field, one.there),
            one.changed_by, one.changed_at,
        )
        for one in rows
        if one.record_id in seen
    ]  # fmt: skip


def _changeable(actor: Actor, ids: list[int]) -> Iterable[Customer]:
    return visible(actor, Customer, "change").filter(pk__in=ids)
