"""The first day: the business, its classifications and roles, and its owner."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, require_kind
from kesher.core.events import announce
from kesher.core.refusal import Refusal
from kesher.core.text import clean
from kesher.organization.addresses import free_address
from kesher.organization.countries import usual_in
from kesher.organization.events import MemberJoined
from kesher.organization.held import forget_rights
from kesher.organization.models import (
    Branch,
    Business,
    Classification,
    Clearance,
    Grant,
    Member,
    MemberBranch,
    Role,
)
from kesher.organization.passwords import set_checked_password
from kesher.organization.presets import CLASSIFICATIONS, ROLES, WATCHED, RolePreset
from kesher.organization.rights import rows_of

ONLY = 1  # the key of the one business: the database lets nobody found a second


class AlreadyFounded(Refusal):
    """Somebody opened this Kesher before."""

    message = _("This Kesher already has an owner. Sign in, or ask the owner for an invitation.")
    status = 409


class UnknownTrade(Refusal):
    """There is no preset for this trade."""

    message = _("Choose one of the trades in the list.")


@transaction.atomic
def found_business(
    *,
    by: Actor,
    business: str,
    trade: str,
    name: str,
    email: str,
    password: str,
    language: str,
    country: str = "IL",
    currency: str = "",
    time_zone: str = "",
    branch: str = "",
) -> Member:
    """Open a Kesher: the business with the roles of its trade, and its owner."""
    require_kind(by, "manage", Business)
    if trade not in ROLES:
        raise UnknownTrade
    _open(business, trade, language, country, currency, time_zone)
    kept = {
        key: Classification.objects.create(
            key=key, labels=labels, rank=rank, is_watched=key in WATCHED
        )
        for rank, (key, labels) in enumerate(CLASSIFICATIONS.items())
    }
    roles = [_add_role(preset, kept) for preset in ROLES[trade]]
    forget_rights()
    owner = Member(
        email=free_address(email), name=clean(name), language=language,
        role=next(role for role in roles if role.is_owner),
    )  # fmt: skip
    set_checked_password(owner, password)
    owner.save()
    if clean(branch):
        first = Branch.objects.create(name=clean(branch))
        MemberBranch.objects.create(member=owner, branch=first)
    announce(MemberJoined(member_id=owner.pk), by=by, about=owner)
    return owner


def _open(
    name: str, trade: str, language: str, country: str, currency: str, time_zone: str
) -> None:
    """Write the one row; a second founder, however fast, is refused by its key."""
    usual = usual_in(country)
    opened = Business(
        pk=ONLY, name=clean(name), trade=trade, language=language, country=country,
        currency=currency or usual.currency, time_zone=time_zone or usual.time_zone,
        week_start=usual.week_start, weekend=list(usual.weekend),
    )  # fmt: skip
    try:
        with transaction.atomic():
            opened.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyFounded from error
    if Member.objects.exists():
        raise AlreadyFounded


def _add_role(preset: RolePreset, kept: dict[str, Classification]) -> Role:
    role = Role.objects.create(key=preset.key, labels=preset.labels, is_owner=preset.is_owner)
    if role.is_owner:  # holds every right by what it is, not by rows
        return role
    Grant.objects.bulk_create(
        Grant(role=role, kind=kind, action=action, scope=scope)
        for (kind, action), scope in rows_of(preset.cells).items()
    )
    Clearance.objects.bulk_create(
        Clearance(role=role, classification=kept[key]) for key in preset.clearances
    )
    return role
