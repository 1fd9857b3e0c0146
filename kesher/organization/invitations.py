"""The link of an invitation: found by its digest, and not used up by looking at it."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, visible
from kesher.core.refusal import Refusal
from kesher.organization.models import Invitation


class InvitationGone(Refusal):
    """The link was used, withdrawn or is too old."""

    message = _("This invitation no longer works. Ask whoever sent it for a new one.")
    status = 404


def digest_of(token: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_invitation(actor: Actor, token: str, now: datetime) -> Invitation:
    """The invitation behind a link, while it can still be accepted."""
    held = visible(actor, Invitation).select_related("role", "invited_by")
    invitation = held.filter(
        digest=digest_of(token), accepted_at__isnull=True, expires_at__gt=now
    ).first()
    if invitation is None:
        raise InvitationGone
    return invitation
