from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, Q

from kesher.core.access import Actor, visible
from kesher.organization.held import rights_of
from kesher.organization.models import Business, Member, SavedView

MOST_PINNED = 12


def business() -> Business:
    """The business that works here; before the first visit, an unsaved one with defaults."""
    return Business.objects.order_by("pk").first() or Business(name="Kesher", weekend=[4, 5])


def with_belongings(member_id: int) -> Member | None:
    """A member with his role, branches and teams as they are now: one question."""
    held = list(
        Member.objects.filter(pk=member_id)
        .select_related("role")
        .annotate(branch_held=F("memberbranch__branch_id"), team_held=F("memberteam__team_id"))
    )
    if not held:
        return None
    member = held[0]
    member.branches_held = frozenset(row.branch_held for row in held if row.branch_held)
    member.teams_held = frozenset(row.team_held for row in held if row.team_held)
    return member


def actor_of(member: Member) -> Actor:
    """The member as one who acts, with the rights of the role as they are now."""
    return acting_as(with_belongings(member.pk) or member)


def acting_as(member: Member) -> Actor:
    """A member read with his belongings as one who acts."""
    grants, clearances = rights_of(member.role)
    return Actor(
        label=member.name,
        member_id=member.pk,
        branches=member.branches_held,
        teams=member.teams_held,
        grants=grants if member.is_active else {},
        clearances=clearances if member.is_active else frozenset(),
    )


def member_acting(actor: Actor, member_id: int) -> Actor:
    """A member as one who acts, for work asked for earlier; the rights are those of now."""
    return actor_of(visible(actor, Member).get(pk=member_id))


def views_of(actor: Actor, kind: str) -> list[SavedView]:
    """The saved views of one list that the actor has: his own, his teams' and everybody's."""
    return list(visible(actor, SavedView).filter(kind=kind))


def saved_views(actor: Actor, kind: str) -> list[SavedView]:
    """The views of one list and those pinned beside every page: one question for a list's page."""
    return list(visible(actor, SavedView).filter(Q(kind=kind) | Q(is_pinned=True)))


def pinned_views(actor: Actor, saved: Sequence[SavedView] | None = None) -> list[SavedView]:
    """The views that stand in the rail; whoever has read the saved ones already hands them in."""
    if saved is None:
        saved = list(visible(actor, SavedView).filter(is_pinned=True))
    pinned = [view for view in saved if view.is_pinned]
    return sorted(pinned, key=lambda view: view.name)[:MOST_PINNED]
