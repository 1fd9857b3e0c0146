from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, require_kind
from kesher.core.changes import new_batch, record_changes
from kesher.core.events import announce
from kesher.core.feeds.winning import forget_conflicts
from kesher.core.models import Change
from kesher.core.person import kept_by
from kesher.core.refusal import Refusal
from kesher.core.search import index
from kesher.customers.events import CustomerBinned, CustomerChanged, CustomerRestored
from kesher.customers.models import ContactPoint, Customer, Tombstone
from kesher.customers.queries import KEPT_DAYS
from kesher.customers.writing import CHUNK, InBin, require_all


class StillNeeded(Refusal):
    """Something that belongs to him must be kept."""

    message = _(
        "%(name)s cannot be deleted. %(reasons)s Archive him instead: he leaves the lists and "
        "stays in the books."
    )


class NotInBin(Refusal):
    """He was restored, or never thrown away."""

    message = _("%(name)s does not lie in the bin.")


@transaction.atomic
def archive(*, by: Actor, customers: Sequence[Customer], now: datetime, batch: str = "") -> None:
    """Put customers aside who come no more; they are kept and can still be found."""
    _mark(by, "change", customers, {"archived_at": now}, batch)


@transaction.atomic
def unarchive(*, by: Actor, customers: Sequence[Customer], batch: str = "") -> None:
    """Take customers back among those we serve."""
    _mark(by, "change", customers, {"archived_at": None}, batch)


@transaction.atomic
def bin_customers(
    *, by: Actor, customers: Sequence[Customer], now: datetime, batch: str = ""
) -> None:
    """Throw customers into the bin, where they lie for thirty days."""
    require_kind(by, "bin", Customer)
    for customer in customers:
        reasons = kept_by(customer)
        if reasons:
            raise StillNeeded(name=customer.name, reasons=" ".join(reasons))
    for customer in _mark(by, "bin", customers, {"binned_at": now}, batch):
        announce(CustomerBinned(customer_id=customer.pk), by=by, about=customer)


@transaction.atomic
def restore(*, by: Actor, customers: Sequence[Customer], batch: str = "") -> None:
    """Take customers out of the bin again, as they were."""
    for customer in customers:
        if customer.binned_at is None:
            raise NotInBin(name=customer.name)
    for customer in _mark(by, "bin", customers, {"binned_at": None}, batch):
        announce(CustomerRestored(customer_id=customer.pk), by=by, about=customer)


@transaction.atomic
def delete_binned(*, by: Actor, customer: Customer) -> None:
    """Delete a customer in the bin for good, with all that only he had."""
    require_kind(by, "bin", Customer)
    require_all(by, "bin", [customer.pk])
    if customer.binned_at is None:
        raise NotInBin(name=customer.name)
    _delete(by, customer)


@transaction.atomic
def empty_bin(*, by: Actor, now: datetime, limit: int = 50) -> int:
    """Delete some of those who have lain in the bin for thirty days; return how many."""
    require_kind(by, "bin", Customer)
    due = Customer.objects.filter(binned_at__lt=now - timedelta(days=KEPT_DAYS))
    count = 0
    for customer in due.order_by("binned_at", "pk")[:limit]:
        count += _delete(by, customer)
    return count


def _delete(by: Actor, customer: Customer) -> bool:
    """Delete, or leave him where something turned up since that must be kept."""
    if kept_by(customer):
        return False
    number = customer.pk
    stones = Tombstone.objects.filter(merger__survivor=customer)
    numbers = [number, *stones.values_list("number", flat=True)]
    points = list(customer.contacts.values_list("point_id", flat=True))
    try:
        with transaction.atomic():
            customer.delete()
    except ProtectedError:
        return False
    ContactPoint.objects.filter(pk__in=points, uses__isnull=True).delete()
    index("customer", [number])
    rows = Change.objects.filter(kind=Customer._meta.label_lower, record_id__in=numbers)
    forget_conflicts(Customer, number)
    rows.update(before=None, after=None)  # that he was deleted stays known, who he was does not
    gone = Customer(pk=number, version=customer.version + 1)
    record_changes(by=by, rows=[(gone, {}, None)])
    return True


def _mark(
    by: Actor, action: str, customers: Sequence[Customer], columns: dict[str, Any], batch: str
) -> list[Customer]:
    """Write a moment, or none, on those who have it otherwise; returns them."""
    require_kind(by, action, Customer)
    ids = sorted({customer.pk for customer in customers})
    require_all(by, action, ids)
    batch = batch or new_batch()
    (name, value), *_none = columns.items()
    changed = []
    for at in range(0, len(ids), CHUNK):
        rows = Customer.objects.filter(pk__in=ids[at : at + CHUNK]).order_by("pk")
        if connection.features.has_select_for_update:
            rows = rows.select_for_update(of=("self",))
        some = [one for one in rows if (getattr(one, name) is None) != (value is None)]
        before = {one.pk: getattr(one, name) for one in some}
        for one in some:
            if name == "archived_at" and one.binned_at is not None:
                raise InBin(name=one.name)
            setattr(one, name, value)
            one.version += 1
        Customer.objects.bulk_update(some, [name, "version"])
        record_changes(
            by=by, rows=[(one, {name: before[one.pk]}, {name: value}) for one in some], batch=batch
        )
        if some:
            index("customer", [one.pk for one in some])
        changed += some
    if name == "archived_at":
        for one in changed:
            announce(CustomerChanged(customer_id=one.pk), by=by, about=one)
    return changed
