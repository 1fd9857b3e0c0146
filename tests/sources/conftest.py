"""A clinic with a folder that is open to Kesher, and sources as its owner connects them."""

from datetime import UTC, datetime, timedelta

import pytest

from kesher.core.feeds import commands, going
from kesher.core.feeds.models import Feed
from kesher.core.feeds.queries import last_arrival
from kesher.core.importing.commands import take_in

START = datetime(2026, 6, 1, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def rooms(settings, tmp_path):
    """What Kesher keeps, and what is open to it, lie apart."""
    settings.MEDIA_ROOT = tmp_path / "kept"
    settings.KESHER_SOURCE_FOLDERS = [tmp_path / "open"]
    settings.KESHER_SOURCE_HOSTS = []
    settings.KESHER_SOURCE_AUTHORITIES = ""
    (tmp_path / "open").mkdir()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "open"


class Sources:
    """The owner and the sources she has connected."""

    def __init__(self, clinic):
        self.clinic, self.by, self.now = clinic, clinic.actor("owner"), START

    def connect(self, way="folder", secret="", name="Reception", **place):
        more = {n: place.pop(n) for n in ("rhythm", "silent_after") if n in place}
        return commands.connect_feed(
            by=self.by, name=name, way=way, place=place, secret=secret, now=self.now, **more
        )

    def go(self, feed, hours=1):
        """A round, some hours later."""
        self.now += timedelta(hours=hours)
        return going.go_round(by=self.by, feed=Feed.objects.get(pk=feed.pk), now=self.now)

    def begun(self, feed):
        """Its first file taken in, as its maker does on the page."""
        self.go(feed)
        run = last_arrival(feed).run
        assert run.state == "read", run.state
        take_in(by=self.by, run=run)
        self.go(feed)
        return run

    def last_run(self, feed):
        run = last_arrival(feed).run
        if run:
            run.refresh_from_db()
        return run


@pytest.fixture
def sources(clinic):
    return Sources(clinic)
