from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, label_of, require, require_kind, visible
from kesher.core.changes import locked, record_changes
from kesher.core.columns import OWN_PREFIX, column_named
from kesher.core.events import announce
from kesher.core.joining import Lost, Moved, dead_ends, return_rows, revived
from kesher.core.models import Change
from kesher.core.own.catalogue import own_fields
from kesher.core.own.index import find_by_own
from kesher.core.person import heirs_of
from kesher.core.refusal import Refusal
from kesher.core.undo import Stayed, former_values
from kesher.customers import typed
from kesher.customers.choosing import BY_RANK, COLUMNS
from kesher.customers.events import CustomerRestored, CustomersParted
from kesher.customers.mergers import bring_up_to_date
from kesher.customers.models import Customer, CustomerContact, MergedRow, Merger, Tombstone
from kesher.customers.queries import came_later
from kesher.customers.uses import arrange, points_again
from kesher.customers.writing import write

FIELDS = [
    *(column for name, held in COLUMNS.items() if name not in BY_RANK for column in held),
    "archived_at",
]
NAMES = ("first_name", "last_name", "name", "sort_name")


class PartedAlready(Refusal):
    """Somebody was faster."""

    message = _("These customers were taken apart already.")
    status = 409


class MergedFurther(Refusal):
    """What was moved then was moved or written over by a later merger."""

    message = _(
        "Since then %(name)s was merged again, and both have to do with the same entries. Take "
        "the later one apart first."
    )
    status = 409


@dataclass
class Parted:
    """What became of taking customers apart."""

    survivor: Customer
    customers: list[Customer]  # who are there again
    returned: int = 0  # rows that went back to them
    stayed: list[Stayed] = field(default_factory=list)  # what somebody changed or took away since
    later: list[tuple[str, str]] = field(default_factory=list)  # what came since: table and name


@transaction.atomic
def unmerge_customers(*, by: Actor, merger: Merger) -> Parted:
    """Take customers apart again: what the merger moved goes back, what came later stays."""
    require_kind(by, "merge", Customer)
    survivor = locked(Customer.objects.get(pk=merger.survivor_id))
    require(by, "merge", survivor)
    current = locked(merger)
    rows = [_moved(row) for row in current.rows.order_by("-pk")]
    _refuse_further(current, survivor, rows)
    stones = list(current.gone.order_by("number"))
    after = Change.objects.get(
        kind=Customer._meta.label_lower, record_id=survivor.pk, batch=current.batch
    )
    done = Parted(survivor=survivor, customers=[])
    done.later = came_later(by, current)
    columns = _former(by, survivor, current, done)
    _write(by, survivor, columns, current)
    done.customers = [_risen(by, stone, done) for stone in stones]
    rows = _with_points(rows, stones)
    lost = return_rows(rows, holder=survivor.pk)
    done.returned = len(rows) - len(lost)
    done.stayed += [_stayed(by, one) for one in lost if one.moved.before is not None or one.record]
    kept_away = {(one.moved.table, one.moved.row) for one in lost}
    back = {(one.table, one.row) for one in rows if one.before is None} - kept_away
    _let_twins_rise(current, survivor, back)
    _arrange(survivor, done.customers, stones, after)
    current.rows.all().delete()
    current.gone.all().delete()
    Merger.objects.filter(pk=current.pk).update(parted_by=by.label, parted_at=Now())
    bring_up_to_date([survivor, *done.customers], [(one.table, one.row) for one in rows])
    _tell(by, survivor, done.customers, current)
    return done


def _moved(row: MergedRow) -> Moved:
    return Moved(row.table, row.row, row.column, row.was, row.before, row.twin)


# ---- what refuses


def _later(merger: Merger) -> QuerySet[MergedRow]:
    """What mergers after this one moved that are not taken apart."""
    return MergedRow.objects.filter(merger__pk__gt=merger.pk, merger__parted_at=None)


def _refuse_further(merger: Merger, survivor: Customer, rows: Sequence[Moved]) -> None:
    """Mergers that touched the same rows or fields are taken apart in reverse order."""
    if merger.parted_at is not None:
        raise PartedAlready
    ours = {(one.table, one.row) for one in rows if one.before is None}
    again = _later(merger).filter(row__among={row for _table, row in ours})
    is_further = merger.first_survivor != survivor.pk or any(
        pair in ours for pair in again.values_list("table", "row")
    )
    if is_further or _is_written_over(merger, survivor) or _needs_another(merger, rows):
        raise MergedFurther(name=survivor.name)


def _is_written_over(merger: Merger, survivor: Customer) -> bool:
    later = survivor.mergers.filter(pk__gt=merger.pk, parted_at=None)
    batches = [merger.batch, *later.values_list("batch", flat=True)]
    written = Change.objects.filter(
        kind=Customer._meta.label_lower, record_id=survivor.pk, batch__in=batches
    )
    told = [set(row.after or {}) & set(FIELDS) for row in written.order_by("pk")]
    return bool(told and told[0] & set().union(*told[1:]))


def _needs_another(merger: Merger, rows: Sequence[Moved]) -> bool:
    """Whether a dropped row points to somebody who has been merged since."""
    risen = set(merger.gone.values_list("number", flat=True))
    missing = {
        number
        for one in rows
        if one.before is not None
        for model, number in dead_ends(apps.get_model(one.table), one.before)
        if model is Customer
    }
    return bool(heirs_of(Customer, missing - risen))


# ---- what changes


def _former(by: Actor, survivor: Customer, merger: Merger, done: Parted) -> dict[str, Any]:
    """The columns of the survivor as they were, but for what somebody changed since."""
    own = [one.key for one in own_fields("customers", with_retired=True)]
    names = [*FIELDS, *own]
    held, stayed = former_values(by=by, record=survivor, batch=merger.batch, names=names)
    done.stayed += [one for one in stayed if one.field != "sort_name"]
    columns = {name: _read(name, value) for name, value in held.items()}
    if _is_taken(columns.get("reference")):
        done.stayed.append(_number_kept(survivor, columns.pop("reference")))
    if not columns.keys().isdisjoint(NAMES):
        first, last, name = (columns.get(part, getattr(survivor, part)) for part in NAMES[:3])
        is_person = survivor.kind == Customer.Kind.PERSON
        parts = typed.named(survivor.kind, first, last, "" if is_person else name)
        columns |= dict(zip(NAMES, (*parts, typed.sort_name(*parts)), strict=True))
    return columns


def _read(name: str, value: Any) -> Any:
    """A value as the column holds it; nobody where he is not here any more."""
    if name.startswith(OWN_PREFIX):
        return value
    column: Any = column_named(Customer, name)
    held = column.to_python(value)
    if column.related_model and held is not None:
        there = column.related_model._default_manager.filter(pk=held).exists()
        return held if there else None
    return held


def _write(by: Actor, survivor: Customer, columns: Mapping[str, Any], merger: Merger) -> None:
    write(
        by=by, customer=survivor, columns=columns, before={"merger": merger.pk},
        after={"merger": None},
    )  # fmt: skip


def _risen(by: Actor, stone: Tombstone, done: Parted) -> Customer:
    """Who was taken for another one, as he was."""
    one: Customer = revived(Customer, stone.held)
    if _is_taken(one.reference):
        done.stayed.append(_number_kept(one, one.reference or ""))
        one.reference = None
    one.version += 2
    one.save(force_insert=True)
    find_by_own([one])
    record_changes(by=by, rows=[(one, {"merger": stone.merger_id}, {"merger": None})])
    return one


def _with_points(rows: Sequence[Moved], stones: Sequence[Tombstone]) -> list[Moved]:
    """A telephone that was deleted since, because nobody used it any more, is there again."""
    spare = {
        str(one.before["point_id"])
        for one in rows
        if one.before and one.table == CustomerContact._meta.label_lower
    }
    held = {
        number: values
        for stone in stones
        for number, values in stone.held["points"].items()
        if number in spare
    }
    anew = points_again(held)
    return [
        replace(one, before={**one.before, "point_id": anew[one.before["point_id"]]})
        if one.before and one.before.get("point_id") in anew
        else one
        for one in rows
    ]


def _is_taken(number: str | None) -> bool:
    return bool(number) and Customer.objects.filter(reference=number).exists()


def _number_kept(customer: Customer, number: str) -> Stayed:
    """Somebody else has his number by now."""
    kind = Customer._meta.label_lower
    return Stayed(kind, customer.pk, customer.name, "reference", None, number)


def _let_twins_rise(merger: Merger, survivor: Customer, back: set[tuple[str, int]]) -> None:
    """Later mergers dropped rows because of some that now went back: those are needed again."""
    spare = _later(merger).filter(merger__survivor=survivor, twin__isnull=False).order_by("pk")
    for row in spare:
        if (row.table, row.twin) not in back:
            continue
        twin = row.twin
        held = {**(row.before or {}), f"{row.column}_id": survivor.pk}
        revived(apps.get_model(row.table), held).save(force_insert=True)
        row.before = row.twin = None
        row.save(update_fields=["before", "twin"])
        back.discard((row.table, twin))
        _later(merger).filter(table=row.table, twin=twin).update(twin=row.row)


def _arrange(
    survivor: Customer, risen: Sequence[Customer], stones: Sequence[Tombstone], merged: Change
) -> None:
    """Everybody's contact details in the order they had."""
    held = (merged.before or {}).get("contacts") or ()
    orders = {survivor.pk: [(one["kind"], one["normal"]) for one in held]}
    orders |= {stone.number: [tuple(key) for key in stone.held["contacts"]] for stone in stones}
    for one in (survivor, *risen):
        columns = arrange(one, orders[one.pk])
        Customer.objects.filter(pk=one.pk).update(**columns)


def _tell(by: Actor, survivor: Customer, risen: Sequence[Customer], merger: Merger) -> None:
    survivor.refresh_from_db()
    announce(CustomersParted(merger_id=merger.pk), by=by, about=survivor)
    for one in risen:
        one.refresh_from_db()
        announce(CustomerRestored(customer_id=one.pk), by=by, about=one)


# ---- what is told of it


def _stayed(by: Actor, lost: Lost) -> Stayed:
    model = apps.get_model(lost.moved.table)
    name = ""
    if lost.record is not None and visible(by, model).filter(pk=lost.record.pk).exists():
        name = label_of(by, lost.record)
    return Stayed(lost.moved.table, lost.moved.row, name or str(model._meta.verbose_name))
