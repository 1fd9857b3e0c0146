"""Breaking the glass: reading in an emergency what one is not cleared for, and answering for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import AccessDenied, Actor, allows, require, require_kind
from kesher.core.events import announce
from kesher.core.refusal import Refusal
from kesher.core.text import clean
from kesher.customers.events import EmergencyAccessEnded, EmergencyAccessTaken
from kesher.customers.models import Customer, EmergencyAccess
from kesher.organization.models import Classification

LASTS = timedelta(hours=1)
SHORTEST, LONGEST = 10, 500  # letters of a reason


class ReasonMissing(Refusal):
    """Whoever opens what is closed says why, in a sentence that can be read later."""

    message = _("Say in a few words what the emergency is. The owner will read it.")


class ReasonTooLong(Refusal):
    """A reason is a sentence, not a report."""

    message = _("A reason has 500 letters at most.")


class ClearedAlready(Refusal):
    """There is nothing to open."""

    message = _("You may read this anyway.")


@transaction.atomic
def take_emergency_access(
    *, by: Actor, customer: Customer, classification: Classification, reason: str, now: datetime
) -> EmergencyAccess:
    """Read for an hour what is kept closely of one customer; the owner is told, with the reason."""
    require(by, "view", customer)
    require_kind(by, "add", EmergencyAccess)
    said = clean(reason)
    if len(said) < SHORTEST:
        raise ReasonMissing
    if len(said) > LONGEST:
        raise ReasonTooLong
    if by.cleared_for(classification.key):
        raise ClearedAlready
    access = EmergencyAccess.objects.create(
        customer=customer, member_id=by.member_id, classification=classification, reason=said,
        taken_at=now, ends_at=now + LASTS,
    )  # fmt: skip
    require(by, "add", access)
    announce(EmergencyAccessTaken(access_id=access.pk), by=by, about=customer)
    return access


@transaction.atomic
def end_emergency_access(*, by: Actor, access: EmergencyAccess, now: datetime) -> EmergencyAccess:
    """Close again what was opened in an emergency, as whoever opened it or runs the business."""
    if not any(allows(by, right, access) for right in ("add", "manage")):
        raise AccessDenied(f"{by.label} may not end emergency access {access.pk}")
    held = EmergencyAccess.objects.select_for_update().get(pk=access.pk)
    if held.ends_at > now:
        held.ends_at, held.ended_by_id = now, by.member_id
        held.save(update_fields=["ends_at", "ended_by"])
        announce(EmergencyAccessEnded(access_id=held.pk), by=by, about=held.customer)
    return held
