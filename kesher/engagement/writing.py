"""Writes that several commands of this part share, with all that hangs on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, visible
from kesher.core.changes import change, record_changes
from kesher.core.events import announce
from kesher.core.models import Change
from kesher.core.refusal import Refusal
from kesher.core.text import fold
from kesher.customers.models import Customer
from kesher.engagement import pulse
from kesher.engagement.events import MemberMentioned, TouchChanged, TouchesImported
from kesher.engagement.mentions import mentioned
from kesher.engagement.models import Attachment, Touch
from kesher.organization.models import Member
from kesher.organization.queries import actor_of

CHUNK = 500
FEW = 20  # up to so many are told of one by one
COUNTED = frozenset(
    "happened_at channel direction classification severity settled_at binned_at outcome".split()
)


class NotCleared(Refusal):
    """Nobody writes what he could not read again."""

    message = _("You cannot keep this under a classification that you may not read yourself.")
    status = 403


def require_clearance(by: Actor, classification: str) -> None:
    """Refuse a classification that the writer may not read."""
    if not by.cleared_for(classification):
        raise NotCleared(classification)


def write_touch(
    by: Actor, touch: Touch, values: Mapping[str, Any], *, seen: int | None = None, batch: str = ""
) -> Touch:
    """Write columns of one touch; keep its search text, its files and the pulse in step."""
    current, changed = change(by=by, record=touch, values=values, seen=seen, batch=batch)
    if not changed:
        return current
    if {"text", "subject"} & changed.keys():
        current.folded = fold(f"{current.subject} {current.text}")
        current.save(update_fields=["folded"])
    if "binned_at" in changed:
        _take_files_along([current], was=touch.binned_at, now=current.binned_at)
    if "classification" in changed:
        Attachment.objects.filter(touch=current).update(classification=current.classification)
    if COUNTED & changed.keys():
        pulse.refresh([current.customer_id])
    for classification in dict.fromkeys((touch.classification, current.classification)):
        tell_of_touch(by, current, classification)
    return current


def _take_files_along(touches: Sequence[Touch], *, was: Any, now: Any) -> None:
    """The files of a touch go into the bin with it, and come back with it."""
    ids = [touch.pk for touch in touches]
    Attachment.objects.filter(touch__in=ids, binned_at=was).update(binned_at=now)


def tell_of_touch(by: Actor, touch: Touch, classification: str) -> None:
    """Announce that a touch changed, to those cleared for it."""
    fact = TouchChanged(touch_id=touch.pk, customer_id=touch.customer_id)
    announce(fact, by=by, about=touch.customer, classification=classification)


def write_touches(by: Actor, rows: Sequence[Touch], name: str, value: Any, batch: str) -> None:
    """Give one column of many touches the same value."""
    for at in range(0, len(rows), CHUNK):
        part = rows[at : at + CHUNK]
        changes = []
        for row in part:
            changes.append((row, {name: getattr(row, name)}, {name: value}))
            setattr(row, name, value)
            row.version += 1
        Touch.objects.bulk_update(part, [name, "version"])
        record_changes(by=by, rows=changes, batch=batch)
        if name == "binned_at":
            _take_files_along(part, was=None, now=value)
        pulse.refresh(row.customer_id for row in part)
    if len(rows) > FEW:
        tell_in_chunks(by, rows, batch)
        return
    for row in rows:
        tell_of_touch(by, row, row.classification)


def tell_in_chunks(by: Actor, rows: Sequence[Touch], batch: str) -> None:
    """Announce many touches by one fact a chunk."""
    kind = Touch._meta.label_lower
    for at in range(0, len(rows), CHUNK):
        of_batch = Change.objects.filter(kind=kind, record_id=rows[at].pk, batch=batch)
        announce(TouchesImported(first_change_id=of_batch.latest("pk").pk), by=by)


def tell_mentioned(by: Actor, touch: Touch, before: str = "") -> None:
    """Announce who is newly named with an @ in a touch, if he may read it."""
    if "@" not in touch.text:
        return
    names = list(Member.objects.filter(is_active=True).values_list("pk", "name"))
    known = set(mentioned(before, names)) | {by.member_id}
    for pk in mentioned(touch.text, names):
        if pk not in known and may_read(pk, touch):
            fact = MemberMentioned(touch_id=touch.pk, member_id=pk)
            announce(fact, by=by, about=touch.customer, classification=touch.classification)


def may_read(member_id: int, touch: Touch) -> bool:
    """Whether a member may see a touch, as things are now."""
    member = Member.objects.select_related("role").get(pk=member_id)
    return visible(actor_of(member), Touch).filter(pk=touch.pk).exists()


def may_see(member: Member, customer: Customer) -> bool:
    """Whether a member may see a customer, as things are now."""
    return visible(actor_of(member), Customer).filter(pk=customer.pk).exists()


def of_batch(model: type, by: Actor, batch: str) -> Iterable[int]:
    """Records that came into being together, by whoever asks."""
    added = Change.objects.filter(
        kind=model._meta.label_lower, batch=batch, before__isnull=True
    ).exclude(batch="")
    return (added if by.is_system else added.filter(actor_id=by.member_id)).values_list(
        "record_id", flat=True
    )
