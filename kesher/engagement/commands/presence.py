"""Presence: who is writing about a customer right now, so that two do not do the same."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from kesher.core.access import Actor, require
from kesher.core.events import announce
from kesher.customers.models import Customer
from kesher.engagement.events import PresenceChanged
from kesher.engagement.models import Presence

LASTS = timedelta(seconds=15)


@transaction.atomic
def be_present(*, by: Actor, customer: Customer, field: str, now: datetime) -> None:
    """Show colleagues that one is writing about a customer; it fades after fifteen seconds."""
    require(by, "view", customer)
    if by.member_id is None:
        return
    mine = Presence.objects.filter(member_id=by.member_id, customer=customer)
    before = mine.first()
    was_present = before is not None and before.seen_at > now - LASTS
    Presence.objects.update_or_create(
        member_id=by.member_id,
        customer=customer,
        defaults={"field": field[:40], "seen_at": now},
    )
    if not was_present:
        announce(PresenceChanged(customer_id=customer.pk), by=by, about=customer)


@transaction.atomic
def be_gone(*, by: Actor, customer: Customer) -> None:
    """Show colleagues that one has stopped writing about a customer."""
    require(by, "view", customer)
    gone, _kinds = Presence.objects.filter(member_id=by.member_id, customer=customer).delete()
    if gone:
        announce(PresenceChanged(customer_id=customer.pk), by=by, about=customer)
