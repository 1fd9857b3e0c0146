"""Who acts on the command line."""

from __future__ import annotations

from django.core.management.base import CommandError
from django.utils import translation

from kesher.core.access import SYSTEM, Actor, visible
from kesher.organization.models import Member
from kesher.organization.queries import actor_of


def actor_named(email: str) -> tuple[Actor, str]:
    """Who acts by his e-mail, the system itself without one; and the language he reads."""
    if not email:
        return SYSTEM, translation.get_language() or "en"
    members = visible(SYSTEM, Member).select_related("role").filter(is_active=True)
    member = members.filter(email__iexact=email).first()
    if member is None:
        raise CommandError(f"Nobody who works here signs in with {email}.")
    return actor_of(member), member.language
