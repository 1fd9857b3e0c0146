from django.utils import timezone

from kesher.core.access import SYSTEM
from kesher.core.events import on
from kesher.core.models import Change
from kesher.engagement.commands.noticing import notify_member
from kesher.engagement.events import TaskHandedOver
from kesher.engagement.models import Task
from kesher.organization.models import Member


@on(TaskHandedOver)
def notify_new_owner(event: TaskHandedOver) -> None:
    """Whoever was given a task finds it under the bell, unless it moved on meanwhile."""
    task = Task.objects.filter(pk=event.task_id, owner=event.member_id).first()
    if task is None or task.state != Task.State.OPEN:
        return
    written = Change.objects.filter(kind=Task._meta.label_lower, record_id=task.pk)
    notify_member(
        by=SYSTEM,
        member=Member.objects.select_related("role").get(pk=event.member_id),
        about=task,
        caused_by_id=written.latest("pk").actor_id,
        now=timezone.now(),  # noqa: TID251 - the worker is the edge
    )
