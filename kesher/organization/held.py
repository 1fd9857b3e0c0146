"""What a role holds, remembered until it is edited: asked with every request."""

from __future__ import annotations

from functools import lru_cache

from django.apps import apps

from kesher.core.access import OPEN, Scope, has_policy
from kesher.organization.models import Classification, Clearance, Grant, Role
from kesher.organization.rights import ACTIONS, PRIVATE

Rights = tuple[dict[tuple[str, str], Scope], frozenset[str]]


def rights_of(role: Role) -> Rights:
    """The grants and clearances of a role as they are now."""
    return _rights_of(role.pk, role.version, role.is_owner)


def forget_rights() -> None:
    """Drop what is remembered of roles, when roles were made or taken away."""
    _rights_of.cache_clear()


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
