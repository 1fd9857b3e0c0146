"""A source that is silent or fails is told of once, and no more when it is well again."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kesher.core.access import SYSTEM
from kesher.core.events import deliver_due
from kesher.core.feeds.models import Feed
from kesher.core.feeds.trouble import note_trouble
from kesher.engagement.models import Notification
from kesher.organization.commands.staff import add_member, end_membership
from kesher.organization.models import Role
from kesher.organization.queries import actor_of
from kesher.web.importing import feeding
from tests.sources.test_folders import FIRST, put

pytestmark = pytest.mark.django_db


def told():
    deliver_due(now=timezone.now() + timedelta(minutes=1))
    return [(one.member.name, one.kind, one.read_at is None) for one in Notification.objects.all()]


def look(sources, days):
    sources.now += timedelta(days=days)
    for feed in Feed.objects.all():
        note_trouble(by=SYSTEM, feed=feed, now=sources.now)


@pytest.fixture
def weekly(sources, folder):
    put(folder, "list.csv", FIRST, 1000)
    feed = sources.connect(folder=".", pattern="*.csv", silent_after=7)
    sources.begun(feed)
    return feed


def test_silence_is_told_once_and_ends_when_it_speaks(sources, folder, weekly, as_member):
    look(sources, 6)
    assert told() == []
    for _again in range(3):
        look(sources, 2)
        sources.go(weekly)
    assert told() == [("Orly Owner", "source", True)]
    assert Notification.objects.count() == 1

    browser = as_member("owner")
    page = browser.get(reverse("notifications")).content.decode()
    assert "A source needs a look" in page and "Reception" in page
    assert "Reception" in browser.get("/").content.decode()
    assert ">Silent<" in browser.get(reverse("sources")).content.decode().replace("</svg>", ">")
    told_of = Notification.objects.get()
    answer = browser.post(reverse("notification", args=[told_of.pk]))
    assert answer["Location"] == reverse("source", args=[weekly.pk])
    Notification.objects.update(read_at=None)

    put(folder, "list.csv", FIRST + "3,Eli Bar,Safed\n", 2000)
    sources.go(weekly)
    assert told() == [("Orly Owner", "source", False)]
    assert "Reception" not in browser.get("/").content.decode()

    look(sources, 8)
    assert told() == [("Orly Owner", "source", True)]  # another silence


def test_what_may_be_silent_is_not_told_of(sources, folder):
    put(folder, "list.csv", FIRST, 1000)
    sources.begun(sources.connect(folder=".", pattern="*.csv"))
    look(sources, 500)

    assert told() == []


def test_a_failure_that_passes_is_not_told_of(sources, folder, weekly, settings):
    settings.KESHER_SOURCE_FOLDERS = []
    sources.go(weekly)
    sources.go(weekly)
    assert told() == []
    sources.go(weekly)
    assert told() == [("Orly Owner", "source", True)]


def test_the_source_of_a_leaver_stops_and_says_so(sources, folder, clinic, as_member):
    boss = clinic.actor("owner")
    other = add_member(by=boss, name="Second Owner", email="second@clinic.test",
                       role=Role.objects.get(is_owner=True), branches=[clinic.haifa])  # fmt: skip
    put(folder, "list.csv", FIRST, 1000)
    sources.by = actor_of(other)
    feed = sources.connect(folder=".", pattern="*.csv")
    sources.begun(feed)
    end_membership(by=boss, member=other)
    put(folder, "list.csv", FIRST + "3,Eli Bar,Safed\n", 2000)

    Feed.objects.update(due_at=timezone.now())
    feeding.fetch_source.func(feed.pk)
    feed.refresh_from_db()

    assert feed.state == "stopped"
    assert feed.error == "Second Owner, who connected this source, does not work here any more."
    assert told() == [("Orly Owner", "source", True)]

    browser = as_member("owner")
    browser.post(reverse("source-fetching", args=[feed.pk]))
    feeding.fetch_source.func(feed.pk)
    feed.refresh_from_db()
    assert (feed.state, feed.actor, feed.error) == ("on", "Orly Owner", "")
    assert feed.arrivals.latest("pk").run.counts["created"] == 1
