"""What a role holds, remembered until it is edited, and what a member belongs to."""

from __future__ import annotations

from functools import lru_cache

from django.apps import apps
from django.db.models import BigIntegerField, F, QuerySet

from kesher.core.access import OPEN, Actor, Scope, has_policy
from kesher.core.prepared import Mark, prepared
from kesher.organization.models import Classification, Clearance, Grant, Member, Role
from kesher.organization.rights import ACTIONS, PRIVATE

Rights = tuple[dict[tuple[str, str], Scope], frozenset[str]]


def rights_of(role: Role) -> Rights:
    """The grants and clearances of a role as they are now."""
    return _rights_of(role.pk, role.version, role.is_owner)


def forget_rights() -> None:
    """Drop what is remembered of roles, when roles were made or taken away."""
    _rights_of.cache_clear()
    _watched.cache_clear()


@lru_cache(maxsize=64)
def _rights_of(role_id: int, _version: int, is_owner: bool) -> Rights:
    """What a role holds; its version changes with every edit, and so asks anew."""
    if is_owner:
        return _every_right()
    grants: dict[tuple[str, str], Scope] = {
        (grant.kind, grant.action): Scope(grant.scope)
        for grant in Grant.objects.filter(role_id=role_id)
    }
    cleared = Clearance.objects.filter(role_id=role_id)
    keys = cleared.values_list("classification__key", flat=True)
    return grants, frozenset({OPEN, *keys})


@lru_cache(maxsize=64)
def _watched(_role_id: int, _version: int) -> frozenset[str]:
    """The classifications of which each reading is kept; to change that, all roles' versions do."""
    return frozenset(Classification.objects.filter(is_watched=True).values_list("key", flat=True))


def _every_right() -> Rights:
    """An owner may do everything and read everything but secrets, also what comes later."""
    grants: dict[tuple[str, str], Scope] = {
        (model._meta.label_lower, action): (
            Scope.OWN if model._meta.label_lower in PRIVATE else Scope.ALL
        )
        for model in apps.get_models()
        if has_policy(model)
        for action in ACTIONS
    }
    return grants, frozenset(Classification.objects.values_list("key", flat=True)) | {OPEN}


def with_belongings(member_id: int) -> Member | None:
    """A member with his role, branches and teams as they are now: one question."""
    held = _belonging(pk=member_id)
    if not held:
        return None
    member = held[0]
    member.branches_held = frozenset(row.branch_held for row in held if row.branch_held)
    member.teams_held = frozenset(row.team_held for row in held if row.team_held)
    return member


@prepared(pk=BigIntegerField())
def _belonging(pk: Mark) -> QuerySet[Member]:
    """A row for each branch with each team."""
    return (
        Member.objects.filter(pk=pk)
        .select_related("role")
        .annotate(branch_held=F("memberbranch__branch_id"), team_held=F("memberteam__team_id"))
    )


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
        watched=_watched(member.role_id, member.role.version),
    )
