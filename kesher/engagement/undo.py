"""How tasks and touches get back what they held before a batch of writes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_datetime, parse_time
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor
from kesher.core.undo import Restorer, restores
from kesher.engagement.commands.consenting import void_consent
from kesher.engagement.commands.forbidding import (
    CHANGEABLE,
    change_entry,
    lift_entry,
    list_again,
)
from kesher.engagement.commands.tasks import drop_task
from kesher.engagement.commands.touching import bin_touch
from kesher.engagement.models import Consent, DoNotContact, Task, Touch
from kesher.engagement.task_writing import write_task
from kesher.engagement.writing import write_touch

TAKEN_BACK = _("It was put on the list by mistake.")
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


@restores(DoNotContact)
class DoNotContactRestorer(Restorer):
    def restore(self, *, by: Actor, record: Any, values: Mapping[str, Any], batch: str) -> None:
        """What was forbidden and why, and whether it stands on the list."""
        columns = {
            name: datetime.date.fromisoformat(value) if name.endswith("_on") and value else value
            for name, value in values.items()
            if name in CHANGEABLE
        }
        if columns:
            change_entry(by=by, entry=record, values=columns, batch=batch)
        if "lifted_at" not in values:
            return
        if moment := values["lifted_at"] and parse_datetime(values["lifted_at"]):
            why = values.get("lifted_reason") or str(TAKEN_BACK)
            lift_entry(by=by, entry=record, reason=why, now=moment, batch=batch)
        else:
            list_again(by=by, entry=record, batch=batch)

    def remove(self, *, by: Actor, record: Any, batch: str) -> None:
        """What was put on the list is taken off it."""
        moment = datetime.datetime.now(datetime.UTC)
        lift_entry(by=by, entry=record, reason=str(TAKEN_BACK), now=moment, batch=batch)


@restores(Consent)
class ConsentRestorer(Restorer):
    def restore(self, *, by: Actor, record: Any, values: Mapping[str, Any], batch: str) -> None:
        """Whether it counts."""
        moment = parse_datetime(values["voided_at"]) if values.get("voided_at") else None
        void_consent(by=by, consent=record, now=moment, batch=batch)

    def remove(self, *, by: Actor, record: Any, batch: str) -> None:
        """What was recorded stays in the ledger and does not count."""
        moment = datetime.datetime.now(datetime.UTC)
        void_consent(by=by, consent=record, now=moment, batch=batch)


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
