"""Touches: what was said and done with a customer, whatever the channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import OPEN, AccessDenied, Actor, require, require_kind, visible
from kesher.core.changes import new_batch, record_changes
from kesher.core.events import announce
from kesher.core.refusal import Refusal
from kesher.core.text import clean, fold
from kesher.customers.models import Customer
from kesher.engagement import pulse
from kesher.engagement.events import TouchRecorded
from kesher.engagement.models import Touch
from kesher.engagement.writing import (
    CHUNK,
    FEW,
    of_batch,
    require_clearance,
    tell_in_chunks,
    tell_mentioned,
    write_touch,
    write_touches,
)
from kesher.organization.models import Branch, Member

LONGEST = 20_000
LEEWAY = timedelta(minutes=10)  # a clock on a desk may run ahead
FIRST_YEAR = 1900
KEPT = ("channel", "direction", "happened_at", "severity", "classification", "pinned_at")
CHANGEABLE = frozenset(
    "subject text happened_at channel direction outcome minutes_length classification".split()
)


class NothingSaid(Refusal):
    """A note without words."""

    message = _("Write a few words first.")


class TooMuchSaid(Refusal):
    """More than a touch holds."""

    message = _("A text holds at most %(most)s characters. Attach what is longer as a file.")


class NotYetHappened(Refusal):
    """A touch is recorded when it is over; what is to come is a task."""

    message = _("This has not happened yet. Choose a moment that is past, or plan a task.")


class MomentImpossible(Refusal):
    """A moment before anybody served customers."""

    message = _("The moment must lie after the year 1900.")


class ChoiceUnknown(Refusal):
    """A channel, direction or severity that does not exist."""

    message = _("“%(value)s” is not one of the choices.")


class InBin(Refusal):
    """What lies in the bin is not changed."""

    message = _("This lies in the bin. Restore it first.")


@dataclass(frozen=True, kw_only=True)
class NewTouch:
    """All that may be said of a touch when it is recorded."""

    customer: Customer
    channel: str
    happened_at: datetime
    text: str = ""
    subject: str = ""
    direction: str = ""  # by the channel when empty
    outcome: str = ""
    minutes_length: int | None = None
    classification: str = OPEN
    severity: int | None = None  # set: it is a complaint
    is_agreement: bool = False
    member: Member | None = None  # whoever records it when empty
    branch: Branch | None = None
    key: str = ""  # of its line in a file


@transaction.atomic
def record_touches(
    *,
    by: Actor,
    touches: Sequence[NewTouch],
    now: datetime,
    batch: str = "",
    is_demo: bool = False,
) -> list[Touch]:
    """Write down what was said and done with customers, many touches at once."""
    require_kind(by, "add", Touch)
    _require_customers(by, {new.customer.pk for new in touches})
    rows = [_row(by, new, now, is_demo) for new in touches]
    batch = batch or (new_batch() if len(rows) > 1 else "")
    for at in range(0, len(rows), CHUNK):
        _save(by, rows[at : at + CHUNK], batch)
    if len(rows) > FEW:
        tell_in_chunks(by, rows, batch)
        return rows
    for row in rows:
        fact = TouchRecorded(touch_id=row.pk, customer_id=row.customer_id)
        announce(fact, by=by, about=row.customer, classification=row.classification)
        tell_mentioned(by, row)
    return rows


def record_touch(*, by: Actor, touch: NewTouch, now: datetime) -> Touch:
    """Write down one thing that was said or done with a customer."""
    return record_touches(by=by, touches=[touch], now=now)[0]


def _require_customers(by: Actor, ids: set[int]) -> None:
    wanted = sorted(ids)
    for at in range(0, len(wanted), CHUNK):
        part = wanted[at : at + CHUNK]
        if visible(by, Customer).filter(pk__in=part).count() != len(part):
            raise AccessDenied(f"{by.label} may not see all of these customers")


def _row(by: Actor, new: NewTouch, now: datetime, is_demo: bool) -> Touch:
    text, subject = clean(new.text), clean(new.subject)[:200]
    require_clearance(by, new.classification)
    row = Touch(
        customer=new.customer,
        channel=new.channel,
        direction=new.direction or _usual_direction(new.channel),
        happened_at=new.happened_at,
        member_id=new.member.pk if new.member else by.member_id,
        branch_id=new.branch.pk if new.branch else _only(by.branches),
        subject=subject,
        text=text,
        folded=fold(f"{subject} {text}"),
        outcome=clean(new.outcome)[:60],
        minutes_length=new.minutes_length,
        classification=new.classification,
        severity=new.severity,
        pinned_at=now if new.is_agreement else None,
        key=new.key,
        is_demo=is_demo,
    )
    _refuse(row, now)
    return row


def _usual_direction(channel: str) -> str:
    if channel == Touch.Channel.NOTE:
        return Touch.Direction.INTERNAL
    came_to_us = channel in (Touch.Channel.VISIT, Touch.Channel.FORM)
    return Touch.Direction.IN if came_to_us else Touch.Direction.OUT


def _only(branches: frozenset[int]) -> int | None:
    return next(iter(branches)) if len(branches) == 1 else None


def _refuse(row: Touch, now: datetime) -> None:
    for value, choices in (
        (row.channel, Touch.Channel),
        (row.direction, Touch.Direction),
        (row.severity, Touch.Severity),
    ):
        if value not in choices.values and value is not None:
            raise ChoiceUnknown(value=str(value)[:20])
    if row.channel == Touch.Channel.NOTE and not (row.text or row.subject):
        raise NothingSaid
    if len(row.text) > LONGEST:
        raise TooMuchSaid(most=LONGEST)
    if row.happened_at > now + LEEWAY:
        raise NotYetHappened
    if row.happened_at.year < FIRST_YEAR:
        raise MomentImpossible


def _save(by: Actor, rows: list[Touch], batch: str) -> None:
    Touch.objects.bulk_create(rows, batch_size=CHUNK)
    ids = [row.pk for row in rows]
    if visible(by, Touch, "add").filter(pk__in=ids).count() != len(ids):
        raise AccessDenied(f"{by.label} may not add all of these touches")
    added = [
        (row, None, {name: value for name in KEPT if (value := getattr(row, name))}) for row in rows
    ]
    record_changes(by=by, rows=added, batch=batch)
    pulse.refresh(row.customer_id for row in rows)


@transaction.atomic
def change_touch(
    *,
    by: Actor,
    touch: Touch,
    values: Mapping[str, Any],
    now: datetime,
    seen: int | None = None,
    batch: str = "",
) -> Touch:
    """Put right what was written about a touch."""
    require(by, "change", touch)
    if unknown := set(values) - CHANGEABLE:
        raise TypeError(f"change_touch does not take {sorted(unknown)}")
    if touch.binned_at is not None:
        raise InBin
    values = {name: clean(v) if isinstance(v, str) else v for name, v in values.items()}
    wanted = copy(touch)
    for name, value in values.items():
        setattr(wanted, name, value)
    require_clearance(by, wanted.classification)
    _refuse(wanted, now)
    current = write_touch(by, touch, values, seen=seen, batch=batch)
    tell_mentioned(by, current, before=touch.text)
    return current


@transaction.atomic
def bin_touch(*, by: Actor, touch: Touch, now: datetime, batch: str = "") -> Touch:
    """Take a touch away from the customer's history; it can be restored."""
    require(by, "bin", touch)
    if touch.binned_at is not None:
        return touch
    return write_touch(by, touch, {"binned_at": now}, batch=batch)


@transaction.atomic
def restore_touch(*, by: Actor, touch: Touch, batch: str = "") -> Touch:
    """Put a touch back from the bin."""
    require(by, "bin", touch)
    return write_touch(by, touch, {"binned_at": None}, batch=batch)


@transaction.atomic
def undo_touches(*, by: Actor, batch: str, now: datetime) -> int:
    """Bin the touches that one recorded together, and return how many those were."""
    require_kind(by, "bin", Touch)
    ids = list(of_batch(Touch, by, batch))
    undone = 0
    for at in range(0, len(ids), CHUNK):
        rows = visible(by, Touch, "bin").filter(pk__in=ids[at : at + CHUNK])
        held = list(rows.filter(binned_at__isnull=True).select_related("customer"))
        write_touches(by, held, "binned_at", now, new_batch())
        undone += len(held)
    return undone
