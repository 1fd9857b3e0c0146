"""Tasks that pass from one of us to another."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from kesher.core.access import Actor, require_kind, visible
from kesher.core.changes import new_batch
from kesher.engagement.commands.tasks import change_task
from kesher.engagement.models import Task
from kesher.engagement.task_writing import write_task
from kesher.organization.models import Member


@transaction.atomic
def hand_over_tasks(*, by: Actor, tasks: Sequence[Task], to: Member, batch: str = "") -> list[Task]:
    """Give open tasks to a colleague, who is told of it."""
    batch = batch or (new_batch() if len(tasks) > 1 else "")
    return [change_task(by=by, task=task, values={"owner": to}, batch=batch) for task in tasks]


@transaction.atomic
def release_tasks(*, by: Actor, member: Member) -> int:
    """Give the open tasks of somebody who left to whoever is responsible for the customer."""
    require_kind(by, "change", Task)
    batch = new_batch()
    held = visible(by, Task, "change").filter(owner=member, state=Task.State.OPEN)
    tasks = list(held.select_related("customer__owner"))
    for task in tasks:
        owner = task.customer.owner if task.customer else None
        heir = owner if owner and owner.is_active and owner.pk != member.pk else None
        write_task(by, task, {"owner_id": heir.pk if heir else None}, batch=batch)
    return len(tasks)
