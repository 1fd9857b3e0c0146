"""Who works when: shifts of the week, and days away with somebody who stands in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, require
from kesher.core.changes import locked
from kesher.core.events import announce
from kesher.core.refusal import Refusal
from kesher.core.text import clean
from kesher.organization.events import AbsenceCancelled, AbsencePlanned, ShiftsChanged
from kesher.organization.models import Absence, Branch, Member, Shift

LONGEST_DAYS = 400


class EndsBeforeItStarts(Refusal):
    """Time runs one way."""

    message = _("The end must come after the beginning.")


class ShiftOverlaps(Refusal):
    """Nobody works in two places at once."""

    message = _("%(name)s already works then: %(starts)s–%(ends)s.")


class NotOfThisBranch(Refusal):
    """One works where one belongs."""

    message = _("%(name)s does not belong to %(branch)s. Put the member into the branch first.")


class MemberHasLeft(Refusal):
    """Who has left works no more and stands in for nobody."""

    message = _("%(name)s has left.")


class AwayAlready(Refusal):
    """One is away once."""

    message = _("%(name)s is away already on some of these days.")


class DeputyAway(Refusal):
    """Who is away himself cannot stand in."""

    message = _("%(name)s is away too on some of these days. Choose somebody else.")


class OwnDeputy(Refusal):
    """Nobody stands in for himself."""

    message = _("Choose somebody else as deputy.")


class TooLong(Refusal):
    """Longer than a year and a bit is leaving."""

    message = _("An absence lasts at most 400 days.")


@transaction.atomic
def plan_shifts(
    *,
    by: Actor,
    member: Member,
    branch: Branch,
    weekdays: Iterable[int],
    starts: time,
    ends: time,
    since_on: date | None = None,
    until_on: date | None = None,
) -> list[Shift]:
    """Let a member work each week on some days, from one hour to another."""
    if ends <= starts or (since_on and until_on and until_on < since_on):
        raise EndsBeforeItStarts
    worker = locked(member)
    if not worker.is_active:
        raise MemberHasLeft(name=worker.name)
    if not worker.branches.filter(pk=branch.pk).exists():
        raise NotOfThisBranch(name=worker.name, branch=branch.name)
    planned = [
        Shift(
            member=worker, branch=branch, weekday=weekday, starts=starts, ends=ends,
            since_on=since_on, until_on=until_on,
        )
        for weekday in sorted(set(weekdays) & set(range(7)))
    ]  # fmt: skip
    for shift in planned:
        _refuse_overlap(shift)
        shift.save()
        require(by, "manage", shift)
    announce(ShiftsChanged(member_id=worker.pk), by=by, about=worker)
    return planned


def _refuse_overlap(shift: Shift) -> None:
    others = Shift.objects.filter(
        member=shift.member, weekday=shift.weekday, starts__lt=shift.ends, ends__gt=shift.starts
    )
    if shift.until_on:
        others = others.filter(Q(since_on=None) | Q(since_on__lte=shift.until_on))
    if shift.since_on:
        others = others.filter(Q(until_on=None) | Q(until_on__gte=shift.since_on))
    other = others.first()
    if other:
        raise ShiftOverlaps(
            name=shift.member.name, starts=f"{other.starts:%H:%M}", ends=f"{other.ends:%H:%M}"
        )


@transaction.atomic
def remove_shift(*, by: Actor, shift: Shift) -> None:
    """Take hours out of the week."""
    require(by, "manage", shift)
    announce(ShiftsChanged(member_id=shift.member_id), by=by, about=shift.member)
    shift.delete()


@transaction.atomic
def plan_absence(
    *,
    by: Actor,
    member: Member,
    starts_on: date,
    ends_on: date,
    kind: str = Absence.Kind.HOLIDAY,
    deputy: Member | None = None,
    note: str = "",
) -> Absence:
    """Be away for some days, with a deputy who is told what to take over."""
    worker, standing_in = _locked_both(member, deputy)
    _check_days(worker, starts_on, ends_on)
    if standing_in is not None:
        _check_deputy(worker, standing_in, starts_on, ends_on)
    absence = Absence.objects.create(
        member=worker, kind=Absence.Kind(kind), starts_on=starts_on, ends_on=ends_on,
        deputy=deputy, note=clean(note)[:500],
    )  # fmt: skip
    require(by, "manage", absence)
    announce(AbsencePlanned(absence_id=absence.pk), by=by, about=absence)
    return absence


def _check_days(worker: Member, starts_on: date, ends_on: date) -> None:
    if not worker.is_active:
        raise MemberHasLeft(name=worker.name)
    if ends_on < starts_on:
        raise EndsBeforeItStarts
    if (ends_on - starts_on).days > LONGEST_DAYS:
        raise TooLong
    if _away(worker, starts_on, ends_on).exists():
        raise AwayAlready(name=worker.name)


def _locked_both(member: Member, deputy: Member | None) -> tuple[Member, Member | None]:
    """Both as they are now, held in one order, so that two who swap do not wait for each other."""
    wanted = [held.pk for held in (member, deputy) if held is not None]
    rows = Member.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    held = {row.pk: row for row in rows}
    return held[member.pk], held[deputy.pk] if deputy is not None else None


def _check_deputy(worker: Member, standing_in: Member, starts_on: date, ends_on: date) -> None:
    if standing_in.pk == worker.pk:
        raise OwnDeputy
    if not standing_in.is_active:
        raise MemberHasLeft(name=standing_in.name)
    if _away(standing_in, starts_on, ends_on).exists():
        raise DeputyAway(name=standing_in.name)


def _away(member: Member, starts_on: date, ends_on: date) -> QuerySet[Absence]:
    return Absence.objects.filter(member=member, starts_on__lte=ends_on, ends_on__gte=starts_on)


@transaction.atomic
def cancel_absence(*, by: Actor, absence: Absence) -> None:
    """Be there after all."""
    require(by, "manage", absence)
    announce(AbsenceCancelled(member_id=absence.member_id), by=by, about=absence.member)
    absence.delete()
