"""The list of those whom nobody calls or writes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, require, require_kind
from kesher.core.changes import change, locked, record_changes
from kesher.core.columns import column_named
from kesher.core.events import announce
from kesher.core.refusal import Refusal
from kesher.core.text import clean
from kesher.customers.points import Reading
from kesher.engagement.events import DoNotContactChanged
from kesher.engagement.forbidden import compared
from kesher.engagement.models import DoNotContact

CHANGEABLE = frozenset({"forbids", "reason", "origin", "since_on", "until_on"})
AT_ONCE = 400
YEARS = (1900, 2200)
Kind, Forbids = DoNotContact.Kind, DoNotContact.Forbids


class AlreadyListed(Refusal):
    """An address stands on the list once."""

    message = _("%(address)s is on the list already.")


class ReasonMissing(Refusal):
    """Whoever lifts a ban says why."""

    message = _("Say why: for example that the customer asked to be called again.")


class EntryTooLong(Refusal):
    """A reason or an origin that does not fit."""

    message = _("At most %(most)s characters fit here.")


class EntryImpossible(Refusal):
    """A choice or a day that does not exist."""

    message = _("Choose what is forbidden, and a last day that is not before the first.")


@dataclass(frozen=True, kw_only=True)
class NewEntry:
    """A telephone or e-mail for the list, and all that may be said of it."""

    point: Reading
    since_on: date
    forbids: str = Forbids.ALL
    reason: str = ""
    origin: str = ""
    until_on: date | None = None


@transaction.atomic
def forbid_contact(*, by: Actor, entry: NewEntry, batch: str = "") -> DoNotContact:
    """Put a telephone or an e-mail on the list of those whom nobody calls or writes to."""
    return forbid_contacts(by=by, entries=[entry], batch=batch)[0]


@transaction.atomic
def forbid_contacts(
    *, by: Actor, entries: Sequence[NewEntry], batch: str = ""
) -> list[DoNotContact]:
    """Put many addresses on the list at once; refuses one that stands there."""
    require_kind(by, "add", DoNotContact)
    rows = [_row(by, new) for new in entries]
    _must_be_new(rows)
    try:
        with transaction.atomic():
            DoNotContact.objects.bulk_create(rows, batch_size=AT_ONCE)
    except IntegrityError:  # a colleague was quicker
        _must_be_new(rows)
        raise
    changes = [
        (row, None, {"raw": row.raw, "forbids": row.forbids, "reason": row.reason}) for row in rows
    ]
    record_changes(by=by, rows=changes, batch=batch)
    for row in rows[:1]:  # whoever looks at the list fetches it anew
        announce(DoNotContactChanged(entry_id=row.pk), by=by, about=row)
    return rows


def _row(by: Actor, new: NewEntry) -> DoNotContact:
    row = DoNotContact(
        kind=new.point.kind,
        normal=compared(new.point.kind, new.point.normal),
        raw=new.point.raw,
        forbids=new.forbids,
        reason=clean(new.reason),
        origin=clean(new.origin),
        since_on=new.since_on,
        until_on=new.until_on,
        added_by_id=by.member_id,
    )
    _refuse(row)
    return row


def _refuse(row: DoNotContact) -> None:
    for name in ("reason", "origin"):
        most = column_named(row, name).max_length or 0
        if len(getattr(row, name)) > most:
            raise EntryTooLong(most=most)
    days = [day for day in (row.since_on, row.until_on) if day]
    is_possible = all(YEARS[0] <= day.year <= YEARS[1] for day in days) and days == sorted(days)
    if row.forbids not in Forbids.values or row.kind not in Kind.values or not is_possible:
        raise EntryImpossible


def _must_be_new(rows: Sequence[DoNotContact]) -> None:
    """Refuse what stands on the list already, also where it has run out: that one is changed."""
    wanted = {(row.kind, row.normal): row for row in rows}
    for kind in Kind.values:
        normals = [normal for held, normal in wanted if held == kind]
        there = DoNotContact.objects.filter(
            kind=kind, normal__among=normals, lifted_at__isnull=True
        ).first()
        if there:
            raise AlreadyListed(address=f"\u2068{wanted[kind, there.normal].raw}\u2069")


@transaction.atomic
def change_entry(
    *,
    by: Actor,
    entry: DoNotContact,
    values: Mapping[str, Any],
    seen: int | None = None,
    batch: str = "",
) -> DoNotContact:
    """Change what is forbidden, why, since when or until when."""
    require(by, "change", entry)
    if unknown := set(values) - CHANGEABLE:
        raise TypeError(f"change_entry does not take {sorted(unknown)}")
    wanted = {name: clean(v) if isinstance(v, str) else v for name, v in values.items()}
    held = locked(entry)
    for name, value in wanted.items():
        setattr(held, name, value)
    _refuse(held)
    return _told(by, *change(by=by, record=entry, values=wanted, seen=seen, batch=batch))


@transaction.atomic
def lift_entry(
    *, by: Actor, entry: DoNotContact, reason: str, now: datetime, batch: str = ""
) -> DoNotContact:
    """Take an address off the list, and say why; it may be called and written to again."""
    require(by, "change", entry)
    why = clean(reason)
    if not why:
        raise ReasonMissing
    most = column_named(entry, "lifted_reason").max_length or 0
    if len(why) > most:
        raise EntryTooLong(most=most)
    held = locked(entry)
    if held.lifted_at is not None:
        return held
    columns = {"lifted_at": now, "lifted_reason": why}
    return _told(by, *change(by=by, record=entry, values=columns, batch=batch))


@transaction.atomic
def list_again(*, by: Actor, entry: DoNotContact, batch: str = "") -> DoNotContact:
    """Take back that an address was taken off the list."""
    require(by, "change", entry)
    held = locked(entry)
    if held.lifted_at is None:
        return held
    _must_be_new([held])
    columns = {"lifted_at": None, "lifted_reason": ""}
    return _told(by, *change(by=by, record=entry, values=columns, batch=batch))


def _told(by: Actor, entry: DoNotContact, changed: Mapping[str, Any]) -> DoNotContact:
    if changed:
        announce(DoNotContactChanged(entry_id=entry.pk), by=by, about=entry)
    return entry
