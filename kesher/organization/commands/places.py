"""Branches, teams, rooms and devices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, require
from kesher.core.changes import change, record_added
from kesher.core.events import announce
from kesher.core.refusal import Refusal
from kesher.core.text import clean
from kesher.organization.events import BranchChanged, ResourceChanged, TeamChanged
from kesher.organization.models import Branch, Resource, Team


class NameMissing(Refusal):
    """A place has a name."""

    message = _("Type a name.")


class NameTaken(Refusal):
    """Two of a kind with one name would be mistaken for each other."""

    message = _("There is one called %(name)s already.")


class LastBranch(Refusal):
    """Somewhere customers must be served."""

    message = _("This is the last open branch. Open another one first.")


class StillInUse(Refusal):
    """What people or customers belong to is not thrown away."""

    message = _("%(name)s still has members or customers. Move them first.")


def _free_name(name: str, model: type[Branch | Team | Resource], **among: Any) -> str:
    """The name, if it is one and none of its kind has it."""
    kept = clean(name)[:80]
    if not kept:
        raise NameMissing
    others = model._default_manager.filter(name__iexact=kept, **among)
    if others.exists():
        raise NameTaken(name=kept)
    return kept


def _checked(record: Any, values: Mapping[str, Any], allowed: str, **among: Any) -> dict[str, Any]:
    if unknown := set(values) - set(allowed.split()):
        raise TypeError(f"{type(record).__name__} does not take {sorted(unknown)}")
    kept = {name: clean(v) if isinstance(v, str) else v for name, v in values.items()}
    if kept.get("name", record.name).casefold() != record.name.casefold():
        kept["name"] = _free_name(kept["name"], type(record), **among)
    elif "name" in kept and not kept["name"]:
        raise NameMissing
    return kept


@transaction.atomic
def add_branch(*, by: Actor, name: str, city: str = "", phone: str = "") -> Branch:
    """Open a branch."""
    branch = Branch.objects.create(
        name=_free_name(name, Branch, closed_on=None), city=clean(city)[:80],
        phone=clean(phone)[:40],
    )  # fmt: skip
    require(by, "manage", branch)
    record_added(by=by, record=branch, values={"name": branch.name})
    announce(BranchChanged(branch_id=branch.pk), by=by, about=branch)
    return branch


@transaction.atomic
def change_branch(
    *, by: Actor, branch: Branch, values: Mapping[str, Any], seen: int | None = None
) -> Branch:
    """Change the name, the town or the telephone of a branch."""
    require(by, "manage", branch)
    values = _checked(branch, values, "name city phone", closed_on=None)
    current, changed = change(by=by, record=branch, values=values, seen=seen)
    if changed:
        announce(BranchChanged(branch_id=branch.pk), by=by, about=current)
    return current


@transaction.atomic
def close_branch(*, by: Actor, branch: Branch, on: date) -> Branch:
    """Close a branch: it is offered nowhere, and what happened there stays."""
    require(by, "manage", branch)
    list(Branch.objects.select_for_update().filter(closed_on=None))
    if not Branch.objects.filter(closed_on=None).exclude(pk=branch.pk).exists():
        raise LastBranch
    current, _changed = change(by=by, record=branch, values={"closed_on": on})
    announce(BranchChanged(branch_id=branch.pk), by=by, about=current)
    return current


@transaction.atomic
def reopen_branch(*, by: Actor, branch: Branch) -> Branch:
    """Open a closed branch again."""
    require(by, "manage", branch)
    current, _changed = change(by=by, record=branch, values={"closed_on": None})
    announce(BranchChanged(branch_id=branch.pk), by=by, about=current)
    return current


@transaction.atomic
def add_team(*, by: Actor, name: str, branch: Branch | None = None) -> Team:
    """Put people together who share their work."""
    team = Team.objects.create(name=_free_name(name, Team), branch=branch)
    require(by, "manage", team)
    record_added(by=by, record=team, values={"name": team.name})
    announce(TeamChanged(team_id=team.pk), by=by, about=team)
    return team


@transaction.atomic
def change_team(
    *, by: Actor, team: Team, values: Mapping[str, Any], seen: int | None = None
) -> Team:
    """Change the name or the branch of a team."""
    require(by, "manage", team)
    values = _checked(team, values, "name branch_id")
    current, changed = change(by=by, record=team, values=values, seen=seen)
    require(by, "manage", current)
    if changed:
        announce(TeamChanged(team_id=team.pk), by=by, about=current)
    return current


@transaction.atomic
def remove_team(*, by: Actor, team: Team) -> None:
    """Do away with a team that nobody belongs to."""
    require(by, "manage", team)
    if team.members.exists() or any(
        relation.related_model._default_manager.filter(**{relation.field.name: team.pk}).exists()
        for relation in Team._meta.related_objects
        if relation.field.name == "team"
    ):
        raise StillInUse(name=team.name)
    announce(TeamChanged(team_id=team.pk), by=by, about=team)
    team.delete()


@transaction.atomic
def add_resource(*, by: Actor, name: str, kind: str, branch: Branch) -> Resource:
    """Add a room or a device that can be booked."""
    resource = Resource.objects.create(
        name=_free_name(name, Resource, branch=branch, retired_on=None),
        kind=Resource.Kind(kind), branch=branch,
    )  # fmt: skip
    require(by, "manage", resource)
    record_added(by=by, record=resource, values={"name": resource.name})
    announce(ResourceChanged(resource_id=resource.pk), by=by, about=resource)
    return resource


@transaction.atomic
def change_resource(
    *, by: Actor, resource: Resource, values: Mapping[str, Any], seen: int | None = None
) -> Resource:
    """Change what a room or a device is called, or where it stands."""
    require(by, "manage", resource)
    branch = values.get("branch_id", resource.branch_id)
    values = _checked(resource, values, "name kind branch_id", branch_id=branch, retired_on=None)
    current, changed = change(by=by, record=resource, values=values, seen=seen)
    require(by, "manage", current)
    if changed:
        announce(ResourceChanged(resource_id=resource.pk), by=by, about=current)
    return current


@transaction.atomic
def retire_resource(*, by: Actor, resource: Resource, on: date) -> Resource:
    """Take a room or a device out of use; what was booked stays."""
    require(by, "manage", resource)
    current, _changed = change(by=by, record=resource, values={"retired_on": on})
    announce(ResourceChanged(resource_id=resource.pk), by=by, about=current)
    return current


@transaction.atomic
def use_resource_again(*, by: Actor, resource: Resource) -> Resource:
    """Put a retired room or device back into use."""
    require(by, "manage", resource)
    current, _changed = change(by=by, record=resource, values={"retired_on": None})
    announce(ResourceChanged(resource_id=resource.pk), by=by, about=current)
    return current
