from __future__ import annotations

from django.db.models import F

from kesher.core.access import Actor, visible
from kesher.organization.held import rights_of
from kesher.organization.models import Business, Member, Role, SavedView

MOST_PINNED = 12


def business() -> Business:
    """The business that works here; before the first visit, an unsaved one with defaults."""
    return Business.objects.order_by("pk").first() or Business(name="Kesher", weekend=[4, 5])


def actor_of(member: Member) -> Actor:
    """The member as one who acts, with the rights of the role as they are now: one question."""
    held = list(
        Role.objects.filter(members=member).annotate(
            branch_id=F("members__memberbranch__branch_id"),
            team_id=F("members__memberteam__team_id"),
        )
    )
    member.role = held[0]  # every page shows it
    grants, clearances = rights_of(member.role)
    return Actor(
        label=member.name,
        member_id=member.pk,
        branches=frozenset(row.branch_id for row in held if row.branch_id),
        teams=frozenset(row.team_id for row in held if row.team_id),
        grants=grants if member.is_active else {},
        clearances=clearances if member.is_active else frozenset(),
    )


def member_acting(actor: Actor, member_id: int) -> Actor:
    """A member as one who acts, for work asked for earlier; the rights are those of now."""
    return actor_of(visible(actor, Member).select_related("role").get(pk=member_id))


def views_of(actor: Actor, kind: str) -> list[SavedView]:
    """The saved views of one list that the actor has: his own, his teams' and everybody's."""
    return list(visible(actor, SavedView).filter(kind=kind))


def pinned_views(actor: Actor) -> list[SavedView]:
    """The views that stand in the rail."""
    return list(visible(actor, SavedView).filter(is_pinned=True).order_by("name")[:MOST_PINNED])
