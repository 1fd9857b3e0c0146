from django.utils import timezone

from kesher.core.access import SYSTEM
from kesher.core.events import on
from kesher.core.feeds.events import FeedInTrouble, FeedRecovered
from kesher.core.feeds.models import Feed
from kesher.engagement.commands.noticing import notify_of_recovery, notify_of_trouble


@on(FeedInTrouble)
def tell_whoever_connected_it(event: FeedInTrouble) -> None:
    """A source that is silent or cannot be read is looked after, unless it spoke meanwhile."""
    feed = Feed.objects.filter(pk=event.feed_id, told_at__isnull=False).first()
    if feed is not None:
        notify_of_trouble(by=SYSTEM, feed=feed, now=timezone.now())  # noqa: TID251 - the edge


@on(FeedRecovered)
def take_the_word_back(event: FeedRecovered) -> None:
    """A source that speaks again needs no look any more."""
    if not Feed.objects.filter(pk=event.feed_id, told_at__isnull=False).exists():
        now = timezone.now()  # noqa: TID251 - the worker is the edge
        notify_of_recovery(by=SYSTEM, feed_id=event.feed_id, now=now)
