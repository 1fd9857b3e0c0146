from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, require_kind
from kesher.core.bulk import insert_rows
from kesher.core.changes import new_batch
from kesher.core.refusal import Refusal
from kesher.customers import typed
from kesher.customers.models import Customer, CustomerBranch, CustomerTag, Tag
from kesher.customers.writing import CHUNK, require_all, told
from kesher.organization.models import Branch, Member, Team


class _Same:
    """Leave it as it is; None would mean nobody."""


SAME = _Same()


class BranchMissing(Refusal):
    """Without a branch hardly anybody could find him again."""

    message = _("A customer belongs to at least one branch. Add another branch first.")


class OwnerGone(Refusal):
    """Somebody who has left looks after nobody."""

    message = _("%(name)s does not work here any more. Choose somebody else.")


@dataclass
class _Sides:
    """What one customer has in a table beside the row, now and afterwards."""

    before: set[int]
    after: set[int]


@transaction.atomic
def assign(
    *,
    by: Actor,
    customers: Iterable[Customer],
    owner: Member | _Same | None = SAME,
    team: Team | _Same | None = SAME,
    add_branches: Sequence[Branch] = (),
    remove_branches: Sequence[Branch] = (),
    add_tags: Sequence[str] = (),
    remove_tags: Sequence[str] = (),
    batch: str = "",
) -> list[Customer]:
    """Say who looks after customers, where they belong and how they are tagged."""
    require_kind(by, "change", Customer)
    ids = sorted({customer.pk for customer in customers})
    require_all(by, "change", ids)
    if isinstance(owner, Member) and not owner.is_active:
        raise OwnerGone(name=owner.name)
    columns: dict[str, Any] = {}
    if not isinstance(owner, _Same):
        columns["owner"] = owner
    if not isinstance(team, _Same):
        columns["team"] = team
    batch = batch or new_batch()
    more, less = {b.pk for b in add_branches}, {b.pk for b in remove_branches}
    tagged, untagged = _tags(add_tags, is_new=True), _tags(remove_tags, is_new=False)
    changed: list[Customer] = []
    for at in range(0, len(ids), CHUNK):
        some = _held(ids[at : at + CHUNK])
        branches = _sides(CustomerBranch, "branch_id", some, more, less)
        if any(side.before and not side.after for side in branches.values()):
            raise BranchMissing
        tags = _sides(CustomerTag, "tag_id", some, tagged, untagged)
        changed += _write(by, some, columns, branches, tags, batch)
    return changed


def _held(ids: Sequence[int]) -> list[Customer]:
    rows = Customer.objects.filter(pk__in=ids).order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    return list(rows)


def _tags(names: Iterable[str], *, is_new: bool) -> set[int]:
    kept = {tag for name in names if (tag := typed.fitted(Tag, "name", name))}
    if is_new:
        Tag.objects.bulk_create((Tag(name=name) for name in sorted(kept)), ignore_conflicts=True)
    return set(Tag.objects.filter(name__in=kept).values_list("pk", flat=True))


def _sides(
    model: Any, column: str, customers: Sequence[Customer], more: set[int], less: set[int]
) -> dict[int, _Sides]:
    held: dict[int, set[int]] = {customer.pk: set() for customer in customers}
    if not more and not less:
        return {}
    rows = model.objects.filter(customer__in=list(held))
    for pk, other in rows.values_list("customer_id", column):
        held[pk].add(other)
    return {pk: _Sides(now, (now | more) - (less - more)) for pk, now in held.items()}


def _write(
    by: Actor,
    customers: Sequence[Customer],
    columns: dict[str, Any],
    branches: dict[int, _Sides],
    tags: dict[int, _Sides],
    batch: str,
) -> list[Customer]:
    beside = {"branches": branches, "tags": tags}
    pairs = [(customer, _difference(customer, columns, beside)) for customer in customers]
    written = [(customer, *found) for customer, found in pairs if found[1]]
    if not written:
        return []
    ids = [customer.pk for customer, _before, _after in written]
    rows = Customer.objects.filter(pk__in=ids)
    rows.update(version=F("version") + 1, **columns)
    _relink(CustomerBranch, "branch", {pk: branches[pk] for pk in ids} if branches else {})
    _relink(CustomerTag, "tag", {pk: tags[pk] for pk in ids} if tags else {})
    for customer, _before, _after in written:
        customer.version += 1
        for name, value in columns.items():
            setattr(customer, name, value)
    told(by=by, written=written, batch=batch)
    return [customer for customer, _before, _after in written]


def _difference(
    customer: Customer, columns: dict[str, Any], beside: dict[str, dict[int, _Sides]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name, value in columns.items():
        number = value.pk if value else None
        if getattr(customer, f"{name}_id") != number:
            before[name], after[name] = getattr(customer, f"{name}_id"), number
    for name, sides in beside.items():
        side = sides.get(customer.pk)
        if side and side.before != side.after:
            before[name], after[name] = sorted(side.before), sorted(side.after)
    return before, after


def _relink(model: Any, name: str, sides: dict[int, _Sides]) -> None:
    gone = {pk for side in sides.values() for pk in side.before - side.after}
    if gone:
        rows = model.objects.filter(customer__in=list(sides), **{f"{name}__in": gone})
        rows.delete()
    fresh = [(pk, one) for pk, side in sides.items() for one in sorted(side.after - side.before)]
    insert_rows(model, ("customer", name), fresh, unless_there=True)
