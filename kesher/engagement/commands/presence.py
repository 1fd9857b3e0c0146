"""Presence: who has a customer's page open and who writes there, so that two do not do the same."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kesher.core.access import Actor, require
from kesher.core.events import announce
from kesher.core.models import EventRecord
from kesher.customers.models import Customer
from kesher.engagement.events import PresenceChanged
from kesher.engagement.models import Presence


@transaction.atomic
def be_present(*, by: Actor, customer: Customer, field: str, now: datetime) -> None:
    """Show colleagues that one looks at a customer, or writes about him; it fades by itself."""
    require(by, "view", customer)
    if by.member_id is None:
        return
    before = Presence.objects.filter(member_id=by.member_id, customer=customer).first()
    was_writing = bool(before and before.field and before.seen_at > now - Presence.LASTS)
    present, _is_new = Presence.objects.update_or_create(
        member_id=by.member_id,
        customer=customer,
        defaults={"field": field[:40], "seen_at": now},
    )
    if bool(field) != was_writing:
        _tell(by, present)


@transaction.atomic
def be_gone(*, by: Actor, customer: Customer) -> None:
    """Show colleagues that one has left a customer's page."""
    require(by, "view", customer)
    present = Presence.objects.filter(member_id=by.member_id, customer=customer).first()
    if present is None:
        return
    if present.field:
        _tell(by, present)
    present.delete()


def _tell(by: Actor, present: Presence) -> None:
    fact = announce(PresenceChanged(customer_id=present.customer_id), by=by, about=present)
    # A page knows the number of its customer and not that of the row.
    EventRecord.objects.filter(pk=fact.pk).update(record_id=present.customer_id)
