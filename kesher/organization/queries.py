from __future__ import annotations

from functools import lru_cache

from kesher.core.access import OPEN, Actor, Scope
from kesher.organization.models import Business, Clearance, Grant, Member


def business() -> Business:
    """The business that works here; before the first visit, an unsaved one with defaults."""
    return Business.objects.select_related("logo").order_by("pk").first() or Business(
        name="Kesher", weekend=[4, 5]
    )


@lru_cache(maxsize=64)
def _rights_of(role_id: int, version: int) -> tuple[dict[tuple[str, str], Scope], frozenset[str]]:
    """The grants and clearances of a role; its version changes with every edit of them."""
    grants = {
        (grant.kind, grant.action): Scope(grant.scope)
        for grant in Grant.objects.filter(role_id=role_id)
    }
    cleared = Clearance.objects.filter(role_id=role_id).values_list("classification__key", flat=True)
    return grants, frozenset({OPEN, *cleared})


def actor_of(member: Member) -> Actor:
    """The member as one who acts, with the rights of the role as they are now."""
    grants, clearances = _rights_of(member.role_id, member.role.version)
    return Actor(
        label=member.name,
        member_id=member.pk,
        branches=frozenset(member.memberbranch_set.values_list("branch_id", flat=True)),
        teams=frozenset(member.memberteam_set.values_list("team_id", flat=True)),
        grants=grants if member.is_active else {},
        clearances=clearances if member.is_active else frozenset(),
    )
