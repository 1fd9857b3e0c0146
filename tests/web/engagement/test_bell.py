"""The bell: what one should notice leads to where it is, and is read then."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from kesher.core.access import SYSTEM
from kesher.core.events import announce, deliver_due
from kesher.engagement.commands.delivering import accept_as_sent
from kesher.engagement.commands.messaging import send_message
from kesher.engagement.commands.noticing import notify_member
from kesher.engagement.commands.touching import bin_touch, change_touch
from kesher.engagement.events import MessageFailed
from kesher.engagement.models import Message, Notification
from kesher.organization.commands.staff import end_membership
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


def in_doubt(clinic, noa, by):
    """A message that somebody wrote and of which nobody knows whether it arrived."""
    message = send_message(
        by=clinic.actor(by), template="written", to=noa, key="in doubt", now=timezone.now(),
        context={"subject": "Your visit", "text": "We look forward to it."},
    )  # fmt: skip
    Message.objects.filter(pk=message.pk).update(state=Message.State.UNKNOWN)
    announce(MessageFailed(message_id=message.pk), by=SYSTEM, about=message)
    return message


def test_whoever_wrote_is_told_that_a_message_may_not_have_arrived(clinic, noa, as_member):
    message = in_doubt(clinic, noa, "receptionist")
    deliver()

    assert [one.member for one in Notification.objects.all()] == [clinic.members["receptionist"]]
    receptionist = as_member("receptionist")
    html = notices(receptionist)
    assert "A message needs a look" in html
    assert "Your visit" in html
    answer = receptionist.post(reverse("notification", args=[Notification.objects.get().pk]))
    assert answer["Location"] == reverse("letter", args=[message.pk])


def test_an_owner_is_told_where_the_author_has_left(clinic, noa, as_member):
    message = in_doubt(clinic, noa, "receptionist")
    end_membership(by=clinic.actor("owner"), member=clinic.members["receptionist"])
    deliver()

    assert [(one.member, one.about_id) for one in Notification.objects.all()] == [
        (clinic.owner, message.pk)
    ]


def test_a_message_that_was_looked_after_rings_no_more(clinic, noa):
    message = in_doubt(clinic, noa, "receptionist")
    accept_as_sent(by=clinic.actor("receptionist"), message=message, now=timezone.now())
    deliver()

    assert not Notification.objects.exists()
