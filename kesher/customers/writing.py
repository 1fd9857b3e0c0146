"""What every write to a customer leaves behind: a Change, a fact told, and an index up to date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.core.access import AccessDenied, Actor, readable, require, sight
from kesher.core.among import found_among
from kesher.core.changes import locked, record_changes
from kesher.core.columns import OWN_PREFIX, held_in, put_into
from kesher.core.events import announce
from kesher.core.models import Change
from kesher.core.own.index import find_anew
from kesher.core.refusal import Refusal
from kesher.core.search import index
from kesher.customers.events import CustomerChanged, CustomersChanged
from kesher.customers.models import Customer, CustomerBranch, CustomerTag

CHUNK = 500
FEW = 25  # of whom each is told, so that pages that show them follow
Written = tuple[Customer, Mapping[str, Any], Mapping[str, Any]]


class InBin(Refusal):
    """What lies in the bin is not changed."""

    message = _("%(name)s lies in the bin. Restore him first.")


def require_change(by: Actor, customer: Customer) -> None:
    """The customer may be changed by the actor, and does not lie in the bin."""
    require(by, "change", customer)
    if customer.binned_at is not None:
        raise InBin(name=customer.name)


def require_fields(by: Actor, names: Sequence[str]) -> None:
    """Nobody writes what he may not read: he would wipe out what he does not see."""
    held = readable(by, Customer)
    hidden = [name for name in names if name.removesuffix("_id") not in held]
    if hidden:
        raise AccessDenied(f"{by.label} may not write {', '.join(hidden)}")


def require_all(by: Actor, action: str, ids: Sequence[int]) -> None:
    """The action must be allowed for each of these customers."""
    if len(found_among(Customer, "pk", ids, "pk", where=sight(by, Customer, action))) != len(ids):
        raise AccessDenied(f"{by.label} may not {action} all of these customers")


def branch_ids(customer: Customer) -> list[int]:
    """The branches a customer belongs to, by number."""
    held = CustomerBranch.objects.filter(customer=customer)
    return sorted(held.values_list("branch_id", flat=True))


def tag_ids(customer: Customer) -> list[int]:
    """The tags a customer carries, by number."""
    return sorted(CustomerTag.objects.filter(customer=customer).values_list("tag_id", flat=True))


def write(
    *,
    by: Actor,
    customer: Customer,
    columns: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    batch: str = "",
) -> Customer:
    """Write columns of a customer and remember them, along with what changed beside the row.

    `before` and `after` name what lies in other tables: contacts, tags, branches.
    """
    current = locked(customer)
    changed = {name: value for name, value in columns.items() if _held(current, name) != value}
    earlier = {name: _held(current, name) for name in changed} | dict(before or {})
    later = changed | dict(after or {})
    if earlier == later:
        return current
    kept = {put_into(current, name, value) for name, value in changed.items()}
    current.version += 1
    current.save(update_fields=[*kept, "version"])
    find_anew(current, changed)
    told(by=by, written=[(current, earlier, later)], batch=batch)
    return current


def _held(customer: Customer, name: str) -> Any:
    return held_in(customer, name) if name.startswith(OWN_PREFIX) else getattr(customer, name)


def told(*, by: Actor, written: Sequence[Written], batch: str) -> None:
    """Remember writes that were made, tell of them and bring the index up to date."""
    record_changes(by=by, rows=written, batch=batch)
    ids = [customer.pk for customer, _before, _after in written]
    for at in range(0, len(ids), CHUNK):
        index("customer", ids[at : at + CHUNK])
    if len(written) <= FEW:
        for customer, _before, _after in written:
            announce(CustomerChanged(customer_id=customer.pk), by=by, about=customer)
        return
    for at in range(0, len(ids), CHUNK):
        first = Change.objects.filter(kind=Customer._meta.label_lower, record_id=ids[at])
        number = first.order_by("-version", "-pk").values_list("pk", flat=True)[0]
        announce(CustomersChanged(first_change_id=number), by=by)
