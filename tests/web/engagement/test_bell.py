"""The bell: what one should notice leads to where it is, and is read then."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from kesher.core.access import SYSTEM
from kesher.core.events import deliver_due
from kesher.engagement.commands.noticing import notify_member
from kesher.engagement.commands.touching import bin_touch, change_touch
from kesher.engagement.models import Notification
from kesher.organization.models import Absence


def deliver():
    deliver_due(now=timezone.now() + timedelta(minutes=1))


def notices(client):
    return client.get(reverse("notifications")).text


def test_a_mention_leads_to_its_place_and_is_read_then(as_member, noa, touched):
    touch = touched(channel="note", text="@Manager Cohen look at the crown")
    deliver()
    manager = as_member("manager")

    html = notices(manager)
    assert "Receptionist Cohen</bdi></b> mentioned you about <bdi>נועה שלו" in html
    assert "look at the crown" in html
    assert "1 notification" in manager.get(reverse("bell")).text
    answer = manager.post(reverse("notification", args=[Notification.objects.get().pk]))

    assert answer["Location"] == f"{reverse('customer', args=[noa.pk])}#touch-{touch.pk}"
    assert "1 notification" not in manager.get(reverse("bell")).text
    assert "look at the crown" in notices(manager)


def test_a_task_handed_over_leads_to_it(clinic, as_member, planned):
    task = planned(owner=clinic.members["manager"])
    deliver()
    manager = as_member("manager")

    assert "gave you a task about" in notices(manager)
    answer = manager.post(reverse("notification", args=[Notification.objects.get().pk]))
    assert answer["Location"] == reverse("task", args=[task.pk])


def test_a_deputy_reads_of_it(clinic, as_member):
    today = timezone.localdate()
    absence = Absence.objects.create(
        member=clinic.members["receptionist"], deputy=clinic.members["manager"],
        starts_on=today, ends_on=today, note="The laboratory calls at ten",
    )  # fmt: skip
    notify_member(
        by=SYSTEM, member=clinic.members["manager"], about=absence,
        caused_by_id=absence.member_id, now=timezone.now(),
    )  # fmt: skip

    html = notices(as_member("manager"))
    assert "is away, and you stand in" in html
    assert "The laboratory calls at ten" in html


def test_what_went_out_of_sight_is_not_told_any_more(clinic, as_member, touched):
    touch = touched(by="dentist", channel="note", text="@Manager Cohen canary")
    deliver()
    assert "canary" in notices(as_member("manager"))

    change_touch(
        by=clinic.actor("dentist"), touch=touch, values={"classification": "health"},
        now=timezone.now(),
    )  # fmt: skip
    assert "canary" not in notices(as_member("manager"))


def test_a_binned_note_is_not_told_any_more(clinic, as_member, touched):
    touch = touched(channel="note", text="@Manager Cohen canary")
    deliver()
    bin_touch(by=clinic.actor("receptionist"), touch=touch, now=timezone.now())

    assert "canary" not in notices(as_member("manager"))


def test_everything_is_read_at_once_and_only_ones_own(as_member, touched):
    touched(channel="note", text="@Manager Cohen and @Dentist Cohen")
    deliver()

    as_member("manager").post(reverse("notifications-read"))

    unread = Notification.objects.filter(read_at__isnull=True)
    assert [one.member.name for one in unread] == ["Dentist Cohen"]
    mine = Notification.objects.get(member__name="Dentist Cohen")
    assert as_member("manager").post(reverse("notification", args=[mine.pk])).status_code == 404


def test_many_come_in_pages(clinic, as_member, planned):
    now = timezone.now()
    for n in range(35):
        notify_member(
            by=SYSTEM, member=clinic.members["manager"], about=planned(title=f"Task no {n:02}"),
            caused_by_id=None, now=now - timedelta(minutes=n),
        )  # fmt: skip
    manager = as_member("manager")

    first = notices(manager)
    assert "Task no 29" in first
    assert "Task no 30" not in first
    older = manager.get(
        reverse("notifications"), {"before": (now - timedelta(minutes=29)).isoformat()}
    )
    assert "Task no 30" in older.text
    assert manager.get(reverse("notifications"), {"before": "nonsense"}).status_code == 200


def test_nothing_to_notice_says_what_will_stand_here(as_member):
    assert "Nothing to notice" in notices(as_member("manager"))
