from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from kesher.core.access import AccessDenied, Actor, Scope
from kesher.core.feeds.models import Arrival, Conflict, Feed
from kesher.core.importing.kinds import Column, column_of
from kesher.core.importing.models import ImportRun
from kesher.core.importing.queries import kind_of

BUSINESS = "organization.business"
Run = ImportRun.State


def may_connect(actor: Actor) -> bool:
    """Whether the actor may connect sources: they work for the whole business, day and night."""
    return actor.scope(BUSINESS, "manage") == Scope.ALL


def require_connecting(actor: Actor) -> None:
    """Raise unless the actor may connect sources."""
    if not may_connect(actor):
        raise AccessDenied(f"{actor.label} may not connect sources")


def feeds_of(actor: Actor) -> QuerySet[Feed]:
    """The sources that are connected, with how many contradictions of each are open."""
    require_connecting(actor)
    is_open = Q(conflicts__state=Conflict.State.OPEN)
    return Feed.objects.annotate(open_conflicts=Count("conflicts", is_open)).order_by("name")


def feeds_in_trouble(actor: Actor) -> list[Feed]:
    """The sources that somebody has to look after, for those who may; nothing for others."""
    if not may_connect(actor):
        return []
    return list(Feed.objects.filter(told_at__isnull=False).order_by("name"))


def feed_named(actor: Actor, name: str) -> Feed | None:
    """The source of that name."""
    return feeds_of(actor).filter(name__iexact=name.strip()).first()


def feeds_due(now: datetime) -> list[int]:
    """The sources whose turn it is, and that nobody is fetching."""
    idle = Q(busy_until__isnull=True) | Q(busy_until__lt=now)
    rows = Feed.objects.filter(idle, state=Feed.State.ON, due_at__lte=now)
    return list(rows.order_by("due_at").values_list("pk", flat=True))


def pattern_of(feed: Feed) -> ImportRun | None:
    """The last import of a source that somebody or Kesher has taken in: the next goes like it."""
    taken = ImportRun.objects.filter(arrival__feed=feed, state__in=(Run.DONE, Run.UNDONE))
    return taken.order_by("-pk").first()


def fields_brought(feed: Feed) -> list[Column]:
    """The fields that a source brings, by its last import."""
    run = pattern_of(feed)
    return [column_of(kind_of(run), name) for name in run.columns] if run else []


def match_of(feed: Feed, pattern: ImportRun) -> list[str]:
    """What makes a line of the next file the same record: as said of the source, or as before."""
    kind = kind_of(pattern)
    said = pattern.match if feed.match is None else feed.match
    return [name for name in kind.match_by if name in said]


def last_arrival(feed: Feed) -> Arrival | None:
    """What came last from a source."""
    return feed.arrivals.order_by("-pk").first()


def latest_arrivals(feed: Feed, count: int) -> list[Arrival]:
    """The last files that came, with what became of them."""
    return list(feed.arrivals.select_related("run").order_by("-pk")[:count])


def open_conflicts(feed: Feed, count: int) -> list[Conflict]:
    """What is said one way there and another way here, the latest first."""
    return list(feed.conflicts.filter(state=Conflict.State.OPEN).order_by("-pk")[:count])


def conflict_of(actor: Actor, pk: int) -> Conflict | None:
    """A contradiction, for those who connect sources."""
    require_connecting(actor)
    return Conflict.objects.filter(pk=pk).first()


def is_silent(feed: Feed, now: datetime) -> bool:
    """Whether a source that ought to speak has said nothing for too long."""
    heard = feed.spoke_at or feed.made_at
    return bool(feed.silent_after) and now - heard > timedelta(days=feed.silent_after)


def feeds_by_batch(batches: list[str]) -> dict[str, dict[str, Any]]:
    """Of batches of changes that an import wrote: its file, and the source it came from."""
    rows = ImportRun.objects.filter(batch__in=batches).values(
        "batch", "file_name", "actor", "actor_id", "arrival__feed_id", "arrival__feed__name"
    )
    return {
        row["batch"]: {
            "file": row["file_name"], "by": row["actor"], "by_id": row["actor_id"],
            "feed": row["arrival__feed_id"], "name": row["arrival__feed__name"] or "",
        }
        for row in rows
    }  # fmt: skip
