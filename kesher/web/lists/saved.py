"""Saved views: kept under a name, changed, taken away and brought back."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.core.access import may, require_kind, visible
from kesher.core.refusal import Refusal
from kesher.organization.commands.views import change_view, drop_view, restore_view, save_view
from kesher.organization.models import SavedView, Team
from kesher.surface.lists.asking import ask_state
from kesher.surface.lists.declaring import Listing
from kesher.surface.once import once_only
from kesher.surface.page import go, is_fragment

MINE, ALL, TEAM = "mine", "all", "team-"


@once_only
def new(request: HttpRequest, listing: Listing) -> HttpResponse:
    """Keep the list as it stands under a name."""
    require_kind(request.actor, "view", listing.kind.model)
    state = request.POST.get("in", "") if request.method == "POST" else request.GET.get("in", "")
    this = ask_state(listing, request.actor, state, today=timezone.localdate())
    if request.method != "POST":
        return _form(request, listing, {"in": this.state})
    try:
        view = save_view(
            by=request.actor, name=request.POST.get("name", ""), kind=listing.name,
            query=this.state, is_pinned=bool(request.POST.get("pinned")),
            **_sharing(request),
        )  # fmt: skip
    except Refusal as refusal:
        return _form(request, listing, request.POST.dict(), error=refusal)
    messages.success(request, _("View “%(name)s” saved.") % {"name": view.name})
    return go(request, _address(listing, str(view.pk)))


def edit(request: HttpRequest, listing: Listing, pk: int) -> HttpResponse:
    """Change the name of a view, who has it and whether it stands in the rail."""
    view = _view(request, listing, pk)
    if request.method != "POST":
        now = {
            "name": view.name, "pinned": "1" if view.is_pinned else "",
            "sharing": ALL if view.is_shared else f"{TEAM}{view.team_id}" if view.team_id else MINE,
        }  # fmt: skip
        return _form(request, listing, now, view=view)
    values: dict[str, Any] = {
        "name": request.POST.get("name", ""), "is_pinned": bool(request.POST.get("pinned")),
        **_sharing(request),
    }  # fmt: skip
    try:
        changed = change_view(by=request.actor, view=view, values=values)
    except Refusal as refusal:
        return _form(request, listing, request.POST.dict(), view=view, error=refusal)
    messages.success(request, _("View “%(name)s” saved.") % {"name": changed.name})
    return go(request, _address(listing, str(pk)))


@require_POST
def keep(request: HttpRequest, listing: Listing, pk: int) -> HttpResponse:
    """Let a view show what the list shows now."""
    view = _view(request, listing, pk)
    state = request.POST.get("in", "")
    this = ask_state(listing, request.actor, state, today=timezone.localdate())
    change_view(by=request.actor, view=view, values={"query": this.state})
    messages.success(request, _("View “%(name)s” saved.") % {"name": view.name})
    return go(request, _address(listing, str(pk)))


@require_POST
def drop(request: HttpRequest, listing: Listing, pk: int) -> HttpResponse:
    """Take a view away, with a way back."""
    view = _view(request, listing, pk)
    batch = drop_view(by=request.actor, view=view)
    said = _("View “%(name)s” deleted.") % {"name": view.name}
    undo = reverse(f"{listing.name}-view-restore", args=[batch])
    if not is_fragment(request):
        back = reverse(listing.name)
        return render(request, "lists/done.html", {"said": said, "undo": undo, "back": back})
    where = {"path": reverse(listing.name), "target": "#main", "select": "#main > *"}
    told = {"k-toast": {"text": said, "undo": undo}}
    return HttpResponse(
        status=204, headers={"HX-Location": json.dumps(where), "HX-Trigger": json.dumps(told)}
    )


@require_POST
def restore(request: HttpRequest, listing: Listing, batch: str) -> HttpResponse:
    """Bring back a view that was taken away."""
    view = restore_view(by=request.actor, batch=batch)
    return go(request, _address(listing, str(view.pk)))


def _view(request: HttpRequest, listing: Listing, pk: int) -> SavedView:
    require_kind(request.actor, "view", listing.kind.model)
    view = visible(request.actor, SavedView).filter(pk=pk, kind=listing.name).first()
    if view is None:
        raise Http404
    return view


def _address(listing: Listing, key: str) -> str:
    return f"{reverse(listing.name)}?view={key}"


def _sharing(request: HttpRequest) -> dict[str, Any]:
    """For oneself, for a team, or for everybody."""
    chosen = request.POST.get("sharing", MINE)
    team = None
    if chosen.startswith(TEAM) and chosen.removeprefix(TEAM).isdecimal():
        pk = int(chosen.removeprefix(TEAM))
        team = visible(request.actor, Team).filter(pk=pk).first() if pk < 2**63 else None
        if team is None:
            raise Http404
    return {"team": team, "is_shared": chosen == ALL}


def _form(
    request: HttpRequest, listing: Listing, given: dict[str, Any], *, view: SavedView | None = None,
    error: Refusal | None = None,
) -> HttpResponse:  # fmt: skip
    """The form of a view; what was refused comes back with its reason."""
    actor = request.actor
    teams = visible(actor, Team).filter(pk__in=actor.teams).order_by("name")
    sharing = [(MINE, _("Only me")), *((f"{TEAM}{team.pk}", team.name) for team in teams)]
    if may(actor, "manage", SavedView):
        sharing.append((ALL, _("Everybody here")))
    context = {
        "listing": listing,
        "given": {"sharing": MINE, **given},
        "sharing": sharing,
        "view": view,
        "error": error,
        "action": reverse(f"{listing.name}-view-edit", args=[view.pk])
        if view
        else reverse(f"{listing.name}-view-new"),
        "back": _address(listing, str(view.pk)) if view else reverse(listing.name),
    }
    template = "lists/_view.html" if is_fragment(request) else "lists/view.html"
    return render(request, template, context, status=error.status if error else 200)
