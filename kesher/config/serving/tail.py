"""Reads the diary of facts as it grows: each fact once, whatever order they were committed in."""

import time

from django.db import connection
from django.db.models import Q

from kesher.core.models import EventRecord

# A fact whose number was given out but is not there yet is waited for so long, and so many.
PATIENCE_SECONDS = 60
MOST_AWAITED = 2000
BATCH = 500
NEVER = -1


class Tail:
    """Used by one thread only, whose database connection writes nothing."""

    def __init__(self) -> None:
        self.last = 0
        self.awaited: dict[int, float] = {}
        self.seen_version = NEVER

    def skip_to_end(self) -> int:
        """Begin with what comes next; numbers before the last may still be on their way."""
        newest = list(EventRecord.objects.order_by("-id").values_list("id", flat=True)[:100])
        self.last = newest[0] if newest else 0
        self.seen_version = NEVER
        self.awaited = {}
        if newest:
            self._await(set(range(newest[-1], self.last)) - set(newest))
        return self.last

    def news(self) -> list[EventRecord]:
        if not self._may_have_grown():
            return []
        self._give_up_waiting()
        wanted = Q(id__gt=self.last) | Q(id__in=list(self.awaited))
        records = list(EventRecord.objects.filter(wanted).order_by("id")[:BATCH])
        for record in records:
            self.awaited.pop(record.pk, None)
            self._await(range(self.last + 1, record.pk))
            self.last = max(self.last, record.pk)
        if len(records) == BATCH:
            self.seen_version = NEVER
        return records

    def since(self, last_heard: int) -> list[EventRecord]:
        """What a listener missed while it was not connected, as far as it can be told."""
        return list(EventRecord.objects.filter(id__gt=last_heard, id__lte=self.last)[:BATCH])

    def _may_have_grown(self) -> bool:
        """SQLite tells for next to nothing whether another connection has written."""
        if connection.vendor != "sqlite":
            return True
        with connection.cursor() as cursor:
            version = cursor.execute("PRAGMA data_version").fetchone()[0]
        has_grown = version != self.seen_version
        self.seen_version = version
        return has_grown

    def _await(self, numbers) -> None:
        """On SQLite numbers appear in order, so a gap there is one for ever."""
        if connection.vendor == "sqlite":
            return
        now = time.monotonic()
        for number in list(numbers)[-MOST_AWAITED:]:
            self.awaited[number] = now

    def _give_up_waiting(self) -> None:
        horizon = time.monotonic() - PATIENCE_SECONDS
        for number in [n for n, since in self.awaited.items() if since < horizon]:
            del self.awaited[number]
        for number in sorted(self.awaited)[:-MOST_AWAITED]:
            del self.awaited[number]
