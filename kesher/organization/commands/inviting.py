"""Inviting people to the staff: a link that works once, of which only a digest is kept."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, require
from kesher.core.events import announce
from kesher.core.refusal import Refusal
from kesher.core.text import clean
from kesher.organization.addresses import free_address
from kesher.organization.commands.staff import NameMissing, add_member
from kesher.organization.events import MemberInvited
from kesher.organization.invitations import InvitationGone, digest_of, open_invitation
from kesher.organization.limits import must_be_among, must_be_within
from kesher.organization.models import Branch, Invitation, Member, Role

LASTS = timedelta(days=7)


class AlreadyAccepted(Refusal):
    """Who has joined is no guest any more."""

    message = _("%(name)s has already joined.")
    status = 409


@transaction.atomic
def invite_member(
    *,
    by: Actor,
    name: str,
    email: str,
    role: Role,
    branches: Iterable[Branch],
    now: datetime,
    language: str = "en",
) -> tuple[Invitation, str]:
    """Invite somebody to the staff; the secret of the link is told once and not kept."""
    branches = list(branches)
    must_be_within(by, role)
    must_be_among(by, branches)
    if not clean(name):
        raise NameMissing
    address = free_address(email)
    Invitation.objects.filter(email__iexact=address, accepted_at__isnull=True).delete()
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=address, name=clean(name), role=role, branches=[branch.pk for branch in branches],
        language=language, digest=digest_of(token), invited_by_id=by.member_id,
        expires_at=now + LASTS,
    )  # fmt: skip
    require(by, "manage", invitation)
    announce(MemberInvited(invitation_id=invitation.pk), by=by, about=invitation)
    return invitation, token


@transaction.atomic
def renew_invitation(*, by: Actor, invitation: Invitation, now: datetime) -> tuple[Invitation, str]:
    """Make a new link for an invitation; the old one stops working."""
    require(by, "manage", invitation)
    must_be_within(by, invitation.role)
    if invitation.accepted_at:
        raise AlreadyAccepted(name=invitation.name)
    token = secrets.token_urlsafe(32)
    invitation.digest = digest_of(token)
    invitation.expires_at = now + LASTS
    invitation.save(update_fields=["digest", "expires_at"])
    announce(MemberInvited(invitation_id=invitation.pk), by=by, about=invitation)
    return invitation, token


@transaction.atomic
def withdraw_invitation(*, by: Actor, invitation: Invitation) -> None:
    """Take an invitation back before it is accepted."""
    require(by, "manage", invitation)
    if invitation.accepted_at:
        raise AlreadyAccepted(name=invitation.name)
    invitation.delete()


@transaction.atomic
def accept_invitation(
    *, by: Actor, token: str, name: str, language: str, password: str, now: datetime
) -> Member:
    """Become a member: the name as one wishes to be called, a language and a password."""
    found = open_invitation(by, token, now)
    invitation = Invitation.objects.select_for_update().get(pk=found.pk)
    if invitation.accepted_at:
        raise InvitationGone
    member = add_member(
        by=by, name=name, email=invitation.email, role=invitation.role,
        branches=Branch.objects.filter(pk__in=invitation.branches, closed_on__isnull=True),
        language=language, password=password,
    )  # fmt: skip
    member.joined_on = now.date()
    member.save(update_fields=["joined_on"])
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    return member
