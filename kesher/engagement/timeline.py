"""What engagement tells of a customer: touches, tasks and files."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kesher.core.access import Actor, guard, visible
from kesher.core.text import fold
from kesher.core.timeline import Entry, Place, Source, holding, source_of
from kesher.customers.models import Customer
from kesher.engagement.models import Attachment, Task, Touch
from kesher.engagement.pulse import in_order

KIND_OF_CHANNEL = {"note": "note", "call": "call", "visit": "visit"}
MESSAGE = "message"
MOST_UPCOMING = 40


@source_of(Customer)
class Touches(Source):
    name = "touch"
    kinds = {
        "visit": _("Visits"),
        "call": pgettext_lazy("telephone", "Calls"),
        "message": _("Messages"),
        "note": _("Notes"),
    }
    when = "happened_at"

    def rows(self, actor: Actor, subject: Customer) -> QuerySet[Touch]:
        seen = visible(actor, Touch).filter(customer=subject, binned_at__isnull=True)
        return seen.select_related("member")

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
    kinds = {"task": _("Tasks")}
    when = "done_at"

    def rows(self, actor: Actor, subject: Customer) -> QuerySet[Task]:
        seen = visible(actor, Task).filter(customer=subject, done_at__isnull=False)
        return seen.select_related("owner", "done_by")

    def matching(self, rows: QuerySet[Task], text: str) -> QuerySet[Task]:
        return holding(rows, text, "title", "note")

    def drawn(self, actor: Actor, rows: list[Task]) -> list[Any]:
        return guard(actor, rows)

    def counts(self, actor: Actor, subject: Customer) -> dict[str, int]:
        seen = visible(actor, Task).filter(customer=subject)
        shown = Q(state=Task.State.OPEN) | Q(done_at__isnull=False)
        return {"task": seen.filter(shown).count()}

    def upcoming(self, actor: Actor, subject: Customer, today: date) -> list[Entry]:
        seen = visible(actor, Task).filter(customer=subject, state=Task.State.OPEN)
        rows = list(in_order(seen.select_related("owner"))[:MOST_UPCOMING])
        return [
            Entry(Place(_due_at(row), self.name, row.pk), "task", one, row.due_time is None)
            for row, one in zip(rows, guard(actor, rows), strict=True)
        ]


def _due_at(task: Task) -> datetime:
    """When a task is due; one without a day comes last."""
    day = task.due_on or date(9999, 1, 1)
    return timezone.make_aware(datetime.combine(day, task.due_time or time(23, 59)))


@source_of(Customer)
class Files(Source):
    name = "file"
    kinds = {"file": _("Files")}
    when = "added_at"

    def rows(self, actor: Actor, subject: Customer) -> QuerySet[Attachment]:
        seen = visible(actor, Attachment).filter(customer=subject, binned_at__isnull=True)
        held = Q(touch__isnull=True) | Q(touch__binned_at__isnull=True)
        return seen.filter(held).select_related("file", "added_by")

    def in_whole(self, rows: QuerySet[Attachment]) -> QuerySet[Attachment]:
        """Files of a touch are shown with it."""
        return rows.filter(touch__isnull=True)

    def matching(self, rows: QuerySet[Attachment], text: str) -> QuerySet[Attachment]:
        return holding(rows, text, "name")

    def drawn(self, actor: Actor, rows: list[Attachment]) -> list[Any]:
        return guard(actor, rows)
