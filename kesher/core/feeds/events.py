from dataclasses import dataclass

from kesher.core.events import Event


@dataclass(frozen=True, kw_only=True)
class FeedInTrouble(Event):
    """A source has fallen silent, cannot be read, or lost the member for whom it worked."""

    feed_id: int


@dataclass(frozen=True, kw_only=True)
class FeedRecovered(Event):
    """A source that was in trouble speaks again."""

    feed_id: int
