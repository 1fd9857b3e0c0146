"""How tasks are found: by what is to be done and for whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import get_language

from kesher.core.access import Actor, guard, label_of
from kesher.core.search import Piece, Searchable, searchable
from kesher.engagement.models import Task


@searchable
class TaskSearch(Searchable):
    kind = "task"
    model = Task

    def pieces(self, ids: Sequence[int]) -> Iterable[Piece]:
        """One open piece each."""
        rows = Task.objects.filter(pk__in=ids)
        for pk, title, note in rows.values_list("pk", "title", "note"):
            yield Piece(record_id=pk, texts=(title, note[:500]))

    def live(self, rows: QuerySet[Task]) -> QuerySet[Task]:
        """Dropped tasks are not found; of the others all that a line shows."""
        return rows.exclude(state=Task.State.DROPPED).select_related("customer")

    def hit(self, actor: Actor, record: Task) -> tuple[str, str]:
        """What is to be done, for whom and by when."""
        seen = guard(actor, record)
        form = "D j.n" if get_language() == "he" else "D j M"
        due = date_format(record.due_on, form) if record.due_on else ""
        done = record.get_state_display() if record.state == Task.State.DONE else due
        customer = label_of(actor, record.customer) if record.customer else ""
        return str(seen), " · ".join(filter(None, (customer, done)))
