"""One field of one row, changed where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from kesher.core.access import AccessDenied, Actor, allows, visible
from kesher.core.changes import new_batch
from kesher.core.columns import held_in
from kesher.core.fields import Field, Type, choices_of
from kesher.core.refusal import Refusal
from kesher.core.text import clean
from kesher.surface.lists.declaring import Listing


class NotAnswered(Refusal):
    """What was typed is no such value."""

    message = _("Choose one of the values offered.")


class NoDay(Refusal):
    """What was typed is no day of the calendar."""

    message = _("This is no day of the calendar.")


@dataclass(frozen=True)
class Editing:
    """A cell that is being changed: its record, its field and what may stand in it."""

    listing: Listing
    record: Any
    one: Field
    value: Any

    @property
    def version(self) -> int:
        return getattr(self.record, "version", 0)


def may_edit(listing: Listing, actor: Actor, name: str) -> bool:
    """Whether cells of a column can be changed at all by this actor."""
    one = listing.fields(actor).get(name)
    return bool(listing.edit and one and one.editable)


def editing(listing: Listing, actor: Actor, pk: int, name: str) -> Editing | None:
    """What stands in a cell that the actor may change; nothing where there is no such cell."""
    if not may_edit(listing, actor, name):
        return None
    record = visible(actor, listing.kind.model).filter(pk=pk).first()
    if record is None:
        return None
    if not any(allows(actor, right, record) for right in listing.edit_rights):
        raise AccessDenied(f"{actor.label} may not change {record._meta.label} {pk}")
    one = listing.kind.fields[name]
    return Editing(listing, record, one, _held(record, one))


def _held(record: Model, one: Field) -> Any:
    return held_in(record, one.name if one.is_own else one.path)


def write(cell: Editing, *, by: Actor, typed: str, seen: int | None) -> str:
    """Write what was typed into a cell, by the command of its part; return the way back, if any."""
    value, batch = value_of(cell.one, typed, by), new_batch()
    return cell.listing.edit(
        by=by, record=cell.record, name=cell.one.name, value=value, seen=seen, batch=batch
    )


def value_of(one: Field, typed: str, actor: Actor) -> Any:
    """What was typed or chosen, as a command takes it: records as records, days as days."""
    kept = clean(typed)
    if one.type == Type.REF:
        return _record(one, kept, actor)
    if one.type == Type.CHOICE:
        if kept and kept not in dict(choices_of(one, actor)):
            raise NotAnswered
        return kept
    if one.type in (Type.DATE, Type.MOMENT):
        return _day(kept)
    return kept


def _record(one: Field, kept: str, actor: Actor) -> Any:
    if not kept:
        return None
    if one.refers is None or kept not in dict(choices_of(one, actor)):
        raise NotAnswered
    return visible(actor, one.refers).get(pk=int(kept))


def _day(kept: str) -> date | None:
    if not kept:
        return None
    try:
        found = parse_date(kept)
    except ValueError:
        found = None
    if found is None:
        raise NoDay
    return found
