from datetime import date, time

import pytest

from kesher.core.access import AccessDenied
from kesher.core.models import EventRecord
from kesher.organization.commands.staff import end_membership
from kesher.organization.commands.working_hours import (
    AwayAlready,
    DeputyAway,
    EndsBeforeItStarts,
    MemberHasLeft,
    NotOfThisBranch,
    OwnDeputy,
    ShiftOverlaps,
    TooLong,
    cancel_absence,
    plan_absence,
    plan_shifts,
    remove_shift,
)
from kesher.organization.models import Absence, Shift


def work(clinic, who="dentist", by="owner", starts=8, ends=14, weekday=0, place="haifa", **days):
    return plan_shifts(
        by=clinic.actor(by), member=clinic.members[who], branch=getattr(clinic, place),
        weekdays=[weekday], starts=time(starts), ends=time(ends), **days,
    )[0]  # fmt: skip


def away(clinic, who="dentist", by="owner", first=1, last=5, deputy=None, **changed):
    return plan_absence(
        by=clinic.actor(by), member=clinic.members[who], starts_on=date(2026, 12, first),
        ends_on=date(2026, 12, last), deputy=clinic.members[deputy] if deputy else None, **changed,
    )  # fmt: skip


# ---- shifts


def test_a_member_works_twice_a_day_with_a_break(clinic):
    work(clinic, starts=8, ends=12)
    work(clinic, starts=12, ends=16, place="eilat")

    assert Shift.objects.count() == 2
    assert EventRecord.objects.filter(name="organization.ShiftsChanged").count() == 2


@pytest.mark.parametrize(("starts", "ends"), [(9, 10), (7, 9), (13, 15), (7, 15), (8, 14)])
def test_refuses_hours_that_overlap_wherever_they_are(clinic, starts, ends):
    work(clinic)

    with pytest.raises(ShiftOverlaps, match="already works then: 08:00–14:00"):
        work(clinic, starts=starts, ends=ends, place="eilat")


def test_hours_of_other_weeks_do_not_overlap(clinic):
    work(clinic, until_on=date(2026, 6, 30))
    work(clinic, since_on=date(2026, 7, 1))

    with pytest.raises(ShiftOverlaps):
        work(clinic, since_on=date(2026, 6, 30), until_on=date(2026, 7, 31))
    with pytest.raises(ShiftOverlaps):
        work(clinic)


def test_refuses_impossible_hours(clinic):
    with pytest.raises(EndsBeforeItStarts):
        work(clinic, starts=14, ends=14)
    with pytest.raises(EndsBeforeItStarts):
        work(clinic, since_on=date(2026, 7, 1), until_on=date(2026, 6, 1))
    with pytest.raises(NotOfThisBranch):
        work(clinic, who="receptionist", place="eilat")
    with pytest.raises(MemberHasLeft):
        work(clinic, who="leaver")


def test_a_manager_plans_his_branch_and_no_other(clinic):
    shift = work(clinic, by="manager")
    with pytest.raises(AccessDenied):
        work(clinic, by="manager", place="eilat", weekday=1)
    with pytest.raises(AccessDenied):
        remove_shift(by=clinic.actor("dentist"), shift=shift)

    remove_shift(by=clinic.actor("manager"), shift=shift)
    assert not Shift.objects.exists()


def test_several_days_are_planned_at_once_or_not_at_all(clinic):
    given = {
        "by": clinic.actor("owner"), "member": clinic.members["dentist"], "branch": clinic.haifa,
        "starts": time(8), "ends": time(14),
    }  # fmt: skip
    plan_shifts(weekdays=[6, 0, 1], **given)
    assert sorted(Shift.objects.values_list("weekday", flat=True)) == [0, 1, 6]

    with pytest.raises(ShiftOverlaps):
        plan_shifts(weekdays=[5, 6], **given)
    assert Shift.objects.count() == 3


# ---- absences


def test_one_plans_ones_own_absence_with_a_deputy(clinic):
    absence = away(clinic, by="dentist", deputy="receptionist", note=" Ask Noa ")

    assert (absence.deputy, absence.note) == (clinic.members["receptionist"], "Ask Noa")
    assert EventRecord.objects.filter(name="organization.AbsencePlanned").count() == 1


def test_refuses_a_deputy_who_is_away_himself_or_has_left(clinic):
    away(clinic, who="receptionist", first=5, last=6)

    with pytest.raises(DeputyAway, match="Receptionist Cohen is away too"):
        away(clinic, deputy="receptionist")
    with pytest.raises(MemberHasLeft):
        away(clinic, deputy="leaver")
    with pytest.raises(OwnDeputy):
        away(clinic, deputy="dentist")
    assert away(clinic, first=1, last=4, deputy="receptionist").pk


def test_who_left_meanwhile_deputises_no_more(clinic):
    end_membership(by=clinic.actor("owner"), member=clinic.members["receptionist"])
    with pytest.raises(MemberHasLeft):
        away(clinic, deputy="receptionist")


def test_refuses_impossible_days(clinic):
    away(clinic)
    with pytest.raises(AwayAlready):
        away(clinic, first=5, last=9)
    with pytest.raises(EndsBeforeItStarts):
        away(clinic, first=9, last=8)
    with pytest.raises(TooLong):
        plan_absence(
            by=clinic.actor("owner"), member=clinic.members["agent"],
            starts_on=date(2026, 1, 1), ends_on=date(2028, 1, 1),
        )  # fmt: skip
    with pytest.raises(MemberHasLeft):
        away(clinic, who="leaver")


def test_nobody_plans_for_a_colleague_but_a_manager_does_for_his_branch(clinic):
    with pytest.raises(AccessDenied):
        away(clinic, who="receptionist", by="dentist")
    with pytest.raises(AccessDenied):
        away(clinic, who="eilat", by="manager")
    absence = away(clinic, who="receptionist", by="manager")

    with pytest.raises(AccessDenied):
        cancel_absence(by=clinic.actor("dentist"), absence=absence)
    cancel_absence(by=clinic.actor("receptionist"), absence=absence)
    assert not Absence.objects.exists()
