"""Another type for a field that is in use: tried first, then done in steps beside the pages.

What is converted is written to a new slot while the old one is still read; the last step switches
from one to the other. So work that is cancelled or breaks off loses nothing, and the way back is to
switch again. Whoever changes a value meanwhile has it written to both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, require_kind
from kesher.core.changes import change, locked, new_batch
from kesher.core.job_models import Job
from kesher.core.jobs import cancel_job, job, job_of, start_job, working
from kesher.core.models import Change
from kesher.core.own.catalogue import keeper_of, refresh, words_of
from kesher.core.own.commands import NotYoursToClassify, currency_of, free_slot, offered, tell
from kesher.core.own.index import place_converted
from kesher.core.own.meaning import converted
from kesher.core.own.models import OwnField
from kesher.core.refusal import Refusal

STEP = 200  # records of one transaction: some 60 ms
TRIED = 20_000  # values that a trial reads
EXAMPLES = 5
MOST_SINCE = 1000  # records that are mended while somebody waits


class SameType(Refusal):
    """Nothing would change."""

    message = _("The field holds that already. Choose another type.")


class BeingChanged(Refusal):
    """Its type is being changed at this moment."""

    message = _("The type of this field is being changed. Wait until it is done, or cancel it.")
    status = 409


class NoWayBack(Refusal):
    """The type was never changed, or too much was written since."""

    message = _("There is nothing to go back to, or too many values were written since.")


@dataclass
class Trial:
    """What a change of type would do: how many values fit, how many do not, and some of each."""

    fits: int = 0
    fails: int = 0
    is_whole: bool = True
    fitting: list[tuple[str, str]] = field(default_factory=list)  # as it reads now, and then
    failing: list[str] = field(default_factory=list)

    def count(self, before: str, after: str | None) -> None:
        """Count one value in."""
        if after is None:
            self.fails += 1
            if before not in self.failing and len(self.failing) < EXAMPLES:
                self.failing.append(before)
        else:
            self.fits += 1
            if (before, after) not in self.fitting and len(self.fitting) < EXAMPLES:
                self.fitting.append((before, after))


def target_of(
    one: OwnField, kind: str, choices: Sequence[Mapping[str, str]] = (), currency: str = ""
) -> OwnField:
    """The field as it would be with another type; it is not saved."""
    if kind == one.type:
        raise SameType
    wanted = copy(one)
    wanted.type, wanted.default, wanted.is_required = OwnField.Type(kind), "", False
    wanted.currency = currency_of(kind, currency)
    if wanted.is_chosen and not (one.is_chosen and not choices):
        wanted.choices = []
        wanted.choices = offered(wanted, [{"labels": one} for one in choices])
    return wanted


def try_own_type(actor: Actor, one: OwnField, wanted: OwnField) -> Trial:
    """What a change of type would do, told from the values that there are."""
    require_kind(actor, "manage", OwnField)
    trial = Trial()
    rows = _holding(one).values_list("own", flat=True)[: TRIED + 1]
    for number, own in enumerate(rows.iterator()):
        if number == TRIED:
            trial.is_whole = False
            break
        kept = own[one.place]
        after = converted(one, wanted, kept)
        trial.count(words_of(one, kept), None if after is None else words_of(wanted, after))
    return trial


def _holding(one: OwnField) -> QuerySet:
    model: Any = keeper_of(one.kind).model
    return model._default_manager.filter(own__has_key=one.place)


# ---- doing it


@transaction.atomic
def change_own_type(*, by: Actor, own_field: OwnField, wanted: OwnField) -> Job:
    """Begin to give a field another type; the old values are read until all are converted."""
    require_kind(by, "manage", OwnField)
    if not by.cleared_for(own_field.classification):
        raise NotYoursToClassify
    held = locked(own_field)
    if held.next:
        raise BeingChanged
    slot = free_slot(held.kind)
    begun = start_job(by=by, name="own-type", total=_holding(held).count())
    target = {
        "type": wanted.type, "slot": slot, "choices": wanted.choices,
        "currency": wanted.currency, "job": begun.key,
    }  # fmt: skip
    change(by=by, record=held, values={"next": target}, batch=new_batch())
    refresh()
    convert_own_values.enqueue(held.pk, begun.key)
    return begun


@job(is_long=True)
def convert_own_values(pk: int, key: str) -> None:
    """Convert the values of a field, and switch to them at the end."""
    work = Job.objects.get(key=key)
    one = OwnField.objects.filter(pk=pk).first()
    if work.is_over or one is None or not one.next or one.next["job"] != key:
        return
    refresh()
    with working(work):
        for count, last in _steps(one, work.result.get("last", 0)):
            work.result["last"] = last
            work.advance(count)
        _switch(pk)
    if work.state == Job.State.CANCELLED:
        _give_up(pk)


def _steps(one: OwnField, last: int) -> Iterator[tuple[int, int]]:
    """Convert some records after the other; yields inside each step's transaction."""
    wanted = one.becoming
    while True:
        with transaction.atomic():
            rows = _holding(one).filter(pk__gt=last).order_by("pk")
            if connection.features.has_select_for_update:
                rows = rows.select_for_update()
            records = list(rows.only("pk", "own")[:STEP])
            if not records:
                return
            for record in records:
                place_converted(one, wanted, record)
            last = records[-1].pk
            yield len(records), last


@transaction.atomic
def _switch(pk: int) -> None:
    held = OwnField.objects.select_for_update().get(pk=pk)
    wanted = held.becoming
    before = {
        "type": held.type, "slot": held.slot, "choices": held.choices, "currency": held.currency,
        "default": held.default, "change": Change.objects.aggregate(last=Max("pk"))["last"] or 0,
    }  # fmt: skip
    held.former = [*held.former, before]
    _become(held, wanted)


def _become(held: OwnField, wanted: OwnField) -> None:
    for name in ("type", "slot", "choices", "currency", "default"):
        setattr(held, name, getattr(wanted, name))
    held.next = None
    held.version += 1
    held.save()
    refresh()


@transaction.atomic
def _give_up(pk: int) -> None:
    """Cancelled: the slot that was begun is not used again; nothing else happened."""
    held = OwnField.objects.select_for_update().get(pk=pk)
    if held.next:
        held.spent = [*held.spent, held.next["slot"]]
    held.next = None
    held.version += 1
    held.save(update_fields=["spent", "next", "version"])
    refresh()


@transaction.atomic
def cancel_own_type(*, by: Actor, own_field: OwnField) -> None:
    """Stop a change of type half-way: the field stays what it was, with all that it holds."""
    require_kind(by, "manage", OwnField)
    held = locked(own_field)
    begun = job_of(by, held.next["job"]) if held.next else None
    if begun is None:
        raise NoWayBack
    cancel_job(by=by, job=begun)
    if begun.state == Job.State.CANCELLED:  # it had not begun
        _give_up(held.pk)


@transaction.atomic
def undo_own_type(*, by: Actor, own_field: OwnField) -> OwnField:
    """Go back to the type before, with every value as it was; what was written since is kept."""
    require_kind(by, "manage", OwnField)
    held = locked(own_field)
    if held.next:
        raise BeingChanged
    if not held.former:
        raise NoWayBack
    before = held.before
    since = _written_since(held, held.former[-1]["change"])
    for record in since:
        place_converted(held, before, record)
    held.spent = [*held.spent, held.slot]
    held.former = held.former[:-1]
    _become(held, before)
    return tell(by, held)


def _written_since(held: OwnField, number: int) -> list[Any]:
    """The records of which somebody wrote the field since a change."""
    model: Any = keeper_of(held.kind).model
    written = Change.objects.filter(
        pk__gt=number, kind=model._meta.label_lower, after__has_key=held.key
    )
    pks = set(written.values_list("record_id", flat=True)[: MOST_SINCE * 4])
    if len(pks) > MOST_SINCE:
        raise NoWayBack
    return list(model._default_manager.filter(pk__in=pks))
