"""Agreements that stay in sight, and complaints with how grave they are, until they are settled."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, require
from kesher.core.refusal import Refusal
from kesher.customers.models import Customer
from kesher.engagement.commands.touching import (
    ChoiceUnknown,
    InBin,
    NewTouch,
    NothingSaid,
    record_touch,
)
from kesher.engagement.models import Touch
from kesher.engagement.pulse import CLOSED
from kesher.engagement.writing import write_touch


class NotAComplaint(Refusal):
    """Only a complaint is settled."""

    message = _("This is not marked as a complaint.")


@transaction.atomic
def pin_agreement(*, by: Actor, touch: Touch, now: datetime) -> Touch:
    """Keep in the customer's header what was agreed."""
    require(by, "add", touch)
    if touch.binned_at is not None:
        raise InBin
    return touch if touch.pinned_at else write_touch(by, touch, {"pinned_at": now})


@transaction.atomic
def unpin_agreement(*, by: Actor, touch: Touch) -> Touch:
    """Take what was agreed out of the header; it stays in the history."""
    require(by, "add", touch)
    return write_touch(by, touch, {"pinned_at": None})


@transaction.atomic
def mark_complaint(*, by: Actor, touch: Touch, severity: int | None) -> Touch:
    """Say that a touch was a complaint and how grave; without a severity it is none."""
    require(by, "add", touch)
    if touch.binned_at is not None:
        raise InBin
    if severity is not None and severity not in Touch.Severity.values:
        raise ChoiceUnknown(value=severity)
    return write_touch(by, touch, {"severity": severity, "settled_at": None})


@transaction.atomic
def settle_complaint(*, by: Actor, touch: Touch, now: datetime) -> Touch:
    """Say that a complaint is settled."""
    require(by, "add", touch)
    if touch.severity is None:
        raise NotAComplaint
    return touch if touch.settled_at else write_touch(by, touch, {"settled_at": now})


@transaction.atomic
def reopen_complaint(*, by: Actor, touch: Touch) -> Touch:
    """Say that a complaint is not settled after all."""
    require(by, "add", touch)
    if touch.severity is None:
        raise NotAComplaint
    return write_touch(by, touch, {"settled_at": None})


@transaction.atomic
def close_next_step(*, by: Actor, customer: Customer, reason: str, now: datetime) -> Touch:
    """Say why nothing more is planned with a customer, until something happens again."""
    if not reason.strip():
        raise NothingSaid
    note = NewTouch(
        customer=customer, channel=Touch.Channel.NOTE, happened_at=now, text=reason, outcome=CLOSED
    )
    return record_touch(by=by, touch=note, now=now)
