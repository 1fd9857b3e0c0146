from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from kesher.core.access import Actor, require_kind
from kesher.core.bulk import insert_rows
from kesher.core.changes import new_batch, record_added, record_changes
from kesher.core.events import announce
from kesher.core.joining import Moved, delete_rows, move_rows, whole
from kesher.core.person import answers
from kesher.core.search import indexed_once
from kesher.customers.choosing import columns_of, whose
from kesher.customers.emergency import end_emergencies
from kesher.customers.events import CustomerMerged
from kesher.customers.mergers import bring_up_to_date, hold, refuse_unlike
from kesher.customers.models import Customer, MergedRow, Merger, Tombstone
from kesher.customers.uses import arrange, held_uses, reached_by, remembered
from kesher.customers.writing import branch_ids, require_all, tag_ids, write

ROW = ("merger", "table", "row", "column", "was", "before", "twin")


@transaction.atomic
def merge_customers(
    *,
    by: Actor,
    survivor: Customer,
    others: Sequence[Customer],
    chosen: Mapping[str, int] | None = None,
    versions: Mapping[int, int] | None = None,
    batch: str = "",
) -> Merger:
    """Make one customer of several who are the same: one goes on with all that the others had."""
    require_kind(by, "merge", Customer)
    kept, *gone = hold(by, [survivor.pk, *(one.pk for one in others)])
    customers = [kept, *gone]
    require_all(by, "merge", [one.pk for one in customers])
    refuse_unlike(customers, versions or {})
    taken = whose(by, customers, chosen or {})
    columns = columns_of(customers, taken)
    before, reached = _beside(kept), [reached_by(one) for one in customers]
    firsts = [(kind, getattr(taken[kind], kind)) for kind in ("phone", "email")]
    merger = _begun(by, kept, gone)
    end_emergencies(gone)
    moved = move_rows(Customer, to=kept.pk, gone=[one.pk for one in gone])
    _keep(merger, moved)
    _bury(by, merger, gone, reached[1:])
    columns |= arrange(kept, [*firsts, *(key for held in reached for key in held["contacts"])])
    with indexed_once():
        _write(by, kept, columns, before, merger)
        bring_up_to_date(customers, [(one.table, one.row) for one in moved if one.before is None])
    if batch:
        record_added(by=by, record=merger, values={"survivor": kept.pk}, batch=batch)
    return merger


def _beside(customer: Customer) -> dict[str, Any]:
    """What lies beside the row, as changes remember it."""
    return {
        "contacts": remembered(held_uses(customer)),
        "tags": tag_ids(customer),
        "branches": branch_ids(customer),
    }


def _begun(by: Actor, kept: Customer, gone: Sequence[Customer]) -> Merger:
    for one in gone:
        announce(CustomerMerged(customer_id=one.pk, survivor_id=kept.pk), by=by, about=one)
    tables = {said.model for said in answers(Customer) if said.is_own and said.counted}
    return Merger.objects.create(
        survivor=kept,
        first_survivor=kept.pk,
        numbers=[one.pk for one in gone],
        batch=new_batch(),
        merged_by=by.label,
        merged_by_id=by.member_id,
        highest={
            model._meta.label_lower: model._default_manager.aggregate(last=Max("pk"))["last"] or 0
            for model in tables
        },
    )


def _keep(merger: Merger, moved: Sequence[Moved]) -> None:
    rows = (
        (merger.pk, one.table, one.row, one.column, one.was, one.before, one.twin)
        for one in moved
    )  # fmt: skip
    insert_rows(MergedRow, ROW, rows)


def _bury(
    by: Actor, merger: Merger, gone: Sequence[Customer], reached: Sequence[dict[str, Any]]
) -> None:
    """Of those who go a stone stays, which knows all they were."""
    Tombstone.objects.bulk_create(
        Tombstone(
            number=one.pk, merger=merger, name=one.name, reference=one.reference,
            held=whole(one) | ways,
        )
        for one, ways in zip(gone, reached, strict=True)
    )  # fmt: skip
    delete_rows(Customer.objects.filter(pk__in=[one.pk for one in gone]))
    for one in gone:
        one.version += 1
    record_changes(
        by=by, rows=[(one, {}, {"merger": merger.pk}) for one in gone], batch=merger.batch
    )


def _write(
    by: Actor,
    kept: Customer,
    columns: Mapping[str, Any],
    before: Mapping[str, Any],
    merger: Merger,
) -> None:
    after = _beside(kept)
    changed = [name for name in before if before[name] != after[name]]
    write(
        by=by,
        customer=kept,
        columns=columns,
        before={name: before[name] for name in changed} | {"merger": None},
        after={name: after[name] for name in changed} | {"merger": merger.pk},
        batch=merger.batch,
    )
