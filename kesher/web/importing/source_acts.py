"""What is done with a source that is connected."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.core.feeds.answering import keep_ours, take_theirs
from kesher.core.feeds.commands import (
    change_feed,
    choose_anew,
    delete_feed,
    pause_feed,
    resume_feed,
)
from kesher.core.feeds.queries import conflict_of
from kesher.surface.page import go, tell
from kesher.web.importing.feeding import fetch_source
from kesher.web.importing.source_forms import WinsForm
from kesher.web.importing.sources import drawn, feed_of
from kesher.web.organization.saving import save


@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how often it is fetched, what counts as the same one, and who wins in which field."""
    feed = feed_of(request, pk)
    form = WinsForm(request.POST, feed=feed)
    names = [name for name in request.POST if name.startswith("wins-")]
    wins = {name.removeprefix("wins-"): request.POST[name] for name in names}
    match = request.POST.getlist("match") if "asks_match" in request.POST else None
    if form.is_valid() and save(
        form,
        lambda: change_feed(
            by=request.actor, feed=feed, name=form.cleaned_data["name"],
            rhythm=form.cleaned_data["rhythm"], silent_after=form.cleaned_data["silent_after"],
            wins=wins, match=match, secret=form.cleaned_data.get("secret", ""),
        ),
    ):  # fmt: skip
        tell(request, _("Saved."))
        return go(request, "source", pk)
    return drawn(request, feed, form)


@require_POST
def fetch(request: HttpRequest, pk: int) -> HttpResponse:
    """Have it fetched now, by the worker."""
    feed = feed_of(request, pk)
    resume_feed(by=request.actor, feed=feed, now=timezone.now())
    fetch_source.enqueue(feed.pk)
    tell(request, _("It is being fetched. What came of it stands here in a moment."))
    return go(request, "source", pk)


@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Fetch nothing more for now."""
    pause_feed(by=request.actor, feed=feed_of(request, pk))
    return go(request, "source", pk)


@require_POST
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the columns of its last file anew."""
    run = choose_anew(by=request.actor, feed=feed_of(request, pk))
    return redirect("import-file", run.pk)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Disconnect it; what it brought stays."""
    delete_feed(by=request.actor, feed=feed_of(request, pk))
    tell(request, _("The source is disconnected. What it brought stays."))
    return go(request, "sources")


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether ours stays or what the source says is taken."""
    conflict = conflict_of(request.actor, pk)
    if conflict is None:
        raise Http404
    if request.POST.get("answer") == "theirs":
        take_theirs(by=request.actor, conflict=conflict)
    else:
        keep_ours(by=request.actor, conflict=conflict)
    return go(request, "source", conflict.feed_id)
