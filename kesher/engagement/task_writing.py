"""Writes to tasks that several commands share: the row, its place in the search, its customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kesher.core.access import AccessDenied, Actor, visible
from kesher.core.changes import change, record_changes
from kesher.core.events import announce
from kesher.core.models import Change
from kesher.core.search import index
from kesher.customers.models import Customer
from kesher.engagement import pulse
from kesher.engagement.events import (
    NextStepChanged,
    TaskChanged,
    TaskDone,
    TaskHandedOver,
    TasksImported,
)
from kesher.engagement.models import Task
from kesher.engagement.writing import CHUNK

KEPT = (
    "customer_id", "kind", "title", "due_on", "owner_id", "team_id", "branch_id", "repeat",
    "follows_id",
)  # fmt: skip
FOUND_BY = frozenset({"title", "note", "owner_id", "team_id", "branch_id"})


def sees_all(actor: Actor, customer_ids: Iterable[int]) -> bool:
    """Whether somebody may see each of these customers."""
    wanted = sorted(customer_ids)
    return all(
        visible(actor, Customer).filter(pk__in=wanted[at : at + CHUNK]).count()
        == len(wanted[at : at + CHUNK])
        for at in range(0, len(wanted), CHUNK)
    )


def save_tasks(by: Actor, rows: list[Task], batch: str) -> None:
    """Put new tasks into the table, the search and the pulses of their customers."""
    Task.objects.bulk_create(rows, batch_size=CHUNK)
    ids = [row.pk for row in rows]
    if visible(by, Task, "add").filter(pk__in=ids).count() != len(ids):
        raise AccessDenied(f"{by.label} may not plan all of these tasks")
    added = [
        (row, None, {name: value for name in KEPT if (value := getattr(row, name))}) for row in rows
    ]
    record_changes(by=by, rows=added, batch=batch)
    index("task", ids, fresh=True)
    pulse.refresh(row.customer_id for row in rows)


def write_task(
    by: Actor, task: Task, columns: Mapping[str, Any], *, seen: int | None = None, batch: str = ""
) -> Task:
    """Write columns of one task, and tell whom it concerns."""
    current, changed = change(by=by, record=task, values=columns, seen=seen, batch=batch)
    if not changed:
        return current
    if FOUND_BY & changed.keys():
        index("task", [current.pk])
    if {"due_on", "due_time", "state"} & changed.keys():
        pulse.refresh([current.customer_id])
    is_done = changed.get("state") == Task.State.DONE
    announce((TaskDone if is_done else TaskChanged)(task_id=current.pk), by=by, about=current)
    tell_customer(by, current)
    if "owner_id" in changed:
        tell_owner(by, current)
    return current


def tell_customer(by: Actor, row: Task) -> None:
    """Announce that something else is planned with the customer."""
    if row.customer_id is not None:
        announce(NextStepChanged(customer_id=row.customer_id), by=by, about=row.customer)


def tell_owner(by: Actor, row: Task) -> None:
    """Announce that a task is now somebody else's."""
    if row.owner_id is not None and row.owner_id != by.member_id:
        fact = TaskHandedOver(task_id=row.pk, member_id=row.owner_id)
        announce(fact, by=by, about=row)


def tell_of_tasks(by: Actor, rows: Sequence[Task], batch: str) -> None:
    """Announce many tasks by one fact a chunk."""
    kind = Task._meta.label_lower
    for at in range(0, len(rows), CHUNK):
        of_one = Change.objects.filter(kind=kind, record_id=rows[at].pk, batch=batch)
        announce(TasksImported(first_change_id=of_one.latest("pk").pk), by=by)
