"""Files that belong to a customer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, require
from kesher.core.changes import change, record_added
from kesher.core.events import announce
from kesher.core.files import Received, clean_name, keep, receive
from kesher.core.refusal import Refusal
from kesher.customers.models import Customer
from kesher.engagement.commands.touching import NewTouch, record_touch
from kesher.engagement.events import FileAttached, FileChanged
from kesher.engagement.models import Attachment, Touch
from kesher.engagement.writing import require_clearance


class NotOfThisCustomer(Refusal):
    """A file goes with a touch of the same customer."""

    message = _("This note belongs to another customer.")


def attach_file(
    *,
    by: Actor,
    customer: Customer,
    chunks: Iterable[bytes],
    name: str,
    now: datetime,
    touch: Touch | None = None,
    classification: str = "",
) -> Attachment:
    """Keep a file with a customer, cleaned and never believed."""
    require(by, "view", customer)
    kept_as = classification or (touch.classification if touch else "open")
    require_clearance(by, kept_as)
    if touch is not None and touch.customer_id != customer.pk:
        raise NotOfThisCustomer
    received = receive(chunks, name)  # before the transaction: reading and drawing take a while
    try:
        return _attach(by, customer, received, touch, kept_as, now)
    finally:
        received.path.unlink(missing_ok=True)


@transaction.atomic
def _attach(
    by: Actor,
    customer: Customer,
    received: Received,
    touch: Touch | None,
    classification: str,
    now: datetime,
) -> Attachment:
    attachment = Attachment.objects.create(
        customer=customer,
        touch=touch,
        file=keep(received),
        name=received.name,
        classification=classification,
        added_by_id=by.member_id,
        added_at=now,
    )
    require(by, "add", attachment)
    record_added(by=by, record=attachment, values={"name": attachment.name})
    fact = FileAttached(attachment_id=attachment.pk, customer_id=customer.pk)
    announce(fact, by=by, about=customer, classification=classification)
    return attachment


def record_with_files(
    *, by: Actor, touch: NewTouch, files: Sequence[tuple[str, Iterable[bytes]]], now: datetime
) -> Touch:
    """Write down one thing that was said or done, together with the files that came with it."""
    require(by, "view", touch.customer)
    require_clearance(by, touch.classification)
    received = []
    try:
        for name, chunks in files:
            received.append(receive(chunks, name))
        with transaction.atomic():
            recorded = record_touch(by=by, touch=touch, now=now)
            for one in received:
                _attach(by, touch.customer, one, recorded, touch.classification, now)
        return recorded
    finally:
        for one in received:
            one.path.unlink(missing_ok=True)


@transaction.atomic
def rename_attachment(
    *, by: Actor, attachment: Attachment, name: str, seen: int | None = None
) -> Attachment:
    """Call a file something else."""
    require(by, "change", attachment)
    cleaned = clean_name(name, attachment.file.content_type)
    return _write(by, attachment, {"name": cleaned}, seen=seen)


@transaction.atomic
def reclassify_attachment(*, by: Actor, attachment: Attachment, classification: str) -> Attachment:
    """Say how closely a file is kept."""
    require(by, "change", attachment)
    require_clearance(by, classification)
    return _write(by, attachment, {"classification": classification})


@transaction.atomic
def bin_attachment(*, by: Actor, attachment: Attachment, now: datetime) -> Attachment:
    """Take a file away from a customer; it can be restored."""
    require(by, "bin", attachment)
    if attachment.binned_at is not None:
        return attachment
    return _write(by, attachment, {"binned_at": now})


@transaction.atomic
def restore_attachment(*, by: Actor, attachment: Attachment) -> Attachment:
    """Put a file back from the bin."""
    require(by, "bin", attachment)
    return _write(by, attachment, {"binned_at": None})


def _write(by: Actor, attachment: Attachment, values: dict, seen: int | None = None) -> Attachment:
    was = attachment.classification
    current, changed = change(by=by, record=attachment, values=values, seen=seen)
    if changed:
        fact = FileChanged(attachment_id=current.pk, customer_id=current.customer_id)
        for classification in dict.fromkeys((was, current.classification)):
            announce(fact, by=by, about=current.customer, classification=classification)
    return current
