"""What each role may do and read. Nobody gives a role more than he has himself."""

from __future__ import annotations

from collections.abc import Mapping

from django.apps import apps
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from kesher.core.access import OPEN, Actor, Scope, has_policy, policy_of, require
from kesher.core.changes import EditConflict, locked
from kesher.core.events import announce
from kesher.core.refusal import Refusal
from kesher.core.text import clean
from kesher.organization.events import AccessChanged
from kesher.organization.held import forget_rights, rights_of
from kesher.organization.limits import must_be_within
from kesher.organization.models import (
    Business,
    Classification,
    Clearance,
    Grant,
    Language,
    Role,
)
from kesher.organization.presets import CLASSIFICATIONS, ROLES, SECRET
from kesher.organization.rights import BY_KIND, cells_of, rows_of

LONGEST_LABEL = 60


class OwnersHoldEverything(Refusal):
    """The role of the owners is not cut down: somebody must be able to mend everything."""

    message = _("Owners may do everything. This role cannot be changed.")


class MoreThanYourOwn(Refusal):
    """Nobody gives a role more than he has himself."""

    message = _("You cannot give a role more than you may do yourself.")
    status = 403


class NoSuchRight(Refusal):
    """The matrix has no such line, column or scope."""

    message = _("There is no such right.")


class NameMissing(Refusal):
    """A role or a classification has a name in at least one language."""

    message = _("Type a name in at least one language.")


class NameTaken(Refusal):
    """Two of one name would be mistaken for each other."""

    message = _("There is one called %(name)s already.")


class RoleInUse(Refusal):
    """Somebody works in this role."""

    message = _("Members have the role %(name)s. Give them another one first.")


class ClassificationInUse(Refusal):
    """Kesher itself or some record is kept under it."""

    message = _("%(name)s is in use and cannot be removed.")


class NoPreset(Refusal):
    """This role was made here; there is nothing to go back to."""

    message = _("This role did not come with the trade, so there is nothing to go back to.")


# ---- rights


@transaction.atomic
def set_right(*, by: Actor, role: Role, kind: str, action: str, scope: Scope, seen: int) -> Role:
    """Say how far a role may do an action to a kind of record."""
    held = _editable(by, role, seen)
    right = BY_KIND.get(kind)
    if right is None or action not in right.actions or scope not in right.scopes:
        raise NoSuchRight
    cells = cells_of(rights_of(held)[0])
    cells[kind, action] = scope
    return _written(by, held, rows_of(cells))


@transaction.atomic
def give_clearance(*, by: Actor, role: Role, classification: Classification, seen: int) -> Role:
    """Let a role read what carries a classification."""
    held = _editable(by, role, seen)
    if not by.cleared_for(classification.key):
        raise MoreThanYourOwn
    Clearance.objects.get_or_create(role=held, classification=classification)
    return _bumped(by, held)


@transaction.atomic
def take_clearance(*, by: Actor, role: Role, classification: Classification, seen: int) -> Role:
    """Keep a role from reading what carries a classification."""
    held = _editable(by, role, seen)
    if classification.key == OPEN:
        raise NoSuchRight
    Clearance.objects.filter(role=held, classification=classification).delete()
    return _bumped(by, held)


@transaction.atomic
def restore_preset(*, by: Actor, role: Role, seen: int) -> Role:
    """Go back to what the role could do when the business was opened."""
    held = _editable(by, role, seen)
    business = Business.objects.get()
    presets = {preset.key: preset for preset in ROLES.get(business.trade, ())}
    if held.key not in presets:
        raise NoPreset
    preset = presets[held.key]
    if not all(by.cleared_for(key) for key in preset.clearances):
        raise MoreThanYourOwn
    Clearance.objects.filter(role=held).delete()
    kept = Classification.objects.filter(key__in=preset.clearances)
    Clearance.objects.bulk_create(Clearance(role=held, classification=one) for one in kept)
    return _written(by, held, rows_of(preset.cells))


def _editable(by: Actor, role: Role, seen: int) -> Role:
    """The role, held, if the actor may edit it and saw it as it is."""
    require(by, "manage", role)
    if role.is_owner:
        raise OwnersHoldEverything
    held = locked(role)
    if held.version != seen:
        raise EditConflict([])
    must_be_within(by, held)
    return held


def _written(by: Actor, role: Role, rows: Mapping[tuple[str, str], Scope]) -> Role:
    """Write the grants anew, unless they reach further than the giver's own."""
    if not by.is_system and any(by.scope(*cell) < scope for cell, scope in rows.items()):
        raise MoreThanYourOwn
    Grant.objects.filter(role=role).delete()
    Grant.objects.bulk_create(
        Grant(role=role, kind=kind, action=action, scope=scope)
        for (kind, action), scope in rows.items()
    )
    return _bumped(by, role)


def _bumped(by: Actor, role: Role) -> Role:
    role.version += 1
    role.save(update_fields=["version"])
    announce(AccessChanged(role_id=role.pk), by=by, about=role)
    return role


# ---- roles


@transaction.atomic
def add_role(*, by: Actor, labels: Mapping[str, str], like: Role) -> Role:
    """Make a role that begins with the rights of another one."""
    must_be_within(by, like)
    named = _named(labels)
    role = Role.objects.create(key=_free_key(named, Role), labels=named, home=like.home)
    require(by, "manage", role)
    grants, clearances = rights_of(like)
    Grant.objects.bulk_create(
        Grant(role=role, kind=kind, action=action, scope=scope)
        for (kind, action), scope in grants.items()
    )
    kept = Classification.objects.filter(key__in=clearances - {OPEN})
    Clearance.objects.bulk_create(Clearance(role=role, classification=one) for one in kept)
    announce(AccessChanged(role_id=role.pk), by=by, about=role)
    return role


@transaction.atomic
def rename_role(*, by: Actor, role: Role, labels: Mapping[str, str]) -> Role:
    """Call a role something else, in each language."""
    require(by, "manage", role)
    held, named = locked(role), _named(labels)
    if held.labels == named:
        return held
    held.labels = named
    held.version += 1
    held.save(update_fields=["labels", "version"])
    announce(AccessChanged(role_id=held.pk), by=by, about=held)
    return held


@transaction.atomic
def remove_role(*, by: Actor, role: Role) -> None:
    """Do away with a role that nobody has."""
    require(by, "manage", role)
    if role.is_owner:
        raise OwnersHoldEverything
    must_be_within(by, role)
    if role.members.exists():
        raise RoleInUse(name=str(role))
    announce(AccessChanged(role_id=role.pk), by=by, about=role)
    role.delete()
    forget_rights()


def _named(labels: Mapping[str, str]) -> dict[str, str]:
    named = {
        code: clean(labels[code])[:LONGEST_LABEL]
        for code in Language.values
        if clean(labels.get(code, ""))
    }
    if not named:
        raise NameMissing
    return named


def _free_key(labels: Mapping[str, str], model: type[Role | Classification]) -> str:
    """A word of Latin letters for what has a name in any language."""
    first = next(iter(labels.values()))
    for row in model._default_manager.all():
        if first.casefold() in {name.casefold() for name in row.labels.values()}:
            raise NameTaken(name=first)
    stem = slugify(labels.get("en", ""))[:30].replace("-", "_") or "own"
    taken = {*model._default_manager.values_list("key", flat=True), SECRET}
    numbers = range(2, len(taken) + 3)
    return next(key for key in (stem, *(f"{stem}_{n}" for n in numbers)) if key not in taken)


# ---- classifications


@transaction.atomic
def add_classification(*, by: Actor, labels: Mapping[str, str]) -> Classification:
    """Add a way of keeping things closely; at first only owners read what carries it."""
    named = _named(labels)
    last = Classification.objects.order_by("-rank").values_list("rank", flat=True).first() or 0
    one = Classification.objects.create(
        key=_free_key(named, Classification), labels=named, rank=last + 1
    )
    require(by, "manage", one)
    _tell_owners(by)
    return one


@transaction.atomic
def rename_classification(
    *, by: Actor, classification: Classification, labels: Mapping[str, str]
) -> Classification:
    """Call a classification something else, in each language."""
    require(by, "manage", classification)
    held = locked(classification)
    held.labels = _named(labels)
    held.save(update_fields=["labels"])
    return held


@transaction.atomic
def remove_classification(*, by: Actor, classification: Classification) -> None:
    """Do away with an own classification that no role is cleared for any more."""
    require(by, "manage", classification)
    if (
        classification.key in CLASSIFICATIONS
        or classification.clearance_set.exists()
        or _is_carried(classification.key)
    ):
        raise ClassificationInUse(name=str(classification))
    classification.delete()
    _tell_owners(by)


def _is_carried(key: str) -> bool:
    """Whether any record of any part is kept under the classification."""
    for model in apps.get_models():
        column = policy_of(model).row_classification if has_policy(model) else None
        if column and model._default_manager.filter(**{column: key}).exists():
            return True
    return False


def _tell_owners(by: Actor) -> None:
    """Owners are cleared for everything there is, so what there is counts as their rights."""
    for role in Role.objects.select_for_update().filter(is_owner=True):
        _bumped(by, role)
