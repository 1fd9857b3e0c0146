"""As whom somebody may look: never as one who may see more."""

from __future__ import annotations

from kesher.core.access import Actor, visible
from kesher.organization.limits import is_within
from kesher.organization.models import Member, Role


def viewed_member(actor: Actor, pk: int) -> Member | None:
    """A member as whom the actor may look: one he manages, and who sees no more than he."""
    rows = visible(actor, Member, "manage").filter(pk=pk, is_active=True)
    member = rows.select_related("role").first()
    return member if member and is_within(actor, member.role) else None


def viewed_role(actor: Actor, pk: int) -> Role | None:
    """A role as which the actor may look, in his own branches."""
    role = visible(actor, Role, "manage").filter(pk=pk).first()
    return role if role and is_within(actor, role) else None
