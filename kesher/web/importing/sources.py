"""Sources that live on: all of them, a new one, and one with what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kesher.core.feeds.commands import connect_feed, delete_feed
from kesher.core.feeds.fetching import patience
from kesher.core.feeds.models import Arrival, Feed
from kesher.core.feeds.queries import (
    feeds_of,
    fields_brought,
    is_silent,
    last_arrival,
    latest_arrivals,
    match_of,
    open_conflicts,
    pattern_of,
    require_connecting,
)
from kesher.core.importing.kinds import column_of
from kesher.core.importing.models import ImportRun
from kesher.core.importing.queries import kind_of
from kesher.core.refusal import Refusal
from kesher.customers.origins import told_conflicts
from kesher.surface.once import once_only
from kesher.web.importing.feeding import fetch_as_its_maker
from kesher.web.importing.source_forms import FORMS, LABELS, FeedForm, WinsForm
from kesher.web.organization.saving import saved

TRIED_FOR = 20  # seconds that the page waits for a new source
SHOWN_ARRIVALS = 12
SHOWN_CONFLICTS = 100
RULES = (
    ("here", _("Kesher, once somebody changed it here")),
    ("source", _("the source")),
    ("empty", _("only what is empty here is filled")),
)


@dataclass(frozen=True)
class Line:
    """A source as the list shows it."""

    feed: Feed
    label: Any
    icon: str
    where: str
    is_silent: bool
    waits_for: int | None  # the import whose columns somebody has to choose


def feed_of(request: HttpRequest, pk: int) -> Feed:
    """The source, if this member may know of it."""
    feed = feeds_of(request.actor).filter(pk=pk).first()
    if feed is None:
        raise Http404
    return feed


def _line(feed: Feed) -> Line:
    label, icon, _what = LABELS[Feed.Way(feed.way)]
    shown = [str(feed.place[name]) for name in ("host", "address", "folder", "pattern", "table")
             if feed.place.get(name)]  # fmt: skip
    last = last_arrival(feed)
    run = last.run if last else None
    waits = run.pk if run and run.state == ImportRun.State.READ else None
    return Line(feed, label, icon, " · ".join(shown), is_silent(feed, timezone.now()), waits)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All sources, and the ways of connecting another."""
    context = {
        "lines": [_line(feed) for feed in feeds_of(request.actor)],
        "ways": [(way, *LABELS[Feed.Way(way)]) for way in FORMS],
    }
    return render(request, "importing/sources.html", context)


@once_only
def new(request: HttpRequest) -> HttpResponse:
    """Connect a source; it is fetched at once, so that what is wrong shows at once."""
    require_connecting(request.actor)
    way = request.POST.get("way", "") or request.GET.get("way", "")
    if way not in FORMS:
        return redirect("sources")
    form = FORMS[way](request.POST or None)
    if form.is_valid() and (feed := saved(form, lambda: _connected(request, way, form))):
        last = last_arrival(feed)
        if last and last.run_id:
            return redirect("import-file", last.run_id)
        return redirect("source", feed.pk)
    label, icon, what = LABELS[Feed.Way(way)]
    context = {"form": form, "way": way, "label": label, "icon": icon, "what": what}
    return render(request, "importing/source_new.html", context, status=form.status)


def _connected(request: HttpRequest, way: str, form: FeedForm) -> Feed:
    """The new source, if it can be read; else nothing of it is kept."""
    said = form.cleaned_data
    feed = connect_feed(
        by=request.actor, name=said["name"], way=way, place=form.place(), secret=form.secret(),
        rhythm=said["rhythm"], silent_after=said["silent_after"], now=timezone.now(),
    )  # fmt: skip
    waiting = patience.set(TRIED_FOR)
    try:
        feed = fetch_as_its_maker(feed, timezone.now())
    finally:
        patience.reset(waiting)
    if feed.error:
        delete_feed(by=request.actor, feed=feed)
        raise CannotBeRead(reason=feed.error)
    return feed


class CannotBeRead(Refusal):
    """What came of trying a new source."""

    message = "%(reason)s"


@require_safe
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """One source: how it is, what came of it, and who wins."""
    return drawn(request, feed_of(request, pk))


def drawn(request: HttpRequest, feed: Feed, form: WinsForm | None = None) -> HttpResponse:
    """The page of a source, with what was typed into it."""
    initial = {name: getattr(feed, name) for name in ("name", "rhythm", "silent_after")}
    form = form or WinsForm(initial=initial, feed=feed)
    context = {
        "line": _line(feed),
        "feed": feed,
        "form": form,
        "arrivals": [_arrived(request, one) for one in latest_arrivals(feed, SHOWN_ARRIVALS)],
        "conflicts": told_conflicts(request.actor, open_conflicts(feed, SHOWN_CONFLICTS)),
        "may_choose": _may_choose(feed),
        "match": _match(feed),
        "wins": [
            {
                "name": column.name, "label": column.label,
                "rules": [(key, label, feed.wins.get(column.name, "here") == key)
                          for key, label in RULES],
            }
            for column in fields_brought(feed)
        ],
    }  # fmt: skip
    return render(request, "importing/source.html", context, status=form.status)


def _match(feed: Feed) -> list[tuple[str, Any, bool]]:
    """What can make a line of its files the same one, once it is known what they hold."""
    pattern = pattern_of(feed)
    if pattern is None:
        return []
    kind, chosen = kind_of(pattern), match_of(feed, pattern)
    return [(name, column_of(kind, name).label, name in chosen) for name in kind.match_by]


def _may_choose(feed: Feed) -> bool:
    last = last_arrival(feed)
    return bool(last and last.path and last.state == Arrival.State.REFUSED)


def _arrived(request: HttpRequest, one: Arrival) -> dict[str, Any]:
    """A file that came; its report opens for whoever brought it."""
    is_own = one.run is not None and one.run.actor_id == request.actor.member_id
    return {"arrival": one, "run": one.run, "is_own": is_own}
