"""A source that is silent or fails is told of once, and the word is taken back when it is well."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kesher.core.access import Actor
from kesher.core.events import announce
from kesher.core.feeds.events import FeedInTrouble, FeedRecovered
from kesher.core.feeds.models import Feed
from kesher.core.feeds.queries import is_silent

PATIENCE = 3  # failures in a row that may pass by themselves


def in_trouble(feed: Feed, now: datetime) -> bool:
    """Whether somebody has to look after a source."""
    if feed.state == Feed.State.PAUSED:
        return bool(feed.error)
    return (
        feed.state == Feed.State.STOPPED
        or feed.failures >= PATIENCE
        or bool(feed.error and not feed.failures)
        or is_silent(feed, now)
    )


@transaction.atomic
def note_trouble(*, by: Actor, feed: Feed, now: datetime) -> None:
    """Tell the maker of a source once that it is in trouble, and once that it is well again."""
    if not in_trouble(feed, now):
        note_recovery(by=by, feed=feed)
    elif Feed.objects.filter(pk=feed.pk, told_at=None).update(told_at=now):
        announce(FeedInTrouble(feed_id=feed.pk), by=by)


@transaction.atomic
def note_recovery(*, by: Actor, feed: Feed) -> None:
    """A source that was in trouble is well again."""
    if Feed.objects.filter(pk=feed.pk, told_at__isnull=False).update(told_at=None):
        announce(FeedRecovered(feed_id=feed.pk), by=by)
