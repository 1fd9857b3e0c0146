"""`kesher source list` and `kesher source fetch NAME`: sources that live on, from a terminal."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kesher.core.access import SYSTEM
from kesher.core.feeds.models import Feed
from kesher.core.feeds.queries import feed_named, feeds_of, last_arrival
from kesher.web.importing.feeding import fetch_as_its_maker


class Command(BaseCommand):
    help = "List the sources that live on, or fetch one of them now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["list", "fetch"])
        parser.add_argument("name", nargs="?", default="", help="which source to fetch")

    def handle(self, *, what: str, name: str, **_rest: Any) -> None:
        """Say what there is, or what came."""
        if what == "list":
            for feed in feeds_of(SYSTEM):
                self.stdout.write(_line(feed))
            return
        feed = feed_named(SYSTEM, name)
        if feed is None:
            raise CommandError(f"There is no source called {name!r}. See: kesher source list")
        if feed.state != Feed.State.ON:
            raise CommandError(f"{feed.name} is {feed.state}. Say go on at its page first.")
        feed = fetch_as_its_maker(feed, timezone.now())
        if feed.error:
            raise CommandError(feed.error)
        last = last_arrival(feed)
        self.stdout.write(_line(feed))
        if last and last.run and last.run.counts:
            counts = last.run.counts.items()
            self.stdout.write(", ".join(f"{outcome} {count:,}" for outcome, count in counts))


def _line(feed: Feed) -> str:
    heard = feed.spoke_at.strftime("%Y-%m-%d %H:%M") if feed.spoke_at else "never"
    return f"{feed.name}\t{feed.way}\t{feed.state}\tlast heard {heard}\t{feed.error}".rstrip()
