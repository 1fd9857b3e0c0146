"""Saved views of lists: filters, sorting and columns under a name, for oneself, a team or all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import AccessDenied, Actor, allows, may, require, require_kind
from kesher.core.changes import change, new_batch, record_added, record_changes
from kesher.core.models import Change
from kesher.core.refusal import Refusal
from kesher.core.text import clean
from kesher.organization.models import Member, SavedView, Team

LONGEST_NAME = 60
LONGEST_QUERY = 4000
KEPT = ("name", "kind", "query", "owner_id", "team_id", "is_shared", "is_pinned")


class ViewNameMissing(Refusal):
    """A view is chosen by its name."""

    message = _("Type a name for the view.")


class ViewNameTooLong(Refusal):
    """The name stands in a row of tabs."""

    message = _("The name of a view holds at most %(most)s characters.")


class ViewTooLong(Refusal):
    """Nobody reads so many filters."""

    message = _("This view has too many filters to be saved.")


class ViewNameTaken(Refusal):
    """Two views of one list with one name cannot be told apart."""

    message = _("You have a view named “%(name)s” in this list already.")


class NotYourTeam(Refusal):
    """A view is shared with a team that one belongs to."""

    message = _("Choose one of your own teams.")


class NothingToRestore(Refusal):
    """The view stands already, or was never there."""

    message = _("There is nothing to bring back.")


@transaction.atomic
def save_view(
    *,
    by: Actor,
    name: str,
    kind: str,
    query: str,
    team: Team | None = None,
    is_shared: bool = False,
    is_pinned: bool = False,
) -> SavedView:
    """Keep what a list shows now under a name, for oneself, for a team or for everybody."""
    require_kind(by, "add", SavedView)
    _require_sharing(by, team, is_shared)
    view = SavedView(
        name=_checked_name(name),
        kind=kind,
        query=_checked_query(query),
        owner_id=by.member_id,
        team=team,
        is_shared=is_shared,
        is_pinned=is_pinned,
    )
    _refuse_taken(view)
    view.save()
    record_added(by=by, record=view, values={column: getattr(view, column) for column in KEPT})
    return view


@transaction.atomic
def change_view(
    *, by: Actor, view: SavedView, values: Mapping[str, Any], seen: int | None = None
) -> SavedView:
    """Change what a view shows, what it is called, who has it and whether it stands in the rail."""
    _require_change(by, view)
    if unknown := set(values) - {"name", "query", "team", "is_shared", "is_pinned"}:
        raise TypeError(f"change_view does not take {sorted(unknown)}")
    columns = {name: value for name, value in values.items() if name != "team"}
    if "team" in values:
        columns["team_id"] = values["team"].pk if values["team"] else None
    team = values.get("team", view.team)
    is_shared = columns.get("is_shared", view.is_shared)
    if (columns.get("team_id", view.team_id), is_shared) != (view.team_id, view.is_shared):
        _require_sharing(by, team, is_shared)
    if "name" in columns:
        columns["name"] = _checked_name(columns["name"])
        _refuse_taken(SavedView(pk=view.pk, name=columns["name"], kind=view.kind, owner=view.owner))
    if "query" in columns:
        columns["query"] = _checked_query(columns["query"])
    current, _changed = change(by=by, record=view, values=columns, seen=seen)
    return current


@transaction.atomic
def drop_view(*, by: Actor, view: SavedView) -> str:
    """Take a view away; what is returned brings it back."""
    _require_change(by, view)
    batch = new_batch()
    before = {column: getattr(view, column) for column in KEPT}
    record_changes(by=by, rows=[(view, before, None)], batch=batch)
    view.delete()
    return batch


@transaction.atomic
def restore_view(*, by: Actor, batch: str) -> SavedView:
    """Bring back a view that one took away oneself."""
    require_kind(by, "add", SavedView)
    kept = Change.objects.filter(
        kind=SavedView._meta.label_lower, batch=batch, actor_id=by.member_id, after__isnull=True
    ).first()
    if not batch or kept is None or kept.before is None:
        raise NothingToRestore
    if not Member.objects.filter(pk=kept.before["owner_id"]).exists():
        raise NothingToRestore
    if SavedView.objects.filter(pk=kept.record_id).exists():
        raise NothingToRestore
    view = SavedView(pk=kept.record_id, version=kept.version + 1, **kept.before)
    if view.team_id and not Team.objects.filter(pk=view.team_id).exists():
        view.team_id = None
    view.save(force_insert=True)
    record_added(by=by, record=view, values=kept.before)
    return view


def _require_change(by: Actor, view: SavedView) -> None:
    """Whose view it is may change it; shared ones also who looks after shared views."""
    require(by, "view", view)
    if view.owner_id == by.member_id and allows(by, "change", view):
        return
    if not (view.is_shared or view.team_id):
        raise AccessDenied(f"{by.label} may not change the view {view.pk}")
    require(by, "manage", view)


def _require_sharing(by: Actor, team: Team | None, is_shared: bool) -> None:
    if is_shared and not may(by, "manage", SavedView):
        raise AccessDenied(f"{by.label} may not share views with everybody")
    if team is not None and team.pk not in by.teams and not may(by, "manage", SavedView):
        raise NotYourTeam


def _checked_name(name: str) -> str:
    kept = " ".join(clean(name).split())
    if not kept:
        raise ViewNameMissing
    if len(kept) > LONGEST_NAME:
        raise ViewNameTooLong(most=LONGEST_NAME)
    return kept


def _checked_query(query: str) -> str:
    kept = clean(query)
    if len(kept) > LONGEST_QUERY:
        raise ViewTooLong
    return kept


def _refuse_taken(view: SavedView) -> None:
    others = SavedView.objects.filter(owner_id=view.owner_id, kind=view.kind, name=view.name)
    if others.exclude(pk=view.pk).exists():
        raise ViewNameTaken(name=view.name)
