from datetime import timedelta

import pytest
from django.utils import timezone

from kesher.core.access import SYSTEM, AccessDenied, Actor
from kesher.core.events import announce, deliver_due, may_hear
from kesher.core.models import EventRecord, Job
from kesher.engagement.commands.noticing import NothingToNotice, notify_member, read_notifications
from kesher.engagement.models import Notification
from kesher.engagement.queries import notifications_of, unread_count
from kesher.organization.events import AbsencePlanned
from kesher.organization.models import Absence
from tests.engagement.conftest import NOW, TODAY

pytestmark = pytest.mark.django_db


def notify(clinic, member, about, **more):
    return notify_member(
        by=SYSTEM, member=clinic.members[member], about=about, now=more.get("now", NOW),
        caused_by_id=clinic.members["receptionist"].pk,
    )  # fmt: skip


def test_a_mention_waits_under_the_bell_until_it_is_read(clinic, noted):
    one = notify(clinic, "manager", noted())
    manager = clinic.actor("manager")

    assert unread_count(manager) == 1
    assert notifications_of(manager) == [one]
    assert read_notifications(by=manager, ids=None, now=NOW) == 1
    assert read_notifications(by=manager, ids=None, now=NOW) == 0
    assert unread_count(manager) == 0
    assert len(notifications_of(manager)) == 1


def test_the_same_again_rings_again_and_stands_once(clinic, planned):
    task = planned()
    notify(clinic, "manager", task)
    read_notifications(by=clinic.actor("manager"), ids=None, now=NOW)
    notify(clinic, "manager", task, now=NOW + timedelta(hours=1))

    assert [n.created_at for n in Notification.objects.all()] == [NOW + timedelta(hours=1)]
    assert unread_count(clinic.actor("manager")) == 1


def test_nobody_is_told_of_what_he_may_not_see(clinic, noted):
    assert notify(clinic, "eilat", noted()) is None
    assert notify(clinic, "leaver", noted()) is None
    assert notify(clinic, "receptionist", noted(by="dentist", classification="health")) is None
    assert not Notification.objects.exists()


def test_nobody_reads_anothers_notifications(clinic, noted):
    one = notify(clinic, "manager", noted())

    assert read_notifications(by=clinic.actor("receptionist"), ids=[one.pk], now=NOW) == 0
    assert read_notifications(by=clinic.actor("owner"), ids=None, now=NOW) == 0
    assert unread_count(clinic.actor("owner")) == 0
    with pytest.raises(AccessDenied):
        read_notifications(by=Actor(label="Somebody"), ids=None, now=NOW)


def test_only_the_member_hears_of_it(clinic, noted):
    notify(clinic, "manager", noted())

    fact = EventRecord.objects.get(name="engagement.MemberNotified")
    assert may_hear(clinic.actor("manager"), fact)
    assert not may_hear(clinic.actor("receptionist"), fact)
    assert not may_hear(clinic.actor("owner"), fact)


def test_refuses_what_nobody_is_notified_of(clinic):
    with pytest.raises(NothingToNotice):
        notify(clinic, "manager", clinic.customers["noa"])


def test_finished_work_is_told_to_who_asked_for_it(clinic):
    work = Job.objects.create(
        key="k", name="Import", actor="Manager Cohen", actor_id=clinic.members["manager"].pk
    )

    assert notify(clinic, "manager", work).kind == "job"
    assert notify(clinic, "receptionist", work) is None


def test_a_deputy_is_told_of_an_absence(clinic):
    away, deputy = clinic.members["receptionist"], clinic.members["manager"]
    absence = Absence.objects.create(
        member=away, deputy=deputy, starts_on=TODAY, ends_on=TODAY + timedelta(days=3)
    )
    announce(AbsencePlanned(absence_id=absence.pk), by=SYSTEM)

    deliver_due(now=timezone.now() + timedelta(minutes=1))

    rung = [(n.member, n.kind, n.about_id, n.caused_by) for n in Notification.objects.all()]
    assert rung == [(deputy, "absence", absence.pk, away)]
