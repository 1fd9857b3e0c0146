"""How tasks and touches get back what they held before a batch of writes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_datetime, parse_time

from kesher.core.access import Actor
from kesher.core.undo import Restorer, restores
from kesher.engagement.commands.tasks import drop_task
from kesher.engagement.commands.touching import bin_touch
from kesher.engagement.models import Task, Touch
from kesher.engagement.task_writing import write_task
from kesher.engagement.writing import write_touch

READ = {
    "due_on": datetime.date.fromisoformat,
    "due_time": parse_time,
    "done_at": parse_datetime,
}


@restores(Task)
class TaskRestorer(Restorer):
    def restore(self, *, by: Actor, record: Any, values: Mapping[str, Any], batch: str) -> None:
        """What was to be done, by whom, by when, and whether it was done."""
        columns = {
            name: READ[name](value) if name in READ and value else value
            for name, value in values.items()
        }
        write_task(by, record, columns, batch=batch)

    def remove(self, *, by: Actor, record: Any, batch: str) -> None:
        """A task that was planned is dropped, also one that was done before it came here."""
        if record.state == Task.State.DONE:
            write_task(by, record, {"state": Task.State.DROPPED}, batch=batch)
            return
        moment = datetime.datetime.now(datetime.UTC)
        drop_task(by=by, task=record, now=moment, batch=batch)


MOMENTS = frozenset({"happened_at", "pinned_at", "settled_at", "binned_at"})


@restores(Touch)
class TouchRestorer(Restorer):
    def restore(self, *, by: Actor, record: Any, values: Mapping[str, Any], batch: str) -> None:
        """What was said, when and how, and whether it lies in the bin."""
        columns = {
            name: parse_datetime(value) if name in MOMENTS and value else value
            for name, value in values.items()
        }
        write_touch(by, record, columns, batch=batch)

    def remove(self, *, by: Actor, record: Any, batch: str) -> None:
        """A touch that was recorded goes into the bin."""
        bin_touch(by=by, touch=record, now=datetime.datetime.now(datetime.UTC), batch=batch)
