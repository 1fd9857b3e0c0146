"""Sources that live on, fetched by the worker: each minute it is asked whose turn it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone, translation

from kesher.core.access import SYSTEM
from kesher.core.feeds.commands import stop_feed
from kesher.core.feeds.going import go_round
from kesher.core.feeds.models import Feed
from kesher.core.feeds.queries import feeds_due, feeds_of
from kesher.core.feeds.refusals import FetchedElsewhere
from kesher.core.feeds.trouble import note_trouble
from kesher.core.jobs import every, job
from kesher.organization.queries import business, member_here


@contextmanager
def in_words_of(feed: Feed) -> Iterator[None]:
    """Speak the language of whoever connected the source, by the clock of the business."""
    with translation.override(feed.language), timezone.override(business().time_zone):
        yield


@every("minute")
def ask_whose_turn() -> int:
    """Have the sources fetched that are due."""
    due = feeds_due(timezone.now())
    for pk in due:
        fetch_source.enqueue(pk)
    return len(due)


@job(is_long=True, attempts=2)
def fetch_source(pk: int) -> None:
    """Fetch a source that is due, unless somebody was faster while this task waited its turn."""
    now = timezone.now()
    feed = feeds_of(SYSTEM).filter(pk=pk).first()
    if feed is not None and feed.state == Feed.State.ON and feed.due_at <= now:
        fetch_as_its_maker(feed, now)


def fetch_as_its_maker(feed: Feed, now: datetime) -> Feed:
    """Fetch a source with the rights that its maker has now; a leaver's source stops."""
    with in_words_of(feed):
        by = SYSTEM if feed.actor_id is None else member_here(SYSTEM, feed.actor_id)
        if by is None:
            stop_feed(by=SYSTEM, feed=feed, now=now)
            return feed
        try:
            return go_round(by=by, feed=feed, now=now)
        except FetchedElsewhere:
            return feed


@every("hour")
def look_after_sources() -> None:
    """Tell of sources that have fallen silent."""
    now = timezone.now()
    for feed in feeds_of(SYSTEM):
        note_trouble(by=SYSTEM, feed=feed, now=now)
