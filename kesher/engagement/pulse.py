"""Keeps CustomerPulse true: what was last and what is next with a customer, set-wise.

Everything is asked anew from the touches and tasks, so that what was recorded late, twice or in
any order gives the same answer. Notes among us are no contact with the customer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from kesher.core.access import OPEN
from kesher.customers.models import Customer
from kesher.engagement.models import CustomerPulse, Task, Touch

CLOSED = "closed"  # outcome of the note that says why nothing more is planned
AT_ONCE = 400
KEPT = (
    "last_touch_at", "last_channel", "next_due_on", "next_task_id", "open_tasks",
    "open_complaints", "closed_at",
)  # fmt: skip


def refresh(customer_ids: Iterable[int | None]) -> None:
    """Bring the pulses of these customers up to date, in the caller's transaction."""
    ids = sorted({pk for pk in customer_ids if pk is not None})
    for at in range(0, len(ids), AT_ONCE):
        _refresh(ids[at : at + AT_ONCE])


def _refresh(ids: list[int]) -> None:
    _hold(ids)
    pulses = [
        CustomerPulse(customer_id=row.pop("pk"), **_settled(row))
        for row in Customer.objects.filter(pk__in=ids).values("pk", **_parts())
    ]
    CustomerPulse.objects.bulk_create(
        pulses,
        update_conflicts=True,
        unique_fields=["customer"],
        update_fields=[name.removesuffix("_id") for name in KEPT],
    )


def _hold(ids: list[int]) -> None:
    """Whoever else changes these customers waits, so that the later one counts both changes."""
    if not connection.features.has_select_for_update:
        return
    CustomerPulse.objects.bulk_create(
        (CustomerPulse(customer_id=pk) for pk in ids), ignore_conflicts=True
    )
    held = CustomerPulse.objects.filter(customer__in=ids).order_by("customer_id")
    list(held.select_for_update().values_list("customer_id"))


def _parts() -> dict[str, Any]:
    contact = told(Touch.objects.all()).exclude(direction=Touch.Direction.INTERNAL)
    contact = contact.filter(customer=OuterRef("pk")).order_by("-happened_at", "-pk")
    closing = told(Touch.objects.all()).filter(customer=OuterRef("pk"), outcome=CLOSED)
    tasks = in_order(Task.objects.filter(customer=OuterRef("pk"), state=Task.State.OPEN))
    complaints = told(Touch.objects.all()).filter(
        customer=OuterRef("pk"), severity__isnull=False, settled_at__isnull=True
    )
    return {
        "last_touch_at": Subquery(contact.values("happened_at")[:1]),
        "last_channel": Coalesce(Subquery(contact.values("channel")[:1]), Value("")),
        "closed_at": Subquery(closing.order_by("-happened_at", "-pk").values("happened_at")[:1]),
        "next_due_on": Subquery(tasks.values("due_on")[:1]),
        "next_task_id": Subquery(tasks.values("pk")[:1]),
        "open_tasks": _number(tasks),
        "open_complaints": _number(complaints),
    }


def told(touches: QuerySet[Touch]) -> QuerySet[Touch]:
    """The touches that everybody who sees the customer may know of."""
    return touches.filter(binned_at__isnull=True, classification=OPEN)


def in_order(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """The tasks as they are to be done: by day, those without a day last."""
    return tasks.order_by(
        F("due_on").asc(nulls_last=True), F("due_time").asc(nulls_last=True), "pk"
    )


def _number(rows: QuerySet) -> Coalesce:
    counted = rows.order_by().values("customer").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def _settled(row: dict[str, Any]) -> dict[str, Any]:
    """A closing holds until something happens or is planned."""
    closed, last = row["closed_at"], row["last_touch_at"]
    if row["open_tasks"] or (closed and last and last > closed):
        row["closed_at"] = None
    return row
