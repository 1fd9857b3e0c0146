"""What one member may hand out to another: never more than he holds himself."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, Scope, visible
from kesher.core.refusal import Refusal
from kesher.organization.held import rights_of
from kesher.organization.models import Branch, Member, Role, Team


class BeyondOwnRights(Refusal):
    """Nobody hands out more than he has himself."""

    message = _("The role %(role)s may do or see more than yours. Ask an owner to give it.")
    status = 403


class BeyondOwnBranches(Refusal):
    """Whoever runs a branch hires for that branch."""

    message = _("Choose among your own branches.")
    status = 403


class BeyondOwnTeams(Refusal):
    """Whoever runs a branch fills the teams of that branch."""

    message = _("Choose among the teams of your own branches.")
    status = 403


def is_within(by: Actor, role: Role) -> bool:
    """Whether the role may do and read nothing that this actor may not."""
    if by.is_system:
        return True
    grants, clearances = rights_of(role)
    return all(by.scope(kind, action) >= scope for (kind, action), scope in grants.items()) and all(
        by.cleared_for(kept) for kept in clearances
    )


def must_be_within(by: Actor, role: Role) -> None:
    """Refuse to hand out a role that may do or read more than the giver."""
    if not is_within(by, role):
        raise BeyondOwnRights(role=str(role))


def must_manage_teams(by: Actor, teams: Iterable[Team], held: Iterable[Team] = ()) -> None:
    """Refuse teams that are not the giver's to manage: their customers come with them."""
    new = {team.pk for team in teams} - {team.pk for team in held}
    if visible(by, Team, "manage").filter(pk__in=new).count() < len(new):
        raise BeyondOwnTeams


def must_be_among(by: Actor, branches: Iterable[Branch], action: str = "manage") -> None:
    """Refuse branches beyond those of somebody who manages members by branch."""
    if by.scope(Member, action) < Scope.ALL and not {b.pk for b in branches} <= by.branches:
        raise BeyondOwnBranches
