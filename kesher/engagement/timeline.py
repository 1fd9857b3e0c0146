"""What engagement tells of a customer: touches, tasks and files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kesher.core.access import NOTHING, Actor, guard, hanging, readable
from kesher.core.prepared import Mark
from kesher.core.text import fold
from kesher.core.timeline import Entry, Place, Source, holding, source_of
from kesher.customers.models import Customer
from kesher.engagement.models import Attachment, Message, Task, Touch
from kesher.engagement.pulse import in_order

KIND_OF_CHANNEL = {"note": "note", "call": "call", "visit": "visit"}
MESSAGE = "message"
MOST_UPCOMING = 40


@source_of(Customer)
class Touches(Source):
    name = "touch"
    model = Touch
    kinds = {
        "visit": _("Visits"),
        "call": pgettext_lazy("telephone", "Calls"),
        "message": _("Messages"),
        "note": _("Notes"),
    }
    when = "happened_at"
    rank = 1

    def of(self, subject: int | Mark) -> QuerySet[Touch]:
        return super().of(subject).filter(binned_at__isnull=True).defer("folded")

    def of_kind(self, rows: QuerySet[Touch], kind: str) -> QuerySet[Touch]:
        if kind == MESSAGE:
            return rows.exclude(channel__in=KIND_OF_CHANNEL)
        return rows.filter(channel=kind)

    def matching(self, rows: QuerySet[Touch], text: str) -> QuerySet[Touch]:
        for word in fold(text).split():
            rows = rows.filter(folded__contains=word)
        return rows

    def kind_of(self, row: Touch) -> str:
        return KIND_OF_CHANNEL.get(row.channel, MESSAGE)

    def drawn(self, actor: Actor, rows: list[Touch]) -> list[Any]:
        return guard(actor, rows)

    def counts(self, actor: Actor, subject: Customer) -> dict[str, int]:
        counted: dict[str, int] = {}
        rows = self.rows(actor, subject).order_by().values_list("channel")
        for channel, number in rows.annotate(number=Count("pk")):
            kind = KIND_OF_CHANNEL.get(channel, MESSAGE)
            counted[kind] = counted.get(kind, 0) + number
        return counted


@source_of(Customer)
class Tasks(Source):
    """What was done; what is to be done stands on top."""

    name = "task"
    model = Task
    kinds = {"task": _("Tasks")}
    when = "done_at"
    rank = 2

    def of(self, subject: int | Mark) -> QuerySet[Task]:
        return super().of(subject).filter(done_at__isnull=False)

    def matching(self, rows: QuerySet[Task], text: str) -> QuerySet[Task]:
        return holding(rows, text, "title", "note")

    def drawn(self, actor: Actor, rows: list[Task]) -> list[Any]:
        return guard(actor, rows)

    def counts(self, actor: Actor, subject: Customer) -> dict[str, int]:
        seen = hanging(actor, Task, subject)
        shown = Q(state=Task.State.OPEN) | Q(done_at__isnull=False)
        return {"task": seen.filter(shown).count()}

    def counted(self, rows: Sequence[Task]) -> dict[str, int]:
        return {
            "task": sum(row.state == Task.State.OPEN or row.done_at is not None for row in rows)
        }

    def in_past(self, rows: Sequence[Task]) -> list[Task]:
        return [row for row in rows if row.done_at is not None]

    def upcoming(
        self,
        actor: Actor,
        subject: Customer,
        today: date,
        rows: Sequence[Task] | None = None,
    ) -> list[Entry]:
        if rows is None:
            seen = hanging(actor, Task, subject).filter(state=Task.State.OPEN)
            rows = in_order(seen)[:MOST_UPCOMING]
        to_do = [row for row in rows if row.state == Task.State.OPEN]
        return [
            Entry(Place(_due_at(row), self.name, row.pk), "task", one, row.due_time is None)
            for row, one in zip(to_do, guard(actor, to_do), strict=True)
        ]


def _due_at(task: Task) -> datetime:
    """When a task is due; one without a day comes last."""
    day = task.due_on or date(9999, 1, 1)
    return timezone.make_aware(datetime.combine(day, task.due_time or time(23, 59)))


@source_of(Customer)
class Files(Source):
    name = "file"
    model = Attachment
    kinds = {"file": _("Files")}
    when = "added_at"
    rank = 7

    def of(self, subject: int | Mark) -> QuerySet[Attachment]:
        return super().of(subject).filter(binned_at__isnull=True)

    def in_whole(self, rows: QuerySet[Attachment]) -> QuerySet[Attachment]:
        """Files of a touch are shown with it."""
        return rows.filter(touch__isnull=True)

    def in_past(self, rows: Sequence[Attachment]) -> list[Attachment]:
        return [row for row in rows if row.touch_id is None]

    def matching(self, rows: QuerySet[Attachment], text: str) -> QuerySet[Attachment]:
        return holding(rows, text, "name")

    def drawn(self, actor: Actor, rows: list[Attachment]) -> list[Any]:
        return guard(actor, rows)


@source_of(Customer)
class Messages(Source):
    """What Kesher itself wrote to the customer, for those cleared for how he is reached."""

    name = "message"
    model = Message
    kinds = {MESSAGE: _("Messages")}
    when = "created_at"
    by_database_clock = True
    rank = 1

    def of(self, subject: int | Mark) -> QuerySet[Message]:
        return super().of(subject).defer("html")

    def seen(self, actor: Actor, subject: Model) -> Q:
        return super().seen(actor, subject) if "text" in readable(actor, Message) else NOTHING

    def matching(self, rows: QuerySet[Message], text: str) -> QuerySet[Message]:
        return holding(rows, text, "subject", "text")

    def drawn(self, actor: Actor, rows: list[Message]) -> list[Any]:
        return guard(actor, rows)
